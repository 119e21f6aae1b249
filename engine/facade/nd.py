"""`mx.nd`: MXNet's older array namespace, on `NDArray`."""

import types

import numpy

from .. import shapes
from ..array import Array, NDArray, invoke, watch, wrap
from ..elsewhere import host
from ..errors import MXNetError, message
from ..registry import OPS
from . import (
    alignment,
    densities,
    device,
    distributions,
    files,
    images,
    layers,
    linear,
    normalize,
    order,
    outputs,
    recurrent,
    sequences,
    statistics,
    updates,
    warping,
)
from . import (
    contrib as _contrib,
)
from .calls import attach, stream
from .generate import (
    check_scale,
    check_span,
    dtype_name,
    finish,
    function,
    functions,
    missing,
    new_raw,
    parameter,
    plain,
    public,
    sizes,
    steps,
)
from .npx import waitall

_before = set(globals())
globals().update(functions("nd", NDArray))


# ----- Making arrays -----


def array(source_array, ctx=None, dtype=None) -> NDArray:
    """Array from numbers, nested lists or NumPy data; float32 unless told otherwise."""
    device.check(ctx)
    if dtype is None:
        dtype = source_array.dtype if isinstance(source_array, Array) else "float32"
    result = wrap(NDArray, new_raw(source_array, dtype_name(dtype)))
    if watch.observer is not None:
        watch.observer.operation(OPS["array"], (), None, result, None)
    return result


def zeros(shape, ctx=None, dtype=None, stype=None, out=None, **_):
    """Array of zeros."""
    _dense(stype)
    device.check(ctx)
    attrs = {"shape": sizes("zeros", shape), "dtype": dtype_name(dtype)}
    return finish(invoke(OPS["zeros"], (), attrs, NDArray), out)


def _dense(stype):
    if stype not in (None, "default"):
        raise MXNetError(f"stype: sparse storage {stype!r} is left out. Arrays are dense here.")


def ones(shape, ctx=None, dtype=None, stype=None, out=None, **_):
    """Array of ones."""
    _dense(stype)
    device.check(ctx)
    attrs = {"shape": sizes("ones", shape), "dtype": dtype_name(dtype)}
    return finish(invoke(OPS["ones"], (), attrs, NDArray), out)


empty = zeros


def full(shape, val, ctx=None, dtype=None, out=None):
    """Array of one number."""
    device.check(ctx)
    attrs = {"shape": sizes("full", shape), "fill_value": plain(val), "dtype": dtype_name(dtype)}
    return finish(invoke(OPS["full"], (), attrs, NDArray), out)


def arange(start, stop=None, step=1.0, repeat=1, infer_range=False, ctx=None, dtype=None):
    """Evenly stepped numbers up to (without) stop, each `repeat` times."""
    device.check(ctx)
    if stop is None:
        start, stop = 0, start
    attrs = steps(start, stop, step, dtype)
    result = invoke(OPS["arange"], (), attrs, NDArray)
    return result if repeat == 1 else result.repeat(repeat)


def linspace(start, stop, num, endpoint=True, ctx=None, dtype=None):
    """`num` evenly spaced numbers from start to stop."""
    device.check(ctx)
    attrs = {
        "start": start,
        "stop": stop,
        "num": num,
        "endpoint": endpoint,
        "dtype": dtype_name(dtype),
    }
    return invoke(OPS["linspace"], (), attrs, NDArray)


def eye(N, M=0, k=0, ctx=None, dtype=None, **_):
    """Matrix with ones on a diagonal."""
    device.check(ctx)
    attrs = {"N": N, "M": M, "k": k, "dtype": dtype_name(dtype)}
    return invoke(OPS["eye"], (), attrs, NDArray)


# ----- Arithmetic by name -----

for _public, _row in (
    ("elemwise_add", "add"),
    ("elemwise_sub", "subtract"),
    ("elemwise_mul", "multiply"),
    ("elemwise_div", "true_divide"),
    ("broadcast_add", "add"),
    ("broadcast_plus", "add"),
    ("broadcast_sub", "subtract"),
    ("broadcast_minus", "subtract"),
    ("broadcast_mul", "multiply"),
    ("broadcast_div", "true_divide"),
    ("broadcast_mod", "mod"),
    ("broadcast_power", "power"),
    ("broadcast_maximum", "maximum"),
    ("broadcast_minimum", "minimum"),
    ("broadcast_hypot", "hypot"),
    ("broadcast_equal", "equal"),
    ("broadcast_not_equal", "not_equal"),
    ("broadcast_greater", "greater"),
    ("broadcast_greater_equal", "greater_equal"),
    ("broadcast_lesser", "less"),
    ("broadcast_lesser_equal", "less_equal"),
    ("broadcast_logical_and", "logical_and"),
    ("broadcast_logical_or", "logical_or"),
    ("broadcast_logical_xor", "logical_xor"),
):
    globals()[_public] = function(OPS[_row], NDArray, _public)


def add_n(*args, **_):
    """Sum of several arrays."""
    total = args[0]
    for x in args[1:]:
        total = total + x
    return total


# ----- Reductions with MXNet's extra arguments -----


def _reduction(row):
    usual = {"axis": None, "keepdims": False}

    def call(data, axis=None, keepdims=False, exclude=False, **_):
        if axis is None and keepdims is False:
            return invoke(row, (data,), usual)
        axis = _others(data, axis, exclude)
        return invoke(row, (data,), {"axis": axis, "keepdims": bool(keepdims)})

    call.__name__ = row.name
    call.__doc__ = f"{row.doc} `exclude` reduces over all other axes instead."
    return call


for _row in ("sum", "mean", "prod", "max", "min"):
    globals()[_row] = _reduction(OPS[_row])
sum_axis, max_axis, min_axis = globals()["sum"], globals()["max"], globals()["min"]

# ----- Joining, cutting, rearranging -----


def concat(*data, dim=1, **_):
    """Arrays joined along axis `dim`."""
    data = data[0] if len(data) == 1 and isinstance(data[0], list | tuple) else data
    return invoke(OPS["concatenate"], tuple(data), {"axis": dim})


def concatenate(arrays, axis=0, always_copy=True):
    """Arrays joined along an axis."""
    return invoke(OPS["concatenate"], tuple(arrays), {"axis": axis})


def stack(*data, axis=0, **_):
    """Arrays of one shape joined along a new axis."""
    data = data[0] if len(data) == 1 and isinstance(data[0], list | tuple) else data
    return invoke(OPS["stack"], tuple(data), {"axis": axis})


def split(data, num_outputs, axis=1, squeeze_axis=False, **_):
    """The array cut into equal parts along an axis."""
    parts = invoke(OPS["split"], (data,), {"indices_or_sections": num_outputs, "axis": axis})
    parts = [p.squeeze(axis) for p in parts] if squeeze_axis else parts
    return parts[0] if num_outputs == 1 else parts


def reshape(data, shape=None, reverse=False, **_):
    """Same elements in another shape; 0 copies an axis, -1 is inferred, -2, -3, -4 as in MXNet.

    With `reverse` the shape is read from the right.
    """
    new = shapes.resolved("reshape", data.shape, plain(shape), reverse)
    return invoke(OPS["reshape"], (data,), {"newshape": new})


def transpose(data, axes=None, **_):
    """Axes in another order (reversed when axes is None)."""
    return data.transpose(axes) if axes else data.transpose()


def where(condition, x, y, **_):
    """Elements of `x` where the condition holds, else of `y`; a vector chooses whole rows."""
    if condition.ndim == 1 and x.ndim > 1:
        condition = condition.reshape((-1,) + (1,) * (x.ndim - 1))
    return invoke(OPS["where"], (condition, x, y))


def broadcast_to(data, shape=None, **_):
    """The array repeated along axes of size 1; 0 keeps an axis as it is."""
    sizes = plain(shape)
    if len(sizes) == data.ndim:
        sizes = tuple(n or old for n, old in zip(sizes, data.shape))
    return invoke(OPS["broadcast_to"], (data,), {"shape": sizes})


def flatten(data, **_):
    """All axes but the first joined into one."""
    return data.flatten()


def dot(lhs, rhs, transpose_a=False, transpose_b=False, **_):
    """Sum of products over the last axis of `lhs` and the first of `rhs`."""
    if transpose_a:  # the first axis is summed over, the others keep their order
        lhs = lhs.transpose((*range(1, lhs.ndim), 0))
    if transpose_b:
        rhs = rhs.transpose((rhs.ndim - 1, *range(rhs.ndim - 1)))
    if rhs.ndim > 2:
        return invoke(OPS["tensordot"], (lhs, rhs), {"axes": 1})
    return invoke(OPS["dot"], (lhs, rhs))


def batch_dot(lhs, rhs, transpose_a=False, transpose_b=False, **_):
    """Matrix product of each pair of matrices in two batches."""
    lhs = lhs.swapaxes(-1, -2) if transpose_a else lhs
    rhs = rhs.swapaxes(-1, -2) if transpose_b else rhs
    return invoke(OPS["batch_dot"], (lhs, rhs))


def cast(data, dtype, **_):
    """The same values in another dtype."""
    return data.astype(dtype)


Cast, Concat, Flatten, Reshape, SliceChannel = (
    cast,
    concat,
    flatten,
    reshape,
    split,
)


def swapaxes(data, dim1=0, dim2=0, **_):
    """Two axes exchanged."""
    return invoke(OPS["swapaxes"], (data,), {"axis1": dim1, "axis2": dim2})


SwapAxis = swapaxes


def take(a, indices, axis=0, mode="clip", **_):
    """Elements along an axis picked by an array of indices, clipped into range (or wrapped)."""
    return invoke(OPS["take"], (a, indices), {"axis": axis, "mode": mode})


def sort(data, axis=-1, is_ascend=True, **_):
    """The elements in order along an axis (None: of the flattened array)."""
    return order.sort(data, axis, is_ascend)


def argsort(data, axis=-1, is_ascend=True, dtype="float32", **_):
    """Where the elements stand that come first, second, … in order along an axis."""
    return order.positions(data, axis, is_ascend).astype(dtype)


topk = order.topk
slice_axis, slice, gather_nd = layers.slice_axis, layers.slice_parts, layers.gather_nd


def identity(data, **_):
    """The same values in new memory."""
    return data.copy()


# ----- Layers as functions -----


Activation, LeakyReLU, FullyConnected, Dropout, Embedding = (
    layers.activation,
    layers.leaky_relu,
    layers.fully_connected,
    layers.dropout,
    layers.embedding,
)
pick, softmax, log_softmax, softmin, softmax_cross_entropy = (
    layers.pick,
    layers.softmax,
    layers.log_softmax,
    layers.softmin,
    layers.softmax_cross_entropy,
)

# ----- nd.random -----

random = types.ModuleType("mxnet.ndarray.random", "Random draws as MXNet makes them.")


def _draw(op, attrs, shape, dtype, ctx, out):
    device.check(ctx)
    if shape is None:  # one number, or one for each element of the parameters
        many = any(isinstance(value, numpy.ndarray) for value in attrs.values())
        shape = out.shape if out is not None else () if many else (1,)
    attrs = {**attrs, "shape": sizes(op, shape), "dtype": dtype_name(dtype)}
    result = invoke(OPS[op], (), attrs, NDArray)
    return result if out is None else out._become(result)


def _uniform(low=0, high=1, shape=None, dtype=None, ctx=None, out=None, **_):
    """Uniform draws from `low` up to (without) `high`."""
    given = {"low": parameter(low), "high": parameter(high)}
    return _draw("nd_random_uniform", given, shape, dtype, ctx, out)


def _normal(loc=0, scale=1, shape=None, dtype=None, ctx=None, out=None, **_):
    """Normal draws with mean `loc` and standard deviation `scale`."""
    check_scale("normal", scale, MXNetError)
    given = {"loc": parameter(loc), "scale": parameter(scale)}
    return _draw("nd_random_normal", given, shape, dtype, ctx, out)


def _randn(*shape, loc=0, scale=1, dtype=None, ctx=None, **_):
    """Normal draws in the given shape."""
    return _normal(loc, scale, shape or None, dtype, ctx)


def _exponential(scale=1, shape=None, dtype=None, ctx=None, out=None, **_):
    """Exponential draws with mean `scale`."""
    check_scale("exponential", scale, MXNetError)
    return _draw("nd_random_exponential", {"scale": parameter(scale)}, shape, dtype, ctx, out)


def _randint(low, high, shape=None, dtype=None, ctx=None, out=None, **_):
    """Integers from `low` up to (without) `high`."""
    check_span(low, high)
    return _draw("random_randint", {"low": low, "high": high}, shape, dtype or "int32", ctx, out)


def _shuffle(data, **_):
    """The array shuffled along its first axis."""
    return data[stream().shuffle_indices(len(data), data.ndim)]


for _key, _made in (
    ("uniform", _uniform),
    ("normal", _normal),
    ("randn", _randn),
    ("exponential", _exponential),
    ("randint", _randint),
    ("shuffle", _shuffle),
):
    _made.__name__ = _made.__qualname__ = _key
    setattr(random, _key, _made)
attach(random, distributions.ND_FUNCTIONS)
_LIKE = ("uniform", "normal", "exponential", "gamma", "poisson", "negative_binomial",
         "generalized_negative_binomial")  # fmt: skip
attach(random, {f"{_key}_like": distributions.like(getattr(random, _key), _key) for _key in _LIKE})
random.__getattr__ = missing(random.__name__, [n for n in vars(random) if n[0] != "_"])
random_uniform, random_normal, random_randint = _uniform, _normal, _randint
random_exponential = _exponential
uniform, normal, shuffle = _uniform, _normal, _shuffle

for _key in distributions.ND_FUNCTIONS:
    globals()[f"random_{_key}"] = getattr(random, _key)
for _key in ("uniform", "normal", "exponential", "gamma", "poisson", "multinomial",
             "negative_binomial", "generalized_negative_binomial"):  # fmt: skip
    globals()[f"sample_{_key}"] = getattr(random, _key)

# ----- nd.linalg, and functions of the other files -----

linalg = types.ModuleType("mxnet.ndarray.linalg", "Linear algebra on NDArrays.")
attach(linalg, linear.ND_FUNCTIONS)
linalg.__getattr__ = missing(linalg.__name__, list(linear.ND_FUNCTIONS))
for _key in linear.ND_FUNCTIONS:
    globals()[f"linalg_{_key}"] = getattr(linalg, _key)
globals().update(updates.FUNCTIONS)
save, load = files.save, files.nd_load

Convolution, Deconvolution, Pooling, UpSampling = (
    images.convolution,
    images.deconvolution,
    images.pooling,
    images.upsampling,
)
im2col, col2im = images.im2col, images.col2im
depth_to_space, space_to_depth = images.depth_to_space, images.space_to_depth
BatchNorm, LayerNorm, InstanceNorm, GroupNorm, L2Normalization, LRN = (
    normalize.batch_norm,
    normalize.layer_norm,
    normalize.instance_norm,
    normalize.group_norm,
    normalize.l2_normalization,
    normalize.lrn,
)
moments, all_finite = normalize.moments, normalize.all_finite
SoftmaxOutput = Softmax = outputs.softmax_output
LinearRegressionOutput, LogisticRegressionOutput, MAERegressionOutput, SVMOutput = (
    outputs.linear_regression_output,
    outputs.logistic_regression_output,
    outputs.mae_regression_output,
    outputs.svm_output,
)
MakeLoss = make_loss = outputs.make_loss
SoftmaxActivation = outputs.softmax_activation
smooth_l1, hard_sigmoid = outputs.smooth_l1, outputs.hard_sigmoid
SequenceMask, SequenceLast, SequenceReverse = (
    sequences.sequence_mask,
    sequences.sequence_last,
    sequences.sequence_reverse,
)
reshape_like, broadcast_like, slice_like = (
    sequences.reshape_like,
    sequences.broadcast_like,
    sequences.slice_like,
)
broadcast_axis = broadcast_axes = sequences.broadcast_axis
shape_array, size_array = sequences.shape_array, sequences.size_array
scatter_nd, batch_take, diag = sequences.scatter_nd, sequences.batch_take, sequences.diag
ravel_multi_index, unravel_index = sequences.ravel_multi_index, sequences.unravel_index
reverse, split_v2, khatri_rao = sequences.reverse, sequences.split_v2, sequences.khatri_rao
choose_element_0index, argmax_channel = sequences.batch_take, sequences.argmax_channel
pad = Pad = sequences.nd_pad
crop, BatchNorm_v1, Convolution_v1, Pooling_v1 = slice, BatchNorm, Convolution, Pooling
ElementWiseSum = add_n


def _others(data, axis, exclude):
    """The axes to reduce over: `axis`, or all but these when they are to be excluded."""
    axis = plain(axis)
    if not exclude or axis is None:
        return None if axis == () else axis
    kept = shapes.axes_of("axis", axis, data.ndim)
    return tuple(k for k in range(data.ndim) if k not in kept)


def nansum(data, axis=None, keepdims=False, exclude=False, **_):
    """Sum over the axes, NaN counted as 0."""
    return statistics.nansum(data, _others(data, axis, exclude), keepdims=keepdims)


def nanprod(data, axis=None, keepdims=False, exclude=False, **_):
    """Product over the axes, NaN counted as 1."""
    return statistics.nanprod(data, _others(data, axis, exclude), keepdims=keepdims)


def from_numpy(ndarray, zero_copy=True):
    """An NDArray with the numbers of a NumPy array."""
    made = array(ndarray, dtype=ndarray.dtype)
    if zero_copy:  # in MXNet the two share memory from here on, so NumPy may not write to it
        ndarray.flags.writeable = False
    return made


def moveaxis(tensor, source, destination):
    """Axes moved to other places; the rest keep their order."""
    source, destination = ((n,) if isinstance(n, int) else n for n in (source, destination))
    places = []
    for part in (source, destination):
        if any(not -tensor.ndim <= n < tensor.ndim for n in part):
            raise ValueError(
                message("moveaxis", f"got the axes {part}", f"There are {tensor.ndim}")
            )
        places.append([n % tensor.ndim for n in part])
    source, destination = places
    if len(set(source)) != len(source) or len(set(destination)) != len(destination):
        raise ValueError(message("moveaxis", "an axis comes twice", "Each may come once"))
    if len(source) != len(destination):
        raise ValueError(message("moveaxis", "got fewer places than axes", "One for each"))
    axes = [k for k in range(tensor.ndim) if k not in source]
    for place, axis in sorted(zip(destination, source, strict=True)):
        axes.insert(place, axis)
    return tensor.transpose(tuple(axes))


RNN, CTCLoss, ctc_loss = recurrent.rnn, alignment.ctc_loss, alignment.ctc_loss
BilinearSampler, GridGenerator, SpatialTransformer = (
    warping.bilinear_sampler,
    warping.grid_generator,
    warping.spatial_transformer,
)
ROIPooling, Correlation, Crop = warping.roi_pooling, warping.correlation, warping.crop_layer
IdentityAttachKLSparseReg = outputs.sparse_regularization
globals().update(densities.FUNCTIONS)


def histogram(a, bins=10, range=None, **_):
    """How many elements lie in each bin, and the bins' edges."""
    edges = host(bins._data) if isinstance(bins, Array) else bins
    counts, edges = numpy.histogram(host(a._data), edges, range)
    return [array(counts, dtype="int64"), array(edges.astype(a._data.dtype))]


def onehot_encode(indices, out):
    """Writes a row with a 1 at each index to `out`."""
    out[:] = invoke(OPS["one_hot"], (indices,), {**OPS["one_hot"].attrs, "depth": out.shape[1]})
    return out


def fill_element_0index(lhs, mhs, rhs):
    """`lhs` with the element of row k at column `rhs[k]` replaced by `mhs[k]`."""
    rows, columns = numpy.arange(lhs.shape[0]), host(rhs._data).astype("int64")
    return invoke(OPS["setitem"], (lhs, mhs), {"key": (rows, columns)})


def amp_cast(data, dtype="float32", **_):
    """The same values in another dtype of floating point."""
    return data.astype(dtype)


def amp_multicast(*data, num_outputs=None, cast_narrow=False, **_):
    """Arrays in the widest dtype of theirs (or the narrowest)."""
    kinds = sorted({x._data.dtype for x in data}, key=lambda kind: kind.itemsize)
    return [x.astype(kinds[0 if cast_narrow else -1].name) for x in data]


def Custom(*inputs, op_type=None, name=None, **given):
    """Calls the operator that `mx.operator.register(op_type)` named, on arrays."""
    from . import operator

    return operator.Custom(*inputs, op_type=op_type, name=name, **given)


contrib = types.ModuleType("mxnet.ndarray.contrib", "Further operators, on NDArrays.")
attach(contrib, _contrib.FUNCTIONS)
contrib.__getattr__ = missing(contrib.__name__, list(_contrib.FUNCTIONS))
random.current_context = device.current_context

for _space in (globals(), vars(random), vars(linalg), vars(contrib)):
    device.place_all(_space, _before)

__all__ = ["NDArray", "waitall", *public(globals(), _before)]
__getattr__ = missing("mxnet.nd", __all__)


def __dir__():
    return __all__
