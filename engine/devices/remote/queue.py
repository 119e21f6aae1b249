"""What waits to be sent: calls, uploads, frees, in the form of program frames. No IO.

Handles are given here, from 1 upwards and never twice. A frame that was made stays until its reply
is taken, so it can be sent again as it is. Errors of calls come with the reply; what failed is
remembered by handle with the line of the program that made it, and raised when somebody reads it.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from ... import errors
from ...errors import MXNetError, message
from ...opcodes import ATTRIBUTES, LOCAL, OPCODES, may_hold
from ...program import (
    HANDLES,
    LIMITS,
    Call,
    FrameError,
    Handle,
    Read,
    Upload,
    assembled,
    packed,
)
from ...reply import OpError, Outcome, Value, decode_reply

__all__ = ["Cancelled", "Counters", "DeviceLost", "Place", "Queue", "user_spot"]

ENGINE = str(Path(__file__).resolve().parents[2])

#: When the queue is full enough to be sent without anybody reading: calls and their bytes,
#: uploads and theirs. All are well below what one frame may hold.
CALLS = 4096
TABLE_BYTES = 1 << 20
UPLOADS = 2048
UPLOAD_BYTES = 1 << 20


class DeviceLost(MXNetError):
    """The server, or the session there, is gone, and all its arrays with it."""


class Cancelled(MXNetError):
    """The program on the server was stopped before it came to this."""


class Place(NamedTuple):
    """Where in the user's program a call was made."""

    file: str
    line: int

    @classmethod
    def of(cls, spot) -> "Place | None":
        """The place of code and instruction (`user_spot`), or of a place."""
        if spot is None or isinstance(spot, cls):
            return spot
        code, instruction = spot
        lines = (n for start, stop, n in code.co_lines() if start <= instruction < stop)
        return cls(code.co_filename, next(lines, None) or code.co_firstlineno)


@dataclass(slots=True)
class Counters:
    """What was done so far, for the page to show. Times are microseconds."""

    recorded: int = 0  # calls
    sent: int = 0  # calls
    round_trips: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    device_micros: int = 0
    held_bytes: int = 0  # on the server, after the last frame


#: Kinds of exceptions for the codes of the error table; the rest are `MXNetError`.
KINDS = {
    "SHAPE": errors.ShapeError,
    "DTYPE": errors.DTypeError,
    "INDEX": errors.OutOfBounds,
    "LOST": DeviceLost,
    "CANCELLED": Cancelled,
}


#: Where functions that are made from text say that they come from (`templates.function`).
MADE = ("<fast lane", "<facade")
#: File of running code -> whether it is the engine's.
_engines: dict[str, bool] = {}


def user_spot() -> tuple[CodeType, int] | None:
    """Code and instruction of the innermost frame outside the engine that is running. (Its line
    costs more, and is wanted only where something fails: `Place.of`.)"""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        name = code.co_filename
        inside = _engines.get(name)
        if inside is None:
            inside = _engines[name] = name.startswith((ENGINE, *MADE))
        if not inside:
            return code, frame.f_lasti
        frame = frame.f_back
    return None


class Queue:
    """The client's side of one session. `where` tells the place of the call being made."""

    def __init__(self, where: Callable[[], object] = user_spot):
        self.counters = Counters()
        self._where = where
        self._handle = 1
        self._seq = 1
        self._frame: bytes | None = None  # made, its reply not yet taken
        self._sent_places: list = []
        self._failed: dict[tuple[int, int | None, int], Place | None] = {}
        self._clear()

    def _clear(self):
        self._calls: list[bytes] = []
        self._firsts: list[int] = []  # handle of each call's result, 0 where it has several
        self._places: list = []
        self._uploads: list[Upload] = []
        self._frees: list[int] = []
        self.upload_bytes = self.table_bytes = 0

    # ----- In -----

    def handles(self, count: int) -> int:
        """Gives so many new handles; the first of them."""
        first = self._handle
        if first + count > HANDLES:
            raise DeviceLost(
                f"this run has made {HANDLES:,} arrays on the server, and a session can number no "
                "more. Press Run to start again."
            )
        self._handle += count
        return first

    def upload(self, dtype: str, shape: tuple[int, ...], data: bytes) -> int:
        """Puts an array's elements (C order, little-endian) on the queue; gives its handle."""
        handle = self.handles(1)
        self._uploads.append(Upload(handle, dtype, shape, data))
        self.upload_bytes += len(data)
        return handle

    def call(self, op: str, inputs: Sequence, attrs: dict, outputs: int, nd: bool) -> int:
        """Puts a call on the queue; gives the first handle of its results. Raises `MXNetError` for
        what cannot travel."""
        if op not in OPCODES:
            raise MXNetError(
                message(op, LOCAL.get(op, "It has no opcode"), "It cannot run on a server")
            )
        for name in ATTRIBUTES[op]:
            if not may_hold(name, attrs[name]):
                raise MXNetError(
                    message(op, f"got {name}={attrs[name]!r:.80}", "A server cannot take that")
                )
        for value in inputs:
            if type(value) is int and not -(2**63) <= value < 2**63:
                raise MXNetError(message(op, f"got {value}", "Integers have at most 64 bits"))
        most = max(len(inputs), outputs)
        if most > LIMITS.inputs:
            needed = f"A server takes at most {LIMITS.inputs}"
            raise MXNetError(message(op, f"got {most} arrays", needed, "Do it in parts."))
        given = {name: attrs[name] for name in ATTRIBUTES[op]}
        try:
            bytes_of = packed(Call(op, inputs, given, self._handle, outputs, nd))
        except FrameError as problem:
            raise MXNetError(message(op, problem.text, "A server cannot take that")) from None
        return self.put(bytes_of, outputs)

    def put(self, call: bytes, outputs: int) -> int:
        """Puts a call that is packed, for the next handle on, on the queue; gives that handle."""
        first = self.handles(outputs)
        self._calls.append(call)
        self._firsts.append(first if outputs == 1 else 0)
        self._places.append(self._where())
        self.table_bytes += len(call)
        self.counters.recorded += 1
        return first

    @property
    def next_handle(self) -> int:
        """What `put` gives next."""
        return self._handle

    def free(self, handle: int) -> None:
        """Lets an array go with the next frame. The newest call, when nobody holds its result any
        more, was for nothing and is not sent at all."""
        firsts = self._firsts
        if firsts and firsts[-1] == handle:
            firsts.pop()
            self.table_bytes -= len(self._calls.pop())
            self._places.pop()
            self.counters.recorded -= 1
            return
        self._frees.append(handle)

    @property
    def full(self) -> bool:
        """Whether the queue should be sent without waiting for a read."""
        return (
            len(self._calls) >= CALLS
            or self.table_bytes >= TABLE_BYTES
            or self.upload_bytes >= UPLOAD_BYTES
            or len(self._uploads) >= UPLOADS
        )

    @property
    def empty(self) -> bool:
        """Whether nothing but frees waits."""
        return not (self._calls or self._uploads)

    # ----- Out and back -----

    def frame(self, reads: Sequence[Read] = ()) -> bytes:
        """The next frame: all that waits, and what is to be read. It must be answered (`take`) or
        given up (`lose`) before the next."""
        assert self._frame is None, "the last frame has no reply yet"
        calls, uploads, frees, places = self._calls, self._uploads, self._frees, self._places
        self._clear()  # arrays that die from here on are freed with the next frame
        frees = list(dict.fromkeys(frees))
        self._frees = frees[LIMITS.frees :]  # the next frame's
        self._frame = assembled(self._seq, calls, uploads, frees[: LIMITS.frees], reads)
        self._sent_places = places
        self.counters.sent += len(calls)
        self.counters.bytes_up += len(self._frame)
        return self._frame

    def take(self, reply: bytes) -> Outcome:
        """The outcome of the frame that was sent; raises `FrameError` for anything else."""
        outcome = decode_reply(reply)
        if outcome.seq != self._seq or self._frame is None:
            raise DeviceLost(
                f"the server answered request {outcome.seq} where {self._seq} was sent, so its "
                "arrays cannot be relied on. Press Run to start again."
            )
        self._frame = None
        self._seq += 1
        for problem in outcome.errors:
            if problem.op is not None and problem.op < len(self._sent_places):
                self._failed[problem[:3]] = Place.of(self._sent_places[problem.op])
        self._sent_places = []
        self.counters.round_trips += 1
        self.counters.bytes_down += len(reply)
        self.counters.device_micros += outcome.account.micros
        self.counters.held_bytes = outcome.account.held_bytes
        return outcome

    def explained(self, problem: OpError) -> MXNetError:
        """The exception for an error of the table, with the user's own line."""
        place = self._failed.get(problem[:3])
        text = problem.text
        if place is not None:
            text += f" (on the server, for line {place.line} of {Path(place.file).name})"
        found = KINDS.get(problem.code, MXNetError)(text)
        found.place = place
        return found

    def value(self, value: Value) -> Value:
        """A value that was read; raises what went wrong instead."""
        if value.error is not None:
            raise self.explained(value.error)
        return value


def key_of(key, handle_of):
    """An index as a frame holds it; `handle_of` gives the handle of an index array."""
    if isinstance(key, tuple):
        return tuple(key_of(part, handle_of) for part in key)
    if key is None or key is Ellipsis or isinstance(key, slice | Handle) or type(key) is int:
        return key
    return Handle(handle_of(key))
