"""wider.py gives what the real MXNet 1.9.1 gives, and has second derivatives, which it has not."""

import json
from pathlib import Path

import numpy
import pytest

import engine
from tests.engine.wider import cases, listed, operands, run

engine.install()

import mxnet  # noqa: E402
from mxnet import autograd, nd  # noqa: E402

GOLDEN = json.loads((Path(__file__).parent / "golden" / "wider.json").read_text())
CASES = {name: rest for name, *rest in cases(mxnet)}


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_mxnets(name):
    found = run(mxnet, name, *CASES[name])
    assert len(found) == len(GOLDEN[name])
    for ours, (shape, numbers) in zip(found, GOLDEN[name], strict=True):
        assert list(ours.shape) == shape
        numpy.testing.assert_allclose(ours.ravel(), numbers, rtol=2e-4, atol=2e-5)


#: Cases that hold float32 arrays of their own: checked in float32, hence roughly.
SINGLE = {
    "while_loop",
    "pdf poisson",
    "pdf negative binomial",
    "pdf generalized negative binomial",
    "pdf dirichlet",
}


def total(name, xs):
    ys = listed(CASES[name][0](*xs))
    return sum((y * nd.array(numpy.cos(numpy.arange(y.size)).reshape(y.shape), dtype=y.dtype)).sum()
               for y in ys)  # fmt: skip


@pytest.mark.parametrize("name", [name for name, (*_, gradients) in CASES.items() if gradients])
def test_second_derivatives_agree_with_differences_of_gradients(name):
    dtype, step, near = ("float32", 1e-2, 5e-2) if name in SINGLE else ("float64", 1e-6, 2e-3)
    xs = [x.astype(dtype) for x in operands(mxnet, name, CASES[name][1])]
    source = numpy.random.RandomState(0)
    ways = [nd.array(source.normal(size=x.shape), dtype=dtype) for x in xs]
    for x in xs:
        x.attach_grad()

    def slope(step):
        moved = [(x.detach() + step * way) for x, way in zip(xs, ways, strict=True)]
        for x in moved:
            x.attach_grad()
        with autograd.record():
            y = total(name, moved)
        return [g.asnumpy() for g in autograd.grad(y, moved)]

    with autograd.record():
        grads = autograd.grad(total(name, xs), xs, create_graph=True)
        along = sum((g * way).sum() for g, way in zip(grads, ways, strict=True))
    if "ultiplier" in name:
        return  # its gradient is not the derivative of its value
    along.backward()
    for x, up, down in zip(xs, slope(step), slope(-step), strict=True):
        numeric = (up - down) / (2 * step)
        numpy.testing.assert_allclose(x.grad.asnumpy(), numeric, rtol=near, atol=near / 10)
