"""Rows said again for NumPy arrays, where the row's own words cost a small array much more.

What NumPy takes for 2x2 arrays of float32: a product of two 0.22 us, of one and a Python number
0.50 (0.23 when the number is an array of no axes), of one and truth values 0.78 (0.54 when these
are cast first); `a.dot(b)` takes 0.2 to 0.5 us less than `matmul`, writing one element everywhere
0.25 less than `broadcast_to`. What stands here gives what the row gives, to the last bit
(`tests/engine/test_quick.py`): the rows stay readable, and this file makes no rules of its own.
"""

import math
from math import prod

import numpy

from ..registry import OPS

Raw = numpy.ndarray
SINGLE = numpy.dtype("float32")
#: NumPy's own indices: 32 bits wide in the browser, where `take` refuses wider ones.
INDEX = numpy.dtype("intp")


class Singles(dict):
    """Python numbers as float32 arrays of no axes, each made when it is first asked for.

    Never ask for 0.0: -0.0 would be the same key (0 is welcome). What float32 may not hold as it
    holds a number beside an array comes back as it is.
    """

    MOST = 1000  # a program that counts in floats must not fill the memory

    def __missing__(self, number):
        if not abs(number) < (1e38 if type(number) is float else 1 << 24):
            return number
        if len(self) >= self.MOST:
            self.clear()
        found = self[number] = numpy.array(number, SINGLE)
        found.flags.writeable = False
        return found


SINGLES = Singles()
ZERO, ONE = SINGLES[0], SINGLES[1]


def beside(number, array):
    """A Python number beside an array, in the form in which NumPy takes it soonest."""
    if array.dtype is SINGLE and (number or type(number) is int):
        return SINGLES[number]
    return number


# ----- Forward: as `row`, a row's `forward` with the array module filled in -----


def _dot(row):
    return lambda a, b: a.dot(b) if type(a) is Raw else row(a, b)


#: Up to this many elements Python's scalar functions are sooner: `erf` of 4 takes 1.2 us, not 28.
SCALARS = 128


def _by_scalars(function):
    """An elementwise function of float32 by Python's own, which knows double precision; where that
    refuses an element (a pole), and for all other arrays, the row computes."""

    def make(row):
        def kernel(x):
            if type(x) is Raw and x.size <= SCALARS and x.dtype is SINGLE:
                try:
                    found = [function(number) for number in x.reshape(-1).tolist()]
                    return numpy.array(found, x.dtype).reshape(x.shape)
                except (ValueError, OverflowError):
                    pass
            return row(x)

        return kernel

    return make


def _norm(row):
    def kernel(x, *, ord, axis, keepdims):
        if ord != 2:
            return row(x, ord=ord, axis=axis, keepdims=keepdims)
        return numpy.sqrt(numpy.add.reduce(x * x, axis, None, None, keepdims))

    return kernel


def _places(x, index):
    """Where the picked elements of a matrix stand in its flat form: each index in its row, cut
    into range; NaN is 0, as in MXNet."""
    rows, columns = x.shape
    inside = numpy.fmax(index.reshape(-1), beside(0, index))
    inside = numpy.minimum(inside, beside(columns - 1, index)).astype(INDEX)
    return inside + numpy.arange(0, rows * columns, columns, INDEX)


def _by_row(x, index, axis):
    """Whether `pick` picks one element of each row of a matrix."""
    return (
        x.ndim == 2 and axis in (1, -1) and index.size == len(x) and x.size and x.dtype.kind != "b"
    )


def _pick(row):
    def kernel(x, index, *, axis, keepdims):
        if not _by_row(x, index, axis):
            return row(x, index, axis=axis, keepdims=keepdims)
        found = x.reshape(-1).take(_places(x, index))
        return found.reshape((-1, 1)) if keepdims else found

    return kernel


def _relu(row):
    return lambda x: numpy.maximum(x, ZERO if x.dtype is SINGLE else 0)


KERNELS = {
    "dot": _dot,
    "erf": _by_scalars(math.erf),
    "gamma": _by_scalars(math.gamma),
    "gammaln": _by_scalars(math.lgamma),
    "norm": _norm,
    "pick": _pick,
    "relu": _relu,
}

# ----- Backward: as a row's `vjps` in a first-order pass -----

#: Up to this many elements one element is written everywhere; above, it is spread without memory.
FEW = 1024


def _everywhere(g, shape):
    """A cotangent of one element, laid out in `shape`."""
    if prod(shape) <= FEW:
        wide = numpy.empty(shape, g.dtype)
        wide[...] = g
        return wide
    return numpy.broadcast_to(g.reshape(()), shape)


def _sum(F, g, y, x, *, axis, keepdims):
    if axis is None:
        return _everywhere(g, x.shape)
    return OPS["sum"].vjps[0](F, g, y, x, axis=axis, keepdims=keepdims)


def _mean(F, g, y, x, *, axis, keepdims):
    if axis is None and x.size:
        return _everywhere(g / beside(x.size, g), x.shape)
    return OPS["mean"].vjps[0](F, g, y, x, axis=axis, keepdims=keepdims)


def _masked(compare, beside_number=None):
    """`g` times the truth of `compare(a, b)`; `beside_number` compares when `a` is a number."""

    def rule(F, g, y, a, b):
        holds = compare
        if type(b) is not Raw:
            b = beside(b, a)
        elif type(a) is not Raw:
            a, holds = beside(a, b), beside_number
        return g * holds(a, b).astype(g.dtype)

    return rule


def _pick_data(F, g, y, x, index, *, axis, keepdims):
    if not _by_row(x, index, axis):
        return OPS["pick"].vjps[0](F, g, y, x, index, axis=axis, keepdims=keepdims)
    wide = numpy.zeros(x.shape, g.dtype)
    wide.put(_places(x, index), g)
    return wide


def _tanh(F, g, y, x):
    return g * ((ONE if y.dtype is SINGLE else 1) - y * y)


def _sigmoid(F, g, y, x):
    return g * y * ((ONE if y.dtype is SINGLE else 1) - y)


def _square(F, g, y, x):
    return (g + g) * x


def _dot_left(F, g, y, a, b):
    return g.dot(b.T) if a.ndim == 2 == b.ndim else OPS["dot"].vjps[0](F, g, y, a, b)


def _dot_right(F, g, y, a, b):
    return a.T.dot(g) if a.ndim == 2 == b.ndim else OPS["dot"].vjps[1](F, g, y, a, b)


def _matmul_left(F, g, y, a, b):
    return g.dot(b.T) if a.ndim == 2 == b.ndim else OPS["matmul"].vjps[0](F, g, y, a, b)


def _matmul_right(F, g, y, a, b):
    return a.T.dot(g) if a.ndim == 2 == b.ndim else OPS["matmul"].vjps[1](F, g, y, a, b)


PULLS = {
    "dot": (_dot_left, _dot_right),
    "matmul": (_matmul_left, _matmul_right),
    "maximum": (_masked(numpy.greater_equal), _masked(numpy.less, numpy.less_equal)),
    "mean": (_mean,),
    "minimum": (_masked(numpy.less_equal), _masked(numpy.greater, numpy.greater_equal)),
    "pick": (_pick_data, None),
    "sigmoid": (_sigmoid,),
    "square": (_square,),
    "sum": (_sum,),
    "tanh": (_tanh,),
}
