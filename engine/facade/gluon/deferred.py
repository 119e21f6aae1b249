"""Shapes of a block's own parameters, found out by running its `hybrid_forward` once.

Parameters whose shapes are not known take part as stand-ins. The functions that a block gets as
`F` see them beside the data and say what shape they must have. Nothing of this run is kept.
"""

import types
from contextlib import contextmanager

import numpy

from ... import autograd, elsewhere
from ...array import Array, NDArray, ndarray, watch, wrap
from ...errors import message
from .. import util

__all__ = ["finish", "infer"]


class Late:
    """Stands for a parameter whose shape is not known yet."""

    def __init__(self, param):
        self.param = param


def _channels(given, axis):
    return given["data"].shape[axis]


def _connected(given):
    data = given["data"]
    width = data.shape[-1] if not given.get("flatten", True) else data.size // data.shape[0]
    return {"weight": (given["num_hidden"], width), "bias": (given["num_hidden"],)}


def _convolved(given):
    groups, filters = given.get("num_group", 1), given["num_filter"]
    kernel = given["kernel"]
    kernel = (kernel,) if isinstance(kernel, int) else tuple(kernel)
    wide = (filters, _channels(given, 1) // groups, *kernel)
    return {"weight": wide, "bias": (filters,)}


def _deconvolved(given):
    found = _convolved(given)
    filters, _, *kernel = found["weight"]
    groups = given.get("num_group", 1)
    return {**found, "weight": (_channels(given, 1), filters // groups, *kernel)}


def _normalized(default):
    def shapes(given):
        wide = (_channels(given, given.get("axis", default)),)
        return dict.fromkeys(("gamma", "beta", "moving_mean", "moving_var"), wide)

    return shapes


def _embedded(given):
    return {"weight": (given["input_dim"], given["output_dim"])}


def _sloped(given):
    return {"gamma": (_channels(given, 1),)}


def _multiplied(given):
    """Of a matrix product only the inner size follows from the other operand."""
    a, b = given["a"], given["b"]
    if isinstance(b, Late) and not isinstance(a, Late):
        inner = a.shape[0 if given.get("transpose_a") else -1]
        free = list(b.param._shape)
        free[-1 if given.get("transpose_b") else 0] = inner
        return {"b": tuple(free)}
    return {}


LAYER = ("data", "weight", "bias")
NORM = ("data", "gamma", "beta", "moving_mean", "moving_var")
#: Function -> (names of its operands, what shapes follow for them).
RULES = {
    "FullyConnected": (LAYER, _connected),
    "Convolution": (LAYER, _convolved),
    "Deconvolution": (LAYER, _deconvolved),
    "BatchNorm": (NORM, _normalized(1)),
    "LayerNorm": (NORM[:3], _normalized(-1)),
    "InstanceNorm": (NORM[:3], lambda given: _normalized(1)({"data": given["data"]})),
    "GroupNorm": (NORM[:3], lambda given: _normalized(1)({"data": given["data"]})),
    "Embedding": (("data", "weight"), _embedded),
    "LeakyReLU": (("data", "gamma"), _sloped),
    "dot": (("a", "b"), _multiplied),
}
RULES |= {
    "fully_connected": RULES["FullyConnected"],
    "convolution": RULES["Convolution"],
    "deconvolution": RULES["Deconvolution"],
    "batch_norm": RULES["BatchNorm"],
    "layer_norm": RULES["LayerNorm"],
    "instance_norm": RULES["InstanceNorm"],
    "group_norm": RULES["GroupNorm"],
    "embedding": RULES["Embedding"],
    "leaky_relu": RULES["LeakyReLU"],
    "matmul": RULES["dot"],
}


class Space:
    """A namespace of functions that take stand-ins."""

    def __init__(self, module, cls):
        self._module, self._cls = module, cls

    def __getattr__(self, name):
        found = getattr(self._module, name)
        if isinstance(found, types.ModuleType):
            return Space(found, self._cls)
        if not callable(found) or isinstance(found, type):
            return found

        def call(*args, **given):
            if not any(isinstance(v, Late) for v in (*args, *given.values())):
                return found(*args, **given)
            args, given = settled(name, args, given, self._cls)
            return found(*args, **given)

        return call


def settled(name, args, given, cls):
    """Arguments with arrays for the stand-ins, whose parameters have their shapes from here on."""
    if name not in RULES:
        raise ValueError(f"`F.{name}` does not tell the shape of a parameter")
    names, rule = RULES[name]
    named = dict(zip(names, args, strict=False))
    shapes = rule({**named, **given})
    there = (x for x in (*args, *given.values()) if isinstance(x, Array))
    place = next((elsewhere.place_of(x._data) for x in there), elsewhere.home.device)

    def held(key, value):
        if not isinstance(value, Late):
            return value
        if key not in shapes:
            raise ValueError(f"`F.{name}` does not tell the shape of its operand {key!r}")
        value.param.shape = shapes[key]
        return elsewhere.move(zeros(cls, value.param), place)

    first = [held(key, value) for key, value in zip(names, args, strict=False)]
    args = (*first, *args[len(names) :])
    return args, {key: held(key, value) for key, value in given.items()}


#: Parameters that a trial run made of zeros, with what they wait for; None outside of such a run.
_trial: list | None = None


@contextmanager
def _trying():
    global _trial
    before, observer = _trial, watch.observer
    _trial, watch.observer = [], None
    try:
        with autograd.pause():
            yield
    finally:
        for param, waiting in _trial:
            param._data, param._contexts, param._deferred_init = None, None, waiting
        _trial, watch.observer = before, observer


def finish(param):
    """Gives a parameter its values, which are zeros for the length of a trial run."""
    waiting = param._deferred_init
    if _trial is None or not waiting:
        param._finish_deferred_init()
        return
    _trial.append((param, waiting))
    param._deferred_init = ()
    param._place(zeros(waiting_class(), param), waiting[1])


def zeros(cls, param):
    """Zeros in the shape of a parameter."""
    return wrap(cls, numpy.zeros(param.shape, param.dtype))


def waiting_class():
    """The class of arrays that parameters have now."""
    return ndarray if util.is_np_array() else NDArray


def infer(block, space, args):
    """Sets the shapes of a block's own parameters; raises `ValueError` where they do not follow."""
    cls = next((type(x) for x in args if isinstance(x, Array)), waiting_class())
    late = {
        name: Late(param) if param._deferred_init else param._turned(cls)
        for name, param in block._reg_params.items()
    }
    try:
        with _trying():
            block.hybrid_forward(Space(space, cls), *args, **late)
    except (TypeError, AttributeError, ValueError, KeyError) as problem:
        waiting = [p for p in block._reg_params.values() if p._deferred_init]
        raise ValueError(
            message(
                f"{type(block).__name__} {block.name!r}",
                f"shapes of its parameters do not follow from the inputs ({problem}): "
                + ", ".join(map(repr, waiting)),
                "They must be given, or be those of operands of F.FullyConnected, F.Convolution "
                "and other layers",
                "Give all sizes, or write `infer_shape(self, x)` that sets `self.weight.shape`.",
            )
        ) from None
