"""Checking every gradient of a run: what is right, what is wrong and where, what cannot be told."""

import json
import random
from itertools import count

import numpy
import pytest

from engine.check import REASONS
from engine.devices import HOST
from engine.kernel import Kernel
from engine.tape import state

KERNEL = Kernel()
HEAD = "from mxnet import np, npx, nd, autograd, gluon\n"
PLENTY = {"operations": 100_000, "seconds": 60}
WRONG = (
    HEAD
    + """
class Cube(autograd.Function):
    def forward(self, x):
        self.save_for_backward(x)
        return x * x * x

    def backward(self, dy):
        (x,) = self.saved_tensors
        return 2 * x * dy

x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    a = np.sin(x)
    c = Cube()(a)
    z = (c * 3).sum()
z.backward()
"""
)


class Checked:
    """A program that was run and checked."""

    def __init__(self, code, **limits):
        run = KERNEL.execute(code)
        assert [o for o in run.outputs if o["type"] == "error"] == []
        batches = []
        told = KERNEL.check(
            json.dumps({**PLENTY, **limits}), lambda j: batches.append(json.loads(j))
        )
        last = json.loads(told)
        self.recorder = run.recorder
        self.end, self.total = last["end"], last["total"]
        self.verdicts = [v for batch in [*batches, last] for v in batch["verdicts"]]

    def name(self, verdict):
        """The name of the variable, or of the operation, that a verdict is about."""
        names = self.recorder.names()
        slot = self.recorder.slot_start[verdict["node"]]
        return (
            names[slot] or self.recorder.op_table.entries[self.recorder.op[verdict["node"]]][0].name
        )

    def said(self, kind):
        """ "status" or "status reason" by name, for rules or gradients."""
        return {
            self.name(v): f"{v['status']} {v['reason']}".strip()
            for v in self.verdicts
            if v["kind"] == kind
        }

    def not_ok(self):
        return [v for v in self.verdicts if v["status"] != "ok"]


RIGHT = {
    "an MLP's step": """
x = np.array([[0.5, -1.0], [2.0, 3.0], [0.1, 0.2]])
w, v = np.array([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]]) * 0.1, np.array([[1.0], [-2.0], [0.5]])
b = np.zeros(3)
for p in (w, v, b):
    p.attach_grad()
with autograd.record():
    h = np.tanh(x @ w + b)
    l = ((h @ v - 1) ** 2).mean()
l.backward()
""",
    "nd arrays": """
x = nd.array([[1.0, 2.0], [3.0, 4.0]])
x.attach_grad()
with autograd.record():
    y = nd.softmax(x) * x
    z = nd.sum(nd.log(y), axis=1)
z.backward(nd.array([1.0, 10.0]))
""",
    "second order": """
x = np.array([0.5, 1.0])
x.attach_grad()
with autograd.record():
    y = np.sin(x) * x
    g = autograd.grad(y, x, create_graph=True)[0]
    z = (g * g).sum()
z.backward()
""",
    "two blocks, the gradient added up": """
x = np.array([0.5, 1.0])
x.attach_grad("add")
for k in range(2):
    with autograd.record():
        y = (x ** (k + 2)).sum()
    y.backward()
""",
    "a cut by detach": """
x = np.array([0.5, 1.0])
x.attach_grad()
with autograd.record():
    y = x * x.detach()
y.backward()
""",
    "in-place updates between the blocks": """
w = np.array([0.5, 1.0])
w.attach_grad()
for k in range(3):
    with autograd.record():
        l = ((w - 2) ** 2).sum()
    l.backward()
    w -= 0.1 * w.grad
    w[0] = 0.25
""",
    "views, indices and several results": """
x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
x.attach_grad()
with autograd.record():
    a, b, c = np.split(x, 3, axis=1)
    y = (a * b).sum() + (x[1] * x[:, [0, 0, 2]]).sum() + np.take(x, np.array([1, 1]), axis=0).sum()
y.backward()
""",
    "dropout, whose mask is what it was": """
x = np.ones((20, 20))
x.attach_grad()
with autograd.record():
    y = (npx.dropout(x, p=0.5) * x).sum()
y.backward()
""",
    "a right Function with several inputs and results": """
class Both(autograd.Function):
    def forward(self, a, b):
        self.save_for_backward(a, b)
        return a * b, a + b
    def backward(self, dp, ds):
        a, b = self.saved_tensors
        return dp * b + ds, dp * a + ds
x, y = np.array([1.0, 2.0]), np.array([3.0, 5.0])
x.attach_grad(); y.attach_grad()
with autograd.record():
    p, s = Both()(x, y)
    z = (p * s).sum()
z.backward()
""",
    "a Gluon layer": """
net = gluon.nn.HybridSequential()
net.add(gluon.nn.Dense(4, activation="tanh"), gluon.nn.Dense(1))
net.initialize()
x = nd.array([[0.1, 0.2, -0.3], [0.5, -0.5, 1.0]])
with autograd.record():
    loss = gluon.loss.L2Loss()(net(x), nd.array([[1.0], [0.0]]))
loss.backward()
""",
}


@pytest.mark.parametrize("code", RIGHT.values(), ids=RIGHT.keys())
def test_right_gradients_are_found_right(code):
    done = Checked(HEAD + code)
    assert done.end == "all"
    assert done.total == len(done.verdicts) > 1
    assert done.not_ok() == []


def test_a_wrong_backward_is_found_at_its_own_node():
    done = Checked(WRONG)
    assert done.said("rule") == {"a": "ok", "c": "differs", "multiply": "ok", "z": "ok"}
    wrong = next(v for v in done.verdicts if v["kind"] == "rule" and v["status"] == "differs")
    # 2a instead of 3a² where they differ most, times the weight that the check gave the result.
    a = numpy.sin(2.0)
    assert wrong["exact"] / wrong["numeric"] == pytest.approx(2 * a / (3 * a * a), rel=1e-6)


def test_what_it_spoils_is_told_with_both_numbers():
    done = Checked(WRONG)
    assert done.said("gradient") == {
        "x": "differs", "a": "differs", "c": "ok", "multiply": "ok", "z": "ok",
    }  # fmt: skip
    spoiled = next(v for v in done.verdicts if v["kind"] == "gradient" and done.name(v) == "x")
    k = spoiled["at"]
    x = [1.0, 2.0][k]
    a, da = numpy.sin(x), numpy.cos(x)
    assert spoiled["exact"] == pytest.approx(6 * a * da, rel=1e-6)
    assert spoiled["numeric"] == pytest.approx(9 * a * a * da, rel=1e-6)


def test_a_wrong_sign_in_one_element_of_many_is_found():
    done = Checked(
        HEAD
        + """
class Same(autograd.Function):
    def forward(self, x):
        return x * 1
    def backward(self, dy):
        g = dy * 1
        g[70] = -g[70]
        return g
x = np.arange(100.0)
x.attach_grad()
with autograd.record():
    y = Same()(x)
y.backward()
"""
    )
    assert done.said("rule") == {"y": "differs"}


def test_a_kink_is_told_even_where_the_convention_is_the_mean_of_both_sides():
    done = Checked(
        HEAD
        + "x = np.array([0.0, 1.0])\nx.attach_grad()\nwith autograd.record():\n    y = np.abs(x)\n"
        + "y.backward()\n"
    )
    assert done.said("rule") == {"y": "unchecked kink"}
    assert done.said("gradient")["x"] == "unchecked kink"
    assert {v["detail"] for v in done.verdicts if v["reason"] == "kink"} == {"1 of 2"}


def test_a_gradient_that_is_zero_where_the_curvature_jumps_is_right():
    done = Checked(
        HEAD
        + "x = np.array([0.0])\nx.attach_grad()\nwith autograd.record():\n    y = npx.relu(x) * x\n"
        + "y.backward()\n"
    )
    assert done.said("gradient")["x"] == "ok"
    assert done.said("rule")["relu"] == "unchecked kink"


CANNOT = {
    "kink": "y = npx.relu(x) * 2",
    "integer": "y = x * 1",
    "random": "y = Noise()(x)",
    "convention": "y = nd.SoftmaxOutput(x.as_nd_ndarray(), nd.array([0.0]))",
    "infinite": "y = np.log(x - 1) * x",
    "error": "y = Rejects()(x)",
}
NOISE = """
class Noise(autograd.Function):
    def forward(self, x):
        self.mask = np.random.uniform(size=x.shape)
        return x * self.mask
    def backward(self, dy):
        return dy * self.mask
calls = []
class Rejects(autograd.Function):
    def forward(self, x):
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError("only once")
        return x * 2
    def backward(self, dy):
        return dy * 2
"""
START = {
    "kink": "np.array([0.0, 1.0, -2.0])",
    "integer": "np.array([1, 2, 3], dtype='int32')",
    "convention": "np.array([[1.0, 2.0, 3.0]])",
}


@pytest.mark.parametrize(("reason", "line"), CANNOT.items(), ids=CANNOT.keys())
def test_what_cannot_be_checked_says_why(reason, line):
    start = START.get(reason, "np.array([1.0, 2.0, 3.0])")
    done = Checked(
        f"{HEAD}{NOISE}\nx = {start}\nx.attach_grad()\n"
        f"with autograd.record():\n    {line}\ny.backward()\n"
    )
    assert reason in REASONS
    assert f"unchecked {reason}" in done.said("rule").values()
    assert f"unchecked {reason}" in done.said("gradient").values()
    assert "differs" not in {*done.said("rule").values(), *done.said("gradient").values()}


def test_an_elements_kink_does_not_hide_a_wrong_one():
    done = Checked(
        HEAD
        + """
class Relu(autograd.Function):
    def forward(self, x):
        self.save_for_backward(x)
        return np.maximum(x, 0)
    def backward(self, dy):
        (x,) = self.saved_tensors
        return dy * (x > 0) * 2
x = np.array([0.0, 1.0])
x.attach_grad()
with autograd.record():
    y = Relu()(x)
y.backward()
"""
    )
    assert done.said("rule") == {"y": "differs"}


def test_single_precision_that_loses_the_gradient_is_told_as_rounding():
    done = Checked(
        HEAD
        + """
x = np.array([3.0])
x.attach_grad()
with autograd.record():
    y = (x + 1e8) - 1e8
    z = y * y
z.backward()
"""
    )
    assert done.said("gradient")["x"] == "unchecked rounding"


def test_nothing_of_the_user_is_disturbed(capsys):
    code = WRONG.replace("return x * x * x", "print('forward'); return x * x * x")
    run = KERNEL.execute(code)
    outputs = [dict(o) for o in run.outputs]
    nodes, written = len(run.recorder.kind), len(run.recorder.values)
    random.seed(1)
    HOST.xp.random.seed(1)
    before = random.getstate(), HOST.xp.random.np_uniform(size=3).tolist()
    HOST.xp.random.seed(1)
    KERNEL.check(json.dumps(PLENTY), lambda _: None)
    assert (random.getstate(), HOST.xp.random.np_uniform(size=3).tolist()) == before
    assert run.outputs == outputs
    assert capsys.readouterr().out == ""
    assert (len(run.recorder.kind), len(run.recorder.values)) == (nodes, written)
    assert not state.recording and not state.training
    assert run.program.__dict__ == {}


def test_the_number_of_operations_bounds_a_check():
    done = Checked(WRONG, operations=30)
    assert done.end == "operations"
    assert 0 < len(done.verdicts) < done.total


def test_time_bounds_a_check():
    ticks = count()
    kernel = Kernel(clock=lambda: next(ticks) / 10)
    kernel.execute(WRONG)
    done = json.loads(
        kernel.check(json.dumps({"operations": 10**6, "seconds": 0.5}), lambda _: None)
    )
    assert done["end"] == "time"


def test_an_interrupt_leaves_the_verdicts_so_far():
    told = []

    def interrupt(text):
        told.append(json.loads(text))
        raise KeyboardInterrupt

    ticks = count()
    kernel = Kernel(clock=lambda: next(ticks))
    kernel.execute(WRONG)
    done = json.loads(kernel.check(json.dumps({"operations": 10**6, "seconds": 1e9}), interrupt))
    assert done["end"] == "time"
    assert told[0]["total"] == done["total"]


def test_the_reader_can_stop_a_check():
    asked = []
    ticks = count()
    kernel = Kernel(clock=lambda: next(ticks))
    kernel.execute(WRONG)
    limits = json.dumps({"operations": 10**6, "seconds": 1e9})
    done = json.loads(kernel.check(limits, lambda _: None, lambda: asked.append(1) or True))
    assert (done["end"], asked) == ("stopped", [1])


def test_a_run_without_a_backward_pass_has_nothing_to_check():
    assert Checked(HEAD + "x = np.ones(3) * 2\n").verdicts == []


def test_before_any_run_there_is_nothing_to_check():
    assert json.loads(Kernel().check(json.dumps(PLENTY), lambda _: None))["total"] == 0


def test_a_long_chain_is_checked_within_its_bound():
    code = f"{HEAD}x = np.array([0.5])\nx.attach_grad()\nwith autograd.record():\n    y = x\n"
    code += "    for k in range(300):\n        y = np.sin(y) + 0.5\ny.backward()\n"
    done = Checked(code, operations=20_000)
    assert done.end == "operations"
    rules = [v for v in done.verdicts if v["kind"] == "rule"]
    assert len(rules) == 600 and all(v["status"] == "ok" for v in rules)
    assert done.said("gradient")["x"] == "ok"
