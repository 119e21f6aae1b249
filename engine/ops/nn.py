"""Activations and the softmax family."""

from math import prod

from .. import shapes
from ..registry import Sample, general, unary

unary("relu", lambda xp, x: xp.maximum(x, 0), lambda F, g, y, x: g * F.sign(y),
      np=False, npx=True, dtype="promote", domain=(0.2, 2.0),
      doc="The larger of x and 0; its gradient at 0 is 0, at NaN NaN.", latex=r"\max({x}, 0)",
      latex_vjp=r"\bar{y} \odot [{x} > 0]")
unary("sigmoid", lambda xp, x: 1 / (1 + xp.exp(-x)), lambda F, g, y, x: g * y * (1 - y),
      np=False, npx=True, weight=12, symbol="σ", doc="1 / (1 + exp(-x)).",
      latex=r"\sigma({x})", latex_vjp=r"\bar{y} \odot y (1 - y)")
unary("softrelu", lambda xp, x: xp.logaddexp(x, 0.0), lambda F, g, y, x: g / (1 + F.exp(-x)),
      nd=False, np=False, weight=12, doc="log(1 + exp(x)).",
      latex=r"\ln(1 + e^{x})", latex_vjp=r"\bar{y} \odot \sigma({x})")
unary("softsign", lambda xp, x: x / (1 + xp.abs(x)),
      lambda F, g, y, x: g / F.square(1 + F.abs(x)), np=False, domain=(0.2, 2.0),
      doc="x / (1 + |x|).", latex=r"\frac{x}{1 + |{x}|}", latex_vjp=r"\bar{y} / (1 + |{x}|)^2")
unary("leaky_relu", lambda xp, x, *, slope: xp.where(x > 0, x, slope * x),
      lambda F, g, y, x, *, slope: F.where(x > 0, g, slope * g), nd=False, np=False,
      attrs={"slope": 0.25}, domain=(0.2, 2.0), sample_attrs=({"slope": 0.25},),
      doc="x where x is positive, else slope · x.",
      latex=r"\begin{cases}{x} & {x} > 0\\ {slope} {x}\end{cases}",
      latex_vjp=r"\bar{y} \odot (1 \text{ or } {slope})")
unary("elu", lambda xp, x, *, slope: xp.where(x > 0, x, slope * xp.expm1(x)),
      lambda F, g, y, x, *, slope: F.where(x > 0, g, g * (y + slope)), nd=False, np=False,
      attrs={"slope": 0.25}, domain=(-2.0, -0.2), weight=10, sample_attrs=({"slope": 0.5},),
      doc="x where x is positive, else slope · (exp(x) - 1).",
      latex=r"\begin{cases}{x} & {x} > 0\\ {slope} (e^{x} - 1)\end{cases}",
      latex_vjp=r"\bar{y} \odot (1 \text{ or } y + {slope})")
general("dropout", lambda xp, x, mask: x * mask,
        (lambda F, g, y, x, mask: g * mask, None),
        lambda x, mask: shapes.broadcast("dropout", x, mask), operands=("x", "mask"), dtype="same",
        samples=(Sample(((2, 3), (2, 3))), Sample(((2, 3), (1, 3)))),
        doc="Some elements set to 0 at random, the others made larger to keep the mean.",
        latex=r"{x} \odot {mask}", latex_vjps=(r"\bar{y} \odot {mask}", None))


def _softmax(xp, x, *, axis):
    e = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
    return e / xp.sum(e, axis=axis, keepdims=True)


def _log_softmax(xp, x, *, axis):
    z = x - xp.max(x, axis=axis, keepdims=True)
    return z - xp.log(xp.sum(xp.exp(z), axis=axis, keepdims=True))


def _along(name):
    def shape(x, *, axis):
        shapes.axis_of(name, axis, len(x))
        return x

    return shape


SOFTMAX_SAMPLES = tuple(
    Sample((s,), {"axis": a}) for s, a in (((3,), -1), ((2, 3), -1), ((2, 3), 0))
)
general("softmax", _softmax,
        (lambda F, g, y, x, *, axis: y * (g - F.sum(g * y, axis=axis, keepdims=True)),),
        _along("softmax"), attrs={"axis": -1}, nd=True, npx=True, dtype="float",
        samples=SOFTMAX_SAMPLES, flops=lambda out, x, **_: 13 * prod(x),
        doc="exp(x) over its sum along the axis.", latex=r"\operatorname{softmax} {x}",
        latex_vjps=(r"y \odot (\bar{y} - \textstyle\sum \bar{y} \odot y)",))
general("log_softmax", _log_softmax,
        (lambda F, g, y, x, *, axis: g - F.exp(y) * F.sum(g, axis=axis, keepdims=True),),
        _along("log_softmax"), attrs={"axis": -1}, nd=True, npx=True, dtype="float",
        samples=SOFTMAX_SAMPLES, flops=lambda out, x, **_: 14 * prod(x),
        doc="Logarithm of softmax, without overflow.", latex=r"\ln \operatorname{softmax} {x}",
        latex_vjps=(r"\bar{y} - e^{y} \textstyle\sum \bar{y}",))
