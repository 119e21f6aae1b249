"""programs.py shows what the real MXNet 1.9.1 shows, save for differences on purpose."""

import json
import math
import re
from pathlib import Path

import numpy
import pytest

import engine
from engine.devices import HOST
from engine.errors import MXNetError, ShapeError
from engine.tape import state
from tests.engine.programs import programs, run

engine.install()

import mxnet  # noqa: E402

GOLDEN = json.loads((Path(__file__).parent / "golden" / "mxnet.json").read_text())
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?!\w)")

#: Where we differ on purpose: program -> reason, {line: what ours shows}. Programs are listed once
#: for each reason.
ON_PURPOSE = (
    (
        "np: integer arithmetic",
        "2.x: a float takes part, so the result is float32",
        {"a + 1.5": "array([2.5, 3.5, 8.5])", "a * 2.5": "array([ 2.5,  5. , 17.5])"},
    ),
    (
        "np: functions of integers",
        "2.x: functions that need a float give float32",
        {
            "np.sqrt(i)": "array([1.       , 1.4142135, 2.       ])",
            "np.exp(i)": "array([ 2.7182817,  7.389056 , 54.59815  ])",
            "np.sin(i)": "array([ 0.84147096,  0.9092974 , -0.7568025 ])",
        },
    ),
    (
        "np: booleans",
        "2.x: a float takes part, so the result is float32",
        {"b * 1.5": "array([1.5, 0. , 1.5])"},
    ),
    (
        "nd: integer arithmetic",
        "dot of integers is possible",
        {"nd.dot(a, b)": "\n[20]\n<NDArray 1 @cpu(0)>"},
    ),
    (
        "np: integer arithmetic",
        "dot of integers is possible",
        {"np.dot(a, b)": "array(20, dtype=int32)"},
    ),
    (
        "np: dot",
        "dot takes numbers, as NumPy's does",
        {"np.dot(2, a)": "array([[2., 4.],\n       [6., 8.]])"},
    ),
    ("nd: comparisons", "comparing with None asks whether it is None", {"a == None": "False"}),
    ("np: comparisons", "comparing with None asks whether it is None", {"a == None": "False"}),
    (
        "np: functions of Python numbers",
        "Python numbers, not NumPy's: they are shown plainly",
        {
            "np.sin(0.5)": "0.479425538604203",
            "np.exp(1)": "2.718281828459045",
            "np.sqrt(4)": "2.0",
            "np.maximum(1, 2)": "2",
            "np.add(1, 2)": "3",
        },
    ),
    (
        "np: iterating",
        "a 0-d array has nothing to go through: an error, not silence",
        {"for v in np.array(1.0): pass": TypeError},
    ),
    (
        "np: layers",
        "without a bias none is needed",
        {"npx.fully_connected(x, np.ones((2, 3)), num_hidden=2)": "array([[1., 1.]])"},
    ),
    (
        "nd: grad_req",
        "a wrong value, not a missing key",
        {"x.attach_grad('sometimes')": ValueError},
    ),
    (
        "np: grad with respect to several variables",
        "2.x: gradients have their variables' class",
        {
            "autograd.grad(y, [a, b])": "[array([3., 4.]), array([1., 2.])]",
            "autograd.grad([y, z], [a, b], head_grads=[np.array([1.0, 2]), None])": (
                "[array([4., 9.]), array([2., 5.])]"
            ),
        },
    ),
    (
        "nd: gradients of functions",
        "sort without an axis given is differentiable too",
        {"show(lambda x: x.sort() * nd.arange(3))": "\n[0. 1. 2.]\n<NDArray 3 @cpu(0)>"},
    ),
    (
        "np: gradients of functions",
        "std and var are differentiable (1.9.1 leaves zeros)",
        {
            "show(lambda x: x.std())": "array([-0.35634828, -0.08908706,  0.4454354 ])",
            "show(lambda x: x.var())": "array([-0.44444442, -0.11111109,  0.5555556 ])",
            "show(lambda x: np.std(x, ddof=1))": "array([-0.43643576, -0.10910892,  0.54554474])",
        },
    ),
    (
        "np: what is refused",
        "the wrong type is a TypeError, the wrong shape a ShapeError",
        {
            "np.add([1],2)": TypeError,
            "np.sum(np.ones(3), foo=1)": TypeError,
            "np.take(np.ones(3), [5])": MXNetError,
            "np.ones(3) @ 2": ShapeError,
        },
    ),
    ("nd: errors of use", "the wrong type is a TypeError", {"nd.sum([1, 2])": TypeError}),
)
DIFFERENT = {(name, line): ours for name, _, lines in ON_PURPOSE for line, ours in lines.items()}


def shows(space, source):
    """What each line of a program shows here: pairs of line and what is shown."""
    HOST.xp.random.seed(0)
    state.recording = state.training = False
    modules = {"mx": mxnet, "numpy": numpy, "autograd": mxnet.autograd}
    modules.update(nd=mxnet.nd, np=mxnet.np, npx=mxnet.npx)
    (mxnet.npx.set_np if space == "np" else mxnet.npx.reset_np)()
    try:
        return run(source, modules)
    finally:
        mxnet.npx.reset_np()


def words(text):
    return "".join(NUMBER.sub("#", text).split())


def same(ours, theirs):
    """Equal but for the last digits of numbers; errors are equal when their classes are kin."""
    if isinstance(ours, str) and isinstance(theirs, str):
        pairs = zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=False)
        return words(ours) == words(theirs) and all(
            math.isclose(float(a), float(b), rel_tol=1e-5, abs_tol=1e-6) for a, b in pairs
        )
    if isinstance(ours, list) and isinstance(theirs, list):
        if ours[:1] == theirs[:1] == ["error"]:
            return theirs[1][0] in ours[1] or ours[1][0] in theirs[1]
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return ours == theirs


def text_of(shown):
    """What `shows` recorded of a value, as its repr."""
    if shown[0] == "list":
        return f"[{', '.join(text_of(part) for part in shown[1])}]"
    return shown[-1]


def as_intended(shown, ours):
    if isinstance(ours, type):
        return shown[0] == "error" and ours.__name__ in shown[1]
    return shown[0] != "error" and same(text_of(shown), ours)


@pytest.mark.parametrize(
    ("space", "name", "source"), [pytest.param(*program, id=program[1]) for program in programs()]
)
def test_a_program_shows_what_mxnet_shows(space, name, source):
    ours = [pair for pair in shows(space, source) if (name, pair[0]) not in DIFFERENT]
    theirs = [pair for pair in GOLDEN[name] if (name, pair[0]) not in DIFFERENT]
    assert [line for line, _ in ours] == [line for line, _ in theirs]
    for (line, shown), (_, expected) in zip(ours, theirs, strict=True):
        assert same(shown, expected), (line, shown, expected)


@pytest.mark.parametrize(
    ("name", "reason", "lines"), ON_PURPOSE, ids=lambda v: v if isinstance(v, str) else ""
)
def test_where_it_differs_from_mxnet_it_does_so_on_purpose(name, reason, lines):
    source = next(text for _, found, text in programs() if found == name)
    ours = {line: shown for line, shown in shows(name[:2], source)}
    for line, intended in lines.items():
        assert as_intended(ours[line], intended), (reason, line, ours[line])


def test_differences_on_purpose_are_differences():
    recorded = {(name, line): shown for name, lines in GOLDEN.items() for line, shown in lines}
    assert [
        key
        for key, ours in DIFFERENT.items()
        if key in recorded
        and as_intended(recorded[key], ours)
        and not recorded[key][0].startswith("numpy ")
    ] == []


def test_every_program_is_recorded():
    assert sorted(GOLDEN) == sorted(name for _, name, _ in programs())
