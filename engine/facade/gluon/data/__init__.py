"""`gluon.data`: datasets, samplers, and a loader of batches."""

from . import datasets, loader, samplers
from .datasets import *  # noqa: F403
from .loader import *  # noqa: F403
from .samplers import *  # noqa: F403

__all__ = [*datasets.__all__, *loader.__all__, *samplers.__all__]
