"""`mx.npx`: what neural networks need beyond NumPy, on `mx.np.ndarray`."""

import types

from ..array import ndarray
from . import random as _random
from .device import cpu, current_context, gpu, num_gpus
from .generate import functions

globals().update(functions("npx", ndarray))

__all__ = ["cpu", "current_context", "gpu", "num_gpus"]


def set_np(shape=True, array=True, dtype=False):
    """Switches NumPy semantics on; they are always on here."""


def reset_np():
    """Switches NumPy semantics off in MXNet; both kinds of arrays work here at any time."""


def is_np_array():
    """Whether NumPy semantics are on."""
    return True


def is_np_shape():
    """Whether 0-d and empty shapes are allowed."""
    return True


def waitall():
    """Waits for all operations; here each one is finished when its function returns."""


def seed(seed):
    """Starts the random generators anew."""
    _random.seed(seed)


random = types.ModuleType("mxnet.numpy_extension.random", "Seeding.")
random.seed = seed


def activation(data, act_type="relu", **_):
    """An activation by name: relu, sigmoid, tanh, softrelu, softsign."""
    from .nd import Activation

    return Activation(data, act_type)


def fully_connected(x, weight, bias=None, num_hidden=None, no_bias=True, flatten=True, **_):
    """x · weightᵀ + bias."""
    from .nd import FullyConnected

    return FullyConnected(x, weight, bias, num_hidden, bias is None, flatten)
