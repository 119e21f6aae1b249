"""`nn.Sequential`: blocks one after another."""

import warnings

from ... import nd
from ..block import Block, HybridBlock, listing

__all__ = [
    "Concatenate",
    "Concurrent",
    "HybridConcatenate",
    "HybridConcurrent",
    "HybridSequential",
    "Sequential",
]


class _Chain:
    """What both kinds of Sequential share."""

    def add(self, *blocks):
        """Appends blocks."""
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        """Gives `x` to the first block, its output to the second, and so on."""
        for block in self._children.values():
            x = block(x)
        return x

    def __repr__(self):
        return listing(type(self).__name__, self._children.items())

    def __getitem__(self, key):
        layers = list(self._children.values())[key]
        if not isinstance(layers, list):
            return layers
        made = type(self)(prefix=self._prefix)
        made.add(*layers)
        return made

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return iter(self._children.values())


class Sequential(_Chain, Block):
    """Blocks one after another: `net = nn.Sequential(); net.add(nn.Dense(10))`."""

    LAYER = False

    def hybridize(self, active=True, **kwargs):
        """Accepted for MXNet's sake: everything here runs as it is written."""
        children = self._children.values()
        if children and all(isinstance(child, HybridBlock) for child in children):
            warnings.warn(
                f"All children of this Sequential layer '{self.prefix}' are HybridBlocks. Consider "
                "using HybridSequential for the best performance.",
                stacklevel=2,
            )
        super().hybridize(active, **kwargs)


class HybridSequential(_Chain, HybridBlock):
    """HybridBlocks one after another."""

    LAYER = False


class _Fork(_Chain):
    """Blocks side by side: each gets the input, their outputs are joined along an axis."""

    def __init__(self, axis=-1, prefix=None, params=None):
        super().__init__(prefix=prefix, params=params)
        self.axis = axis

    def forward(self, x):
        """The outputs of all blocks for `x`, joined."""
        return nd.concat(*(block(x) for block in self._children.values()), dim=self.axis)


class Concurrent(_Fork, Block):
    """Blocks side by side, their outputs joined along `axis`."""


class HybridConcurrent(_Fork, HybridBlock):
    """HybridBlocks side by side, their outputs joined along `axis`."""


Concatenate, HybridConcatenate = Concurrent, HybridConcurrent
