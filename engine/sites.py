"""Call sites: which of the user's expressions an operation comes from.

A site is the stack of user frames as (code, instruction offset). Taking one is cheap; lines,
columns and names are worked out from the code object only when the trace is read.
"""

import dis
import sys
from itertools import pairwise

from .cells import RETURNED, Names

#: Deepest stacks are cut to their innermost frames.
DEEPEST = 32


class Sites:
    """The call sites of one run, each with a number, and how often each was visited."""

    def __init__(self):
        #: filename -> (Names, lines of the program)
        self.files = {}
        self._ids = {}
        self._known = {}  # the same by raw offsets: one look for a place that was seen before
        self._stacks = []
        self._visits = []
        self._positions = {}
        self._starts = {}

    def add_file(self, filename: str, tree, lines: list[str]) -> None:
        """Makes frames of `filename` count as user code. `lines` are the whole program's."""
        self.files[filename] = (Names(tree), lines)

    def here(self, op_name: str) -> tuple[int, int]:
        """The number of the calling user frames' site, and how often it was visited before."""
        frame = sys._getframe(2)
        files = self.files
        key, codes = [op_name], []
        while frame is not None and len(key) < 2 * DEEPEST:
            code = frame.f_code
            if code.co_filename in files:
                codes.append(code)
                key.append(id(code))  # a code object itself would be hashed by its content
                key.append(frame.f_lasti)
                if code.co_name == "<module>":
                    break
            frame = frame.f_back
        key = tuple(key)
        site = self._known.get(key)
        if site is None:
            site = self._known[key] = self._site(key, codes)
        if site < 0:
            return -1, 0
        visit = self._visits[site]
        self._visits[site] = visit + 1
        return site, visit

    def _site(self, key, codes) -> int:
        """The number of the site of an operation and the frames around it as they were found.

        Several keys can be one site: see `_start`.
        """
        stack = [(code, self._start(code, at)) for code, at in zip(codes, key[2::2], strict=True)]
        if not stack:
            return -1
        exact = (key[0], *((id(code), at) for code, at in stack))
        site = self._ids.get(exact)
        if site is None:
            site = self._ids[exact] = len(self._stacks)
            self._stacks.append(stack)  # keeps the code objects, so that their ids stay theirs
            self._visits.append(0)
        return site

    def _start(self, code, offset) -> int:
        """Where the instruction at `offset` begins.

        A hot instruction that calls Python (`x[k]`, `for v in x`) runs on from its inline caches:
        the same place of the program then has another offset than in the first iterations.
        """
        found = self._starts.get(id(code))
        if found is None:
            starts = list(range(0, len(code.co_code), 2))
            offsets = [i.offset for i in dis.get_instructions(code)]
            for at, end in pairwise([*offsets, len(code.co_code)]):
                starts[at // 2 : end // 2] = [at] * ((end - at) // 2)
            found = self._starts[id(code)] = code, starts  # the code is kept: its id stays its own
        return found[1][offset // 2]

    def __len__(self):
        return len(self._stacks)

    def _place(self, code, offset):
        """(line, end line, column, end column) of an instruction; None where unknown."""
        table = self._positions.get(code)
        if table is None:
            table = self._positions[code] = list(code.co_positions())
        line, end_line, col, end_col = table[offset // 2]
        if None in (line, end_line, col, end_col):
            return None
        return line, end_line, col, end_col

    def frames(self, site: int):
        """The frames of a site, outermost first: (line, col, end line, end col, function name).

        Lines count from 1 over the program, columns are UTF-16 offsets; -1 where unknown.
        """
        found = []
        for code, offset in reversed(self._stacks[site]):
            place = self._place(code, offset)
            if place is None:
                found.append((code.co_firstlineno, -1, -1, -1, code.co_name))
                continue
            line, end_line, col, end_col = place
            lines = self.files[code.co_filename][1]
            found.append(
                (
                    line,
                    utf16(lines, line, col),
                    end_line,
                    utf16(lines, end_line, end_col),
                    code.co_name,
                )
            )
        return found

    def column(self, file: str, line: int, col: int) -> int:
        """A column of a line of `file`, in bytes, as the UTF-16 offset that the page counts in."""
        return utf16(self.files[file][1], line, col)

    def name(self, site: int):
        """The name, or list of names, that the program gives to the site's result; else None."""
        if site < 0:
            return None
        for code, offset in self._stacks[site]:
            place = self._place(code, offset)
            if place is None:
                return None
            found = self.files[code.co_filename][0].at(place)
            if found is not RETURNED:
                return found
        return None


def utf16(lines: list[str], line: int, col: int) -> int:
    """A column in UTF-8 bytes as one in UTF-16 units, as editors in the browser count."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    if text.isascii():
        return col
    return len(text.encode()[:col].decode(errors="ignore").encode("utf-16-le")) // 2
