"""Elementwise arithmetic and functions. Ties and kinks follow MXNet (see engine/README.md)."""

from ..registry import binary, unary


def dtype_name(x) -> str:
    """Name of the dtype of a raw array (whose `dtype` has one) or of an array object."""
    return getattr(x.dtype, "name", None) or x.dtype.__name__


def _power_left(F, g, y, a, b):
    """By the base. The power law alone would give 0 · 0^-1 in higher orders of x^2, x and 1."""
    if type(b) in (int, float) and b in (0, 1, 2):
        return g * 2 * a if b == 2 else g if b == 1 else F.zeros_like(a)
    return g * b * F.power(a, b - 1)


# ----- Arithmetic -----

binary("add", "add", (lambda F, g, y, a, b: g, lambda F, g, y, a, b: g),
       symbol="+", doc="Sum of two arrays, element by element.",
       latex=r"{a} + {b}", latex_vjps=(r"\bar{y}", r"\bar{y}"))
binary("subtract", "subtract", (lambda F, g, y, a, b: g, lambda F, g, y, a, b: -g),
       symbol="−", doc="Difference of two arrays, element by element.",
       latex=r"{a} - {b}", latex_vjps=(r"\bar{y}", r"-\bar{y}"))
binary("multiply", "multiply", (lambda F, g, y, a, b: g * b, lambda F, g, y, a, b: g * a),
       symbol="×", doc="Product of two arrays, element by element.",
       latex=r"{a} \odot {b}", latex_vjps=(r"\bar{y} \odot {b}", r"\bar{y} \odot {a}"))
binary("true_divide", "true_divide",
       (lambda F, g, y, a, b: g / b, lambda F, g, y, a, b: -g * y / b),
       np=("true_divide", "divide"), nd=("divide", "true_divide"), symbol="÷", dtype="float",
       domain=(0.5, 2.0), doc="Quotient of two arrays, element by element.",
       latex=r"\frac{a}{b}",
       latex_vjps=(r"\bar{y} / {b}", r"-\bar{y} \odot \frac{{a}}{{b}^2}"))
binary("power", "power",
       (_power_left, lambda F, g, y, a, b: g * y * F.log(a)),
       symbol="^", literal=True, domain=(0.5, 2.0), weight=10,
       doc="`a` to the power `b`, element by element.",
       latex=r"{a}^{b}",
       latex_vjps=(r"\bar{y} \odot {b}\,{a}^{{b}-1}", r"\bar{y} \odot {a}^{b} \ln {a}"))
def _mod(xp, a, b):
    """The remainder; beside a divisor of 0 it is 0, as MXNet has it."""
    rest = xp.mod(a, b)
    zero = xp.zeros_like(rest)
    return xp.where(zero + b == 0, zero, rest)


binary("mod", _mod,
       (lambda F, g, y, a, b: g, lambda F, g, y, a, b: -g * F.floor(a / b)),
       np=("mod", "remainder"), nd="modulo", symbol="mod", domain=(0.6, 0.9),
       doc="Remainder of the division, with the sign of the divisor.",
       latex=r"{a} \bmod {b}",
       latex_vjps=(r"\bar{y}", r"-\bar{y} \lfloor {a}/{b} \rfloor"))
unary("negative", "negative", lambda F, g, y, x: -g,
      symbol="−", dtype="promote", doc="The array with its sign changed.",
      latex=r"-{x}", latex_vjp=r"-\bar{y}")

# ----- Larger, smaller, distance -----

# At a tie the left array wins; a Python number on the left (MXNet swaps it to the right) does not.
binary("maximum", "maximum",
       (lambda F, g, y, a, b: g * (a >= b),
        lambda F, g, y, a, b: g * (a < b if hasattr(a, "shape") else a <= b)),
       symbol="max", literal=True,
       doc="The larger of two elements; at a tie the gradient goes to the left one.",
       latex=r"\max({a}, {b})",
       latex_vjps=(r"\bar{y} \odot [{a} \ge {b}]", r"\bar{y} \odot [{a} < {b}]"))
binary("minimum", "minimum",
       (lambda F, g, y, a, b: g * (a <= b),
        lambda F, g, y, a, b: g * (a > b if hasattr(a, "shape") else a >= b)),
       symbol="min", literal=True,
       doc="The smaller of two elements; at a tie the gradient goes to the left one.",
       latex=r"\min({a}, {b})",
       latex_vjps=(r"\bar{y} \odot [{a} \le {b}]", r"\bar{y} \odot [{a} > {b}]"))
binary("hypot", "hypot", (lambda F, g, y, a, b: g * a / y, lambda F, g, y, a, b: g * b / y),
       nd=False, dtype="float", domain=(0.5, 2.0), doc="Length of the hypotenuse.",
       latex=r"\sqrt{{a}^2 + {b}^2}",
       latex_vjps=(r"\bar{y} \odot {a} / y", r"\bar{y} \odot {b} / y"))
binary("arctan2", "arctan2",
       (lambda F, g, y, a, b: g * b / (a * a + b * b),
        lambda F, g, y, a, b: -g * a / (a * a + b * b)),
       nd=False, dtype="float", domain=(0.5, 2.0), weight=10, doc="Angle of the point (b, a).",
       latex=r"\operatorname{arctan2}({a}, {b})",
       latex_vjps=(r"\bar{y} \odot \frac{{b}}{{a}^2+{b}^2}",
                   r"-\bar{y} \odot \frac{{a}}{{a}^2+{b}^2}"))

# ----- Powers, roots, exponentials -----

unary("square", "square", lambda F, g, y, x: g * 2 * x,
      symbol="x²", dtype="promote", doc="Square of each element.",
      latex=r"{x}^2", latex_vjp=r"\bar{y} \odot 2 {x}")
unary("sqrt", "sqrt", lambda F, g, y, x: g / (2 * y),
      symbol="√", domain=(0.5, 2.0), doc="Square root of each element.",
      latex=r"\sqrt{x}", latex_vjp=r"\bar{y} / (2\sqrt{x})")
unary("cbrt", "cbrt", lambda F, g, y, x: g / (3 * y * y),
      domain=(0.5, 2.0), doc="Cube root of each element.",
      latex=r"\sqrt[3]{x}", latex_vjp=r"\bar{y} / (3 \sqrt[3]{x}^2)")
unary("reciprocal", lambda xp, x: 1 / x, lambda F, g, y, x: -g * y * y,
      symbol="1/x", domain=(0.5, 2.0), doc="One over each element.",
      latex=r"\frac{1}{x}", latex_vjp=r"-\bar{y} / {x}^2")
unary("rsqrt", lambda xp, x: 1 / xp.sqrt(x), lambda F, g, y, x: -g * y / (2 * x),
      np=False, domain=(0.5, 2.0), doc="1 / sqrt(x).", latex=r"\frac{1}{\sqrt{x}}",
      latex_vjp=r"-\bar{y} / (2 {x}^{3/2})")
unary("rcbrt", lambda xp, x: 1 / xp.cbrt(x), lambda F, g, y, x: -g * y / (3 * x),
      np=False, domain=(0.5, 2.0), weight=10, doc="1 / cube root of x.",
      latex=r"\frac{1}{\sqrt[3]{x}}", latex_vjp=r"-\bar{y} / (3 {x}^{4/3})")
unary("exp", "exp", lambda F, g, y, x: g * y,
      weight=10, doc="Exponential of each element.", latex=r"e^{x}",
      latex_vjp=r"\bar{y} \odot e^{x}")
unary("expm1", "expm1", lambda F, g, y, x: g * (y + 1),
      weight=10, doc="exp(x) - 1, exact for small x.", latex=r"e^{x} - 1",
      latex_vjp=r"\bar{y} \odot e^{x}")
unary("log", "log", lambda F, g, y, x: g / x,
      symbol="ln", domain=(0.5, 2.0), weight=10, doc="Natural logarithm of each element.",
      latex=r"\ln {x}", latex_vjp=r"\bar{y} / {x}")
unary("log2", "log2", lambda F, g, y, x: g / (x * 0.6931471805599453),
      domain=(0.5, 2.0), weight=10, doc="Logarithm to the base 2.",
      latex=r"\log_2 {x}", latex_vjp=r"\bar{y} / ({x} \ln 2)")
unary("log10", "log10", lambda F, g, y, x: g / (x * 2.302585092994046),
      domain=(0.5, 2.0), weight=10, doc="Logarithm to the base 10.",
      latex=r"\log_{10} {x}", latex_vjp=r"\bar{y} / ({x} \ln 10)")
unary("log1p", "log1p", lambda F, g, y, x: g / (1 + x),
      domain=(-0.5, 2.0), weight=10, doc="log(1 + x), exact for small x.",
      latex=r"\ln(1 + {x})", latex_vjp=r"\bar{y} / (1 + {x})")

# ----- Trigonometric and hyperbolic -----

unary("sin", "sin", lambda F, g, y, x: g * F.cos(x),
      weight=10, doc="Sine of each element (radians).",
      latex=r"\sin {x}", latex_vjp=r"\bar{y} \odot \cos {x}")
unary("cos", "cos", lambda F, g, y, x: -g * F.sin(x),
      weight=10, doc="Cosine of each element (radians).",
      latex=r"\cos {x}", latex_vjp=r"-\bar{y} \odot \sin {x}")
unary("tan", "tan", lambda F, g, y, x: g * (1 + y * y),
      weight=10, domain=(-1.0, 1.0), doc="Tangent of each element (radians).",
      latex=r"\tan {x}", latex_vjp=r"\bar{y} \odot (1 + \tan^2 {x})")
unary("arcsin", "arcsin", lambda F, g, y, x: g / F.sqrt(1 - x * x),
      weight=10, domain=(-0.8, 0.8), doc="Inverse sine, in radians.",
      latex=r"\arcsin {x}", latex_vjp=r"\bar{y} / \sqrt{1 - {x}^2}")
unary("arccos", "arccos", lambda F, g, y, x: -g / F.sqrt(1 - x * x),
      weight=10, domain=(-0.8, 0.8), doc="Inverse cosine, in radians.",
      latex=r"\arccos {x}", latex_vjp=r"-\bar{y} / \sqrt{1 - {x}^2}")
unary("arctan", "arctan", lambda F, g, y, x: g / (1 + x * x),
      weight=10, doc="Inverse tangent, in radians.",
      latex=r"\arctan {x}", latex_vjp=r"\bar{y} / (1 + {x}^2)")
unary("sinh", "sinh", lambda F, g, y, x: g * F.cosh(x),
      weight=10, doc="Hyperbolic sine.", latex=r"\sinh {x}",
      latex_vjp=r"\bar{y} \odot \cosh {x}")
unary("cosh", "cosh", lambda F, g, y, x: g * F.sinh(x),
      weight=10, doc="Hyperbolic cosine.", latex=r"\cosh {x}",
      latex_vjp=r"\bar{y} \odot \sinh {x}")
unary("tanh", "tanh", lambda F, g, y, x: g * (1 - y * y),
      weight=10, doc="Hyperbolic tangent.", latex=r"\tanh {x}",
      latex_vjp=r"\bar{y} \odot (1 - \tanh^2 {x})")
unary("arcsinh", "arcsinh", lambda F, g, y, x: g / F.sqrt(x * x + 1),
      weight=10, doc="Inverse hyperbolic sine.", latex=r"\operatorname{arsinh} {x}",
      latex_vjp=r"\bar{y} / \sqrt{{x}^2 + 1}")
unary("arccosh", "arccosh", lambda F, g, y, x: g / F.sqrt(x * x - 1),
      weight=10, domain=(1.5, 3.0), doc="Inverse hyperbolic cosine.",
      latex=r"\operatorname{arcosh} {x}", latex_vjp=r"\bar{y} / \sqrt{{x}^2 - 1}")
unary("arctanh", "arctanh", lambda F, g, y, x: g / (1 - x * x),
      weight=10, domain=(-0.8, 0.8), doc="Inverse hyperbolic tangent.",
      latex=r"\operatorname{artanh} {x}", latex_vjp=r"\bar{y} / (1 - {x}^2)")

unary("degrees", "degrees", lambda F, g, y, x: g * 57.29577951308232,
      np=("degrees", "rad2deg"), doc="Radians as degrees.", latex=r"\tfrac{180}{\pi} {x}",
      latex_vjp=r"\tfrac{180}{\pi} \bar{y}")
unary("radians", "radians", lambda F, g, y, x: g * 0.017453292519943295,
      np=("radians", "deg2rad"), doc="Degrees as radians.", latex=r"\tfrac{\pi}{180} {x}",
      latex_vjp=r"\tfrac{\pi}{180} \bar{y}")

# ----- Kinks and steps (a step has gradient zero everywhere) -----

unary("abs", "abs", lambda F, g, y, x: g * F.sign(x),
      np=("abs", "absolute", "fabs"), symbol="|x|", dtype="promote", domain=(0.3, 2.0),
      doc="Absolute value; its gradient at 0 is 0.", latex=r"|{x}|",
      latex_vjp=r"\bar{y} \odot \operatorname{sign} {x}")
unary("sign", "sign", None, dtype="promote", doc="-1, 0 or 1; its gradient is 0.",
      latex=r"\operatorname{sign} {x}")
unary("floor", "floor", None, dtype="promote", doc="Next integer below; its gradient is 0.",
      latex=r"\lfloor {x} \rfloor")
unary("ceil", "ceil", None, dtype="promote", doc="Next integer above; its gradient is 0.",
      latex=r"\lceil {x} \rceil")
unary("rint", lambda xp, x: xp.where(x - xp.floor(x) <= xp.ceil(x) - x, xp.floor(x), xp.ceil(x)),
      None, dtype="promote", doc="Nearest integer, halves downwards; its gradient is 0.",
      latex=r"\operatorname{rint} {x}")
unary("trunc", "trunc", None, np=("trunc", "fix"), nd=("trunc", "fix"), dtype="promote",
      doc="Next integer towards 0; its gradient is 0.", latex=r"\operatorname{trunc} {x}")
unary("round", lambda xp, x: xp.sign(x) * xp.floor(xp.abs(x) + 0.5), None, np=False,
      dtype="promote", doc="Nearest integer, halves away from 0; its gradient is 0.",
      latex=r"\operatorname{round} {x}")
unary("clip",
      lambda xp, x, *, a_min, a_max: xp.clip(x, a_min, a_max),
      lambda F, g, y, x, *, a_min, a_max: g * (y == x),
      dtype="promote", attrs={"a_min": None, "a_max": None},
      sample_attrs=({"a_min": -5.0, "a_max": 1.9}, {"a_min": None, "a_max": 3.0}),
      doc="Limits each element to `a_min .. a_max`; outside, the gradient is 0.",
      latex=r"\operatorname{clip} {x}", latex_vjp=r"\bar{y} \odot [\text{inside}]",
      domain=(-1.0, 1.5))
unary("cast", lambda xp, x, *, dtype: x.astype(dtype),
      lambda F, g, y, x, *, dtype: F.cast(g, dtype=dtype_name(x)),
      dtype="cast", nd=False, np=False, attrs={"dtype": "float32"},
      sample_attrs=({"dtype": "float64"},), symbol="cast",
      doc="The same values in another dtype.", latex=r"{x}", latex_vjp=r"\bar{y}")
