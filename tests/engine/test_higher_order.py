"""Derivatives of any order: gradients that are on the tape themselves (`create_graph=True`)."""

import math

import numpy
import pytest

from engine import gradcheck
from tests.engine.helpers import autograd, derivatives, leaf, nd, np, npx, record, values

X = numpy.array([0.5, 1.25, 2.0])


def falling(n, order):
    """n (n - 1) … of `order` factors."""
    return math.prod(n - k for k in range(order))


#: Elementwise functions with their derivative of order k in closed form.
CLOSED = {
    "x*x": (lambda x: x * x, lambda k, x: falling(2, k) * x ** (2 - k) if k < 3 else 0 * x),
    "x**3": (lambda x: x**3, lambda k, x: falling(3, k) * x ** (3.0 - k)),
    "x**0.5": (lambda x: x**0.5, lambda k, x: falling(0.5, k) * x ** (0.5 - k)),
    "1/x": (lambda x: 1 / x, lambda k, x: (-1) ** k * math.factorial(k) * x ** (-1.0 - k)),
    "2**x": (lambda x: 2**x, lambda k, x: math.log(2) ** k * 2**x),
    "x*2": (lambda x: x * 2, lambda k, x: 0 * x + (2 if k == 1 else 0)),
    "x+x-1": (lambda x: x + x - 1, lambda k, x: 0 * x + (2 if k == 1 else 0)),
    "sin": (np.sin, lambda k, x: numpy.sin(x + k * math.pi / 2)),
    "cos": (np.cos, lambda k, x: numpy.cos(x + k * math.pi / 2)),
    "exp": (np.exp, lambda k, x: numpy.exp(x)),
    "exp(2x)": (lambda x: np.exp(2 * x), lambda k, x: 2**k * numpy.exp(2 * x)),
    "log": (np.log, lambda k, x: -((-1) ** k) * math.factorial(k - 1) * x ** (-float(k))),
    "sqrt": (np.sqrt, lambda k, x: falling(0.5, k) * x ** (0.5 - k)),
    "square": (np.square, lambda k, x: falling(2, k) * x ** (2 - k) if k < 3 else 0 * x),
    "reciprocal": (np.reciprocal, lambda k, x: (-1) ** k * math.factorial(k) * x ** (-1.0 - k)),
    "x*exp(x)": (lambda x: x * np.exp(x), lambda k, x: (x + k) * numpy.exp(x)),
    "sinh": (np.sinh, lambda k, x: numpy.cosh(x) if k % 2 else numpy.sinh(x)),
    "abs": (np.abs, lambda k, x: numpy.sign(x) if k == 1 else 0 * x),
    "sign": (np.sign, lambda k, x: 0 * x),
    "x[:]": (lambda x: x[:] * x[:] * x[:], lambda k, x: falling(3, k) * x ** (3.0 - k)),
    "reshape": (
        lambda x: x.reshape(3, 1).reshape(3) ** 3,
        lambda k, x: falling(3, k) * x ** (3.0 - k),
    ),
}


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("name", CLOSED)
def test_derivatives_have_their_closed_form(name, order):
    f, closed = CLOSED[name]
    found = derivatives(f, leaf(X), order)[-1]
    numpy.testing.assert_allclose(found.asnumpy(), closed(order, X), rtol=1e-10, atol=1e-12)


#: Functions of a vector to a number, without a closed form that fits a line.
SCALARS = {
    "norm": np.linalg.norm,
    "dot": lambda x: np.dot(x, x) * np.dot(x, x),
    "softmax": lambda x: (npx.softmax(x) * np.array([1.0, 2, 4], dtype="float64")).sum(),
    "log_softmax": lambda x: (npx.log_softmax(x) * np.array([1.0, 2, 4], dtype="float64")).sum(),
    "indexing": lambda x: x[0] ** 3 * x[1] * x[2] ** 2,
    "repeated index": lambda x: (x[np.array([0, 0, 2])] ** 4).sum(),
    "boolean mask": lambda x: (x[x > 1] ** 4).sum(),
    "concat": lambda x: (np.concatenate([x, x * x]) ** 2).sum(),
    "stack": lambda x: np.stack([x, np.sin(x)]).prod(axis=0).sum(),
    "split": lambda x: (np.split(x, 3)[0] ** 2 * np.split(x, 3)[2] ** 3).sum(),
    "mean": lambda x: (x - x.mean() / 2).prod() * x.mean(),
    "var": lambda x: x.var() ** 2,
    "matmul": lambda x: ((x.reshape(3, 1) @ x.reshape(1, 3)) ** 2).sum(),
    "broadcast": lambda x: (x.reshape(3, 1) * np.sin(x)).sum() ** 2,
    "maximum": lambda x: (np.maximum(x, 1) ** 4).sum(),
    "where": lambda x: np.where(x > 1, x**4, np.sin(x)).sum(),
    "tanh": lambda x: np.tanh(x).prod(),
    "sigmoid": lambda x: npx.sigmoid(x).prod(),
    "max": lambda x: x.max() ** 4 * x.min(),
    "sort": lambda x: (np.sort(-x) ** 3 * np.array([1.0, 2, 3], dtype="float64")).sum(),
    "transpose": lambda x: np.dot(np.outer(x, x).T, x * x).sum(),
    "cast": lambda x: (x.astype("float64") ** 4).sum(),
}


def directional(f, order, directions):
    """The number that `order` derivatives of `f` along `directions` give, as a function of x."""
    if not order:
        return f

    def g(x):
        inner = directional(f, order - 1, directions)(x)
        slope = autograd.grad(inner, x, create_graph=True)[0]
        return (slope * np.array(directions[order - 1], dtype="float64")).sum()

    return g


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("name", SCALARS)
def test_derivatives_agree_with_differences_of_the_order_below(name, order):
    rng = numpy.random.default_rng(order)
    directions = [rng.standard_normal(3) for _ in range(order)]

    def number(raw, k):
        x = leaf(raw)
        return record(lambda: directional(SCALARS[name], k, directions)(x)).item()

    difference = gradcheck.along(lambda raw: number(raw, order - 1), [X], [directions[-1]])
    assert number(X, order) == pytest.approx(difference, rel=2e-6, abs=2e-6)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_whole_powers_have_all_derivatives_at_zero(n):
    found = values(derivatives(lambda x: x**n, leaf([0.0]), 4))
    assert found == [[math.factorial(n)] if k == n else [0] for k in range(1, 5)]


def test_a_hessian_is_symmetric_and_right():
    x = leaf([1.0, 2])
    with autograd.record():
        y = x[0] ** 2 * x[1] ** 3
        g = autograd.grad(y, x, create_graph=True)[0]
        parts = [g[0], g[1]]
    rows = [autograd.grad(part, x, retain_graph=True)[0] for part in parts]
    assert values(rows) == [[16, 24], [24, 12]]


def test_the_second_derivative_of_a_linear_function_is_zero_not_an_error():
    x = leaf([1.0, 2])
    with autograd.record():
        g = autograd.grad(x * 2, x, create_graph=True)[0]
    g.backward()
    assert g.tolist() == [2, 2] and x.grad.tolist() == [0, 0]


def test_the_second_derivative_with_respect_to_an_unrelated_variable_is_zero():
    x, z = leaf([1.0]), leaf([1.0])
    with autograd.record():
        g = autograd.grad(x * x, [z], create_graph=True)[0]
    assert g.tolist() == [0]
    g.backward()
    assert z.grad.tolist() == [0]


def test_a_gradient_made_with_create_graph_can_be_used_in_a_loss():
    x, w = leaf([1.0, 2]), leaf([3.0, 4])
    with autograd.record():
        y = (w * x * x).sum()
        g = autograd.grad(y, x, create_graph=True)[0]  # 2 w x
        loss = (g * g).sum() + y
    loss.backward()
    assert w.grad.tolist() == [8 * 3 + 1, 8 * 4 * 4 + 4]
    assert x.grad.tolist() == [8 * 9 + 2 * 3, 8 * 16 * 2 + 2 * 4 * 2]


def test_a_recorded_head_gradient_takes_part():
    x, v = leaf([1.0, 2]), leaf([3.0, 4])
    with autograd.record():
        g = autograd.grad(x * x, x, head_grads=v, create_graph=True)[0]  # 2 x v
    g.backward()
    assert v.grad.tolist() == [2, 4] and x.grad.tolist() == [6, 8]


def test_create_graph_keeps_the_first_graph():
    x = leaf([2.0])
    y = record(lambda: x * x * x)
    g = autograd.grad(y, x, create_graph=True)[0]
    y.backward(retain_graph=True)
    assert x.grad.tolist() == [12]
    g.backward()
    assert x.grad.tolist() == [12]


def test_without_create_graph_a_gradient_has_no_past():
    x = leaf([2.0])
    g = autograd.grad(record(lambda: x * x), x)[0]
    with pytest.raises(RuntimeError, match="Cannot differentiate"):
        g.backward()


def test_recording_goes_on_after_a_pass_inside_record():
    x = leaf([2.0])
    with autograd.record():
        autograd.grad(x * x, x)
        assert autograd.is_recording()
        y = x * 3
    y.backward()
    assert x.grad.tolist() == [3]


def test_higher_orders_work_on_nd_arrays_too():
    x = leaf([0.5, 1], "float64", nd)
    found = derivatives(nd.sin, x, 3)
    assert all(type(g) is type(x) for g in found)
    numpy.testing.assert_allclose(found[2].asnumpy(), -numpy.cos([0.5, 1]), rtol=1e-12)


def test_whole_reductions_of_nd_have_higher_orders():
    x = leaf([3.0, 4], "float64", nd)
    with autograd.record():
        g = autograd.grad(nd.norm(x), x, create_graph=True)[0]
    g.backward(nd.array([1, 0], dtype="float64"))
    numpy.testing.assert_allclose(x.grad.asnumpy(), [16 / 125, -12 / 125], rtol=1e-12)


def test_float32_stays_float32_through_all_orders():
    assert {g.dtype.name for g in derivatives(lambda x: x**3 / 2, leaf([1.0], "float32"), 4)} == {
        "float32"
    }


def test_a_gradient_of_a_gradient_through_an_intermediate_variable():
    x = leaf([2.0])
    with autograd.record():
        u = x * x
        z = u * u * x
        du = autograd.grad(z, u, create_graph=True)[0]  # 2 u x
    du.backward()
    assert du.tolist() == [16] and x.grad.tolist() == [24]  # 2 u + 4 x^2
