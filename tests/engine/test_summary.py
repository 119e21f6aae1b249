"""What is shown of arrays: the fewest digits that tell a number, extremes, counts."""

import math

import numpy
import pytest

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
