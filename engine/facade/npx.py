"""`mx.npx`: what neural networks need beyond NumPy, on `mx.np.ndarray`."""

import builtins  # this module's own names may hide them
import types

import numpy

from .. import elsewhere, shapes
from ..array import invoke, ndarray
from ..errors import ShapeError, message
from ..registry import OPS
from . import (
    alignment,
    boxes,
    distributions,
    files,
    images,
    layers,
    loops,
    normalize,
    order,
    outputs,
    recurrent,
    sequences,
    warping,
)
from . import random as _random
from .calls import attach, made
from .device import (
    cpu,
    cpu_pinned,
    current_context,
    current_device,
    gpu,
    gpu_memory_info,
    num_gpus,
    place_all,
)
from .generate import functions, missing, public
from .util import is_np_array, is_np_shape, reset_np, set_np

_before = set(globals())
globals().update(functions("npx", ndarray))


def waitall():
    """Waits for all operations: those on a server are sent and computed, here they are finished."""
    elsewhere.flush()


def seed(seed):
    """Starts the random generators anew."""
    _random.seed(seed)


random = types.ModuleType("mxnet.numpy_extension.random", "Seeding.")
random.seed = seed
attach(random, distributions.NPX_FUNCTIONS)


activation, leaky_relu, dropout, embedding = (
    layers.activation,
    layers.leaky_relu,
    layers.dropout,
    layers.embedding,
)
pick, softmax, log_softmax, gather_nd, topk = (
    layers.pick,
    layers.softmax,
    layers.log_softmax,
    layers.gather_nd,
    order.topk,
)
fully_connected, slice = layers.fully_connected, layers.slice_parts

convolution, deconvolution, pooling = images.convolution, images.deconvolution, images.pooling
batch_norm, layer_norm = normalize.batch_norm, normalize.layer_norm
instance_norm, group_norm = normalize.instance_norm, normalize.group_norm
smooth_l1, sequence_mask = outputs.smooth_l1, sequences.sequence_mask
reshape_like, shape_array, arange_like, broadcast_like = (
    sequences.reshape_like,
    sequences.shape_array,
    sequences.arange_like,
    sequences.broadcast_like,
)
rnn, ctc_loss, roi_pooling = recurrent.rnn, alignment.ctc_loss, warping.roi_pooling
multibox_prior = boxes.multibox_prior
foreach, while_loop, cond = loops.foreach, loops.while_loop, loops.cond
save, load = files.save, files.np_load


def batch_dot(a, b, transpose_a=False, transpose_b=False):
    """Matrix product of each pair of matrices in two batches."""
    a = a.swapaxes(-1, -2) if transpose_a else a
    b = b.swapaxes(-1, -2) if transpose_b else b
    return invoke(OPS["batch_dot"], (a, b))


def batch_flatten(data):
    """All axes but the first joined into one."""
    return data.reshape((data.shape[0], -1))


def nonzero(x):
    """Where the elements are not zero: one row of indices for each; int64."""
    return made(numpy.argwhere(elsewhere.host(x._data)).astype("int64"))


def reshape(a, newshape, reverse=False, order="C"):
    """Same elements in another shape: -1 is inferred; -2, -3, -4, -5 and -6 as in MXNet.

    -2 copies an axis, -3 drops one of size 1, -4 copies all the rest, -5 joins two axes, -6 splits
    one into the next two sizes.
    """
    codes = {-2: 0, -4: -2, -5: -3, -6: -4}
    new, rest = [], list(a.shape)
    wanted = (newshape,) if isinstance(newshape, int) else tuple(newshape)
    if -3 in wanted:  # drops axes of size 1 first; the others' codes keep their meaning
        at = [i for i, n in enumerate(wanted) if n == -3]
        kept = [n for i, n in enumerate(rest) if i not in at]
        if builtins.any(rest[i] != 1 for i in at):
            raise ShapeError(
                message("reshape", f"-3 at shape {a.shape}", "It drops axes of size 1 only")
            )
        a, wanted = a.reshape(tuple(kept)), tuple(n for n in wanted if n != -3)
    for k, n in enumerate(wanted):
        split = (k and wanted[k - 1] == -6) or (k > 1 and wanted[k - 2] == -6)
        new.append(n if split else codes.get(n, n))
    return a.reshape(shapes.reshape("reshape", a.shape, tuple(new)))


for _space in (globals(), vars(random)):
    place_all(_space, _before)

__all__ = [
    "cpu",
    "cpu_pinned",
    "current_context",
    "current_device",
    "gpu",
    "gpu_memory_info",
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
