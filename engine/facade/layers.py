"""Layers as functions, shared by `mx.nd` (CamelCase) and `mx.npx` (lower case)."""

import math

import numpy

from .. import elsewhere, shapes
from ..array import Array, MXNetError, invoke
from ..elsewhere import host
from ..errors import ShapeError, message
from ..registry import OPS
from ..tape import state
from .calls import made
from .generate import plain

ACTIVATIONS = ("relu", "sigmoid", "tanh", "softrelu", "softsign")
LEAKY = ("leaky", "elu", "selu", "gelu", "prelu")
SELU_SCALE, SELU_SLOPE = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


def _array(thing, x):
    if not isinstance(x, Array):
        raise TypeError(
            message(
                thing,
                f"got an operand of type {type(x).__name__}",
                "Operands must be arrays",
                "Convert it with `mx.np.array(…)` or `mx.nd.array(…)` first.",
            )
        )
    return x


def activation(data, act_type="relu", **_):
    """An activation by name: relu, sigmoid, tanh, softrelu, softsign."""
    if act_type not in ACTIVATIONS:
        raise MXNetError(
            message(
                "Activation", f"got act_type {act_type!r}", f"It is one of {', '.join(ACTIVATIONS)}"
            )
        )
    return invoke(OPS[act_type], (data,))


def leaky_relu(data, gamma=None, act_type="leaky", slope=0.25, **_):
    """An activation that lets negative values through.

    `act_type` is leaky, elu, selu, gelu, or prelu with one slope for each channel in `gamma`.
    """
    if act_type == "leaky":
        return invoke(OPS["leaky_relu"], (data,), {"slope": slope})
    if act_type == "elu":
        return invoke(OPS["elu"], (data,), {"slope": slope})
    if act_type == "selu":
        return SELU_SCALE * invoke(OPS["elu"], (data,), {"slope": SELU_SLOPE})
    if act_type == "gelu":
        return data * (invoke(OPS["erf"], (data / math.sqrt(2),)) + 1) * 0.5
    if act_type == "prelu" and gamma is not None:
        if data.ndim > 2 and gamma.size > 1:  # one slope for each channel, the second axis
            gamma = gamma.reshape((-1,) + (1,) * (data.ndim - 2))
        return invoke(OPS["where"], (data > 0, data, gamma * data))
    given = f"got act_type {act_type!r}" + (" without gamma" if act_type == "prelu" else "")
    raise MXNetError(
        message("LeakyReLU", given, f"It is one of {', '.join(LEAKY)}; prelu needs `gamma`")
    )


def fully_connected(data, weight, bias=None, num_hidden=None, no_bias=False, flatten=True, **_):
    """data · weightᵀ + bias, with all axes of `data` but the first joined when `flatten`."""
    data = _array("FullyConnected", data)
    if num_hidden is not None and num_hidden != weight.shape[0]:
        raise ShapeError(
            message(
                "FullyConnected",
                f"num_hidden is {num_hidden}, the weight has shape {weight.shape}",
                "The weight must have shape (num_hidden, number of inputs)",
            )
        )
    if flatten and data.ndim > 2:
        data = data.reshape((data.shape[0], -1))
    if data.shape[-1] != weight.shape[-1]:
        raise ShapeError(
            message(
                "FullyConnected",
                f"the data has {data.shape[-1]} inputs each, the weight has shape {weight.shape}",
                "The weight must have shape (num_hidden, number of inputs)",
            )
        )
    result = invoke(OPS["fully_connected"], (data, weight))
    return result if no_bias or bias is None else result + bias


def dropout(data, p=0.5, mode="training", axes=(), **_):
    """Sets elements to 0 with probability `p` and divides the others by 1 - p, while training.

    `mode="always"` does it outside training too; along `axes` the same elements are dropped.
    """
    if mode not in ("training", "always"):
        raise MXNetError(message("Dropout", f"got mode {mode!r}", "It is 'training' or 'always'"))
    if not 0 <= p < 1:
        raise MXNetError(message("Dropout", f"got p={p}", "p must be at least 0 and less than 1"))
    data = _array("Dropout", data)
    if p == 0 or not (state.training or mode == "always"):
        return data.copy()
    shared = {axis % data.ndim for axis in ((axes,) if isinstance(axes, int) else axes)}
    shape = tuple(1 if k in shared else n for k, n in enumerate(data.shape))
    given = {"p": plain(p), "shape": shape, "dtype": data._data.dtype.name}
    mask = invoke(OPS["dropout_mask"], (), given, type(data))
    elsewhere.move(mask, elsewhere.place_of(data._data))
    return invoke(OPS["dropout"], (data, mask))


def embedding(data, weight, input_dim=None, output_dim=None, dtype=None, **_):
    """The rows of `weight` at the indices `data`, clipped into range."""
    wanted = tuple(n if m is None else m for n, m in zip(weight.shape, (input_dim, output_dim)))
    if weight.ndim != 2 or weight.shape != wanted:
        raise ShapeError(
            message(
                "Embedding",
                f"got a weight of shape {weight.shape}, input_dim {input_dim} and output_dim "
                f"{output_dim}",
                "The weight must have shape (input_dim, output_dim)",
            )
        )
    return invoke(OPS["take"], (weight, data), {"axis": 0, "mode": "clip"})


def _over(row, data, length, axis, temperature, use_length, dtype, sign=1):
    """A row of the softmax family on `sign * data`; what lies behind `length` is 0."""
    if isinstance(length, int):  # npx.softmax(x, -1)
        length, axis = None, length
    data = _array(row, data)
    data = data if temperature is None else data / temperature
    data = data if sign == 1 else -data
    if not use_length or length is None:
        y = invoke(OPS[row], (data,), {"axis": axis})
        return y if dtype is None else y.astype(dtype)
    at = shapes.axis_of(row, axis, data.ndim)
    wide = tuple(1 if k == at else n for k, n in enumerate(data.shape))
    if length.size != math.prod(wide):
        raise ShapeError(
            message(
                row,
                f"got lengths of shape {length.shape} for data of shape {data.shape}",
                f"There must be one for each row along axis {axis}",
            )
        )
    places = numpy.arange(data.shape[at]).reshape((-1,) + (1,) * (data.ndim - at - 1))
    inside = made((places < host(length._data).reshape(wide)).astype(data._data.dtype), type(data))
    low = {"float16": -6e4}.get(data._data.dtype.name, -1e30)
    y = invoke(OPS[row], (invoke(OPS["where"], (inside, data, low)),), {"axis": axis})
    y = invoke(OPS["where"], (inside, y, 0.0))
    return y if dtype is None else y.astype(dtype)


def softmax(data, length=None, axis=-1, temperature=None, use_length=False, dtype=None, **_):
    """exp(x) over its sum along the axis; x is divided by `temperature` first.

    With `use_length`, only the first `length` elements of each row count, the others give 0.
    """
    return _over("softmax", data, length, axis, temperature, use_length, dtype)


def log_softmax(data, length=None, axis=-1, temperature=None, use_length=False, dtype=None, **_):
    """Logarithm of softmax, without overflow; x is divided by `temperature` first."""
    return _over("log_softmax", data, length, axis, temperature, use_length, dtype)


def softmin(data, length=None, axis=-1, temperature=None, use_length=False, dtype=None, **_):
    """Softmax of -x."""
    return _over("softmax", data, length, axis, temperature, use_length, dtype, sign=-1)


def pick(data, index, axis=-1, keepdims=False, mode="clip", **_):
    """One element of each row, picked by its index, which is clipped into range (or wrapped)."""
    if mode not in ("clip", "wrap"):
        raise MXNetError(message("pick", f"got mode {mode!r}", "It is 'clip' or 'wrap'"))
    if axis is None:
        data, axis = data.reshape((-1,)), 0
    if mode == "wrap":
        size = data.shape[shapes.axis_of("pick", axis, data.ndim)]
        index = invoke(OPS["mod"], (index, size))
    return invoke(OPS["pick"], (data, index), {"axis": axis, "keepdims": bool(keepdims)})


def softmax_cross_entropy(data, label, **_):
    """Sum over the rows of the negative log-probability of each row's label."""
    logs = invoke(OPS["log_softmax"], (data,), {"axis": -1})
    return -invoke(OPS["pick"], (logs, label), {"axis": -1, "keepdims": False}).sum()


def gather_nd(data, indices, **_):
    """Elements of `data` at index vectors: row k of `indices` holds the positions on axis k."""
    key = tuple(row.astype("int64") for row in host(indices._data))
    return invoke(OPS["getitem"], (data,), {"key": key})


def slice_axis(data, axis, begin, end, **_):
    """The part from `begin` up to (without) `end` of one axis."""
    key = (slice(None),) * shapes.axis_of("slice_axis", axis, data.ndim) + (slice(begin, end),)
    return invoke(OPS["getitem"], (data,), {"key": key})


def slice_parts(data, begin, end, step=None, **_):
    """The part from `begin` up to (without) `end`, each with one number (or None) for each axis."""
    begin, end = ((n,) if isinstance(n, int) else tuple(n) for n in (begin, end))
    step = tuple(step or (None,) * len(begin))
    if not len(begin) == len(end) == len(step) <= data.ndim:
        raise MXNetError(
            message(
                "slice",
                f"got begin {begin} and end {end} for an array of shape {data.shape}",
                "They need one number (or None) for each axis, equally many",
            )
        )
    key = tuple(slice(b, e, s) for b, e, s in zip(begin, end, step))
    return invoke(OPS["getitem"], (data,), {"key": key})
