"""What is said again for NumPy's sake gives what the rows give, bit for bit."""

import types

import numpy
import pytest

import engine
from engine import autograd
from engine.array import NDArray, invoke, ndarray, wrap
from engine.devices import HOST, quick
from engine.registry import OPS

from .test_rows import attrs_of, operands

engine.install()

EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, numpy.inf, -numpy.inf, numpy.nan, 1e-40, 3e38]


def same(got, wanted):
    """Equal bits, shapes and dtypes."""
    got, wanted = numpy.asarray(got), numpy.asarray(wanted)
    assert got.dtype == wanted.dtype and got.shape == wanted.shape
    numpy.testing.assert_array_equal(got, wanted)
    signs = numpy.signbit(got) == numpy.signbit(wanted)
    assert (signs | numpy.isnan(wanted)).all()


def operand_sets(op, dtype):
    """The operands of the row's samples, and pairs of edge values for elementwise rows."""
    for sample in op.samples:
        yield operands(op, sample, dtype), attrs_of(op, sample) or {}
    if op.family in ("unary", "binary"):
        grid = numpy.meshgrid(*[numpy.array(EDGES, dtype)] * len(op.operands))
        yield grid, {}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(quick.KERNELS))
def test_a_quick_kernel_gives_what_the_rows_forward_gives(name, dtype):
    op = OPS[name]
    row = op.forward
    row = getattr(HOST.xp, row) if isinstance(row, str) else types.MethodType(row, HOST.xp)
    with numpy.errstate(all="ignore"):
        for raws, attrs in operand_sets(op, dtype):
            got, wanted = op.kernel(*raws, **attrs), row(*raws, **attrs)
            if name in ("erf", "gamma", "gammaln"):  # of -0.0 these rows make 0.0
                same(got + 0, wanted + 0)
            else:
                same(got, wanted)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(quick.PULLS))
def test_a_quick_rule_gives_what_the_rows_rule_gives(name, dtype):
    op = OPS[name]
    assert len(op.pulls) == len(op.vjps)
    with numpy.errstate(all="ignore"):
        for raws, attrs in operand_sets(op, dtype):
            y = numpy.asarray(op.kernel(*raws, **attrs))
            g = numpy.resize(numpy.array([0.7, -1.3, 2.0, 0.0], dtype), y.shape)
            for mine, row in zip(op.pulls, op.vjps, strict=True):
                if row is None:
                    assert mine is None
                    continue
                got, wanted = (f(HOST.xp, g, y, *raws, **attrs) for f in (mine, row))
                # A row may write -0.0 where nothing was picked.
                same(*((got + 0, wanted + 0) if name == "pick" else (got, wanted)))


@pytest.mark.parametrize("index", [[1, 0, 2], [0.9, -3.0, 7.0], [-0.0, numpy.inf, -numpy.inf]])
@pytest.mark.parametrize("axis", [0, 1, -1, -2])
@pytest.mark.parametrize("keepdims", [False, True])
def test_picking_cuts_indices_as_the_row_does(index, axis, keepdims):
    op, x = OPS["pick"], numpy.arange(9, dtype="float32").reshape(3, 3) - 4
    for form in (numpy.array(index), numpy.array(index, "float32")[:, None]):
        given = {"axis": axis, "keepdims": keepdims}
        y = op.kernel(x, form, **given)
        same(y, types.MethodType(op.forward, HOST.xp)(x, form, **given))
        g = numpy.arange(3, dtype="float32").reshape(y.shape) + 1
        got, wanted = (f(HOST.xp, g, y, x, form, **given) for f in (op.pulls[0], op.vjps[0]))
        same(got, wanted + 0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["maximum", "minimum"])
@pytest.mark.parametrize("number", [0, 1, 0.0, -0.0, 0.5, 1e39])
def test_a_quick_rule_takes_numbers_on_either_side(name, number, dtype):
    op, x = OPS[name], numpy.array(EDGES, dtype)
    g = numpy.full_like(x, -1.5)
    with numpy.errstate(all="ignore"):
        for k, raws in enumerate(((x, number), (number, x))):
            y = op.kernel(*raws)
            same(op.pulls[k](HOST.xp, g, y, *raws), op.vjps[k](HOST.xp, g, y, *raws))


NUMBERS = [0, 1, -3, 2.5, 0.1, 0.0, -0.0, 1e-46, 1e39, float("inf"), float("nan"), 1 << 24, 1 << 70]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", ["add", "multiply", "true_divide", "subtract", "power", "greater"])
@pytest.mark.parametrize("number", NUMBERS)
def test_an_array_and_a_number_give_what_numpy_gives(name, number, dtype):
    sign = {
        "add": "+", "subtract": "-", "multiply": "*", "true_divide": "/", "power": "**",
        "greater": ">",
    }[name]  # fmt: skip
    with numpy.errstate(all="ignore"):
        op, raw = OPS[name], numpy.array(EDGES, dtype)
        x = wrap(ndarray, raw)
        for text, wanted in (
            (f"x {sign} n", op.kernel(raw, number)),
            (f"n {sign} x", op.kernel(number, raw)),
        ):
            got = eval(text, {"x": x, "n": number})
            same(got._data, wanted)


@pytest.mark.parametrize("cls", [ndarray, NDArray])
def test_the_tape_keeps_the_number_as_it_was_written(cls):
    x = wrap(cls, numpy.array([1.0, 2.0], "float32"))
    x.attach_grad()
    with autograd.record():
        right, left = x * 2.5, 3 - x
    assert right._entry.primals[0] is x._data
    assert type(right._entry.primals[1]) is float and right._entry.primals[1] == 2.5
    assert type(left._entry.primals[0]) is int and left._entry.primals[0] == 3
    assert left._entry.primals[1] is x._data
    left.backward()
    assert x.grad.tolist() == [-1.0, -1.0]
    right.backward()
    assert x.grad.tolist() == [2.5, 2.5]


def test_numbers_that_were_used_do_not_pile_up():
    x = wrap(ndarray, numpy.ones(2, "float32"))
    for k in range(3 * quick.Singles.MOST):
        x + k
    assert len(quick.SINGLES) <= quick.Singles.MOST + 1


def test_arrays_without_axes_keep_their_shape_and_dtype():
    x = wrap(ndarray, numpy.array(0.5, "float32"))
    x.attach_grad()
    with autograd.record():
        y = -(x * x + 1)
        z = invoke(OPS["sin"], (y,))
    z.backward()
    assert y.shape == z.shape == x.grad.shape == ()
    assert y.dtype == z.dtype == x.grad.dtype == numpy.float32
    numpy.testing.assert_allclose(x.grad._data, -2 * 0.5 * numpy.cos(-1.25), rtol=1e-6)
