"""An exception of a user's program as the user sees it: own lines, clear words, next step."""

import builtins
import difflib
import re
import traceback
import types

from .array import Array
from .facade.generate import ABSENT

#: Other libraries for the same purpose.
OTHERS = ("torch", "tensorflow", "jax", "keras", "tinygrad")
DEEPEST = 16
ABSENT_IMPORT = re.compile(r"import name '(\w+)' from 'mxnet'|No module named '(?:mxnet\.)?(\w+)")

#: Ways to list names that run no code of the user's.
DIRS = (object.__dir__, type.__dir__, types.ModuleType.__dir__)

NOTEBOOK = "Lines that begin with % or ! are commands of notebooks: leave them out here."

HINTS = {
    "NameError": "Define it in an earlier line or cell, or check its spelling.",
    "ModuleNotFoundError": "This playground has Python's standard library, numpy and mxnet.",
    "RecursionError": "A function calls itself without end: give it a case that stops.",
    "MemoryError": "The arrays need more memory than there is: use smaller shapes.",
    "ZeroDivisionError": "A Python number was divided by 0.",
    "EOFError": "There is no keyboard to read from here: write the value into the program.",
}

#: What methods of other libraries' arrays are called here.
ELSEWHERE = {
    "numpy": "asnumpy()",
    "requires_grad_": "attach_grad()",
    "requires_grad": "attach_grad()",
    "view": "reshape(…)",
    "unsqueeze": "expand_dims(axis=…)",
    "permute": "transpose(…)",
    "to": "as_in_context(…)",
    "cpu": "as_in_context(mx.cpu())",
    "float": "astype('float32')",
    "long": "astype('int64')",
}


def problem(error: BaseException, files, lines, column) -> dict:
    """The `ProgramError` of web/src/protocol/trace.ts.

    `files` are the file names of user code, `lines` the program's lines, `column(lines, line, col)`
    turns a column in bytes into one of the editor.
    """
    if isinstance(error, SyntaxError) and error.filename in files:
        return _syntax(error, lines, column)
    frames, place = [], (None,) * 4
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename in files:
            frames.append({"line": line, "func": frame.f_code.co_name})
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename in files:
            place = list(at.tb_frame.f_code.co_positions())[at.tb_lasti // 2]
        at = at.tb_next
    line, end_line, col, end_col = place
    if None in place:
        line, col, end_line, end_col = (frames[-1]["line"] if frames else -1), -1, -1, -1
    else:
        col, end_col = column(lines, line, col), column(lines, end_line, end_col)
    if len(frames) > 2 * DEEPEST:  # a recursion without end: its first and its last calls
        frames = frames[:DEEPEST] + frames[-DEEPEST:]
    return {
        "name": type(error).__name__,
        "message": _text(error),
        "hint": _hint(error),
        "line": line,
        "col": col,
        "endLine": end_line,
        "endCol": end_col,
        "frames": frames,
    }


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its message cannot be shown: its `__str__` raises an error itself)"


def _hint(error: BaseException):
    text = _text(error)
    if isinstance(error, ImportError):
        found = ABSENT_IMPORT.search(text)
        word = found and (found[1] or found[2])
        if word in ABSENT:
            return f"{ABSENT[word]}."
        if word in OTHERS:
            return "This playground speaks MXNet: `from mxnet import np, autograd`."
    if isinstance(error, AttributeError | NameError) and "Did you mean" not in text:
        return _meant(error) or HINTS.get(type(error).__name__)
    return HINTS.get(type(error).__name__)


def _meant(error):
    """The name that a wrong one could have meant, if there is one like it."""
    if isinstance(error, NameError):
        at = error.__traceback__
        while at is not None and at.tb_next is not None:
            at = at.tb_next
        known = {*at.tb_frame.f_locals, *at.tb_frame.f_globals, *dir(builtins)} if at else ()
    else:
        known = dir(error.obj) if type(error.obj).__dir__ in DIRS else ()
        if isinstance(error.obj, Array) and error.name in ELSEWHERE:
            return f"Here it is `x.{ELSEWHERE[error.name]}`."
    known = sorted(name for name in known if not name.startswith("_"))
    close = difflib.get_close_matches(error.name or "", known, 1, 0.7)
    return f"Did you mean `{close[0]}`?" if close else None


def _syntax(error: SyntaxError, lines, column) -> dict:
    line = error.lineno or 1
    text = lines[line - 1] if line <= len(lines) else ""

    def units(offset):  # SyntaxError counts characters from 1
        return len(text[: max(0, (offset or 1) - 1)].encode("utf-16-le")) // 2

    end = max(error.end_lineno or line, line)
    start, stop = units(error.offset), units(error.end_offset)
    if end == line and stop <= start:  # Python does not know the end: mark one character
        stop = min(start + 1, max(len(text.encode("utf-16-le")) // 2, start))
    return {
        "name": type(error).__name__,
        "message": error.msg,
        "hint": NOTEBOOK if text.lstrip()[:1] in ("%", "!") else None,
        "line": line,
        "col": start,
        "endLine": end,
        "endCol": stop if end == line else len(text.encode("utf-16-le")) // 2,
        "frames": [{"line": line, "func": "<module>"}],
    }
