"""Sequences, shapes by example, and picking or placing by index vectors; for `nd` and `npx`."""

import numpy

from .. import shapes
from ..elsewhere import host
from ..errors import ShapeError, message
from .calls import array_of, made, op
from .generate import plain


def _lengths(thing, data, lengths, axis):
    """A number of steps for each sequence, laid out to compare with positions along `axis`."""
    batch = 1 - axis
    if axis not in (0, 1) or lengths.size != data.shape[batch]:
        raise ShapeError(
            message(
                thing,
                f"got data of shape {data.shape}, {lengths.size} lengths, axis {axis}",
                "Time is axis 0 or 1, and each sequence of the other axis needs a length",
            )
        )
    return host(lengths._data).reshape(-1).astype("int64")


def sequence_mask(data, sequence_length=None, use_sequence_length=False, value=0.0, axis=0, **_):
    """`value` in the place of what comes after the end of each sequence."""
    data = array_of("SequenceMask", data)
    if not use_sequence_length or sequence_length is None:
        return data.copy()
    lengths = _lengths("SequenceMask", data, sequence_length, axis)
    steps = numpy.arange(data.shape[axis])
    inside = steps[:, None] < lengths if axis == 0 else steps < lengths[:, None]
    inside = inside.reshape(inside.shape + (1,) * (data.ndim - 2))
    mask = made(inside.astype(data._data.dtype), type(data))
    return op("where", op("broadcast_to", mask, shape=data.shape), data, value)


def sequence_last(data, sequence_length=None, use_sequence_length=False, axis=0, **_):
    """The last step of each sequence."""
    data = array_of("SequenceLast", data)
    if not use_sequence_length or sequence_length is None:
        return op("getitem", data, key=(*(slice(None),) * axis, -1))
    last = _lengths("SequenceLast", data, sequence_length, axis) - 1
    each = numpy.arange(last.size)
    return op("getitem", data, key=(last, each) if axis == 0 else (each, last))


def sequence_reverse(data, sequence_length=None, use_sequence_length=False, axis=0, **_):
    """Each sequence (axis 0 is time) in reversed order; what comes after its end stays."""
    data = array_of("SequenceReverse", data)
    if not use_sequence_length or sequence_length is None:
        return op("flip", data, axis=0)
    lengths = _lengths("SequenceReverse", data, sequence_length, 0)
    steps = numpy.arange(data.shape[0])[:, None]
    order = numpy.where(steps < lengths, lengths - 1 - steps, steps)
    return op("getitem", data, key=(order, numpy.arange(lengths.size)))


# ----- Shapes by example -----


def reshape_like(lhs, rhs, lhs_begin=None, lhs_end=None, rhs_begin=None, rhs_end=None, **_):
    """`lhs` in the shape of `rhs` (or some of its axes in the sizes of some of the other's)."""
    a = slice(*slice(lhs_begin, lhs_end).indices(lhs.ndim)[:2])
    b = slice(*slice(rhs_begin, rhs_end).indices(rhs.ndim)[:2])
    return lhs.reshape((*lhs.shape[: a.start], *rhs.shape[b], *lhs.shape[a.stop :]))


def broadcast_like(lhs, rhs, lhs_axes=None, rhs_axes=None, **_):
    """`lhs` broadcast to the shape of `rhs` (or some of its axes to sizes of the other's)."""
    if lhs_axes is None:
        return op("broadcast_to", lhs, shape=rhs.shape)
    shape = list(lhs.shape)
    lhs_axes, rhs_axes = ((n,) if isinstance(n, int) else n for n in (lhs_axes, rhs_axes or ()))
    if not lhs_axes or len(lhs_axes) != len(rhs_axes):
        given = f"got the axes {lhs_axes} and {rhs_axes}"
        raise ShapeError(message("broadcast_like", given, "Both need the same number, 1 or more"))
    for a, b in zip(lhs_axes, rhs_axes):
        shape[a] = rhs.shape[b]
    return op("broadcast_to", lhs, shape=tuple(shape))


def broadcast_axis(data, axis=(), size=(), **_):
    """Axes of size 1 broadcast to other sizes."""
    axis, size = plain(axis), plain(size)
    axis, size = ((n,) if isinstance(n, int) else n for n in (axis, size))
    shape = list(data.shape)
    for a, n in zip(axis, size):
        at = shapes.axis_of("broadcast_axis", a, data.ndim)
        if shape[at] != 1:
            raise ShapeError(
                message("broadcast_axis", f"axis {a} of shape {data.shape}", "It must have size 1")
            )
        shape[at] = n
    return op("broadcast_to", data, shape=tuple(shape))


def slice_like(data, shape_like, axes=(), **_):
    """The first part of each axis (or of `axes`), as long as the other array's."""
    axes = range(data.ndim) if not axes else [a % data.ndim for a in plain(axes)]
    key = tuple(slice(shape_like.shape[k]) if k in axes else slice(None) for k in range(data.ndim))
    return op("getitem", data, key=key)


def shape_array(data, **_):
    """The shape as an array of int64."""
    return made(numpy.asarray(data.shape, "int64"), type(data))


def size_array(data, **_):
    """The number of elements as an array of int64."""
    return made(numpy.asarray([data.size], "int64"), type(data))


def arange_like(data, start=0.0, step=1.0, repeat=1, axis=None, **_):
    """Evenly stepped numbers, as many as the array (or its axis) has elements."""
    count = data.size if axis is None else data.shape[axis]
    steps = start + step * (numpy.arange(count) // repeat)
    steps = made(steps.astype(data._data.dtype), type(data))
    return steps.reshape(data.shape) if axis is None else steps


# ----- Index vectors -----


def scatter_nd(data, indices, shape, **_):
    """Zeros of a shape with the elements of `data` at index vectors (equal ones add up)."""
    key = tuple(row.astype("int64") for row in host(indices._data))
    return op("scatter_add", data, shape=plain(shape), key=key)


def batch_take(a, indices, **_):
    """One element of each row, picked by its index."""
    return op("pick", a, indices, axis=-1)


def ravel_multi_index(data, shape=None, **_):
    """Index vectors (columns) as indices of the flattened array."""
    flat = numpy.ravel_multi_index(
        tuple(host(data._data).astype("int64")), plain(shape), mode="wrap"
    )
    return made(flat.astype(data._data.dtype), type(data))


def unravel_index(data, shape=None, **_):
    """Indices of the flattened array as index vectors (columns)."""
    found = numpy.unravel_index(host(data._data).astype("int64"), plain(shape))
    return made(numpy.stack(found).astype(data._data.dtype), type(data))


def diag(data, k=0, axis1=0, axis2=1, **_):
    """A diagonal of a matrix, or a matrix with a vector on a diagonal."""
    from .arrange import diagflat, diagonal

    return diagflat(data, k) if data.ndim == 1 else diagonal(data, k, axis1, axis2)


def reverse(data, axis, **_):
    """Elements in reversed order along axes."""
    return op("flip", data, axis=plain(axis))


def split_v2(ary, indices_or_sections, axis=0, squeeze_axis=False):
    """The array cut into parts along an axis: equal ones, or at the given places."""
    parts = op("split", ary, indices_or_sections=plain(indices_or_sections), axis=axis)
    return [part.squeeze(axis) for part in parts] if squeeze_axis else parts


def nd_pad(data, mode="constant", pad_width=(), constant_value=0.0, **_):
    """A border about the array: `pad_width` has two widths (before, after) for each axis."""
    from .arrange import pad

    widths = plain(pad_width)
    if len(widths) != 2 * data.ndim:
        raise ShapeError(
            message(
                "pad",
                f"got pad_width {widths} for shape {data.shape}",
                "It needs two widths, before and after, for each axis",
            )
        )
    pairs = tuple(zip(widths[::2], widths[1::2]))
    extra = {"constant_values": constant_value} if mode == "constant" else {}
    return pad(data, pairs, mode, **extra)


def khatri_rao(*args, **_):
    """Kronecker products of the columns of matrices."""
    result = args[0]
    for x in args[1:]:
        wide = op("expand_dims", result, axis=1) * op("expand_dims", x, axis=0)
        result = wide.reshape((-1, x.shape[-1]))
    return result


def argmax_channel(data, **_):
    """Position of the largest element along axis 1."""
    return op("argmax", data, axis=1)
