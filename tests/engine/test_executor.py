"""Programs on a device: the engine's own numbers, checked and costed before they are computed."""

import numpy
import pytest
from hypothesis import given, settings

import engine
from engine import reply
from engine.array import NDArray, invoke, ndarray, wrap
from engine.devices import HOST, ledger
from engine.devices.executor import Executor, Held, Limits
from engine.devices.forecast import Spec, forecast
from engine.opcodes import OPCODES
from engine.program import CODES, FrameError, Handle, Program, decode, encode
from engine.registry import OPS
from engine.summary import summarize
from tests.engine.frames import Written, programs, wild_calls
from tests.engine.test_program import damaged, decoded

engine.install()

# What NumPy says of empty slices is of no interest here.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

from mxnet import autograd, nd, np  # noqa: E402


def run(written, executor=None):
    """The outcome of a program that went through bytes."""
    return (executor or Executor(HOST)).run(decode(encode(written.program())))


def array(value):
    """The NumPy array of a value that was read in full."""
    assert value.error is None, value.error
    return numpy.frombuffer(value.data, value.spec.dtype).reshape(value.spec.shape)


def read(written, *handles):
    """The arrays of some handles after a program in which nothing failed."""
    outcome = run(written.read(*handles))
    assert outcome.errors == ()
    return [array(value) for value in outcome.values]


def failure(written, executor=None):
    """Code and text of the one error of a program."""
    (error,) = run(written, executor).errors
    assert error.code in CODES
    return error.code, error.text


# ----- The numbers are the engine's -----


def test_x_times_x_plus_sin_x():
    values = [[0.5, -1.0], [2.0, 3.0]]
    p = Written()
    x = p.upload(values)
    y = p.call("add", p.call("multiply", x, x), p.call("sin", x))
    a = np.array(values)
    (got,) = read(p, y)
    assert got.tobytes() == (a * a + np.sin(a)).asnumpy().tobytes()


def test_matmul_and_sum():
    p = Written()
    a = p.upload([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    b = p.upload([[0.5], [1.5], [-2.0]])
    y = p.call("matmul", a, b)
    total = p.call("sum", y, axis=None, keepdims=False)
    got, whole = read(p, y, total)
    wanted = np.matmul(
        np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[0.5], [1.5], [-2.0]])
    )
    assert got.tobytes() == wanted.asnumpy().tobytes()
    assert whole.shape == () and whole == wanted.sum().item()


CASES = [
    pytest.param(OPS[name], sample, nd, id=f"{name}-{k}-{'nd' if nd else 'np'}")
    for name in OPCODES
    for k, sample in enumerate(OPS[name].samples)
    for nd in (False, True)
    # nd has no arrays without axes, and no tensordot of its own.
    if not (nd and (() in sample.shapes or name == "tensordot"))
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("op", "sample", "nd"), CASES)
def test_every_op_gives_the_engines_bits(op, sample, nd, dtype):
    rng = numpy.random.default_rng(5)
    raws = [
        rng.integers(0, int(sample.high), shape).astype(dtype)
        if k in sample.integers
        else numpy.asarray(rng.uniform(sample.low, sample.high, shape), dtype)
        for k, shape in enumerate(sample.shapes)
    ]
    for raw in raws:
        if sample.dominant and raw.shape[-1] == raw.shape[-2]:
            raw += 4 * numpy.eye(raw.shape[-1], dtype=dtype)
    attrs = {**op.attrs, **sample.attrs}
    cls = NDArray if nd else ndarray
    wanted = invoke(op, tuple(wrap(cls, raw) for raw in raws), attrs or None, cls)
    wanted = wanted if isinstance(wanted, list) else [wanted]
    p = Written(nd=nd)
    handles = [p.upload(raw, dtype) for raw in raws]
    made = p.call(op.name, *handles, outputs=len(wanted), **attrs)
    made = made if isinstance(made, list) else [made]
    for got, array in zip(read(p, *made), wanted, strict=True):
        assert (got.shape, got.dtype.name) == (array.shape, array._data.dtype.name)
        assert got.tobytes() == array.asnumpy().tobytes()


def pairs():
    for a in ("float16", "float32", "float64", "int8", "int32", "int64", "bool"):
        for b in ("float32", "int32", "uint8", "bool", 2, 1.5, True):
            for op in ("add", "true_divide", "greater", "power"):
                yield op, a, b


@pytest.mark.parametrize(("op", "a", "b"), list(pairs()))
def test_dtypes_mix_as_in_the_engine(op, a, b):
    left = numpy.array([1, 1, 0]).astype(a)
    right = numpy.array([1, 2, 1]).astype(b) if isinstance(b, str) else b
    p = Written()
    operands = [p.upload(left, a), p.upload(right, b) if isinstance(b, str) else b]
    made = run(p.read(p.call(op, *operands))).values[0]
    try:
        wanted = invoke(
            OPS[op], (np.array(left, a), np.array(right, b) if isinstance(b, str) else b)
        )
    except Exception:
        assert made.error is not None
    else:
        assert array(made).dtype.name == wanted.dtype.name
        assert array(made).tobytes() == wanted.asnumpy().tobytes()


def test_nd_has_its_own_conventions():
    p = Written(nd=True)
    x = p.upload([1.0, 2.0])
    total, more = read(p, p.call("sum", x, axis=None, keepdims=False), p.call("greater", x, 1.5))
    assert total.shape == nd.array([1.0, 2.0]).sum().shape == (1,)
    assert more.dtype == "float32" and more.tolist() == [0.0, 1.0]


def test_index_arrays_travel_as_handles():
    values = numpy.arange(12.0, dtype="float32").reshape(3, 4)
    p = Written()
    x, rows = p.upload(values), p.upload([2, 0, -1], "int64")
    mask = p.call("greater", x, 6.5)
    picked = p.call("getitem", x, key=(rows, slice(None, None, 2)))
    large = p.call("getitem", x, key=mask)
    back = p.call("scatter_add", picked, shape=(3, 4), key=(rows, slice(None, None, 2)))
    got = read(p, picked, large, back)
    assert got[0].tolist() == values[[2, 0, -1], ::2].tolist()
    assert got[1].tolist() == values[values > 6.5].tolist()
    assert got[2][2].tolist() == (2 * values[2] * [1, 0, 1, 0]).tolist()


def test_uploads_come_back_as_they_were():
    golden = {"float16": [0.5, -2], "bool": [True, False], "int64": [-(2**63), 2**63 - 1]}
    p = Written()
    handles = [p.upload(values, dtype) for dtype, values in golden.items()]
    for got, (dtype, values) in zip(read(p, *handles), golden.items(), strict=True):
        assert (got.dtype, got.tolist()) == (dtype, values)


def test_bytes_that_are_no_booleans_become_some():
    program = Written()
    x = program.upload([True, False], "bool")
    sent = program.read(x).program()
    sent = sent._replace(uploads=(sent.uploads[0]._replace(data=b"\x07\x00"),))
    assert Executor(HOST).run(decode(encode(sent))).values[0].data == b"\x01\x00"


def test_a_summary_is_what_the_inspector_shows():
    p = Written()
    x = p.upload([[1.0, float("nan")], [0.0, -3.0]])
    value = run(p.read(x, mode="summary")).values[0]
    assert value.data == summarize(numpy.array([[1, float("nan")], [0, -3]], "float32"))
    assert value.spec == Spec((2, 2), "float32")


# ----- Errors -----

BAD_CALLS = {
    "shapes do not fit": ("SHAPE", "add", ["x", "y"], {}),
    "inner sizes": ("SHAPE", "matmul", ["x", "y"], {}),
    "no such axis": ("SHAPE", "sum", ["x"], {"axis": 5, "keepdims": False}),
    "wrong size": ("SHAPE", "reshape", ["x"], {"newshape": (5,)}),
    "negative size": ("SHAPE", "zeros", [], {"shape": (-3,), "dtype": "float32"}),
    "negative repeats": ("SHAPE", "repeat", ["x"], {"repeats": -1, "axis": 0}),
    "too many operands": ("VALUE", "sin", ["x", "x"], {}),
    "no operand": ("VALUE", "concatenate", [], {"axis": 0}),
    "numbers alone": ("DTYPE", "add", [1, 2.0], {}),
    "a number for indices": ("VALUE", "take", ["x", 1], {"axis": 0, "mode": "clip"}),
    "step 0": ("VALUE", "arange", [], {"start": 0, "stop": 9, "step": 0, "dtype": "float32"}),
    "endless": ("VALUE", "arange", [], {"start": 0.0, "stop": float("inf"), "step": 1}),
    "index outside": ("INDEX", "getitem", ["x"], {"key": 7}),
    "too many indices": ("INDEX", "getitem", ["x"], {"key": (0, 0, 0)}),
    "index array outside": ("INDEX", "getitem", ["x"], {"key": ("far",)}),
    "index array outside, negative": ("INDEX", "getitem", ["x"], {"key": (..., "near")}),
    "index array after an index": ("INDEX", "getitem", ["x"], {"key": (None, 0, "far")}),
    "scatter outside": ("INDEX", "scatter_add", ["rows"], {"shape": (2,), "key": "far"}),
    "write outside": ("INDEX", "setitem", ["x", 0.0], {"key": ("far",)}),
    "scatter of another shape": ("SHAPE", "scatter_add", ["x"], {"shape": (9,), "key": "rows"}),
    "write of another shape": ("SHAPE", "setitem", ["x", "y"], {"key": slice(0, 1)}),
    "adding of another shape": (
        "SHAPE", "take_add", ["y", "rows"], {"shape": (3, 3), "axis": 0, "mode": "clip"},
    ),
    "index array of floats": ("DTYPE", "getitem", ["x"], {"key": "y"}),
    "mask of another shape": ("INDEX", "getitem", ["x"], {"key": "mask"}),
    "two dtypes in nd": ("DTYPE", "nd add", ["x", "rows"], {}),
    "results miscounted": ("VALUE", "split", ["y"], {"indices_or_sections": 5, "axis": 0}),
    "contracts more axes than there are": ("INDEX", "tensordot", ["x", "x"], {"axes": 60}),
    "unknown handle": ("UNKNOWN_HANDLE", "sin", ["gone"], {}),
    "unknown index": ("UNKNOWN_HANDLE", "getitem", ["x"], {"key": "gone"}),
    "far too large": ("QUOTA_BYTES", "zeros", [], {"shape": (2**31, 2**31), "dtype": "int8"}),
    "empty, but far too large": ("QUOTA_BYTES", "zeros", [], {"shape": (0, 2**62)}),
    "nine axes": ("QUOTA_BYTES", "ones", [], {"shape": (1,) * 9, "dtype": "bool"}),
    "broadcast bomb": ("QUOTA_BYTES", "broadcast_to", ["y"], {"shape": (2**40, 5)}),
    "outer bomb": ("QUOTA_BYTES", "tensordot", ["long", "long"], {"axes": 0}),
    "repeat bomb": ("QUOTA_BYTES", "repeat", ["x"], {"repeats": 2**62, "axis": None}),
    "one-hot bomb": ("QUOTA_BYTES", "one_hot", ["rows"], {"depth": 2**50}),
    "more than may be held": ("QUOTA_BYTES", "ones", [], {"shape": (2**26,), "dtype": "float64"}),
}  # fmt: skip


@pytest.mark.parametrize(("code", "op", "inputs", "attrs"), BAD_CALLS.values(), ids=BAD_CALLS)
def test_a_bad_call_is_told_and_the_others_go_on(code, op, inputs, attrs):
    p = Written()
    known = {
        "x": p.upload([[1.0, 2.0], [3.0, 4.0]]),
        "y": p.upload([1.0, 2.0, 3.0, 4.0, 5.0]),
        "long": p.upload([0.0] * 20_000),
        "rows": p.upload([0, 1], "int64"),
        "far": p.upload([0, 2], "int64"),
        "near": p.upload([0, -3], "int64"),
        "mask": p.upload([True, False, True], "bool"),
        "gone": p.upload([1.0]),
    }

    def put(part):
        if isinstance(part, tuple):
            return tuple(put(inner) for inner in part)
        return known[part] if isinstance(part, str) and part in known else part

    executor = Executor(HOST)
    run(p.free(known["gone"]), executor)
    q = Written(seq=2, first=p.next, nd=op.startswith("nd "))
    good = q.call("sin", known["x"])
    bad = q.call(
        op.split()[-1], *map(put, inputs), **{name: put(value) for name, value in attrs.items()}
    )
    after = q.call("cos", good)
    outcome = run(q.read(bad, after), executor)
    (error,) = outcome.errors
    assert (error.code, error.seq, error.op, error.handle) == (code, 2, 1, bad.id), error.text
    assert 10 < len(error.text) <= 500
    assert outcome.values[0].error == error
    wanted = HOST.xp.cos(HOST.xp.sin(numpy.array([[1, 2], [3, 4]], "float32")))
    assert array(outcome.values[1]).tolist() == wanted.tolist()


def test_what_is_made_of_a_failed_result_tells_the_first_error_also_later():
    p = Written()
    x = p.upload([1.0, 2.0])
    bad = p.call("reshape", x, newshape=(3,))
    worse = p.call("add", x, p.call("sin", bad))
    first = Executor(HOST)
    (error,) = run(p, first).errors
    q = Written(seq=2, first=p.next)
    picked = q.call("getitem", x, key=worse)  # poisoned through its index
    again = q.call("matmul", worse, worse)
    fine = q.call("add", x, 1)
    outcome = run(q.read(worse, picked, again, fine), first)
    assert outcome.errors == ()
    assert [value.error for value in outcome.values] == [error, error, error, None]
    assert (error.seq, error.op, error.handle) == (1, 0, bad.id)


def test_a_mistake_of_the_device_is_named_without_its_words(monkeypatch):
    def broken(*_):
        raise RuntimeError("secret")

    monkeypatch.setattr(HOST.xp, "sin", broken)
    p = Written()
    p.call("sin", p.upload([1.0]))
    code, text = failure(p)
    assert code == "INTERNAL" and "secret" not in text


def test_a_result_of_another_shape_than_forecast_is_never_kept(monkeypatch):
    monkeypatch.setattr(HOST.xp, "sin", lambda x: x[:1])
    p = Written()
    y = p.call("sin", p.upload([1.0, 2.0]))
    outcome = run(p.read(y))
    assert [e.code for e in outcome.errors] == ["INTERNAL"]
    assert outcome.values[0].data is None


def test_no_memory_is_told(monkeypatch):
    def full(*_):
        raise MemoryError

    monkeypatch.setattr(HOST.xp, "sin", full)
    p = Written()
    p.call("sin", p.upload([1.0]))
    assert failure(p)[0] == "OOM"


def test_reading_what_is_not_there():
    outcome = run(Written().read(Handle(5)))
    assert outcome.errors == () and outcome.values[0].error.code == "UNKNOWN_HANDLE"


# ----- Handles -----


def test_handles_are_never_given_twice():
    executor = Executor(HOST)
    p = Written()
    run(p.free(p.upload([1.0]), p.call("zeros", shape=(2,), dtype="float32")), executor)
    for q in (Written(first=1), Written(first=2)):
        q.upload([2.0])
        with pytest.raises(FrameError, match="given before") as caught:
            run(q, executor)
        assert caught.value.code == "BAD_FRAME"
    q = Written(first=3)
    q.upload([2.0])
    assert run(q, executor).account.arrays == 1


def test_a_frame_with_too_many_arrays_does_nothing():
    executor = Executor(HOST, Limits(arrays=3))
    p = Written()
    x = p.upload([1.0] * 4)
    p.call("split", x, outputs=4, indices_or_sections=4, axis=0)
    with pytest.raises(FrameError, match="QUOTA_OPS"):
        run(p, executor)
    q = Written()
    q.upload([1.0])
    assert run(q, executor).account.arrays == 1


def test_a_free_of_nothing_is_told():
    assert failure(Written().free(Handle(8)))[0] == "UNKNOWN_HANDLE"


# ----- Memory and cost -----


def test_bytes_are_accounted_and_freed():
    executor = Executor(HOST)
    p = Written()
    x = p.upload([[1.0] * 100] * 10)
    y = p.call("multiply", x, 2)
    flat = p.call("reshape", x, newshape=(-1,))  # the same memory
    assert run(p, executor).account.held_bytes == 8000
    q = Written(seq=2, first=p.next)
    assert run(q.free(x, y), executor).account.held_bytes == 4000  # `flat` still looks at it
    q = Written(seq=3, first=p.next)
    account = run(q.free(flat), executor).account
    assert (account.held_bytes, account.arrays) == (0, 0)
    assert executor.ledger._owners == {}


def test_a_handle_is_let_go_as_soon_as_nothing_needs_it():
    """A long chain of one frame holds two links at a time, not all of them."""
    p = Written()
    x = p.upload([0.0] * 1000)
    chain = [x]
    for _ in range(50):
        chain.append(p.call("add", chain[-1], 1))
    account = run(p.free(*chain[:-1])).account
    assert account.held_bytes == 4000
    assert account.peak_bytes == 8000
    got = run(p.read(chain[-1], chain[7])).values
    assert [array(value)[0] for value in got] == [50.0, 7.0]  # what is read is kept until then


def test_a_handle_that_is_freed_unused_is_let_go_first():
    executor = Executor(HOST, Limits(held_bytes=5000))
    p = Written()
    x = p.upload([0.0] * 1000)
    run(p, executor)
    q = Written(seq=2, first=p.next)
    q.upload([1.0] * 1000)
    assert run(q.free(x), executor).errors == ()


@pytest.mark.parametrize("calls", [0, 1])
def test_an_upload_may_be_freed_in_its_own_frame(calls):
    p = Written()
    x = p.upload([1.0])
    if calls:
        p.call("zeros", shape=(0,), dtype="float32")
    account = run(p.free(x)).account
    assert (account.held_bytes, account.arrays) == (0, calls)


def test_the_quota_of_bytes_holds_over_frames_and_spares_what_fits():
    executor = Executor(HOST, Limits(held_bytes=11_000))
    p = Written()
    x = p.upload([0.0] * 1000)
    y = p.call("add", x, 1)
    z = p.call("add", y, 1)
    small = p.call("sum", y, axis=None, keepdims=False)
    outcome = run(p.read(small), executor)
    assert [(e.code, e.handle) for e in outcome.errors] == [("QUOTA_BYTES", z.id)]
    assert array(outcome.values[0]) == 1000.0
    q = Written(seq=2, first=p.next)
    q.upload([0.0] * 1000)
    assert failure(q, executor)[0] == "QUOTA_BYTES"
    assert executor.ledger.held == 8004


def test_very_many_very_small_arrays_are_no_way_around_the_quota():
    executor = Executor(HOST, Limits(held_bytes=100_000))
    p = Written()
    made = [p.call("zeros", shape=(), dtype="bool") for _ in range(1000)]
    errors = run(p, executor).errors
    assert {error.code for error in errors} == {"QUOTA_BYTES"}
    assert 700 < len(errors) < 900 and executor.ledger.held == 1000 - len(errors)
    q = Written(seq=2, first=p.next)
    assert run(q.free(*made), executor).errors == ()
    assert executor.ledger.charged == 0


def test_frees_of_nothing_make_no_room():
    executor = Executor(HOST, Limits(arrays=10))
    p = Written()
    for _ in range(12):
        p.call("zeros", shape=(), dtype="bool")
    p.frees = list(range(1000, 1010))
    with pytest.raises(FrameError, match="more than 10 arrays"):
        run(p, executor)


def test_errors_of_frees_are_not_more_than_a_reply_may_have():
    p = Written()
    p.frees = list(range(1, 25_000))
    assert len(run(p).errors) == reply.LIMITS.errors


def test_time_and_stops_hold_for_reads_too(monkeypatch):
    """Each look at a large array takes time, and a frame may ask for thousands."""
    p = Written()
    x = p.upload([1.0])
    p.read(*[x] * 5, mode="summary")
    clock = iter(numpy.arange(0.0, 1000.0, 10.0))
    monkeypatch.setattr("engine.devices.executor.perf_counter", lambda: float(next(clock)))
    codes = [v.error and v.error.code for v in run(p).values]
    assert codes == [None, None, "QUOTA_TIME", "QUOTA_TIME", "QUOTA_TIME"]
    stopped = Executor(HOST, stopped=lambda: True)
    assert {v.error.code for v in run(p, stopped).values} == {"CANCELLED"}


def test_the_quota_of_work_is_of_one_frame():
    executor = Executor(HOST, Limits(work=3 * 2 * 100**3))
    x, seq, after = None, 0, []
    for _ in range(2):
        seq += 1
        p = Written(seq=seq, first=after[-1] if after else 1)
        x = x or p.upload(numpy.eye(100))
        for _ in range(4):
            p.call("matmul", x, x)
        outcome = run(p, executor)
        after.append(p.next)
        assert [e.code for e in outcome.errors] == ["QUOTA_FLOPS"]
        assert outcome.account.calls == 3
        assert outcome.account.work == 3 * 2 * 100**3


def test_slow_arithmetic_costs_more():
    """A call that is let through must end before everybody's device is given up."""
    p = Written()
    x = p.upload(numpy.eye(20))
    p.call("svd", x, outputs=3)
    work = run(p).account.work
    assert failure(p, Executor(HOST, Limits(work=10 * work - 1)))[0] == "QUOTA_FLOPS"
    assert run(p, Executor(HOST, Limits(work=10 * work))).errors == ()


def test_moving_costs_too():
    """An op without arithmetic is no way around the quota."""
    plan = forecast(OPS["copy"], [Spec((1000,), "float32")], {}, False)
    assert plan.work == 2000 and plan.nbytes == 4000


def test_workspace_is_bounded():
    executor = Executor(HOST, Limits(workspace=1000))
    p = Written()
    p.call("softmax", p.upload([0.0] * 100), axis=-1)
    assert failure(p, executor)[0] == "QUOTA_BYTES"


def test_a_reply_is_bounded():
    executor = Executor(HOST, Limits(reply_bytes=5000))
    p = Written()
    x, y = p.upload([0.0] * 1000), p.upload([1.0])
    wide = p.call("broadcast_to", y, shape=(1000,))
    values = run(p.read(x, wide, y), executor).values
    assert [v.error and v.error.code for v in values] == [None, "QUOTA_BYTES", "QUOTA_BYTES"]


def test_nothing_is_allocated_for_a_call_that_is_refused(monkeypatch):
    asked = []
    for name in ("zeros", "ones", "full", "eye", "linspace", "arange"):
        monkeypatch.setattr(HOST.xp, name, lambda *a, **k: asked.append(a))
    p = Written()
    big = 2**27 + 1
    p.call("zeros", shape=(big,), dtype="bool")
    p.call("full", shape=big, fill_value=1, dtype="bool")
    p.call("eye", N=2**20, M=0, k=0, dtype="bool")
    p.call("linspace", start=0, stop=1, num=big, endpoint=True, dtype="float16")
    p.call("arange", start=0, stop=1e300, step=1, dtype="float16")
    assert [e.code for e in run(p).errors] == ["QUOTA_BYTES"] * 5
    assert asked == []


def test_views_count_once_in_the_ledger():
    books = ledger.Ledger()
    whole = numpy.zeros((4, 4))
    parts = [whole[1:], whole.T, numpy.broadcast_to(whole[0], (9, 4))]
    for raw in (whole, *parts):
        books.hold(raw)
    assert books.held == books.peak == 128
    for raw in (whole, *parts):
        books.release(raw)
    assert books.held == 0 and books.peak == 128


# ----- Whatever comes -----

TIGHT = Limits(held_bytes=1 << 20, workspace=1 << 22, work=10**7, reply_bytes=1 << 20)


def consistent(executor, outcome):
    """What must hold after any program."""
    raws = [held.raw for held in executor._table.values() if isinstance(held, Held)]
    owners = {id(ledger.owner_of(raw)): ledger.owner_of(raw).nbytes for raw in raws}
    assert executor.ledger.held == sum(owners.values()) == outcome.account.held_bytes
    assert outcome.account.peak_bytes <= 1 << 20
    assert all(error.code in CODES for error in outcome.errors)
    mistakes = [error for error in outcome.errors if error.code == "INTERNAL"]
    assert mistakes == []


@given(programs())
@settings(max_examples=300, deadline=None)
def test_any_program_runs_to_its_end(program):
    executor = Executor(HOST, TIGHT)
    outcome = executor.run(program)
    assert len(outcome.values) == len(program.reads)
    consistent(executor, outcome)


@given(wild_calls())
@settings(max_examples=600, deadline=2000)
def test_wild_attributes_neither_break_nor_cost_anything(program):
    executor = Executor(HOST, TIGHT)
    outcome = executor.run(decode(encode(program)))
    assert (outcome.values[0].error is None) == (outcome.errors == ())
    consistent(executor, outcome)


@given(damaged())
@settings(max_examples=300, deadline=None)
def test_any_damaged_frame_runs_to_its_end_if_it_is_one(frame):
    program = decoded(frame)
    if program is not None:
        executor = Executor(HOST, TIGHT)
        consistent(executor, executor.run(program))


@pytest.mark.parametrize("at", [(-1,), (-3, -1), (1, -1), (-9, 2, 9), ()])
def test_an_axis_is_split_at_positions_from_either_end(at):
    x = np.arange(4.0)
    x.attach_grad()
    with autograd.record():
        parts = np.split(x, at)
        y = sum((k + 1) * part.sum() for k, part in enumerate(parts))
    y.backward()
    host = numpy.split(numpy.arange(4.0), at)
    assert [part.tolist() for part in parts] == [part.tolist() for part in host]
    told = numpy.concatenate([numpy.full(part.shape, k + 1.0) for k, part in enumerate(host)])
    assert x.grad.tolist() == told.tolist()


def test_positions_of_a_split_must_not_go_back():
    with pytest.raises(engine.errors.ShapeError, match="must not go back"):
        np.split(np.arange(4.0), (3, 1))


@pytest.mark.parametrize("far", [2**60, -(2**63), 2**63 - 1, -1, 7])
def test_indices_far_outside_go_round_at_once(far):
    p = Written()
    x = p.upload([1.0, 2.0, 3.0])
    y = p.call("take", x, p.upload([far], "int64"), axis=0, mode="wrap")
    (found,) = read(p, y)
    assert found.tolist() == [[1.0, 2.0, 3.0][far % 3]]


def test_an_empty_program_does_nothing():
    outcome = Executor(HOST).run(Program(0))
    assert (outcome.errors, outcome.values, outcome.account[:5]) == ((), (), (0, 0, 0, 0, 0))
