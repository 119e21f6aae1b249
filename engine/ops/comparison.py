"""Comparisons: on the tape, but no gradient flows through a yes or no."""

from ..registry import Sample, binary, general, shapes, unary

for _name, _nd, _symbol, _latex in (
    ("equal", "equal", "=", "="),
    ("not_equal", "not_equal", "≠", r"\ne"),
    ("greater", "greater", ">", ">"),
    ("greater_equal", "greater_equal", "≥", r"\ge"),
    ("less", "lesser", "<", "<"),
    ("less_equal", "lesser_equal", "≤", r"\le"),
    ("logical_and", "logical_and", "and", r"\wedge"),
    ("logical_or", "logical_or", "or", r"\vee"),
    ("logical_xor", "logical_xor", "xor", r"\oplus"),
):
    binary(_name, _name, (None, None), nd=_nd, symbol=_symbol, dtype="bool",
           doc=f"Whether the elements satisfy a {_symbol} b: booleans in np, 0.0/1.0 in nd.",
           latex=rf"[{{a}} {_latex} {{b}}]")

unary("logical_not", "logical_not", None, symbol="not", dtype="bool",
      doc="Whether each element is zero.", latex=r"\neg {x}")
unary("isnan", "isnan", None, nd=False, dtype="bool", doc="Whether each element is NaN.",
      latex=r"[{x} = \text{NaN}]")
unary("isinf", "isinf", None, nd=False, dtype="bool", doc="Whether each element is infinite.",
      latex=r"[|{x}| = \infty]")
unary("isfinite", "isfinite", None, nd=False, dtype="bool", doc="Whether each element is finite.",
      latex=r"[|{x}| < \infty]")

general("where",
        lambda xp, condition, a, b: xp.where(condition != 0, a, b),
        (None,
         lambda F, g, y, c, a, b: F.where(c, g, 0.0),
         lambda F, g, y, c, a, b: F.where(c, 0.0, g)),
        lambda c, a, b: shapes.broadcast("where", c, a, b),
        operands=("condition", "a", "b"), nd=True, np=True, family="elementwise",
        samples=(Sample(((3,), (3,), (3,))), Sample(((2, 1), (2, 3), (3,)))),
        doc="Elements of `a` where the condition holds, else of `b`.",
        latex=r"\begin{cases}{a} & {condition}\\ {b}\end{cases}",
        latex_vjps=(None, r"\bar{y} \odot [{condition}]", r"\bar{y} \odot [\neg {condition}]"))
