"""A run's operations done again from what its recorder kept, in double precision, apart from it.

Operands are the values that the trace holds, so nothing of the program is read but the `forward`
and `backward` of its own `Function`s, and those work on copies: recording, randomness, output and
whoever watches are put aside meanwhile.
"""

import ast
import contextlib
import io
import random
import sys

import numpy

from . import elsewhere
from .array import watch, wrap
from .devices import HOST
from .errors import MXNetError
from .function import FUNCTION, _OwnCode, copied
from .tape import state, sum_to

#: Rows whose gradient is by definition not the derivative of their value.
BY_CONVENTION = frozenset(("own_gradient",))
#: How far a value may be off when it is computed again, relative to the largest one beside it.
SAME_VALUES = {"float16": 2e-2}
SAME = 1e-3


class Unchecked(Exception):
    """Something cannot be checked; `reason` is one of `check.REASONS`."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class Noted:
    """Stands in for the random generator and notes that somebody drew."""

    def __init__(self, generator):
        self._generator = generator
        self.drawn = False

    def __getattr__(self, name):
        self.drawn = True
        return getattr(self._generator, name)


@contextlib.contextmanager
def apart(program=None, names=None):
    """While open, nothing that runs reaches the user's state; `names` are the program's globals."""
    modes = state.recording, state.training
    observer, watch.observer = watch.observer, None
    generator, main = HOST.xp.random, sys.modules.get("__main__")
    drawn = random.getstate(), numpy.random.get_state()
    HOST.xp.random = Noted(type(generator)(0))
    state.recording = False
    if program is not None:
        vars(program).update(names or {})
        sys.modules["__main__"] = program
    try:
        silence = io.StringIO()
        with (
            contextlib.redirect_stdout(silence),
            contextlib.redirect_stderr(silence),
            numpy.errstate(all="ignore"),
        ):
            yield
    finally:
        if program is not None:
            vars(program).clear()
            if main is not None:
                sys.modules["__main__"] = main
        random.setstate(drawn[0])
        numpy.random.set_state(drawn[1])
        HOST.xp.random = generator
        watch.observer = observer
        state.recording, state.training = modes


class Replay:
    """The operations of one recorder, which can be run again one by one."""

    def __init__(self, recorder, spend):
        self.recorder = recorder
        self._spend = spend  # told of every operation that is run again
        self._fetched = {}  # values that were elsewhere, here
        self.ops = [op for op, _ in recorder.op_table.entries]

    # ----- What the trace holds -----

    def op(self, node):
        """The row of a node."""
        return self.ops[self.recorder.op[node]]

    def slots(self, node) -> range:
        """The slots of a node's results."""
        return range(self.recorder.slot_start[node], self.recorder.slot_start[node + 1])

    def args(self, node) -> range:
        """Positions of a node's operands in the table of operands."""
        return range(self.recorder.arg_start[node], self.recorder.arg_start[node + 1])

    def recorded(self, slot):
        """The raw array of a slot; raises `Unchecked` when the trace had no room for it."""
        return self.value(self.recorder.slot_value[slot])

    def value(self, at):
        """The raw array of a value of the trace."""
        raw = self.recorder.values[at]
        if type(raw) is tuple:
            raise Unchecked("forgotten")
        if elsewhere.is_elsewhere(raw):
            return self._fetch(at, raw)
        return raw

    def _fetch(self, at, raw):
        """A value that is elsewhere: checking runs here, so whole arrays are needed, once each."""
        if at not in self._fetched:
            try:
                self._fetched[at] = elsewhere.host(raw)
            except MXNetError:
                raise Unchecked("forgotten") from None
        return self._fetched[at]

    def operand(self, arg, values=None):
        """An operand: a Python number, or a raw array (that of `values`, where it has the slot)."""
        slot = self.recorder.arg_slot[arg]
        if slot < 0:
            return number(self.recorder.literals.entries[self.recorder.arg_literal[arg]])
        if values is not None and slot in values:
            return values[slot]
        return self.recorded(slot) if values is None else wide(self.recorded(slot))

    # ----- Running again -----

    def forward(self, node, operands, double=True):
        """The results of a node on other operands, and the `Function` instance that made them."""
        self._spend()
        op, attrs = self.op(node), self._attrs(node, double)
        function = None
        if op is FUNCTION:
            light, kinds = self.recorder.functions[node]
            function = copied(light)
            arrays = [wrap(kind, raw.copy()) for kind, raw in zip(kinds, operands, strict=True)]
            with _OwnCode(False):
                state.training = self._training(node)
                outputs = function.forward(*arrays)
            outputs = tuple(outputs) if isinstance(outputs, list | tuple) else (outputs,)
            function._outputs = outputs
            results = [y._data for y in outputs]
        else:
            y = op.kernel(*operands, **attrs)
            results = list(y) if isinstance(y, list | tuple) else [y]
        like = [self.recorded(slot) for slot in self.slots(node)]
        return [settled(y, old, double) for y, old in zip(results, like, strict=True)], function

    def vjp(self, node, args, g, results, operands, function=None) -> list:
        """Contributions to the operands `args` for cotangents `g`, one per result (None: zero)."""
        self._spend()
        op, attrs = self.op(node), self._attrs(node, True)
        F = HOST.xp
        several = len(results) > 1
        cots = [numpy.zeros_like(y) if c is None else c for c, y in zip(g, results, strict=True)]
        given = (cots, results) if several else (cots[0], results[0])
        if function is not None:
            attrs = {"function": function}
            with _OwnCode(False):
                state.training = self._training(node)
                joint = op.vjps[0](F, *given, *operands, **attrs)
        else:
            joint = op.vjps[0](F, *given, *operands, **attrs) if op.joint else None
        found = []
        for arg in args:
            at = arg - self.recorder.arg_start[node]
            rule = op.vjps[0 if op.variadic else at]
            if joint is not None:
                c = joint[at]
            elif rule is None:
                c = numpy.zeros(numpy.shape(operands[at]))
            elif op.variadic:
                c = rule(F, *given, *operands, arg=at, **attrs)
            else:
                c = rule(F, *given, *operands, **attrs)
            shape = numpy.shape(operands[at])
            if numpy.shape(c) != shape:
                c, _ = sum_to(F, numpy.asarray(c), shape)
            found.append(numpy.asarray(c, "float64"))
        return found

    def repeats(self, node) -> None:
        """Raises `Unchecked` unless running a node again gives what it gave in the program."""
        op = self.op(node)
        if op.family == "random":
            raise Unchecked("random")
        if op.name in BY_CONVENTION:
            raise Unchecked("convention")
        noted = HOST.xp.random
        noted.drawn = False
        before = drawn_state()
        results, _ = self.forward(node, [self.operand(arg) for arg in self.args(node)], False)
        if noted.drawn or drawn_state() != before:
            raise Unchecked("random")
        for slot, y in zip(self.slots(node), results, strict=True):
            old = self.recorded(slot)
            bound = SAME_VALUES.get(old.dtype.name, SAME) * (_largest(old) + 1e-12)
            odd = ~(numpy.isfinite(old) & numpy.isfinite(y))
            off = numpy.abs(numpy.where(odd, 0, y) - numpy.where(odd, 0, old))
            if _largest(off) > bound or not numpy.array_equal(y[odd], old[odd], equal_nan=True):
                raise Unchecked("changed")

    def _training(self, node) -> bool:
        block = self.recorder.block[node]
        return block >= 0 and bool(self.recorder.blocks[block]["trainMode"])

    def _attrs(self, node, double):
        attrs = {name: here(x) for name, x in (self.recorder.raw_attrs[node] or {}).items()}
        attrs.pop("function", None)
        if "update" in attrs:
            attrs["update"] = None  # running statistics stay as they are
        named = attrs.get("dtype")
        if double and named is not None and numpy.dtype(named).kind == "f":
            attrs["dtype"] = "float64"
        return attrs


# ----- Small parts -----


def number(text: str):
    """The Python number of a literal's text."""
    return float(text) if text in ("nan", "inf", "-inf") else ast.literal_eval(text)


def here(attribute):
    """An attribute whose index arrays, if it has any, are not elsewhere."""
    if isinstance(attribute, tuple):
        return tuple(map(here, attribute))
    return elsewhere.host(attribute)


def wide(raw):
    """A float array in double precision; others as they are."""
    return raw.astype("float64") if raw.dtype.kind == "f" else raw


def settled(y, like, double):
    """A kernel's result in the form that the program's one had (`like`)."""
    y = numpy.asarray(y)
    kind = "float64" if double and like.dtype.kind == "f" else like.dtype
    return y.astype(kind, copy=False).reshape(like.shape)


def drawn_state():
    """Where Python's and NumPy's own generators stand, as something that can be compared."""
    kind, key, *rest = numpy.random.get_state()
    return random.getstate(), kind, key.tobytes(), rest


def _largest(raw) -> float:
    finite = raw[numpy.isfinite(raw)] if raw.dtype.kind == "f" else raw
    return float(numpy.abs(finite.astype("float64")).max()) if finite.size else 0.0
