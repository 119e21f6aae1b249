"""What a run has computed, by the rows' own costs."""

import json

from engine.effort import effort
from engine.kernel import Kernel

STEP = """from mxnet import np, npx, autograd
x = np.ones((20, 30))
w = np.ones((30, 40))
w.attach_grad()
with autograd.record():
    y = np.dot(x, w)
    s = y.sum()
"""


def of(code):
    return effort(Kernel().execute(code).recorder)


def test_a_product_counts_its_multiplications_and_additions():
    assert of(
        "from mxnet import np\nx = np.ones((20, 30))\ny = np.dot(x, np.ones((30, 40)))\n"
    ) == (
        2 * 20 * 30 * 40 + 20 * 30 + 30 * 40,
        3,
    )


def test_a_gradient_counts_as_its_operation():
    forward, calls = of(STEP)
    both, more = of(STEP + "s.backward()\n")
    # One VJP of the sum, one of the product: x has no gradient.
    assert (both - forward, more - calls) == (2 * 20 * 30 * 40 + 20 * 40 + 1, 2)


def test_what_has_no_cost_counts_what_it_moves_and_long_loops_are_not_counted():
    own = """
from mxnet import np, autograd
class Twice(autograd.Function):
    def forward(self, x):
        return x * 2
    def backward(self, g):
        return g * 2
y = Twice()(np.ones(50))
"""
    assert of(own)[0] >= 100
    assert of("from mxnet import np\nx = np.ones(2)\nfor i in range(20001):\n    y = x + i\n") == (
        0,
        0,
    )


def test_the_page_is_told_of_runs_that_took_long():
    def told(limits):
        clock = iter(range(1000))
        return json.loads(
            Kernel(lambda: next(clock)).run(STEP, 0, json.dumps(limits), lambda *_: 0, lambda *_: 0)
        )

    assert told({}) == told({"weigh": 10**9}) == {"ops": 4}
    assert told({"weigh": 0})["work"] > 2 * 20 * 30 * 40
