"""Fast lanes: a function per op that does what `invoke` does in the common case, without its calls.

The common case is one or two operands without attributes, arrays of one class (or a number as the
second), a result of the first operand's dtype (or of truth values), and nobody watching. Everything
else, and every error, goes to `invoke`. Measured on a chain of operations on 2x2 arrays: 1.15 us an
operation through `invoke`, 0.85 through a lane, of which NumPy has 0.25.
"""

import sys

import numpy

from . import templates
from .array import BOOL, INT64, REFUSALS, Raw, invoke, ndarray, watch
from .devices.host import DOUBLE, SINGLE
from .devices.host import SMALL as FEW
from .devices.quick import SINGLES
from .registry import Op
from .tape import SMALL, TapeEntry, state

_UNARY = """
def made({head}):
    observer = watch.observer
    if {free}{unless}:
        try:
            {a} = x._data
{kernel}
        except FALLS:
            y = None  # not an array, or an error: `invoke` explains
        if type(y) is not Raw and isinstance(y, Scalar) and type(x) is ndarray:
            y = asarray(y)  # what NumPy gives of arrays without axes
        if type(y) is Raw and y.dtype is {a}.dtype:
            out = type(x)()
            out._data = y
            parent = x._entry
            if parent is not None and state.recording:
                out._entry = entry = TapeEntry()
                entry.op = op
                entry.p = parent
                entry.a = {a}
                entry.y = y
                entry.attrs = entry.grad = entry.cot = None
                state.serial = entry.serial = state.serial + 1
            else:
                out._entry = entry = None
            if observer is not None:
{noted}
            return out
    {otherwise}
"""

_BINARY = """
def made({head}):
    cls = type(a)
    kind = type(b)
    observer = watch.observer
    if (kind is cls or kind is float or kind is int){unless}:
        try:
            x = a._data
            if kind is cls:
                z = b._data
                q = b._entry
            else:
                z = {number}
                q = None
{kernel}
        except FALLS:
            y = None  # not an array, or an error: `invoke` explains
        if type(y) is not Raw and isinstance(y, Scalar) and cls is ndarray:
            y = asarray(y)  # what NumPy gives of arrays without axes
        if type(y) is Raw and y.dtype is {dtype} and (
            cls is ndarray or kind is not cls or z.dtype is x.dtype
        ):{settled}
            out = cls()
            out._data = y
            p = a._entry
            if (p is not None or q is not None) and state.recording:
                out._entry = entry = TapeEntry()
                entry.op = op
                entry.p, entry.q = {entries}
                entry.a, entry.b = {kept}{numbered}
                entry.y = y
                entry.attrs = entry.grad = entry.cot = None
                state.serial = entry.serial = state.serial + 1
            else:
                out._entry = entry = None
            if observer is not None:
{noted}
            return out
    {otherwise}
"""

#: Functions of float32 that NumPy gives a little off: computed in float64 (`devices/host`).
_ROUNDED = """
            if {a}.dtype is SINGLE and type({a}) is Raw and {a}.size <= FEW:
                y = kernel({a}.astype(DOUBLE)).astype(SINGLE)
            else:
                y = kernel({a})"""

#: A number beside an array of float32 costs NumPy 0.25 us less as an array of no axes, forward and
#: backward; the tape keeps the number as well. 0.0 stays: -0.0 is equal to it, and is another.
_NUMBER = "SINGLES[b] if x.dtype is SINGLE and (b or kind is int) else b"
_NUMBERED = """
                if kind is not cls:
                    entry.number = b"""

#: Broadcasting and products may give a far larger array: `invoke` asks whether they may.
_WIDENING = """
            if observer is None or kind is not cls or {least}x.size * z.size <= observer.widest:
                y = kernel({raws})
            else:
                y = None"""

#: What an operation tells the journal, in the journal's own form.
_NOTED = """
                frame = getframe(1)
                sites = observer.sites
                if frame.f_code is sites.code and (
                    sites.frame is None or sites.frame == id(frame)
                ):
                    place = sites.offset + frame.f_lasti
                else:
                    place = sites.where(frame)
{marks}
                mark = watch.mark + 1
                observer.log.extend((op, entry is not None, None, ({given},), y, place, mark))
                watch.mark = out._mark = mark
                if entry is not None:
                    entry.site = mark
                if mark > observer.most or y.nbytes > SMALL:
                    observer.due(y)"""

_MARK = """
                try:
                    {m} = {x}._mark
                except AttributeError:
                    {m} = -1
                if {m} < observer.base:
                    {m} = observer.mark_of({x})"""

#: A number is told as it is.
_SECOND = """
                if kind is cls:
                    try:
                        n = b._mark
                    except AttributeError:
                        n = -1
                    if n < observer.base:
                        n = observer.mark_of(b)
                else:
                    n = (b,)"""

#: Comparisons give 0 or 1 in the operands' dtype in `nd`, for booleans in int64.
_AS_NUMBERS = """
            if cls is not ndarray:
                y = y.astype(INT64 if x.dtype is BOOL else x.dtype)"""


#: Where tracebacks say that lanes come from.
TITLE = "fast lane"


def is_lane(function) -> bool:
    """Whether a function is a fast lane."""
    return function.__code__.co_filename == f"<{TITLE}>"


def has_lane(op: Op) -> bool:
    """Whether `op` takes one or two operands, no attributes, and gives an ordinary dtype. (Rows
    that look at a shape alone would not notice that an array is on a server.)"""
    bare = not op.attrs and not op.variadic and len(op.operands) in (1, 2)
    return (
        bare
        and op.family != "creation"
        and (op.dtype not in ("bool", "index") or op.family == "binary")
    )


def lane(op: Op, name: str, *, reflected=False, options="", unless="", otherwise="", **known):
    """The fast lane of `op` as a function called `name`; `reflected`: of `b op a`, for `__rsub__`.

    `options` are further parameters, `unless` a condition on them that rules the lane out, and
    `otherwise` the statement that then runs (default: `invoke`), with `known` names at hand.
    """
    assert has_lane(op), f"{op} has attributes or many operands"
    operands = ["x"] if len(op.operands) == 1 else ["a", "b"]
    template = _UNARY if len(operands) == 1 else _BINARY
    inputs = "(x,)" if len(operands) == 1 else "(b, a)" if reflected else "(a, b)"
    raws = "z, x" if reflected else "x, z"
    if len(operands) == 1:
        marks, given = _MARK.format(m="m", x="x"), "m"
    else:
        marks, given = _MARK.format(m="m", x="a") + _SECOND, "n, m" if reflected else "m, n"
    grows = op.grows or op.family == "binary"
    bare = getattr(op.kernel, "bare", None)
    plain = "\n            y = kernel({raws})"
    kernel = _WIDENING if grows else _ROUNDED if bare else plain
    # NumPy's own functions take a number in another form; rows made of several may look at it.
    single = isinstance(op.kernel, numpy.ufunc)
    kept, numbered = raws, ""
    if single and op.literal:
        kept = "z if kind is cls else b, x" if reflected else "x, z if kind is cls else b"
    elif single:
        numbered = _NUMBERED
    source = template.format(
        a="raw",
        dtype="BOOL" if op.dtype == "bool" else "x.dtype",
        settled=_AS_NUMBERS if op.dtype == "bool" else "",
        kernel=kernel.format(
            a="raw",
            raws=raws if len(operands) == 2 else "raw",
            least="0 < " if op.grows else "",  # a product of nothing
        ),
        raws=raws,
        kept=kept,
        number=_NUMBER if single else "b",
        numbered=numbered,
        entries="q, p" if reflected else "p, q",
        head=", ".join([*operands, *([options] if options else [])]),
        free="observer is None" if op.grows else "True",
        unless=f" and {unless}" if unless else "",
        noted=_NOTED.format(marks=marks, given=given),
        otherwise=otherwise or f"return invoke(op, {inputs})",
    )
    space = {
        "BOOL": BOOL,
        "DOUBLE": DOUBLE,
        "FEW": FEW,
        "FALLS": (AttributeError, *REFUSALS),
        "INT64": INT64,
        "SINGLE": SINGLE,
        "SINGLES": SINGLES,
        "SMALL": SMALL,
        "Raw": Raw,
        "Scalar": numpy.generic,
        "TapeEntry": TapeEntry,
        "asarray": numpy.asarray,
        "getframe": sys._getframe,
        "invoke": invoke,
        "kernel": bare or op.kernel,
        "ndarray": ndarray,
        "op": op,
        "state": state,
        "watch": watch,
        **known,
    }
    return templates.function(source, name, space, TITLE)
