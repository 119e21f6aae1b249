"""The journal: what a running program does, noted in one flat list at little cost.

`Journal` is the observer of a run. It notes an operation as a few references and numbers, no more;
`trace.Recorder` writes the notes into columns when somebody looks. `log` is flat, since tuples that
stay would be work for the garbage collector. Each note takes `STRIDE` places:

    op, how, attrs, operands, result, place, mark          an operation; `lanes` note it, too
    VJP, TAPED, position, contribution, sum, axes, mark    a VJP call; `tape.walk` notes it, too
    EVENT, method, arguments, None, None, None, None       anything else: a call of `Recorder`'s

An array's *mark* is the number of the slot that it came from, counted over all runs (`watch.mark`
is the newest): marks below `base` are of an earlier run. An operand is a mark, or a tuple of one
number; a result is a raw array or a list of them; a tape entry's `site` is the mark of its first
result; `place` is where in the program (see `sites`).
"""

import sys
import weakref
from dataclasses import dataclass

import numpy

from .array import ARRAYS, Array, Observer, watch
from .elsewhere import is_elsewhere
from .errors import BudgetExceeded
from .function import light_copy
from .registry import OPS
from .sites import NOWHERE, Sites
from .tape import LEAF, SMALL, STRIDE, VJP

#: Stands in the place of an operation for all other events.
EVENT = object()

#: How a node came to be: an operation (off or on the tape), an array that nobody saw made, a write.
PLAIN, TAPED, SOURCE, WRITTEN, WRITTEN_LEAF = range(5)

#: A node's role: it made an array that has a gradient buffer.
LEAF_ROLE = 1

#: How many notes may wait at least before they are written into columns for their bytes' sake.
FEWEST = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use up; see `Limits` of web/src/protocol/messages.ts."""

    ops: int = 200_000
    output: int = 200_000
    arrayBytes: int = 1 << 28
    traceBytes: int = 1 << 28
    deadline: float = float("inf")


class Journal(Observer):
    """Notes what the engine tells, and stops a run that does or keeps more than it may."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.sites = Sites()
        self.log = []
        self.base = watch.mark + 1
        #: Operands of up to this many elements (the product) cannot make too large an array.
        self.widest = limits.arrayBytes // 4
        self._report = None
        self.value_bytes = 0  # of the values that were written into columns
        self._read = 0  # notes up to here are in columns
        self._counted, self._ops = 0, 0  # operations and VJP calls in the notes up to `_counted`
        self._waiting = 0  # bytes of large results whose notes wait
        self._buffers, self.fallback_names = {}, {}
        self._kind = None  # of the backward pass
        self._plan()

    def settle(self) -> None:
        """Writes the notes into columns; `trace.Recorder` does."""
        raise NotImplementedError

    def _forget(self) -> None:
        """Drops the notes, which are in columns now."""
        self._count()
        self._counted = self._waiting = 0
        del self.log[:]
        self._read = 0

    # ----- Limits -----

    @property
    def ops(self) -> int:
        """Operations and VJP calls so far."""
        self._count()
        return self._ops

    def _count(self):
        at, end = self._counted, len(self.log)
        if end > at:
            hows, marks = self.log[at + 1 : end : STRIDE], self.log[at + STRIDE - 1 : end : STRIDE]
            others = sum(map(hows.count, (SOURCE, WRITTEN, WRITTEN_LEAF)))
            self._ops += len(marks) - marks.count(None) - others
            self._counted = end

    def _plan(self):
        """Sets `most`, the mark from which on the limits must be looked at."""
        ops, room = self.limits.ops - self.ops, self.limits.traceBytes - self.value_bytes
        steps = min(ops, max(FEWEST, (room - self._waiting) // (4 * SMALL)))
        if self._report is not None:
            steps = min(steps, FEWEST)
        self.most = watch.mark + max(0, steps)

    def due(self, raw) -> None:
        """A result is large, or the newest mark is above `most`: looks at the limits."""
        if raw.nbytes > SMALL:
            self._waiting += raw.nbytes
        notes = len(self.log) // STRIDE
        bound = self._waiting + (2 * SMALL * notes if notes > FEWEST else 0)
        if self.value_bytes + bound > self.limits.traceBytes:
            self.settle()
        if watch.mark <= self.most:
            return
        if self.ops > self.limits.ops:
            raise BudgetExceeded(
                f"The run stopped after {self.limits.ops:,} operations, the most that it may "
                "record. The picture shows what happened until then."
            )
        if self._report is not None:
            self._report()
        self._plan()

    def report_to(self, report) -> None:
        """Has `report()` called now and then, between two operations."""
        self._report = report
        self._plan()

    def before(self, op, raws, attrs):
        if op.family == "binary":
            bytes_at_most = 4  # broadcasting gives no more elements than the product of both
            for raw in raws:
                bytes_at_most *= getattr(raw, "size", 1)
            if bytes_at_most <= self.limits.arrayBytes:
                return
        try:
            shape = op.shape(*(tuple(getattr(r, "shape", ())) for r in raws), **(attrs or {}))
        except Exception:
            return  # the operation itself will say what is wrong
        size = 1
        for n in shape if isinstance(shape, tuple) else ():
            size *= n
        if size * 4 > self.limits.arrayBytes:
            raise BudgetExceeded(
                f"{op.name} would make an array of shape {shape}: {size * 4:,} bytes, more than "
                f"the {self.limits.arrayBytes:,} that one array may have here. Use smaller shapes."
            )

    # ----- Operations -----

    def _event(self, method, *arguments):
        self.log.extend((EVENT, method, arguments, None, None, None, None))

    def _note(self, op, how, attrs, operands, results, place):
        """Notes a node and gives its results their marks; returns the first."""
        first = watch.mark + 1
        raws = [array._data for array in results] if len(results) != 1 else results[0]._data
        self.log.extend((op, how, attrs, operands, raws, place, first))
        watch.mark = first + len(results) - 1
        for k, array in enumerate(results):
            array._mark = first + k
        return first

    def mark_of(self, array) -> int:
        """The mark of `array`; an array that nobody saw made becomes a source node."""
        mark = getattr(array, "_mark", -1)
        if mark < self.base:
            mark = self._note(OPS["array"], SOURCE, None, (), (array,), NOWHERE)
            buffer, leaf = self._buffers.get(id(array), (None, -1))
            if buffer is not None and buffer() is array:
                self.fallback_names[mark - self.base] = (leaf, ".grad")
            serial = leaf_serial(array)
            if serial is not None:
                self._event("_leaf", mark, serial)
        return mark

    def _operands(self, inputs):
        return [self.mark_of(x) if type(x) in ARRAYS else (x,) for x in inputs]

    def operation(self, op, inputs, attrs, outputs, entry):
        if type(outputs) is list or (attrs is not None and "function" in attrs):
            self._unusual(op, inputs, attrs, outputs, entry)
            return
        # As `_note` does it, without its calls.
        operands, base = [], self.base
        for x in inputs:
            if type(x) in ARRAYS:
                mark = getattr(x, "_mark", -1)
                operands.append(mark if mark >= base else self.mark_of(x))
            else:
                operands.append((x,))
        y = outputs._data
        place = self.sites.where(sys._getframe(2))  # the caller is `invoke`, or like it
        mark = watch.mark + 1
        self.log.extend((op, entry is not None, attrs, operands, y, place, mark))
        watch.mark = outputs._mark = mark
        if entry is not None:
            entry.site = mark
        if mark > self.most or y.nbytes > SMALL:
            self.due(y)

    def _unusual(self, op, inputs, attrs, outputs, entry):
        """An operation with several results, or a user's Function."""
        results = outputs if type(outputs) is list else (outputs,)
        light = None
        if attrs and "function" in attrs:
            light = light_copy(attrs["function"])
            attrs = {"function": light}
        operands = self._operands(inputs)
        place = self.sites.where(sys._getframe(2))
        mark = self._note(op, PLAIN if entry is None else TAPED, attrs, operands, results, place)
        if entry is not None:
            entry.site = mark
            if light is not None:
                self._event("_function", light, [type(x) for x in inputs])
        for array in results:
            if watch.mark > self.most or array._data.nbytes > SMALL:
                self.due(array._data)

    def assigned(self, array, key, value):
        shown = isinstance(value, Array | int | float)
        operands = self._operands((array, value) if shown else (array,))
        how = WRITTEN_LEAF if leaf_role(array) else WRITTEN
        place = self.sites.where(sys._getframe(1))
        mark = self._note(OPS["setitem"], how, {"key": key}, operands, (array,), place)
        serial = leaf_serial(array)
        if serial is not None:
            self._event("_leaf", mark, serial)
        self.due(array._data)

    def replaced(self, array, result):
        mark = getattr(result, "_mark", -1)
        if mark >= self.base:
            array._mark = mark
            self._event("_replaced", mark, leaf_role(array), leaf_serial(array))

    def marked(self, array, entry):
        mark = self.mark_of(array)
        leaf = entry.op is LEAF
        if leaf:
            entry.site = mark
        self._event("_marked", mark, leaf, entry.serial, entry.grad.req)
        buffer = entry.grad.buffer
        self._buffers[id(buffer)] = weakref.ref(buffer), mark - self.base

    def cell_began(self, index):
        """The program's cell `index` runs from now on."""
        self._event("_cell", index)

    def cell_finished(self, namespace) -> None:
        """Names arrays by the variables that hold them, where no assignment named them."""
        for name, value in list(namespace.items()):
            if type(value) in ARRAYS and not name.startswith("_"):
                mark = getattr(value, "_mark", -1)
                if mark >= self.base:
                    self.fallback_names.setdefault(mark - self.base, name)

    def entered(self, train_mode):
        self._event("_entered", self.sites.where(sys._getframe(1)), train_mode)

    def left(self):
        self._event("_left")

    # ----- Backward passes -----

    def pass_began(self, kind, heads, head_grads, retain_graph, create_graph):
        marks = [self.mark_of(head) for head in heads]
        raws = [raw_of(g) for g in head_grads]
        place = self.sites.where(sys._getframe(1))
        self._event("_pass_began", kind, place, marks, raws, retain_graph, create_graph)
        self._kind = kind
        if create_graph:
            self.settle()  # `viewed` asks the columns; all entries of the pass are there now

    def pulling(self, entry):
        """The VJPs of `entry` run next: what they record is caused by it."""
        self._event("_pulling", mark_of(entry))

    def vjp(self, entry, position, contribution, total, axes):
        mark = mark_of(entry)
        if mark >= 0:
            first = raw_of(contribution)
            last = first if total is contribution else raw_of(total)
            self.log.extend((VJP, TAPED, position, first, last, axes, mark))
            if first.nbytes > SMALL:
                self.due(first)

    def pass_ended(self, written):
        ended = []
        for entry, buffer in written:
            req = "write" if entry.grad is None else entry.grad.req
            ended.append((entry.serial, mark_of(entry), buffer._data, req))
            if self._kind == "backward":
                buffer._mark = -1  # a new value: its next use is a new source
        self._event("_pass_ended", ended)
        self._plan()

    def pass_failed(self):
        """The pass raised: its steps so far stay in the trace."""
        self._event("_pass_failed")
        self._plan()


def raw_of(value):
    """The raw array of an array, or of what a rule gave."""
    if isinstance(value, Array):
        return value._data
    if type(value) is numpy.ndarray or is_elsewhere(value):
        return value
    return numpy.asarray(value)


def leaf_serial(array):
    """The serial of a leaf's entry; None for any other array."""
    entry = array._entry
    return entry.serial if entry is not None and entry.op is LEAF else None


def leaf_role(array) -> int:
    """The role of a leaf when `array` is one: it stays one when it is written to."""
    entry = array._entry
    leaf = entry is not None and entry.op is LEAF and entry.grad is not None
    return LEAF_ROLE if leaf and entry.grad.req != "null" else 0


def mark_of(entry) -> int:
    """The mark of a tape entry's result; -1 for one that was made when nobody watched."""
    return getattr(entry, "site", -1)


__all__ = ["Journal", "Limits"]
