"""Whole programs in CPython with arrays on a server, over HTTP, say what they say without."""

import json
import re
import threading
from pathlib import Path

import numpy
import pytest
from waitress.server import create_server

import engine
from engine import elsewhere, gpu
from engine.devices import HOST
from engine.kernel import Kernel
from server import compute, create_app
from tests.e2e.test_documents import SCRIPTS, same

from .conftest import TOKEN

engine.install()

LESSON = Path(__file__).parents[3] / "web" / "lessons" / "01-attach-and-backward.py"

#: A network of MNIST's size, its data drawn by a seed; `there` and `ctx` say where it trains.
MLP = """
import mxnet as mx
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn
npx.set_np()
mx.random.seed(4)
X = np.random.uniform(0, 1, (128, 784)){there}
y = np.random.randint(0, 10, (128,)){there}
net = nn.Sequential()
net.add(nn.Dense(256, activation='relu'), nn.Dense(10))
net.initialize(init.Normal(0.05){ctx})
loss = gluon.loss.SoftmaxCrossEntropyLoss()
trainer = gluon.Trainer(net.collect_params(), 'sgd', {{'learning_rate': 0.1}})
for i in range(0, 128, 64):
    with autograd.record():
        l = loss(net(X[i:i + 64]), y[i:i + 64])
    l.backward()
    trainer.step(64)
    print(l.mean(), net[0].weight.grad().sum(), net[0].weight.data()[0, :4])
"""


@pytest.fixture(scope="module", params=["fake", "cpu"])
def device(request, tmp_path_factory):
    """`mx.gpu(0)` on a server of this process with a port of its own."""
    settings = compute.Settings(request.param, token=TOKEN, place="inside")
    app = create_app(tmp_path_factory.mktemp("site"), device=settings)
    listening = create_server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=listening.run, daemon=True)
    thread.start()
    made = gpu.connect(f"http://127.0.0.1:{listening.effective_port}", TOKEN)
    yield made
    gpu.disconnect()
    listening.close()
    thread.join(20)
    app.extensions["compute"].stop()


def shown(code: str, device=None) -> list[str]:
    """What a program shows, with a device in the place of the host or without."""
    elsewhere.switch(device)
    try:
        HOST.xp.random.seed(0)
        run = Kernel().execute(code)
        assert not run.stops or device is None, run.stops
        return [str(output.get("text", "")) for output in run.outputs]
    finally:
        elsewhere.switch(None)


def here(texts) -> list[str]:
    """Texts as if their arrays were on the CPU."""
    plain = (re.sub(r", ctx=gpu\(0\)| @gpu\(0\)(?!>)", "", text) for text in texts)
    return [text.replace("gpu(0)", "cpu(0)") for text in plain]


@pytest.mark.skipif(not SCRIPTS, reason="the documents' programs are not beside this")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_document_shows_on_a_server_what_it_shows(device, script):
    code, before = script.read_text("utf-8"), device.queue.counters.sent
    found = here(shown(code, device))
    assert [(s, e) for s, e in zip(found, shown(code), strict=True) if not same(s, e)] == []
    expected = json.loads(script.with_suffix(".expected.json").read_text())
    assert same(" ".join(found), " ".join(expected))
    assert device.queue.counters.sent > before


def test_a_lesson_shows_on_a_server_what_it_shows(device):
    code = LESSON.read_text("utf-8")
    assert here(shown(code, device)) == here(shown(code))


@pytest.mark.parametrize("way", ["with the switch", "with a context"])
def test_a_network_of_mnists_size_trains_to_the_same_numbers(device, way):
    unchanged = MLP.format(there="", ctx="")
    named = MLP.format(there=".as_in_ctx(mx.gpu(0))", ctx=", ctx=mx.gpu(0)")
    trips = device.queue.counters.round_trips
    code, switched = (unchanged, device) if way == "with the switch" else (named, None)
    ours, theirs = " ".join(here(shown(code, switched))), " ".join(shown(unchanged))
    assert same(ours, theirs), f"{ours}\n{theirs}"
    assert device.queue.counters.round_trips - trips < 20


def test_large_arrays_go_up_and_down(device):
    here = numpy.arange(7 << 20, dtype="float32").reshape(-1, 4)
    there = device.array(here)
    assert numpy.array_equal(device.asnumpy(there * 2.0), here * 2)
