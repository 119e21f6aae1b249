"""Draws the letters of the pictures of short links: `python -m tests.server.record_glyphs FOLDER`.

FOLDER holds Go-Mono.ttf and Go-Mono-Bold.ttf (Debian's fonts-go); Pillow and fonttools must be
installed. Writes server/short/glyphs.json, so that the server needs neither.
"""

import base64
import json
import sys
import zlib
from pathlib import Path

LICENCE = """\
Letters of Go Mono. Copyright (c) 2016 Bigelow & Holmes Inc.. All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions
   and the following disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of
   conditions and the following disclaimer in the documentation and/or other materials provided
   with the distribution.
3. Neither the name of Google Inc. nor the names of its contributors may be used to endorse or
   promote products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE REGENTS AND CONTRIBUTORS ``AS IS'' AND ANY EXPRESS OR IMPLIED
WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS
FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE REGENTS OR CONTRIBUTORS BE LIABLE
FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT
NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR
BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT
LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS
SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
""".splitlines()
OUT = Path(__file__).parents[2] / "server" / "short" / "glyphs.json"
WANTED = [
    *range(0x20, 0x7F),
    *range(0xA1, 0x180),
    *range(0x391, 0x3CA),
    *map(ord, "…—–‘’“”•∂∇×·→←≤≥≠≈∑√∞−"),
]


def face(file: Path, size: int, advance: int, height: int) -> dict:
    """All letters side by side, in 16 levels of grey, two pixels a byte."""
    from fontTools.ttLib import TTFont
    from PIL import Image, ImageDraw, ImageFont

    known = TTFont(file).getBestCmap()
    letters = "".join(chr(code) for code in dict.fromkeys(WANTED) if code in known and code != 0xAD)
    font = ImageFont.truetype(str(file), size)
    assert font.getlength("m") == advance, font.getlength("m")
    rows = bytearray()
    for letter in letters:
        cell = Image.new("L", (advance, height), 0)
        top = (height - size) // 2 + size
        ImageDraw.Draw(cell).text((0, top - size // 5), letter, fill=255, font=font, anchor="ls")
        rows += bytes((value + 8) // 17 for value in cell.tobytes())
    rows += bytes(len(rows) % 2)
    packed = bytes(high << 4 | low for high, low in zip(rows[::2], rows[1::2]))
    pixels = base64.b64encode(zlib.compress(packed, 9)).decode()
    return {"advance": advance, "height": height, "letters": letters, "pixels": pixels}


def main(folder: Path) -> None:
    faces = {
        "code": face(folder / "Go-Mono.ttf", 25, 15, 34),
        "title": face(folder / "Go-Mono-Bold.ttf", 40, 24, 52),
    }
    text = json.dumps({"licence": LICENCE, **faces}, ensure_ascii=False, indent=1)
    OUT.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
