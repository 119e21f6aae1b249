"""Rows at work on any device: operations that go on the tape, and gradients of any order.

The engine's own array objects hold NumPy's arrays; here is as little as it takes to run rows and
their VJPs, by the engine's own tape and walk, on the raw arrays of another device.
"""

from types import SimpleNamespace

import numpy

from engine import recorded, tape
from engine.registry import OPS
from engine.signs import ARITHMETIC, COMPARISON


class Value:
    """A raw array of a device with its past."""

    def __init__(self, world, raw, entry=None):
        self.world, self.raw = world, raw
        self.entry = entry or tape.tape_entry(tape.LEAF, (), (), raw, None)

    @property
    def shape(self):
        return tuple(self.raw.shape)

    @property
    def dtype(self):
        return self.raw.dtype

    def reshape(self, *shape):
        return self.world.apply(OPS["reshape"], (self,), {"newshape": shape})

    def __neg__(self):
        return self.world.apply(OPS["negative"], (self,))


for _sign, _row in {**ARITHMETIC, **COMPARISON}.items():
    setattr(Value, f"__{_sign}__", lambda a, b, op=OPS[_row]: a.world.apply(op, (a, b)))
    setattr(Value, f"__r{_sign}__", lambda a, b, op=OPS[_row]: a.world.apply(op, (b, a)))


class Elsewhere:
    """One device, and what the engine does with arrays there."""

    def __init__(self, device):
        self.device = device
        self.F = SimpleNamespace(**{name: self._recorded(OPS[name]) for name in recorded.NAMES})

    def value(self, host):
        """A leaf with a NumPy array's elements."""
        return Value(self, self.device.array(host))

    def host(self, value):
        """A value's elements as NumPy's."""
        return self.device.asnumpy(value.raw)

    def apply(self, op, operands, attrs=None):
        """A row's result, on the tape: a `Value`, or a list of them."""
        if operands and not any(isinstance(x, Value) for x in operands):
            operands = [self.value(numpy.asarray(float(operands[0]))), *operands[1:]]
        raws = [x.raw if isinstance(x, Value) else x for x in operands]
        full = {**op.attrs, **(attrs or {})}
        y = self.device.run(op, raws, full)
        parents = [x.entry if isinstance(x, Value) else None for x in operands]
        entry = tape.tape_entry(op, parents, raws, y, full or None)
        if not isinstance(y, list):
            return Value(self, y, entry)
        return [Value(self, r, tape.pick_entry(entry, k, r)) for k, r in enumerate(y)]

    def gradients(self, y, xs, head, create_graph=False):
        """The gradients of `y` for a head gradient: raw arrays, or values to differentiate on."""
        F, view, seed = self.device.xp, None, head.raw
        if create_graph:
            F, view, seed = self.F, self._view, head
        with self.device.work():
            kept = dict(tape.walk([(y.entry, seed)], F, view, free=False))
        found = [kept.get(x.entry) for x in xs]
        zeros = [g is None for g in found]
        found = [self.device.xp.zeros_like(x.raw) if z else g for x, g, z in zip(xs, found, zeros)]
        return [g if isinstance(g, Value) else Value(self, g) for g in found]

    def _view(self, entry):
        def seen(raw, parent):
            return Value(self, raw, parent) if self.device.is_raw(raw) else raw

        y = entry.y
        if isinstance(y, list):
            y = [Value(self, part, tape.pick_entry(entry, k, part)) for k, part in enumerate(y)]
        else:
            y = Value(self, y, entry)
        return y, [seen(raw, p) for raw, p in zip(entry.primals, entry.parents, strict=True)]

    def _recorded(self, op):
        def call(*operands, **given):
            return self.apply(op, *op.bound(operands, given))

        return call
