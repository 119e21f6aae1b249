"""Runs programs on a device: a table of handles, every call checked and costed before it runs.

One `Executor` serves one session. What a program asks for is never trusted: the rows' own rules
infer shapes and dtypes, cost is compared with the limits, and whatever goes wrong becomes an entry
of the error table, with calls that do not depend on it going on. The result of a failed call is
poisoned: so is all that is made of it, and reading any of these tells the first error.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import prod
from time import perf_counter
from typing import NamedTuple

import numpy

from .. import whole
from ..errors import DTypeError, MXNetError, ShapeError, message, shapes_text
from ..opcodes import ITEMSIZES
from ..program import Call, FrameError, FrameLimits, Handle, Program, Upload, elements
from ..registry import OPS, Op
from ..reply import LIMITS as REPLY
from ..reply import Account, OpError, Outcome, Value
from ..summary import summarize
from .device import Device, conformed, perform
from .forecast import Forecast, Spec, forecast
from .ledger import HANDLE, Ledger, Pool

__all__ = ["Account", "Executor", "Limits", "OpError", "Outcome", "Pool", "Value"]


#: Steps for each element of an array that is read: copying it, or its extremes, mean and counts.
LOOKING = 8
#: Operations that take so many times longer than products of matrices do for as much arithmetic, on
#: CPUs and GPUs alike: what the quota lets through must end before a stuck device is given up.
SLOW = dict.fromkeys(("eigh", "inv", "pinv", "polygamma", "qr", "slogdet", "solve", "svd"), 10)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one session may use. `frame` bounds the bytes, the rest what they make happen."""

    frame: FrameLimits = field(default_factory=FrameLimits)
    arrays: int = 100_000  # handles in the table
    held_bytes: int = 256 << 20  # of all arrays, and what stands by (see `Ledger`)
    workspace: int = 1 << 30  # bytes of one call's temporaries
    work: int = 200 * 10**9  # of one frame: floating-point operations, or elements moved
    reply_bytes: int = 32 << 20  # of all arrays that one frame reads
    seconds: float = 20.0  # of one frame; looked at before each call; half as long again for reads


class Held(NamedTuple):
    """An array of the table. (Asking a raw array for its dtype's name takes 4 us.)"""

    raw: object
    spec: Spec


class UnknownHandle(LookupError):
    """No array has this handle."""


class Executor:
    """The arrays of one session on one device, and the programs that run on them.

    `pools` are shared with other sessions: of the same client, of the whole device. `stopped` is
    asked before every call: a true answer ends what is left of the program as CANCELLED.
    """

    def __init__(
        self,
        device: Device,
        limits: Limits | None = None,
        pools: Sequence[Pool] = (),
        stopped: Callable[[], bool] = lambda: False,
    ):
        self.device = device
        self.limits = limits or Limits()
        self.pools = pools
        self.stopped = stopped
        self.ledger = Ledger()
        for pool in pools:
            pool.join(self.ledger)
        self._table: dict[int, Held | OpError] = {}  # an error poisons its handle
        self._highest = 0  # of all handles ever given

    def run(self, program: Program) -> Outcome:
        """Runs a decoded program. Raises `FrameError`, with nothing done, where it breaks the
        session's rules; all other trouble is in the outcome."""
        self._admit(program)
        self.ledger.start()
        frame = _Frame(program, self.limits)
        began = perf_counter()
        with self.device.work():
            for handle in frame.unused:
                self._free(frame, handle)
            for upload in program.uploads:
                self._upload(frame, upload)
            for index, call in enumerate(program.calls):
                self._call(frame, index, call)
                for handle in frame.ends.get(index, ()):
                    self._free(frame, handle)
            values = [self._read(frame, read.handle, read.mode) for read in program.reads]
            for handle in frame.read:
                self._free(frame, handle)
        self.ledger.handles = len(self._table)
        account = Account(
            frame.ran,
            frame.work,
            self.ledger.held,
            self.ledger.peak,
            len(self._table),
            round((perf_counter() - began) * 1e6),
        )
        return Outcome(program.seq, tuple(frame.errors), tuple(values), account)

    def admit(self, handle: int, spec: Spec) -> None:
        """Raises `FrameError` where an upload of this handle and spec will not be taken."""
        if handle <= self._highest:
            raise FrameError("BAD_FRAME", f"handle {handle} was given before; they only grow")
        if len(self._table) >= self.limits.arrays:
            raise FrameError("QUOTA_OPS", f"more than {self.limits.arrays} arrays; free some")
        self._room(spec.nbytes)

    def part(self, handle: int, start: int, stop: int) -> tuple[bytes, int]:
        """Bytes of an array from `start` to before `stop`, and how many it has in all. Raises
        `FrameError`; the code of what failed is its code."""
        try:
            held = self._look(handle)
        except UnknownHandle as problem:
            raise FrameError("UNKNOWN_HANDLE", str(problem)) from None
        if type(held) is OpError:
            raise FrameError(held.code, held.text)
        raw, spec = held
        total = spec.nbytes
        start, stop = min(start, total), min(stop, total)
        if start >= stop:
            return b"", total
        size = ITEMSIZES[spec.dtype]
        first, last = start // size, -(-stop // size)
        try:
            with self.device.work():
                some = raw if total == stop - start else raw.reshape(-1)[first:last]
                data = to_wire(self.device.asnumpy(some))
        except Exception as problem:
            raise FrameError(*self._why("read", (held,), problem)) from problem
        return data[start - first * size : stop - first * size], total

    def close(self) -> None:
        """Lets all arrays go."""
        self._table.clear()
        for pool in self.pools:
            pool.leave(self.ledger)

    # ----- The table -----

    def _admit(self, program):
        """Raises `FrameError` for handles that were given before, or too many."""
        made = [upload.handle for upload in program.uploads]
        made += [call.first_out for call in program.calls]
        if made and min(made) <= self._highest:
            raise FrameError("BAD_FRAME", f"handle {min(made)} was given before; they only grow")
        count = len(program.uploads) + sum(call.outputs for call in program.calls)
        # Frees of what is not there make no room.
        freed = sum(handle in self._table for handle in program.frees)
        if len(self._table) + count - freed > self.limits.arrays:
            raise FrameError("QUOTA_OPS", f"more than {self.limits.arrays} arrays; free some")
        last = program.calls[-1] if program.calls else None
        ends = [last.first_out + last.outputs - 1] if last else []
        self._highest = max([self._highest, *made, *ends])

    def _look(self, handle):
        """What the table has under a handle."""
        if handle not in self._table:
            raise UnknownHandle(f"no array has handle {handle}: it was freed or never made")
        return self._table[handle]

    def _keep(self, handle, raw, spec):
        self._table[handle] = Held(raw, spec)
        self.ledger.hold(raw)

    def _free(self, frame, handle):
        if handle not in self._table:
            if len(frame.errors) < REPLY.errors:
                text = "freed, but it is not there"
                frame.errors.append(OpError(frame.seq, None, handle, "UNKNOWN_HANDLE", text))
            return
        held = self._table.pop(handle)
        if type(held) is Held:
            self.ledger.release(held.raw)

    def _room(self, nbytes):
        """Raises `FrameError` where so many bytes more are too many."""
        self.ledger.handles = len(self._table)
        nbytes += HANDLE
        if self.ledger.charged + nbytes > self.limits.held_bytes:
            raise FrameError(
                "QUOTA_BYTES",
                f"{nbytes} bytes more than the {self.ledger.charged} held; "
                f"at most {self.limits.held_bytes} in all",
            )
        for pool in self.pools:
            pool.ask(nbytes)

    # ----- Steps of a program -----

    def _upload(self, frame, upload: Upload):
        try:
            spec = Spec(upload.shape, upload.dtype)
            self._room(spec.nbytes)
            if not self.device.supports(spec.dtype):
                raise DTypeError(
                    message(
                        "upload", f"got {spec.dtype}", f"{self.device} has no arrays of this dtype"
                    )
                )
            self._keep(upload.handle, self.device.array(from_wire(upload)), spec)
        except Exception as problem:
            error = OpError(frame.seq, None, upload.handle, *self._why("upload", (), problem))
            self._table[upload.handle] = error
            frame.errors.append(error)

    def _call(self, frame, index, call: Call):
        """Runs a call, or poisons what it would have made."""
        handles = range(call.first_out, call.first_out + call.outputs)
        op = OPS[call.op]
        operands = ()
        try:
            if self.stopped():
                raise FrameError("CANCELLED", "the program was stopped before this ran")
            if perf_counter() > frame.deadline:
                raise FrameError(
                    "QUOTA_TIME",
                    f"one frame runs at most {self.limits.seconds} s; send it in parts",
                )
            operands = [self._look(x.id) if type(x) is Handle else x for x in call.inputs]
            index_arrays = [self._look(handle) for handle in handles_in(call.attrs.get("key"))]
            error = poison_in(operands) or poison_in(index_arrays)
            if error is None:
                attrs = {**op.attrs, **call.attrs}
                if index_arrays:
                    attrs["key"] = self._index(attrs["key"])
                for handle, result in zip(handles, self._results(frame, op, operands, attrs, call)):
                    self._keep(handle, *result)
                frame.ran += 1
                return
        except Exception as problem:
            code, text = self._why(op.name, operands, problem)
            error = OpError(frame.seq, index, call.first_out, code, text)
            frame.errors.append(error)
        for handle in handles:
            self._table[handle] = error

    def _index(self, key):
        """An index with its handles replaced by their arrays."""
        if type(key) is tuple:
            return tuple(self._index(part) for part in key)
        return self._look(key.id).raw if type(key) is Handle else key

    def _results(self, frame, op: Op, operands, attrs, call: Call):
        """The results of a call, each with its spec."""
        specs = [x.spec if type(x) is Held else x for x in operands]
        plan = forecast(op, specs, attrs, call.nd)
        if len(plan.results) != call.outputs:
            raise ValueError(f"it gives {len(plan.results)} results, not {call.outputs}")
        self._afford(frame, op, plan)
        raws = [x.raw if type(x) is Held else x for x in operands]
        lead = next((x.raw.dtype for x in operands if type(x) is Held), None)
        if lead is not None and op.arity and lead.kind != "f":
            raws = whole.operands(op, raws, lead, "nd" if call.nd else "np")
        made = perform(self.device, op, raws, attrs)
        return [
            (conformed(self.device, y, spec), spec)
            for y, spec in zip(made, plan.results, strict=True)
        ]

    def _afford(self, frame, op: Op, plan: Forecast):
        """Raises `FrameError` for a call that costs more than is left."""
        for spec in plan.results:
            elements(spec.shape, self.limits.frame)
        self._room(plan.nbytes)
        if plan.workspace > self.limits.workspace:
            raise FrameError(
                "QUOTA_BYTES",
                f"it needs {plan.workspace} bytes to work in; at most {self.limits.workspace}",
            )
        self._spend(frame, plan.work, SLOW.get(op.name, 1))

    def _spend(self, frame, work, slowness=1):
        """Counts work, before it is done; raises `FrameError` where it is more than is left."""
        if frame.spent + slowness * work > self.limits.work:
            raise FrameError(
                "QUOTA_FLOPS",
                f"{work} operations{' of a slow kind' * (slowness > 1)} more than {frame.work} "
                f"done; at most {self.limits.work // slowness} in one frame",
            )
        frame.work += work
        frame.spent += slowness * work

    def _read(self, frame, handle, mode) -> Value:
        try:
            held = self._look(handle)
            if type(held) is OpError:
                return Value(handle, mode, None, None, held)
            raw, spec = held
            if self.stopped():
                raise FrameError("CANCELLED", "the program was stopped before this was read")
            if perf_counter() > frame.deadline + self.limits.seconds / 2:
                raise FrameError("QUOTA_TIME", "no time is left to read this; read it by itself")
            self._spend(frame, LOOKING * prod(spec.shape))
            if mode == "summary":
                return Value(handle, mode, spec, summarize(self.device.asnumpy(raw)))
            frame.replied += spec.nbytes
            if frame.replied > self.limits.reply_bytes:
                raise FrameError(
                    "QUOTA_BYTES", f"one reply has at most {self.limits.reply_bytes} bytes"
                )
            return Value(handle, mode, spec, to_wire(self.device.asnumpy(raw)))
        except Exception as problem:
            error = OpError(frame.seq, None, handle, *self._why("read", (), problem))
            return Value(handle, mode, None, None, error)

    def _why(self, name, operands, problem) -> tuple[str, str]:
        """Code and text of an error on this device."""
        return explained(name, operands, self.device.explained(problem))


class _Frame:
    """What is known of one program while it runs: when its frees are due, and what it used."""

    def __init__(self, program: Program, limits: Limits):
        self.seq = program.seq
        self.errors: list[OpError] = []
        self.ran = self.work = self.spent = self.replied = 0
        self.deadline = perf_counter() + limits.seconds
        freed = set(program.frees)
        wanted = {read.handle for read in program.reads}
        last = {}
        for upload in program.uploads:
            last[upload.handle] = -1
        for index, call in enumerate(program.calls):
            for handle in used_by(call):
                last[handle] = index
            for handle in range(call.first_out, call.first_out + call.outputs):
                last[handle] = index
        #: Freed handles that this frame does nothing with: let go before anything is made.
        self.unused = [h for h in program.frees if h not in last and h not in wanted]
        #: Index of a call -> the handles that nothing needs after it.
        self.ends: dict[int, list[int]] = {}
        for handle, index in last.items():
            if handle in freed and handle not in wanted:
                self.ends.setdefault(max(index, 0), []).append(handle)
        #: Freed handles that are read first; and uploads that are freed where no call comes.
        self.read = [h for h in program.frees if h in wanted]
        if not program.calls:
            self.read += self.ends.pop(0, [])


def handles_in(key) -> list[int]:
    """The handles of an index."""
    return [part.id for part in (key if type(key) is tuple else (key,)) if type(part) is Handle]


def used_by(call: Call) -> list[int]:
    """The handles that a call reads."""
    return handles_in(tuple(call.inputs)) + handles_in(call.attrs.get("key"))


def poison_in(held) -> OpError | None:
    """The first error among what a call reads."""
    return next((x for x in held if type(x) is OpError), None)


# ----- Bytes of arrays -----


def from_wire(upload: Upload) -> numpy.ndarray:
    """An upload's elements as NumPy's."""
    if upload.dtype == "bool":  # any other byte than 0 and 1 would be no boolean
        host = numpy.frombuffer(upload.data, "uint8") != 0
    else:
        wire = numpy.dtype(upload.dtype).newbyteorder("<")
        host = numpy.frombuffer(upload.data, wire).astype(upload.dtype)
    return host.reshape(upload.shape)


def to_wire(host: numpy.ndarray) -> bytes:
    """Elements in C order, little-endian."""
    return host.astype(host.dtype.newbyteorder("<"), copy=False).tobytes()


# ----- Errors -----

#: What rules and array modules raise on attributes that they were not written for.
PUZZLED = (AttributeError, KeyError, ArithmeticError)


def explained(name: str, operands, problem: Exception) -> tuple[str, str]:
    """Code and text of an error, for whoever wrote the program."""
    if isinstance(problem, FrameError):
        return problem.code, f"{name}: {problem.text}"
    given = [x.spec.shape if type(x) is Held else () for x in operands]
    where = f"{name} on shapes {shapes_text(given)}" if given else name
    if isinstance(problem, UnknownHandle):
        return "UNKNOWN_HANDLE", f"{name}: {problem}"
    if isinstance(problem, MemoryError):
        return "OOM", f"{where}: the device has no memory left"
    if isinstance(problem, ShapeError):
        return "SHAPE", str(problem)
    if isinstance(problem, DTypeError):
        return "DTYPE", str(problem)
    if isinstance(problem, IndexError):
        return "INDEX", f"{where}: {problem}"[:400]
    if isinstance(problem, MXNetError):
        return "VALUE", str(problem)
    if isinstance(problem, ValueError | TypeError):
        return "VALUE", f"{where}: {problem}"[:400]
    if isinstance(problem, PUZZLED):
        return "VALUE", f"{where}: it cannot work with these operands and attributes"
    return "INTERNAL", f"{where}: failed on the device ({type(problem).__name__})"
