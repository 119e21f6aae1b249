"""`mx.npx`: what neural networks need beyond NumPy, on `mx.np.ndarray`."""

import types

from ..array import ndarray
from . import layers, order
from . import random as _random
from .device import cpu, current_context, gpu, num_gpus
from .generate import functions, missing, public
from .util import is_np_array, is_np_shape, reset_np, set_np

_before = set(globals())
globals().update(functions("npx", ndarray))


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

__all__ = [
    "cpu",
    "current_context",
    "gpu",
    "is_np_array",
    "is_np_shape",
    "num_gpus",
    "reset_np",
    "set_np",
    *public(globals(), _before),
]
__getattr__ = missing("mxnet.npx", __all__)


def __dir__():
    return __all__
