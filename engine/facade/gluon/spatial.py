"""Convolution and pooling on primitives: slices of the padded input, stacked and multiplied.

Channels come second (NCW, NCHW, NCDHW); any number of spatial axes. Everything is made of
differentiable array functions, so derivatives of any order follow.
"""

import itertools
import math

from ...array import ndarray
from ...errors import ShapeError, message
from .. import nd, np


def _space(x):
    return np if isinstance(x, ndarray) else nd


def _constant(x, shape, value):
    return _space(x).full(shape, value, dtype=x.dtype)


def padded(x, before, after, value=0.0):
    """`x` with elements of one value around it on the spatial axes."""
    for k, (low, high) in enumerate(zip(before, after, strict=True)):
        axis = k + 2
        parts = [x]
        for size, place in ((low, 0), (high, 2)):
            if size:
                shape = (*x.shape[:axis], size, *x.shape[axis + 1 :])
                parts.insert(place and len(parts), _constant(x, shape, value))
        if len(parts) > 1:
            x = nd.concat(*parts, dim=axis)
    return x


def windows(x, kernel, stride, dilate, sizes):
    """For each place in the kernel, the elements that stand there in all windows."""
    found = []
    for place in itertools.product(*map(range, kernel)):
        starts = [p * d for p, d in zip(place, dilate, strict=True)]
        key = tuple(
            slice(a, a + (n - 1) * s + 1, s) for a, n, s in zip(starts, sizes, stride, strict=True)
        )
        found.append(x[(slice(None), slice(None), *key)])
    return found


def out_sizes(thing, shape, kernel, stride, dilate, pad, up=False):
    """How many windows there are on each spatial axis; raises `ShapeError` when there is none."""
    sizes = []
    for n, k, s, d, p in zip(shape[2:], kernel, stride, dilate, pad, strict=True):
        span = n + 2 * p - (d * (k - 1) + 1)
        sizes.append((-(-span // s) if up else span // s) + 1 if span >= 0 else 0)
    if min(sizes) < 1:
        raise ShapeError(
            message(
                thing,
                f"got data of shape {tuple(shape)}, kernel {tuple(kernel)}, padding {tuple(pad)}",
                "The kernel must fit into the padded data",
                "Use a smaller kernel, or padding.",
            )
        )
    return sizes


def convolution(x, weight, bias, kernel, stride, dilate, pad, groups=1):
    """The weighted sums of all windows: weight has shape (filters, channels / groups, *kernel)."""
    if x.ndim != len(kernel) + 2 or x.shape[1] != weight.shape[1] * groups:
        raise ShapeError(
            message(
                "Convolution",
                f"got data of shape {x.shape} and a weight of shape {weight.shape}",
                f"The data needs {len(kernel) + 2} axes (batch, channel, …) and "
                f"{weight.shape[1] * groups} channels",
            )
        )
    sizes = out_sizes("Convolution", x.shape, kernel, stride, dilate, pad)
    parts = windows(padded(x, pad, pad), kernel, stride, dilate, sizes)
    batch, channels, filters = x.shape[0], x.shape[1], weight.shape[0]
    area = math.prod(sizes)
    # (batch, channel, place in the kernel, …) -> one matrix for each sample and group
    columns = nd.stack(*parts, axis=2).reshape(
        (batch * groups, channels // groups * len(parts), area)
    )
    rows = weight.reshape((1, groups, filters // groups, -1)).broadcast_to(
        (batch, groups, filters // groups, channels // groups * len(parts))
    )
    rows = rows.reshape((batch * groups, filters // groups, -1))
    y = nd.batch_dot(rows, columns).reshape((batch, filters, *sizes))
    return y if bias is None else y + bias.reshape((1, -1) + (1,) * len(kernel))


def _spread(x, stride):
    """`x` with stride - 1 zeros between neighbours on each spatial axis."""
    for k, step in enumerate(stride):
        axis, size = k + 2, x.shape[k + 2]
        if step > 1:
            zeros = _constant(x, x.shape, 0.0)
            x = nd.stack(x, *[zeros] * (step - 1), axis=axis + 1)
            x = x.reshape((*x.shape[:axis], size * step, *x.shape[axis + 2 :]))
            last = (slice(None),) * axis + (slice(0, (size - 1) * step + 1),)
            x = x[last]
    return x


def deconvolution(x, weight, bias, kernel, stride, dilate, pad, adj, groups=1):
    """The transpose of `convolution`: weight has shape (channels, filters / groups, *kernel)."""
    ones = (1,) * len(kernel)
    reach = [d * (k - 1) - p for k, d, p in zip(kernel, dilate, pad, strict=True)]
    spread = padded(
        _spread(x, stride),
        [max(r, 0) for r in reach],
        [max(r + a, 0) for r, a in zip(reach, adj, strict=True)],
    )
    cut = tuple(
        slice(max(-r, 0), n - max(-(r + a), 0))
        for r, a, n in zip(reach, adj, spread.shape[2:], strict=True)
    )
    spread = spread[(slice(None), slice(None), *cut)]
    channels, filters = weight.shape[0], weight.shape[1]
    flipped = weight.reshape((groups, channels // groups, filters, *kernel)).swapaxes(1, 2)
    flipped = flipped.reshape((groups * filters, channels // groups, *kernel))
    flipped = flipped[(slice(None), slice(None), *[slice(None, None, -1)] * len(kernel))]
    return convolution(spread, flipped, bias, kernel, ones, dilate, (0,) * len(kernel), groups)


def pooling(x, kernel, stride, pad, kind, ceil=False, count_pad=True):
    """The largest element ("max"), mean ("avg") or sum ("sum") of each window."""
    ones = (1,) * len(kernel)
    sizes = out_sizes("Pooling", x.shape, kernel, stride, ones, pad, up=ceil)
    # Under ceil the last window may reach beyond the padding.
    after = [
        max((o - 1) * s + k - n - p, 0)
        for o, s, k, n, p in zip(sizes, stride, kernel, x.shape[2:], pad, strict=True)
    ]
    filling = -math.inf if kind == "max" else 0.0
    parts = windows(padded(x, pad, after, filling), kernel, stride, ones, sizes)
    stacked = nd.stack(*parts, axis=0)
    if kind == "max":
        return stacked.max(axis=0)
    total = stacked.sum(axis=0)
    return total if kind == "sum" else total / _counts(x, kernel, stride, pad, sizes, count_pad)


def _counts(x, kernel, stride, pad, sizes, count_pad):
    """How many elements each window holds; those in the padding count when `count_pad`."""
    counts = None
    for k, (size, step, p, out) in enumerate(zip(kernel, stride, pad, sizes, strict=True)):
        n = x.shape[k + 2]
        low, high = (-p, n + p) if count_pad else (0, n)
        starts = [i * step - p for i in range(out)]
        row = [max(min(a + size, high) - max(a, low), 1) for a in starts]
        shape = (1, 1) + (1,) * k + (out,) + (1,) * (len(kernel) - k - 1)
        row = _space(x).array(row, dtype=x.dtype).reshape(shape)
        counts = row if counts is None else counts * row
    return counts


def global_pooling(x, kind):
    """The largest element or the mean of each channel, with the spatial axes kept as 1."""
    axes = tuple(range(2, x.ndim))
    reduce = {"max": x.max, "avg": x.mean, "sum": x.sum}[kind]
    return reduce(axis=axes, keepdims=True)


def reflected(x, widths):
    """`x` mirrored at its edges: (before, after) for each spatial axis."""
    for k, (low, high) in enumerate(widths):
        axis, size = k + 2, x.shape[k + 2]
        if max(low, high) >= size:
            raise ShapeError(
                message(
                    "pad",
                    f"got padding {low}, {high} for an axis of size {size}",
                    "Reflection needs padding smaller than the axis",
                )
            )
        order = [*range(low, 0, -1), *range(size), *range(size - 2, size - 2 - high, -1)]
        x = nd.take(x, _space(x).array(order, dtype="int32"), axis=axis)
    return x
