"""Exceptions with MXNet's names, and the form of a message: thing, given, needed, next step."""


class MXNetError(RuntimeError):
    """What MXNet raises when an operation or a backward pass cannot be done."""


class ShapeError(MXNetError, ValueError):
    """Operands whose shapes do not fit an operation."""


class DTypeError(MXNetError, TypeError):
    """Operands whose dtypes do not fit an operation."""


class OutOfBounds(MXNetError, IndexError):
    """Indices that point outside an array."""


class UnknownName(ValueError, AssertionError):
    """A registry has no entry of this name (an assertion fails in MXNet)."""


class CalledTwice(MXNetError, AssertionError):
    """A `Function` instance was called again."""


class BudgetExceeded(BaseException):
    """A run used up one of its limits (operations, output, memory).

    Not an `Exception`, so that a program's own `except Exception` cannot swallow it.
    """


class NotOnTape(MXNetError):
    """A backward pass was asked of an array that no recorded operation made."""


def message(thing: str, given: str, needed: str, step: str = "") -> str:
    """One sentence each: what failed on what, what it needs, what to do next."""
    text = f"{thing}: {given}. {needed}."
    return f"{text} {step}" if step else text


def shapes_text(shapes) -> str:
    """`(2, 3) and (4,)` from a list of shapes."""
    words = [str(tuple(s)) for s in shapes]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


NOT_ON_TAPE = (
    "Cannot differentiate: this array was not computed inside `autograd.record()` from an array "
    "with a gradient. Call `x.attach_grad()` first and compute inside `with autograd.record():`. "
    "To differentiate the same graph twice, pass `retain_graph=True` to the first `backward`."
)

INPLACE = (
    "Inplace operations (+=, -=, x[:]=, etc) are not supported when recording with autograd. "
    "Write `x = x + …` instead, or move the update outside `autograd.record()`."
)
