"""gluon_programs.py shows what it shows in the real MXNet 1.9.1."""

import json
import math
import warnings
from pathlib import Path

import pytest

import engine
from engine.facade.gluon.naming import names
from tests.engine.gluon_programs import programs, run

engine.install()

import mxnet  # noqa: E402

GOLDEN = json.loads((Path(__file__).parent / "golden" / "gluon.json").read_text())


def difference(ours, theirs, where="", exact=False):
    """Where two results differ, and how; None when they are equal but for rounding."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if "raises" in theirs:
            return None if bool(ours["raises"]) == bool(theirs["raises"]) else (ours, theirs)
        return difference(ours["exact"], theirs["exact"], where, True)
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        parts = enumerate(zip(ours, theirs, strict=True))
        found = (difference(a, b, f"{where}[{k}]", exact) for k, (a, b) in parts)
        return next((each for each in found if each is not None), None)
    numbers = all(isinstance(v, int | float) for v in (ours, theirs))
    if numbers and not exact and math.isclose(ours, theirs, rel_tol=2e-5, abs_tol=2e-6):
        return None
    return None if ours == theirs else (where, ours, theirs)


@pytest.mark.parametrize(
    ("name", "space", "source"), [pytest.param(*p, id=p[0]) for p in programs()]
)
def test_a_program_shows_what_mxnet_shows(name, space, source):
    names.reset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = run(source, space, mxnet)
    assert difference(shown, GOLDEN[name]) is None


def test_every_program_is_recorded():
    assert sorted(GOLDEN) == sorted(name for name, _, _ in programs())
