"""Output layers, whose gradient is that of a loss whatever the head gradient is."""

from math import prod

import numpy

from ..elsewhere import host
from ..errors import MXNetError, message
from .calls import array_of, made, op


def softmax_output(
    data,
    label=None,
    grad_scale=1.0,
    ignore_label=-1.0,
    multi_output=False,
    use_ignore=False,
    preserve_shape=False,
    normalization="null",
    out_grad=False,
    smooth_alpha=0.0,
    **_,
):
    """Softmax; its gradient is that of the cross-entropy with `label`: p - onehot(label)."""
    data = array_of("SoftmaxOutput", data)
    if normalization not in ("null", "batch", "valid"):
        raise MXNetError(
            message(
                "SoftmaxOutput",
                f"got normalization {normalization!r}",
                "It is 'null', 'batch' or 'valid'",
            )
        )
    x = data
    if not multi_output and not preserve_shape and x.ndim > 2:
        x = x.reshape((x.shape[0], -1))
    axis = 1 if multi_output else x.ndim - 1
    p = op("softmax", x, axis=axis)
    if label is None:
        return p.reshape(data.shape)
    if label.size == x.size:
        gradient = p - label.reshape(x.shape)
        count = x.shape[0]
    else:
        size = x.shape[axis]
        rows = tuple(n for k, n in enumerate(x.shape) if k != axis)
        labels = host(label._data).reshape(rows)
        wanted = numpy.expand_dims(labels, axis) == numpy.arange(size).reshape(
            (-1,) + (1,) * (x.ndim - axis - 1)
        )
        wanted = wanted.astype(x._data.dtype)
        if smooth_alpha:
            wanted = wanted * (1 - smooth_alpha) + (1 - wanted) * smooth_alpha / (size - 1)
        gradient = p - made(wanted, type(x))
        kept = labels != ignore_label
        count = max(1, int(kept.sum()))
        if use_ignore:
            gradient = gradient * made(numpy.expand_dims(kept, axis).astype(wanted.dtype), type(x))
    if multi_output and normalization != "valid":  # the mean over the places, as MXNet has it
        grad_scale = grad_scale / prod(x.shape[2:])
    scale = grad_scale / {"null": 1, "batch": x.shape[0], "valid": count}[normalization]
    return op("own_gradient", p, x, gradient * scale).reshape(data.shape)


def _regression(name, value_of, slope_of, doc):
    def call(data, label=None, grad_scale=1.0, **_):
        value = value_of(array_of(name, data))
        if label is None:
            return value
        label = label.reshape(data.shape)
        each = data.size // data.shape[0]
        gradient = slope_of(value - label) * (grad_scale / each)
        return op("own_gradient", value, data, gradient)

    call.__doc__ = doc
    return call


linear_regression_output = _regression(
    "LinearRegressionOutput",
    lambda x: x.copy(),
    lambda gap: gap,
    "The data; its gradient is that of half the squared distance to `label`.",
)
logistic_regression_output = _regression(
    "LogisticRegressionOutput",
    lambda x: op("sigmoid", x),
    lambda gap: gap,
    "Sigmoid; its gradient is that of the cross-entropy with `label`.",
)
mae_regression_output = _regression(
    "MAERegressionOutput",
    lambda x: x.copy(),
    lambda gap: 2 * op("greater", gap, 0).astype(gap.dtype) - 1,  # -1 at 0, as MXNet has it
    "The data; its gradient is that of the distance to `label`.",
)


def svm_output(data, label, margin=1.0, regularization_coefficient=1.0, use_linear=False, **_):
    """The data; its gradient is that of the hinge loss (squared unless `use_linear`)."""
    data = array_of("SVMOutput", data)
    classes = numpy.arange(data.shape[1])
    sign = numpy.where(host(label._data).reshape(-1, 1) == classes, -1.0, 1.0)
    sign = made(sign.astype(data._data.dtype), type(data))
    gap = op("relu", data * sign + margin)
    gradient = op("sign", gap) * sign if use_linear else 2 * gap * sign
    return op("own_gradient", data, data, gradient * regularization_coefficient)


def make_loss(data, grad_scale=1.0, valid_thresh=0.0, normalization="null", **_):
    """The data, as the end of a computation: its gradient is `grad_scale`, whatever the head's."""
    data = array_of("make_loss", data)
    scale = grad_scale
    if normalization == "batch":
        scale = scale / data.shape[0]
    elif normalization == "valid":
        scale = scale / max(1, int((host(data._data) > valid_thresh).sum()))
    return op("own_gradient", data, data, op("ones_like", data) * scale)


def smooth_l1(data, scalar=1.0, **_):
    """Quadratic near 0, linear further away: Huber's function with corner 1 / scalar²."""
    corner = scalar * scalar
    distance = op("abs", data)
    near = op("minimum", distance, 1.0 / corner)  # no `where`: its other branch would give inf * 0
    return op("square", near) * (0.5 * corner) + (distance - near)


def hard_sigmoid(data, alpha=0.2, beta=0.5, **_):
    """A line of slope `alpha` through `beta`, cut at 0 and 1."""
    line = data * alpha + beta
    return op("where", line >= 1, 1.0, op("relu", line))  # no gradient at the corners


def softmax_activation(data, mode="instance", **_):
    """Softmax over the last axis, or over the channels of each pixel."""
    if mode == "channel":
        return op("softmax", data, axis=1)
    return op("softmax", data, axis=-1)


def sparse_regularization(data, sparseness_target=0.1, penalty=0.001, momentum=0.9, **_):
    """The data; its gradient also draws each unit's mean, a probability, to `sparseness_target`."""
    data = array_of("IdentityAttachKLSparseReg", data)
    mean = op("mean", data.detach(), axis=0, keepdims=True)
    slope = (1 - sparseness_target) / (1 - mean) - sparseness_target / mean
    pull = op("own_gradient", data * 0, data, op("ones_like", data) * slope * penalty)
    return data + pull
