"""`mx.random`: seeding both families of generators."""

import numpy

from ..devices import HOST
from ..errors import message

__all__ = ["seed"]


def seed(seed_state: int, ctx="all") -> None:
    """Starts the random generators anew, so that the same draws come again."""
    if not isinstance(seed_state, int | numpy.integer):
        raise ValueError(message("seed", f"got {seed_state!r}", "It must be a whole number"))
    HOST.xp.random.seed(int(seed_state), ctx_given=ctx != "all")
