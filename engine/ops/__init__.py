"""The rows, one file per family. Importing this package fills `registry.OPS`."""

from . import (
    comparison,
    contraction,
    creation,
    elementwise,
    indexing,
    movement,
    nn,
    random,
    reduction,
)

__all__ = [
    "comparison", "contraction", "creation", "elementwise", "indexing", "movement", "nn", "random",
    "reduction",
]
