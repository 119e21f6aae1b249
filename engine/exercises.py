"""Exercises: what a hidden check says of a student's answer.

A check is Python after the answer's cell. The answer is right when every `assert` holds and the
last expression, if there is one, is not false. Nothing of a check is recorded or kept.
"""

import ast
import contextlib
import io
import linecache
import traceback

from .display import pretty
from .playground import shown

#: Most characters of a verdict's text.
LONGEST = 2000


def judged(cell, index: int, names: dict) -> dict:
    """What the check in `cell` finds in the program's names: "correct", and "text" in words.

    Raises only what stops a run from outside (KeyboardInterrupt).
    """
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        text = _trouble(cell, f"<check {index}>", dict(names))
    said = [part for part in (text, printed.getvalue().strip()) if part]
    return {"correct": text is None, "text": "\n".join(said)[:LONGEST]}


def _trouble(cell, file: str, names: dict) -> str | None:
    """Why the answer is not right; None when it is, "" when the author says nothing of it."""
    source = "\n" * (cell.first - 1) + cell.source
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    try:
        tree = ast.parse(source, file)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = tree.body.pop()
        exec(compile(tree, file, "exec"), names)
        if last is None:
            return None
        value = eval(compile(ast.Expression(last.value), file, "eval"), names)
        return None if value is None or _holds(value) else _looked_at(last.value, names)
    except AssertionError as error:
        return str(error) or _looked_at(_failed(tree, error, file), names)
    except NameError as error:
        return str(error)
    except SystemExit:
        return ""
    except Exception as error:
        return f"the check stopped with {type(error).__name__}: {error}"


def _holds(value) -> bool:
    """An array holds when all of it does."""
    return bool(value.all()) if hasattr(value, "all") else bool(value)


def _failed(tree, error, file: str):
    """The test of the assertion that failed."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    tests = [
        node.test
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert) and lines and node.lineno <= lines[-1] <= node.end_lineno
    ]
    return tests[-1] if tests else None


def _looked_at(test, names: dict) -> str:
    """What the answer's side of a test is: "x.grad is [1 1]". The other side is not told."""
    if isinstance(test, ast.Call) and test.args:
        side = test.args[0]
    elif isinstance(test, ast.Compare):
        side = test.left
    elif isinstance(test, ast.UnaryOp | ast.BoolOp) or test is None:
        return ""
    else:
        side = test
    text = ast.unparse(side)
    # Names and attributes alone: whatever else may do something when it is looked at again.
    if not text.replace(".", "").isidentifier():
        return ""
    value = eval(text, names)
    return f"{text} is {shown(value) if hasattr(value, 'shape') else pretty(value)}"
