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


# ----- What array modules spell differently, as rows and rules call it -----


def scatter_add(values, *, shape, key):
    """Zeros of `shape` to which `values` are added at the places of the index `key`."""
    out = numpy.zeros(shape, values.dtype)
    if indexing.is_basic(key):
        out[key] = values
    else:
        numpy.add.at(out, key, values)
    return out


def take(x, indices, *, axis=None, mode="clip"):
    """Elements of `x` along `axis` at integer `indices` of any dtype."""
    return numpy.take(x, indices.astype("int64"), axis=axis, mode=mode)


def take_add(values, indices, *, shape, axis=None, mode="clip"):
    """Zeros of `shape` to which `values` are added where `take` with these arguments picks."""
    out = numpy.zeros(shape, values.dtype)
    indices = indices.astype("int64")
    size = out.size if axis is None else shape[axis]
    indices = indices % size if mode == "wrap" else numpy.clip(indices, 0, size - 1)
    if axis is None:
        numpy.add.at(out.reshape(-1), indices, values)
    else:
        numpy.add.at(out, (slice(None),) * (axis % len(shape)) + (indices,), values)
    return out


def concatenate(arrays, *, axis=0):
    """Arrays joined along an axis."""
    return numpy.concatenate(arrays, axis=axis)


def cast(x, *, dtype):
    """The same values in another dtype."""
    return x.astype(dtype)


def getitem(x, *, key):
    """`x[key]`."""
    return x[key]


def arange_like(x, *, size):
    """0, 1, … below `size` in the dtype of `x`."""
    return numpy.arange(size, dtype=x.dtype)


def einsum(*operands, labels):
    """Sum of products; `labels` names the axes of each operand and, last, of the result."""
    parts = [part for pair in zip(operands, labels, strict=False) for part in pair]
    return numpy.einsum(*parts, labels[-1], optimize=len(operands) > 1)


#: Functions whose float32 form in NumPy is off by up to 3 units in the last place on processors
#: with wide vectors (exp: 39 % of all values). MXNet's are not, and 2.718282 for e is seen at once.
ROUNDED = ("arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "cos", "cosh",
           "exp", "expm1", "log", "log10", "log1p", "log2", "sin", "sinh", "tan")  # fmt: skip
#: Arrays of up to this many elements are computed in float64: 0.6 us a call more on 2x2 arrays.
SMALL = 1024
SINGLE, DOUBLE = numpy.dtype("float32"), numpy.dtype("float64")


def rounded(function):
    """`function` of NumPy, rounded correctly for small float32 arrays."""

    def call(x):
        if type(x) is numpy.ndarray and x.dtype is SINGLE and x.size <= SMALL:
            return function(x.astype(DOUBLE)).astype(SINGLE)
        return function(x)

    return call


#: Rows that rules call and array modules do not have under that name (or with these arguments).
RULED = ("col2im", "im2col", "inv", "polygamma", "solve")

XP = types.SimpleNamespace(**{n: getattr(numpy, n) for n in dir(numpy) if not n.startswith("_")})
for _own in (scatter_add, take, take_add, concatenate, cast, getitem, arange_like, einsum):
    setattr(XP, _own.__name__, _own)
for _name in ROUNDED:
    setattr(XP, _name, rounded(getattr(numpy, _name)))
XP.random = MXNetRandom()

HOST = Device("cpu", 0, XP)


def kernel(op: Op):
    """`op.forward` with the array module filled in; a name means the module's own function."""
    if isinstance(op.forward, str):
        return getattr(XP, op.forward)
    return types.MethodType(op.forward, XP)


for _op in OPS.values():
    _op.kernel = kernel(_op)
for _name in RULED:
    setattr(XP, _name, OPS[_name].kernel)
