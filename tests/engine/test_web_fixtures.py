"""What the page's unit tests read is what the engine writes (UPDATE_GOLDEN=1 writes it anew)."""

import json
import math
import os
from pathlib import Path

import pytest

from engine.compact import compact
from engine.kernel import Kernel
from engine.links import encode
from engine.reference import ops_table
from engine.trace import as_lists

FIXTURES = Path(__file__).parents[1] / "web" / "fixtures"
PROGRAMS = sorted((FIXTURES / "traces").glob("*.py"))
LESSONS = sorted((Path(__file__).parents[2] / "web" / "lessons").glob("*.py"))
FORMULAS = ("name", "operands", "latex", "latexVjps")


def held(path: Path, found) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        path.write_text(text + "\n", encoding="utf-8")
    assert alike(json.loads(path.read_text(encoding="utf-8")), json.loads(json.dumps(found)))


def alike(a, b) -> bool:
    """Equal but for the last digits of numbers, which the machine decides."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-6)
    return a == b


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_stored_trace_is_what_the_engine_writes(program):
    done = Kernel().execute(program.read_text(encoding="utf-8"), seed=0)
    assert done.stops == []
    trace = as_lists(done.document())
    held(program.with_suffix(".json"), trace)
    held(program.with_suffix(".compact"), compact(trace))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_the_trace_of_a_lesson_fits_into_a_link(lesson):
    code = lesson.read_text(encoding="utf-8")
    trace = as_lists(Kernel().execute(code, seed=0).document(all_summaries=True))
    alone, whole = encode({"code": code}), encode({"code": code, "trace": compact(trace)})
    assert len(whole) - len(alone) < 4096, lesson.name


def test_stored_formulas_are_those_of_the_rows():
    held(FIXTURES / "formulas.json", [{key: op[key] for key in FORMULAS} for op in ops_table()])
