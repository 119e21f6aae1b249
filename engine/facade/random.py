"""`mx.random`: seeding the generators. Each context has its own, as in MXNet."""

import numpy

from .. import elsewhere
from ..devices import HOST
from ..errors import message
from . import device

__all__ = ["seed"]


def seed(seed_state: int, ctx="all") -> None:
    """Starts the random generators anew, so that the same draws come again: those of all contexts,
    or that of the one given."""
    if not isinstance(seed_state, int | numpy.integer):
        raise ValueError(message("seed", f"got {seed_state!r}", "It must be a whole number"))
    everywhere = isinstance(ctx, str) and ctx == "all"
    if everywhere:
        places = [HOST, *elsewhere.home.connected.values()]
    else:
        places = [device.place(ctx) if device.is_gpu(ctx) else HOST]
    for place in places:
        place.xp.random.seed(int(seed_state), ctx_given=not everywhere)
