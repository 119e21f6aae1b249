"""Whole programs of a course print what they print in the real MXNet 1.9.1."""

import json
import math
import re
import warnings
from pathlib import Path

import numpy
import pytest

import engine
from engine.devices import HOST
from engine.facade.gluon.naming import names

from .course_programs import printed, programs

engine.install()

import mxnet  # noqa: E402

GOLDEN = json.loads((Path(__file__).parent / "golden" / "courses.json").read_text())
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?!\w)")

#: Where we differ on purpose: program -> {their line: our line} and the reason.
ON_PURPOSE = {}


def first_difference(ours, theirs):
    """The first lines that differ by more than the last digits of numbers, or None."""
    mine, other = ours.split("\n"), theirs.split("\n")
    for k in range(max(len(mine), len(other))):
        a = mine[k] if k < len(mine) else "(nothing)"
        b = other[k] if k < len(other) else "(nothing)"
        words = [" ".join(NUMBER.sub(" # ", line).split()) for line in (a, b)]
        pairs = zip(NUMBER.findall(a), NUMBER.findall(b), strict=False)
        if words[0] != words[1] or not all(
            math.isclose(float(x), float(y), rel_tol=2e-4, abs_tol=2e-6) for x, y in pairs
        ):
            return k + 1, a, b
    return None


def told(run) -> str:
    """What a program prints, from the same beginning each time."""
    HOST.xp.random.seed(0)
    numpy.random.seed(0)
    mxnet.npx.reset_np()
    names.reset()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return run()
    finally:
        mxnet.npx.reset_np()


@pytest.mark.parametrize(
    ("name", "source"), [pytest.param(name, source, id=name) for _, name, source in programs()]
)
def test_a_program_prints_what_it_prints_in_mxnet(name, source):
    ours = told(lambda: printed(source))
    theirs = GOLDEN[name]
    for line, intended in ON_PURPOSE.get(name, {}).items():
        assert line in theirs
        theirs = theirs.replace(line, intended)
    assert first_difference(ours, theirs) is None


def test_every_program_is_recorded():
    assert sorted(GOLDEN) == sorted(name for _, name, _ in programs())
