"""Every row gives the engine's numbers on other arrays: those of the Python array API standard (on
array-api-strict's second device) and CuPy's (on FakeCuPy); and says nothing that CuPy has not.

A row of yours fails here? Write it with what engine/devices/vocabulary.py lists; that file says how
a name is added. Operands may be arrays that are not NumPy's: no `numpy.`, no `.item()`, no writing
through views.
"""

import inspect
import os
import types
from contextlib import contextmanager, nullcontext
from functools import cache

import numpy
import pytest

import engine
from engine import autograd
from engine.array import invoke, ndarray, wrap
from engine.devices import HOST, cuda, cupy_surface, fakecupy, vocabulary
from engine.devices.draws import Draws
from engine.devices.executor import Executor
from engine.devices.remote import RemoteDevice, local
from engine.devices.session import Session
from engine.devices.standard import ROUND_TRIPS, Array, StandardDevice
from engine.opcodes import OPCODES
from engine.program import decode, encode
from engine.registry import OPS, Sample
from tests.engine.elsewhere import Elsewhere, Value
from tests.engine.frames import Written
from tests.engine.record_cupy import surface
from tests.engine.test_rows import operands

engine.install()
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@cache
def strict():
    """array-api-strict's second device."""
    module = pytest.importorskip("array_api_strict", reason="array-api-strict is not installed")
    return Elsewhere(StandardDevice(module, module.Device("device2")))


@cache
def fake():
    """FakeCuPy."""
    return Elsewhere(cuda.fake())


@cache
def remote():
    """FakeCuPy behind program frames: calls are queued, and run in a session."""
    return Elsewhere(RemoteDevice(local(Session(Executor(cuda.fake())))))


@cache
def gpu():
    """CUDA device 0. `REQUIRE_GPU` (set by `make test-cuda`) makes its absence a failure."""
    try:
        device = cuda.cuda()
        device.asnumpy(device.array(numpy.ones(2)))
    except (cuda.NoDevice, RuntimeError) as problem:
        (pytest.fail if os.environ.get("REQUIRE_GPU") else pytest.skip)(str(problem))
    return Elsewhere(device)


WORLDS = {"strict": strict, "fakecupy": fake, "remote": remote, "gpu": gpu}


@pytest.fixture(
    params=[pytest.param(w, marks=[pytest.mark.gpu] if w == "gpu" else []) for w in WORLDS]
)
def world(request):
    return WORLDS[request.param]()


# ----- What is tried -----

#: Shapes beside the rows' own: one element, none, a broadcast over both.
EDGES = {
    "unary": [((1,),), ((0, 3),), ((2, 1, 2),)],
    "binary": [((1,), (1, 1)), ((0,), (1,)), ((2, 1, 3), (2, 1)), ((), ())],
    "reduction": [((1,),), ((1, 1, 2),)],
}
#: Indices with arrays, which only some rows' attributes can hold: made for each device anew.
KEYS = {
    "rows": (((4, 3), (2, 3)), lambda a: a([2, 0], "int64")),
    "repeated": (((4, 3), (3, 3)), lambda a: a([1, 1, -1], "int64")),
    "mask": (((4, 3), (2, 3)), lambda a: a([True, False, False, True], "bool")),
    "beside a slice": (((4, 3), (2, 2)), lambda a: (slice(None, None, 2), a([2, 0], "int32"))),
    "two": (((4, 3), (2,)), lambda a: (a([3, 1], "int64"), a([0, 2], "int64"))),
    "one axis apart": (((2, 4, 3), (2, 1, 3)), lambda a: (a([1, 0], "int64"), None, 2)),
}


def cases():
    for op in OPS.values():
        if op.name == "function":
            continue
        for k, sample in enumerate(op.samples):
            yield pytest.param(op, sample, None, id=f"{op.name}-{k}")
        sample = op.samples[0] if op.samples else Sample(())
        for k, shapes in enumerate(EDGES.get(op.family, ())):
            edge = Sample(shapes, sample.attrs, sample.low, sample.high)
            yield pytest.param(op, edge, None, id=f"{op.name}-edge{k}")
        if op.family == "binary":
            for k, number in enumerate((0.75, 2)):
                edge = Sample(((2, 3),), {}, sample.low, sample.high)
                yield pytest.param(op, edge, ("right", number), id=f"{op.name}-number{k}")
                yield pytest.param(op, edge, ("left", number), id=f"{op.name}-of-number{k}")
    for name, (shapes, key) in KEYS.items():
        whole, part = shapes
        for row, given, attrs in (
            ("getitem", (whole,), {}),
            ("scatter_add", (part,), {"shape": whole}),
            ("setitem", (whole, part), {}),
        ):
            if row == "setitem" and name == "repeated":
                continue  # which of the values stays is nobody's promise
            sample = Sample(given, {**attrs, "key": key})
            yield pytest.param(OPS[row], sample, None, id=f"{row}-{name}")


CASES = list(cases())


def of_each(ops):
    """A parameter for each of these rows: all its cases."""
    return [
        pytest.param([case for case in CASES if case.values[0] is op], id=op.name)
        for op in ops
        if any(case.values[0] is op for case in CASES)
    ]


@contextmanager
def during(case):
    """Errors in the block say which case they are of."""
    try:
        yield case.values
    except BaseException as problem:
        problem.add_note(f"in the case {case.id}; see the first lines of {__file__}")
        raise


class Engine:
    """The engine's own arrays, in the words of `Elsewhere`."""

    device = HOST

    def value(self, host):
        x = wrap(ndarray, numpy.array(host))
        x.attach_grad()
        return x

    def host(self, value):
        return value.asnumpy()

    def apply(self, op, given, attrs=None):
        return invoke(op, tuple(given), {**op.attrs, **(attrs or {})} or None, ndarray)

    def gradients(self, y, xs, head, create_graph=False):
        return autograd.grad(y, xs, head_grads=head, retain_graph=True, create_graph=create_graph)


HERE = Engine()


def given_in(where, op, sample, number, dtype="float64"):
    """The operands of a case as leaves there, and its attributes."""
    xs = [where.value(raw) for raw in operands(op, sample, dtype)]
    attrs = dict(sample.attrs)
    if callable(attrs.get("key")):
        attrs["key"] = attrs["key"](lambda v, t: where.device.array(numpy.asarray(v, t)))
    if number is None:
        return xs, attrs
    side, value = number
    return ([*xs, value] if side == "right" else [value, *xs]), attrs


def listed(y):
    return y if isinstance(y, list) else [y]


def outcome(where, work):
    """Arrays that `work(where)` gives as NumPy's, or the kind of error that it raises."""
    try:
        with autograd.record():
            return [where.host(y) for y in listed(work(where))]
    except (ValueError, IndexError, ZeroDivisionError) as problem:
        return problem


def agree(world, work, rtol=1e-11, atol=1e-13):
    """That the device gives what the engine gives: the same numbers, or an error too."""
    wanted, got = outcome(HERE, work), outcome(world, work)
    if isinstance(wanted, Exception) or isinstance(got, Exception):
        assert isinstance(wanted, Exception) and isinstance(got, Exception), (wanted, got)
        return
    assert [y.dtype for y in got] == [y.dtype for y in wanted]
    for a, b in zip(got, wanted, strict=True):
        assert a.shape == b.shape
        numpy.testing.assert_allclose(a, b, rtol=rtol, atol=atol)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("cases", of_each(OPS.values()))
def test_forward(cases, dtype, world):
    near = {} if dtype == "float64" else {"rtol": 2e-6, "atol": 2e-6}
    for case in cases:
        with during(case) as (op, sample, number):

            def work(where, op=op, sample=sample, number=number):
                xs, attrs = given_in(where, op, sample, number, dtype)
                return where.apply(op, xs, attrs)

            agree(world, work, **near)


#: Beyond these, NumPy computes with booleans in half precision, or not at all.
BOOLEANS = ("add", "multiply", "maximum", "minimum", "abs", "where")
COUNTED = [
    pytest.param(op, dtype, id=f"{op.name}-{dtype}")
    for op in OPS.values()
    for dtype in ("int32", "bool")
    if op.family in ("unary", "binary", "reduction")
    if dtype == "int32" or op.family == "reduction" or op.dtype == "bool" or op.name in BOOLEANS
]


@pytest.mark.parametrize(("op", "dtype"), COUNTED)
def test_forward_on_integers_and_booleans(op, dtype, world):
    sample = op.samples[-1]
    values = [numpy.arange(1, 1 + int(numpy.prod(s))).reshape(s) % 5 for s in sample.shapes]

    def work(where):
        return where.apply(op, [where.value(v.astype(dtype)) for v in values], sample.attrs)

    agree(world, work, rtol=2e-6)


def joined(where, y):
    """One array out of all results, each with a weight of its own."""
    if not isinstance(y, list):
        return y
    flat = [(part * (1.0 + k)).reshape(-1) for k, part in enumerate(y)]
    return where.apply(OPS["concatenate"], flat, {"axis": 0})


def backward(op, sample, number, order):
    """The work of a pass: the gradients of the op, or those of their sum along some directions."""

    def work(where):
        xs, attrs = given_in(where, op, sample, number)
        rng = numpy.random.default_rng(3)
        free = [
            x
            for k, x in enumerate(xs)
            if not isinstance(x, int | float) and (op.variadic or op.vjps[k] is not None)
        ]
        if not free:
            return []
        used = list(xs)
        if order == 2:  # a bend, so that linear ops have second derivatives too
            sin = OPS["sin"]
            used = [
                x + 0.1 * where.apply(sin, (x,)) if any(x is f for f in free) else x for x in xs
            ]
        y = joined(where, where.apply(op, used, attrs))
        head = where.value(rng.standard_normal(y.shape))
        found = where.gradients(y, free, head, create_graph=order == 2)
        if order == 1:
            return found
        total = None
        for g in found:
            part = g * where.value(rng.standard_normal(g.shape))
            part = where.apply(OPS["sum"], (part,), {"axis": None, "keepdims": False})
            total = part if total is None else total + part
        return where.gradients(total, free, where.value(numpy.ones(())))

    return work


def test_values_elsewhere_are_no_numpy_arrays(world):
    x = world.value(numpy.ones(2))
    assert isinstance(x, Value)
    with pytest.raises(TypeError):
        numpy.asarray(x.raw)
    with pytest.raises(TypeError):
        x.raw + numpy.ones(2)


DIFFERENTIABLE = of_each(op for op in OPS.values() if op.differentiable)


@pytest.mark.parametrize("cases", DIFFERENTIABLE)
def test_first_order(cases, world):
    for case in cases:
        with during(case) as (op, sample, number):
            agree(world, backward(op, sample, number, 1))


@pytest.mark.parametrize("cases", DIFFERENTIABLE)
def test_second_order(cases, world):
    for case in cases:
        with during(case) as (op, sample, number):
            agree(world, backward(op, sample, number, 2), rtol=1e-9, atol=1e-11)


# ----- The vocabulary is what rows say, and CuPy understands all of it -----


class Listener:
    """A module whose functions note how they are called, and then do it."""

    def __init__(self, module, calls, prefix=""):
        self._module, self._calls, self._prefix = module, calls, prefix
        self.__name__ = module.__name__

    def __getattr__(self, name):
        value = getattr(self._module, name)
        if name == "linalg":
            return Listener(value, self._calls, "linalg.")
        return value if name == "ndarray" or not callable(value) else self._noting(name, value)

    def _noting(self, name, value):
        def call(*args, **keywords):
            self._calls.add((self._prefix + name, len(args), tuple(sorted(keywords))))
            return value(*args, **keywords)

        if hasattr(value, "at"):
            call.at = value.at
        return call


class Attending(Elsewhere):
    """A device of FakeCuPy that notes which words rows say, and how it says them to CuPy."""

    def __init__(self):
        self.words, self.calls = set(), set()
        device = cuda.CudaDevice(Listener(fakecupy, self.calls), 0)
        words = self.words

        class Heard:
            def __init__(self, space, prefix=""):
                self._space, self._prefix = space, prefix

            def __getattr__(self, name):
                value = getattr(self._space, name)
                if name == "linalg":
                    return Heard(value, "linalg.")
                words.add(self._prefix + name)
                return value

        device.xp = Heard(device.xp)
        super().__init__(device)


@cache
def attended():
    """Everything that rows said in all cases, forward and backward."""
    world = Attending()
    for case in CASES:
        op, sample, number = case.values
        xs, attrs = given_in(world, op, sample, number)
        outcome(world, lambda where, op=op, xs=xs, attrs=attrs: where.apply(op, xs, attrs))
        if op.differentiable:
            outcome(world, backward(op, sample, number, 1))
    return world


def test_the_vocabulary_is_what_rows_say_and_no_more():
    said = attended().words - {"random"}
    listed_words = vocabulary.FUNCTIONS | vocabulary.ADDED | vocabulary.RULED
    listed_words |= {f"linalg.{name}" for name in vocabulary.LINALG}
    assert said - listed_words == set()
    assert listed_words - said == set(), (
        "no row says these any more: take them out of vocabulary.py"
    )


def test_a_word_that_is_not_in_the_vocabulary_is_refused_with_the_way_out():
    with pytest.raises(AttributeError, match=r"xp\.median.*engine/devices/vocabulary\.py"):
        HOST.xp.median  # noqa: B018


def test_arrays_of_the_standard_offer_the_vocabularys_methods_and_no_others():
    offered = {name for name in vars(Array) if not name.startswith("_")}
    assert offered == vocabulary.METHODS | vocabulary.ATTRIBUTES


def test_every_word_is_one_that_cupy_has():
    known = set(cupy_surface.UFUNCS) | set(cupy_surface.FUNCTIONS)
    assert vocabulary.FUNCTIONS - known == set()
    assert vocabulary.LINALG - set(cupy_surface.LINALG) == set()
    assert vocabulary.METHODS | vocabulary.ATTRIBUTES <= set(cupy_surface.METHODS)


def real_cupy():
    return pytest.importorskip(
        "cupy", reason="cupy is not installed (`pip install cupy-cuda12x`, no GPU needed)"
    )


def test_the_record_of_cupy_is_what_the_real_one_says():
    found = surface(real_cupy())
    if found["VERSION"] != cupy_surface.VERSION:
        pytest.skip(f"cupy {found['VERSION']} is not the recorded {cupy_surface.VERSION}")
    for name in ("UFUNCS", "FUNCTIONS", "LINALG", "METHODS"):
        assert found[name] == getattr(cupy_surface, name), name


def test_every_call_of_a_row_binds_to_the_real_cupys_parameters():
    cupy = real_cupy()
    for name, positional, keywords in sorted(attended().calls):
        function = cupy
        for part in name.split("."):
            function = getattr(function, part)
        if isinstance(function, cupy.ufunc):
            assert set(keywords) <= {"out", "dtype", "casting"}, name
        else:
            inspect.signature(function).bind(*[None] * positional, **dict.fromkeys(keywords))


# ----- What goes through the host -----


def test_only_what_the_table_lists_goes_through_the_host():
    world = Elsewhere(StandardDevice(strict().device.std, strict().device.place))
    world.device.trips.clear()
    for case in CASES:
        op, sample, number = case.values
        xs, attrs = given_in(world, op, sample, number)
        outcome(world, lambda where, op=op, xs=xs, attrs=attrs: where.apply(op, xs, attrs))
        if op.differentiable:
            outcome(world, backward(op, sample, number, 1))
    print("\n".join(f"{n:6} x {why}: {ROUND_TRIPS[why]}" for why, n in world.device.trips.items()))
    assert set(world.device.trips) == set(ROUND_TRIPS), "the table has a line that nothing uses"


@pytest.mark.parametrize("op", [o for o in OPS.values() if o.differentiable], ids=lambda o: o.name)
def test_no_row_waits_for_the_gpu(op):
    """Reading an element stops the queue; only index arrays may."""
    world = fake()
    for sample in op.samples:
        xs, attrs = given_in(world, op, sample, None)
        before = fakecupy.cuda.synchronizations
        world.device.work = nullcontext
        try:
            world.apply(op, xs, attrs)
        finally:
            del world.device.work
        waits = fakecupy.cuda.synchronizations - before
        assert waits == 0


@pytest.mark.parametrize("name", [n for n, op in OPS.items() if op.family == "random"])
def test_draws_have_the_same_bits_on_every_device(name, world):
    op = OPS[name]
    size = {"size": (3, 2)} if "size" in op.attrs else {"shape": (3, 2)}
    found = []
    for device, source in ((HOST, Draws(HOST)), (world.device, world.device.xp.random)):
        source.seed(7)
        for _ in range(2):
            raw = op.forward(types.SimpleNamespace(random=source), **{**op.attrs, **size})
            found.append(device.asnumpy(raw))
    first, second, *there = found
    assert first.tolist() != second.tolist()
    assert [x.tobytes() for x in there] == [first.tobytes(), second.tobytes()]
    assert there[0].dtype == first.dtype == op.attrs["dtype"] and first.shape == (3, 2)


# ----- Programs on FakeCuPy -----


@pytest.mark.parametrize("name", OPCODES)
def test_programs_give_the_same_bytes_on_fakecupy(name):
    """On a real GPU the last digits differ: `test_forward` compares those with a tolerance."""
    for sample in OPS[name].samples:
        found = []
        for device in (HOST, fake().device):
            p = Written()
            handles = [p.upload(raw, "float64") for raw in operands(OPS[name], sample)]
            shapes = OPS[name].shape(*sample.shapes, **{**OPS[name].attrs, **sample.attrs})
            outputs = len(shapes) if isinstance(shapes, list) else 1
            made = p.call(name, *handles, outputs=outputs, **{**OPS[name].attrs, **sample.attrs})
            written = p.read(*listed(made))
            result = Executor(device).run(decode(encode(written.program())))
            assert result.errors == ()
            found.append([(value.spec, value.data) for value in result.values])
        assert found[0] == found[1]
