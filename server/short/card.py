"""The picture of a short link, as PNG, which is all that crawlers read: title, first lines, and the
graph when the link carries its run.

Drawn from the text by this file with letters of `glyphs.json`: no user code runs, nothing is
fetched, and no drawing library is needed. What `glyphs.json` has no letter for is shown as a box.
"""

import base64
import json
import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from .about import lines_of, title_of
from .sketch import Box, sketch

WIDTH, HEIGHT = 1200, 630
MARGIN = 60
#: Where the graph begins.
GRAPH = 660
#: Colours on the paper: each is 16 entries of the palette, from the paper's colour to its own.
PAPER = (250, 250, 247)
INKS = ((28, 32, 38), (110, 116, 124), (29, 95, 180), (196, 98, 16))
INK, QUIET, BLUE, ORANGE = range(4)

NAME = "autograd playground"


class _Face(NamedTuple):
    advance: int
    height: int
    #: For each letter its rows of grey levels, 0 to 15.
    letters: dict[str, tuple[bytes, ...]]


def picture(code: str, trace: object = None) -> bytes:
    """A PNG for a program, and for its compact trace if there is one."""
    boxes = sketch(trace)
    return _picture(code, tuple(boxes) if boxes else ())


@lru_cache(maxsize=64)
def _picture(code: str, boxes: tuple[Box, ...]) -> bytes:
    paper = [bytearray(WIDTH) for _ in range(HEIGHT)]
    faces = _faces()
    title, body = faces["title"], faces["code"]
    _fill(paper, 0, 0, WIDTH, 10, BLUE)
    y = MARGIN
    for line in _wrapped(title_of(code), (WIDTH - 2 * MARGIN) // title.advance, 2):
        _write(paper, title, MARGIN, y, line, INK)
        y += title.height
    y_of_code = y = y + 20
    bottom = HEIGHT - MARGIN - body.height
    columns = ((GRAPH - 20 if boxes else WIDTH - MARGIN) - MARGIN) // body.advance
    for line in lines_of(code, (bottom - 12 - y) // body.height):
        shown = line if len(line) <= columns else line[: columns - 1] + "…"
        _write(paper, body, MARGIN, y, shown, QUIET if line.lstrip().startswith("#") else INK)
        y += body.height
    if boxes:
        _graph(paper, body, boxes, y_of_code, HEIGHT - MARGIN - 40)
    _write(paper, body, MARGIN, bottom, NAME, BLUE)
    # One node and its gradient, the two colours of the page.
    for place, ink in ((0, BLUE), (1, ORANGE)):
        _fill(paper, WIDTH - MARGIN - 56 + 32 * place, bottom + 6, 24, 24, ink)
    return _png(paper)


# ----- The graph ---------------------------------------------------------------------------------


def _graph(paper: list[bytearray], face: _Face, boxes: Sequence[Box], top: int, end: int) -> None:
    """Boxes from the top down to `end`, with their labels where there is room for all of them."""
    layers = 1 + max(box.layer for box in boxes)
    pitch = min((end - top) // layers, 96)
    wide = WIDTH - MARGIN - GRAPH
    rows = Counter(box.layer for box in boxes)
    longest = max(len(box.label) for box in boxes) * face.advance + 20
    named = pitch >= face.height + 22 and longest <= wide // max(rows.values()) - 8
    high = face.height + 4 if named else max(4, min(14, pitch - 6))

    def at(box: Box) -> tuple[int, int, int]:
        """Middle, upper edge and width."""
        width = len(box.label) * face.advance + 20 if named else high
        middle = GRAPH + round(box.across * wide)
        left = min(max(middle - width // 2, GRAPH), WIDTH - MARGIN - width)
        return left + width // 2, top + box.layer * pitch, width

    for box in boxes:
        x, y, _ = at(box)
        for one in box.inputs:
            from_x, from_y, _ = at(boxes[one])
            _line(paper, from_x, from_y + high, x, y)
    for box in boxes:
        x, y, width = at(box)
        ink, left = BLUE if box.is_source else INK, x - width // 2
        _fill(paper, left, y, width, high, ink)
        if named:
            _fill(paper, left + 2, y + 2, width - 4, high - 4, None)
            _write(paper, face, left + 10, y + 2, box.label, INK)


def _line(paper: list[bytearray], x: float, y: int, to_x: float, to_y: int) -> None:
    """Two pixels wide, its edges shaded, from the top down."""
    step = (to_x - x) / max(1, to_y - y)
    for row in range(y, to_y):
        at = x + (row - y) * step
        left, right = min(at, at + step) - 1, max(at, at + step) + 1
        for column in range(max(0, int(left)), min(WIDTH, int(right) + 1)):
            covered = min(right, column + 1) - max(left, column)
            level = 16 * QUIET + round(15 * min(1.0, max(0.0, covered)))
            if paper[row][column] <= level or paper[row][column] % 16 == 0:
                paper[row][column] = level


def _wrapped(text: str, columns: int, most: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > columns:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    cut = [line if len(line) <= columns else line[: columns - 1] + "…" for line in lines[:most]]
    if len(lines) > most:
        cut[-1] = cut[-1][: columns - 1].rstrip("…") + "…"
    return cut


def _write(paper: list[bytearray], face: _Face, x: int, y: int, text: str, ink: int) -> None:
    for letter in text:
        rows = face.letters.get(letter) or _box(face.advance, face.height)
        for row, levels in enumerate(rows):
            if any(levels):
                paper[y + row][x : x + face.advance] = levels.translate(_SHADES[ink])
        x += face.advance


def _fill(paper: list[bytearray], x: int, y: int, width: int, height: int, ink: int | None) -> None:
    """A rectangle of an ink, or of the paper."""
    color = 0 if ink is None else 16 * ink + 15
    for row in paper[y : y + height]:
        row[x : x + width] = bytes([color]) * width


#: Levels of grey to places in the palette. Level 0 of each ink is the paper.
_SHADES = [bytes(range(16 * ink, 16 * ink + 16)) + bytes(240) for ink in range(len(INKS))]


@cache
def _faces() -> dict[str, _Face]:
    file = Path(__file__).with_name("glyphs.json")
    stored = json.loads(file.read_text("utf-8"))
    return {name: _face(stored[name]) for name in ("code", "title")}


def _face(stored: dict) -> _Face:
    advance, height = stored["advance"], stored["height"]
    packed = zlib.decompress(base64.b64decode(stored["pixels"]))
    levels = bytes(level for byte in packed for level in (byte >> 4, byte & 15))
    letters = {}
    for place, letter in enumerate(stored["letters"]):
        start = place * advance * height
        letters[letter] = tuple(
            levels[start + row * advance : start + (row + 1) * advance] for row in range(height)
        )
    return _Face(advance, height, letters)


@cache
def _box(advance: int, height: int) -> tuple[bytes, ...]:
    """Stands for a letter that is not there."""
    top, bottom = height // 4, height * 3 // 4
    full = b"\0\0" + b"\x08" * (advance - 4) + b"\0\0"
    side = b"\0\0\x08" + bytes(advance - 6) + b"\x08\0\0"
    blank = bytes(advance)
    return tuple(
        full if row in (top, bottom) else side if top < row < bottom else blank
        for row in range(height)
    )


def _png(paper: Sequence[bytearray]) -> bytes:
    palette = bytes(
        (PAPER[part] * (15 - level) + ink[part] * level) // 15
        for ink in INKS
        for level in range(16)
        for part in range(3)
    )
    rows = b"".join(b"\0" + row for row in paper)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(rows, 6)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
