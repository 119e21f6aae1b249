"""Writes the golden frames that are not there yet: `python -m tests.engine.record_frames`.

A golden frame is never written again: pages that were loaded long ago send such bytes.
"""

import json
import struct

from engine.opcodes import ATTRIBUTES, OPCODES
from engine.program import FLOAT, INT, NONE, TUPLE, checksum, encode
from tests.engine.frames import FOLDER, Written, lines_of, meaning


def empty():
    return Written(seq=0)


def arithmetic():
    p = Written(seq=1)
    x = p.upload([[0.5, -1.0], [2.0, 3.0]])
    y = p.call("add", square := p.call("multiply", x, x), wave := p.call("sin", x))
    total = p.call("sum", y, axis=None, keepdims=False)
    return p.read(y, total).read(x, mode="summary").free(square, wave)


def operands():
    """Handles and numbers of every kind, in both conventions."""
    p = Written(seq=2, first=40)
    x = p.upload([1.0, 2.0, 4.0], "float64")
    p.call("power", x, 2)
    p.call("multiply", 0.1, x)
    p.call("where", p.call("greater", x, 1), True, float("-inf"))
    p.nd = True
    return p.read(p.call("sum", x, axis=None, keepdims=False), p.call("less", x, -(2**63)))


def attributes():
    """Values of every kind."""
    p = Written(seq=3, first=7)
    x = p.upload([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    rows = p.upload([1, 0, -1], "int64")
    p.call("getitem", x, key=(rows, None, slice(None, 2, -1)))
    p.call("getitem", x, key=(Ellipsis, 0))
    p.call("getitem", x, key=slice(None))
    p.call("getitem", x, key=1)
    p.call("cast", x, dtype="float16")
    p.call("take", x, rows, axis=1, mode="wrap")
    p.call("clip", x, a_min=None, a_max=2.5)
    p.call("sum", x, axis=(0, -1), keepdims=True)
    p.call("tensordot", x, x, axes=((0, 1), (0, 1)))
    p.call("full", shape=(2, 0), fill_value=float("inf"), dtype="int32")
    p.call("transpose", x, axes=None)
    return p.free(x)


def results():
    """A call with several results, and an operation on any number of operands."""
    p = Written(seq=4)
    x = p.upload([1.0, 2.0, 3.0, 4.0])
    parts = p.call("split", x, outputs=3, indices_or_sections=(1, 2), axis=0)
    return p.read(p.call("concatenate", *reversed(parts), axis=0)).free(x, *parts)


def uploads():
    """Every dtype; arrays without axes and without elements."""
    p = Written(seq=2**32 - 1, first=1000)
    p.upload([0.5, -2.0, float("inf")], "float16")
    p.upload([[1.5], [-0.0]], "float32")
    p.upload(3.141592653589793, "float64")
    p.upload([0, 255], "uint8")
    p.upload([-128, 127], "int8")
    p.upload([-(2**31), 2**31 - 1], "int32")
    p.upload([[[-(2**63), 2**63 - 1]]], "int64")
    p.upload([True, False, True], "bool")
    p.upload([[], []], "float32")
    return p


def sealed(frame: bytes) -> bytes:
    """The frame with the checksum that its bytes have."""
    return frame[:28] + struct.pack("<I", checksum(frame)) + frame[32:]


def put(frame: bytes, at: int, form: str, value) -> bytes:
    """The frame with one field changed, and its checksum made to fit."""
    field = struct.pack(form, value)
    return sealed(frame[:at] + field + frame[at + len(field) :])


def refused() -> dict[str, tuple[str, bytes]]:
    """Frames that must be refused, each with its code. The table begins at 32, its calls at 48."""
    p = Written()
    good = encode(p.free(p.call("sum", p.upload([1.0, 2.0]), axis=0, keepdims=False)).program())
    blob = 32 + struct.unpack_from("<I", good, 16)[0]
    p = Written()
    p.call("add", p.upload([1.0]), True)
    plus = encode(p.program())
    p = Written()
    p.call("reshape", p.upload([1.0]), newshape=(1, 1))
    flat = encode(p.program())
    start = flat.index(bytes([TUPLE, 2, 0, INT]))
    nest = bytes([TUPLE, 1, 0]) * 6 + bytes([TUPLE, 0, 0])  # as long as a tuple of two integers
    deep = sealed(flat[:start] + nest + flat[start + len(nest) :])
    return {
        "nothing": ("BAD_FRAME", b""),
        "half a prologue": ("BAD_FRAME", good[:16]),
        "other magic": ("BAD_FRAME", sealed(b"MXGQ" + good[4:])),
        "next major version": ("VERSION", put(good, 4, "B", 2)),
        "unknown flag": ("BAD_FRAME", put(good, 6, "<H", 1)),
        "cut off": ("BAD_FRAME", good[:-8]),
        "something behind it": ("BAD_FRAME", sealed(good + bytes(8))),
        "one bit changed": ("BAD_FRAME", good[:-5] + bytes([good[-5] ^ 1]) + good[-4:]),
        "more calls than bytes": ("BAD_FRAME", put(good, 12, "<I", 9000)),
        "far too many calls": ("QUOTA_OPS", put(good, 12, "<I", 2**32 - 1)),
        "far too many uploads": ("QUOTA_OPS", put(good, 32, "<I", 2**32 - 1)),
        "far too many frees": ("QUOTA_OPS", put(good, 36, "<I", 2**32 - 1)),
        "far too many reads": ("QUOTA_OPS", put(good, 40, "<I", 2**32 - 1)),
        "reserved field of the counts": ("BAD_FRAME", put(good, 44, "<I", 1)),
        "opcode 0": ("BAD_FRAME", put(good, 48, "<H", 0)),
        "unknown opcode": ("BAD_FRAME", put(good, 48, "<H", 65535)),
        "unknown flag of a call": ("BAD_FRAME", put(good, 50, "<H", 2)),
        "far too many operands": ("QUOTA_OPS", put(good, 52, "<H", 65535)),
        "no result": ("QUOTA_OPS", put(good, 54, "<H", 0)),
        "far too many results": ("QUOTA_OPS", put(good, 54, "<H", 65535)),
        "far too many bytes of attributes": ("QUOTA_BYTES", put(good, 56, "<H", 65535)),
        "result with handle 0": ("BAD_FRAME", put(good, 58, "<I", 0)),
        "result with an upload's handle": ("BAD_FRAME", put(good, 58, "<I", 1)),
        "operand of no kind": ("BAD_FRAME", put(good, 62, "B", 99)),
        "operand that is no number": ("BAD_FRAME", put(plus, 67, "B", NONE)),
        "operand from later": ("BAD_FRAME", put(good, 63, "<I", 2)),
        "attribute of another kind": ("BAD_FRAME", put(good, 67, "B", FLOAT)),
        "attribute with a wild axis": ("BAD_FRAME", put(good, 68, "<q", 2**60)),
        "tuples in tuples in tuples": ("BAD_FRAME", deep),
        "unknown dtype": ("BAD_FRAME", put(good, blob + 4, "B", 200)),
        "255 axes": ("QUOTA_BYTES", put(good, blob + 5, "B", 255)),
        "2**63 elements": ("QUOTA_BYTES", put(good, blob + 8, "<Q", 2**63)),
        "more elements than bytes": ("BAD_FRAME", put(good, blob + 8, "<Q", 4)),
        "fewer elements than bytes": ("BAD_FRAME", put(good, blob + 8, "<Q", 0)),
        "upload with handle 0": ("BAD_FRAME", put(good, blob, "<I", 0)),
    }


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for make in (empty, arithmetic, operands, attributes, results, uploads):
        program = make().program()
        path = FOLDER / f"{make.__name__}.hex"
        if not path.exists():
            path.write_text(lines_of(encode(program)))
            said = json.dumps(meaning(program), indent=1)
            path.with_suffix(".json").write_text(said + "\n")
    path = FOLDER / "refused" / "frames.json"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        found = [
            {"name": name, "code": code, "frame": frame.hex()}
            for name, (code, frame) in refused().items()
        ]
        path.write_text("[\n" + ",\n".join(map(json.dumps, found)) + "\n]\n")
    path = FOLDER / "opcodes.json"
    known = json.loads(path.read_text()) if path.exists() else []
    known += [[code, name, *ATTRIBUTES[name]] for name, code in OPCODES.items()][len(known) :]
    path.write_text("[\n" + ",\n".join(map(json.dumps, known)) + "\n]\n")


if __name__ == "__main__":
    main()
