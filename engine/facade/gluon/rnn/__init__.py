"""`gluon.rnn`: recurrent cells and layers."""

from . import cells, layers, wrappers
from .cells import *  # noqa: F403
from .layers import *  # noqa: F403
from .wrappers import *  # noqa: F403

__all__ = [*cells.__all__, *layers.__all__, *wrappers.__all__]
