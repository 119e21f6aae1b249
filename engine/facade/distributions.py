"""Random draws beyond uniform and normal: by transformation, or from NumPy's generators.

All begin with MXNet's generator, so seeding repeats them; their bits are not MXNet's.
"""

import numpy

from .. import shapes, templates
from ..array import Array, NDArray, invoke, ndarray
from ..devices import HOST
from ..errors import MXNetError, message
from ..registry import OPS
from . import device
from .calls import made, op, raw, stream
from .generate import dtype_name, sizes


def generator():
    """A generator of NumPy's that continues the stream of the context: MXNet's, or a device's."""
    source = stream()
    if source is not HOST.xp.random:
        return source.generator()
    word = source.randint(0, 2**31 - 1, (1,))
    return numpy.random.default_rng(int(word[0]))


def _size(size, *parameters):
    if size is not None:
        size = sizes("random", size)
        return (size,) if isinstance(size, int) else size
    return tuple(shapes.broadcast("random", *(numpy.shape(raw(p)) for p in parameters)))


def _given(draws, dtype=None, cls=ndarray, out=None):
    result = made(numpy.asarray(draws).astype(dtype_name(dtype)), cls)
    return result if out is None else out._become(result)


def _uniform(size, *parameters):
    """Uniform draws from 0 up to 1, never 0 itself."""
    attrs = {"low": 0.0, "high": 1.0, "size": _size(size, *parameters), "dtype": "float32"}
    return op("maximum", invoke(OPS["random_uniform"], (), attrs, ndarray), 1e-30)


def _normal(size, *parameters):
    attrs = {"loc": 0.0, "scale": 1.0, "size": _size(size, *parameters), "dtype": "float32"}
    return invoke(OPS["random_normal"], (), attrs, ndarray)


def _checked(result, ctx, out):
    device.check(ctx)
    return result if out is None else out._become(result)


def _positive(thing, **parameters):
    """Raises `ValueError` for a parameter below 0."""
    for name, value in parameters.items():
        if (raw(value) < 0).any():
            raise ValueError(message(thing, f"{name} < 0", f"{name} must be 0 or more"))


def _above_zero(thing, **parameters):
    """Raises `ValueError` for a parameter that is 0 or below."""
    for name, value in parameters.items():
        if (raw(value) <= 0).any():
            raise ValueError(message(thing, f"{name} <= 0", f"{name} must be more than 0"))


def normal(loc, scale, size=None, dtype=None, ctx=None, out=None):
    """Normal draws with parameters that are on the tape: loc + scale · noise."""
    _positive("normal", scale=scale)
    result = _normal(size, loc, scale) * scale + loc
    return _checked(result if dtype is None else result.astype(dtype_name(dtype)), ctx, out)


# ----- mx.np.random: transformations of uniform and normal draws, differentiable -----


def exponential(scale=1.0, size=None, ctx=None, out=None):
    """Exponential draws with mean `scale`."""
    _positive("exponential", scale=scale)
    return _checked(-op("log", _uniform(size, scale)) * scale, ctx, out)


def gumbel(loc=0.0, scale=1.0, size=None, ctx=None, out=None):
    """Gumbel draws."""
    _positive("gumbel", scale=scale)
    noise = -op("log", -op("log", _uniform(size, loc, scale)))
    return _checked(noise * scale + loc, ctx, out)


def logistic(loc=0.0, scale=1.0, size=None, ctx=None, out=None):
    """Logistic draws."""
    _positive("logistic", scale=scale)
    u = op("minimum", _uniform(size, loc, scale), 1 - 1e-7)
    return _checked((op("log", u) - op("log", 1 - u)) * scale + loc, ctx, out)


def laplace(loc=0.0, scale=1.0, size=None, dtype=None, ctx=None, out=None):
    """Laplace draws."""
    _positive("laplace", scale=scale)
    u = _uniform(size, loc, scale) - 0.5
    noise = -op("sign", u) * op("log", op("maximum", 1 - 2 * op("abs", u), 1e-30))
    return _checked(noise * scale + loc, ctx, out)


def lognormal(mean=0.0, sigma=1.0, size=None, dtype=None, ctx=None, out=None):
    """Draws whose logarithm is normal."""
    _positive("lognormal", sigma=sigma)
    return _checked(op("exp", _normal(size, mean, sigma) * sigma + mean), ctx, out)


def pareto(a, size=None, ctx=None, out=None):
    """Draws of the Pareto (Lomax) distribution with shape `a`."""
    _above_zero("pareto", a=a)
    return _checked(op("exp", -op("log", _uniform(size, a)) / a) - 1, ctx, out)


def power(a, size=None, ctx=None, out=None):
    """Draws between 0 and 1 with density a · x^(a - 1)."""
    _above_zero("power", a=a)
    return _checked(op("exp", op("log", _uniform(size, a)) / a), ctx, out)


def rayleigh(scale=1.0, size=None, ctx=None, out=None):
    """Draws of the Rayleigh distribution."""
    _positive("rayleigh", scale=scale)
    return _checked(op("sqrt", -2 * op("log", _uniform(size, scale))) * scale, ctx, out)


def weibull(a, size=None, ctx=None, out=None):
    """Draws of the Weibull distribution with shape `a`."""
    _above_zero("weibull", a=a)
    return _checked(op("exp", op("log", -op("log", _uniform(size, a))) / a), ctx, out)


# ----- From NumPy's generators -----


def gamma(shape, scale=1.0, size=None, dtype=None, ctx=None, out=None):
    """Gamma draws with shape `shape` and mean shape · scale."""
    _positive("gamma", shape=shape, scale=scale)
    device.check(ctx)
    draws = generator().gamma(raw(shape), 1.0, _size(size, shape, scale))
    return _checked(_given(draws, dtype) * scale, ctx, out)


def chisquare(df, size=None, dtype=None, ctx=None):
    """Draws of the chi-square distribution."""
    _above_zero("chisquare", df=df)
    device.check(ctx)
    return _given(generator().chisquare(raw(df), _size(size, df)), dtype)


def beta(a, b, size=None, dtype=None, ctx=None):
    """Draws of the beta distribution."""
    _above_zero("beta", a=a, b=b)
    device.check(ctx)
    return _given(generator().beta(raw(a), raw(b), _size(size, a, b)), dtype)


def poisson(lam=1.0, size=None, dtype=None, ctx=None):
    """Poisson draws with mean `lam`."""
    _positive("poisson", lam=lam)
    device.check(ctx)
    return _given(generator().poisson(raw(lam), _size(size, lam)), dtype)


def binomial(n, p, size=None, dtype=None, ctx=None):
    """How many of `n` trials succeed, each with probability `p`."""
    device.check(ctx)
    return _given(generator().binomial(raw(n), raw(p), _size(size, n, p)), dtype)


def _shares(pvals):
    shares = raw(pvals).astype("float64")
    total = shares.sum(-1, keepdims=True)
    return shares / total if numpy.allclose(total, 1, atol=1e-3) else shares


def multinomial(n, pvals, size=None):
    """How often each outcome came in `n` trials with probabilities `pvals`; int64."""
    size = None if size is None else sizes("multinomial", size)
    if raw(pvals).shape[-1:] == (0,):  # no outcomes, no counts
        size = () if size is None else (size,) if isinstance(size, int) else tuple(size)
        return made(numpy.zeros((*size, 0), "int64"))
    try:
        return made(generator().multinomial(n, _shares(pvals), size).astype("int64"))
    except ValueError as problem:
        raise MXNetError(f"multinomial: {problem}") from None


def multivariate_normal(mean, cov, size=None, check_valid=None, tol=None):
    """Normal draws with a mean vector and a covariance matrix."""
    size = None if size is None else sizes("multivariate_normal", size)
    draws = generator().multivariate_normal(raw(mean), raw(cov), size)
    return _given(draws)


def choice(a, size=None, replace=True, p=None, ctx=None, out=None):
    """Elements drawn from an array, or from 0 … a - 1, with probabilities `p`."""
    device.check(ctx)
    count = a if isinstance(a, int) else len(a)
    shares = None if p is None else _shares(p)
    size = None if size is None else sizes("choice", size)
    try:
        places = generator().choice(count, size, replace, shares)
    except ValueError as problem:
        raise MXNetError(
            message("choice", f"cannot draw {size} of {count} ({problem})", "Draw fewer")
        ) from None
    if isinstance(a, int):
        result = made(numpy.asarray(places, "int64"))
    else:
        a = a if isinstance(a, Array) else made(raw(a))
        result = op("getitem", a, key=(numpy.asarray(places),))
    return result if out is None else out._become(result)


def permutation(x):
    """The numbers 0 … x - 1, or the rows of an array, in random order."""
    if isinstance(x, int):
        return made(stream().shuffle_indices(x, 1).astype("int64"))
    return op("getitem", x, key=(stream().shuffle_indices(len(x), x.ndim),))


NP_FUNCTIONS = {
    f.__name__: f
    for f in (
        beta, binomial, chisquare, choice, exponential, gamma, gumbel, laplace, logistic, lognormal,
        multinomial, multivariate_normal, pareto, permutation, poisson, power, rayleigh, weibull,
    )
}  # fmt: skip


def bernoulli(prob=None, logit=None, size=None, dtype=None, ctx=None, out=None):
    """1 with probability `prob` (or sigmoid of `logit`), else 0."""
    if (prob is None) == (logit is None):
        raise ValueError(message("bernoulli", "got both or none", "It needs `prob` or `logit`"))
    chance = raw(prob) if logit is None else 1 / (1 + numpy.exp(-raw(logit).astype("float64")))
    if ((chance < 0) | (chance > 1)).any():
        raise ValueError(message("bernoulli", "prob is not within 0 and 1", "It is a probability"))
    draws = raw(_uniform(size, chance)) < chance
    return _checked(_given(draws, dtype), ctx, out)


def _batched(draw):
    """A draw of `batch_shape` in front of the shape of the parameters."""

    def call(*parameters, batch_shape=None, dtype=None, ctx=None, **given):
        device.check(ctx)
        wide = numpy.broadcast_shapes(*(numpy.shape(raw(p)) for p in parameters))
        batch = () if batch_shape is None else sizes("random", batch_shape)
        batch = (batch,) if isinstance(batch, int) else batch
        return draw(*parameters, size=(*batch, *wide), **given)

    return call


def _stretched(loc=0.0, scale=1.0, size=None):
    return _normal(size) * scale + loc


def _between(low=0.0, high=1.0, size=None):
    attrs = {"low": 0.0, "high": 1.0, "size": size, "dtype": "float32"}
    return invoke(OPS["random_uniform"], (), attrs, ndarray) * (high - low) + low


normal_n = _batched(_stretched)
normal_n.__doc__ = "Normal draws: `batch_shape` in front of the shape of loc and scale."
uniform_n = _batched(_between)
uniform_n.__doc__ = "Uniform draws: `batch_shape` in front of the shape of low and high."
NPX_FUNCTIONS = {"bernoulli": bernoulli, "normal_n": normal_n, "uniform_n": uniform_n}

# ----- mx.nd.random -----


def _nd(draws, shape, parameters, dtype, ctx, out):
    """`draws(generator, size, *parameters)`: one for each, or `shape` of them for each."""
    device.check(ctx)
    datas = [raw(p) for p in parameters]
    many = any(isinstance(p, Array) for p in parameters)
    wide = numpy.broadcast_shapes(*(d.shape for d in datas))
    each = () if shape is None else sizes("random", shape)
    each = (each,) if isinstance(each, int) else tuple(each)
    if shape is None and not many:
        each = out.shape if out is not None else (1,)
    if many:
        datas = [d.reshape(d.shape + (1,) * len(each)) for d in datas]
        each = (*wide, *each)
    return _given(draws(generator(), each, *datas), dtype, NDArray, out)


def _nd_draw(name, doc, draws, **defaults):
    names = list(defaults)
    head = ", ".join(f"{n}={v!r}" for n, v in defaults.items())
    source = (
        f"def made({head}, shape=None, dtype=None, ctx=None, out=None, **_):\n"
        f"    return nd(draws, shape, ({', '.join(names)},), dtype, ctx, out)\n"
    )
    call = templates.function(source, name, {"nd": _nd, "draws": draws}, "facade nd.random")
    call.__doc__ = doc
    return call


def _mixed(g, size, mu, alpha):
    """Poisson draws with gamma-distributed means."""
    shape = 1 / numpy.maximum(alpha, 1e-12)
    return g.poisson(g.gamma(shape, mu * alpha, size))


def nd_multinomial(data, shape=None, get_prob=False, out=None, dtype="int32", **_):
    """Indices drawn with the probabilities in the last axis of `data` (with their logarithms)."""
    p = raw(data).astype("float64")
    count = () if shape is None else sizes("multinomial", shape)
    count = (count,) if isinstance(count, int) else tuple(count)
    rows = p.reshape(-1, p.shape[-1])
    g = generator()
    edges = numpy.cumsum(rows, -1) / rows.sum(-1, keepdims=True)
    u = g.random((len(rows), int(numpy.prod(count))))
    found = (u[..., None] >= edges[:, None]).sum(-1).clip(0, p.shape[-1] - 1)
    full = (*p.shape[:-1], *count) or (1,)
    result = _given(found.reshape(full), dtype, NDArray, out)
    if not get_prob:
        return result
    places = (numpy.arange(len(rows))[:, None], found)
    logs = op("log", op("getitem", data.reshape((-1, p.shape[-1])), key=places))
    return [result, logs.reshape(full)]


ND_FUNCTIONS = {
    "gamma": _nd_draw(
        "gamma", "Gamma draws with shape `alpha` and mean alpha · beta.",
        lambda g, size, a, b: g.gamma(a, b, size), alpha=1, beta=1),
    "poisson": _nd_draw("poisson", "Poisson draws with mean `lam`.",
                        lambda g, size, lam: g.poisson(lam, size), lam=1),
    "negative_binomial": _nd_draw(
        "negative_binomial", "Failures before `k` successes, each with probability `p`.",
        lambda g, size, k, p: g.negative_binomial(k, p, size), k=1, p=1),
    "generalized_negative_binomial": _nd_draw(
        "generalized_negative_binomial", "Counts with mean `mu` and dispersion `alpha`.",
        _mixed, mu=1, alpha=1),
    "multinomial": nd_multinomial,
}  # fmt: skip


def like(draw, name):
    """A draw in the shape of another array, by keyword parameters."""

    def call(data=None, **given):
        given.pop("out", None)
        return draw(**given, shape=data.shape)

    call.__doc__ = f"Draws of `{name}` in the shape of another array."
    return call


__all__ = ["ND_FUNCTIONS", "NPX_FUNCTIONS", "NP_FUNCTIONS", "generator", "like"]
