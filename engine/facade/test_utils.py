"""`mx.test_utils`: comparing arrays within tolerances, random data, checking gradients."""

import contextlib
import functools
import inspect
import itertools
import logging  # noqa: F401  programs get these from here
import numbers
import os
import platform
import sys
import time  # noqa: F401

import numpy

from .. import autograd
from ..array import Array
from ..errors import MXNetError
from . import device, nd
from . import np as mx_np
from .draw_checks import (
    chi_square_check,
    gen_buckets_probs_with_ppf,
    mean_check,
    var_check,
    verify_generator,
)
from .util import np_array, np_shape, use_np, use_np_array, use_np_shape

#: What MXNet's module imports itself, and programs get from it with `*`.
FOUND_HERE = ["logging", "mx", "np", "npt", "numbers", "os", "rnd", "sys", "time"]

__all__ = [
    *FOUND_HERE,
    "Context",
    "array",
    "almost_equal",
    "almost_equal_ignore_nan",
    "assert_allclose",
    "assert_almost_equal",
    "assert_almost_equal_ignore_nan",
    "assert_almost_equal_with_err",
    "assert_exception",
    "assign_each",
    "assign_each2",
    "check_gluon_hybridize_consistency",
    "check_gradients",
    "check_numeric_gradient",
    "chi_square_check",
    "collapse_sum_like",
    "compare_ndarray_tuple",
    "compare_optimizer",
    "create_2d_tensor",
    "create_vector",
    "current_context",
    "default_atols",
    "default_context",
    "default_device",
    "default_dtype",
    "default_numeric_eps",
    "default_rtols",
    "effective_dtype",
    "environment",
    "discard_stderr",
    "find_max_violation",
    "gen_buckets_probs_with_ppf",
    "get_atol",
    "get_etol",
    "get_rtol",
    "get_tolerance",
    "get_tols",
    "has_tvm_ops",
    "is_aarch64_run",
    "is_cd_run",
    "is_op_runnable",
    "list_gpus",
    "mean_check",
    "new_matrix_with_real_eigvals_2d",
    "new_matrix_with_real_eigvals_nd",
    "new_orthonormal_matrix_2d",
    "new_sym_matrix_with_real_eigvals_2d",
    "new_sym_matrix_with_real_eigvals_nd",
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
    "var_check",
    "verify_generator",
]

np, npt, rnd = numpy, numpy.testing, numpy.random
Context, current_context, array = device.Context, device.current_context, nd.array


def __getattr__(name):
    if name == "mx":  # `import mxnet` has a meaning once the engine is installed
        return sys.modules["mxnet"]
    raise AttributeError(f"module 'mxnet.test_utils' has no attribute {name!r}")


RTOL = {"float16": 1e-2, "float32": 1e-4, "float64": 1e-5}
ATOL = {"float16": 1e-1, "float32": 1e-3, "float64": 1e-20}

EXACT = ("bool", "int8", "uint8", "int32", "int64")

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


def default_rtols():
    """The relative tolerance of each dtype."""
    return {numpy.dtype(name): RTOL.get(name, 0) for name in (*RTOL, *EXACT)}


def default_atols():
    """The absolute tolerance of each dtype."""
    return {numpy.dtype(name): ATOL.get(name, 0) for name in (*ATOL, *EXACT)}


def default_numeric_eps():
    """The step of finite differences for each dtype: powers of 2, so that no bits are lost."""
    steps = {"float16": 2.0**-6, "float32": 2.0**-9, "float64": 2.0**-14}
    return {numpy.dtype(name): step for name, step in steps.items()}


def get_tolerance(dat, tol, default_tol):
    """The tolerance for an array: `tol`, a number or a dictionary by dtype, or the default."""
    if isinstance(tol, numbers.Number):
        return tol
    dtype = effective_dtype(dat)
    return (tol or {}).get(dtype, default_tol.get(dtype, 0))


def get_tols(x, y, rtol=None, atol=None):
    """Relative and absolute tolerance for comparing two arrays: the coarser dtype's."""
    x, y = (numpy.array(v) if isinstance(v, numbers.Number | list | tuple) else v for v in (x, y))
    return (
        max(get_tolerance(v, rtol, default_rtols()) for v in (x, y)),
        max(get_tolerance(v, atol, default_atols()) for v in (x, y)),
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


@contextlib.contextmanager
def discard_stderr():
    """A `with` block without error output."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
        yield


def compare_ndarray_tuple(t1, t2, rtol=None, atol=None):
    """`assert_almost_equal` of two arrays, or tuples of them to any depth; None equals all."""
    if t1 is None or t2 is None:
        return
    if isinstance(t1, list | tuple):
        for s1, s2 in zip(t1, t2):
            compare_ndarray_tuple(s1, s2, rtol, atol)
    else:
        assert_almost_equal(t1, t2, rtol=rtol, atol=atol)


# ----- What the machine has -----


def has_tvm_ops():
    """Whether there are compiled TVM operators: no."""
    return False


def is_op_runnable():
    """Whether tests of operators can run here: yes."""
    return True


def is_cd_run():
    """Whether this is a release's test run."""
    return os.environ.get("CD_JOB") == "1"


def is_aarch64_run():
    """Whether this is a 64-bit ARM processor."""
    return platform.machine() == "aarch64"


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


# ----- Matrices -----


def new_orthonormal_matrix_2d(n):
    """A random orthonormal NumPy matrix."""
    return numpy.linalg.qr(numpy.random.randn(n, n))[0]


def new_matrix_with_real_eigvals_2d(n):
    """A random, well-conditioned NumPy matrix with real eigenvalues up to 10."""
    values = numpy.diag(numpy.random.uniform(-10.0, 10.0, n))
    q = new_orthonormal_matrix_2d(n) @ numpy.diag(numpy.random.uniform(1.0, 2.0, n))
    return numpy.linalg.inv(q) @ values @ q


def new_sym_matrix_with_real_eigvals_2d(n):
    """A random symmetric NumPy matrix with eigenvalues up to 10."""
    q = new_orthonormal_matrix_2d(n)
    return q.T @ numpy.diag(numpy.random.uniform(-10.0, 10.0, n)) @ q


def _batch(shape, make):
    count = int(numpy.prod(shape[:-2], dtype=int))
    return numpy.array([make(shape[-1]) for _ in range(count)]).reshape(shape)


def new_matrix_with_real_eigvals_nd(shape):
    """A batch of random matrices with real eigenvalues."""
    return _batch(shape, new_matrix_with_real_eigvals_2d)


def new_sym_matrix_with_real_eigvals_nd(shape):
    """A batch of random symmetric matrices."""
    return _batch(shape, new_sym_matrix_with_real_eigvals_2d)


def create_2d_tensor(rows, columns, dtype=numpy.int64):
    """An NDArray whose row k is full of k."""
    return nd.array(numpy.arange(rows).reshape(-1, 1).repeat(columns, axis=1), dtype=dtype)


def create_vector(size, dtype=numpy.int64):
    """The NDArray 0, 1, …, size - 1."""
    return nd.array(numpy.arange(size), dtype=dtype)


# ----- Optimizers and blocks -----


def compare_optimizer(
    opt1,
    opt2,
    shape,
    dtype,
    w_stype="default",
    g_stype="default",
    rtol=1e-4,
    atol=1e-5,
    compare_states=True,
    ntensors=1,
):
    """Raises `AssertionError` unless one step of two optimizers gives the same.

    `shape` is one shape, or a list: then the second optimizer updates all arrays in one call.
    """
    if w_stype != "default" or g_stype != "default":
        raise MXNetError("compare_optimizer: sparse storage is left out")
    shapes = shape if isinstance(shape, list) else [shape]
    pairs = [[nd.random.uniform(shape=s, dtype=dtype) for s in shapes] for _ in range(2)]
    first, second = ([[x.copy() for x in part] for part in pairs] for _ in range(2))
    found = []
    for optimizer, (weights, grads), many in (
        (opt1, first, False),
        (opt2, second, isinstance(shape, list)),
    ):
        states = [optimizer.create_state_multi_precision(k, w) for k, w in enumerate(weights)]
        if many:
            optimizer.update_multi_precision(list(range(len(shapes))), weights, grads, states)
        else:
            for k, (weight, grad, one) in enumerate(zip(weights, grads, states)):
                optimizer.update_multi_precision(k, weight, grad, one)
        found.append((tuple(weights), tuple(states)))
    if compare_states:
        compare_ndarray_tuple(found[0][1], found[1][1], rtol, atol)
    compare_ndarray_tuple(found[0][0], found[1][0], rtol, atol)


@use_np
def check_gluon_hybridize_consistency(
    net_builder, data_l, numpy_func=None, test_grad=True, rtol=1e-4, atol=1e-4
):
    """Raises `AssertionError` unless a block gives the same hybridized and recorded or not.

    `net_builder` makes the block; `numpy_func` says what it must give for NumPy arrays.
    """
    named = "prefix" in inspect.signature(net_builder).parameters
    values = outputs = gradients = None
    for hybridize, recorded in itertools.product((False, True), (False, True)[: 1 + test_grad]):
        net = net_builder(prefix="net_") if named else net_builder()
        net.initialize()
        inputs = [x.copy() for x in data_l]
        if hybridize:
            net.hybridize()
        if values is not None:
            with autograd.pause():
                net(*inputs)  # gives the parameters their shapes
            for name, param in net.collect_params().items():
                param.set_data(mx_np.array(values[name]))
        for x in inputs if recorded else ():
            x.attach_grad()
        with autograd.record() if recorded else contextlib.nullcontext():
            out = net(*inputs)
        if recorded:
            out.backward(out)
            seen = [x.grad.asnumpy() for x in inputs]
            for x, expected in zip(seen, gradients or seen):
                assert_almost_equal(x, expected, rtol=rtol, atol=atol)
            gradients = seen
        if values is None:
            values = {k: v.data().asnumpy() for k, v in net.collect_params().items()}
            outputs = out.asnumpy()
        assert_almost_equal(out.asnumpy(), outputs, rtol=rtol, atol=atol)
    if numpy_func is not None:
        expected = numpy_func(*[x.asnumpy() for x in data_l])
        assert_almost_equal(outputs, expected, rtol=rtol, atol=atol)


# ----- Gradients -----


def numeric_gradients(function, inputs, head, eps=1e-3):
    """The gradient of sum(head · function(*inputs)) by central differences, in NumPy arrays."""
    raws = [_raw(x).astype("float64") for x in inputs]
    make = [nd.array if x.NAMESPACE == "nd" else mx_np.array for x in inputs]

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
    make = nd.array if y.NAMESPACE == "nd" else mx_np.array
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
