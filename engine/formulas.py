"""What a row says of itself, in the form that the trace carries."""

from .registry import Op


def op_info(op: Op, owner=None) -> dict:
    """The `OpInfo` of web/src/protocol/trace.ts; `owner` is a user's Function class."""
    name = op.name if owner is None else owner.__name__
    return {
        "name": name,
        "symbol": op.symbol if owner is None else name,
        "doc": op.doc if owner is None else first_line(owner.__doc__) or op.doc,
        "operands": list(op.operands),
        "latex": op.latex if owner is None else rf"\operatorname{{{name}}}",
        "latexVjps": list(op.latex_vjps),
    }


def first_line(text: str | None) -> str:
    """The first line of a docstring that has words."""
    return next((line.strip() for line in (text or "").splitlines() if line.strip()), "")
