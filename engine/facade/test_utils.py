"""`mx.test_utils`: comparing arrays within tolerances, random data, checking gradients."""

import contextlib
import functools
import numbers
import os

import numpy

from .. import autograd
from ..array import Array
from ..errors import MXNetError
from . import device, nd, np
from .util import np_array, np_shape, use_np, use_np_array, use_np_shape

__all__ = [
    "almost_equal",
    "almost_equal_ignore_nan",
    "assert_allclose",
    "assert_almost_equal",
    "assert_almost_equal_ignore_nan",
    "assert_almost_equal_with_err",
    "assert_exception",
    "assign_each",
    "assign_each2",
    "check_gradients",
    "check_numeric_gradient",
    "collapse_sum_like",
    "default_context",
    "default_device",
    "default_dtype",
    "effective_dtype",
    "environment",
    "find_max_violation",
    "get_atol",
    "get_etol",
    "get_rtol",
    "get_tols",
    "list_gpus",
    "np_array",
    "np_reduce",
    "np_shape",
    "numeric_gradients",
    "rand_coord_2d",
    "rand_ndarray",
    "rand_shape_2d",
    "rand_shape_3d",
    "rand_shape_nd",
    "random_arrays",
    "random_sample",
    "random_uniform_arrays",
    "retry",
    "same",
    "same_array",
    "set_default_context",
    "set_default_device",
    "use_np",
    "use_np_array",
    "use_np_shape",
]

RTOL = {"float16": 1e-2, "float32": 1e-4, "float64": 1e-5}
ATOL = {"float16": 1e-1, "float32": 1e-3, "float64": 1e-20}

# ----- Where and what -----


def default_context():
    """Where tests run."""
    return device.current_context()


default_device = default_context


def set_default_context(ctx):
    """Arrays live on mx.cpu() here; any other context raises `MXNetError`."""
    device.check(ctx)


set_default_device = set_default_context


def default_dtype():
    """The dtype of random data."""
    return numpy.float32


def list_gpus():
    """The numbers of the GPUs: none."""
    return list(range(device.num_gpus()))


# ----- Tolerances -----


def effective_dtype(dat):
    """The dtype whose precision the data has."""
    return numpy.dtype(dat.dtype)


def _tolerance(dat, given, defaults):
    if isinstance(given, numbers.Number):
        return given
    dtype = effective_dtype(dat)
    return (given or {}).get(dtype, defaults.get(dtype.name, 0))


def get_tols(x, y, rtol=None, atol=None):
    """Relative and absolute tolerance for comparing two arrays: the coarser dtype's."""
    x, y = (numpy.array(v) if isinstance(v, numbers.Number | list | tuple) else v for v in (x, y))
    return (
        max(_tolerance(x, rtol, RTOL), _tolerance(y, rtol, RTOL)),
        max(_tolerance(x, atol, ATOL), _tolerance(y, atol, ATOL)),
    )


def get_rtol(rtol=None, dtype="float64"):
    """The relative tolerance: the given one, or the dtype's."""
    return RTOL.get(numpy.dtype(dtype).name, 0) if rtol is None else rtol


def get_atol(atol=None, dtype="float64"):
    """The absolute tolerance: the given one, or the dtype's."""
    return ATOL.get(numpy.dtype(dtype).name, 0) if atol is None else atol


def get_etol(etol=None):
    """The share of elements that may differ."""
    return 0 if etol is None else etol


# ----- Comparing -----


def _raw(x):
    return x.asnumpy() if isinstance(x, Array) else numpy.asarray(x)


def same(a, b):
    """Whether two arrays have the same shape and elements."""
    return numpy.array_equal(_raw(a), _raw(b))


def almost_equal(a, b, rtol=None, atol=None, equal_nan=False, use_broadcast=True):
    """Whether all elements are equal within the tolerances."""
    a, b = _raw(a), _raw(b)
    if not use_broadcast:
        _check_shapes(a, b)
    return numpy.allclose(a, b, get_rtol(rtol), get_atol(atol), equal_nan=equal_nan)


def _check_shapes(a, b):
    if a.shape != b.shape:
        raise AssertionError(f"shapes {a.shape} and {b.shape} are not equal")


def find_max_violation(a, b, rtol=None, atol=None):
    """Where two arrays differ most, and by how many tolerances."""
    a, b = _raw(a), _raw(b)
    difference = numpy.where(a == b, 0, numpy.abs(a - b))
    violation = difference / (get_atol(atol) + get_rtol(rtol) * numpy.abs(b) + 1e-20)
    place = numpy.unravel_index(numpy.argmax(violation), violation.shape)
    return tuple(map(int, place)), violation[place]


def assert_almost_equal(
    a,
    b,
    rtol=None,
    atol=None,
    names=("a", "b"),
    equal_nan=False,
    use_broadcast=True,
    mismatches=(10, 10),
):
    """Raises `AssertionError` unless all elements are equal within the tolerances.

    Tolerances left out are those of the coarser dtype.
    """
    rtol, atol = get_tols(a, b, rtol, atol)
    a, b = _raw(a), _raw(b)
    if not use_broadcast:
        _check_shapes(a, b)
    if almost_equal(a, b, rtol, atol, equal_nan):
        return
    if numpy.broadcast_shapes(a.shape, b.shape) != a.shape:
        a, b = numpy.broadcast_arrays(a, b)
    b = numpy.broadcast_to(b, a.shape)
    place, worst = find_max_violation(a, b, rtol, atol)
    wrong = ~numpy.isclose(a, b, rtol, atol, equal_nan)
    raise AssertionError(
        f"Error {worst:f} exceeds tolerance rtol={rtol:e}, atol={atol:e} "
        f"(mismatch {100 * wrong.mean():f}%).\n"
        f"Location of maximum error: {place}, {names[0]}={a[place]:.8f}, {names[1]}={b[place]:.8f}"
        f"\n {names[0]}: {a!r}\n {names[1]}: {b!r}"
    )


def assert_allclose(a, b, rtol=1e-07, atol=0, equal_nan=True):
    """`assert_almost_equal` with NumPy's tolerances."""
    assert_almost_equal(a, b, rtol, atol, equal_nan=equal_nan)


def assert_almost_equal_with_err(
    a, b, rtol=None, atol=None, etol=None, names=("a", "b"), equal_nan=False, mismatches=(10, 10)
):
    """As `assert_almost_equal`, but a share `etol` of the elements may differ."""
    rtol, atol = get_tols(a, b, rtol, atol)
    wrong = ~numpy.isclose(_raw(a), _raw(b), rtol, atol, equal_nan)
    if not etol or wrong.mean() > etol:
        assert_almost_equal(a, b, rtol, atol, names, equal_nan)


def _without_nan(a, b):
    a, b = _raw(a).copy(), _raw(b).copy()
    nans = numpy.isnan(a) | numpy.isnan(b)
    a[nans] = b[nans] = 0
    return a, b


def almost_equal_ignore_nan(a, b, rtol=None, atol=None):
    """Whether all elements are equal within the tolerances, where neither is NaN."""
    return almost_equal(*_without_nan(a, b), get_rtol(rtol), get_atol(atol))


def assert_almost_equal_ignore_nan(a, b, rtol=None, atol=None, names=("a", "b")):
    """As `assert_almost_equal`, where neither is NaN."""
    assert_almost_equal(*_without_nan(a, b), rtol, atol, names)


def same_array(array1, array2):
    """Whether two arrays share their memory: a write to one shows in the other."""
    array1[:] += 1
    shared = same(array1, array2)
    array1[:] -= 1
    return shared and same(array1, array2)


def assert_exception(f, exception_type, *args, **kwargs):
    """Raises `AssertionError` unless `f(*args, **kwargs)` raises `exception_type`."""
    try:
        f(*args, **kwargs)
    except exception_type:
        return
    raise AssertionError(f"{exception_type.__name__} was not raised")


def retry(n):
    """Decorator: a test that draws random numbers may fail `n` - 1 times."""

    def decorate(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            for attempt in range(n):
                try:
                    return f(*args, **kwargs)
                except AssertionError:
                    if attempt == n - 1:
                        raise

        return wrapper

    return decorate


# ----- Random data, by NumPy's generator as in MXNet -----


def random_arrays(*shapes):
    """NumPy arrays of normal draws: one, or a list for several shapes."""
    made = [numpy.array(numpy.random.randn(*shape), dtype=default_dtype()) for shape in shapes]
    return made[0] if len(made) == 1 else made


def random_uniform_arrays(*shapes, low=0.0, high=1.0, dtype=None):
    """A list of NumPy arrays of uniform draws."""
    dtype = dtype or default_dtype()
    return [numpy.random.uniform(low, high, size=shape).astype(dtype) for shape in shapes]


def random_sample(population, k):
    """`k` elements of a list, in the order in which they stand there."""
    order = numpy.random.permutation(len(population))[:k]
    return [population[index] for index in sorted(order)]


def rand_ndarray(shape, stype="default", density=None, dtype=None, ctx=None, **_):
    """An NDArray of normal draws."""
    if stype != "default":
        raise MXNetError(f"rand_ndarray: sparse storage {stype!r} is not supported here")
    return nd.array(random_arrays(shape), dtype=dtype, ctx=ctx)


def rand_shape_nd(num_dim, dim=10, allow_zero_size=False):
    """A random shape with `num_dim` axes of sizes up to `dim`."""
    low = 0 if allow_zero_size else 1
    return tuple(int(n) for n in numpy.random.randint(low, dim + 1, size=num_dim))


def _rand_shape(*dims, allow_zero_size=False):
    low = 0 if allow_zero_size else 1
    return tuple(int(numpy.random.randint(low, dim + 1)) for dim in dims)


def rand_shape_2d(dim0=10, dim1=10, allow_zero_size=False):
    """A random shape with two axes."""
    return _rand_shape(dim0, dim1, allow_zero_size=allow_zero_size)


def rand_shape_3d(dim0=10, dim1=10, dim2=10, allow_zero_size=False):
    """A random shape with three axes."""
    return _rand_shape(dim0, dim1, dim2, allow_zero_size=allow_zero_size)


def rand_coord_2d(x_low, x_high, y_low, y_high):
    """A random pair of whole numbers."""
    return numpy.random.randint(x_low, x_high), numpy.random.randint(y_low, y_high)


# ----- Plain NumPy helpers -----


def np_reduce(dat, axis, keepdims, numpy_reduce_func):
    """A NumPy reduction over several axes, one after another."""
    axes = [axis] if isinstance(axis, int) else list(range(dat.ndim) if axis is None else axis)
    result = dat
    for k in sorted((a % dat.ndim for a in axes), reverse=True):
        result = numpy_reduce_func(result, axis=k)
    if keepdims:
        kept = [1 if k in {a % dat.ndim for a in axes} else n for k, n in enumerate(dat.shape)]
        result = result.reshape(kept)
    return result


def collapse_sum_like(a, shape):
    """`a` summed over the axes along which `shape` was broadcast to it."""
    extra = a.ndim - len(shape)
    axes = [*range(extra)]
    axes += [k for k in range(extra, a.ndim) if a.shape[k] != shape[k - extra]]
    return numpy.sum(a, axis=tuple(axes), keepdims=True).reshape(shape)


def assign_each(the_input, function):
    """`function` of each element, in a new NumPy array."""
    the_input = _raw(the_input)
    if function is None:
        return numpy.array(the_input)
    values = [function(v) for v in the_input.ravel()]
    return numpy.array(values, dtype="float64").reshape(the_input.shape)


def assign_each2(input1, input2, function):
    """`function` of each pair of elements, in a new NumPy array."""
    input1, input2 = _raw(input1), _raw(input2)
    if function is None:
        return numpy.array(input1)
    values = [function(a, b) for a, b in zip(input1.ravel(), input2.ravel(), strict=True)]
    return numpy.array(values, dtype="float64").reshape(input1.shape)


@contextlib.contextmanager
def environment(*args):
    """A `with` block with environment variables set: a name and a value, or a dictionary."""
    wanted = args[0] if len(args) == 1 and isinstance(args[0], dict) else {args[0]: args[1]}
    before = {name: os.environ.get(name) for name in wanted}
    _set_environment(wanted)
    try:
        yield
    finally:
        _set_environment(before)


def _set_environment(variables):
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = str(value)


# ----- Gradients -----


def numeric_gradients(function, inputs, head, eps=1e-3):
    """The gradient of sum(head · function(*inputs)) by central differences, in NumPy arrays."""
    raws = [_raw(x).astype("float64") for x in inputs]
    make = [nd.array if x.NAMESPACE == "nd" else np.array for x in inputs]

    def value(changed):
        arrays = [m(r, dtype="float64") for m, r in zip(make, changed, strict=True)]
        with autograd.pause():
            return float((_raw(function(*arrays)).astype("float64") * head).sum())

    found = []
    for k, raw in enumerate(raws):
        gradient = numpy.zeros_like(raw)
        for place in numpy.ndindex(raw.shape):
            both = []
            for sign in (1, -1):
                changed = [r.copy() for r in raws]
                changed[k][place] += sign * eps
                both.append(value(changed))
            gradient[place] = (both[0] - both[1]) / (2 * eps)
        found.append(gradient)
    return found


def check_gradients(function, inputs, eps=1e-3, rtol=1e-2, atol=1e-4):
    """Raises `AssertionError` unless the gradients of a function of arrays are right."""
    for x in inputs:
        x.attach_grad()
    with autograd.record():
        y = function(*inputs)
    head = numpy.random.RandomState(0).normal(size=y.shape)
    make = nd.array if y.NAMESPACE == "nd" else np.array
    y.backward(make(head, dtype=y.dtype))
    for x, expected in zip(inputs, numeric_gradients(function, inputs, head, eps), strict=True):
        assert_almost_equal(x.grad, expected.reshape(x.shape), rtol, atol, ("backward", "numeric"))


def check_numeric_gradient(
    sym,
    location,
    aux_states=None,
    numeric_eps=1e-3,
    rtol=1e-2,
    atol=None,
    grad_nodes=None,
    use_forward_train=True,
    ctx=None,
    grad_stype_dict=None,
    dtype=None,
):
    """Compares gradients with central differences. `sym` is a function of arrays here.

    `location` is a list or dictionary of arrays, in the order of the function's arguments.
    """
    if not callable(sym):
        raise MXNetError(
            "check_numeric_gradient: symbols are left out. Give a function of arrays instead."
        )
    values = list(location.values()) if isinstance(location, dict) else list(location)
    inputs = [
        x.copy() if isinstance(x, Array) else nd.array(x, dtype=dtype or default_dtype())
        for x in values
    ]
    check_gradients(sym, inputs, numeric_eps or 1e-3, rtol or 1e-2, atol or 1e-4)
