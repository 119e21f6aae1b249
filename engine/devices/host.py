"""The host device: NumPy."""

import types
from contextlib import contextmanager

import numpy

from ..registry import OPS, Op
from .device import Device
from .mxrandom import MXNetRandom
from .namespace import MADE, namespace


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
    return numpy.take(x, indices.astype("int64"), axis=axis, mode=mode)


def each(function, x):
    """A function of one Python number applied to each element; gives a float."""
    return MADE["each"](numpy, function, numpy.asarray(x))


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


OWN = {"take": take, "each": each, **{n: rounded(getattr(numpy, n)) for n in ROUNDED}}
XP = namespace(numpy, OWN)
XP.random = MXNetRandom()

HOST = Host("cpu", 0, XP)


def kernel(op: Op):
    """`op.forward` with the array module filled in; a name means the module's own function."""
    if isinstance(op.forward, str):
        return getattr(XP, op.forward)
    return types.MethodType(op.forward, XP)


for _op in OPS.values():
    _op.kernel = kernel(_op)
