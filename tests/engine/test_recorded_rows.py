"""Rows and composed functions compute what MXNet 1.9.1 does: values, shapes, dtypes, gradients.

golden/rows/*.json has what MXNet gave for each case (record_rows.py says how to record); where we
differ on purpose is told, with a reason each, in differences.py, and nothing else is left out.
"""

import builtins
import json
import re
import warnings
from collections import defaultdict
from pathlib import Path

import numpy
import pytest

import engine
from engine.registry import OPS

from .differences import DIFFERENCES
from .row_cases import of_rows
from .row_runs import run, unpacked

engine.install()

import mxnet  # noqa: E402

ROWS = Path(__file__).parent / "golden" / "rows"
SPACES = ("nd", "np", "npx")
GOLDEN = {
    case: kept
    for s in SPACES
    for case, kept in json.loads((ROWS / f"{s}.json").read_text()).items()
}
#: (relative, absolute) tolerance of a dtype; whole numbers must be equal.
NEAR = {"float16": (4e-3, 2e-3), "float32": (2e-5, 2e-6), "float64": (1e-10, 1e-12)}
AGAIN = (
    "record it: python -m tests.engine.row_cases > cases.txt, then, with MXNet 1.9.1's Python 3.8, "
    "tests/engine/record_rows.py cases.txt"
)


def subject(case):
    """What a case tries: the function it starts with, or the kind of expression."""
    space, expression = case.split(" | ")[:2]
    called = re.match(r"\[?(?:npx?|nd|a)((?:\.\w+)+)\(", expression)
    return f"{space} {called[1][1:] if called else 'operators and indexing'}"


def gap(ours, theirs, exact=False):
    """In what way two kept results differ (a word or two), or None."""
    if ours[0] in ("list", "plain", "type") or theirs[0] in ("list", "plain", "type"):
        if ours[0] != theirs[0]:
            return f"kind {ours[:1]}"
        if ours[0] == "list":
            if len(ours[1]) != len(theirs[1]):
                return "length"
            gaps = (gap(a, b, exact) for a, b in zip(ours[1], theirs[1], strict=True))
            return next(filter(None, gaps), None)
        return None if ours == theirs else "plain value"
    if ours[0] != theirs[0]:
        return f"dtype {ours[0]}"
    if ours[1] != theirs[1]:
        return f"shape {tuple(ours[1])}"
    if ours[2] == theirs[2]:
        return None
    if ours[0] not in NEAR or exact:
        return "value"
    relative, absolute = NEAR[ours[0]]
    with numpy.errstate(all="ignore"):
        near = numpy.isclose(
            unpacked(ours), unpacked(theirs), rtol=relative, atol=absolute, equal_nan=True
        )
    if near.all():
        return None
    apart = numpy.flatnonzero(~near)
    return f"value at {', '.join(map(str, apart))}" if apart.size < 4 else "value"


def kin(ours, theirs):
    """Whether an exception of ours is of the kind that MXNet raised."""
    made = getattr(engine.errors, ours, None) or getattr(builtins, ours)
    return theirs in [c.__name__ for c in made.__mro__]


def mismatch(case, theirs):
    """In what way our result differs from what MXNet gave: a few words, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = run(case, mxnet)
    if "raises" in theirs:
        if "raises" not in ours:
            return f"works, not {theirs['raises']}"
        if kin(ours["raises"], theirs["raises"]):
            return None
        return f"raises {ours['raises']}, not {theirs['raises']}"
    if "raises" in ours:
        return f"raises {ours['raises']}"
    exact = " | seed" in case
    unstable = theirs.get("unstable", ())
    if "value" not in unstable and (found := gap(ours["value"], theirs["value"], exact)):
        return found
    if "backward" in theirs:
        return None if "backward" in ours or "grads" not in ours else "gradient works"
    if "grads" in unstable or "grads" not in theirs:
        return None
    if "grads" not in ours:
        return f"gradient {'raises ' + ours['backward'] if 'backward' in ours else 'missing'}"
    for a, b in zip(ours["grads"], theirs["grads"], strict=True):
        if found := gap(a, b):
            return f"gradient {found}"
    return None


def intended(case, found):
    """Which entry of DIFFERENCES allows the mismatch `found`: its index, or None."""
    for k, (cases, how, _) in enumerate(DIFFERENCES):
        if re.search(cases, case) and re.fullmatch(f"({how})( at [0-9, ]+)?", found):
            return k
    return None


GROUPS = defaultdict(list)
for _case in GOLDEN:
    GROUPS[subject(_case)].append(_case)


@pytest.fixture(scope="module")
def used():
    """The entries of DIFFERENCES that some case needed."""
    return set()


@pytest.mark.parametrize("group", GROUPS)
def test_it_computes_what_mxnet_computes(group, used):
    wrong = []
    for case in GROUPS[group]:
        theirs = GOLDEN[case]
        if "crash" in theirs:  # MXNet's own process ended: there is nothing to compare with
            continue
        found = mismatch(case, theirs)
        if found is None:
            continue
        allowed = intended(case, found)
        if allowed is None:
            wrong.append(f"{case}: {found}")
        else:
            used.add(allowed)
    assert not wrong, "\n".join(wrong)


def test_every_intended_difference_is_one(used):
    if len(used) < 5:
        pytest.skip("only part of the cases ran")
    assert [DIFFERENCES[k] for k in range(len(DIFFERENCES)) if k not in used] == []


def test_every_public_name_of_a_row_that_mxnet_has_is_recorded():
    names = json.loads((ROWS / "names.json").read_text())
    wanted = {
        f"{space} {name}"
        for op in OPS.values()
        for space, found in op.names.items()
        for name in found
        if name in names[space]
    }
    assert sorted(wanted - set(GROUPS)) == [], AGAIN


def test_the_cases_are_those_that_the_registry_gives():
    known = {case.split(" | ")[1] for case in GOLDEN}
    rows = {" | ".join(case) for case in of_rows()}
    names = json.loads((ROWS / "names.json").read_text())
    missing = [
        case
        for case in rows - set(GOLDEN)
        if re.match(r"\w+\.(\w+)", case.split(" | ")[1])[1] in names[case.split(" | ")[0]]
    ]
    assert known and missing == [], AGAIN
