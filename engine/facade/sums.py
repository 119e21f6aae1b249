"""`mx.np.einsum`: sums of products by Einstein's convention, with any labels."""

from ..errors import MXNetError, ShapeError, message
from .arrange import diagonal
from .calls import arrays_of, op

__all__ = ["einsum"]


def einsum(subscripts, *operands, out=None, optimize=False):
    """Sum of products: `"ij,jk->ik"` names the axes of each operand and of the result.

    A label twice in one operand takes its diagonal; `...` stands for axes that broadcast.
    """
    if not isinstance(subscripts, str):
        raise TypeError(
            message("einsum", f"got subscripts {subscripts!r}", "They must be text: 'ij,jk->ik'")
        )
    operands = arrays_of("einsum", operands)
    terms, wanted = _parsed(subscripts.replace(" ", ""), operands)
    ready = [_distinct(x, term) for x, term in zip(operands, terms)]
    names = {n: k for k, n in enumerate(dict.fromkeys(n for _, term in ready for n in term))}
    labels = tuple(tuple(names[n] for n in term) for term in ([t for _, t in ready] + [wanted]))
    result = op("einsum", *(x for x, _ in ready), labels=labels)
    return result if out is None else out._become(result)


def _parsed(text, operands):
    """The labels of each operand and of the result; `...` becomes numbers counted from the last."""
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        raise MXNetError(
            message(
                "einsum",
                f"{text!r} names {len(terms)} operands, got {len(operands)}",
                "There must be one term for each operand, separated by commas",
            )
        )
    found = []
    for term, x in zip(terms, operands):
        letters = term.replace("...", "")
        extra = x.ndim - len(letters)
        if (not letters.isalpha() and letters) or extra < 0 or (extra and "..." not in term):
            raise ShapeError(
                message(
                    "einsum",
                    f"the term {term!r} does not fit an operand of shape {x.shape}",
                    "It needs one letter for each axis",
                    "Write `...` for the axes that broadcast.",
                )
            )
        before, dots, after = term.partition("...")
        found.append([*before, *(range(extra, 0, -1) if dots else ()), *after])
    every = [n for term in found for n in term]
    broad = sorted({n for n in every if isinstance(n, int)}, reverse=True)
    if arrow:
        before, dots, after = right.partition("...")
        wanted = [*before, *(broad if dots else ()), *after]
    else:
        letters = [n for n in every if not isinstance(n, int)]
        wanted = [*broad, *sorted(n for n in set(letters) if letters.count(n) == 1)]
    strange = [n for n in wanted if n not in every]
    if strange or len(set(wanted)) < len(wanted):
        raise MXNetError(
            message(
                "einsum",
                f"the result's labels in {text!r} do not fit",
                "Each must stand in an operand, and only once in the result",
            )
        )
    return found, wanted


def _distinct(x, term):
    """`x` and its labels after taking the diagonal for each label that comes twice."""
    term = list(term)
    while len(set(term)) < len(term):
        name = next(n for n in term if term.count(n) > 1)
        first = term.index(name)
        second = term.index(name, first + 1)
        if x.shape[first] != x.shape[second]:
            raise ShapeError(
                message(
                    "einsum",
                    f"label {name!r} names axes of {x.shape[first]} and {x.shape[second]} elements",
                    "Axes of one label must have one size",
                )
            )
        x = diagonal(x, 0, first, second)
        term = [n for k, n in enumerate(term) if k not in (first, second)] + [name]
    return x, term
