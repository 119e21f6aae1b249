"""`mx.np`: statistics, order, NaN-aware sums, differences, polynomials; made of rows."""

import numpy

from .. import shapes
from ..array import ndarray
from ..errors import message
from . import order
from .arrange import take_along_axis
from .calls import array_of, floats, made, op, raw
from .generate import plain

__all__ = [
    "average",
    "choose",
    "corrcoef",
    "cov",
    "diff",
    "ediff1d",
    "interp",
    "isclose",
    "median",
    "msort",
    "nan_to_num",
    "nanargmax",
    "nanargmin",
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmedian",
    "nanmin",
    "nanpercentile",
    "nanprod",
    "nanquantile",
    "nanstd",
    "nansum",
    "nanvar",
    "percentile",
    "piecewise",
    "polyval",
    "ptp",
    "quantile",
    "select",
    "trapz",
]


def _given(result, out):
    if out is None:
        return result
    out[...] = result
    return out


def _along(x, axis):
    """`x` with the axes of `axis` joined into one last axis."""
    if axis is None:
        return x.reshape(-1)
    axes = shapes.axes_of("axis", axis, x.ndim)
    rest = tuple(k for k in range(x.ndim) if k not in axes)
    moved = op("transpose", x, axes=(*rest, *axes))
    return moved.reshape((*(x.shape[k] for k in rest), -1))


# ----- Means -----


def average(a, axis=None, weights=None, returned=False, out=None):
    """Mean over the axes, with weights; `returned` gives the sum of the weights too."""
    a = floats(array_of("average", a))
    if weights is None:
        result = op("mean", a, axis=plain(axis))
        count = a.size // max(1, result.size)
        total = op("zeros_like", result) + count
    else:
        if weights.shape != a.shape:
            if weights.ndim != 1 or not isinstance(axis, int):
                raise TypeError(
                    message(
                        "average",
                        f"got weights of shape {weights.shape} for shape {a.shape}",
                        "They must have one shape, or the weights be a vector along one axis",
                    )
                )
            at = shapes.axis_of("average", axis, a.ndim)
            weights = weights.reshape((-1,) + (1,) * (a.ndim - at - 1))
            weights = op("broadcast_to", weights, shape=a.shape)
        total = op("sum", weights, axis=plain(axis))
        result = op("sum", a * weights, axis=plain(axis)) / total
    result = _given(result, out)
    return (result, total) if returned else result


def ptp(a, axis=None, out=None, keepdims=False):
    """Largest minus smallest element over the axes."""
    given = {"axis": plain(axis), "keepdims": keepdims}
    return _given(op("max", a, **given) - op("min", a, **given), out)


# ----- Order -----


def _quantiles(a, q, axis, keepdims, method):
    """Quantiles (q between 0 and 1, NumPy data) of the sorted elements along the axes."""
    a = floats(array_of("quantile", a))
    if q.size and not 0 <= q.min() <= q.max() <= 1:
        raise ValueError(message("quantile", f"got q {q}", "It must be between 0 and 1"))
    rows = order.sort(_along(a, axis))
    at = q.reshape(-1) * (rows.shape[-1] - 1)
    low, high = numpy.floor(at).astype("int64"), numpy.ceil(at).astype("int64")
    share = {
        "linear": at - low,
        "lower": at * 0,
        "higher": at * 0 + 1,
        "midpoint": numpy.where(low == high, 0, 0.5),
        "nearest": (numpy.rint(at) > low) * 1.0,
    }.get(method)
    if share is None:
        raise ValueError(
            message(
                "quantile",
                f"got interpolation {method!r}",
                "It is 'linear', 'lower', 'higher', 'midpoint' or 'nearest'",
            )
        )
    weight = made(share.astype(rows._data.dtype))
    below = op("getitem", rows, key=(Ellipsis, low))
    above = op("getitem", rows, key=(Ellipsis, high))
    found = below + (above - below) * weight
    found = op("transpose", found, axes=(found.ndim - 1, *range(found.ndim - 1)))
    kept = shapes.reduced("quantile", a.shape, axis, keepdims)
    return found.reshape((*q.shape, *kept))


def quantile(
    a, q, axis=None, out=None, overwrite_input=None, interpolation="linear", keepdims=False
):
    """The values below which the share `q` (0 … 1) of the elements lies."""
    q = raw(q).astype("float64")
    return _given(_quantiles(a, q, plain(axis), keepdims, interpolation), out)


def percentile(
    a, q, axis=None, out=None, overwrite_input=None, interpolation="linear", keepdims=False
):
    """The values below which `q` percent (0 … 100) of the elements lie."""
    return quantile(a, raw(q) / 100.0, axis, out, None, interpolation, keepdims)


def median(a, axis=None, out=None, overwrite_input=None, keepdims=False):
    """The middle of the sorted elements over the axes."""
    return quantile(a, 0.5, axis, out, None, "linear", keepdims)


def msort(a):
    """The elements in order along the first axis."""
    return order.sort(a, 0)


# ----- Without NaN -----


def _without(x, value):
    """`x` with `value` in the place of each NaN."""
    return op("where", op("isnan", x), value, x)


def _nan_count(x, axis, keepdims):
    numbers = op("logical_not", op("isnan", x)).astype(x.dtype)
    return op("sum", numbers, axis=axis, keepdims=keepdims)


def nansum(a, axis=None, dtype=None, out=None, keepdims=False):
    """Sum over the axes, NaN counted as 0."""
    total = op("sum", _without(a, 0.0), axis=plain(axis), keepdims=keepdims)
    return _given(total if dtype is None else total.astype(dtype), out)


def nanprod(a, axis=None, dtype=None, out=None, keepdims=False):
    """Product over the axes, NaN counted as 1."""
    total = op("prod", _without(a, 1.0), axis=plain(axis), keepdims=keepdims)
    return _given(total if dtype is None else total.astype(dtype), out)


def nanmean(a, axis=None, dtype=None, out=None, keepdims=False):
    """Mean over the axes of the elements that are not NaN."""
    axis = plain(axis)
    total = op("sum", _without(a, 0.0), axis=axis, keepdims=keepdims)
    return _given(total / _nan_count(a, axis, keepdims), out)


def nanvar(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    """Variance over the axes of the elements that are not NaN."""
    axis = plain(axis)
    centred = _without(a - nanmean(a, axis, keepdims=True), 0.0)
    total = op("sum", centred * centred, axis=axis, keepdims=keepdims)
    return _given(total / (_nan_count(a, axis, keepdims) - ddof), out)


def nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    """Standard deviation over the axes of the elements that are not NaN."""
    return _given(op("sqrt", nanvar(a, axis, None, None, ddof, keepdims)), out)


def nanmax(a, axis=None, out=None, keepdims=False):
    """Largest element over the axes, NaN left out."""
    found = op("max", _without(a, -numpy.inf), axis=plain(axis), keepdims=keepdims)
    return _given(found, out)


def nanmin(a, axis=None, out=None, keepdims=False):
    """Smallest element over the axes, NaN left out."""
    found = op("min", _without(a, numpy.inf), axis=plain(axis), keepdims=keepdims)
    return _given(found, out)


def nanargmax(a, axis=None):
    """Position of the largest element, NaN left out."""
    return op("argmax", _without(a, -numpy.inf), axis=axis)


def nanargmin(a, axis=None):
    """Position of the smallest element, NaN left out."""
    return op("argmin", _without(a, numpy.inf), axis=axis)


def nancumsum(a, axis=None, dtype=None, out=None):
    """Running sum along the axis, NaN counted as 0."""
    return _given(op("cumsum", _without(a, 0.0), axis=axis), out)


def nancumprod(a, axis=None, dtype=None, out=None):
    """Running product along the axis, NaN counted as 1."""
    a = _without(a, 1.0)
    a, axis = (a.reshape(-1), 0) if axis is None else (a, axis % a.ndim)
    every = (slice(None),) * axis
    parts = [op("getitem", a, key=(*every, slice(0, 1)))]
    for k in range(1, a.shape[axis]):
        parts.append(parts[-1] * op("getitem", a, key=(*every, slice(k, k + 1))))
    return _given(op("concatenate", *parts, axis=axis), out)


def _nan_quantiles(a, q, axis, keepdims, interpolation):
    """Row by row, as each has its own number of elements."""
    rows = _along(floats(a), axis)
    kept = shapes.reduced("nanquantile", a.shape, axis, keepdims)
    flat = rows.reshape((-1, rows.shape[-1]))
    found, seen = [], raw(flat)
    for k in range(flat.shape[0]):
        there = numpy.flatnonzero(~numpy.isnan(seen[k]))
        row = op("getitem", flat, key=(k, there if there.size else slice(None)))
        found.append(_quantiles(row, q, None, False, interpolation).reshape(-1))
    return op("stack", *found, axis=1).reshape((*q.shape, *kept))


def nanquantile(
    a, q, axis=None, out=None, overwrite_input=False, interpolation="linear", keepdims=False
):
    """As `quantile`, NaN left out."""
    q = raw(q).astype("float64")
    return _given(_nan_quantiles(a, q, plain(axis), keepdims, interpolation), out)


def nanpercentile(
    a, q, axis=None, out=None, overwrite_input=False, interpolation="linear", keepdims=False
):
    """As `percentile`, NaN left out."""
    return nanquantile(a, raw(q) / 100.0, axis, out, False, interpolation, keepdims)


def nanmedian(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    """As `median`, NaN left out."""
    return nanquantile(a, 0.5, axis, out, False, "linear", keepdims)


def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None, **_):
    """The array with numbers in the place of NaN and of the infinities."""
    limits = numpy.finfo(x.dtype if x._data.dtype.kind == "f" else "float32")
    high = float(limits.max if posinf is None else posinf)
    low = float(limits.min if neginf is None else neginf)
    x = _without(x, float(nan))
    x = op("where", op("isposinf", x), high, x)
    return op("where", op("isneginf", x), low, x)


# ----- Differences, sums of areas -----


def diff(a, n=1, axis=-1, prepend=None, append=None):
    """Differences of neighbours along the axis, `n` times."""
    if n < 0:
        raise ValueError(message("diff", f"got n {n}", "It must be 0 or more"))
    axis = shapes.axis_of("diff", axis, array_of("diff", a).ndim)
    parts = [part for part in (prepend, a, append) if part is not None]
    if len(parts) > 1:
        a = op("concatenate", *parts, axis=axis)
    every = (slice(None),) * axis
    for _ in range(n):
        ahead = op("getitem", a, key=(*every, slice(1, None)))
        a = ahead - op("getitem", a, key=(*every, slice(None, -1)))
    return a


def ediff1d(ary, to_end=None, to_begin=None):
    """Differences of neighbours of the flattened array, with elements put before and behind."""
    parts = [diff(ary.reshape(-1))]
    for extra, front in ((to_begin, True), (to_end, False)):
        if extra is not None:
            extra = extra if isinstance(extra, ndarray) else made(raw(extra).astype(ary.dtype))
            parts.insert(0 if front else len(parts), extra.reshape(-1))
    return op("concatenate", *parts, axis=0) if len(parts) > 1 else parts[0]


def trapz(y, x=None, dx=1.0, axis=-1):
    """Area below points by the trapezoid rule."""
    axis = shapes.axis_of("trapz", axis, y.ndim)
    every = (slice(None),) * axis
    steps = dx if x is None else diff(x, axis=-1 if x.ndim == 1 else axis)
    if x is not None and x.ndim == 1:
        steps = steps.reshape((-1,) + (1,) * (y.ndim - axis - 1))
    ahead = op("getitem", y, key=(*every, slice(1, None)))
    behind = op("getitem", y, key=(*every, slice(None, -1)))
    return op("sum", (ahead + behind) * steps * 0.5, axis=axis)


def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None):
    """Covariance of variables, which are the rows of `m`."""
    if fweights is not None or aweights is not None:
        raise NotImplementedError("cov: weights are not offered. Weight the rows yourself.")

    def rows(part):
        part = floats(part)
        part = part.reshape(1, -1) if part.ndim < 2 else part
        return part if rowvar or part.shape[0] == 1 else part.transpose()

    x = rows(m) if y is None else op("concatenate", rows(m), rows(y), axis=0)
    x = x - op("mean", x, axis=1, keepdims=True)
    ddof = (0 if bias else 1) if ddof is None else ddof
    result = op("matmul", x, x.transpose()) / (x.shape[1] - ddof)
    return op("squeeze", result, axis=None)


def corrcoef(x, y=None, rowvar=True):
    """Correlation of variables, which are the rows of `x`."""
    c = cov(x, y, rowvar)
    if not c.ndim:
        return c / c
    steps = numpy.arange(c.shape[0])
    spread = op("sqrt", op("getitem", c, key=(steps, steps)))
    return c / spread.reshape(-1, 1) / spread


# ----- Piece by piece -----


def isclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Whether each pair of elements is equal within a tolerance."""
    return made(numpy.isclose(raw(a), raw(b), rtol, atol, equal_nan))


def select(condlist, choicelist, default=0):
    """Elements of the first choice whose condition holds, else `default`."""
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ValueError(
            message(
                "select",
                f"got {len(condlist)} conditions and {len(choicelist)} choices",
                "There must be as many of one as of the other",
            )
        )
    result = default
    for condition, choice in zip(reversed(list(condlist)), reversed(list(choicelist))):
        result = op("where", condition, choice, result)
    return result


def piecewise(x, condlist, funclist, *args, **kw):
    """Each function applied where its condition holds (one more: where none does)."""
    conditions = [condlist] if isinstance(condlist, ndarray) else list(condlist)
    functions = list(funclist)
    if len(functions) not in (len(conditions), len(conditions) + 1):
        raise ValueError(
            message(
                "piecewise",
                f"got {len(conditions)} conditions and {len(functions)} functions",
                "There must be one function for each, and at most one more",
            )
        )

    def value(f):
        return f(x, *args, **kw) if callable(f) else f

    result = value(functions.pop()) if len(functions) > len(conditions) else 0.0
    for condition, f in zip(conditions, functions):  # the last that holds wins
        result = op("where", condition, value(f), result)
    return result


def choose(a, choices, out=None, mode="raise"):
    """Each element from the choice that the index at its place names."""
    places = raw(a).astype("int64")
    if isinstance(choices, ndarray):
        choices = [choices[k] for k in range(len(choices))]
    stacked = op("stack", *choices, axis=0)
    if mode == "raise" and places.size and not 0 <= places.min() <= places.max() < len(choices):
        raise ValueError(
            message("choose", f"got an index out of 0 … {len(choices) - 1}", "Each must be inside")
        )
    places = places % len(choices) if mode == "wrap" else places.clip(0, len(choices) - 1)
    return _given(take_along_axis(stacked, places[None], 0)[0], out)


def interp(x, xp, fp, left=None, right=None, period=None):
    """Values at `x` of the line through the points (xp, fp); differentiable in x and fp."""
    if period is not None:
        raise NotImplementedError(
            message(
                "interp",
                f"got period {period!r}",
                "Periods are not offered",
                "Take `x` and `xp` modulo the period, and sort `xp`, first.",
            )
        )
    x, xp, fp = (
        part if isinstance(part, ndarray) else made(raw(part).astype("float32"))
        for part in (x, xp, fp)
    )
    upper = numpy.searchsorted(raw(xp), raw(x), side="right").clip(1, max(1, xp.size - 1))
    x0, x1 = op("getitem", xp, key=upper - 1), op("getitem", xp, key=upper)
    y0, y1 = op("getitem", fp, key=upper - 1), op("getitem", fp, key=upper)
    inside = y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    first, last = op("getitem", fp, key=0), op("getitem", fp, key=-1)
    low, high = op("getitem", xp, key=0), op("getitem", xp, key=-1)
    result = op("where", x < low, first if left is None else left, inside)
    return op("where", x > high, last if right is None else right, result)


def polyval(p, x):
    """The polynomial with coefficients `p`, the highest power first, at `x`."""
    count = len(p)
    result = op("zeros_like", x)
    for k in range(count):
        result = result * x + p[k]
    return result
