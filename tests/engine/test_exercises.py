"""Exercises: answers run and are checked, hints and solutions do not; what checks say."""

import json
import runpy
from pathlib import Path

import numpy
import pytest

import engine
from engine import playground
from engine.cells import split_cells
from engine.kernel import Kernel

CUTS = json.loads((Path(__file__).parents[1] / "web" / "fixtures" / "cells.json").read_text())
START = "from mxnet import np, npx, autograd\nnpx.set_np()\n"
KERNEL = Kernel()


def run(code, **options):
    return KERNEL.execute(START + code, **options)


def verdicts(code) -> list[tuple[bool, str]]:
    found = run(code).outputs
    return [(o["correct"], o["text"]) for o in found if o["type"] == "verdict"]


def verdict(answer: str, check: str) -> tuple[bool, str]:
    (found,) = verdicts(f"# %% exercise\n{answer}\n# %% check\n{check}\n")
    return found


@pytest.mark.parametrize(("code", "expected"), CUTS)
def test_cells_are_cut_as_the_page_cuts_them(code, expected):
    assert [[c.kind, c.first, c.last, c.role] for c in split_cells(code)] == expected


@pytest.mark.parametrize(
    ("answer", "check", "expected"),
    [
        ("y = 4", "assert y == 4", (True, "")),
        ("y = 4", "y == 4", (True, "")),
        ("y = np.array([1, 2])", "y == np.array([1, 2])", (True, "")),
        ("y = 3", "y == 4", (False, "y is 3")),
        ("y = 3", "assert y == 4", (False, "y is 3")),
        ("y = 3", "assert y == 4, 'think of two pairs'", (False, "think of two pairs")),
        ("y = np.array([1, 2])", "y == np.array([1, 3])", (False, "y is [1 2]")),
        ("y = 3", "y + 1 == 5", (False, "")),
        ("y = 3", "print('nearly')\ny == 4", (False, "y is 3\nnearly")),
        ("y = 3", "z == 4", (False, "name 'z' is not defined")),
        ("y = 3", "y.shape == ()", (False, "the check stopped with AttributeError: ")),
        ("y = 3", "assert", (False, "the check stopped with SyntaxError: ")),
        ("1 / 0", "True", (False, "the answer stops with ZeroDivisionError in line 4")),
        ("y = 3", "y = 4\nassert y == 4", (True, "")),
        ("y = 3", "raise SystemExit", (False, "")),
    ],
)
def test_a_check_says_whether_the_answer_is_right_and_never_what_is_wanted(answer, check, expected):
    correct, text = verdict(answer, check)
    assert (correct, text.startswith(expected[1])) == (expected[0], True), text
    assert expected[1] or not text


def test_a_check_of_a_gradient_tells_the_gradient():
    answer = "x = np.array([1.0, 2])\nx.attach_grad()\nwith autograd.record():\n    y = x * 1\n"
    check = "from playground import close\nassert close(x.grad, [2, 4])"
    assert verdict(answer + "y.backward()", check) == (False, "x.grad is [1 1]")
    assert verdict(answer.replace("* 1", "* x") + "y.backward()", check) == (True, "")
    check = "from playground import expect\nexpect(x.grad, [2, 4], 'x.grad', tell=True)"
    assert verdict(answer + "y.backward()", check) == (False, "x.grad is [1 1], wanted [2 4]")


def test_hints_and_solutions_do_not_run():
    done = run("# %% exercise\ny = 1\n# %% hint\nprint(1)\n# %% solution\ny = 2\n# %%\ny")
    assert [(o["cell"], o["type"], o["text"]) for o in done.outputs] == [(4, "result", "1")]


def test_a_check_leaves_no_trace():
    code = (
        "# %% exercise\nx = np.array([1.0])\n# %% check\nz = x * 2\nz > 1\n# %%\n'z' in globals()"
    )
    done = run(code)
    assert [o.get("text") for o in done.outputs] == ["", "False"]
    assert len(done.document()["nodes"]["kind"]) == 1


def test_draws_of_a_check_do_not_move_the_generator():
    draw = "np.random.uniform(size=(1,))"
    plain = run(f"# %% exercise\n# %% check\nTrue\n# %%\n{draw}").outputs[-1]
    assert run(f"# %% exercise\n# %% check\n{draw}\n# %%\n{draw}").outputs[-1] == plain


def test_an_error_in_an_answer_does_not_stop_the_other_exercises():
    code = "# %% exercise A\n1 / 0\n# %% check\nTrue\n# %% exercise B\ny = 2\n# %% check\ny == 2"
    done = run(code)
    assert [o["type"] for o in done.outputs] == ["error", "verdict", "verdict"]
    assert [o["correct"] for o in done.outputs[1:]] == [False, True] and done.stops == []


def test_a_check_without_end_is_stopped():
    code = "# %% exercise\n1\n# %% check\nraise KeyboardInterrupt\n# %%\n2"
    done = run(code, interrupted="deadline")
    assert [s["reason"] for s in done.stops] == ["deadline"]
    assert [o["text"] for o in done.outputs] == ["1"]


def test_a_file_with_its_solution_before_its_check_runs_as_a_plain_script(tmp_path, capsys):
    engine.install()
    file = tmp_path / "lesson.py"
    file.write_text(
        START + "# %% exercise\ny = 1\n# %% hint\n# two\n# %% solution\ny = 2\n"
        "# %% check\nfrom playground import expect\nexpect(y, 2)\n"
    )
    assert runpy.run_path(str(file))["y"] == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        (1, 1, True),
        ([1, 2], numpy.array([1.0, 2.00001]), True),
        ([1, 2], [1, 2.1], False),
        ([1, 2], [[1, 2]], False),
        (numpy.nan, float("nan"), True),
        (None, 1, False),
        ("1", 1, False),
        ([1, [2, 3]], [1, 2], False),
        (True, 1, True),
    ],
)
def test_close_compares_shapes_and_numbers(value, wanted, expected):
    assert playground.close(value, wanted) is expected


@pytest.mark.parametrize(
    ("value", "tell", "text"),
    [
        ([1, 1.5], False, "y is [1 1.5]"),
        ([1, 1.5], True, "y is [1 1.5], wanted [2 4]"),
        (3, False, "y has shape (), another is wanted"),
        (3, True, "y has shape (), wanted (2,)"),
        (None, False, "y is None, and no array of numbers"),
        ("a", False, "y is of the type str, and no array of numbers"),
    ],
)
def test_expect_says_what_the_value_is(value, tell, text):
    with pytest.raises(AssertionError) as raised:
        playground.expect(value, [2, 4], "y", tell=tell)
    assert str(raised.value) == text
    with pytest.raises(AssertionError, match="look again"):
        playground.expect(value, [2, 4], "y", "look again", tell=tell)
