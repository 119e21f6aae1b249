"""Reductions over axes. At a tie, max and min give every tied element the whole gradient."""

from math import prod

from .. import shapes
from ..registry import REDUCTION_SAMPLES, Sample, general, reduction


def expand(F, g, shape, axis):
    """The cotangent `g` of a reduction of `shape` over `axis`, laid out to broadcast against it."""
    return F.reshape(g, shapes.expanded(shape, axis))


def count(shape, axis) -> int:
    """How many elements each result of a reduction of `shape` over `axis` is made of."""
    return prod(shape[i] for i in shapes.axes_of("mean", axis, len(shape)))


def _sum_vjp(F, g, y, x, *, axis, keepdims):
    return F.broadcast_to(expand(F, g, x.shape, axis), x.shape)


def _mean_vjp(F, g, y, x, *, axis, keepdims):
    return F.broadcast_to(expand(F, g / count(x.shape, axis), x.shape, axis), x.shape)


def _extreme_vjp(F, g, y, x, *, axis, keepdims):
    return expand(F, g, x.shape, axis) * (x == expand(F, y, x.shape, axis))


def _prod_vjp(F, g, y, x, *, axis, keepdims):
    return expand(F, g * y, x.shape, axis) / x


def _var_vjp(F, g, y, x, *, axis, keepdims, ddof):
    centred = x - F.mean(x, axis=axis, keepdims=True)
    return expand(F, g, x.shape, axis) * centred * (2 / (count(x.shape, axis) - ddof))


def _std_vjp(F, g, y, x, *, axis, keepdims, ddof):
    return _var_vjp(F, g / (2 * y), y, x, axis=axis, keepdims=keepdims, ddof=ddof)


def _norm(xp, x, *, ord, axis, keepdims):
    if ord not in (1, 2):
        raise ValueError(f"ord {ord!r} is not offered, it must be 1 or 2")
    if ord == 1:
        return xp.sum(xp.abs(x), axis=axis, keepdims=keepdims)
    return xp.sqrt(xp.sum(x * x, axis=axis, keepdims=keepdims))


def _norm_vjp(F, g, y, x, *, ord, axis, keepdims):
    if ord == 1:
        return expand(F, g, x.shape, axis) * F.sign(x)
    return expand(F, g / y, x.shape, axis) * x


AWAY_FROM_ZERO = tuple(Sample(s.shapes, s.attrs, 0.5, 2.0) for s in REDUCTION_SAMPLES)

reduction("sum", lambda xp, x, *, axis, keepdims: xp.sum(x, axis=axis, keepdims=keepdims),
          _sum_vjp, dtype="total", symbol="Σ",
          doc="Sum over the axes (all of them when axis is None).",
          latex=r"\sum {x}", latex_vjp=r"\bar{y} \text{ to every element}")
reduction("mean", lambda xp, x, *, axis, keepdims: xp.mean(x, axis=axis, keepdims=keepdims),
          _mean_vjp, dtype="float", doc="Mean over the axes (all of them when axis is None).",
          latex=r"\frac{1}{n} \sum {x}", latex_vjp=r"\bar{y} / n \text{ to every element}")
reduction("prod", lambda xp, x, *, axis, keepdims: xp.prod(x, axis=axis, keepdims=keepdims),
          _prod_vjp, dtype="total", samples=AWAY_FROM_ZERO, symbol="Π",
          doc="Product over the axes.", latex=r"\prod {x}", latex_vjp=r"\bar{y} \odot y / {x}")
reduction("max", lambda xp, x, *, axis, keepdims: xp.max(x, axis=axis, keepdims=keepdims),
          _extreme_vjp, np=("max", "amax"), doc="Largest element over the axes.",
          latex=r"\max {x}", latex_vjp=r"\bar{y} \odot [{x} = y]")
reduction("min", lambda xp, x, *, axis, keepdims: xp.min(x, axis=axis, keepdims=keepdims),
          _extreme_vjp, np=("min", "amin"), doc="Smallest element over the axes.",
          latex=r"\min {x}", latex_vjp=r"\bar{y} \odot [{x} = y]")
reduction("var",
          lambda xp, x, *, axis, keepdims, ddof: xp.var(x, axis=axis, keepdims=keepdims, ddof=ddof),
          _var_vjp, nd=False, dtype="float", attrs={"axis": None, "ddof": 0, "keepdims": False},
          samples=tuple(Sample(s.shapes, {**s.attrs, "ddof": 0}) for s in REDUCTION_SAMPLES),
          doc="Variance over the axes.", latex=r"\operatorname{var} {x}",
          latex_vjp=r"\bar{y} \odot \tfrac{2}{n} ({x} - \text{mean})")
reduction("std",
          lambda xp, x, *, axis, keepdims, ddof: xp.std(x, axis=axis, keepdims=keepdims, ddof=ddof),
          _std_vjp, nd=False, dtype="float", attrs={"axis": None, "ddof": 0, "keepdims": False},
          samples=tuple(Sample(s.shapes, {**s.attrs, "ddof": 0}) for s in REDUCTION_SAMPLES),
          doc="Standard deviation over the axes.", latex=r"\operatorname{std} {x}",
          latex_vjp=r"\bar{y} \odot \frac{{x} - \text{mean}}{n\,y}")
reduction("norm", _norm, _norm_vjp, np=False,
          dtype="float", attrs={"ord": 2, "axis": None, "keepdims": False},
          samples=tuple(
              Sample(s.shapes, {**s.attrs, "ord": o}, 0.5, 2.0)
              for s in REDUCTION_SAMPLES for o in (1, 2)),
          doc="Euclidean length over the axes (ord=1: sum of absolute values).",
          latex=r"\lVert {x} \rVert", latex_vjp=r"\bar{y} \odot {x} / y")


def _cumsum_shape(x, *, axis):
    if axis is None:
        return (prod(x),)
    shapes.axis_of("cumsum", axis, len(x))
    return x


def _cumsum_vjp(F, g, y, x, *, axis):
    along = 0 if axis is None else axis
    behind = F.flip(F.cumsum(F.flip(g, axis=along), axis=along), axis=along)
    return F.reshape(behind, x.shape)


general("cumsum", lambda xp, x, *, axis: xp.cumsum(x, axis=axis), (_cumsum_vjp,), _cumsum_shape,
        attrs={"axis": None}, nd=True, np=True, family="reduction", dtype="total",
        samples=tuple(Sample((s,), {"axis": a}) for s, a in (
            ((3,), None), ((2, 3), None), ((2, 3), 0), ((2, 3), -1))),
        doc="Running sum along the axis (of all elements when axis is None).",
        latex=r"\operatorname{cumsum} {x}",
        latex_vjps=(r"\text{running sum of } \bar{y} \text{ from the end}",))


def _argument_shape(x, *, axis, keepdims=False):
    return shapes.reduced("argmax", x, axis, keepdims)


for _name in ("argmax", "argmin"):
    general(_name,
            # The two array modules know no keepdims here, so the axis is put back by hand.
            lambda xp, x, *, axis, keepdims, _name=_name: xp.reshape(
                getattr(xp, _name)(x, axis=axis),
                _argument_shape(x.shape, axis=axis, keepdims=keepdims)),
            (None,), _argument_shape, attrs={"axis": None, "keepdims": False}, dtype="index",
            nd=True, np=True, family="reduction",
            samples=(Sample(((3,),), {"axis": None, "keepdims": False}),
                     Sample(((2, 3),), {"axis": 1, "keepdims": False})),
            doc=f"Position of the {'largest' if _name == 'argmax' else 'smallest'} element.",
            latex=rf"\operatorname{{{_name}}} {{x}}")
for _name in ("all", "any"):
    reduction(_name,
              lambda xp, x, *, axis, keepdims, _name=_name: getattr(xp, _name)(
                  x, axis=axis, keepdims=keepdims),
              None, nd=False, dtype="bool", doc=f"Whether {_name} elements are non-zero.",
              latex=rf"\operatorname{{{_name}}} {{x}}")
