"""Special functions on whole arrays, against Python's own on one number, in units of float64."""

import math

import numpy
import pytest

from engine.devices.host import BLOCK, HOST
from engine.registry import OPS

RNG = numpy.random.default_rng(3)
WIDE = numpy.concatenate([RNG.uniform(-20, 20, 9000), 10 ** RNG.uniform(-300, 2, 1000)])
ENDS = numpy.array([0.0, -0.0, 1.0, 2.0, 3.0, -1.0, -2.0, 171.6, 172.0, 1e300, math.inf, math.nan])
EULER = 0.577215664901532860606512


def made(name, x, **attrs):
    """What a row computes of a float64 array."""
    with HOST.work():
        return OPS[name].forward(HOST.xp, numpy.asarray(x, "float64"), **attrs)


def each(function, xs, pole):
    """Python's function of each number, with `pole` where it has none."""

    def value(x):
        try:
            return function(x)
        except ValueError:
            return pole
        except OverflowError:
            return math.inf

    return numpy.array([value(x) for x in xs.tolist()])


def test_erf_is_pythons():
    xs = numpy.concatenate([RNG.uniform(-7, 7, 9000), RNG.normal(0, 1e-4, 999), ENDS, -ENDS])
    numpy.testing.assert_allclose(made("erf", xs), each(math.erf, xs, None), rtol=6e-16)


def test_erfinv_undoes_erf_up_to_the_ends():
    ys = numpy.concatenate([RNG.uniform(-1, 1, 9000), 1 - 10 ** RNG.uniform(-15, -1, 999)])
    xs = made("erfinv", ys)
    slope = 2 / math.sqrt(math.pi) * numpy.exp(-xs * xs)
    assert (abs(made("erf", xs) - ys) <= 4e-16 + 1e-15 * abs(xs * slope)).all()
    ends = made("erfinv", [0.0, 1.0, -1.0, 1.5, math.nan])
    numpy.testing.assert_array_equal(ends, [0, math.inf, -math.inf, math.nan, math.nan])


def test_gamma_is_pythons():
    xs = numpy.concatenate([WIDE, ENDS[2:], [-math.inf]])
    numpy.testing.assert_allclose(made("gamma", xs), each(math.gamma, xs, math.nan), rtol=4e-15)
    numpy.testing.assert_array_equal(made("gamma", [0.0, -0.0]), [math.inf, -math.inf])


def test_gamma_of_whole_numbers_is_exact():
    assert made("gamma", range(1, 19)).tolist() == [math.factorial(n) for n in range(18)]


def test_gammaln_is_pythons():
    xs = numpy.concatenate([WIDE, ENDS, 10 ** RNG.uniform(0, 305, 999), [-math.inf]])
    wanted = each(math.lgamma, xs, math.inf)
    numpy.testing.assert_allclose(made("gammaln", xs), wanted, rtol=3e-15, atol=4e-15)


@pytest.mark.parametrize(
    ("n", "x", "wanted"),
    [
        (0, 1.0, -EULER),
        (0, 0.5, -EULER - 2 * math.log(2)),
        (0, -0.5, 2 - EULER - 2 * math.log(2)),
        (1, 1.0, math.pi**2 / 6),
        (1, 0.5, math.pi**2 / 2),
        (1, -0.5, math.pi**2 / 2 + 4),
        (2, 1.0, -2 * 1.202056903159594),
        (3, 1.0, math.pi**4 / 15),
        (3, 0.5, math.pi**4),
    ],
)
def test_polygamma_at_known_places(n, x, wanted):
    assert made("polygamma", [x], n=n)[0] == pytest.approx(wanted, rel=1e-14)


@pytest.mark.parametrize("n", range(5))
def test_polygamma_keeps_its_recurrence_on_both_sides_of_zero(n):
    xs = RNG.uniform(-6, 30, 2000)
    xs = xs[abs(xs - xs.round()) > 0.05]
    step = (-1) ** n * math.factorial(n) / xs ** (n + 1)
    left, right = made("polygamma", xs, n=n), made("polygamma", xs + 1, n=n)
    numpy.testing.assert_allclose(right - left, step, rtol=1e-8, atol=1e-8 * math.factorial(n))


def test_polygamma_has_nothing_at_its_poles():
    assert numpy.isnan(made("polygamma", [0.0, -1.0, -7.0, math.inf, math.nan], n=1)).all()


@pytest.mark.parametrize("name", ["erf", "erfinv", "gamma", "gammaln"])
def test_blocks_do_not_show(name):
    xs = RNG.uniform(0.1, 0.9, (3, BLOCK))
    whole = made(name, xs)
    assert whole.shape == xs.shape
    assert whole[2, -5:].tolist() == made(name, xs[2, -5:]).tolist()
