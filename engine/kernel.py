"""Runs a program cell by cell, as a notebook would, without any input or output of its own.

What happens is told to callbacks; the clock is a parameter. The browser's worker, the command line
and the tests all drive this one.
"""

import ast
import contextlib
import io
import json
import linecache
import sys
import time
import tokenize
import types

from . import __version__, elsewhere, facade
from .array import watch
from .cells import split_cells
from .check import Budget, Spent, verdicts
from .display import pretty
from .effort import effort
from .errors import BudgetExceeded
from .exercises import judged
from .problems import problem
from .replay import apart
from .sites import utf16
from .tape import state
from .trace import Limits, Recorder, pack

#: A partial trace is sent at most this often (seconds), and never for more than this share of time.
PARTIAL_EVERY, PARTIAL_SHARE = 0.7, 0.1


#: Verdicts of a check are sent this often (seconds).
CHECK_EVERY = 0.2

INTERRUPTED = {
    "deadline": "The run took longer than it may and was stopped",
    "interrupted": "The run was stopped",
}


class Stream:
    """A text stream that hands on what is written, within the run's limit on output."""

    encoding = "utf-8"

    def __init__(self, kind, run):
        self._kind = kind
        self._run = run

    def write(self, text):
        """Takes text; returns its length."""
        text = str(text)
        self._run.wrote(self._kind, text)
        return len(text)

    def flush(self):
        """Nothing is held back here."""

    def isatty(self):
        """No terminal."""
        return False


class Run:
    """One run of one program: its cells, outputs, stops and trace."""

    def __init__(self, code, limits, tell, clock):
        self.code = code
        self.lines = code.split("\n")
        self.cells = split_cells(code)
        self.limits = limits
        self.recorder = Recorder(limits)
        self.outputs = []
        self.stops = []
        self.files = set()
        self.cell = 0
        self.program, self.names = None, {}  # for a check, when the program has Functions
        self._tell = tell
        self._clock = clock
        self._written = 0
        self._text = None  # the stdout or stderr output that is still growing
        self._next_flush = 0.0

    # ----- Output -----

    def wrote(self, kind, text):
        """Text on stdout or stderr; raises `BudgetExceeded` when there is too much of it."""
        if not text:
            return
        room = max(self.limits.output - self._written, 0)
        too_much = len(text) > room
        self._written += len(text)
        text = text[:room]
        if self._text is None or self._text["type"] != kind:
            self.flush()
            self._text = {"cell": self.cell, "type": kind, "text": ""}
        self._text["text"] += text
        if len(self._text["text"]) > 2000 or ("\n" in text and self._clock() > self._next_flush):
            self.flush()
        if too_much:
            raise BudgetExceeded(self._too_much())

    def _too_much(self):
        return (
            f"The run stopped after {self.limits.output:,} characters of output. "
            "Print less, or only every hundredth step."
        )

    def flush(self):
        """Sends the text that has gathered."""
        if self._text is not None:
            self._next_flush = self._clock() + 0.1
            text, self._text = self._text, None
            self._output(text)

    def _output(self, output):
        self.outputs.append(output)
        self._tell("output", output)

    def _show(self, value, index):
        """Shows the value of a cell's last expression, as much of it as the limit allows."""
        text = pretty(value)
        self.flush()
        room = max(self.limits.output - self._written, 0)
        self._written += len(text)
        self._output({"cell": index, "type": "result", "text": text[:room]})
        if len(text) > room:
            raise BudgetExceeded(self._too_much())

    def _stop(self, reason, text, line):
        self.stops.append({"reason": reason, "message": text, "cell": self.cell, "line": line})

    # ----- Running -----

    def all_cells(self, namespace, interrupted):
        """Runs the code cells in order until one stops; `interrupted` names KeyboardInterrupt.

        Of an exercise the answer runs and is checked; hints and solutions do not run. An error in
        the answer is told and ends the exercise, not the run.
        """
        failed = None
        for index, cell in enumerate(self.cells):
            if cell.kind != "code" or cell.role in ("hint", "solution"):
                continue
            if cell.role == "check":
                if not self._check(cell, index, namespace, failed, interrupted):
                    return
                continue
            failed = None
            self.cell = index
            self.recorder.cell_began(index)
            self._tell("cell", {"cell": index})
            try:
                shown = self._execute(cell, index, namespace)
                self.recorder.cell_finished(namespace)
                if shown is not None:
                    self._show(shown, index)
            except KeyboardInterrupt as error:
                self.was_interrupted(interrupted, self._failed(error, namespace)["line"])
                return
            except BudgetExceeded as error:
                self._stop("budget", str(error), self._failed(error, namespace)["line"])
                return
            except SystemExit as error:
                if error.code is not None and not isinstance(error.code, int):
                    self.wrote("stderr", f"{error.code}\n")
                return
            except BaseException as error:
                found = self._failed(error, namespace)
                self._output({"cell": index, "type": "error", "error": found})
                if cell.role == "exercise":
                    failed = found
                    continue
                self._stop("error", f"{found['name']}: {found['message']}", found["line"])
                return
            finally:
                self.flush()

    def _check(self, cell, index, namespace, failed, interrupted) -> bool:
        """Judges the answer before a check; False when the run was stopped meanwhile."""
        self.cell = index
        if failed is not None:
            where = f" in line {failed['line']}" if failed["line"] > 0 else ""
            found = {"correct": False, "text": f"the answer stops with {failed['name']}{where}"}
        else:
            try:
                with apart():
                    found = judged(cell, index, namespace)
            except KeyboardInterrupt:
                self.was_interrupted(interrupted)
                return False
        self._output({"cell": index, "type": "verdict", **found})
        return True

    def was_interrupted(self, reason, line=-1):
        """Notes that the run was stopped from outside: "deadline" or "interrupted"."""
        self._stop(reason, INTERRUPTED[reason], line)

    def _failed(self, error, namespace):
        self.flush()
        self.recorder.cell_finished(namespace)
        return problem(error, self.files, self.lines, utf16)

    def _execute(self, cell, index, namespace):
        """Runs one cell; returns the value of its last expression (None when it has none)."""
        name = f"<cell {index}>"
        self.files.add(name)
        source = "\n" * (cell.first - 1) + cell.source
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        tree = ast.parse(source, name)
        self.recorder.sites.add_file(name, tree, self.lines)
        self.recorder.turns.instrument(tree, name)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not _silenced(cell.source):
            last = ast.Expression(tree.body.pop().value)
        exec(compile(tree, name, "exec"), namespace)
        value = None if last is None else eval(compile(last, name, "eval"), namespace)
        elsewhere.flush()  # what a server has to do of this cell begins now
        return value

    def document(self, *, all_summaries=None):
        """The trace of the run so far; see `Recorder.document`."""
        return self.recorder.document(
            self.code, self.cells, self.outputs, self.stops, all_summaries=all_summaries
        )


def _silenced(source: str) -> bool:
    """Whether a cell's last line ends with a semicolon, which hides its result in a notebook."""
    if ";" not in source:
        return False
    beside = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.DEDENT, tokenize.ENDMARKER)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [t.string for t in tokens if t.type not in beside][-1:] == [";"]


class Kernel:
    """Runs programs, each in a fresh namespace with fresh random numbers."""

    def __init__(self, clock=time.perf_counter):
        facade.install()
        self._clock = clock
        self._run = None

    def execute(
        self, code, *, seed=0, limits=None, tell=None, interrupted="interrupted", partial=None
    ) -> Run:
        """Runs `code`; never raises for what the program does.

        `tell(kind, data)` hears of "cell" and "output" as they happen; `partial(run)` is called
        now and then while the program runs. `interrupted` is the stop's reason on
        KeyboardInterrupt: "deadline" or "interrupted".
        """
        run = Run(code, limits or Limits(), tell or (lambda kind, data: None), self._clock)
        self._run = run
        facade.random.seed(seed)
        facade.fresh()
        state.recording = state.training = False
        if partial is not None:
            run.recorder.report_to(_reporting(run, partial, self._clock))
        streams = Stream("stdout", run), Stream("stderr", run)
        program = types.ModuleType("__main__")
        main, stdin = sys.modules.get("__main__"), sys.stdin
        before, watch.observer = watch.observer, run.recorder
        try:
            # Classes and functions of the program look for their module under this name.
            sys.modules["__main__"], sys.stdin = program, io.StringIO()
            vars(program).update(run.recorder.turns.hooks())
            with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
                run.all_cells(vars(program), interrupted)
        except KeyboardInterrupt:  # it came between two lines of the program
            run.was_interrupted(interrupted)
        finally:
            watch.observer = before
            state.recording = state.training = False
            sys.stdin = stdin
            if main is not None:
                sys.modules["__main__"] = main
            run.recorder.settle()
            if run.recorder.functions:
                run.program, run.names = program, dict(vars(program))
            vars(program).clear()  # its functions hold it: only this lets its arrays go
        return run

    # ----- The browser worker's way in: JSON in, JSON out -----

    def run(self, code, seed, limits_json, emit, emit_trace) -> str:
        """Runs a program for the page: `emit(kind, json)`, `emit_trace(header, columns, final)`.

        The limits may have `weigh`: of a run that took as many milliseconds, it is told what it has
        computed (`effort`).
        """

        def tell(kind, data):
            emit(kind, json.dumps(data))

        def send(run, final=False):
            emit_trace(*pack(run.document()), final)

        given = json.loads(limits_json)
        limits = Limits(**{k: v for k, v in given.items() if k in LIMITS})
        began = self._clock()
        run = self.execute(
            code, seed=seed, limits=limits, tell=tell, interrupted="deadline", partial=send
        )
        took = 1000 * (self._clock() - began)
        send(run, True)
        told = {"ops": run.recorder.ops}
        if "weigh" in given and took >= given["weigh"]:
            told["work"], told["calls"] = effort(run.recorder)
        return json.dumps(told)

    def summaries(self, ids) -> str:
        """Value summaries of the newest run's trace, as JSON; null for ids that do not exist."""
        found = [None] * len(ids) if self._run is None else self._run.recorder.summaries(ids)
        return json.dumps(found)

    def elements(self, value, row, col) -> str:
        """A stretch of a value's elements, as JSON; null when the newest run has none there."""
        found = None if self._run is None else self._run.recorder.window(value, row, col)
        return json.dumps(found)

    def check(self, limits_json, emit, stopped=lambda: False) -> str:
        """Checks the gradients of the newest run; `emit(json)` hears of the verdicts in batches.

        Limits: `operations` that may be run again, `seconds`. `stopped()` says that the reader has
        seen enough. Answers how it ended: "all", "time", "operations" or "stopped".
        """
        limits = json.loads(limits_json)
        budget = Budget(limits["operations"], limits["seconds"], self._clock, stopped)
        batch, total, due = [], 0, self._clock() + CHECK_EVERY
        run, end = self._run, "all"
        try:
            if run is not None:
                with apart(run.program, run.names):
                    for kind, what in verdicts(run.recorder, budget):
                        if kind == "total":
                            total = what
                        else:
                            batch.append(what)
                        if self._clock() > due:
                            emit(json.dumps({"total": total, "verdicts": batch}))
                            batch, due = [], self._clock() + CHECK_EVERY
        except Spent as spent:
            end = spent.end
        except KeyboardInterrupt:  # a Function of the program does not come to its end
            end = "time"
        return json.dumps({"total": total, "verdicts": batch, "end": end})


LIMITS = tuple(Limits.__dataclass_fields__)


def _reporting(run, partial, clock):
    """What reports a partial trace now and then, when it is called between two operations."""
    due = clock() + PARTIAL_EVERY

    def report():
        nonlocal due
        if clock() > due:
            began = clock()
            partial(run)
            spent = clock() - began
            due = clock() + max(PARTIAL_EVERY, spent / PARTIAL_SHARE)

    return report


__all__ = ["Kernel", "Run", "__version__"]
