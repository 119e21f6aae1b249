"""How values are shown: as recorded from IPython 8, and safely where IPython would not be."""

import json
from collections import deque
from pathlib import Path

import pytest

from engine.display import pretty
from tests.engine.record_display import WORDS, Lines

GOLDEN = json.loads((Path(__file__).parent / "golden" / "display.json").read_text())
ARRAY = Lines("array([[1., 2.],", "       [3., 4.]])")
NDARRAY = Lines("", "[[1. 2.]", " [3. 4.]]", "<NDArray 2x2 @cpu(0)>")


def test_recorded_values_are_laid_out_as_ipython_does():
    wrong = [
        (width, source)
        for width, source, text in GOLDEN
        if pretty(eval(source, dict(WORDS)), max_width=width) != text
    ]
    assert len(GOLDEN) == 400 and wrong == []


def test_a_repr_of_many_lines_breaks_the_tuple_around_it():
    assert pretty((ARRAY, 2)) == "(array([[1., 2.],\n        [3., 4.]]),\n 2)"
    assert pretty((NDARRAY, NDARRAY)) == (
        "(\n [[1. 2.]\n  [3. 4.]]\n <NDArray 2x2 @cpu(0)>,\n \n [[1. 2.]\n  [3. 4.]]\n"
        " <NDArray 2x2 @cpu(0)>)"
    )


@pytest.mark.parametrize(
    "value, text",
    [
        ("a\nb", "'a\\nb'"),
        (None, "None"),
        ((1,), "(1,)"),
        ({3, 1, 2}, "{1, 2, 3}"),
        (set(), "set()"),
        (frozenset({2, 1}), "frozenset({1, 2})"),
        ({"a": [1, (2,)]}, "{'a': [1, (2,)]}"),
        (deque([1], maxlen=2), "deque([1], maxlen=2)"),
        (int, "int"),
        (deque, "collections.deque"),
        (Lines, "tests.engine.record_display.Lines"),
        (len, "<function len(obj, /)>"),
        (ValueError("no", 1), "ValueError('no', 1)"),
    ],
)
def test_kinds_of_values(value, text):
    assert pretty(value) == text


def test_a_function_shows_its_signature():
    def square(x, *, times=1):
        return x

    name = f"{__name__}.test_a_function_shows_its_signature.<locals>.square"
    assert pretty(square) == f"<function {name}(x, *, times=1)>"


def test_a_plain_object_shows_its_class_and_address():
    class Plain:
        pass

    plain = Plain()
    assert pretty([plain]).startswith(f"[<{__name__}.")
    assert pretty(plain).endswith(f".Plain at 0x{id(plain):x}>")


def test_subclasses_keep_the_layout_unless_they_have_a_repr():
    class Named(list):
        def __repr__(self):
            return "mine"

    assert pretty([Named([1]), type("Bare", (list,), {})([1])]) == "[mine, [1]]"


def test_cycles_are_cut():
    ring = [1]
    ring.append({"again": (ring,)})
    assert pretty(ring) == "[1, {'again': ([...],)}]"


def test_nesting_of_any_depth_is_shown_or_cut():
    nest = []
    for _ in range(100_000):
        nest = [nest]
    text = pretty(nest, max_width=10_000)
    assert text == "[" * 100 + "[...]" + "]" * 100
    assert len(pretty(nest, max_depth=2_000, max_width=10_000)) > 4_000


def test_long_containers_end_in_dots():
    assert pretty(list(range(1001))).endswith("\n 999,\n ...]")
    assert pretty(set(range(5)), max_items=3) == "{0, 1, 2, ...}"
    assert pretty(dict.fromkeys("abc"), max_items=2) == "{'a': None, 'b': None, ...}"


def test_endless_text_is_cut():
    twice = ["x" * 50] * 900
    text = pretty([twice] * 900)
    assert len(text) < 1_000_100 and text.endswith("... (cut at 1,000,000 characters)")


def test_what_a_repr_raises_is_raised():
    class Broken:
        def __repr__(self):
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        pretty([Broken()])
