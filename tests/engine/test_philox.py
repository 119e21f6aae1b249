"""Draws of a GPU's context: Philox, the same bits on every device, safe to repeat."""

import math
import statistics
import types

import numpy
import pytest

import engine
from engine import elsewhere, gpu
from engine.devices import HOST, cuda
from engine.devices.draws import Draws
from engine.devices.executor import Executor
from engine.devices.philox import blocks_of, mixed
from engine.devices.remote import RemoteDevice, local
from engine.devices.session import Session
from engine.errors import MXNetError
from engine.ops.philox import _minus_log, _quantile
from engine.program import decode
from engine.registry import OPS

engine.install()

import mxnet as mx  # noqa: E402
from mxnet import autograd, nd, np, npx  # noqa: E402

#: Known answers for philox4x32 with 10 rounds, from Random123's tests: counter, key, words.
KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip


def numbers(text):
    return [int(word, 16) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_the_words_are_those_of_random123(counter, key, words):
    given = [numpy.array([n], "uint64") for n in numbers(counter)]
    assert [int(word[0]) for word in mixed(given, numbers(key))] == numbers(words)


def test_a_block_of_a_stream_has_its_number_and_the_key_in_two_words():
    at, key = 2**40 + 3, (5 << 32) + 9
    found = blocks_of(numpy.array([at], "uint64"), key)
    wide = [numpy.array([n], "uint64") for n in (3, 2**8, 0, 0)]
    assert [int(x[0]) for x in found] == [int(x[0]) for x in mixed(wide, (9, 5))]


def row(name, **attrs):
    op = OPS[name]
    return op.kernel(**{**op.attrs, **attrs})


def test_a_stream_can_be_entered_anywhere():
    whole = HOST.xp.philox(40_000, key=3, counter=10)  # more than one block of the host's cache
    assert HOST.xp.philox(7, key=3, counter=10 + 9000).tolist() == whole[36000:36007].tolist()
    assert (whole >= 0).all() and (whole < 2**32).all() and len(set(whole.tolist())) > 39_990


def test_the_quantile_and_the_logarithm_are_right():
    p = numpy.concatenate([numpy.linspace(1e-9, 1 - 1e-9, 501), 2.0 ** -numpy.arange(2, 54)])
    wanted = [statistics.NormalDist().inv_cdf(x) for x in p]
    numpy.testing.assert_allclose(_quantile(HOST.xp, p, True), wanted, rtol=1e-14, atol=1e-14)
    x = numpy.concatenate([numpy.linspace(1e-4, 1, 501), 2.0 ** -numpy.arange(0, 63)])
    numpy.testing.assert_allclose(_minus_log(HOST.xp, x), -numpy.log(x), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize(
    ("name", "given", "mean", "variance"),
    [
        ("philox_uniform", {"low": -1.0, "high": 3.0}, 1.0, 16 / 12),
        ("philox_normal", {"loc": 2.0, "scale": 0.5}, 2.0, 0.25),
        ("philox_exponential", {"scale": 0.5}, 0.5, 0.25),
        ("philox_mask", {"p": 0.25}, 1.0, 1 / 3),
    ],
)
def test_draws_have_the_moments_of_their_distribution(name, given, mean, variance, dtype):
    drawn = row(name, shape=(200, 300), dtype=dtype, philox_key=11, **given).astype("float64")
    assert drawn.shape == (200, 300)
    error = 5 * math.sqrt(variance / drawn.size)
    assert abs(drawn.mean() - mean) < error + 1e-3 * (dtype == "float16")
    assert drawn.var() == pytest.approx(variance, rel=0.04)
    assert row(name, shape=(5,), dtype=dtype, **given).dtype == dtype


def test_uniform_draws_and_integers_are_even():
    u = row("philox_uniform", shape=(64_000,), philox_key=2)
    counts = numpy.bincount((u * 64).astype(int), minlength=64)
    assert u.min() >= 0 and u.max() < 1 and ((counts - 1000) ** 2 / 1000).sum() < 120
    for low, high, dtype in ((-3, 5, "int32"), (0, 2**40, "int64")):
        n = row("philox_integers", low=low, high=high, dtype=dtype, shape=(64_000,), counter=5)
        assert n.min() >= low and n.max() < high and n.dtype == dtype
        counts = numpy.bincount((n.astype("int64") - low) * 8 // (high - low), minlength=8)
        assert len(counts) == 8 and ((counts - 8000) ** 2 / 8000).sum() < 40


def test_a_draw_will_give_the_same_bits_for_ever():
    """Golden: what a frame of today draws, every later server must draw, too."""
    u = row("philox_uniform", shape=(3,), philox_key=1)
    z = row("philox_normal", shape=(3,), philox_key=1)
    assert [x.hex() for x in u.tolist()] == GOLDEN_UNIFORM
    assert [x.hex() for x in z.tolist()] == GOLDEN_NORMAL


GOLDEN_UNIFORM = ["0x1.c7d00c0000000p-1", "0x1.ca141c0000000p-1", "0x1.2be4440000000p-1"]
GOLDEN_NORMAL = ["0x1.3a58280000000p+0", "0x1.4078280000000p+0", "0x1.bb85f00000000p-3"]


# ----- Contexts -----


class Kept(local):
    """A link that keeps its frames."""

    def __init__(self, session):
        super().__init__(session)
        self.frames = []

    def exchange(self, frame):
        self.frames.append(frame)
        return super().exchange(frame)


MADE = {"fake": cuda.fake, "cpu": lambda: HOST}


@pytest.fixture(params=MADE)
def device(request):
    yield gpu.use(RemoteDevice(Kept(Session(Executor(MADE[request.param]())))))
    gpu.disconnect()


def drawn(ctx):
    """Draws of all kinds, as bytes."""
    mx.random.seed(5)
    shape, low = (3, 5), np.array([0.0, 2.0], ctx=ctx)
    made = [
        np.random.uniform(-1, 1, shape, ctx=ctx),
        np.random.normal(1, 2, shape, ctx=ctx),
        np.random.uniform(low, low + 1),
        np.random.normal(low, 1.0, (4, 2), ctx=ctx),
        np.random.randint(0, 9, shape, ctx=ctx),
        np.random.rand(3, ctx=ctx),
        np.random.randn(3, ctx=ctx),
        np.random.uniform(0, 1, shape, dtype="float64", ctx=ctx),
        np.random.gamma(2.0, 1.0, (3,), ctx=ctx),
        np.random.choice(5, (3,), ctx=ctx),
        nd.random.uniform(-1, 1, shape, ctx=ctx),
        nd.random.normal(0, 1, shape, ctx=ctx),
        nd.random.exponential(2.0, shape, ctx=ctx),
        nd.random.randint(0, 9, shape, ctx=ctx),
        nd.random.poisson(2.0, shape, ctx=ctx),
        np.random.permutation(np.arange(6, ctx=ctx)),
    ]
    x = np.arange(8, ctx=ctx)
    np.random.shuffle(x)
    with autograd.train_mode():
        masked = npx.dropout(np.ones((4, 5), ctx=ctx), 0.5)
    for each in (*made, x, masked):
        assert each.ctx == ctx
    return [each.asnumpy() for each in (*made, x, masked)]


def test_all_draws_of_a_gpu_are_the_same_on_every_device_and_not_the_cpus():
    found = []
    for make in MADE.values():
        gpu.use(RemoteDevice(local(Session(Executor(make())))))
        found.append(drawn(mx.gpu(0)))
        assert [x.tobytes() for x in drawn(mx.gpu(0))] == [x.tobytes() for x in found[-1]]
        gpu.disconnect()
    assert [x.tobytes() for x in found[0]] == [x.tobytes() for x in found[1]]
    here = drawn(mx.cpu())
    assert [x.shape for x in here] == [x.shape for x in found[0]]
    assert [x.dtype for x in here] == [x.dtype for x in found[0]]
    same = [x.tobytes() == y.tobytes() for x, y in zip(here, found[0], strict=True)]
    assert not any(same)


def test_a_frame_says_all_that_its_draws_depend_on(device):
    np.random.normal(0, 1, (100, 100), ctx=mx.gpu(0)).sum().item()
    (frame,) = device.link.frames
    call = decode(frame).calls[0]
    assert call.op == "philox_normal" and {"philox_key", "counter"} <= call.attrs.keys()
    assert len(frame) < 400  # the 10,000 numbers do not travel
    again = Session(Executor(cuda.fake()))
    once = again.answer(frame)
    assert again.answer(frame) == once  # lost on the way back: sent again, drawn once


def test_each_context_has_a_stream_of_its_own(device):
    ctx = mx.gpu(0)

    def here():
        return float(np.random.uniform())

    def there():
        return float(np.random.uniform(ctx=ctx))

    mx.random.seed(1)
    first = here(), there()
    assert here() != first[0] and there() != first[1]
    mx.random.seed(1)
    assert (there(), here()) == first[::-1]  # one does not move the other
    mx.random.seed(1, ctx=ctx)
    second = here()
    assert there() == first[1] and second not in first
    mx.random.seed(1, ctx=mx.cpu())
    assert there() != first[1]
    npx.random.seed(1)
    assert (here(), there()) == first
    with pytest.raises(MXNetError, match="no GPU"):
        mx.random.seed(1, ctx=mx.gpu(3))


def test_two_devices_of_one_seed_draw_differently_unless_they_are_named():
    one, two = (Draws(types.SimpleNamespace(index=k)) for k in (0, 1))
    assert one._key != two._key
    one.seed(7, ctx_given=True)
    two.seed(7, ctx_given=True)
    assert one._key == two._key == 7


@pytest.mark.parametrize(
    "attrs",
    [
        {"counter": -1},
        {"counter": 2**62},
        {"dtype": "int32"},
    ],
)
def test_what_a_row_cannot_draw_is_refused(attrs):
    with pytest.raises(MXNetError):
        OPS["philox_uniform"].shape(**{**OPS["philox_uniform"].attrs, **attrs})


@pytest.mark.parametrize(("low", "high"), [(3, 3), (4, 3), (0, 2**53 + 1)])
def test_integers_need_a_span(low, high):
    attrs = {**OPS["philox_integers"].attrs, "low": low, "high": high}
    with pytest.raises(MXNetError, match="low < high"):
        OPS["philox_integers"].shape(**attrs)


def test_under_the_switch_draws_are_the_cpus(device):
    def told():
        mx.random.seed(3)
        with autograd.train_mode():
            masked = npx.dropout(np.ones(10), 0.5)
        return [x.asnumpy().tobytes() for x in (np.random.normal(size=5), masked)]

    here = told()
    elsewhere.switch(device)
    assert told() == here
    with mx.gpu(0):  # named
        assert told() != here
    with mx.cpu():
        assert told() == here


def test_initial_values_are_drawn_on_the_cpu_as_in_mxnet(device):
    def weights(ctx):
        mx.random.seed(2)
        net = mx.gluon.nn.Dense(4, in_units=3)
        net.initialize(mx.init.Xavier(), ctx=ctx)
        assert net.weight.data().ctx == ctx
        return net.weight.data().asnumpy().tolist()

    here = weights(mx.cpu())
    assert weights(mx.gpu(0)) == here
    with mx.gpu(0):
        assert weights(mx.gpu(0)) == here
