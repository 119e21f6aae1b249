"""The lessons show what the real MXNet 1.9.1 shows, and are built as the page expects them."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.kernel import Kernel

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "web" / "lessons").glob("*.py"))
GOLDEN = json.loads((ROOT / "tests" / "engine" / "golden" / "lessons.json").read_text())
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?!\w)")

by_name = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


def words(text: str) -> str:
    """The text without its numbers' digits and its spacing, which follows from them."""
    return "".join(NUMBER.sub("#", text).split())


def same(shown: str, expected: str) -> bool:
    """Equal but for the last digits of numbers."""
    pairs = zip(NUMBER.findall(shown), NUMBER.findall(expected), strict=False)
    return words(shown) == words(expected) and all(
        math.isclose(float(a), float(b), rel_tol=1e-6, abs_tol=1e-7) for a, b in pairs
    )


def parts(lesson: Path) -> list[tuple[str, str]]:
    """("markdown" | "code" | "unseen", text) of each cell."""
    unseen = (" hint", " solution", " check")
    pieces = re.split(r"^# %%(.*)\n", lesson.read_text(), flags=re.MULTILINE)[1:]
    kinds = (
        "markdown" if "[markdown]" in mark else "unseen" if mark in unseen else "code"
        for mark in pieces[0::2]
    )
    return list(zip(kinds, pieces[1::2], strict=True))


def test_all_lessons_are_recorded():
    assert [path.stem for path in LESSONS] == sorted(GOLDEN) and len(LESSONS) >= 6


@by_name
def test_a_lesson_shows_what_mxnet_shows(lesson):
    command = [sys.executable, "-m", "engine", "run", "--json", str(lesson)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout, done.stderr
    cells = json.loads(done.stdout)["cells"]
    assert [cell["error"] for cell in cells if cell["error"]] == []
    assert len(cells) == len(GOLDEN[lesson.stem])
    for k, (cell, expected) in enumerate(zip(cells, GOLDEN[lesson.stem], strict=True)):
        assert same(cell["stdout"] or "", expected["stdout"]), (k, cell, expected)
        assert same(cell["result"] or "", expected["result"] or ""), (k, cell, expected)


@by_name
def test_a_lesson_opens_with_a_title_and_one_paragraph(lesson):
    kind, text = parts(lesson)[0]
    title, *subtitle = text.strip().splitlines()
    assert kind == "markdown" and re.fullmatch(r"# # \w.+", title)
    assert subtitle and all(re.match(r"# \w", line) for line in subtitle)


@by_name
def test_a_lesson_is_short_and_ends_with_something_to_try(lesson):
    cells = parts(lesson)
    assert 5 <= sum(kind == "code" for kind, _ in cells) <= 9
    assert cells[-1][0] == "markdown" and "*Try this:*" in cells[-1][1]
    prose = [line for kind, text in cells if kind == "markdown" for line in text.splitlines()]
    assert all(line == "" or line == "#" or line.startswith("# ") for line in prose)
    code = [line for kind, text in cells if kind == "code" for line in text.splitlines()]
    code = [line for line in code if not line.startswith("# ")]  # tasks of exercises are prose
    assert max(map(len, code)) <= 72  # fits a phone held sideways


@by_name
def test_every_code_cell_of_a_lesson_shows_something(lesson):
    assert all(cell["stdout"] or cell["result"] for cell in GOLDEN[lesson.stem])


@by_name
def test_solutions_of_a_lesson_pass_their_checks(lesson):
    # As a plain script, every check comes after its solution.
    file = {"__name__": "__main__", "__file__": str(lesson)}
    exec(compile(lesson.read_text(), lesson.name, "exec"), file)


@by_name
def test_answers_of_a_lesson_are_not_right_from_the_start(lesson):
    done = Kernel().execute(lesson.read_text())
    assert not [o for o in done.outputs if o["type"] == "verdict" and o["correct"]]
