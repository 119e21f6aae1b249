"""FakeCuPy's manners: where CuPy differs from NumPy, so does it."""

import gc

import numpy
import pytest

import engine
from engine.devices import cuda, fakecupy
from engine.devices.executor import Executor, Limits
from tests.engine.frames import Written
from tests.engine.test_executor import run

engine.install()


@pytest.fixture
def x():
    return fakecupy.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.fixture
def pool():
    pool = fakecupy.get_default_memory_pool()
    yield pool
    pool.set_limit(size=0)
    pool.poison = False


def implicit(x):
    return [
        lambda: numpy.asarray(x),
        lambda: numpy.exp(x),
        lambda: x + numpy.ones(3),
        lambda: numpy.ones(3) + x,
        lambda: x.__iadd__(numpy.ones(3)),
        lambda: fakecupy.add(x, [1.0, 2.0, 3.0]),
        lambda: fakecupy.sum(numpy.ones(3)),
        lambda: fakecupy.concatenate([x, numpy.ones((1, 3))]),
    ]


def test_nothing_becomes_a_numpy_array_by_itself(x):
    for attempt in implicit(x):
        with pytest.raises(TypeError):
            attempt()
    with pytest.raises(ValueError, match="non-scalar"):
        x[0] = numpy.ones(3)


def test_get_and_asnumpy_copy(x):
    for host in (x.get(), fakecupy.asnumpy(x)):
        host[...] = 0
    assert x.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def test_reductions_and_single_elements_are_arrays(x):
    for y in (x.sum(), fakecupy.max(x), x[1, 2], fakecupy.linalg.det(x[:, :2]), x.mean()):
        assert type(y) is fakecupy.ndarray and y.shape == ()


def test_python_numbers_and_numpys_scalars_take_part(x):
    assert (2 * x + numpy.float32(1)).dtype == "float64"
    assert (fakecupy.array([1.0], "float32") * 2.5).dtype == "float32"


@pytest.mark.parametrize(
    "call",
    [
        lambda x: fakecupy.take(x, fakecupy.array([0]), mode="clip"),
        lambda x: fakecupy.sum(x, where=x > 1),
        lambda x: fakecupy.sum(x, initial=0),
        lambda x: fakecupy.exp(x, where=x > 1),
        lambda x: fakecupy.clip(x),
    ],
)
def test_keywords_that_cupy_has_not_are_refused(call, x):
    with pytest.raises(TypeError):
        call(x)


@pytest.mark.parametrize("name", ["errstate", "insert", "frompyfunc", "nditer", "vecdot"])
def test_names_that_cupy_has_not_are_absent(name):
    assert hasattr(numpy, name)
    assert not hasattr(fakecupy, name)


def test_indices_out_of_bounds_wrap_silently():
    x = fakecupy.arange(5)
    assert x[fakecupy.array([5, -6, 7])].tolist() == [0, 4, 2]
    with pytest.raises(IndexError):
        x[5]


def test_of_equal_indices_another_value_wins_than_numpys():
    x, host = fakecupy.zeros(3), numpy.zeros(3)
    x[fakecupy.array([1, 1])] = fakecupy.array([7.0, 8.0])
    host[[1, 1]] = [7.0, 8.0]
    assert host[1] == 8 and x.tolist() == [0.0, 7.0, 0.0]


def test_adding_at_equal_indices_adds_each():
    x = fakecupy.zeros(3)
    fakecupy.add.at(x, fakecupy.array([1, 1]), fakecupy.array([7.0, 8.0]))
    assert x.tolist() == [0.0, 15.0, 0.0]


def test_in_place_results_must_fit_the_arrays_dtype(x):
    x += 1
    x *= x
    assert x[0].tolist() == [4.0, 9.0, 16.0]
    with pytest.raises(TypeError):
        y = fakecupy.arange(3)
        y += 0.5


def test_objects_and_strings_are_no_elements():
    for bad in ([None], ["a"], [object()]):
        with pytest.raises(ValueError):
            fakecupy.array(bad)


def test_views_look_at_the_same_memory_and_count_once(x, pool):
    before = pool.used_bytes()
    view = x[1].reshape(3)
    assert view.base is x and pool.used_bytes() == before
    view[0] = 9
    assert x[1, 0].item() == 9.0


def test_the_pool_counts_what_lives_and_has_a_limit(pool):
    gc.collect()
    before = pool.used_bytes()
    x = fakecupy.zeros(1000)
    assert pool.used_bytes() == before + 8000
    pool.set_limit(size=before + 12_000)
    with pytest.raises(fakecupy.cuda.memory.OutOfMemoryError, match="16,000 bytes"):
        fakecupy.zeros(2000)
    del x
    assert pool.used_bytes() == before


def test_freed_memory_is_poisoned_when_asked(pool):
    pool.poison = True
    x = fakecupy.ones(4)
    inside = x._host
    del x
    assert inside.view("uint8").tolist() == [0xA5] * 32
    assert fakecupy.empty(2).view("uint8").tolist() == [0xA5] * 16


# ----- The device -----


def test_a_device_moves_elements_only_when_told():
    device = cuda.fake()
    raw = device.array(numpy.arange(3.0))
    assert device.is_raw(raw) and not device.is_raw(numpy.ones(2))
    assert device.asnumpy(raw).tolist() == [0.0, 1.0, 2.0]
    assert (str(device), device.name()) == ("gpu(0)", "FakeCuPy (NumPy inside)")
    assert device.memory()[0] <= device.memory()[1]


def test_a_program_that_needs_too_much_memory_says_so(pool):
    device = cuda.fake(memory=pool.used_bytes() + 100_000)
    p = Written()
    big = p.call("zeros", shape=(100, 1000), dtype="float32")
    small = p.call("ones", shape=(2,), dtype="float32")
    outcome = run(p.read(big, small), Executor(device))
    assert [error.code for error in outcome.errors] == ["OOM"]
    assert outcome.values[1].error is None


def test_a_kernel_that_fails_late_is_charged_to_its_frame():
    device = cuda.fake()
    fakecupy.cuda.deferred = fakecupy.CUDARuntimeError(700, "cudaErrorIllegalAddress")
    p = Written()
    p.call("ones", shape=(2,), dtype="float32")
    with pytest.raises(cuda.DeviceLost, match=r"gpu\(0\): cudaErrorIllegalAddress"):
        run(p, Executor(device))
    assert fakecupy.cuda.deferred is None


def test_programs_are_bounded_and_views_count_once():
    executor = Executor(cuda.fake(), Limits(held_bytes=20_000))
    p = Written()
    x = p.call("ones", shape=(1000,), dtype="float64")
    p.call("reshape", x, newshape=(10, 100))
    outcome = run(p, executor)
    assert outcome.errors == () and outcome.account.held_bytes == 8000


def test_without_cupy_or_a_gpu_the_error_says_what_to_do():
    try:
        devices = cuda.count()
    except cuda.NoDevice as problem:
        assert "pip install cupy" in str(problem) or "no CUDA device" in str(problem)
    else:
        assert devices >= 0
