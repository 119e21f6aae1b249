"""Runs a program while a course is built, and gives the link that carries its run."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

#: Of Python, NumPy and engine on a busy machine, before the program's own time begins.
STARTING = 30.0


class NotRun(Exception):
    """The program gave no run: it took too long, or ended Python itself. The text says which."""


@dataclass(frozen=True)
class Stored:
    """A run to put on a page."""

    #: The link from its `#` on; with the run unless `too_long` says why not.
    fragment: str
    #: The compact trace (`engine/compact.py`).
    trace: list
    #: All that was printed, and the values that its cells show.
    printed: str
    #: How it stopped early: `message` and `line` (of the program, from 1; -1 when unknown).
    stop: dict[str, Any] | None
    too_long: str


def stored_run(code: str, seed: int = 0, seconds: float = 20.0) -> Stored:
    """Runs `code` in a process of its own for at most `seconds`; raises `NotRun`."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "autograd_playground.run"],
            input=json.dumps({"code": code, "seed": seed}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=seconds + STARTING,
            # The same packages as here, wherever they came from.
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired:
        raise NotRun(f"it took longer than {seconds:g} seconds") from None
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        raise NotRun(f"Python ended while it ran: {last[0]}")
    return Stored(**json.loads(done.stdout))
