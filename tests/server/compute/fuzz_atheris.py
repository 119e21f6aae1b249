"""Fuzzes the parser of frames, and what runs them, led by coverage: not a part of any suite.

    pip install atheris numpy      (Apache-2.0; needs a Python that it has a wheel for)
    python -m tests.server.compute.fuzz_atheris FOLDER -max_total_time=180 -rss_limit_mb=2048

FOLDER gets the golden frames, and what is found to reach more. Bytes are changed and their numbers
put right as far as to get past the checksum; a crash, a hang (`-timeout=10`), an INTERNAL error or
memory that was not forecast ends the run, with the bytes in a file.
"""

import sys
from pathlib import Path
from zlib import crc32

import atheris

with atheris.instrument_imports(include=["engine"]):
    from engine.devices import HOST
    from engine.devices.executor import Executor, Limits
    from engine.program import MAJOR, PROLOGUE, SEALED, FrameError, FrameLimits, decode
    from engine.reply import decode_reply, encode_reply

GOLDEN = Path(__file__).parents[2] / "engine" / "golden" / "frames"
FRAMES = FrameLimits(elements=1 << 16)
LIMITS = Limits(frame=FRAMES, held_bytes=4 << 20, workspace=16 << 20, work=10**7, seconds=5.0)


def repaired(data: bytes) -> bytes:
    """The bytes as a frame whose prologue is right, or all would be refused there."""
    body = data[PROLOGUE.size :]
    body += bytes(-len(body) % 8)
    _, _, _, _, seq, calls, table, _, _ = PROLOGUE.unpack(data[: PROLOGUE.size])
    table = min(table // 8 * 8, len(body))
    sizes = (seq, calls, table, len(body) - table)
    frame = bytearray(PROLOGUE.pack(b"MXGP", MAJOR, 0, 0, *sizes, 0) + body)
    checksum = crc32(frame[PROLOGUE.size :], crc32(frame[:SEALED]))
    frame[SEALED : SEALED + 4] = checksum.to_bytes(4, "little")
    return bytes(frame)


def one_input(data: bytes) -> None:
    """What libFuzzer calls."""
    frame = repaired(data) if len(data) >= PROLOGUE.size else data
    try:
        program = decode(frame, FRAMES)
        outcome = Executor(HOST, LIMITS).run(program)
    except FrameError:
        return
    assert all(error.code != "INTERNAL" for error in outcome.errors), outcome.errors
    assert outcome.account.peak_bytes <= LIMITS.held_bytes
    again = decode_reply(encode_reply(outcome))
    assert (again.seq, len(again.values)) == (program.seq, len(program.reads))


def main() -> None:
    """Writes the golden frames into the folder that is named, and begins."""
    folders = [arg for arg in sys.argv[1:] if not arg.startswith("-")]
    for folder in folders[:1]:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for path in GOLDEN.glob("*.hex"):
            (Path(folder) / path.stem).write_bytes(bytes.fromhex(path.read_text()))
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
