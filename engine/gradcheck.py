"""Gradients checked against differences: one random direction, central, in float64."""

import numpy

from . import autograd
from .array import ndarray, wrap


def leaves(raws):
    """Arrays with gradients around float64 copies of `raws`."""
    found = [wrap(ndarray, numpy.array(raw, dtype="float64")) for raw in raws]
    for x in found:
        x.attach_grad()
    return found


def gradients(f, raws, head_grad, *, create_graph=False):
    """The gradients of `f(*arrays)` at `raws` for a head gradient, as arrays."""
    xs = leaves(raws)
    with autograd.record():
        y = f(*xs)
    head = wrap(ndarray, numpy.asarray(head_grad, dtype="float64"))
    return autograd.grad(y, xs, head_grads=head, create_graph=create_graph)


def along(f, raws, directions, step=1e-5):
    """Central difference of `f(*raws)` (raw arrays in, raw array out) along `directions`."""
    ahead = f(*(x + step * d for x, d in zip(raws, directions, strict=True)))
    behind = f(*(x - step * d for x, d in zip(raws, directions, strict=True)))
    return (ahead - behind) / (2 * step)


def mismatch(f, raws, rng, order=1) -> float:
    """Relative disagreement between derivative and difference along a random direction.

    `f` takes arrays and gives one array. Order 1 compares the VJP; order 2 compares the VJP of
    <VJP, direction> with the differences of the VJP itself.
    """
    directions = [rng.standard_normal(x.shape) for x in raws]

    def forward(*at):
        return f(*(wrap(ndarray, numpy.asarray(x)) for x in at))._data

    head = rng.standard_normal(forward(*raws).shape)
    if order == 1:
        exact = sum(
            (g._data * d).sum() for g, d in zip(gradients(f, raws, head), directions, strict=True)
        )
        numeric = (along(forward, raws, directions) * head).sum()
        return _relative(exact, numeric)

    xs = leaves(raws)
    others = [rng.standard_normal(x.shape) for x in raws]
    with autograd.record():
        y = f(*xs)
        first = autograd.grad(
            y, xs, head_grads=wrap(ndarray, head), create_graph=True, retain_graph=True
        )
        total = None
        for g, o in zip(first, others, strict=True):
            part = (g * wrap(ndarray, o)).sum()
            total = part if total is None else total + part
    second = autograd.grad(total, xs)
    exact = sum((g._data * d).sum() for g, d in zip(second, directions, strict=True))

    def slope(*at):
        found = gradients(f, at, head)
        return sum((g._data * o).sum() for g, o in zip(found, others, strict=True))

    return _relative(exact, along(slope, raws, directions))


def _relative(a, b) -> float:
    return float(abs(a - b) / max(1.0, abs(a), abs(b)))
