"""`# %%` scripts: the cells of a program, and what assignments say about names."""

import ast
import re
from dataclasses import dataclass

MARKER = re.compile(r"^#\s*%%(?P<rest>.*)$")
MARKDOWN = re.compile(r"\[markdown\]", re.IGNORECASE)
EXERCISE = re.compile(r"exercise(?:\s+(?P<name>.*))?")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: `first .. last` are the 1-based lines of its body, `source` its text.

    `role` is "exercise", "hint", "check" or "solution" in an exercise, else "".
    """

    kind: str
    first: int
    last: int
    source: str
    role: str = ""


def split_cells(code: str) -> list[Cell]:
    """The cells of a script. Text before the first marker is a code cell unless it is blank.

    A cell titled `exercise` (and a name) begins an exercise. Cells titled `hint`, `check` and
    `solution`, and nothing else, belong to it as long as they follow one another.
    """
    lines = code.split("\n")
    starts = [(0, "code", "")]
    for at, line in enumerate(lines, 1):
        found = MARKER.match(line)
        if found:
            title, marks = MARKDOWN.subn("", found["rest"])
            kind = "markdown" if marks else "code"
            starts.append((at, kind, _role(title.strip(), kind, starts[-1][2] != "")))
    cells = []
    for k, (at, kind, role) in enumerate(starts):
        end = starts[k + 1][0] - 1 if k + 1 < len(starts) else len(lines)
        body = "\n".join(lines[at:end])
        if at or body.strip():
            cells.append(Cell(kind, at + 1, end, body, role))
    return cells


def _role(title: str, kind: str, inside: bool) -> str:
    """Of a cell, by its title; `inside`: the cell before it belongs to an exercise."""
    if kind == "code" and EXERCISE.fullmatch(title):
        return "exercise"
    own = inside and (title == "hint" or (kind == "code" and title in ("check", "solution")))
    return title if own else ""


RETURNED = object()


class Names:
    """Which names a program gives to which expressions, by their position in the code.

    `at(range)` is a name, a list of names (`a, b = f(x)`), `RETURNED` when the expression is what
    its function returns (so that the caller may name it), or None. A range is
    (line, end line, column, end column), columns in UTF-8 bytes, as Python's bytecode has them.
    """

    def __init__(self, tree: ast.AST):
        self._names = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._assign(target, node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._assign(node.target, node.value)
            elif isinstance(node, ast.NamedExpr):
                self._assign(node.target, node.value)
            elif isinstance(node, ast.AugAssign):
                self._names[_range(node)] = _base(node.target)
            elif isinstance(node, ast.Return) and node.value is not None:
                self._returned(node.value)
            elif isinstance(node, ast.Lambda):
                self._returned(node.body)

    def _assign(self, target, value):
        if isinstance(target, ast.Tuple | ast.List):
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
                for part, own in zip(target.elts, value.elts, strict=True):
                    self._assign(part, own)
            else:
                self._names[_range(value)] = [_base(part) for part in target.elts]
        elif isinstance(target, ast.Subscript):
            self._names[_range(target)] = _base(target)
        else:
            for part in _alternatives(value):
                self._names[_range(part)] = _base(target)

    def _returned(self, value):
        for part in _alternatives(value):
            self._names[_range(part)] = RETURNED

    def at(self, place):
        """What the expression at `place` is called."""
        return self._names.get(place)


def _alternatives(value):
    """The expressions that `value` may be: both arms of `a if c else b`."""
    if isinstance(value, ast.IfExp):
        return [*_alternatives(value.body), *_alternatives(value.orelse)]
    return [value]


def _base(target) -> str:
    while isinstance(target, ast.Subscript):
        target = target.value
    return ast.unparse(target)


def _range(node):
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset
