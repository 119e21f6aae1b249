"""The log of turns: which turn of which loop, and which call, each operation belongs to."""

import math

import numpy
import pytest

from engine.kernel import Kernel
from engine.trace import as_lists

SETUP = """from mxnet import np, autograd
x = np.array([1.0, 2.0])
"""
FIRST = SETUP.count("\n") + 1


def traced(code):
    done = Kernel().execute(SETUP + code)
    assert done.stops == []
    return as_lists(done.document())


def log(code, kinds=(0, 1, 2, 3)):
    """(name, line, depth, turn, number of operations before it) of every entry."""
    t = traced(code)
    loops, turns, strings = t["loops"], t["turns"], t["strings"]
    sources = t["nodes"]["kind"].index(1)
    return [
        (strings[loops["name"][k]], loops["line"][k] - FIRST, depth, turn, at - sources)
        for k, depth, turn, at in zip(
            turns["loop"], turns["depth"], turns["turn"], turns["at"], strict=True
        )
        if loops["kind"][k] in kinds
    ]


def test_a_for_loop_tells_its_turns():
    found = log("y = x * 1\nfor k in range(3):\n    y = y * 2\n")
    assert found == [("for", 1, 0, 0, 1), ("for", 1, 0, 1, 2), ("for", 1, 0, 2, 3)]


def test_a_loop_in_a_loop_is_not_one_long_loop():
    t = traced("y = x * 1\nfor i in range(2):\n    for j in range(3):\n        y = y * 2\n")
    loops, turns = t["loops"], t["turns"]
    inner = [run for k, run in zip(turns["loop"], turns["run"]) if loops["line"][k] == FIRST + 2]
    outer = [turn for k, turn in zip(turns["loop"], turns["turn"]) if loops["line"][k] == FIRST + 1]
    assert outer == [0, 1]
    assert len(set(inner)) == 2 and len(inner) == 6


def test_a_while_loop_begins_before_its_first_test():
    found = log("y = x * 1\nwhile y.sum() < 20:\n    y = y * 2\n")
    assert [(turn, at) for *_, turn, at in found] == [(-1, 1), (0, 3), (1, 6), (2, 9)]


def test_a_comprehension_tells_its_turns():
    assert [turn for *_, turn, _ in log("y = [x * k for k in range(4)]\n", (2,))] == [0, 1, 2, 3]


def test_every_call_of_a_function_is_told():
    code = 'def f(n, v):\n    "doc"\n    return v if n == 0 else f(n - 1, v * 2)\ny = f(3, x)\n'
    assert [(name, depth, at) for name, _, depth, _, at in log(code)] == [
        ("f", 1, 0),
        ("f", 2, 1),
        ("f", 3, 2),
        ("f", 4, 3),
    ]


def test_a_lambda_is_a_function_too():
    found = log("f = lambda v: v * 2\ny = f(x)\ny = f(y)\n")
    assert [(name, depth, at) for name, _, depth, _, at in found] == [
        ("lambda", 1, 0),
        ("lambda", 1, 1),
    ]


def test_turns_without_an_operation_are_counted_but_not_kept():
    found = log("for k in range(100_000):\n    if k % 50_000 == 0:\n        y = x * 2\n")
    assert [turn for *_, turn, _ in found] == [0, 50_000, 99_999]


def test_the_log_is_not_longer_than_there_are_operations_to_place():
    found = log(
        "def f(v):\n    for k in range(10): pass\n    return v\n"
        "for i in range(1000):\n    for j in range(10):\n        f(x)\ny = x * 2\n"
    )
    assert len(found) < 10


def test_depth_is_the_place_in_the_stack_of_the_site():
    code = "def f(v):\n    for k in range(2):\n        v = v * 2\n    return v\ny = f(x)\n"
    t = traced(code)
    node = t["nodes"]["kind"].index(1)
    site = t["nodes"]["site"][node]
    frames = range(t["sites"]["start"][site], t["sites"]["start"][site + 1])
    assert {d for *_, d, _, _ in log(code)} == {len(frames) - 1}


@pytest.mark.parametrize(
    "code",
    [
        "def g():\n    yield 1\n    yield 2\nfound = list(g())\nassert found == [1, 2]\n",
        "def f():\n    '''words'''\nassert f() is None and f.__doc__ == 'words'\n",
        "class A:\n    __slots__ = ('v',)\n    def __init__(self): self.v = 3\nassert A().v == 3\n",
        "assert [a + b for a in (1, 2) for b in (10, 20) if a < 2] == [11, 21]\n",
        "assert {k: v for k, v in zip('ab', (1, 2))} == dict(a=1, b=2)\n",
        "assert sum(k for k in range(4)) == 6\n",
        "for k in range(3):\n    break\nelse:\n    k = 9\nassert k == 0\n",
        "k = 0\nwhile k < 3:\n    k += 1\n    continue\nelse:\n    k = 9\nassert k == 9\n",
        "assert sorted([3, 1], key=lambda v: -v) == [3, 1]\nassert (lambda: None)() is None\n",
        "assert (lambda *a, b=2, **c: (a, b, c))(1, d=3) == ((1,), 2, {'d': 3})\n",
        "for a, (b, c) in [(1, (2, 3))]:\n    assert (a, b, c) == (1, 2, 3)\n",
        "def f(n):\n    for k in range(n):\n        if k == 2: return k\nassert f(9) == 2\n",
    ],
)
def test_programs_mean_what_they_meant(code):
    traced(code)


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        ("for k in 5:\n    pass\n", 0, "'int' object is not iterable"),
        ("y = [k for k in 5]\n", 0, "'int' object is not iterable"),
        ("def f():\n    return 1 / 0\nf()\n", 1, "division by zero"),
        ("for k in range(2):\n    1 / 0\n", 1, "division by zero"),
    ],
)
def test_errors_show_the_program_alone(code, line, words):
    done = Kernel().execute(SETUP + code)
    error = done.outputs[-1]["error"]
    assert words in error["message"]
    assert error["line"] == FIRST + line
    assert {frame["func"] for frame in error["frames"]} <= {"<module>", "f", "<listcomp>"}


def test_final_gradients_have_norms():
    code = "x.attach_grad()\nwith autograd.record():\n    y = (x * np.array([3.0, 2.0])).sum()\n"
    t = traced(code + "y.backward()\n")
    bits = t["passes"][0]["grads"]["norm"]
    norms = numpy.array(bits, "int32").view("float32").tolist()
    slots = t["passes"][0]["grads"]["slot"]
    leaf = t["passes"][0]["written"]["slot"][0]
    assert norms[slots.index(leaf)] == pytest.approx(math.sqrt(13))
    assert len(norms) == len(slots)
