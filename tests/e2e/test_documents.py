"""The five MXNet documents' programs, where they lie beside the repository, show in the page what
the documents show."""

import json
import math
import re
from pathlib import Path

import pytest

DOCUMENTS = Path(__file__).parents[3] / "shared" / "acceptance"
SCRIPTS = sorted(DOCUMENTS.glob("seed_*.py"))
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?!\w)")

pytestmark = pytest.mark.skipif(not SCRIPTS, reason="the documents' programs are not beside this")


def parts(text):
    """A display as words without white space, and numbers."""
    words = re.sub(r"\s+", "", NUMBER.sub("#", text))
    return words, [float(n) for n in NUMBER.findall(text)]


def same(shown, expected):
    (words, numbers), (wanted, real) = parts(shown), parts(expected)
    return words == wanted and all(
        math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-7) for a, b in zip(numbers, real, strict=True)
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_page_shows_what_the_document_shows(playground, script):
    expected = [t for t in json.loads(script.with_suffix(".expected.json").read_text()) if t]
    status = playground.run(script.read_text(encoding="utf-8"))
    assert " ops · " in status
    shown = playground.outputs()
    assert len(shown) == len(expected)
    assert [(s, e) for s, e in zip(shown, expected, strict=True) if not same(s, e)] == []
    assert playground.nodes().count() > 0
