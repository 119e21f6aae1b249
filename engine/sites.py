"""Call sites: which of the user's expressions an operation comes from.

A site is the stack of user frames as (code, instruction offset). Taking one is cheap; lines,
columns and names are worked out from the code object only when the trace is read.
"""

import dis
from itertools import pairwise

from .cells import RETURNED, Names

#: Deepest stacks are cut to their innermost frames.
DEEPEST = 32
#: The place of what no line of the program asked for.
NOWHERE = -1
#: Above all offsets of instructions.
FRAME = 1 << 24


class Sites:
    """The call sites of one run, each with a number, and how often each was visited."""

    def __init__(self):
        #: filename -> (Names, lines of the program)
        self.files = {}
        self._ids = {}
        self._known = {}  # the same by raw places: one look for what was seen before
        self._offsets, self._chains = {}, []  # stacks of frames, by codes and raw offsets
        self._woven = {}  # codes of functions that tell when they are entered, by id
        #: The newest place's code, its frame's id (None: any, it runs once), and what to add to
        #: offsets in it: `lanes` find places of this frame without a call.
        self.code, self.frame, self.offset = None, None, 0
        self._stacks = []
        self._visits = []
        self._positions = {}
        self._starts = {}

    def add_file(self, filename: str, tree, lines: list[str]) -> None:
        """Makes frames of `filename` count as user code. `lines` are the whole program's."""
        self.files[filename] = (Names(tree), lines)

    def where(self, frame) -> int:
        """The place of the innermost user frame from `frame` outwards; `NOWHERE` without one.

        A place is the instruction's offset and, above `FRAME`, the number of the stack of frames
        around it. Of a cell's own code, `offset` knows that number without any look: see `lanes`.
        """
        files = self.files
        while frame is not None and frame.f_code.co_filename not in files:
            frame = frame.f_back
        if frame is None:
            return NOWHERE
        at, code = frame.f_lasti, frame.f_code
        if code is self.code and (self.frame is None or self.frame == id(frame)):
            return self.offset + at
        own = frame
        key, codes = [id(code)], [code]  # a code object itself would be hashed by its content
        if code.co_name != "<module>":
            frame = frame.f_back
            while frame is not None and len(codes) < DEEPEST:
                outer = frame.f_code
                if outer.co_filename in files:
                    codes.append(outer)
                    key.append(frame.f_lasti)
                    key.append(id(outer))
                    if outer.co_name == "<module>":
                        break
                frame = frame.f_back
        key = tuple(key)
        offset = self._offsets.get(key)
        if offset is None:
            self._chains.append((codes, key[1::2]))  # keeps the codes: their ids stay theirs
            offset = self._offsets[key] = len(self._chains) * FRAME
        if code.co_name == "<module>":
            self.frame, self.code, self.offset = None, code, offset
        elif id(code) in self._woven:
            self.frame, self.code, self.offset = id(own), code, offset
        return offset + at

    def entered(self, code) -> None:
        """A function of the program is entered (`turns` tells): the newest stack is another one.

        So as long as a function says so, its frame's id says which call it is: whoever stands
        later at a frame's address has been entered since.
        """
        self.code = None
        self._woven[id(code)] = code

    def site(self, op_name: str, place: int) -> int:
        """The number of the site of an operation at a place; -1 for `NOWHERE`.

        Several places can be one site: see `_start`.
        """
        if place < 0:
            return -1
        site = self._known.get((op_name, place))
        if site is None:
            chain, at = divmod(place, FRAME)
            codes, offsets = self._chains[chain - 1]
            stack = [
                (code, self._start(code, at))
                for code, at in zip(codes, (at, *offsets), strict=True)
            ]
            exact = (op_name, *((id(code), at) for code, at in stack))
            site = self._ids.get(exact)
            if site is None:
                site = self._ids[exact] = len(self._stacks)
                self._stacks.append(stack)
                self._visits.append(0)
            self._known[op_name, place] = site
        return site

    def visit(self, op_name: str, place: int) -> tuple[int, int]:
        """The site of an operation at a place, and how often it was visited before."""
        site = self.site(op_name, place)
        return site, self._visits[site] if site >= 0 else 0

    def visited(self, site: int) -> None:
        """Counts a visit."""
        if site >= 0:
            self._visits[site] += 1

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
