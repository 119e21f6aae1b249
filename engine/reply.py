"""A reply frame: what running a program gave, as bytes. README.md, "Reply frames", has the table.

The same form as program frames, read as carefully: pure standard library, every count and size
checked before anything is made of it, and whatever is wrong raises `FrameError`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct, error
from typing import NamedTuple

from .opcodes import DTYPES, ITEMSIZES
from .program import (
    CODES,
    DTYPE_NAMES,
    HANDLES,
    MODE_NAMES,
    MODES,
    PROLOGUE,
    SEALED,
    U32,
    FrameError,
    FrameLimits,
    Spec,
    checksum,
    elements,
)

__all__ = [
    "LIMITS",
    "Account",
    "OpError",
    "Outcome",
    "ReplyLimits",
    "Value",
    "account_of",
    "decode_reply",
    "encode_reply",
]

MAGIC = b"MXGR"
MAJOR = 1
MINOR = 0


class OpError(NamedTuple):
    """An entry of the error table: which call of which frame (None: no call), what it could not
    make, and why. `code` is one of `program.CODES`."""

    seq: int
    op: int | None
    handle: int
    code: str
    text: str


class Value(NamedTuple):
    """The answer to one read: `data` has C-order little-endian bytes for "full", the summary's
    dict for "summary", and is None where `error` says why there is nothing."""

    handle: int
    mode: str
    spec: Spec | None
    data: bytes | dict | None
    error: OpError | None = None


class Account(NamedTuple):
    """What a frame used, and what the session holds after it. `micros` is the device's time."""

    calls: int
    work: int
    held_bytes: int
    peak_bytes: int
    arrays: int
    micros: int = 0


class Outcome(NamedTuple):
    """What running a program gave."""

    seq: int
    errors: Sequence[OpError]
    values: Sequence[Value]
    account: Account


@dataclass(frozen=True, slots=True)
class ReplyLimits:
    """What a client takes at most."""

    reply_bytes: int = 64 << 20
    errors: int = 20_000
    text_bytes: int = 2000  # of one error
    values: int = 4096
    summary_bytes: int = 64 << 10  # of one value


LIMITS = ReplyLimits()

# ----- Form -----

COUNTS = Struct("<IIIIQQQQ")  # errors, calls, arrays, 0, work, held, peak, microseconds
ERROR = Struct("<IIIHH")  # frame, call, handle, code, bytes of the text
VALUE = Struct("<IBBBB")  # handle, mode, what follows, dtype, rank
SIZE = Struct("<Q")
NO_CALL = 2**32 - 1

NOTHING, DATA = range(2)  # what follows a value: its error, or its shape and a blob

#: Numbers of `program.CODES`, in its order: append-only.
CODE_NUMBERS = {code: number for number, code in enumerate(CODES, 1)}
CODE_NAMES = {number: code for code, number in CODE_NUMBERS.items()}


def encode_reply(outcome: Outcome, limits: ReplyLimits = LIMITS) -> bytes:
    """The frame of an outcome."""
    used = outcome.account
    counts = (len(outcome.errors), used.calls, used.arrays, 0)
    bytes_used = (used.work, used.held_bytes, used.peak_bytes, used.micros)
    table, blobs = bytearray(COUNTS.pack(*counts, *bytes_used)), bytearray()
    for each in outcome.errors:
        _write_error(table, each, limits)
    for handle, mode, spec, data, problem in outcome.values:
        if problem is not None:
            table += VALUE.pack(handle, MODES[mode], NOTHING, 0, 0)
            _write_error(table, problem, limits)
            continue
        table += VALUE.pack(handle, MODES[mode], DATA, DTYPES[spec.dtype], len(spec.shape))
        table += Struct(f"<{len(spec.shape)}Q").pack(*spec.shape)
        if mode == "summary":
            data = json.dumps(data, separators=(",", ":")).encode()
            table += SIZE.pack(len(data))
        blobs += data
        blobs += bytes(-len(blobs) % 8)
    table += bytes(-len(table) % 8)
    sizes = (outcome.seq, len(outcome.values), len(table), len(blobs))
    frame = bytearray(PROLOGUE.pack(MAGIC, MAJOR, MINOR, 0, *sizes, 0))
    frame += table
    frame += blobs
    U32.pack_into(frame, SEALED, checksum(frame))
    return bytes(frame)


def _write_error(out: bytearray, problem: OpError, limits: ReplyLimits) -> None:
    text = problem.text.encode()[: limits.text_bytes].decode(errors="ignore").encode()
    call = NO_CALL if problem.op is None else problem.op
    out += ERROR.pack(problem.seq, call, problem.handle, CODE_NUMBERS[problem.code], len(text))
    out += text


# ----- From bytes -----


def decode_reply(frame: bytes, limits: ReplyLimits = LIMITS) -> Outcome:
    """The outcome of a frame. Raises `FrameError` for anything else than a whole reply."""
    size = memoryview(frame).nbytes
    if size > limits.reply_bytes:
        raise FrameError("QUOTA_BYTES", f"a reply of {size} bytes; at most {limits.reply_bytes}")
    frame = bytes(frame)
    if size < PROLOGUE.size:
        raise FrameError("BAD_FRAME", f"{size} bytes are too few for a reply")
    magic, major, _, flags, seq, values, table, blobs, crc = PROLOGUE.unpack_from(frame)
    if magic != MAGIC:
        raise FrameError("BAD_FRAME", "this is no reply frame")
    if major != MAJOR:
        raise FrameError("VERSION", f"the reply has version {major}, spoken here is {MAJOR}")
    if flags:
        raise FrameError("BAD_FRAME", f"flags {flags:#x} of a reply are not known")
    if size != PROLOGUE.size + table + blobs or table % 8 or blobs % 8:
        raise FrameError("BAD_FRAME", f"{size} bytes of a reply came, others were announced")
    if crc != checksum(frame):
        raise FrameError("BAD_FRAME", "the checksum does not match: bytes were lost or changed")
    start = PROLOGUE.size + table
    try:
        reader = _Reader(frame[PROLOGUE.size : start], frame[start:], limits)
        return reader.outcome(seq, values)
    except (error, IndexError, UnicodeDecodeError):
        raise FrameError("BAD_FRAME", "the reply ends in the middle of something") from None


def account_of(reply: bytes) -> Account:
    """What a reply of this program's own says was used, without reading the rest of it."""
    _, calls, arrays, _, work, held, peak, micros = COUNTS.unpack_from(reply, PROLOGUE.size)
    return Account(calls, work, held, peak, arrays, micros)


class _Reader:
    """Reads a reply's table and blobs from the front."""

    def __init__(self, table: bytes, blobs: bytes, limits: ReplyLimits):
        self.table, self.blobs, self.limits = table, blobs, limits
        self.at = self.blob_at = 0

    def outcome(self, seq: int, values: int) -> Outcome:
        """The whole reply."""
        errors, calls, arrays, zero, *used = self._take(COUNTS)
        for what, count, limit in (
            ("errors", errors, self.limits.errors),
            ("values", values, self.limits.values),
        ):
            if count > limit:
                raise FrameError("QUOTA_OPS", f"{count} {what} in one reply; at most {limit}")
        found = tuple(self._error() for _ in range(errors))
        read = tuple(self._value() for _ in range(values))
        rest = self.table[self.at :]
        if zero or len(rest) >= 8 or any(rest) or self.blob_at != len(self.blobs):
            raise FrameError("BAD_FRAME", "the reply has bytes that mean nothing")
        work, held, peak, micros = used
        return Outcome(seq, found, read, Account(calls, work, held, peak, arrays, micros))

    def _take(self, form: Struct):
        found = form.unpack_from(self.table, self.at)
        self.at += form.size
        return found

    def _error(self) -> OpError:
        seq, call, handle, code, size = self._take(ERROR)
        if code not in CODE_NAMES:
            raise FrameError("BAD_FRAME", f"error code {code} is not known")
        text = self.table[self.at : self.at + size]
        if size > self.limits.text_bytes or len(text) < size:
            raise FrameError("BAD_FRAME", "the text of an error is cut off or too long")
        self.at += size
        op = None if call == NO_CALL else call
        return OpError(seq, op, handle, CODE_NAMES[code], text.decode())

    def _value(self) -> Value:
        handle, mode_code, follows, dtype_code, rank = self._take(VALUE)
        mode = MODE_NAMES.get(mode_code)
        if not 0 < handle < HANDLES or mode is None or follows not in (NOTHING, DATA):
            raise FrameError("BAD_FRAME", "a value of the reply is of no known kind")
        if follows == NOTHING:
            return Value(handle, mode, None, None, self._error())
        dtype = DTYPE_NAMES.get(dtype_code)
        if dtype is None:
            raise FrameError("BAD_FRAME", f"dtype {dtype_code} is not known")
        shape = self._take(Struct(f"<{rank}Q"))
        count = elements(shape, FrameLimits())
        size = self._take(SIZE)[0] if mode == "summary" else count * ITEMSIZES[dtype]
        if mode == "summary" and size > self.limits.summary_bytes:
            raise FrameError("QUOTA_BYTES", f"a summary of {size} bytes")
        data = self.blobs[self.blob_at : self.blob_at + size]
        end = self.blob_at + size
        self.blob_at = end + -end % 8
        if len(data) < size or any(self.blobs[end : self.blob_at]):
            raise FrameError("BAD_FRAME", "a value of the reply is cut off")
        return Value(
            handle, mode, Spec(shape, dtype), _summary(data) if mode == "summary" else data
        )


def _summary(data: bytes) -> dict:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if type(found) is not dict:
        raise FrameError("BAD_FRAME", "a summary of the reply cannot be read")
    return found
