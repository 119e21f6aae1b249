"""`gluon.utils`: batches cut for several devices, gradients kept short."""

import math
import warnings

import numpy

from ...array import Array
from ...errors import message
from .. import nd, np, util

__all__ = ["clip_global_norm", "split_and_load", "split_data"]


def split_data(data, num_slice, batch_axis=0, even_split=True):
    """The batch cut into `num_slice` parts along an axis."""
    size = data.shape[batch_axis]
    if even_split and size % num_slice:
        raise ValueError(
            message(
                "split_data",
                f"data with shape {data.shape} cannot be evenly split into {num_slice} slices "
                f"along axis {batch_axis}",
                f"The batch size must be a multiple of {num_slice}",
                "Or set even_split=False to allow uneven partitioning of data.",
            )
        )
    each, extra = divmod(size, num_slice)
    parts, begin = [], 0
    for k in range(num_slice):
        end = begin + each + (k < extra)
        parts.append(data[(slice(None),) * batch_axis + (slice(begin, end),)])
        begin = end
    return parts


def split_and_load(data, ctx_list, batch_axis=0, even_split=True):
    """The batch cut into one part for each context."""
    if not isinstance(data, Array):
        data = (np if util.is_np_array() else nd).array(data, ctx=ctx_list[0])
    if len(ctx_list) == 1:
        return [data.as_in_context(ctx_list[0])]
    parts = split_data(data, len(ctx_list), batch_axis, even_split)
    return [part.as_in_context(ctx) for part, ctx in zip(parts, ctx_list, strict=True)]


def clip_global_norm(arrays, max_norm, check_isfinite=True):
    """Scales arrays in place so that the norm of all together is at most `max_norm`.

    Returns the norm they had: a number, or an array when `check_isfinite` is False.
    """
    if not arrays:
        raise AssertionError("clip_global_norm: needs at least one array")
    total = sum((x * x).sum() for x in arrays[1:]) if len(arrays) > 1 else 0
    total = ((arrays[0] * arrays[0]).sum() + total).sqrt()
    norm = total.item()
    if check_isfinite and not math.isfinite(norm):
        warnings.warn(
            UserWarning("nan or inf is detected. Clipping results will be undefined."),
            stacklevel=2,
        )
    scale = min(numpy.float32(max_norm) / (numpy.float32(norm) + numpy.float32(1e-8)), 1.0)
    for x in arrays:
        x *= float(scale)
    return norm if check_isfinite else total
