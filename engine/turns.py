"""Loops and calls of the running program: which turn of which loop an operation belongs to.

A call site alone cannot tell `for i in range(3): for j in range(4)` from one loop of twelve turns.
So a cell is compiled with three calls woven in: one where a loop begins, one at each of its turns,
one where a function of the program is entered. They keep a log of (loop, depth, run, turn, newest
mark at that time: see `journal`); what happened between two nodes without any effect on them is
forgotten, so the log is never much longer than the list of nodes. Positions of the program's own
code stay.
"""

import ast
import sys

FOR, WHILE, COMPREHENSION, CALL = range(4)

#: Names of the hooks in a program's namespace.
ITERATE, BEGIN, TURN, ENTER = "__iterate__", "__begin_loop__", "__turn_loop__", "__enter_call__"

#: Columns of the log.
LOG = ("loop", "depth", "run", "turn", "at")


class Turns:
    """The loops and functions of one program, and the log of their turns."""

    def __init__(self, watch, sites):
        self._watch = watch  # `mark` changes with each node
        self._sites = sites  # knows the program's files; is told of calls
        #: (kind, name, range of the whole, start of the body, file name); ranges as ast has them
        self.loops = []
        self.loop, self.depth, self.run, self.turn, self.at = [], [], [], [], []
        self._runs = 0
        self._whiles = {}  # (loop, depth) -> the turns of its newest run
        self._newest = {}  # loop -> the frame (its id) that ran it last, and the turns there

    def hooks(self) -> dict:
        """What an instrumented program calls."""
        return {ITERATE: self._iterate, BEGIN: self._begin, TURN: self._turn, ENTER: self._enter}

    def instrument(self, tree: ast.AST, file: str) -> None:
        """Weaves the hooks into a cell's tree, in place."""
        Weaver(self, file).visit(tree)
        ast.fix_missing_locations(tree)

    def columns(self):
        """The log, all columns of one length (an interrupt may have come between two)."""
        found = [getattr(self, name) for name in LOG]
        length = min(map(len, found))
        return dict(zip(LOG, (values[:length] for values in found), strict=True))

    # ----- Hooks -----

    def _iterate(self, loop, iterable):
        turn = self._new(loop, self._depth())

        def next_turn(item):
            turn()
            return item

        return map(next_turn, iterable)

    def _begin(self, loop):
        depth = self._depth()
        turn = self._whiles[loop, depth] = self._new(loop, depth)
        self._newest[loop] = id(sys._getframe(1)), turn

    def _turn(self, loop):
        frame, turn = self._newest[loop]
        here = id(sys._getframe(1))
        if frame != here:  # the same loop ran in a call since
            turn = self._whiles[loop, self._depth()]
            self._newest[loop] = here, turn
        turn()

    def _enter(self, loop):
        self._sites.entered(sys._getframe(1).f_code)
        depth, now = self._depth(), self._watch.mark
        # Whatever ran at this depth or deeper is over: without a node it left no trace.
        length = len(self.at)
        while length and self.at[length - 1] == now and self.depth[length - 1] >= depth:
            length -= 1
        self._cut(length)
        self._runs += 1
        self._put(loop, depth, self._runs, 0, now)

    def _new(self, loop, depth):
        """A run of a loop begins: gives the function that counts its turns."""
        self._runs += 1
        run, count = self._runs, -1
        self._put(loop, depth, run, count, self._watch.mark)
        place = len(self.at) - 1

        def turn():
            nonlocal count, place
            count += 1
            now = self._watch.mark
            if place < len(self.at) and self.at[place] == now and self.run[place] == run:
                self._cut(place + 1)  # the turn before made no node, nor did anything in it
                self.turn[place] = count
                return
            self._put(loop, depth, run, count, now)
            place = len(self.at) - 1

        return turn

    def _put(self, loop, depth, run, turn, now):
        self.loop.append(loop)
        self.depth.append(depth)
        self.run.append(run)
        self.turn.append(turn)
        self.at.append(now)

    def _cut(self, length):
        if len(self.at) > length:
            for values in (self.loop, self.depth, self.run, self.turn, self.at):
                del values[length:]

    def _depth(self):
        """How many frames of the program lie under the caller's."""
        frame, count, files = sys._getframe(2), -1, self._sites.files
        while frame is not None:
            code = frame.f_code
            if code.co_filename in files:
                count += 1
                if code.co_name == "<module>":
                    break
            frame = frame.f_back
        return count


class Weaver(ast.NodeTransformer):
    """Adds the calls of the hooks to a tree."""

    def __init__(self, turns, file):
        self._turns = turns
        self._file = file

    def _loop(self, kind, name, node, end, body) -> int:
        span = (node.lineno, node.col_offset, end.end_lineno, end.end_col_offset)
        start = (body.lineno, body.col_offset)
        self._turns.loops.append((kind, name, span, start, self._file))
        return len(self._turns.loops) - 1

    def visit_For(self, node):
        loop = self._loop(FOR, "for", node, node.body[-1], node.body[0])
        self.generic_visit(node)
        node.iter = call(node.iter, ITERATE, loop, node.iter)
        return node

    def visit_While(self, node):
        loop = self._loop(WHILE, "while", node, node.body[-1], node.body[0])
        self.generic_visit(node)
        node.body.insert(0, statement(node.body[0], TURN, loop))
        return [statement(node.test, BEGIN, loop), node]

    def _visit_comprehension(self, node):
        loops = [
            self._loop(COMPREHENSION, "for", node, node, generator.iter)
            for generator in node.generators
        ]
        self.generic_visit(node)
        for loop, generator in zip(loops, node.generators, strict=True):
            if not generator.is_async:
                generator.iter = call(generator.iter, ITERATE, loop, generator.iter)
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension

    def visit_FunctionDef(self, node):
        body = node.body
        first = 0 if ast.get_docstring(node, clean=False) is None else 1
        start = body[min(first, len(body) - 1)]
        loop = self._loop(CALL, node.name, node, node, start)
        resumed = any(isinstance(part, ast.Yield | ast.YieldFrom) for part in own_parts(node))
        self.generic_visit(node)
        if not resumed:  # a generator's frame comes and goes
            node.body.insert(first, statement(start, ENTER, loop))
        return node

    def visit_Lambda(self, node):
        loop = self._loop(CALL, "lambda", node, node, node.body)
        self.generic_visit(node)
        entered = call(node.body, ENTER, loop)  # gives None
        node.body = ast.copy_location(ast.BoolOp(ast.Or(), [entered, node.body]), node.body)
        return node


def call(place, name, loop, *arguments):
    """`name(loop, ...)` that stands where `place` stands."""
    made = ast.Call(ast.Name(name, ast.Load()), [ast.Constant(loop), *arguments], [])
    for part in (made, made.func, made.args[0]):
        ast.copy_location(part, place)
    return made


def statement(place, name, loop):
    """The same as a statement."""
    return ast.copy_location(ast.Expr(call(place, name, loop)), place)


def own_parts(function):
    """The nodes of a function without those of functions inside it."""
    waiting = list(function.body)
    while waiting:
        part = waiting.pop()
        yield part
        inner = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
        if not isinstance(part, inner):
            waiting.extend(ast.iter_child_nodes(part))
