"""`mx.gpu(0)`: whole programs whose arrays live on a server's device say what they say here."""

import json
import math
import re
import struct
from pathlib import Path

import numpy
import pytest

import engine
from engine import elsewhere, gpu, trace
from engine.devices import HOST, cuda
from engine.devices.executor import Executor
from engine.devices.remote import DeviceLost, RemoteDevice, arrays, local
from engine.devices.session import Session
from engine.errors import MXNetError, ShapeError
from engine.kernel import Kernel

from .course_programs import printed, programs
from .test_courses import told

engine.install()

import mxnet as mx  # noqa: E402
from mxnet import autograd, nd, np, npx  # noqa: E402

LESSONS = sorted((Path(__file__).parents[2] / "web" / "lessons").glob("*.py"))
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?!\w)")

DEVICES = {"fake": cuda.fake, "cpu": lambda: HOST}


@pytest.fixture(params=DEVICES)
def device(request):
    """A connected device; new arrays go to the host unless a program says otherwise."""
    made = gpu.use(RemoteDevice(local(Session(Executor(DEVICES[request.param]())))))
    yield made
    gpu.disconnect()


@pytest.fixture
def switched(device):
    """The page's device switch: new arrays go to the server, the code is unchanged."""
    return gpu.use(device, default=True)


def numbers_close(ours: str, theirs: str, rel=2e-5) -> bool:
    """The same text but for the context and the last digits of numbers (`rel` 0: all digits)."""
    texts = [
        re.sub(r", ctx=gpu\(0\)|(\s*)@[cg]pu\(0\)", "", text).replace("cpu(0)", "gpu(0)")
        for text in (ours, theirs)
    ]
    words = ["".join(NUMBER.sub("#", text).split()) for text in texts]
    pairs = zip(*(NUMBER.findall(text) for text in texts), strict=False)
    return words[0] == words[1] and all(
        math.isclose(float(a), float(b), rel_tol=rel, abs_tol=rel / 10) for a, b in pairs
    )


@pytest.mark.parametrize("source", [pytest.param(s, id=name) for _, name, s in programs()])
def test_a_course_program_prints_the_same_with_the_switch(switched, source):
    ours = told(lambda: printed(source))
    elsewhere.switch(None)
    theirs = told(lambda: printed(source))
    assert numbers_close(ours, theirs), f"{ours[:3000]}\n-----\n{theirs[:3000]}"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_says_the_same_with_the_switch_and_has_the_same_picture(switched, lesson):
    code = lesson.read_text()
    ours = told(lambda: Kernel().execute(code))
    seen = shown(ours)
    summaries = ours.recorder.summaries(range(len(ours.recorder.values)))
    elsewhere.switch(None)
    theirs = told(lambda: Kernel().execute(code))
    assert not [s for s in ours.stops if s not in theirs.stops]
    assert numbers_close(seen, shown(theirs))
    here = theirs.recorder.summaries(range(len(theirs.recorder.values)))
    assert len(summaries) == len(here) > 0
    for a, b in zip(summaries, here, strict=True):
        assert a.keys() == b.keys()
        assert close(a["mean"], b["mean"]) and close(a["max"], b["max"])
    assert switched.queue.counters.round_trips


def close(a, b) -> bool:
    """Numbers of summaries, which may be words."""
    return a == b or math.isclose(float(a), float(b), rel_tol=1e-4, abs_tol=1e-4)


def shown(run) -> str:
    """All that a run printed."""
    return "\n".join(str(o.get("text", "")) for o in run.outputs)


# ----- Contexts in the program -----

MLP = """
import mxnet as mx
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn
npx.set_np()
w = np.random.normal(0, 1, (784, 10)){there}
X = np.random.uniform(0, 1, (256, 784)){there}
y = np.dot(X - 0.5, w).argmax(axis=1)
net = nn.Sequential()
net.add(nn.Dense(128, activation='relu'), nn.Dropout({dropped}), nn.Dense(64, activation='relu'),
        nn.Dense(10))
net.initialize(init.Normal(0.05){ctx})
loss = gluon.loss.SoftmaxCrossEntropyLoss()
trainer = gluon.Trainer(net.collect_params(), {optimizer})
for epoch in range(2):
    total = 0
    for i in range(0, 256, 64):
        with autograd.record():
            l = loss(net(X[i:i + 64]), y[i:i + 64])
        l.backward()
        trainer.step(64)
        total = total + l.sum()
    print(epoch, float(total))
right = (net(X).argmax(axis=1) == y).sum()
print(int(right), net[0].weight.data().context)
"""


#: Data drawn on the CPU and moved, as a program for a GPU has it; and one that names no device.
NAMED = {"there": ".as_in_ctx(mx.gpu(0))", "ctx": ", ctx=mx.gpu(0)", "dropped": 0.0}
UNCHANGED = {"there": "", "ctx": "", "dropped": 0.1}


@pytest.mark.parametrize("way", [NAMED, UNCHANGED], ids=["with a context", "with the switch"])
@pytest.mark.parametrize(
    "optimizer",
    ["'sgd', {'learning_rate': 0.5, 'momentum': 0.9}", "'adam', {'learning_rate': 0.01}"],
)
def test_an_mlp_of_mnists_size_trains_to_the_same_numbers(device, optimizer, way):
    here = {**UNCHANGED, "dropped": way["dropped"]}
    if way is UNCHANGED:
        elsewhere.switch(device)
    ours = told(lambda: printed(MLP.format(optimizer=optimizer, **way)))
    elsewhere.switch(None)
    theirs = told(lambda: printed(MLP.format(optimizer=optimizer, **here)))
    assert "gpu(0)" in ours and "cpu(0)" in theirs
    near = 0 if str(device.link._session.executor.device) == "cpu(0)" else 1e-5
    assert numbers_close(ours, theirs, near), f"{ours}\n{theirs}"
    assert device.queue.counters.round_trips < 30  # for several hundred calls
    assert device.queue.counters.recorded > 300


def test_arrays_say_where_they_live(device):
    x = nd.ones((2, 2), ctx=mx.gpu(0))
    assert x.context == mx.gpu(0) and str(x).endswith("<NDArray 2x2 @gpu(0)>")
    assert npx.num_gpus() == 1 and mx.current_context() == mx.cpu()
    with mx.gpu(0):
        assert mx.current_context() == mx.gpu(0)
        assert np.zeros(3).ctx == np.random.normal(size=3).ctx == mx.gpu(0)
        assert np.zeros(3, ctx=mx.cpu()).ctx == mx.cpu()
    assert np.zeros(3).ctx == mx.cpu()
    assert x.as_in_ctx(mx.gpu(0)) is x and x.as_in_ctx(mx.cpu()).ctx == mx.cpu()
    assert x.copyto(mx.gpu(0)) is not x
    y = nd.zeros((2, 2))
    x.copyto(y)
    assert y.ctx == mx.cpu() and y.asnumpy().sum() == 4


def test_without_a_server_it_is_said_what_to_do():
    assert npx.num_gpus() == 0
    for make in (lambda: np.ones(2, ctx=mx.gpu(0)), lambda: np.ones(2).as_in_ctx(npx.gpu(0))):
        with pytest.raises(MXNetError, match=r"no GPU here.*serve-cuda"):
            make()


def test_operands_of_two_devices_do_not_mix(device):
    here, there = np.ones((2, 2)), np.ones((2, 2), ctx=mx.gpu(0))
    for call in (
        lambda: here + there,
        lambda: there + here,
        lambda: np.dot(here, there),
        lambda: np.where(here > 0, there, there),
        lambda: np.concatenate([here, there]),
        lambda: npx.fully_connected(there, here, no_bias=True, num_hidden=2),
    ):
        with pytest.raises(MXNetError, match=r"one device.*as_in_ctx\(mx\.gpu\(0\)\)"):
            call()


def test_shapes_are_refused_at_once_and_values_at_the_read(device):
    x = np.ones((2, 3), ctx=mx.gpu(0))
    with pytest.raises(ShapeError):
        x + np.ones((4,), ctx=mx.gpu(0))
    assert device.queue.counters.round_trips == 0
    y = np.arange(3, ctx=mx.gpu(0))[np.array([9], dtype="int32", ctx=mx.gpu(0))]
    z = y + 1
    for read in (z.asnumpy, z.wait_to_read, lambda: print(z), lambda: bool(z), z.item):
        with pytest.raises(MXNetError, match=r"line \d+ of test_gpu\.py"):
            read()
    assert float(x.sum()) == 6.0


@pytest.mark.parametrize(
    "read",
    [
        lambda x: x.asnumpy(),
        lambda x: print(x),
        lambda x: bool(x.sum() > 0),
        lambda x: x.sum().item(),
        lambda x: x.tolist(),
        lambda x: x.wait_to_read(),
        lambda x: nd.waitall(),
    ],
)
def test_nothing_is_sent_before_somebody_reads(device, read):
    x = np.ones((2, 2), ctx=mx.gpu(0))
    for _ in range(20):
        x = np.tanh(x) * 2 + npx.sigmoid(x)
    assert device.queue.counters.round_trips == 0
    read(x)
    assert device.queue.counters.round_trips == 1


def test_what_was_tried_and_given_up_is_not_sent(device):
    """The quick lanes try a row's kernel first; what that put on the queue goes with its result."""
    x = np.ones((2, 2), ctx=mx.gpu(0))
    npx.sigmoid(x)
    y = npx.relu(x)
    assert device.queue.counters.recorded == 2  # ones, relu
    assert y.sum().item() == 4


def test_gradients_of_any_order_are_those_of_the_host(device):
    def third(ctx):
        x = np.array([0.3, 0.7], ctx=ctx)
        x.attach_grad()
        with autograd.record():
            y = (np.exp(x) * np.sin(x)).sum()
            g = autograd.grad(y, x, create_graph=True)[0]
            z = (g * g).sum()
        z.backward()
        assert x.grad.ctx == ctx
        return x.grad.asnumpy()

    numpy.testing.assert_allclose(third(mx.gpu(0)), third(mx.cpu()), rtol=1e-6)


@pytest.mark.parametrize("req", ["write", "add", "null"])
def test_gradients_are_written_where_the_array_lives(device, req):
    x = nd.array([1.0, 2.0], ctx=mx.gpu(0))
    x.attach_grad(req)
    for _ in range(2):
        with autograd.record():
            y = (x * x).sum()
        if req != "null":
            y.backward()
    wanted = {"write": [2.0, 4.0], "add": [4.0, 8.0]}.get(req)
    assert (x.grad.asnumpy().tolist() if wanted else x.grad) == wanted


def test_writing_to_a_part_is_seen_in_the_whole(device):
    x = nd.zeros((3, 2), ctx=mx.gpu(0))
    row, block = x[1], x[1:3]
    row[:] = 5
    block[1, 0] = 7
    x.reshape((6,))[0] = 1
    x += 1
    assert x.asnumpy().tolist() == [[2, 1], [6, 6], [8, 1]]
    assert row.asnumpy().tolist() == [6, 6] and block.asnumpy().tolist() == [[6, 6], [8, 1]]


def test_writing_leaves_what_was_recorded(device):
    x = np.array([1.0, 2.0], ctx=mx.gpu(0))
    x.attach_grad()
    with autograd.record():
        y = (x * x).sum()
    x[:] = 100
    y.backward()
    assert x.grad.asnumpy().tolist() == [2.0, 4.0]


def test_a_recorded_array_stays_on_its_device(device):
    x = np.ones(2, ctx=mx.gpu(0))
    x.attach_grad()
    with autograd.record():
        y = x * 2
        with pytest.raises(MXNetError, match="stays on one device"):
            y.as_in_ctx(mx.cpu())


def test_a_forgotten_graph_is_freed_on_the_server(device):
    x = np.ones((100, 100), ctx=mx.gpu(0))
    x.attach_grad()
    for _ in range(5):
        with autograd.record():
            y = (np.exp(x) * x).sum()
        y.backward()
    float(y)
    del y
    nd.waitall()
    float(x.sum())
    float(x.sum())
    assert device.queue.counters.held_bytes < 3 * 40_000


def test_the_picture_outlives_the_server(device):
    code = "import mxnet as mx\nx = mx.np.ones((2, 2), ctx=mx.gpu(0))\nx.attach_grad()\n"
    code += "with mx.autograd.record():\n    y = x * 3\ny.backward()\n"
    seen, unseen = Kernel().execute(code), Kernel().execute(code)
    before = seen.document()["values"]
    assert {s["mean"] for s in before["summaries"]} == {1, 3}
    device.close()
    assert seen.document()["values"] == before  # what was seen once stays
    after = unseen.document()  # what nobody has seen is not made up
    assert after["values"]["summaries"] == [None] * len(before["summaries"])
    norms = struct.unpack("f" * 2, struct.pack("i" * 2, *after["passes"][0]["grads"]["norm"]))
    assert norms == (-1.0, -1.0)  # unknown, which is not NaN
    assert after["nodes"] == seen.document()["nodes"]
    assert "closed" in str(Kernel().execute(code).stops)
    with pytest.raises(DeviceLost):
        np.ones(2, ctx=mx.gpu(0))


def test_a_trace_says_which_device_its_values_are_on(device):
    code = "import mxnet as mx\nx = mx.np.ones(2)\ny = x.as_in_ctx(mx.gpu(0)) * 2\n"
    found = Kernel().execute(code).document()
    names = [found["strings"][at] for at in found["values"]["device"]]
    assert names[0] == "cpu(0)" and names[-1] == "gpu(0)"


def test_an_index_on_a_server_is_shown_by_its_shape(device):
    code = "import mxnet as mx\nx = mx.np.arange(4, ctx=mx.gpu(0))\n"
    code += "y = x[mx.np.array([2, 0], dtype='int32', ctx=mx.gpu(0))]\nz = x[x > 1]\n"
    run = Kernel().execute(code)
    assert not run.stops
    assert {"key": "array(2,)"} in json.loads(trace.pack(run.document())[0])["attrs"]


def test_a_long_run_leaves_the_server_its_room_and_makes_no_round_trip_for_a_value(
    device, monkeypatch
):
    """What the trace cannot keep there is looked at when something is sent anyway, and freed."""
    monkeypatch.setattr(trace, "AWAY_BYTES", 100_000)
    code = """
import mxnet as mx
x = mx.np.ones((100, 100), ctx=mx.gpu(0))
for i in range(40):
    y = x * i
    z = y + 1
"""
    run = Kernel().execute(code)
    assert device.queue.counters.round_trips <= 2
    found = run.document()["values"]["summaries"]
    assert [s["mean"] for s in found] == [1, *(n for i in range(40) for n in (i, i + 1))]
    assert device.queue.counters.round_trips <= 4
    mx.nd.waitall()
    float(mx.np.ones(1, ctx=mx.gpu(0)).sum())
    assert device.queue.counters.held_bytes < 300_000  # of 3,240,000
    assert device.queue.counters.bytes_down < 81 * 3000


def test_heavy_work_goes_in_parts(device, monkeypatch):
    """So that a stop is heard, and what is done is seen, before all of it is done."""
    monkeypatch.setattr(arrays, "WORK", 10 * 2 * 50**3)
    x = np.ones((50, 50), ctx=mx.gpu(0))
    for _ in range(25):
        x = np.dot(x, x) * 0.02
    assert device.queue.counters.round_trips == 2
    assert float(x[0, 0]) == pytest.approx(1.0)


def test_looking_once_is_enough(device):
    run = Kernel().execute(
        "import mxnet as mx\nx = mx.np.ones((30, 30), ctx=mx.gpu(0))\ny = x + 1\n"
    )
    run.document()
    before = device.queue.counters.round_trips
    assert run.document()["values"]["summaries"][1]["max"] == 2
    assert run.recorder.summaries([0, 1])[0]["max"] == 1
    assert device.queue.counters.round_trips == before


def test_a_window_of_a_large_array_reads_only_that(device):
    code = (
        "import mxnet as mx\nx = mx.np.arange(90000, ctx=mx.gpu(0)).reshape(300, 300)\ny = x + 0\n"
    )
    run = Kernel().execute(code)
    run.document()  # all has been looked at
    before = device.queue.counters.bytes_down
    at = len(run.recorder.values) - 1
    part = run.recorder.window(at, 100, 200)
    assert (part["row"], part["col"], part["rows"], part["data"][0]) == (100, 200, 24, 30200)
    assert device.queue.counters.bytes_down - before < 24 * 24 * 4 + 300
