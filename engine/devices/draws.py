"""Random draws of a context that is not the CPU: Philox, counted on in the page, made there.

As in MXNet, each context has a generator of its own, and a GPU's is a Philox. (The words are not
MXNet's: it asks cuRAND.) What is kept here is a key and the number of the next block; every draw is
a call of a row (`ops/philox.py`) with both, so that a frame that is sent twice draws the same.
"""

import math

import numpy

from ..ops.philox import words_each
from ..registry import OPS
from .mxrandom import as_shape, parameters_broadcast, parameters_per_element

__all__ = ["Draws"]


class Draws:
    """The generator of one device. The methods are `MXNetRandom`'s; results are raw arrays of the
    device, but for the order of a shuffle, which is an index."""

    def __init__(self, device):
        self._device = device
        self.seed(0)

    def seed(self, seed: int, ctx_given: bool = False) -> None:
        """`mx.random.seed(seed)`: each device of a kind gets another stream, unless the context
        was given (as in MXNet)."""
        other = 0 if ctx_given else self._device.index
        self._key = (seed & 0xFFFFFFFF) | (other & 0x7FFFFFFF) << 32
        self._block = 0

    def _place(self, words: int) -> dict:
        """Where a draw of so many words begins, as attributes; the stream moves on behind it."""
        place = {"philox_key": self._key, "counter": self._block}
        self._block += -(-words // 4)
        return place

    def _drawn(self, name, shape, dtype, **parameters):
        """A raw array drawn by a row."""
        place = self._place(math.prod(shape) * words_each(dtype))
        attrs = {**parameters, "shape": tuple(shape), "dtype": dtype, **place}
        return self._device.run(OPS[name], (), attrs)

    def _standard(self, name, full, dtype, scale, start=0.0):
        """Draws times `scale` plus `start`, which are NumPy arrays; in the precision of `dtype`."""
        noise = self._drawn(name, full, dtype)
        scale, start = (self._raw(x, dtype) for x in (scale, start))
        return self._device.run(
            OPS["add"], (self._device.run(OPS["multiply"], (noise, scale), {}), start), {}
        )

    def _raw(self, value, dtype):
        return self._device.array(value.astype(dtype)) if numpy.ndim(value) else float(value)

    # ----- Of both namespaces -----

    def nd_uniform(self, low=0.0, high=1.0, shape=(1,), dtype="float32"):
        """`nd.random.uniform`."""
        (low, high), full, dtype = parameters_per_element(shape, dtype, low, high)
        return self._uniform(low, high, full, dtype.name)

    def np_uniform(self, low=0.0, high=1.0, size=None, dtype="float32"):
        """`np.random.uniform`, `np.random.rand`."""
        (low, high), full = parameters_broadcast(size, low, high)
        return self._uniform(low, high, full, dtype)

    def _uniform(self, low, high, full, dtype):
        if numpy.ndim(low) or numpy.ndim(high):
            return self._standard("philox_uniform", full, dtype, high - low, low)
        return self._drawn("philox_uniform", full, dtype, low=float(low), high=float(high))

    def nd_normal(self, loc=0.0, scale=1.0, shape=(1,), dtype="float32"):
        """`nd.random.normal`, `nd.random.randn`."""
        (loc, scale), full, dtype = parameters_per_element(shape, dtype, loc, scale)
        return self._normal(loc, scale, full, dtype.name)

    def np_normal(self, loc=0.0, scale=1.0, size=None, dtype="float32"):
        """`np.random.normal`, `np.random.randn`."""
        (loc, scale), full = parameters_broadcast(size, loc, scale)
        return self._normal(loc, scale, full, dtype)

    def _normal(self, loc, scale, full, dtype):
        if numpy.ndim(loc) or numpy.ndim(scale):
            return self._standard("philox_normal", full, dtype, scale, loc)
        return self._drawn("philox_normal", full, dtype, loc=float(loc), scale=float(scale))

    def nd_exponential(self, scale=1.0, shape=(1,), dtype="float32"):
        """`nd.random.exponential`."""
        (scale,), full, dtype = parameters_per_element(shape, dtype, scale)
        if numpy.ndim(scale):
            return self._standard("philox_exponential", full, dtype.name, scale)
        return self._drawn("philox_exponential", full, dtype.name, scale=float(scale))

    def randint(self, low: int, high: int, shape=(1,), dtype="int32"):
        """Whole numbers in [low, high)."""
        low, high, shape = int(low), int(high), as_shape(shape)
        each = 1 if high - low <= 2**31 else 2
        place = self._place(math.prod(shape) * each)
        whole = dtype if numpy.dtype(dtype).kind in "iu" else "int64"
        attrs = {"low": low, "high": high, "shape": shape, "dtype": whole, **place}
        made = self._device.run(OPS["philox_integers"], (), attrs)
        return made if whole == dtype else made.astype(dtype)

    def dropout_mask(self, p: float, shape, dtype="float32"):
        """What Dropout multiplies by: 0 with probability p, else 1 / (1 - p)."""
        place = self._place(math.prod(shape))
        attrs = {"p": float(p), "shape": tuple(shape), "dtype": dtype, **place}
        return self._device.run(OPS["philox_mask"], (), attrs)

    # ----- Made here, from the same stream -----

    def generator(self) -> numpy.random.Generator:
        """A generator of NumPy's for distributions that no row draws: its numbers are uploaded."""
        place = self._place(1)
        return numpy.random.default_rng([place["philox_key"], place["counter"]])

    def shuffle_indices(self, count: int, ndim: int = 1) -> numpy.ndarray:
        """The order in which a shuffle leaves `count` rows."""
        return self.generator().permutation(count)
