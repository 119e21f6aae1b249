"""The host device: NumPy, plus the few functions that array modules spell differently."""

import types
from dataclasses import dataclass

import numpy

from ..ops import indexing
from ..registry import OPS, Op
from .mxrandom import MXNetRandom


@dataclass(frozen=True, slots=True)
class Device:
    """A place for raw arrays. `xp` is its array module with the additions listed below."""

    kind: str
    index: int
    xp: types.SimpleNamespace

    def __str__(self):
        return f"{self.kind}({self.index})"


def _scatter_add(values, shape, key):
    out = numpy.zeros(shape, values.dtype)
    if indexing.is_basic(key):
        out[key] = values
    else:
        numpy.add.at(out, key, values)
    return out


def _take_add(values, indices, shape, axis, mode):
    out = numpy.zeros(shape, values.dtype)
    size = out.size if axis is None else shape[axis]
    indices = indices % size if mode == "wrap" else numpy.clip(indices, -size, size - 1)
    if axis is None:
        numpy.add.at(out.reshape(-1), indices, values)
    else:
        numpy.add.at(out, (slice(None),) * (axis % len(shape)) + (indices,), values)
    return out


XP = types.SimpleNamespace(
    **{n: getattr(numpy, n) for n in dir(numpy) if not n.startswith("_")},
)
XP.scatter_add = lambda values, *, shape, key: _scatter_add(values, shape, key)
XP.take_add = lambda values, indices, *, shape, axis, mode: _take_add(
    values, indices, shape, axis, mode
)
XP.cast = lambda x, *, dtype: x.astype(dtype)
XP.getitem = lambda x, *, key: x[key]
XP.concatenate = lambda xs, *rest, axis=0: numpy.concatenate(
    (xs, *rest) if rest or isinstance(xs, numpy.ndarray) else xs, axis=axis
)
XP.arange_like = lambda x, *, size: numpy.arange(size, dtype=x.dtype)
XP.take = lambda x, indices, *, axis=None, mode="clip": numpy.take(
    x, indices.astype("int64"), axis=axis, mode=mode
)
XP.random = MXNetRandom()

HOST = Device("cpu", 0, XP)


def kernel(op: Op):
    """`op.forward` with the array module filled in; a name means the module's own function."""
    if isinstance(op.forward, str):
        return getattr(XP, op.forward)
    return types.MethodType(op.forward, XP)


for _op in OPS.values():
    _op.kernel = kernel(_op)
