"""`gluon.contrib.nn`: blocks side by side, and layers that turn channels into space."""

from ....errors import ShapeError, message
from ..block import HybridBlock
from ..nn import Concurrent, HybridConcurrent, Identity, SyncBatchNorm

__all__ = [
    "Concurrent",
    "HybridConcurrent",
    "Identity",
    "PixelShuffle1D",
    "PixelShuffle2D",
    "PixelShuffle3D",
    "SyncBatchNorm",
]


class _PixelShuffle(HybridBlock):
    """Channels (filters · factors) laid out as blocks of space, factor by factor."""

    RANK = 1

    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self._factors = (factor,) * self.RANK if isinstance(factor, int) else tuple(factor)
        assert len(self._factors) == self.RANK, "wrong length factors"

    def hybrid_forward(self, F, x):
        """(batch, filters · factors, *space) as (batch, filters, *(space · factor))."""
        batch, channels, *space = x.shape
        product = 1
        for factor in self._factors:
            product *= factor
        if len(space) != self.RANK or channels % product:
            needed = f"Channels must be a multiple of {product}, with {self.RANK} axes of space"
            raise ShapeError(message(type(self).__name__, f"got the shape {x.shape}", needed))
        x = x.reshape((batch, channels // product, *self._factors, *space))
        order = [0, 1]
        for k in range(self.RANK):
            order += [2 + self.RANK + k, 2 + k]
        x = x.transpose(tuple(order))
        sizes = [n * f for n, f in zip(space, self._factors, strict=True)]
        return x.reshape((batch, channels // product, *sizes))

    def __repr__(self):
        return f"{type(self).__name__}({self._factors})"


class PixelShuffle1D(_PixelShuffle):
    """(N, f · C, W) as (N, C, f · W)."""


class PixelShuffle2D(_PixelShuffle):
    """(N, f1 · f2 · C, H, W) as (N, C, f1 · H, f2 · W)."""

    RANK = 2


class PixelShuffle3D(_PixelShuffle):
    """(N, f1 · f2 · f3 · C, D, H, W) as (N, C, f1 · D, f2 · H, f3 · W)."""

    RANK = 3
