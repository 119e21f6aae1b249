"""Every row of the op table, tried on its own samples: values, shapes, dtypes, derivatives."""

import inspect
import re

import numpy
import pytest

import engine
from engine import autograd, dtypes, gradcheck, recorded
from engine.array import invoke, ndarray, wrap
from engine.devices import HOST
from engine.registry import OPS

engine.install()

CASES = [
    pytest.param(op, sample, id=f"{op.name}-{k}")
    for op in OPS.values()
    for k, sample in enumerate(op.samples)
]
DIFFERENTIABLE = [case for case in CASES if case.values[0].differentiable]
#: Those whose gradient is the derivative of their value: `own_gradient` is there to have another.
TRUE = [case for case in DIFFERENTIABLE if case.values[0].name != "own_gradient"]


def operands(op, sample, dtype="float64"):
    """Raw operands of a sample, the same in every run."""
    rng = numpy.random.default_rng(sum(map(ord, op.name)))
    found = []
    for k, shape in enumerate(sample.shapes):
        if k in sample.integers:
            found.append(rng.integers(0, int(sample.high), shape).astype(dtype))
        else:
            found.append(numpy.asarray(rng.uniform(sample.low, sample.high, shape), dtype=dtype))
        if sample.dominant and shape[-1] == shape[-2]:
            found[-1] += numpy.diag(numpy.arange(4, 4 + 3 * shape[-1], 3)).astype(dtype)
    return found


def attrs_of(op, sample):
    return {**op.attrs, **sample.attrs} or None


def results(value):
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("op", "sample"), CASES)
def test_the_declared_shape_and_dtype_are_the_real_ones(op, sample, dtype):
    raws = operands(op, sample, dtype)
    attrs = attrs_of(op, sample)
    got = invoke(op, tuple(wrap(ndarray, r) for r in raws), attrs, ndarray)
    declared = op.shape(*(r.shape for r in raws), **(attrs or {}))
    declared = declared if isinstance(declared, list) else [declared]
    assert [tuple(y.shape) for y in results(got)] == [tuple(s) for s in declared]
    wanted = (
        attrs["dtype"]
        if "dtype" in op.attrs
        else dtypes.result(op.dtype, [dtype] * max(1, len(raws)), "np", op.name)
    )
    assert {y.dtype.name for y in results(got)} == {wanted}


def differentiated(op, sample):
    """The op as a function of its differentiable operands, and these operands."""
    raws = operands(op, sample)
    attrs = attrs_of(op, sample)
    free = [k for k in range(len(raws)) if op.variadic or op.vjps[k] is not None]

    def f(*xs):
        given = list(map(lambda r: wrap(ndarray, r), raws))
        for k, x in zip(free, xs, strict=True):
            given[k] = x
        y = invoke(op, tuple(given), attrs)
        if isinstance(y, list):  # one array out of all results, each with a weight of its own
            flat = [(part * (1.0 + k)).reshape(-1) for k, part in enumerate(y)]
            return invoke(OPS["concatenate"], tuple(flat), {"axis": 0})
        return y

    return f, [raws[k] for k in free]


@pytest.mark.parametrize(("op", "sample"), TRUE)
def test_vjps_agree_with_finite_differences(op, sample):
    f, raws = differentiated(op, sample)
    assert gradcheck.mismatch(f, raws, numpy.random.default_rng(0)) < 1e-6


def bent(f, raws):
    """`f` after a bend that keeps each operand near its place: linear ops get second order too."""
    centres = [wrap(ndarray, raw) for raw in raws]
    sin = OPS["sin"]

    def g(*xs):
        return f(*(x + 0.1 * invoke(sin, (x - c,)) for x, c in zip(xs, centres, strict=True)))

    return g


@pytest.mark.parametrize(("op", "sample"), TRUE)
def test_second_derivatives_agree_with_finite_differences(op, sample):
    f, raws = differentiated(op, sample)
    rng = numpy.random.default_rng(1)
    at = [raw + 0.02 * rng.standard_normal(raw.shape) for raw in raws]
    assert gradcheck.mismatch(bent(f, raws), at, rng, order=2) < 1e-5


@pytest.mark.parametrize(("op", "sample"), DIFFERENTIABLE)
def test_raw_and_recorded_rules_give_equal_numbers(op, sample):
    f, raws = differentiated(op, sample)
    head = numpy.random.default_rng(2).standard_normal(f(*(wrap(ndarray, r) for r in raws)).shape)
    raw = gradcheck.gradients(f, raws, head)
    recorded_ones = gradcheck.gradients(f, raws, head, create_graph=True)
    for a, b in zip(raw, recorded_ones, strict=True):
        numpy.testing.assert_allclose(a.asnumpy(), b.asnumpy(), rtol=1e-13, atol=1e-15)


def test_every_op_with_operands_has_samples():
    assert [op.name for op in OPS.values() if not op.samples and op.operands] == []


def test_rules_use_only_the_recorded_namespace():
    """What rules call on F is exactly what recorded.NAMES offers, and the host has it all."""
    used = set()
    for op in OPS.values():
        for rule in op.vjps:
            module = inspect.getmodule(rule) if rule else None
            if module is not None:
                used |= set(re.findall(r"\bF\.(\w+)\(", inspect.getsource(module)))
    assert used <= set(recorded.NAMES)
    assert all(hasattr(HOST.xp, name) for name in recorded.NAMES)


def test_a_step_has_gradient_zero_and_stays_on_the_tape():
    x = gradcheck.leaves([[0.3, -1.2]])[0]
    with autograd.record():
        y = invoke(OPS["sign"], (x,))
    y.backward()
    assert x.grad.asnumpy().tolist() == [0.0, 0.0]
