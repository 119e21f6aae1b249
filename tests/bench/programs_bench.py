"""The engine and its peers against hand-written NumPy: the programs of cases.py, in one run.

Every library has a process of its own (`worker.py`); they take turns, one at a time. Every
program is checked to give the same gradients as the one by hand before it is timed.
"""

import importlib.util
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import environments
import numpy as np
from cases import CASES

WORKER = Path(__file__).with_name("worker.py")
FLOOR = "NumPy"
#: Seconds that one sample should last at least, and those spent on one program.
SAMPLE, BUDGET, MOST_ROUNDS = 0.01, 8.0, 60


class Library:
    """A process that runs one library's programs when asked."""

    def __init__(self, name: str, python):
        self.name = name
        self._process = subprocess.Popen(
            [str(python), str(WORKER), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environments.environ(),
        )

    def ask(self, **what) -> dict:
        """The process's answer; one that died answers with an error."""
        try:
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline() or '{"error": "the process ended"}')
        except OSError as error:
            return {"error": str(error)}

    def close(self) -> None:
        """Ends the process."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def libraries(names, say) -> list[Library]:
    """The libraries that can run here."""
    found = []
    for name in names:
        python = sys.executable
        if name == "HIPS autograd" and importlib.util.find_spec("autograd") is None:
            say(f"{name}: skipped, the package `autograd` is not installed (make bench does that)")
            continue
        if name in environments.PEERS:
            python = environments.python_of(name, say)
        if python is not None:
            found.append(Library(name, python))
    return found


def measure(case: str, found: list[Library], rounds: int, say) -> dict[str, float]:
    """Median seconds of one program in each library that does it."""
    tolerance = CASES[case][2]
    expected, able = None, []
    for library in found:
        answer = library.ask(do="check", program=case)
        if "error" in answer:
            say(f"{library.name}: {case}: {answer['error']}")
            continue
        gradients = [np.asarray(g) for g in answer["gradients"]]
        expected = gradients if expected is None else expected
        for got, wanted in zip(gradients, expected, strict=True):
            scale = float(np.abs(wanted).max()) or 1.0
            np.testing.assert_allclose(
                got, wanted, rtol=tolerance, atol=tolerance * scale, err_msg=library.name
            )
        able.append(library)
    repeats = {}
    for library in able:
        library.ask(do="time", program=case, repeats=1)  # warm
        once = library.ask(do="time", program=case, repeats=1)["seconds"]
        repeats[library] = max(1, min(1000, round(SAMPLE / max(once, 1e-6))))
    times = {library.name: [] for library in able}
    end = time.perf_counter() + BUDGET
    for done in range(rounds):
        for library in able:
            answer = library.ask(do="time", program=case, repeats=repeats[library])
            times[library.name].append(answer["seconds"])
        if done >= 4 and time.perf_counter() > end:
            break
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def table(names, cases, rounds=MOST_ROUNDS, say=print) -> dict[str, dict[str, float]]:
    """Prints the ratios to NumPy by hand of `cases` in the libraries `names`; returns seconds."""
    found = libraries(names, say)
    try:
        shown = [library.name for library in found]
        say(f"{'':46}{'aim':>6}{'by hand':>12}" + "".join(f"{n:>15}" for n in shown[1:]))
        results = {}
        for case in cases:
            title, aim, _ = CASES[case]
            seconds = results[case] = measure(case, found, rounds, say)
            floor = seconds[FLOOR]
            line = f"{title:46}{aim:6.1f}{floor * 1e6:9.0f} us"
            for name in shown[1:]:
                line += f"{seconds[name] / floor:14.2f}x" if name in seconds else f"{'-':>15}"
            say(line)
        return results
    finally:
        for library in found:
            library.close()


def run() -> None:
    """The whole table, then recording with and without the trace."""
    print("Forward and backward, as ratios of processor time to NumPy by hand (medians)")
    table([FLOOR, "engine", "HIPS autograd", "PyTorch", "MXNet 1.9.1"], CASES)
    print("\nWith the trace on, as in the page (aim: 1.3 times the engine without it)")
    found = table([FLOOR, "engine", "engine, traced"], ["chain", "mlp"])
    for case, seconds in found.items():
        ratio = seconds["engine, traced"] / seconds["engine"]
        print(f"  {CASES[case][0]:44} traced / not traced {ratio:5.2f}")
