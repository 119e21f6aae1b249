"""`mx.np`: NumPy's functions on `mx.np.ndarray`, differentiable."""

import builtins  # this module's own `any`, `sum`, … are the array functions
import types

import numpy

from .. import elsewhere
from ..array import ARRAYS, Array, invoke, ndarray, watch, wrap
from ..errors import OutOfBounds, message
from ..registry import OPS
from ..tape import state
from . import arrange, device, distributions, fallback, finance, linear, order, statistics, sums
from .calls import attach, op, stream
from .generate import (
    check_scale,
    check_span,
    dtype_name,
    functions,
    in_order,
    missing,
    new_raw,
    parameter,
    plain,
    public,
    sizes,
    steps,
)

_before = set(globals())
globals().update(functions("np", ndarray))

pi, e, inf, nan, newaxis, euler_gamma = (
    numpy.pi,
    numpy.e,
    numpy.inf,
    numpy.nan,
    None,
    numpy.euler_gamma,
)
float16, float32, float64 = numpy.float16, numpy.float32, numpy.float64
uint8, int8, int32, int64, bool_ = (numpy.uint8, numpy.int8, numpy.int32, numpy.int64, numpy.bool_)
bool = numpy.bool_
_order = order


def _made(raw) -> ndarray:
    """A new source array around `raw`, told to whoever watches."""
    result = wrap(ndarray, raw)
    if watch.observer is not None:
        watch.observer.operation(OPS["array"], (), None, result, None)
    return result


# ----- Making arrays -----


def array(object, dtype=None, ctx=None, device=None) -> ndarray:
    """Array from numbers, nested lists or NumPy data; lists become float32 unless `dtype` is."""
    _check(ctx or device)
    if dtype is None and not isinstance(object, numpy.ndarray | numpy.generic | Array):
        dtype = "float32"
    if isinstance(object, list | tuple) and builtins.any(type(x) in ARRAYS for x in object):
        return stack([asarray(x) for x in object])
    return _made(new_raw(object, None if dtype is None else dtype_name(dtype)))


def asarray(obj, dtype=None) -> ndarray:
    """`obj` itself when it is an array already, else an array made from it."""
    return obj if isinstance(obj, ndarray) and dtype is None else array(obj, dtype)


def _check(ctx):
    device.check(ctx)


def zeros(shape, dtype=None, order="C", ctx=None, device=None):
    """Array of zeros."""
    _check(ctx or device)
    in_order("zeros", order)
    return invoke(
        OPS["zeros"], (), {"shape": sizes("zeros", shape), "dtype": dtype_name(dtype)}, ndarray
    )


def ones(shape, dtype=None, order="C", ctx=None, device=None):
    """Array of ones."""
    _check(ctx or device)
    in_order("ones", order)
    return invoke(
        OPS["ones"], (), {"shape": sizes("ones", shape), "dtype": dtype_name(dtype)}, ndarray
    )


empty = zeros


def full(shape, fill_value, order="C", dtype=None, ctx=None, device=None, out=None):
    """Array of one number."""
    _check(ctx or device)
    attrs = {
        "shape": sizes("full", shape),
        "fill_value": plain(fill_value),
        "dtype": dtype_name(dtype, "bool" if isinstance(fill_value, builtins.bool) else "float32"),
    }
    return invoke(OPS["full"], (), attrs, ndarray)


def arange(start, stop=None, step=1, dtype=None, ctx=None, device=None):
    """Evenly stepped numbers up to (without) stop; float32 even for integer arguments."""
    _check(ctx or device)
    if stop is None:
        start, stop = 0, start
    attrs = steps(start, stop, 1 if step is None else step, dtype)
    return invoke(OPS["arange"], (), attrs, ndarray)


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, ctx=None):
    """`num` evenly spaced numbers from start to stop."""
    _check(ctx)
    attrs = {
        "start": start,
        "stop": stop,
        "num": num,
        "endpoint": endpoint,
        "dtype": dtype_name(dtype),
    }
    result = invoke(OPS["linspace"], (), attrs, ndarray)
    return (result, (stop - start) / (num - endpoint)) if retstep else result


def eye(N, M=None, k=0, dtype=None, ctx=None):
    """Matrix with ones on a diagonal."""
    _check(ctx)
    if M == 0:  # the row has MXNet's older convention: 0 means as many columns as rows
        return invoke(OPS["zeros"], (), {"shape": (N, 0), "dtype": dtype_name(dtype)}, ndarray)
    attrs = {"N": N, "M": M or 0, "k": k, "dtype": dtype_name(dtype)}
    return invoke(OPS["eye"], (), attrs, ndarray)


def identity(n, dtype=None, ctx=None):
    """Square matrix with ones on the diagonal."""
    return eye(n, dtype=dtype, ctx=ctx)


# ----- Joining, cutting, rearranging -----


def concatenate(seq, axis=0, out=None):
    """Arrays joined along an axis (None: flattened first)."""
    if axis is None:
        seq, axis = [x.reshape(-1) for x in seq], 0
    result = invoke(OPS["concatenate"], tuple(seq), {"axis": axis})
    return result if out is None else out._become(result)


def stack(arrays, axis=0, out=None):
    """Arrays of one shape joined along a new axis."""
    result = invoke(OPS["stack"], tuple(arrays), {"axis": axis})
    return result if out is None else out._become(result)


def split(ary, indices_or_sections, axis=0):
    """The array cut into parts along an axis: a list."""
    return invoke(
        OPS["split"], (ary,), {"indices_or_sections": plain(indices_or_sections), "axis": axis}
    )


def reshape(a, newshape, reverse=False, order="C"):
    """Same elements in another shape."""
    return a.reshape(newshape)


def moveaxis(a, source, destination):
    """Axes moved to other places; the rest keep their order."""
    moved, places = ((n,) if isinstance(n, int) else tuple(n) for n in (source, destination))
    moved, places = ([n % a.ndim for n in part] for part in (moved, places))
    axes = [k for k in range(a.ndim) if k not in moved]
    for place, axis in sorted(zip(places, moved, strict=True)):
        axes.insert(place, axis)
    return transpose(a, axes)


def take(a, indices, axis=None, mode="raise", out=None):
    """Elements picked by an array of indices: along an axis, or of the flattened array.

    Indices out of bounds raise an error; with `mode="clip"` they are clipped, "wrap" counts on.
    """
    size = a.size if axis is None else a.shape[axis]
    raw = _raw(indices)
    if mode == "raise" and raw.size and not -size <= raw.min() <= raw.max() < size:
        raise OutOfBounds(
            message(
                "take",
                f"got indices from {raw.min():g} to {raw.max():g} for {size} elements",
                f"They must be between {-size} and {size - 1}",
                'Or say `mode="clip"`.',
            )
        )
    indices = asarray(indices, None if isinstance(indices, ndarray) else "int64")
    # Negative indices count from the end, which wrapping does.
    mode = "wrap" if mode == "raise" else mode
    return invoke(OPS["take"], (a, indices), {"axis": axis, "mode": mode})


def sort(a, axis=-1, kind=None, order=None):
    """The elements in order along an axis (None: of the flattened array)."""
    return _order.sort(a, axis)


def argsort(a, axis=-1, kind=None, order=None):
    """Where the elements stand that come first, second, … in order along an axis."""
    return _order.positions(a, axis)


def inner(a, b):
    """Sum of products over the last axes of both arrays."""
    if not a.ndim or not b.ndim:
        return a * b
    return invoke(OPS["tensordot"], (a, b), {"axes": ((-1,), (-1,))})


def vdot(a, b):
    """Dot product of two arrays, flattened."""
    return invoke(OPS["dot"], (a.reshape(-1), b.reshape(-1)))


def transpose(a, axes=None):
    """Axes in another order (reversed when axes is None)."""
    return invoke(OPS["transpose"], (a,), {"axes": plain(axes)})


def ravel(x, order="C"):
    """The elements in one axis."""
    return x.reshape(-1)


def outer(a, b):
    """Products of every element of one vector with every element of another."""
    return invoke(OPS["tensordot"], (a.reshape(-1), b.reshape(-1)), {"axes": 0})


def copy(a):
    """The same values in new memory."""
    return a.copy()


# ----- Comparing (results are Python's) -----


def _raw(x):
    return elsewhere.host(x._data) if isinstance(x, Array) else numpy.asarray(x)


def array_equal(a1, a2, equal_nan=False):
    """Whether two arrays have the same shape and elements; takes NumPy arrays too."""
    return numpy.array_equal(_raw(a1), _raw(a2), equal_nan=equal_nan)


def array_equiv(a1, a2):
    """Whether two arrays are equal after broadcasting; takes NumPy arrays too."""
    return numpy.array_equiv(_raw(a1), _raw(a2))


def allclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Whether all elements are equal within a tolerance; takes NumPy arrays too."""
    return numpy.allclose(_raw(a), _raw(b), rtol, atol, equal_nan)


def shape(a):
    """Sizes of the axes."""
    return a.shape


def ndim(a):
    """Number of axes."""
    return a.ndim


def size(a):
    """Number of elements."""
    return a.size


def set_printoptions(*args, **kwargs):
    """How arrays are printed, as NumPy's function of this name."""
    numpy.set_printoptions(*args, **kwargs)


# ----- Functions of the other files, and other names -----

globals().update(fallback.FUNCTIONS)
globals().update({name: getattr(finance, name) for name in finance.__all__})
for _file in (arrange, statistics, sums):
    globals().update({_key: getattr(_file, _key) for _key in _file.__all__})


def where(condition, x=None, y=None):
    """Elements of `x` where the condition holds, else of `y`; alone: where it holds."""
    if x is None and y is None:
        return fallback.FUNCTIONS["nonzero"](condition)
    return invoke(OPS["where"], (condition, x, y))


def around(x, decimals=0, out=None, **_):
    """Rounded to a number of decimals, halves to the even neighbour; the gradient is 0."""
    if x._data.dtype.kind in "iu" and decimals >= 0:
        return x.copy() if out is None else out._become(x)
    scale = 10.0**decimals
    up = (x * scale if decimals else x) + 0.5
    odd = op("equal", op("mod", up, 2), 1).astype(up.dtype)  # a half, and its upper end is odd
    result = op("floor", up) - odd
    result = result / scale if decimals else result
    return result if out is None else out._become(result)


def positive(x):
    """The array itself, as a new one."""
    return op("copy", x)


def real(x):
    """The real part: all of it."""
    return x


def empty_like(prototype, dtype=None, order="C", subok=False, shape=None):
    """Array of zeros in the shape of another."""
    result = op("zeros_like", prototype)
    return result if dtype is None else result.astype(dtype)


def kron(a, b):
    """Each element of `a` times all of `b`, laid out as blocks."""
    rank = builtins.max(a.ndim, b.ndim)
    a = a.reshape((1,) * (rank - a.ndim) + a.shape)
    b = b.reshape((1,) * (rank - b.ndim) + b.shape)
    wide = a.reshape(tuple(k for n in a.shape for k in (n, 1)))
    product = wide * b.reshape(tuple(k for n in b.shape for k in (1, n)))
    return product.reshape(tuple(n * m for n, m in zip(a.shape, b.shape)))


def cross(a, b):
    """Vector product along the last axes, of size 3."""
    rolled = [op("roll", x, shift=-1, axis=-1) for x in (a, b)]
    product = a * rolled[1] - rolled[0] * b
    return op("roll", product, shift=-1, axis=-1)


_alias = {
    "alltrue": "all", "sometrue": "any", "product": "prod", "float_power": "power",
    "round": "around", "round_": "around",
}  # fmt: skip
globals().update({_key: globals()[_value] for _key, _value in _alias.items()})

# ----- np.linalg, np.random -----

linalg = types.ModuleType("mxnet.numpy.linalg", "Linear algebra on `mx.np.ndarray`.")


attach(linalg, linear.FUNCTIONS)

random = types.ModuleType("mxnet.numpy.random", "Random draws as MXNet makes them.")


def _draw(op, attrs, size, dtype, ctx):
    _check(ctx)
    size = None if size is None else sizes(op, size)
    attrs = {**attrs, "size": size, "dtype": dtype_name(dtype)}
    return invoke(OPS[op], (), attrs, ndarray)


def _uniform(low=0.0, high=1.0, size=None, dtype=None, ctx=None, out=None):
    """Uniform draws from `low` up to (without) `high`."""
    given = {"low": parameter(low), "high": parameter(high)}
    return _draw("random_uniform", given, size, dtype, ctx)


def _normal(loc=0.0, scale=1.0, size=None, dtype=None, ctx=None, out=None):
    """Normal draws with mean `loc` and standard deviation `scale`."""
    if state.recording and (getattr(loc, "_entry", None) or getattr(scale, "_entry", None)):
        return distributions.normal(loc, scale, size, dtype, ctx, out)
    check_scale("normal", scale)
    given = {"loc": parameter(loc), "scale": parameter(scale)}
    return _draw("random_normal", given, size, dtype, ctx)


def _rand(*size, **given):
    """Uniform draws from 0 up to 1 in the given shape."""
    return _uniform(size=size, **given)


def _randn(*size, **given):
    """Standard normal draws in the given shape."""
    return _normal(size=size, **given)


def _randint(low, high=None, size=None, dtype=None, ctx=None, out=None):
    """Integers from `low` up to (without) `high`."""
    _check(ctx)
    if high is None:
        low, high = 0, low
    check_span(low, high)
    attrs = {
        "low": low,
        "high": high,
        "shape": () if size is None else sizes("randint", size),
        "dtype": dtype_name(dtype, "int64"),
    }
    return invoke(OPS["random_randint"], (), attrs, ndarray)


def _shuffle(x):
    """Shuffles an array in place along its first axis."""
    x[...] = wrap(ndarray, x._data[stream().shuffle_indices(len(x), x.ndim)])


for _key, _draws in (
    ("uniform", _uniform),
    ("normal", _normal),
    ("rand", _rand),
    ("randn", _randn),
    ("randint", _randint),
    ("shuffle", _shuffle),
):
    _draws.__name__ = _draws.__qualname__ = _key
    setattr(random, _key, _draws)
attach(random, distributions.NP_FUNCTIONS)
for _module in (linalg, random):
    _module.__getattr__ = missing(_module.__name__, [n for n in vars(_module) if n[0] != "_"])

for _space in (globals(), vars(random), vars(linalg)):
    device.place_all(_space, _before)

__all__ = ["ndarray", *public(globals(), _before)]
__getattr__ = missing("mxnet.np", __all__)


def __dir__():
    return __all__
