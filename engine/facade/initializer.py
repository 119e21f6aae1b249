"""`mx.init`: what parameters hold before training. Draws are MXNet's, bit for bit."""

import json
import math
import re

import numpy

from ..array import Array, ndarray
from ..errors import UnknownName, message
from . import nd, np
from .named import Named

__all__ = [
    "Bilinear",
    "Constant",
    "InitDesc",
    "Initializer",
    "LSTMBias",
    "Load",
    "MSRAPrelu",
    "Mixed",
    "Normal",
    "One",
    "Orthogonal",
    "Uniform",
    "Xavier",
    "Zero",
    "alias",
    "create",
    "register",
]

REGISTRY = Named()
register, alias = REGISTRY.register, REGISTRY.alias


def create(init, **given):
    """The initializer of a name ("xavier"), or `init` itself when it is one already."""
    if isinstance(init, str) and init.startswith("["):
        init, given = json.loads(init)
    if not isinstance(init, str):
        if callable(init):
            return init
        raise TypeError(
            message(
                "initializer",
                f"got {init!r}",
                "It must be an initializer or a name",
                "For instance `mx.init.Normal(0.01)` or 'zeros'.",
            )
        )
    if init.lower() not in REGISTRY:
        known = ", ".join(sorted(REGISTRY))
        raise UnknownName(
            message("initializer", f"there is none named {init!r}", f"Known: {known}")
        )
    return REGISTRY[init.lower()](**given)


class InitDesc(str):
    """The name of an array to be initialized, with attributes."""

    def __new__(cls, name, attrs=None, global_init=None):
        """A name that knows its attributes."""
        made = super().__new__(cls, name)
        made.attrs = attrs or {}
        made.global_init = global_init
        return made


class Initializer:
    """Fills arrays. Subclasses write `_init_weight(self, name, array)`, which writes in place."""

    def __init__(self, **kwargs):
        self._kwargs = kwargs

    def set_verbosity(self, verbose=False, print_func=None):
        """Accepted for MXNet's sake; nothing is logged."""
        return self

    def dumps(self):
        """The initializer as JSON: its name and arguments."""
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __call__(self, desc, arr):
        """Fills `arr`: by the description's own initializer if it has one, else by its name."""
        own = getattr(desc, "attrs", {}).get("__init__", "")
        if own:
            return fill(create(own), desc, arr)
        for ending, value in (("bias", 0), ("gamma", 1), ("beta", 0), ("min", 0), ("max", 1)):
            if desc.endswith(ending):
                arr[:] = value
                return None
        if desc.endswith("weight"):
            return self._init_weight(desc, arr)
        return self._init_default(desc, arr)

    def _init_weight(self, name, arr):
        raise NotImplementedError(
            f"{type(self).__name__} needs a method `_init_weight(self, name, array)`"
        )

    def _init_default(self, name, _):
        raise ValueError(
            message(
                f"initialization of {name}",
                "the name tells nothing about its purpose",
                "Names end with weight, bias, gamma or beta",
                "Or give the parameter an initializer of its own: `init=mx.init.Zero()`.",
            )
        )

    def __eq__(self, other):
        return type(self) is type(other) and self._kwargs == other._kwargs

    __hash__ = object.__hash__


def fill(init, desc, arr):
    """Lets an initializer, or another callable, fill `arr` as a weight."""
    method = getattr(init, "_init_weight", init)
    return method(desc, arr)


def uniform(arr, scale):
    """Fills `arr` with draws from -scale up to scale, from its namespace's own generator."""
    if isinstance(arr, ndarray):
        arr[:] = np.random.uniform(-scale, scale, arr.shape, dtype=arr.dtype)
    else:
        arr[:] = nd.random.uniform(-scale, scale, arr.shape, dtype=arr.dtype)


def normal(arr, sigma):
    """Fills `arr` with normal draws of mean 0, from its namespace's own generator."""
    if isinstance(arr, ndarray):
        arr[:] = np.random.normal(0, sigma, arr.shape, dtype=arr.dtype)
    else:
        arr[:] = nd.random.normal(0, sigma, arr.shape, dtype=arr.dtype)


@register
@alias("zeros")
class Zero(Initializer):
    """All zeros."""

    def _init_weight(self, _, arr):
        arr[:] = 0


@register
@alias("ones")
class One(Initializer):
    """All ones."""

    def _init_weight(self, _, arr):
        arr[:] = 1


@register
class Constant(Initializer):
    """One number, or an array of the parameter's shape."""

    def __init__(self, value):
        super().__init__(value=value)
        self.value = value

    def _init_weight(self, _, arr):
        arr[:] = self.value.asnumpy() if isinstance(self.value, Array) else self.value

    def dumps(self):
        """The initializer as JSON: its name and arguments."""
        value = numpy.asarray(self.value).tolist()
        return json.dumps([type(self).__name__.lower(), {"value": value}])


@register
class Uniform(Initializer):
    """Uniform draws from -scale up to scale. What `initialize()` uses when told nothing."""

    def __init__(self, scale=0.07):
        super().__init__(scale=scale)
        self.scale = scale

    def _init_weight(self, _, arr):
        uniform(arr, self.scale)


@register
class Normal(Initializer):
    """Normal draws with mean 0 and standard deviation `sigma`."""

    def __init__(self, sigma=0.01):
        super().__init__(sigma=sigma)
        self.sigma = sigma

    def _init_weight(self, _, arr):
        normal(arr, self.sigma)


@register
class Orthogonal(Initializer):
    """Rows (or columns) at right angles to each other, times `scale`."""

    def __init__(self, scale=1.414, rand_type="uniform"):
        super().__init__(scale=scale, rand_type=rand_type)
        self.scale = scale
        self.rand_type = rand_type

    def _init_weight(self, _, arr):
        shape = (arr.shape[0], math.prod(arr.shape[1:]))
        if self.rand_type == "uniform":
            draws = nd.random.uniform(-1.0, 1.0, shape=shape).asnumpy()
        else:
            draws = nd.random.normal(0.0, 1.0, shape=shape).asnumpy()
        left, _, right = numpy.linalg.svd(draws, full_matrices=False)
        chosen = left if left.shape == draws.shape else right
        arr[:] = (self.scale * chosen).reshape(arr.shape).astype(arr.dtype)


@register
class Xavier(Initializer):
    """Draws scaled by how many inputs and outputs the layer has, so that signals keep their size.

    The scale is sqrt(magnitude / factor); `factor_type` "in", "out" or "avg" says what of the
    layer's inputs and outputs the factor counts, `rnd_type` is "uniform" or "gaussian".
    """

    def __init__(self, rnd_type="uniform", factor_type="avg", magnitude=3):
        super().__init__(rnd_type=rnd_type, factor_type=factor_type, magnitude=magnitude)
        self.rnd_type = rnd_type
        self.factor_type = factor_type
        self.magnitude = float(magnitude)

    def _init_weight(self, name, arr):
        shape = arr.shape
        if len(shape) < 2:
            raise ValueError(
                message(
                    f"Xavier initializer of {name}",
                    f"got the shape {shape}",
                    "It requires at least 2 axes (outputs, inputs)",
                    "Use mx.init.Normal or mx.init.Uniform for vectors.",
                )
            )
        area = math.prod(shape[2:])
        fan_in, fan_out = shape[1] * area, shape[0] * area
        factors = {"avg": (fan_in + fan_out) / 2.0, "in": fan_in, "out": fan_out}
        draws = {"uniform": uniform, "gaussian": normal}
        if self.factor_type not in factors or self.rnd_type not in draws:
            raise ValueError(
                message(
                    "Xavier",
                    f"got rnd_type {self.rnd_type!r} and factor_type {self.factor_type!r}",
                    "rnd_type is 'uniform' or 'gaussian', factor_type 'avg', 'in' or 'out'",
                )
            )
        draws[self.rnd_type](arr, math.sqrt(self.magnitude / factors[self.factor_type]))


@register
class MSRAPrelu(Xavier):
    """Normal draws scaled for layers followed by (leaky) ReLU of the given slope."""

    def __init__(self, factor_type="avg", slope=0.25):
        super().__init__("gaussian", factor_type, 2.0 / (1 + slope**2))
        self._kwargs = {"factor_type": factor_type, "slope": slope}


@register
class Bilinear(Initializer):
    """Weights with which a transposed convolution enlarges an image smoothly."""

    def _init_weight(self, _, arr):
        rows, columns = arr.shape[2:]
        f = math.ceil(columns / 2.0)
        c = (2 * f - 1 - f % 2) / (2.0 * f)
        across = 1 - numpy.abs(numpy.arange(columns) / f - c)
        down = 1 - numpy.abs(numpy.arange(rows) / f - c)
        arr[:] = numpy.broadcast_to(numpy.outer(down, across), arr.shape).astype("float32")


@register
class LSTMBias(Initializer):
    """Zeros, but `forget_bias` for the forget gates of an LSTM cell."""

    def __init__(self, forget_bias=1.0):
        super().__init__(forget_bias=forget_bias)
        self.forget_bias = forget_bias

    def _init_weight(self, _, arr):
        arr[:] = 0.0
        hidden = arr.shape[0] // 4
        arr[hidden : 2 * hidden] = self.forget_bias


class Load:
    """Takes values from a dictionary of arrays, else asks `default_init`."""

    def __init__(self, param, default_init=None, verbose=False):
        self.param = {re.sub(r"^(arg|aux):", "", name): value for name, value in param.items()}
        self.default_init = default_init

    def __call__(self, name, arr):
        if name in self.param:
            value = self.param[name]
            if value.shape != arr.shape:
                raise ValueError(
                    message(
                        f"loading of {name}",
                        f"the saved array has shape {value.shape}",
                        f"The parameter has shape {arr.shape}",
                    )
                )
            arr[:] = value.asnumpy() if isinstance(value, Array) else value
        elif self.default_init is None:
            raise ValueError(
                message(
                    f"loading of {name}",
                    "there is no saved array of this name",
                    "Each parameter needs one, or `default_init`",
                )
            )
        else:
            self.default_init(name, arr)


class Mixed:
    """Several initializers: the first whose pattern matches the parameter's name fills it."""

    def __init__(self, patterns, initializers):
        if len(patterns) != len(initializers):
            raise ValueError("Mixed: there must be as many patterns as initializers")
        self.map = [(re.compile(p), init) for p, init in zip(patterns, initializers, strict=True)]

    def __call__(self, name, arr):
        for pattern, init in self.map:
            if pattern.match(name):
                fill(init, name, arr)
                return
        raise ValueError(
            message(
                f"Mixed initializer for {name}",
                "no pattern matches the name",
                "One must",
                "Add the pattern '.*' at the end with a default initializer.",
            )
        )
