"""Normalizing layers as functions: batch, layer, instance, group, L2 and local response."""

import numpy

from ..elsewhere import host
from ..errors import MXNetError, ShapeError, message
from ..tape import state
from .calls import array_of, made, op


def _standard(x, axes, eps):
    """`x` with mean 0 and variance 1 over the axes; the mean and variance, kept as axes of 1."""
    mean = op("mean", x, axis=axes, keepdims=True)
    centred = x - mean
    variance = op("mean", centred * centred, axis=axes, keepdims=True)
    return centred / op("sqrt", variance + eps), mean, variance


def batch_norm(
    data,
    gamma,
    beta,
    moving_mean,
    moving_var,
    eps=1e-3,
    momentum=0.9,
    fix_gamma=True,
    use_global_stats=False,
    output_mean_var=False,
    axis=1,
    **_,
):
    """Each channel with mean 0 and variance 1 over the batch, times gamma, plus beta.

    While training, the running statistics move towards the batch's in the backward pass; else
    they are used. With `fix_gamma`, gamma counts as 1.
    """
    data = array_of("BatchNorm", data)
    axis %= data.ndim
    wide = tuple(n if k == axis else 1 for k, n in enumerate(data.shape))
    for x in (gamma, beta, moving_mean, moving_var):
        if x.size != data.shape[axis]:
            raise ShapeError(
                message(
                    "BatchNorm",
                    f"got data of shape {data.shape} and parameters of shape {x.shape}",
                    f"They need one number for each of the {data.shape[axis]} channels",
                )
            )
    if fix_gamma:
        gamma = op("ones_like", gamma)
    if state.training and not use_global_stats:
        axes = tuple(k for k in range(data.ndim) if k != axis)
        result, mean, variance = _standard(data, axes, eps)
        new = (mean._data.reshape(-1), variance._data.reshape(-1))

        def update():
            for old, seen in zip((moving_mean, moving_var), new):
                old._write(Ellipsis, old._data * momentum + seen * (1 - momentum))

        result = op("after_backward", result, update=update)
    else:
        mean, variance = moving_mean.reshape(wide), moving_var.reshape(wide)
        result = (data - mean) / op("sqrt", variance + eps)
    result = result * gamma.reshape(wide) + beta.reshape(wide)
    if not output_mean_var:
        return result
    return [result, mean.reshape((-1,)), 1 / op("sqrt", variance + eps).reshape((-1,))]


def layer_norm(data, gamma, beta, axis=-1, eps=1e-5, output_mean_var=False, **_):
    """Each row along an axis with mean 0 and variance 1, times gamma, plus beta."""
    axis = axis % array_of("LayerNorm", data).ndim
    wide = tuple(n if k == axis else 1 for k, n in enumerate(data.shape))
    result, mean, variance = _standard(data, axis, eps)
    result = result * gamma.reshape(wide) + beta.reshape(wide)
    if not output_mean_var:
        return result
    kept = tuple(n for k, n in enumerate(data.shape) if k != axis)
    return [result, mean.reshape(kept), op("sqrt", variance + eps).reshape(kept)]


def instance_norm(data, gamma, beta, eps=1e-3, **_):
    """Each channel of each image with mean 0 and variance 1, times gamma, plus beta."""
    wide = (1, -1) + (1,) * (array_of("InstanceNorm", data).ndim - 2)
    result = _standard(data, tuple(range(2, data.ndim)), eps)[0]
    return result * gamma.reshape(wide) + beta.reshape(wide)


def group_norm(data, gamma, beta, num_groups=1, eps=1e-5, output_mean_var=False, **_):
    """Each group of channels of each image with mean 0 and variance 1, times gamma, plus beta."""
    batch, channels, *space = array_of("GroupNorm", data).shape
    if channels % num_groups:
        raise ShapeError(
            message(
                "GroupNorm",
                f"got {channels} channels and num_groups {num_groups}",
                "The groups must have equal sizes",
            )
        )
    x = data.reshape((batch, num_groups, -1))
    x, mean, variance = _standard(x, 2, eps)
    rank = len(space)
    if gamma.size == channels:
        result = x.reshape(data.shape)
        wide = (1, -1) + (1,) * rank
        result = result * gamma.reshape(wide) + beta.reshape(wide)
    else:
        result = (x * gamma.reshape((1, -1, 1)) + beta.reshape((1, -1, 1))).reshape(data.shape)
    if not output_mean_var:
        return result
    kept = (batch, num_groups)
    return [result, mean.reshape(kept), op("sqrt", variance + eps).reshape(kept)]


def l2_normalization(data, eps=1e-10, mode="instance", **_):
    """Divided by the Euclidean length of each "instance", of each pixel's "channel"s, or of each
    image's "spatial" plane."""
    rank = array_of("L2Normalization", data).ndim
    axes = {"instance": range(1, rank), "channel": (1,), "spatial": range(2, rank)}.get(mode)
    if axes is None:
        raise MXNetError(
            message(
                "L2Normalization",
                f"got mode {mode!r}",
                "It is 'instance', 'channel' or 'spatial'",
            )
        )
    total = op("sum", data * data, axis=tuple(axes), keepdims=True)
    return data / op("sqrt", total + eps)


def lrn(data, nsize, alpha=1e-4, beta=0.75, knorm=2, **_):
    """Divided by a power of the sum of squares of `nsize` neighbouring channels."""
    half = nsize // 2
    squares = data * data
    widths = (0, 0, half, half) + (0, 0) * (data.ndim - 2)
    padded = op("pad_constant", squares, widths=widths, constant_value=0)
    total = None
    for k in range(nsize):
        part = op("getitem", padded, key=(slice(None), slice(k, k + data.shape[1])))
        total = part if total is None else total + part
    return data / op("power", total * (alpha / nsize) + knorm, beta)


def moments(data, axes=None, keepdims=False, **_):
    """Mean and variance over the axes: a list."""
    axes = tuple(axes) if axes is not None else None
    _, mean, variance = _standard(data, axes, 0.0)
    if keepdims:
        return [mean, variance]
    kept = op("mean", data.detach(), axis=axes).shape
    return [mean.reshape(kept), variance.reshape(kept)]


def all_finite(data, init_output=True, **_):
    """1 if all elements are finite, else 0."""
    found = numpy.isfinite(host(data._data)).all()
    return made(numpy.asarray([found], "float32"), type(data))
