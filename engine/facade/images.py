"""Convolution and pooling as functions, made of im2col and col2im."""

import math

from ..errors import MXNetError, ShapeError, message
from .calls import array_of, op
from .generate import plain

POOLS = ("max", "avg", "sum", "lp")


def _numbers(thing, value, rank, default):
    """One number for each axis of space."""
    value = plain(value)
    if value is None or value == ():
        return (default,) * rank
    value = (value,) * rank if isinstance(value, int) else tuple(value)
    if len(value) != rank:
        raise ShapeError(
            message(thing, f"got {value} for {rank} axes of space", "There must be one for each")
        )
    return value


def _checked_layout(thing, layout):
    if layout not in (None, "NCW", "NCHW", "NCDHW"):
        raise MXNetError(
            message(thing, f"got layout {layout!r}", "Channels must come second: NCW, NCHW, NCDHW")
        )


def _with_bias(result, bias, no_bias):
    if no_bias or bias is None:
        return result
    return result + bias.reshape((1, -1) + (1,) * (result.ndim - 2))


def convolution(
    data,
    weight,
    bias=None,
    kernel=None,
    stride=None,
    dilate=None,
    pad=None,
    num_filter=None,
    num_group=1,
    no_bias=False,
    layout=None,
    **_,
):
    """Each filter of `weight` slid over the images `data` (batch, channels, *space)."""
    _checked_layout("Convolution", layout)
    data, weight = array_of("Convolution", data), array_of("Convolution", weight)
    rank = data.ndim - 2
    kernel = weight.shape[2:] if kernel is None else _numbers("Convolution", kernel, rank, 1)
    filters, inputs = weight.shape[:2]
    if (
        rank < 1
        or weight.shape[2:] != kernel
        or inputs * num_group != data.shape[1]
        or filters % num_group
        or num_filter not in (None, filters)
    ):
        raise ShapeError(
            message(
                "Convolution",
                f"got data of shape {data.shape}, a weight of shape {weight.shape}, kernel "
                f"{kernel}, num_filter {num_filter}, num_group {num_group}",
                "The weight must have shape (num_filter, channels / num_group, *kernel)",
            )
        )
    given = {
        "stride": _numbers("Convolution", stride, rank, 1),
        "dilate": _numbers("Convolution", dilate, rank, 1),
        "pad": _numbers("Convolution", pad, rank, 0),
    }
    columns = op("im2col", data, kernel=kernel, **given)
    sizes = zip(data.shape[2:], kernel, given["stride"], given["dilate"], given["pad"])
    space = tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, d, p in sizes)
    if num_group == 1:
        result = op("matmul", weight.reshape((filters, -1)), columns)
    else:
        columns = columns.reshape((data.shape[0], num_group, -1, columns.shape[-1]))
        result = op("matmul", weight.reshape((num_group, filters // num_group, -1)), columns)
    result = result.reshape((data.shape[0], filters, *space))
    return _with_bias(result, bias, no_bias)


def deconvolution(
    data,
    weight,
    bias=None,
    kernel=None,
    stride=None,
    dilate=None,
    pad=None,
    adj=None,
    target_shape=None,
    num_filter=None,
    num_group=1,
    no_bias=True,
    layout=None,
    **_,
):
    """What the gradient of a convolution does: each element spread over a window by `weight`."""
    _checked_layout("Deconvolution", layout)
    data, weight = array_of("Deconvolution", data), array_of("Deconvolution", weight)
    rank = data.ndim - 2
    kernel = weight.shape[2:] if kernel is None else _numbers("Deconvolution", kernel, rank, 1)
    if weight.shape[0] != data.shape[1] or weight.shape[2:] != kernel:
        raise ShapeError(
            message(
                "Deconvolution",
                f"got data of shape {data.shape} and a weight of shape {weight.shape}",
                "The weight must have shape (channels, num_filter / num_group, *kernel)",
            )
        )
    stride = _numbers("Deconvolution", stride, rank, 1)
    dilate = _numbers("Deconvolution", dilate, rank, 1)
    pad = _numbers("Deconvolution", pad, rank, 0)
    adj = _numbers("Deconvolution", adj, rank, 0)
    sizes = zip(data.shape[2:], kernel, stride, dilate, pad, adj)
    space = tuple((n - 1) * s + d * (k - 1) + 1 - 2 * p + a for n, k, s, d, p, a in sizes)
    if target_shape:
        target = _numbers("Deconvolution", target_shape, rank, 0)
        # As MXNet: half of what is too much is cut off in front.
        full = [n + 2 * p - a for n, p, a in zip(space, pad, adj)]
        pad = tuple((f - t + 1) // 2 for f, t in zip(full, target))
        space = target
    batch, count = data.shape[0], math.prod(data.shape[2:])
    flat = data.reshape((batch, num_group, data.shape[1] // num_group, count))
    matrix = weight.reshape((num_group, weight.shape[0] // num_group, -1))
    columns = op("matmul", op("swapaxes", matrix, axis1=-1, axis2=-2), flat)
    columns = columns.reshape((batch, -1, count))
    given = {"kernel": kernel, "stride": stride, "dilate": dilate, "pad": pad}
    return _with_bias(op("col2im", columns, space=space, **given), bias, no_bias)


def pooling(
    data,
    kernel=None,
    pool_type="max",
    global_pool=False,
    pooling_convention="valid",
    stride=None,
    pad=None,
    p_value=2,
    count_include_pad=True,
    layout=None,
    **_,
):
    """Largest element, mean, sum or p-norm of each window of the images."""
    _checked_layout("Pooling", layout)
    data = array_of("Pooling", data)
    if pool_type not in POOLS:
        raise MXNetError(
            message("Pooling", f"got pool_type {pool_type!r}", f"It is one of {', '.join(POOLS)}")
        )
    if pooling_convention not in ("valid", "full"):
        raise MXNetError(
            message(
                "Pooling",
                f"got pooling_convention {pooling_convention!r}",
                "It is 'valid' or 'full'",
            )
        )
    batch, channels, *space = data.shape
    rank = len(space)
    if global_pool:
        kernel, stride, pad = tuple(space), (1,) * rank, (0,) * rank
    kernel = _numbers("Pooling", kernel, rank, 1)
    stride, pad = _numbers("Pooling", stride, rank, 1), _numbers("Pooling", pad, rank, 0)
    more = [0] * rank
    if pooling_convention == "full":
        for k, (n, size, s, p) in enumerate(zip(space, kernel, stride, pad)):
            more[k] = max(0, -(-(n + 2 * p - size) // s) * s + size - n - 2 * p)
    widths = (0, 0, 0, 0, *(n for p, m in zip(pad, more) for n in (p, p + m)))
    counts = tuple((n + 2 * p + m - k) // s + 1
                   for n, p, m, k, s in zip(space, pad, more, kernel, stride))  # fmt: skip

    def windows(x, value):
        """(batch, channels, places in the window, windows) of `x` with a border of `value`."""
        if any(widths):
            x = op("pad_constant", x, widths=widths, constant_value=value)
        zeros, ones = (0,) * rank, (1,) * rank
        columns = op("im2col", x, kernel=kernel, stride=stride, dilate=ones, pad=zeros)
        return columns.reshape((x.shape[0], x.shape[1], math.prod(kernel), -1))

    if pool_type == "max":
        seen = windows(data, -math.inf if data._data.dtype.kind == "f" else 0)
        # The first of equal elements gets the gradient, hence not `max`.
        result = op("pick", seen, op("argmax", seen, axis=2).astype(seen.dtype), axis=2)
    elif pool_type == "lp":
        powers = op("power", op("abs", windows(data, 0)), p_value)
        result = op("power", op("sum", powers, axis=2), 1.0 / p_value)
    else:
        result = op("sum", windows(data, 0), axis=2)
        if pool_type == "avg" and count_include_pad and not any(more):
            result = result / math.prod(kernel)
        elif pool_type == "avg":
            inside = op("ones_like", op("getitem", data, key=(slice(0, 1), slice(0, 1))).detach())
            if count_include_pad:  # the border counts, but what "full" adds behind it does not
                flat = (0, 0, 0, 0, *(p for p in pad for _ in range(2)))
                inside = op("pad_constant", inside, widths=flat, constant_value=1)
                flat = (0, 0, 0, 0, *(n for m in more for n in (0, m)))
                inside = op("pad_constant", inside, widths=flat, constant_value=0)
                ones = (1,) * rank
                seen = op("im2col", inside, kernel=kernel, stride=stride, dilate=ones,
                          pad=(0,) * rank)  # fmt: skip
                result = result / op("sum", seen, axis=1)
            else:
                result = result / op("sum", windows(inside, 0), axis=2)
    return result.reshape((batch, channels, *counts))


def im2col(data, kernel, stride=None, dilate=None, pad=None, **_):
    """The windows of images that a kernel sees, each as a column."""
    rank = array_of("im2col", data).ndim - 2
    return op(
        "im2col",
        data,
        kernel=_numbers("im2col", kernel, rank, 1),
        stride=_numbers("im2col", stride, rank, 1),
        dilate=_numbers("im2col", dilate, rank, 1),
        pad=_numbers("im2col", pad, rank, 0),
    )


def col2im(data, output_size, kernel, stride=None, dilate=None, pad=None, **_):
    """Columns added up where their windows lie in an image of size `output_size`."""
    space = plain(output_size)
    rank = len(space)
    return op(
        "col2im",
        array_of("col2im", data),
        space=space,
        kernel=_numbers("col2im", kernel, rank, 1),
        stride=_numbers("col2im", stride, rank, 1),
        dilate=_numbers("col2im", dilate, rank, 1),
        pad=_numbers("col2im", pad, rank, 0),
    )


def depth_to_space(data, block_size, **_):
    """Blocks of channels laid out as blocks of space."""
    n, c, h, w = array_of("depth_to_space", data).shape
    b = block_size
    if c % (b * b):
        raise ShapeError(
            message("depth_to_space", f"got {c} channels", f"They must be a multiple of {b * b}")
        )
    x = op("transpose", data.reshape((n, b, b, c // (b * b), h, w)), axes=(0, 3, 4, 1, 5, 2))
    return x.reshape((n, c // (b * b), h * b, w * b))


def space_to_depth(data, block_size, **_):
    """Blocks of space laid out as blocks of channels."""
    n, c, h, w = array_of("space_to_depth", data).shape
    b = block_size
    if h % b or w % b:
        raise ShapeError(
            message("space_to_depth", f"got images of {h}x{w}", f"Both must be multiples of {b}")
        )
    x = op("transpose", data.reshape((n, c, h // b, b, w // b, b)), axes=(0, 3, 5, 1, 2, 4))
    return x.reshape((n, c * b * b, h // b, w // b))


def upsampling(*data, scale, sample_type="nearest", num_filter=0, num_args=1, **_):
    """Each pixel of an image repeated `scale` times along both axes."""
    if sample_type != "nearest" or len(data) != 1:
        raise MXNetError(
            message(
                "UpSampling",
                f"got sample_type {sample_type!r} and {len(data)} arrays",
                "One array and 'nearest' are offered",
            )
        )
    return op("repeat", op("repeat", data[0], repeats=scale, axis=2), repeats=scale, axis=3)
