"""What is shown of arrays: the fewest digits that tell a number, extremes, counts."""

import math

import numpy
import pytest

from engine import summary
from engine.summary import numbers, shortest, summarize


def of_all_sizes(seed: int) -> numpy.ndarray:
    """Numbers of all magnitudes, round ones and powers of two with their neighbours among them."""
    rng = numpy.random.default_rng(seed)
    count = 4000
    kinds = [
        rng.integers(0, 2**32, count, "uint64").astype("uint32").view("float32"),
        rng.normal(size=count),
        rng.normal(size=count) * 10.0 ** rng.integers(-12, 12, count),
        numpy.round(rng.normal(size=count), 3),
        2.0 ** rng.integers(-30, 30, count) * rng.choice([1, 1 + 2**-23, 1 - 2**-24], count),
        [0.0, -0.0, 1e-45, 3.4e38, 1e-8, 1e8, 16777216.0, 16777217.0],
    ]
    found = numpy.concatenate([numpy.asarray(kind, "float32") for kind in kinds])
    return found[numpy.isfinite(found)]


@pytest.mark.parametrize("seed", range(5))
def test_each_number_has_the_fewest_digits_that_tell_it(seed):
    flat = of_all_sizes(seed)
    wanted = flat.astype("U").astype("float64")
    assert shortest(flat).tobytes() == wanted.tobytes()


def test_numbers_are_as_json_can_carry_them():
    raw = numpy.array([[0.1, 2.0, -0.0], [numpy.inf, -numpy.inf, numpy.nan]], "float32")
    assert numbers(raw) == [0.1, 2, 0, "inf", "-inf", "nan"]
    assert [type(x) for x in numbers(raw[:1])] == [float, int, int]
    assert numbers(raw[:1].astype("float16")) == [0.1, 2, 0]
    assert numbers(numpy.array([True, False])) == [1, 0]


@pytest.mark.parametrize(
    ("elements", "wanted"),
    [
        ([1, 2, 0], {"min": 0, "max": 2, "mean": 1, "nan": 0, "inf": 0, "zero": 1}),
        ([1, math.nan, 3], {"min": 1, "max": 3, "mean": "nan", "nan": 1, "inf": 0, "zero": 0}),
        ([1, math.inf], {"min": 1, "max": "inf", "mean": "inf", "nan": 0, "inf": 1, "zero": 0}),
        ([-math.inf, math.nan], {"min": "-inf", "max": "-inf", "nan": 1, "inf": 1}),
        ([math.nan], {"min": "nan", "max": "nan", "mean": "nan", "nan": 1, "inf": 0, "zero": 0}),
        ([], {"min": "nan", "max": "nan", "mean": "nan", "nan": 0, "inf": 0, "zero": 0}),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_a_summary_counts_what_is_no_number_and_leaves_it_out_of_the_extremes(
    elements, wanted, dtype
):
    found = summarize(numpy.array(elements, dtype))
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "uint8", "bool"])
@pytest.mark.parametrize("scale", [0.0, 1.0, 1e300])
def test_what_is_shown_of_a_large_array_does_not_depend_on_blocks(monkeypatch, dtype, scale):
    """The same numbers as over the whole array at once, but for the last digits of sums."""
    noise = numpy.random.default_rng(0).normal(3.0, 1.0, (300, 301))
    noise = noise * scale if dtype == "float64" else noise * min(scale, 4.0)
    raw = noise.clip(0).astype(dtype)
    raw[0, 0] = 0
    inside = summarize(raw)
    monkeypatch.setattr(summary, "BLOCK", 10**9)
    whole = summarize(raw)
    for name in ("mean", "std"):
        ours, theirs = float(inside.pop(name)), float(whole.pop(name))
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-300)
    assert inside == whole
    assert inside["zero"] >= 1


@pytest.mark.parametrize("odd", ["nan", "inf", "-inf"])
def test_large_arrays_with_elements_that_are_not_finite_are_counted(odd):
    raw = numpy.ones((300, 300), "float32")
    raw[299, 299] = float(odd)
    found = summarize(raw)
    assert (found["nan"], found["inf"]) == ((1, 0) if odd == "nan" else (0, 1))
