"""`mx.np`: NumPy's functions on `mx.np.ndarray`, differentiable."""

import builtins  # this module's own `any`, `sum`, … are the array functions
import types

import numpy

from ..array import ARRAYS, Array, invoke, ndarray, raw_of, watch, wrap
from ..devices import HOST
from ..registry import OPS
from . import device
from .generate import functions, plain

globals().update(functions("np", ndarray))

pi, e, inf, nan, newaxis, euler_gamma = (
    numpy.pi, numpy.e, numpy.inf, numpy.nan, None, numpy.euler_gamma)
float16, float32, float64 = numpy.float16, numpy.float32, numpy.float64
uint8, int8, int32, int64, bool_ = (
    numpy.uint8, numpy.int8, numpy.int32, numpy.int64, numpy.bool_)
bool = numpy.bool_
_dtype = numpy.dtype


def made(raw) -> ndarray:
    """A new source array around `raw`, told to whoever watches."""
    result = wrap(ndarray, raw)
    if watch.observer is not None:
        watch.observer.operation(OPS["array"], (), None, result, None)
    return result


def _name(dtype, default="float32") -> str:
    return default if dtype is None else numpy.dtype(dtype).name


# ----- Making arrays -----


def array(object, dtype=None, ctx=None, device=None) -> ndarray:
    """Array from numbers, nested lists or NumPy data; lists become float32 unless told otherwise."""
    _check(ctx or device)
    if dtype is None and not isinstance(object, numpy.ndarray | numpy.generic | Array):
        dtype = "float32"
    if isinstance(object, list | tuple) and builtins.any(type(x) in ARRAYS for x in object):
        return stack([asarray(x) for x in object])
    return made(raw_of(object, dtype))


def asarray(obj, dtype=None) -> ndarray:
    """`obj` itself when it is an array already, else an array made from it."""
    return obj if isinstance(obj, ndarray) and dtype is None else array(obj, dtype)


def _check(ctx):
    device.check(ctx)


def zeros(shape, dtype=None, order="C", ctx=None, device=None):
    """Array of zeros."""
    _check(ctx or device)
    return invoke(OPS["zeros"], (), {"shape": plain(shape), "dtype": _name(dtype)}, ndarray)


def ones(shape, dtype=None, order="C", ctx=None, device=None):
    """Array of ones."""
    _check(ctx or device)
    return invoke(OPS["ones"], (), {"shape": plain(shape), "dtype": _name(dtype)}, ndarray)


empty = zeros


def full(shape, fill_value, order="C", dtype=None, ctx=None, device=None, out=None):
    """Array of one number."""
    _check(ctx or device)
    attrs = {"shape": plain(shape), "fill_value": plain(fill_value), "dtype": _name(dtype)}
    return invoke(OPS["full"], (), attrs, ndarray)


def arange(start, stop=None, step=1, dtype=None, ctx=None, device=None):
    """Evenly stepped numbers up to (without) stop; float32 even for integer arguments."""
    _check(ctx or device)
    if stop is None:
        start, stop = 0, start
    attrs = {"start": plain(start), "stop": plain(stop), "step": step, "dtype": _name(dtype)}
    return invoke(OPS["arange"], (), attrs, ndarray)


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, ctx=None):
    """`num` evenly spaced numbers from start to stop."""
    _check(ctx)
    attrs = {"start": start, "stop": stop, "num": num, "endpoint": endpoint, "dtype": _name(dtype)}
    result = invoke(OPS["linspace"], (), attrs, ndarray)
    return (result, (stop - start) / (num - endpoint)) if retstep else result


def eye(N, M=None, k=0, dtype=None, ctx=None):
    """Matrix with ones on a diagonal."""
    _check(ctx)
    attrs = {"N": N, "M": M or 0, "k": k, "dtype": _name(dtype)}
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
    return invoke(OPS["split"], (ary,), {
        "indices_or_sections": plain(indices_or_sections), "axis": axis})


def reshape(a, newshape, reverse=False, order="C"):
    """Same elements in another shape."""
    return a.reshape(newshape)


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
    return x._data if isinstance(x, Array) else numpy.asarray(x)


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


def set_printoptions(*args, **kwargs):
    """How arrays are printed, as NumPy's function of this name."""
    numpy.set_printoptions(*args, **kwargs)


# ----- np.linalg, np.random -----

linalg = types.ModuleType("mxnet.numpy.linalg", "Linear algebra on `mx.np.ndarray`.")


def _norm(x, ord=None, axis=None, keepdims=False):
    """Euclidean length over the axes (ord=1 on a vector: sum of absolute values)."""
    attrs = {"ord": 2 if ord in (None, "fro") else ord, "axis": plain(axis), "keepdims": keepdims}
    if attrs["ord"] not in (1, 2) or (ord == 2 and axis is None and x.ndim > 1):
        raise NotImplementedError(
            f"np.linalg.norm: ord {ord!r} is not offered. Use None, 'fro', or 1 and 2 on vectors.")
    return invoke(OPS["norm"], (x,), attrs)


_norm.__name__ = "norm"
linalg.norm = _norm

random = types.ModuleType("mxnet.numpy.random", "Random draws as MXNet makes them.")


def _draw(op, attrs, size, dtype, ctx):
    _check(ctx)
    attrs = {**attrs, "size": plain(size), "dtype": _name(dtype)}
    return invoke(OPS[op], (), attrs, ndarray)


def _uniform(low=0.0, high=1.0, size=None, dtype=None, ctx=None, out=None):
    """Uniform draws from `low` up to (without) `high`."""
    given = {"low": plain(low), "high": plain(high)}
    return _draw("random_uniform", given, size, dtype, ctx)


def _normal(loc=0.0, scale=1.0, size=None, dtype=None, ctx=None, out=None):
    """Normal draws with mean `loc` and standard deviation `scale`."""
    given = {"loc": plain(loc), "scale": plain(scale)}
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
    attrs = {"low": low, "high": high, "shape": () if size is None else plain(size),
             "dtype": _name(dtype, "int64")}
    return invoke(OPS["random_randint"], (), attrs, ndarray)


def _shuffle(x):
    """Shuffles an array in place along its first axis."""
    x[...] = wrap(ndarray, x._data[HOST.xp.random.shuffle_indices(len(x), x.ndim)])


for _key, _made in (("uniform", _uniform), ("normal", _normal), ("rand", _rand),
                    ("randn", _randn), ("randint", _randint), ("shuffle", _shuffle)):
    _made.__name__ = _key
    setattr(random, _key, _made)
