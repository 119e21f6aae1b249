"""The module `playground` of programs: helpers for checks, for real MXNet and NumPy as well.

It needs nothing of the engine, so a lesson that imports it runs anywhere:

>>> from playground import close
>>> close([1.0, 2.0], [1, 2.0000001])
True
"""

import numpy

__all__ = ["close", "expect"]

#: How far numbers may be apart: `atol + rtol * abs(wanted)`.
RTOL, ATOL = 1e-4, 1e-6


def close(value, wanted, rtol=RTOL, atol=ATOL):
    """Whether two arrays have one shape and all their numbers are close.

    Takes arrays of MXNet or NumPy, numbers and nested lists. Close is
    `abs(value - wanted) <= atol + rtol * abs(wanted)`; NaN is close to NaN. What is no array of
    numbers is close to nothing.
    """
    a, b = _numbers(value), _numbers(wanted)
    if a is None or b is None or a.shape != b.shape:
        return False
    return bool(numpy.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True))


def expect(value, wanted, name="the value", message=None, rtol=RTOL, atol=ATOL, tell=False):
    """Raises AssertionError unless `close(value, wanted)`; says what the value is.

    What is wanted is not said, unless `tell` is true; `message` stands in place of all.

    >>> expect([1.0, 1.0], [2.0, 4.0], "x.grad", tell=True)
    Traceback (most recent call last):
    AssertionError: x.grad is [1 1], wanted [2 4]
    """
    if not close(value, wanted, rtol, atol):
        raise AssertionError(message if message is not None else _words(value, wanted, name, tell))


def _words(value, wanted, name, tell):
    a, b = _numbers(value), _numbers(wanted)
    if a is None:
        found = "None" if value is None else f"of the type {type(value).__name__}"
        return f"{name} is {found}, and no array of numbers"
    if b is None:
        raise TypeError("expect(): `wanted` is no array of numbers")
    if a.shape != b.shape:
        told = f", wanted {b.shape}" if tell else ", another is wanted"
        return f"{name} has shape {a.shape}{told}"
    return f"{name} is {shown(value)}" + (f", wanted {shown(wanted)}" if tell else "")


def shown(value):
    """An array on one line, with four digits: `[0.5 1.333]`; a large one by its shape."""
    array = _numbers(value)
    if array is None:
        return repr(value)[:80]
    if array.size > 16:
        return f"an array of shape {array.shape}"
    if array.dtype == bool:
        return " ".join(str(array).split())
    return _nested(array.tolist())


def _nested(value):
    if isinstance(value, list):
        return "[" + " ".join(_nested(each) for each in value) + "]"
    return f"{value:.4g}"


def _numbers(value):
    """NumPy's array of it; None when it holds no numbers."""
    try:
        array = value.asnumpy() if hasattr(value, "asnumpy") else numpy.asarray(value)
    except Exception:  # ragged lists, and whatever objects of the program do
        return None
    return array if array.dtype.kind in "biuf" else None
