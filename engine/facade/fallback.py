"""`mx.np`: what MXNet leaves to plain NumPy: sets, bits, histograms, searching. No gradients.

Results depend on values in ways that no derivative has (or their sizes do).
"""

import numpy

from ..array import Array
from ..dtypes import FLOATS, INTEGERS
from ..elsewhere import is_elsewhere
from ..errors import MXNetError, message
from ..tape import state
from .calls import made, raw

#: Names in NumPy; results keep its conventions, but for float64, which becomes float32.
NAMES = (
    "apply_along_axis",
    "apply_over_axes",
    "argpartition",
    "argwhere",
    "bincount",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "correlate",
    "count_nonzero",
    "digitize",
    "divmod",
    "flatnonzero",
    "frexp",
    "gcd",
    "histogram",
    "histogram2d",
    "histogram_bin_edges",
    "histogramdd",
    "i0",
    "intersect1d",
    "invert",
    "isin",
    "lcm",
    "left_shift",
    "lexsort",
    "min_scalar_type",
    "modf",
    "nonzero",
    "packbits",
    "partition",
    "poly",
    "polyadd",
    "polydiv",
    "polyfit",
    "polyint",
    "polymul",
    "polysub",
    "promote_types",
    "result_type",
    "right_shift",
    "roots",
    "searchsorted",
    "setdiff1d",
    "setxor1d",
    "spacing",
    "trim_zeros",
    "union1d",
    "unique",
    "unpackbits",
    "unwrap",
)
#: Those that give integers or booleans whatever the operands: no gradient is expected of them.
COUNTING = {
    "argpartition",
    "argwhere",
    "bincount",
    "count_nonzero",
    "digitize",
    "flatnonzero",
    "isin",
    "nonzero",
    "searchsorted",
    "unique",
}
WHOLE = {"bincount", "bitwise_and", "bitwise_not", "bitwise_or", "bitwise_xor", "gcd", "invert",
         "lcm", "left_shift", "right_shift", "packbits", "unpackbits"}  # fmt: skip


def _given(value, whole, found):
    """A NumPy argument for one of ours; `found` gathers the arrays that have a past."""
    if isinstance(value, Array):
        if value._entry is not None:
            found.append(value)
        data = raw(value)
        # Lists become float32 here, where NumPy's functions of whole numbers want integers.
        return data.astype("int64") if whole and data.dtype.kind == "f" else data
    if isinstance(value, list | tuple):
        return type(value)(_given(part, whole, found) for part in value)
    return value


def taken(value):
    """NumPy's result as ours: arrays become arrays, everything else stays."""
    if isinstance(value, numpy.ndarray | numpy.generic) and not isinstance(value, numpy.dtype):
        data = numpy.asarray(value)
        if data.dtype.kind == "c":
            raise MXNetError(
                message("result", "it has complex numbers", "Arrays hold real numbers only")
            )
        if data.dtype.name == "float64":
            data = data.astype("float32")
        elif data.dtype.name not in (*FLOATS, *INTEGERS, "bool"):
            data = data.astype("int64") if data.dtype.kind in "iu" else data
        return made(data)
    if isinstance(value, tuple | list):
        parts = [taken(part) for part in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    return value


def plain_numpy(name, function, whole=False, counting=False):
    """`function` of NumPy as a function on our arrays, refused where a gradient would be lost."""

    def call(*args, **given):
        found = []
        args = [_given(value, whole, found) for value in args]
        given = {key: _given(value, whole, found) for key, value in given.items()}
        if found and state.recording and not counting:
            raise MXNetError(
                message(
                    name,
                    "it has no gradient, and its operand is recorded",
                    "It must be called outside `autograd.record()`",
                    "Or pass `x.detach()`.",
                )
            )
        try:
            return taken(function(*args, **given))
        except (ValueError, IndexError, numpy.linalg.LinAlgError) as problem:
            raise MXNetError(f"{name}: {problem}") from None

    lines = (function.__doc__ or "").strip().splitlines()
    start = 1 if lines and "(" in lines[0] else 0
    first = next((line.strip() for line in lines[start:] if line.strip()), name)
    call.__doc__ = f"{first}\n\n    As NumPy's function of this name; it has no gradient."
    return call


FUNCTIONS = {
    name: plain_numpy(name, getattr(numpy, name), name in WHOLE, name in COUNTING) for name in NAMES
}
FUNCTIONS["in1d"] = plain_numpy(
    "in1d", lambda a, b, **given: numpy.isin(numpy.ravel(a), b, **given), counting=True
)
FUNCTIONS["in1d"].__doc__ = "Whether each element of the flattened first array is in the second."


def bincount(x, weights=None, minlength=0):
    """How often each whole number occurs, or the sum of the weights where it does."""
    counts = numpy.bincount(
        raw(x).astype("int64"), None if weights is None else raw(weights), minlength
    )
    return taken(counts)


FUNCTIONS["bincount"] = bincount
WINDOWS = ("blackman", "hamming", "hanning")


def _window(name):
    def call(M, dtype=None, ctx=None):
        return made(getattr(numpy, name)(M).astype(dtype or "float32"))

    call.__doc__ = f"The {name.capitalize()} window of `M` points."
    return call


FUNCTIONS.update({name: _window(name) for name in WINDOWS})


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0, ctx=None):
    """`num` numbers from base^start to base^stop, evenly spaced on a logarithmic scale."""
    return made(numpy.logspace(start, stop, num, endpoint, base).astype(dtype or "float32"))


def may_share_memory(a, b, max_work=None):
    """Whether two arrays could lie in the same memory."""
    return numpy.may_share_memory(raw(a), raw(b)) or _one_handle(a, b)


def shares_memory(a, b, max_work=None):
    """Whether two arrays lie in the same memory."""
    return numpy.shares_memory(raw(a), raw(b)) or _one_handle(a, b)


def _one_handle(a, b) -> bool:
    """Whether two arrays are one on a server, where writing to one never changes another."""
    both = [getattr(x, "_data", None) for x in (a, b)]
    return all(map(is_elsewhere, both)) and both[0].handle == both[1].handle


def genfromtxt(*args, **given):
    """An array from a text file, as NumPy's function of this name; float32."""
    return made(numpy.genfromtxt(*args, **given).astype(given.get("dtype") or "float32"))


FUNCTIONS.update(
    genfromtxt=genfromtxt,
    logspace=logspace,
    may_share_memory=may_share_memory,
    shares_memory=shares_memory,
)
for _name, _function in FUNCTIONS.items():
    _function.__name__ = _function.__qualname__ = _name
