"""`gluon.nn`: layers."""

from ..block import Block, HybridBlock, SymbolBlock
from . import activations, basic, containers, convolutions, norms, poolings
from .activations import *  # noqa: F403
from .basic import *  # noqa: F403
from .containers import *  # noqa: F403
from .convolutions import *  # noqa: F403
from .norms import *  # noqa: F403
from .poolings import *  # noqa: F403

__all__ = [
    "Block",
    "HybridBlock",
    "SymbolBlock",
    *activations.__all__,
    *basic.__all__,
    *containers.__all__,
    *convolutions.__all__,
    *norms.__all__,
    *poolings.__all__,
]
