"""`mx.npx`: what neural networks need beyond NumPy, on `mx.np.ndarray`."""

import types

from ..array import ndarray
from . import layers, order
from . import random as _random
from .device import cpu, current_context, gpu, num_gpus
from .generate import functions, missing, public

_before = set(globals())
globals().update(functions("npx", ndarray))


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


activation, leaky_relu, dropout, embedding = (
    layers.activation,
    layers.leaky_relu,
    layers.dropout,
    layers.embedding,
)
softmax, log_softmax, gather_nd, topk = (
    layers.softmax,
    layers.log_softmax,
    layers.gather_nd,
    order.topk,
)
fully_connected, slice = layers.fully_connected, layers.slice_parts

__all__ = ["cpu", "current_context", "gpu", "num_gpus", *public(globals(), _before)]
__getattr__ = missing("mxnet.npx", __all__)


def __dir__():
    return __all__
