"""Probability densities of samples (`nd.random_pdf_*`), differentiable in all operands."""

import math

from .calls import op

__all__ = ["FUNCTIONS"]


def _wide(x, sample):
    """A parameter with an axis for each axis of samples that it does not have."""
    return x.reshape(x.shape + (1,) * (sample.ndim - x.ndim)) if sample.ndim > x.ndim else x


def _lgamma(x):
    return op("gammaln", x)


def _log(x):
    return op("log", x)


def _uniform(x, low, high):
    return -_log(high - low) + 0 * x


def _normal(x, mu, sigma):
    return -0.5 * op("square", (x - mu) / sigma) - _log(sigma) - 0.5 * math.log(2 * math.pi)


def _gamma(x, alpha, beta):
    return alpha * _log(beta) + (alpha - 1) * _log(x) - beta * x - _lgamma(alpha)


def _exponential(x, lam):
    return _log(lam) - lam * x


def _poisson(x, lam):
    return x * _log(lam) - _lgamma(x + 1) - lam


def _negative_binomial(x, k, p):
    ways = _lgamma(x + k) - _lgamma(x + 1) - _lgamma(k)
    return ways + k * _log(p) + x * _log(1 - p)


def _generalized_negative_binomial(x, mu, alpha):
    return _negative_binomial(x, 1 / alpha, 1 / (mu * alpha + 1))


def _made(name, density, parameters):
    def call(sample, *given, is_log=False, **named):
        params = [*given, *(named[p] for p in parameters if p in named)]
        logs = density(sample, *(_wide(p, sample) for p in params))
        return logs if is_log else op("exp", logs)

    words = " and ".join(parameters)
    call.__name__ = call.__qualname__ = f"random_pdf_{name}"
    call.__doc__ = f"The density of samples under distributions with parameters {words}."
    return call


def random_pdf_dirichlet(sample, alpha, is_log=False, **_):
    """The density of samples, vectors along the last axis, under Dirichlet distributions."""
    wide = alpha.reshape(alpha.shape[:-1] + (1,) * (sample.ndim - alpha.ndim) + alpha.shape[-1:])
    logs = op("sum", (wide - 1) * _log(sample), axis=-1)
    logs = logs + _lgamma(op("sum", wide, axis=-1)) - op("sum", _lgamma(wide), axis=-1)
    return logs if is_log else op("exp", logs)


FUNCTIONS = {
    f"random_pdf_{name}": _made(name, density, parameters)
    for name, density, parameters in (
        ("uniform", _uniform, ("low", "high")),
        ("normal", _normal, ("mu", "sigma")),
        ("gamma", _gamma, ("alpha", "beta")),
        ("exponential", _exponential, ("lam",)),
        ("poisson", _poisson, ("lam",)),
        ("negative_binomial", _negative_binomial, ("k", "p")),
        ("generalized_negative_binomial", _generalized_negative_binomial, ("mu", "alpha")),
    )
}
FUNCTIONS["random_pdf_dirichlet"] = random_pdf_dirichlet
