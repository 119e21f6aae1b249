"""`mx.optimizer`: how parameters change along their gradients."""

from .. import lr_scheduler
from . import adaptive, descent, layerwise
from .adaptive import *  # noqa: F403
from .base import Optimizer, Updater, create, get_updater, register
from .descent import *  # noqa: F403
from .layerwise import *  # noqa: F403

__all__ = [
    "Optimizer",
    "Updater",
    "create",
    "get_updater",
    "lr_scheduler",
    "register",
    *adaptive.__all__,
    *descent.__all__,
    *layerwise.__all__,
]
