"""`mx.np`: joining, cutting, turning, diagonals, padding; made of rows, so differentiable."""

import builtins
import math

import numpy

from .. import shapes
from ..array import ndarray
from ..errors import MXNetError, ShapeError, message
from .calls import array_of, arrays_of, made, op, raw
from .generate import plain

__all__ = [
    "append",
    "array_split",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_arrays",
    "column_stack",
    "compress",
    "delete",
    "diag",
    "diag_indices_from",
    "diagflat",
    "diagonal",
    "dsplit",
    "dstack",
    "extract",
    "fliplr",
    "flipud",
    "hsplit",
    "hstack",
    "indices",
    "insert",
    "ix_",
    "meshgrid",
    "pad",
    "resize",
    "rollaxis",
    "rot90",
    "row_stack",
    "take_along_axis",
    "trace",
    "tri",
    "tril_indices",
    "tril_indices_from",
    "triu_indices",
    "triu_indices_from",
    "unravel_index",
    "vander",
    "vsplit",
    "vstack",
]


def _pick(x, *key):
    return op("getitem", x, key=key)


def _join(arrays, axis):
    return op("concatenate", *arrays, axis=axis)


# ----- Axes -----


def _one_or_all(found):
    return found[0] if len(found) == 1 else found


def atleast_1d(*arys):
    """Arrays with at least one axis."""
    return _one_or_all([x if x.ndim else x.reshape(1) for x in arrays_of("atleast_1d", arys)])


def atleast_2d(*arys):
    """Arrays with at least two axes, new ones in front."""
    return _one_or_all(
        [x if x.ndim > 1 else x.reshape(1, -1) for x in arrays_of("atleast_2d", arys)]
    )


def atleast_3d(*arys):
    """Arrays with at least three axes: a vector's stands in the middle, a matrix's come first."""
    found = []
    for x in arrays_of("atleast_3d", arys):
        if x.ndim < 2:
            x = x.reshape(1, -1, 1)
        found.append(op("expand_dims", x, axis=2) if x.ndim == 2 else x)
    return _one_or_all(found)


def rollaxis(a, axis, start=0):
    """An axis moved back until it stands before axis `start`."""
    axis = shapes.axis_of("rollaxis", axis, a.ndim)
    start = start + a.ndim if start < 0 else start
    order = [k for k in range(a.ndim) if k != axis]
    order.insert(start - (axis < start), axis)
    return op("transpose", a, axes=tuple(order))


def broadcast_arrays(*args, subok=False):
    """The arrays broadcast to their common shape: a list."""
    args = arrays_of("broadcast_arrays", args)
    shape = shapes.broadcast("broadcast_arrays", *(x.shape for x in args))
    return [op("broadcast_to", x, shape=shape) for x in args]


def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    """Coordinate arrays from vectors of coordinates: a list."""
    xi = [x.reshape(-1) for x in arrays_of("meshgrid", xi)]
    if indexing not in ("xy", "ij"):
        raise ValueError(message("meshgrid", f"got indexing {indexing!r}", "It is 'xy' or 'ij'"))
    swapped = indexing == "xy" and len(xi) > 1
    places = [1, 0, *range(2, len(xi))] if swapped else list(range(len(xi)))
    wide = [x.reshape((1,) * at + (-1,) + (1,) * (len(xi) - at - 1)) for at, x in zip(places, xi)]
    return wide if sparse else broadcast_arrays(*wide)


# ----- Joining and cutting -----


def vstack(arrays, out=None):
    """Arrays joined along the first axis; vectors become rows."""
    joined = _join([atleast_2d(x) for x in arrays_of("vstack", arrays)], 0)
    return joined if out is None else out._become(joined)


def hstack(arrays):
    """Arrays joined along the second axis (vectors: along their only one)."""
    arrays = [atleast_1d(x) for x in arrays_of("hstack", arrays)]
    return _join(arrays, 0 if arrays[0].ndim == 1 else 1)


def dstack(arrays):
    """Arrays joined along the third axis."""
    return _join([atleast_3d(x) for x in arrays_of("dstack", arrays)], 2)


def column_stack(tup):
    """Vectors as the columns of a matrix; matrices joined along the second axis."""
    arrays = arrays_of("column_stack", tup)
    return _join([x if x.ndim > 1 else x.reshape(-1, 1) for x in arrays], 1)


def row_stack(arrays):
    """Arrays joined along the first axis; vectors become rows."""
    return vstack(arrays)


def append(arr, values, axis=None):
    """`values` put behind `arr` along an axis (None: both flattened)."""
    arr, values = array_of("append", arr), _values(values, arr)
    if axis is None:
        return _join([arr.reshape(-1), values.reshape(-1)], 0)
    return _join([arr, values], axis)


def _values(values, like):
    if isinstance(values, ndarray):
        return values
    return made(numpy.asarray(plain(values)).astype(like._data.dtype))


def array_split(ary, indices_or_sections, axis=0):
    """The array cut along an axis into parts as equal as can be: a list."""
    cuts = plain(indices_or_sections)
    if isinstance(cuts, int):
        if cuts < 1:
            raise ValueError(message("array_split", f"got {cuts} parts", "It needs 1 or more"))
        size = ary.shape[axis]
        each, more = divmod(size, cuts)
        ends = [each * k + builtins.min(k, more) for k in range(1, cuts)]
        cuts = tuple(ends)
    return op("split", ary, indices_or_sections=cuts, axis=axis)


def _cut(name, ary, sections, axis):
    if array_of(name, ary).ndim <= axis:
        raise ShapeError(
            message(name, f"got shape {ary.shape}", f"It needs an array of {axis + 1} axes or more")
        )
    return op("split", ary, indices_or_sections=plain(sections), axis=axis)


def vsplit(ary, indices_or_sections):
    """The array cut along the first axis: a list."""
    if array_of("vsplit", ary).ndim < 2:
        raise ShapeError(message("vsplit", f"got shape {ary.shape}", "It needs two axes or more"))
    return _cut("vsplit", ary, indices_or_sections, 0)


def hsplit(ary, indices_or_sections):
    """The array cut along the second axis (a vector: along its only one): a list."""
    axis = 0 if array_of("hsplit", ary).ndim == 1 else 1
    return _cut("hsplit", ary, indices_or_sections, axis)


def dsplit(ary, indices_or_sections):
    """The array cut along the third axis: a list."""
    return _cut("dsplit", ary, indices_or_sections, 2)


def delete(arr, obj, axis=None):
    """The array without the elements (or rows along `axis`) at the places `obj`."""
    arr, axis = (arr.reshape(-1), 0) if axis is None else (arr, axis % arr.ndim)
    places = obj if isinstance(obj, slice) else raw(obj)
    if not isinstance(places, slice) and places.dtype.kind != "b":
        places = places.astype("int64")
    _inside("delete", places, arr.shape[axis] - 1, axis)
    kept = numpy.delete(numpy.arange(arr.shape[axis]), places)
    return _pick(arr, *(slice(None),) * axis, kept)


def _inside(thing, places, last, axis):
    """Raises `IndexError` for a place beyond `last`; counted from the end it may be as far."""
    if isinstance(places, slice) or places.dtype.kind == "b":
        return
    beyond = places[(places > last) | (places < -last - (thing == "delete"))]
    if beyond.size:
        raise IndexError(
            message(
                thing, f"got the place {beyond.flat[0]} along axis {axis}", f"The last is {last}"
            )
        )


def insert(arr, obj, values, axis=None):
    """The array with `values` put in before the places `obj` along an axis (None: flattened)."""
    values = _values(values, arr)
    arr, axis = (arr.reshape(-1), 0) if axis is None else (arr, axis % arr.ndim)
    if values.dtype != arr.dtype:
        values = values.astype(arr.dtype)
    size = arr.shape[axis]
    places = obj if isinstance(obj, slice) else raw(obj).astype("int64")
    count = (
        1
        if isinstance(obj, int)
        else numpy.arange(size)[obj].size
        if isinstance(obj, slice)
        else places.size
    )
    _inside("insert", places, size, axis)
    scalar = not isinstance(places, slice) and places.ndim == 0
    if scalar and values.ndim:
        # One place takes all the values that fit along the axis.
        rest = arr.shape[:axis] + arr.shape[axis + 1 :]
        if values.ndim == arr.ndim:
            count = values.shape[axis]
        elif arr.ndim == 1:
            count = values.size
        else:
            values = op("broadcast_to", values, shape=rest)
            values = op("expand_dims", values, axis=axis)
        places = numpy.full(count, places)
    new = (*arr.shape[:axis], count, *arr.shape[axis + 1 :])
    values = op("broadcast_to", values, shape=new)
    order = numpy.insert(numpy.arange(size), places, numpy.arange(size, size + count))
    return _pick(_join([arr, values], axis), *(slice(None),) * axis, order)


def resize(a, new_shape):
    """The elements in another shape, repeated as often as needed."""
    new = (new_shape,) if isinstance(new_shape, int) else tuple(new_shape)
    if not a.size:  # nothing to repeat: zeros, as NumPy gives
        return made(numpy.zeros(new, a.dtype))
    return _pick(a.reshape(-1), numpy.arange(math.prod(new)) % a.size).reshape(new)


# ----- Turning -----


def fliplr(m):
    """Columns in reversed order."""
    return op("flip", m, axis=1)


def flipud(m):
    """Rows in reversed order."""
    return op("flip", m, axis=0)


def rot90(m, k=1, axes=(0, 1)):
    """The plane of two axes turned by 90 degrees, `k` times, from the first towards the second."""
    first, second = (shapes.axis_of("rot90", a, m.ndim) for a in axes)
    if first == second:
        raise ValueError(message("rot90", f"got axes {tuple(axes)}", "They must be two axes"))
    k %= 4
    if k == 0:
        return m.copy()
    if k == 2:
        return op("flip", m, axis=(first, second))
    if k == 1:
        return op("swapaxes", op("flip", m, axis=second), axis1=first, axis2=second)
    return op("flip", op("swapaxes", m, axis1=first, axis2=second), axis=second)


# ----- Diagonals and triangles -----


def diagonal(a, offset=0, axis1=0, axis2=1):
    """The elements on a diagonal of the plane of two axes, in a last axis."""
    if a.ndim < 2:
        raise ShapeError(message("diagonal", f"got shape {a.shape}", "It needs two axes or more"))
    one, two = (shapes.axis_of("diagonal", k, a.ndim) for k in (axis1, axis2))
    rest = tuple(k for k in range(a.ndim) if k not in (one, two))
    if (one, two) != (a.ndim - 2, a.ndim - 1):
        a = op("transpose", a, axes=(*rest, one, two))
    rows, columns = a.shape[-2:]
    count = builtins.max(
        0, builtins.min(rows + builtins.min(offset, 0), columns - builtins.max(offset, 0))
    )
    steps = numpy.arange(count)
    return _pick(a, Ellipsis, steps - builtins.min(offset, 0), steps + builtins.max(offset, 0))


def diagflat(v, k=0):
    """A matrix with the elements on diagonal `k` and zeros elsewhere."""
    v = v.reshape(-1)
    size = v.size + builtins.abs(k)
    steps = numpy.arange(v.size)
    key = (steps - builtins.min(k, 0), steps + builtins.max(k, 0))
    return op("scatter_add", v, shape=(size, size), key=key)


def diag(v, k=0):
    """A matrix with a vector on diagonal `k`, or the diagonal of a matrix."""
    if array_of("diag", v).ndim > 2 or not v.ndim:
        raise ShapeError(message("diag", f"got shape {v.shape}", "It needs a vector or a matrix"))
    return diagflat(v, k) if v.ndim == 1 else diagonal(v, k)


def trace(a, offset=0, axis1=0, axis2=1, out=None):
    """Sum along a diagonal of the plane of two axes."""
    total = op("sum", diagonal(a, offset, axis1, axis2), axis=-1)
    return total if out is None else out._become(total)


def tri(N, M=None, k=0, dtype="float32", ctx=None):
    """Ones on and below diagonal `k`, zeros above."""
    return made(numpy.tri(N, M, k, dtype=dtype or "float32"))


def _index_arrays(found):
    return tuple(made(part.astype("int64")) for part in found)


def tril_indices(n, k=0, m=None):
    """Where the elements on and below diagonal `k` of an (n, m) matrix stand."""
    return _index_arrays(numpy.tril_indices(n, k, m))


def triu_indices(n, k=0, m=None):
    """Where the elements on and above diagonal `k` of an (n, m) matrix stand."""
    return _index_arrays(numpy.triu_indices(n, k, m))


def tril_indices_from(arr, k=0):
    """Where the elements on and below diagonal `k` of a matrix stand."""
    return tril_indices(arr.shape[-2], k, arr.shape[-1])


def triu_indices_from(arr, k=0):
    """Where the elements on and above diagonal `k` of a matrix stand."""
    return triu_indices(arr.shape[-2], k, arr.shape[-1])


def diag_indices_from(arr):
    """Where the elements on the main diagonal stand."""
    return _index_arrays(numpy.diag_indices_from(raw(arr)))


def indices(dimensions, dtype=None, ctx=None):
    """The index of each element of a grid: one layer for each axis."""
    return made(numpy.indices(dimensions).astype(dtype or "int64"))


def unravel_index(indices, shape, order="C"):
    """Indices of the flattened array as a tuple of indices for each axis."""
    if order != "C":
        raise NotImplementedError(
            message(
                "unravel_index", f"got order {order!r}", "Only 'C' is offered", "Leave `order` out."
            )
        )
    return _index_arrays(
        numpy.asarray(part)
        for part in numpy.unravel_index(raw(indices).astype("int64"), plain(shape))
    )


def ix_(*args):
    """Vectors of indices laid out so that, used together, they pick a grid."""
    return tuple(made(part) for part in numpy.ix_(*(_indices(x) for x in args)))


def _indices(x):
    data = raw(x)
    return data.astype("int64") if data.dtype.kind == "f" else data


def vander(x, N=None, increasing=False):
    """Powers of a vector as columns, the highest first unless `increasing`."""
    count = x.size if N is None else N
    powers = range(count) if increasing else reversed(range(count))
    columns = [op("power", x, k) if k else op("ones_like", x) for k in powers]
    return op("stack", *columns, axis=1)


# ----- Picking -----


def take_along_axis(arr, indices, axis):
    """Elements picked along an axis by indices that differ from row to row."""
    if axis is None:
        arr, axis = arr.reshape(-1), 0
    axis = shapes.axis_of("take_along_axis", axis, arr.ndim)
    places = raw(indices).astype("int64")
    key = [
        numpy.arange(n).reshape((1,) * k + (-1,) + (1,) * (arr.ndim - k - 1))
        for k, n in enumerate(arr.shape)
    ]
    key[axis] = places
    return _pick(arr, *key)


def compress(condition, a, axis=None, out=None):
    """The elements (or rows along `axis`) where the condition holds."""
    a, axis = (a.reshape(-1), 0) if axis is None else (a, axis % a.ndim)
    kept = numpy.flatnonzero(raw(condition))
    return _pick(a, *(slice(None),) * axis, kept)


def extract(condition, arr):
    """The elements where the condition holds, in one axis."""
    return compress(raw(condition).reshape(-1), arr)


# ----- Borders -----


def _widths(pad_width, rank):
    widths = numpy.broadcast_to(numpy.asarray(plain(pad_width)), (rank, 2))
    return [tuple(int(n) for n in pair) for pair in widths]


def pad(x, pad_width, mode="constant", **kwargs):
    """A border about the array: mode "constant" (of `constant_values`), "edge", "reflect",
    "symmetric", "wrap", "maximum" or "minimum"."""
    array_of("pad", x)
    try:
        widths = _widths(pad_width, x.ndim)
    except ValueError:
        raise ValueError(
            message(
                "pad",
                f"got pad_width {pad_width!r} for {x.ndim} axes",
                "It needs one pair (before, after), or a pair for each axis",
            )
        ) from None
    if mode == "constant":
        value = plain(kwargs.get("constant_values", 0))
        if isinstance(value, tuple):
            raise NotImplementedError(
                message(
                    "pad",
                    f"got constant_values {value!r}",
                    "It must be one number for all sides",
                    "Pad once for each number.",
                )
            )
        flat = tuple(n for pair in widths for n in pair)
        return op("pad_constant", x, widths=flat, constant_value=value)
    if mode in ("maximum", "minimum"):
        for axis, (before, after) in enumerate(widths):
            edge = op(mode[:3], x, axis=axis, keepdims=True)
            parts = [op("repeat", edge, repeats=n, axis=axis) for n in (before, after)]
            x = _join([parts[0], x, parts[1]], axis)
        return x
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise MXNetError(
            message(
                "pad",
                f"got mode {mode!r}",
                "It is 'constant', 'edge', 'reflect', 'symmetric', 'wrap', 'maximum' or 'minimum'",
            )
        )
    for axis, pair in enumerate(widths):
        if pair != (0, 0):
            order = numpy.pad(numpy.arange(x.shape[axis]), pair, mode=mode)
            x = _pick(x, *(slice(None),) * axis, order)
    return x
