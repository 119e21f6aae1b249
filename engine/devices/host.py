"""The host device: NumPy."""

import types
from contextlib import contextmanager

import numpy

from ..registry import OPS, Op
from . import quick
from .device import Device
from .mxrandom import MXNetRandom
from .namespace import namespace
from .philox import blocks_of

Raw = numpy.ndarray


class Host(Device):
    """This computer's processor, with NumPy as the array module."""

    def is_raw(self, value) -> bool:
        return isinstance(value, numpy.ndarray)

    def array(self, host):
        return numpy.array(host)

    def asnumpy(self, raw):
        return numpy.asarray(raw)

    @contextmanager
    def work(self):
        with numpy.errstate(all="ignore"):
            yield


def take(x, indices, *, axis=None, mode="clip"):
    """Elements of `x` along `axis` at integer `indices`: NumPy itself knows both modes."""
    indices = indices.astype("int64")
    if mode == "wrap":
        # NumPy goes round step by step: 2**60, or a NaN that became an integer, would take years.
        indices %= max(x.size if axis is None else x.shape[axis], 1)
    return numpy.take(x, indices, axis=axis, mode=mode)


#: How many elements of float64 fit into the nearest caches with the few arrays made of them.
BLOCK = 4096


def blockwise(function, x, *, dtype):
    """An elementwise function of an array in the dtype given, block by block."""
    if x.size <= BLOCK:
        return numpy.asarray(function(x), dtype=dtype)
    flat, out = x.reshape(-1), numpy.empty(x.size, dtype)
    for start in range(0, x.size, BLOCK):
        out[start : start + BLOCK] = function(flat[start : start + BLOCK])
    return out.reshape(x.shape)


#: Functions whose float32 form in NumPy is off by up to 3 units in the last place on processors
#: with wide vectors (exp: 39 % of all values). MXNet's are not, and 2.718282 for e is seen at once.
ROUNDED = ("arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "cos", "cosh",
           "exp", "expm1", "log", "log10", "log1p", "log2", "sin", "sinh", "tan")  # fmt: skip
#: Arrays of up to this many elements are computed in float64: 0.4 us a call more on 2x2 arrays.
SMALL = 1024
SINGLE, DOUBLE = numpy.dtype("float32"), numpy.dtype("float64")


def rounded(function):
    """`function` of NumPy, rounded correctly for small float32 arrays; `lanes` do it in line."""

    def call(x):
        if type(x) is Raw and x.dtype is SINGLE and x.size <= SMALL:
            return function(x.astype(DOUBLE)).astype(SINGLE)
        return function(x)

    call.bare = function
    return call


# ----- What NumPy has too, without its layers of Python: 0.3 to 4 us less a call -----


def total(x, axis=None, *, keepdims=False, dtype=None):
    """`numpy.sum`."""
    return numpy.add.reduce(x, axis, dtype, None, keepdims)


def mean(x, axis=None, *, keepdims=False):
    """`numpy.mean`, which has other ways for integers, half precision and nothing at all."""
    if x.dtype.kind == "f" and x.dtype.itemsize > 2 and x.size:
        found = numpy.add.reduce(x, axis, None, None, keepdims)
        return found / (x.size // found.size)
    return numpy.mean(x, axis=axis, keepdims=keepdims)


def largest(x, axis=None, *, keepdims=False):
    """`numpy.max`."""
    return numpy.maximum.reduce(x, axis, None, None, keepdims)


def smallest(x, axis=None, *, keepdims=False):
    """`numpy.min`."""
    return numpy.minimum.reduce(x, axis, None, None, keepdims)


def transpose(x, axes=None):
    """`numpy.transpose`."""
    return x.transpose(axes)


def swapaxes(x, axis1, axis2):
    """`numpy.swapaxes`."""
    return x.swapaxes(axis1, axis2)


def reshape(x, shape):
    """`numpy.reshape`."""
    return x.reshape(shape)


def expand_dims(x, axis):
    """`numpy.expand_dims`."""
    return x[..., None] if axis == -1 else numpy.expand_dims(x, axis)


def broadcast_to(x, shape):
    """`numpy.broadcast_to`; one element is spread without an iterator."""
    if type(x) is numpy.ndarray and x.size == 1 and x.ndim <= len(shape):
        spread = numpy.ndarray(shape, x.dtype, x, 0, (0,) * len(shape))
        spread.flags.writeable = False
        return spread
    return numpy.broadcast_to(x, shape)


def philox(count, *, key, counter):
    """`namespace.philox`, block by block."""
    out = numpy.empty((-(-count // 4), 4), "int64")
    for start in range(0, len(out), BLOCK):
        part = out[start : start + BLOCK]
        first = counter + start
        numbers = numpy.arange(first, first + len(part), dtype="uint64")
        for k, words in enumerate(blocks_of(numbers, key)):
            part[:, k] = words
    return out.reshape(-1)[:count]


SHORT = {"sum": total, "max": largest, "min": smallest}
SHORT |= {f.__name__: f for f in (mean, transpose, swapaxes, reshape, expand_dims, broadcast_to)}
OWN = {
    "take": take,
    "blockwise": blockwise,
    "philox": philox,
    **SHORT,
    **{n: rounded(getattr(numpy, n)) for n in ROUNDED},
}
XP = namespace(numpy, OWN)
XP.random = MXNetRandom()

HOST = Host("cpu", 0, XP)


def kernel(op: Op):
    """`op.forward` with the array module filled in; a name means the module's own function."""
    if isinstance(op.forward, str):
        return getattr(XP, op.forward)
    row = types.MethodType(op.forward, XP)
    return quick.KERNELS[op.name](row) if op.name in quick.KERNELS else row


for _op in OPS.values():
    _op.kernel = kernel(_op)
    _op.pulls = quick.PULLS.get(_op.name, _op.vjps)
