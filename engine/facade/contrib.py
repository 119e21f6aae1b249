"""`mx.nd.contrib`: the simple and common ones of MXNet's further operators."""

import math

import numpy

from ..elsewhere import host
from ..errors import MXNetError, ShapeError, message
from . import alignment, boxes, loops, normalize, sequences, updates, warping
from .calls import array_of, made, op

__all__ = ["FUNCTIONS"]


def div_sqrt_dim(data, **_):
    """The data over the square root of the size of its last axis."""
    return data / math.sqrt(data.shape[-1])


def quadratic(data, a=0.0, b=0.0, c=0.0, **_):
    """a · x² + b · x + c."""
    return a * op("square", data) + b * data + c


def gradientmultiplier(data, scalar=1.0, **_):
    """The data; its gradient is multiplied by `scalar`."""
    rest = data.detach()
    return rest + (data - rest) * scalar


def round_ste(data, **_):
    """The data rounded; the gradient passes straight through."""
    return data + (op("round", data.detach()) - data.detach())


def sign_ste(data, **_):
    """The sign of the data; the gradient passes straight through."""
    return data + (op("sign", data.detach()) - data.detach())


def index_copy(old_tensor, index_vector, new_tensor, **_):
    """The rows of `old_tensor`, those at `index_vector` replaced by `new_tensor`'s."""
    old = array_of("index_copy", old_tensor)
    rows = host(index_vector._data).astype("int64")
    if rows.ndim != 1 or new_tensor.shape != (len(rows), *old.shape[1:]):
        raise ShapeError(
            message(
                "index_copy",
                f"got rows of shape {new_tensor.shape} for {rows.shape} indices",
                f"They must have shape {(rows.size, *old.shape[1:])}",
            )
        )
    return op("setitem", old, new_tensor, key=(rows,))


def index_array(data, axes=None, **_):
    """The position of each element, as the last axis of the result; int64."""
    axes = range(data.ndim) if axes is None else (axes,) if isinstance(axes, int) else axes
    grid = numpy.indices(data.shape)
    return made(numpy.stack([grid[k] for k in axes], axis=-1).astype("int64"), type(data))


def boolean_mask(data, index, axis=0, **_):
    """The parts of `data` along an axis where `index` is not 0."""
    places = numpy.nonzero(host(index._data))[0]
    return op("getitem", data, key=(slice(None),) * (axis % data.ndim) + (places,))


def allclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=True, **_):
    """1 where all elements are equal within the tolerances, else 0."""
    close = numpy.allclose(host(a._data), host(b._data), rtol, atol, equal_nan)
    return made(numpy.float32(close), type(a))


def _test(name, doc):
    def call(data, **_):
        return made(getattr(numpy, name)(host(data._data)).astype("float32"), type(data))

    call.__doc__ = doc
    return call


def fft(data, compute_size=128, **_):
    """Fourier's transform of the last axis: real and imaginary parts alternate."""
    found = numpy.fft.fft(host(data._data))
    both = numpy.stack([found.real, found.imag], axis=-1)
    return made(both.reshape((*data.shape[:-1], -1)).astype("float32"), type(data))


def ifft(data, compute_size=128, **_):
    """The inverse of `fft`, times the size of the axis."""
    both = host(data._data).reshape((*data.shape[:-1], -1, 2))
    count = both.shape[-2]
    found = numpy.fft.ifft(both[..., 0] + 1j * both[..., 1]).real * count
    return made(found.astype("float32"), type(data))


# ----- Attention with queries, keys and values side by side -----


def _heads(x, heads, parts):
    """(time, batch, heads · parts · width) as `parts` arrays (batch · heads, time, width)."""
    time, batch, size = x.shape
    if size % (heads * parts):
        raise ShapeError(
            message("attention", f"got {size} numbers for {heads} heads", "They must divide evenly")
        )
    x = x.reshape((time, batch, heads, parts, size // heads // parts))
    x = op("transpose", x, axes=(3, 1, 2, 0, 4))
    whole = [op("getitem", x, key=k) for k in range(parts)]
    return [v.reshape((batch * heads, time, v.shape[-1])) for v in whole]


def _scores(query, key):
    return op("matmul", query / math.sqrt(query.shape[-1]), op("swapaxes", key, axis1=1, axis2=2))


def _joined(found, heads):
    batch, time, width = found.shape
    x = found.reshape((batch // heads, heads, time, width))
    return op("transpose", x, axes=(2, 0, 1, 3)).reshape((time, batch // heads, heads * width))


def interleaved_matmul_selfatt_qk(queries_keys_values, heads, **_):
    """Scores of self-attention."""
    query, key, _ = _heads(queries_keys_values, heads, 3)
    return _scores(query, key)


def interleaved_matmul_selfatt_valatt(queries_keys_values, attention, heads, **_):
    """Values weighted by self-attention."""
    value = _heads(queries_keys_values, heads, 3)[2]
    return _joined(op("matmul", attention, value), heads)


def interleaved_matmul_encdec_qk(queries, keys_values, heads, **_):
    """Scores of attention from one sequence to another."""
    return _scores(_heads(queries, heads, 1)[0], _heads(keys_values, heads, 2)[0])


def interleaved_matmul_encdec_valatt(keys_values, attention, heads, **_):
    """Values of another sequence weighted by attention."""
    return _joined(op("matmul", attention, _heads(keys_values, heads, 2)[1]), heads)


def batch_norm_with_relu(*args, **given):
    """Batch normalization, negative results set to 0."""
    return op("relu", normalize.batch_norm(*args, **given))


def multibox_left_out(*_, **__):
    """Left out."""
    raise MXNetError(
        "MultiBoxTarget and MultiBoxDetection are left out. "
        "Write them with `nd.contrib.box_iou` and `nd.contrib.box_nms`."
    )


FUNCTIONS = {
    "AdaptiveAvgPooling2D": warping.adaptive_avg_pooling,
    "BatchNormWithReLU": batch_norm_with_relu,
    "BilinearResize2D": warping.bilinear_resize,
    "CTCLoss": alignment.ctc_loss,
    "MultiBoxDetection": multibox_left_out,
    "MultiBoxPrior": boxes.multibox_prior,
    "MultiBoxTarget": multibox_left_out,
    "ROIAlign": warping.roi_align,
    "SyncBatchNorm": normalize.batch_norm,
    "adamw_update": updates.adamw_update,
    "allclose": allclose,
    "arange_like": sequences.arange_like,
    "boolean_mask": boolean_mask,
    "box_iou": boxes.box_iou,
    "box_nms": boxes.box_nms,
    "box_non_maximum_suppression": boxes.box_nms,
    "cond": loops.cond,
    "ctc_loss": alignment.ctc_loss,
    "div_sqrt_dim": div_sqrt_dim,
    "fft": fft,
    "foreach": loops.foreach,
    "gradientmultiplier": gradientmultiplier,
    "group_adagrad_update": updates.group_adagrad_update,
    "ifft": ifft,
    "index_array": index_array,
    "index_copy": index_copy,
    "interleaved_matmul_encdec_qk": interleaved_matmul_encdec_qk,
    "interleaved_matmul_encdec_valatt": interleaved_matmul_encdec_valatt,
    "interleaved_matmul_selfatt_qk": interleaved_matmul_selfatt_qk,
    "interleaved_matmul_selfatt_valatt": interleaved_matmul_selfatt_valatt,
    "isfinite": _test("isfinite", "1 where an element is a finite number, else 0."),
    "isinf": _test("isinf", "1 where an element is infinite, else 0."),
    "isnan": _test("isnan", "1 where an element is NaN, else 0."),
    "quadratic": quadratic,
    "round_ste": round_ste,
    "sign_ste": sign_ste,
    "while_loop": loops.while_loop,
}
