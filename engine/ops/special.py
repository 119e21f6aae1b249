"""Special functions (erf, gamma and their kin), and elementwise functions of NumPy's second row."""

from math import (
    copysign,
    erf,
    exp,
    factorial,
    gamma,
    inf,
    isfinite,
    lgamma,
    log,
    nan,
    pi,
    sqrt,
)

from ..registry import binary, unary

TWO_OVER_ROOT_PI = 1.1283791670955126


def _each(function):
    """A function of one Python number applied to each element."""
    return lambda xp, x: xp.each(function, x)


def _erfinv(v):
    """Winitzki's approximation, made exact by Newton's method (Halley's form)."""
    if not -1 < v < 1:
        return copysign(inf, v) if abs(v) == 1 else nan
    part = log(1 - v * v)
    t = 2 / (pi * 0.147) + part / 2
    x = copysign(sqrt(max(0.0, sqrt(t * t - part / 0.147) - t)), v)
    for _ in range(3):
        step = (erf(x) - v) / (TWO_OVER_ROOT_PI * exp(-x * x))
        x -= step / (1 + x * step)
    return x


def _gamma(v):
    try:
        return gamma(v)
    except ValueError:
        return nan if isfinite(v) else (inf if v > 0 else nan)
    except OverflowError:
        return inf


def _gammaln(v):
    try:
        return lgamma(v)
    except (ValueError, OverflowError):
        return inf


#: Bernoulli numbers B_2, B_4, …, for the expansion of polygamma at large arguments.
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)


def _polygamma(n):
    """The n-th derivative of digamma, by recurrence up to 12 and the expansion there."""
    sign = (-1) ** (n + 1)

    def value(v):
        if not isfinite(v) or (v <= 0 and v == int(v)) or v < -1e3:
            return nan
        if abs(v) < 1e-4 and abs(v) ** (n + 1) < 1e-200:
            return nan  # so close to the pole that the numbers end
        total = 0.0
        while v < 12 + n:
            total += sign * factorial(n) / v ** (n + 1)
            v += 1
        if n == 0:
            total += log(v) - 1 / (2 * v)
        else:
            total += sign * (factorial(n - 1) / v**n + factorial(n) / (2 * v ** (n + 1)))
        for k, b in enumerate(BERNOULLI, 1):
            if n == 0:
                total -= b / (2 * k * v ** (2 * k))
            else:
                total += sign * b * factorial(2 * k + n - 1) / (
                    factorial(2 * k) * v ** (2 * k + n))
        return total

    return value


unary("erf", _each(erf), lambda F, g, y, x: g * F.exp(-x * x) * TWO_OVER_ROOT_PI,
      np=False, npx=True, weight=20, doc="Gauss's error function.",
      latex=r"\operatorname{erf} {x}",
      latex_vjp=r"\bar{y} \odot \tfrac{2}{\sqrt{\pi}} e^{-{x}^2}")
unary("erfinv", _each(_erfinv), lambda F, g, y, x: g * F.exp(y * y) / TWO_OVER_ROOT_PI,
      np=False, npx=True, weight=60, domain=(-0.8, 0.8), doc="Inverse of the error function.",
      latex=r"\operatorname{erf}^{-1} {x}",
      latex_vjp=r"\bar{y} \odot \tfrac{\sqrt{\pi}}{2} e^{y^2}")
unary("polygamma", lambda xp, x, *, n: _each(_polygamma(n))(xp, x),
      lambda F, g, y, x, *, n: g * F.polygamma(x, n=n + 1), nd=False, np=False, attrs={"n": 0},
      weight=60, domain=(0.5, 3.0), sample_attrs=({"n": 0}, {"n": 1}, {"n": 2}),
      symbol="ψ", doc="Derivative `n` of digamma, the logarithmic derivative of gamma.",
      latex=r"\psi^{({n})}({x})", latex_vjp=r"\bar{y} \odot \psi^{({n}+1)}({x})")
unary("gamma", _each(_gamma), lambda F, g, y, x: g * y * F.polygamma(x, n=0),
      np=False, npx=True, weight=20, domain=(0.5, 3.0), symbol="Γ", doc="The gamma function.",
      latex=r"\Gamma({x})", latex_vjp=r"\bar{y} \odot \Gamma({x})\, \psi({x})")
unary("gammaln", _each(_gammaln), lambda F, g, y, x: g * F.polygamma(x, n=0),
      np=False, npx=True, weight=20, domain=(0.5, 3.0), symbol="ln Γ",
      doc="Logarithm of the absolute value of the gamma function.",
      latex=r"\ln |\Gamma({x})|", latex_vjp=r"\bar{y} \odot \psi({x})")

# ----- Elementwise functions of numbers' parts -----

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
