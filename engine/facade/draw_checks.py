"""Checks of random draws for `mx.test_utils`: mean, variance, and the chi-square test."""

import itertools
import math

import numpy

__all__ = [
    "chi_square_check",
    "gen_buckets_probs_with_ppf",
    "mean_check",
    "var_check",
    "verify_generator",
]


def gen_buckets_probs_with_ppf(ppf, nbuckets):
    """`nbuckets` intervals of equal probability under the quantile function `ppf`, and these."""
    assert nbuckets > 0
    ends = [ppf(k / nbuckets) for k in range(nbuckets + 1)]
    return list(itertools.pairwise(ends)), [1.0 / nbuckets] * nbuckets


def mean_check(generator, mu, sigma, nsamples=1000000):
    """Whether the mean of `generator(nsamples)` is within 3 standard errors of `mu`."""
    mean = numpy.array(generator(nsamples)).mean()
    return abs(mean - mu) < 3 * sigma / math.sqrt(nsamples)


def var_check(generator, sigma, nsamples=1000000):
    """Whether the variance of `generator(nsamples)` is within 3 standard errors of `sigma`²."""
    variance = numpy.array(generator(nsamples)).var(ddof=1)
    return abs(variance - sigma**2) < 3 * math.sqrt(2 * sigma**4 / (nsamples - 1))


def upper_gamma(a, x):
    """The regularised upper incomplete gamma function Q(a, x), for a > 0 and x >= 0."""
    if x <= 0:
        return 1.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:  # a series for the lower part
        term = total = 1 / a
        n = a
        while abs(term) > abs(total) * 1e-15:
            n += 1
            term *= x / n
            total += term
        return 1 - scale * total
    # A continued fraction, by Lentz's method.
    b = x + 1 - a
    c, d = 1e300, 1 / b
    h = d
    for i in range(1, 10000):
        b += 2
        step = -i * (i - a)
        d = 1 / (step * d + b)
        c = b + step / c
        h *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return scale * h


def chi_square_check(generator, buckets, probs, nsamples=1000000):
    """Pearson's test: the p value, and the observed and the expected counts of the buckets.

    `buckets` are the values of a discrete distribution, or (low, high) intervals in order.
    """
    assert isinstance(buckets, list) and len(probs) == len(buckets)
    samples = numpy.array(generator(nsamples)).ravel()
    if isinstance(buckets[0], list | tuple):
        edges = numpy.array(buckets, dtype="float32").ravel()
        places = numpy.searchsorted(edges, samples, side="right") // 2
        observed = numpy.array([(places == k).sum() for k in range(len(buckets))])
    else:
        observed = numpy.array([(samples == value).sum() for value in buckets])
    expected = (nsamples * numpy.array(probs, dtype="float32")).astype("int32")
    statistic = float(((observed - expected) ** 2 / expected).sum())
    return upper_gamma((len(buckets) - 1) / 2, statistic / 2), observed, expected


def verify_generator(
    generator, buckets, probs, nsamples=1000000, nrepeat=5, success_rate=0.2, alpha=0.05
):
    """Runs the chi-square test `nrepeat` times; raises `AssertionError` if too few succeed."""
    results = [chi_square_check(generator, buckets, probs, nsamples) for _ in range(nrepeat)]
    found = [p for p, _, _ in results]
    if sum(p > alpha for p in found) < nrepeat * success_rate:
        raise AssertionError(
            f"Generator test fails, Chi-square p={found}, obs_freq={[r[1] for r in results]}, "
            f"expected_freq={[r[2] for r in results]}.\nbuckets={buckets}, probs={probs}"
        )
    return found
