"""The recorded namespace: the functions of `F` on arrays, so that rules go on the tape again.

Second and higher order come from running the same VJP rules here instead of on raw arrays.
"""

from types import SimpleNamespace

from . import operators  # noqa: F401  rules use the operators of arrays
from .array import invoke, ndarray
from .lanes import has_lane, lane
from .registry import OPS


def _function(op):
    if has_lane(op):
        inputs = "(x,)" if len(op.operands) == 1 else "(a, b)"
        otherwise = f"return invoke(op, {inputs}, None, ndarray)"
        return lane(op, op.name, otherwise=otherwise, ndarray=ndarray)
    if not op.attrs:
        return lambda *operands: invoke(op, operands, None, ndarray)

    def call(*operands, **given):
        operands, given = op.bound(operands, given)
        return invoke(op, operands, {**op.attrs, **given}, ndarray)

    return call


#: The functions that rules may use; a test holds rules to this list.
NAMES = (
    "abs",
    "arange_like",
    "broadcast_to",
    "cast",
    "col2im",
    "concatenate",
    "cos",
    "cosh",
    "cumsum",
    "einsum",
    "exp",
    "expand_dims",
    "flip",
    "floor",
    "getitem",
    "im2col",
    "inv",
    "log",
    "matmul",
    "mean",
    "polygamma",
    "power",
    "reshape",
    "roll",
    "scatter_add",
    "sign",
    "sin",
    "sinh",
    "solve",
    "sqrt",
    "square",
    "sum",
    "swapaxes",
    "take",
    "take_add",
    "tensordot",
    "transpose",
    "tril",
    "triu",
    "trunc",
    "where",
    "zeros_like",
)

F = SimpleNamespace(**{name: _function(OPS[name]) for name in NAMES})
