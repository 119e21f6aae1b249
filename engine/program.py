"""A program frame: op calls on handles, as bytes. It is all that ever goes to a server.

Pure standard library, so that page, server and tests read the same bytes with the same code. The
byte table is in README.md, "Program frames"; the codes of ops, dtypes and words in `opcodes.py`.
Whoever reads a frame trusts nothing in it: every count and size is checked against `FrameLimits`
before anything is made of it, and whatever is wrong raises `FrameError`, never anything else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from struct import Struct, error
from typing import NamedTuple
from zlib import crc32

from .opcodes import ATTRIBUTES, DTYPES, ITEMSIZES, LOCAL, NAMES, OPCODES, WORDS, Handle, may_hold

__all__ = [
    "LIMITS",
    "Call",
    "FrameError",
    "FrameLimits",
    "Handle",
    "Program",
    "Read",
    "Spec",
    "Upload",
    "assembled",
    "decode",
    "encode",
    "packed",
    "packer",
]

MAGIC = b"MXGP"
MAJOR = 1
MINOR = 0

#: Codes of what can go wrong, as clients see them. The first four refuse a whole frame.
CODES = {
    "BAD_FRAME": "The bytes are no frame, or break its rules.",
    "VERSION": "The frame's major version is not spoken here.",
    "QUOTA_OPS": "Too many calls, operands, handles.",
    "QUOTA_BYTES": "Too many bytes: of the frame, of one array, of all arrays held.",
    "QUOTA_FLOPS": "Too much work.",
    "QUOTA_TIME": "Too much time.",
    "SHAPE": "Shapes do not fit.",
    "DTYPE": "dtypes do not fit.",
    "INDEX": "An index points outside its array.",
    "VALUE": "An operand or attribute that the op cannot work with.",
    "UNKNOWN_HANDLE": "No array has this handle, or it was freed.",
    "OOM": "The device has no memory left.",
    "LOST": "The session is gone.",
    "CANCELLED": "Stopped by the client.",
    "INTERNAL": "A mistake of the server's own.",
}


class FrameError(ValueError):
    """A frame that is refused as a whole; `code` is one of `CODES`."""

    def __init__(self, code: str, text: str):
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class FrameLimits:
    """What one frame may hold at most."""

    frame_bytes: int = 32 << 20
    table_bytes: int = 4 << 20  # everything but the blobs; bounds what decoding makes of it
    calls: int = 10_000
    inputs: int = 4096  # of one call
    outputs: int = 4096  # of one call
    attr_bytes: int = 4096  # of one call
    depth: int = 4  # tuples within tuples
    uploads: int = 4096
    frees: int = 262_144
    reads: int = 4096
    rank: int = 8
    elements: int = 1 << 27  # of one array


LIMITS = FrameLimits()


@dataclass(frozen=True, slots=True)
class Spec:
    """An array by shape and dtype alone."""

    shape: tuple[int, ...]
    dtype: str

    @property
    def nbytes(self) -> int:
        """Bytes of its elements."""
        return prod(self.shape) * ITEMSIZES[self.dtype]


class Call(NamedTuple):
    """One call of an op. Result k gets the handle `first_out + k`.

    `inputs` are handles and Python numbers, `attrs` plain values by name (`Handle` inside an
    index), in the row's order without gaps. `nd` asks for the conventions of `mx.nd`.
    """

    op: str
    inputs: Sequence[Handle | int | float | bool]
    attrs: Mapping[str, object]
    first_out: int
    outputs: int = 1
    nd: bool = False


class Upload(NamedTuple):
    """An array's elements, in C order and little-endian, under a handle."""

    handle: int
    dtype: str
    shape: tuple[int, ...]
    data: bytes | memoryview


class Read(NamedTuple):
    """Asks for an array: all of it ("full"), or what is shown of it ("summary")."""

    handle: int
    mode: str = "full"


class Program(NamedTuple):
    """One frame's content. Uploads come first, then the calls in order, then the reads.

    A handle in `frees` is let go as soon as nothing in this frame needs it any more.
    """

    seq: int
    calls: Sequence[Call] = ()
    uploads: Sequence[Upload] = ()
    frees: Sequence[int] = ()
    reads: Sequence[Read] = ()


# ----- Form -----

PROLOGUE = Struct("<4sBBHIIIQI")  # magic, major, minor, flags, seq, calls, table, blobs, crc32
COUNTS = Struct("<IIII")  # uploads, frees, reads, 0
CALL = Struct("<HHHHHI")  # opcode, flags, inputs, outputs, bytes of attributes, first handle
READ = Struct("<IB")
BLOB = Struct("<IBBH")  # handle, dtype, rank, 0
SEALED = PROLOGUE.size - 4  # the bytes of the prologue that the checksum covers

U16 = Struct("<H")
U32 = Struct("<I")
I64 = Struct("<q")
F64 = Struct("<d")

NONE, FALSE, TRUE, INT, FLOAT, TUPLE, SLICE, ELLIPSIS, DTYPE, WORD, HANDLE = range(11)

ND = 1  # flag of a call
MODES = {"full": 0, "summary": 1}
MODE_NAMES = {code: mode for mode, code in MODES.items()}
DTYPE_NAMES = {code: name for name, code in DTYPES.items()}
WORD_NAMES = {code: word for word, code in WORDS.items()}
HANDLES = 2**32  # 0 is no handle


def checksum(frame) -> int:
    """CRC-32 of a frame without the field that holds it."""
    view = memoryview(frame)
    return crc32(view[PROLOGUE.size :], crc32(view[:SEALED]))


# ----- Rules that hold for every program, on both sides -----


def validate(program: Program, limits: FrameLimits = LIMITS) -> None:
    """Raises `FrameError` where a program breaks a rule of frames."""
    _at_most("calls", len(program.calls), limits.calls)
    _at_most("uploads", len(program.uploads), limits.uploads)
    _at_most("frees", len(program.frees), limits.frees)
    _at_most("reads", len(program.reads), limits.reads)
    if not 0 <= program.seq < HANDLES:
        raise FrameError("BAD_FRAME", f"the sequence number {program.seq} is no u32")
    uploaded = _checked_uploads(program.uploads, limits)
    _check_calls(program.calls, uploaded, limits)
    for handle in program.frees:
        _check_handle("a free", handle)
    if len(set(program.frees)) < len(program.frees):
        raise FrameError("BAD_FRAME", "a handle is freed twice")
    for handle, mode in program.reads:
        _check_handle("a read", handle)
        if mode not in MODES:
            raise FrameError("BAD_FRAME", f"{mode!r} is no mode of reading")


def _at_most(what: str, count: int, limit: int) -> None:
    if count > limit:
        raise FrameError("QUOTA_OPS", f"{count} {what} in one frame; at most {limit}")


def _check_handle(where: str, handle: int) -> None:
    if not 0 < handle < HANDLES:
        raise FrameError("BAD_FRAME", f"{where} names handle {handle}; handles are 1 to 2**32 - 1")


def elements(shape: Sequence[int], limits: FrameLimits = LIMITS) -> int:
    """Number of elements of `shape`; raises `FrameError` for one that no array may have."""
    if len(shape) > limits.rank:
        raise FrameError("QUOTA_BYTES", f"an array of {len(shape)} axes; at most {limits.rank}")
    # Empty arrays too: what an array module makes of (0, 2**60) is nobody's business.
    if min(shape, default=0) < 0 or prod(max(n, 1) for n in shape) > limits.elements:
        raise FrameError(
            "QUOTA_BYTES", f"an array of shape {tuple(shape)}; at most {limits.elements} elements"
        )
    return prod(shape)


def _checked_uploads(uploads: Sequence[Upload], limits: FrameLimits) -> set[int]:
    last = 0
    for handle, dtype, shape, data in uploads:
        _check_handle("an upload", handle)
        if handle <= last:
            raise FrameError("BAD_FRAME", f"upload {handle} comes after {last}: handles only grow")
        last = handle
        if dtype not in DTYPES:
            raise FrameError("BAD_FRAME", f"an upload has dtype {dtype!r}; there is none such")
        size = elements(shape, limits) * ITEMSIZES[dtype]
        given = memoryview(data).nbytes
        if given != size:
            raise FrameError(
                "BAD_FRAME", f"upload {handle} has {given} bytes, its shape needs {size}"
            )
    return {upload.handle for upload in uploads}


def _check_calls(calls: Sequence[Call], uploaded: set[int], limits: FrameLimits) -> None:
    last = 0
    for op, inputs, attrs, first, outputs, _ in calls:
        if op not in OPCODES:
            reason = LOCAL.get(op, "It has no opcode.")
            raise FrameError("BAD_FRAME", f"the op {op!r} does not travel. {reason}")
        if len(inputs) > limits.inputs:
            raise FrameError(
                "QUOTA_OPS", f"{op} has {len(inputs)} operands; at most {limits.inputs}"
            )
        if not 0 < outputs <= limits.outputs:
            raise FrameError("QUOTA_OPS", f"{op} has {outputs} results; 1 to {limits.outputs}")
        if first <= last or first + outputs > HANDLES:
            raise FrameError("BAD_FRAME", f"{op} makes handle {first} after {last}: they only grow")
        last = first + outputs - 1
        if uploaded and not uploaded.isdisjoint(range(first, last + 1)):
            raise FrameError("BAD_FRAME", f"handle {first} is made by {op} and by an upload")
        for value in inputs:
            if type(value) is Handle:
                if not 0 < value.id < first:
                    raise FrameError("BAD_FRAME", f"{op} reads handle {value.id}, made after it")
            elif type(value) not in (int, float, bool):
                raise FrameError("BAD_FRAME", f"{op} has an operand of type {type(value).__name__}")
        if attrs or ATTRIBUTES[op]:
            _check_attrs(op, attrs, first)


def _check_attrs(op: str, attrs: Mapping[str, object], first: int) -> None:
    names = ATTRIBUTES[op][: len(attrs)]
    for name in names:
        if name not in attrs:
            raise FrameError("BAD_FRAME", f"{op} has no attribute {name!r}, but later ones")
        value = attrs[name]
        if not may_hold(name, value):
            raise FrameError("BAD_FRAME", f"{op} has {name}={value!r:.80}, which cannot travel")
        for part in value if type(value) is tuple else (value,):
            if type(part) is Handle and not 0 < part.id < first:
                raise FrameError("BAD_FRAME", f"{op} reads handle {part.id}, made after it")
    if len(names) < len(attrs):
        raise FrameError("BAD_FRAME", f"{op} has attributes {list(attrs)}; its own: {list(names)}")


# ----- To bytes -----


def encode(program: Program, limits: FrameLimits = LIMITS) -> bytes:
    """The frame of a program. Raises `FrameError` for one that no frame can hold."""
    validate(program, limits)
    try:
        calls = [packed(call, limits) for call in program.calls]
    except error as problem:
        raise _unfit(problem) from None
    return assembled(program.seq, calls, program.uploads, program.frees, program.reads, limits)


def assembled(
    seq: int,
    calls: Sequence[bytes],
    uploads: Sequence[Upload] = (),
    frees: Sequence[int] = (),
    reads: Sequence[Read] = (),
    limits: FrameLimits = LIMITS,
) -> bytes:
    """The frame of calls that are packed already, which nobody checks here any more."""
    try:
        table = bytearray(COUNTS.pack(len(uploads), len(frees), len(reads), 0))
        table += b"".join(calls)
        table += Struct(f"<{len(frees)}I").pack(*frees)
        for handle, mode in reads:
            table += READ.pack(handle, MODES[mode])
    except error as problem:
        raise _unfit(problem) from None
    _pad(table)
    blobs = bytearray()
    for handle, dtype, shape, data in uploads:
        blobs += BLOB.pack(handle, DTYPES[dtype], len(shape), 0)
        blobs += Struct(f"<{len(shape)}Q").pack(*shape)
        blobs += data
        _pad(blobs)
    _check_sizes(len(table), len(blobs), limits)
    counts = (seq, len(calls), len(table), len(blobs))
    frame = bytearray(PROLOGUE.pack(MAGIC, MAJOR, MINOR, 0, *counts, 0)) + table + blobs
    U32.pack_into(frame, SEALED, checksum(frame))
    return bytes(frame)


def _unfit(problem) -> FrameError:
    return FrameError("BAD_FRAME", f"a number does not fit its field: {problem}")


def packed(call: Call, limits: FrameLimits = LIMITS) -> bytes:
    """The bytes of a call. Raises `FrameError`."""
    op, inputs, attrs, first, outputs, nd = call
    described = _attributes(op, attrs, limits)
    flags = ND if nd else 0
    out = bytearray(CALL.pack(OPCODES[op], flags, len(inputs), outputs, len(described), first))
    for value in inputs:
        if type(value) is Handle:
            out.append(HANDLE)
            out += U32.pack(value.id)
        else:
            _write_value(out, value, 0)
    return bytes(out + described)


def _attributes(op: str, attrs: Mapping[str, object], limits: FrameLimits) -> bytes:
    found = bytearray()
    for name in ATTRIBUTES[op][: len(attrs)]:
        _write_value(found, attrs[name], limits.depth)
    if len(found) > limits.attr_bytes:
        raise FrameError(
            "QUOTA_BYTES",
            f"{op} has {len(found)} bytes of attributes; at most {limits.attr_bytes}",
        )
    return bytes(found)


#: Kind of an operand -> its tag, and the form of its content.
OPERANDS = {Handle: (HANDLE, "I"), int: (INT, "q"), float: (FLOAT, "d")}


def packer(op: str, kinds: Sequence[type], attrs: Mapping[str, object], outputs: int, nd: bool):
    """A function that packs calls of `op` whose operands are of these kinds (`Handle`, `int`,
    `float`) and whose attributes are these: `pack(first handle, numbers of handles and others)`.
    It gives what `packed` gives, seven times sooner; raises `struct.error` for what is too large.
    """
    tags = [OPERANDS[kind][0] for kind in kinds]
    pack = Struct(CALL.format + "".join(f"B{OPERANDS[kind][1]}" for kind in kinds)).pack
    described = _attributes(op, attrs, LIMITS)
    head = (OPCODES[op], ND if nd else 0, len(tags), outputs, len(described))
    if len(tags) == 1:
        (tag,) = tags
        return lambda first, given: pack(*head, first, tag, given[0]) + described
    if len(tags) == 2:
        one, two = tags
        return lambda first, given: pack(*head, first, one, given[0], two, given[1]) + described

    def general(first, given):
        parts = [part for pair in zip(tags, given, strict=True) for part in pair]
        return pack(*head, first, *parts) + described

    return general


def _pad(section: bytearray) -> None:
    section += bytes(-len(section) % 8)


def _check_sizes(table: int, blobs: int, limits: FrameLimits) -> None:
    if table > limits.table_bytes:
        raise FrameError("QUOTA_BYTES", f"{table} bytes of calls; at most {limits.table_bytes}")
    size = PROLOGUE.size + table + blobs
    if size > limits.frame_bytes:
        raise FrameError("QUOTA_BYTES", f"a frame of {size} bytes; at most {limits.frame_bytes}")


def _write_value(out: bytearray, value, depth: int) -> None:
    kind = type(value)
    if value is None:
        out.append(NONE)
    elif kind is bool:
        out.append(TRUE if value else FALSE)
    elif kind is int:
        out.append(INT)
        out += I64.pack(value)
    elif kind is float:
        out.append(FLOAT)
        out += F64.pack(value)
    elif kind is Handle:
        out.append(HANDLE)
        out += U32.pack(value.id)
    elif value is Ellipsis:
        out.append(ELLIPSIS)
    elif kind is str and value in DTYPES:
        out += bytes((DTYPE, DTYPES[value]))
    elif kind is str and value in WORDS:
        out += bytes((WORD, WORDS[value]))
    elif kind is slice:
        out.append(SLICE)
        for part in (value.start, value.stop, value.step):
            if part is not None and type(part) is not int:
                raise FrameError("BAD_FRAME", f"a slice has a bound of type {type(part).__name__}")
            _write_value(out, part, 0)
    elif kind is tuple:
        if not depth:
            raise FrameError("BAD_FRAME", "tuples are nested too deeply")
        out.append(TUPLE)
        out += U16.pack(len(value))
        for part in value:
            _write_value(out, part, depth - 1)
    else:
        raise FrameError("BAD_FRAME", f"a value of type {kind.__name__} cannot travel")


# ----- From bytes -----


def decode(frame: bytes, limits: FrameLimits = LIMITS) -> Program:
    """The program of a frame. Uploads look at the frame's own memory."""
    size = memoryview(frame).nbytes
    if size > limits.frame_bytes:
        raise FrameError("QUOTA_BYTES", f"a frame of {size} bytes; at most {limits.frame_bytes}")
    frame = bytes(frame)  # no copy of what is bytes already
    if size < PROLOGUE.size:
        raise FrameError("BAD_FRAME", f"{size} bytes are too few for a prologue")
    magic, major, _, flags, seq, calls, table, blobs, crc = PROLOGUE.unpack_from(frame)
    if magic != MAGIC:
        raise FrameError("BAD_FRAME", "this is no program frame")
    if major != MAJOR:
        raise FrameError("VERSION", f"the frame has version {major}, spoken here is {MAJOR}")
    if flags:
        raise FrameError("BAD_FRAME", f"flags {flags:#x} are not known")
    if size != PROLOGUE.size + table + blobs:
        raise FrameError(
            "BAD_FRAME",
            f"{size} bytes came, the prologue tells of {PROLOGUE.size} + {table} + {blobs}",
        )
    _check_sizes(table, blobs, limits)
    if table % 8 or blobs % 8:
        raise FrameError("BAD_FRAME", "a section's length is no multiple of 8")
    if crc != checksum(frame):
        raise FrameError("BAD_FRAME", "the checksum does not match: bytes were lost or changed")
    _at_most("calls", calls, limits.calls)
    start = PROLOGUE.size + table
    try:
        made, uploads, frees, reads = _read_table(frame[PROLOGUE.size : start], calls, limits)
        program = Program(
            seq, made, _read_blobs(memoryview(frame)[start:], uploads, limits), frees, reads
        )
    except (error, IndexError):  # a field that reaches over the end of its section
        raise FrameError("BAD_FRAME", "the frame ends in the middle of something") from None
    validate(program, limits)
    return program


def _read_table(table: bytes, calls: int, limits: FrameLimits):
    uploads, frees, reads, zero = COUNTS.unpack_from(table)
    _at_most("uploads", uploads, limits.uploads)
    _at_most("frees", frees, limits.frees)
    _at_most("reads", reads, limits.reads)
    at = COUNTS.size
    made = []
    for _ in range(calls):
        call, at = _read_call(table, at, limits)
        made.append(call)
    freed = Struct(f"<{frees}I").unpack_from(table, at)
    at += 4 * frees
    asked = []
    for _ in range(reads):
        handle, mode = READ.unpack_from(table, at)
        at += READ.size
        asked.append(Read(handle, _known(MODE_NAMES, mode, "mode of reading")))
    if zero or len(table) - at >= 8 or any(table[at:]):
        raise FrameError("BAD_FRAME", "the table of calls has bytes that mean nothing")
    return tuple(made), uploads, freed, tuple(asked)


def _known(names: Mapping[int, str], code: int, what: str) -> str:
    if code not in names:
        raise FrameError("BAD_FRAME", f"{what} {code} is not known")
    return names[code]


def _read_call(table: bytes, at: int, limits: FrameLimits) -> tuple[Call, int]:
    opcode, flags, inputs, outputs, attr_bytes, first = CALL.unpack_from(table, at)
    at += CALL.size
    op = _known(NAMES, opcode, "opcode")
    if flags & ~ND:
        raise FrameError("BAD_FRAME", f"flags {flags:#x} of {op} are not known")
    if inputs > limits.inputs:
        raise FrameError("QUOTA_OPS", f"{op} has {inputs} operands, of {limits.inputs}")
    if attr_bytes > limits.attr_bytes:
        raise FrameError(
            "QUOTA_BYTES", f"{op} has {attr_bytes} bytes of attributes, of {limits.attr_bytes}"
        )
    operands = []
    for _ in range(inputs):
        if table[at] == HANDLE:
            operands.append(Handle(U32.unpack_from(table, at + 1)[0]))
            at += 5
        else:
            value, at = _read_value(table, at, 0)
            operands.append(value)
    attrs = {}
    if attr_bytes:
        end = at + attr_bytes
        names = ATTRIBUTES[op]
        while at < end:
            if len(attrs) == len(names):
                raise FrameError("BAD_FRAME", f"{op} has more than its {len(names)} attributes")
            attrs[names[len(attrs)]], at = _read_value(table, at, limits.depth)
        if at > end:
            raise FrameError("BAD_FRAME", f"an attribute of {op} is longer than was said")
    return Call(op, tuple(operands), attrs, first, outputs, bool(flags & ND)), at


def _read_value(table: bytes, at: int, depth: int):
    """The value at `at`, and where the next one begins."""
    tag = table[at]
    at += 1
    if tag == INT:
        return I64.unpack_from(table, at)[0], at + 8
    if tag == FLOAT:
        return F64.unpack_from(table, at)[0], at + 8
    if tag == NONE:
        return None, at
    if tag in (FALSE, TRUE):
        return tag == TRUE, at
    if tag == ELLIPSIS:
        return Ellipsis, at
    if tag == HANDLE:
        return Handle(U32.unpack_from(table, at)[0]), at + 4
    if tag == DTYPE:
        return _known(DTYPE_NAMES, table[at], "dtype"), at + 1
    if tag == WORD:
        return _known(WORD_NAMES, table[at], "word"), at + 1
    if tag == SLICE:
        parts = []
        for _ in range(3):
            if table[at] not in (NONE, INT):
                raise FrameError("BAD_FRAME", "a slice has a bound that is no integer")
            part, at = _read_value(table, at, 0)
            parts.append(part)
        return slice(*parts), at
    if tag == TUPLE:
        if not depth:
            raise FrameError("BAD_FRAME", "tuples are nested too deeply")
        count = U16.unpack_from(table, at)[0]
        at += 2
        values = []
        for _ in range(count):  # each takes a byte at least, so the section's end bounds them
            value, at = _read_value(table, at, depth - 1)
            values.append(value)
        return tuple(values), at
    raise FrameError("BAD_FRAME", f"a value of kind {tag} is not known")


def _read_blobs(blobs: memoryview, count: int, limits: FrameLimits) -> tuple[Upload, ...]:
    uploads = []
    at = 0
    for _ in range(count):
        handle, code, rank, zero = BLOB.unpack_from(blobs, at)
        at += BLOB.size
        dtype = _known(DTYPE_NAMES, code, "dtype")
        if rank > limits.rank:
            raise FrameError("QUOTA_BYTES", f"an array of {rank} axes; at most {limits.rank}")
        shape = Struct(f"<{rank}Q").unpack_from(blobs, at)
        at += 8 * rank
        end = at + elements(shape, limits) * ITEMSIZES[dtype]
        if end > len(blobs):
            raise FrameError("BAD_FRAME", f"upload {handle} is cut off")
        uploads.append(Upload(handle, dtype, shape, blobs[at:end]))
        at = end + -end % 8
        if zero or any(blobs[end:at]):
            raise FrameError("BAD_FRAME", "an upload has bytes that mean nothing")
    if at != len(blobs):
        raise FrameError("BAD_FRAME", "the blobs have bytes that mean nothing")
    return tuple(uploads)
