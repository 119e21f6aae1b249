"""Elementwise functions of numbers' parts: quotients rounded, signs, powers of two."""

from math import inf

from ..registry import binary, unary

binary("floor_divide", "floor_divide", (None, None), nd=False, symbol="÷⌊⌋", domain=(0.6, 0.9),
       doc="The quotient rounded down; its gradient is 0.", latex=r"\lfloor {a} / {b} \rfloor")
binary("fmod", "fmod",
       (lambda F, g, y, a, b: g, lambda F, g, y, a, b: -g * F.trunc(a / b)),
       nd=False, symbol="fmod", domain=(0.6, 0.9),
       doc="Remainder of the division, with the sign of the dividend.",
       latex=r"\operatorname{fmod}({a}, {b})",
       latex_vjps=(r"\bar{y}", r"-\bar{y} \operatorname{trunc}({a}/{b})"))
binary("copysign", "copysign",
       (lambda F, g, y, a, b: g * F.sign(a) * F.sign(y), None),
       nd=False, dtype="float", domain=(0.5, 2.0), doc="`a` with the sign of `b`.",
       latex=r"|{a}| \operatorname{sign} {b}",
       latex_vjps=(r"\bar{y} \operatorname{sign} {a} \operatorname{sign} {b}", None))
binary("ldexp", lambda xp, a, b: a * 2.0**b,
       (lambda F, g, y, a, b: g * F.power(2.0, b),
        lambda F, g, y, a, b: g * y * 0.6931471805599453),
       nd=False, dtype="float", weight=10, doc="a · 2^b.", latex=r"{a} \cdot 2^{b}",
       latex_vjps=(r"\bar{y} \odot 2^{b}", r"\bar{y} \odot y \ln 2"))
binary("logaddexp", "logaddexp",
       (lambda F, g, y, a, b: g * F.exp(a - y), lambda F, g, y, a, b: g * F.exp(b - y)),
       nd=False, dtype="float", weight=20, doc="log(exp(a) + exp(b)) without overflow.",
       latex=r"\ln(e^{a} + e^{b})",
       latex_vjps=(r"\bar{y} \odot e^{{a} - y}", r"\bar{y} \odot e^{{b} - y}"))
binary("heaviside", "heaviside", (None, None), nd=False, dtype="float",
       doc="0 where a is negative, 1 where positive, b where it is 0; its gradient is 0.",
       latex=r"H({a})")
unary("signbit", "signbit", None, nd=False, dtype="bool",
      doc="Whether each element has a minus sign.", latex=r"[{x} < 0]")
unary("isposinf", lambda xp, x: x == inf, None, nd=False, dtype="bool",
      doc="Whether each element is +infinity.", latex=r"[{x} = \infty]")
unary("isneginf", lambda xp, x: x == -inf, None, nd=False, dtype="bool",
      doc="Whether each element is -infinity.", latex=r"[{x} = -\infty]")
