"""The rows, one file per family. Importing this package fills `registry.OPS`."""

from . import (
    comparison,
    contraction,
    creation,
    elementwise,
    heads,
    indexing,
    linalg,
    movement,
    nn,
    numbers,
    philox,
    random,
    reduction,
    spatial,
    special,
    triangles,
)

__all__ = [
    "comparison", "contraction", "creation", "elementwise", "heads", "indexing", "linalg",
    "movement", "nn", "numbers", "philox", "random", "reduction", "spatial", "special", "triangles",
]
