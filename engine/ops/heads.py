"""Rows whose gradient is not the derivative of their value, as MXNet's output layers have them."""

from ..registry import Sample, general

general("own_gradient", lambda xp, value, x, gradient: value.copy(),
        (None, lambda F, g, y, value, x, gradient: gradient, None),
        lambda value, x, gradient: value, operands=("value", "x", "gradient"), dtype="same",
        family="nn", symbol="head", samples=(Sample(((2, 3), (2, 3), (2, 3))),),
        doc="The value; whatever the head gradient is, `x` receives the gradient given here.",
        latex=r"{value}", latex_vjps=(None, r"{gradient}", None))


def _after_vjp(F, g, y, x, *, update):
    if update is not None:
        update()
    return g


general("after_backward", lambda xp, x, *, update: x.copy(), (_after_vjp,), lambda x, *, update: x,
        attrs={"update": None}, family="nn", symbol="then", samples=(Sample(((2, 3),)),),
        flops=lambda *_, **__: 0,
        doc="The same values; a backward pass that comes by brings running statistics up to date.",
        latex=r"{x}", latex_vjps=(r"\bar{y}",))
