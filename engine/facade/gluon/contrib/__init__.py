"""`gluon.contrib`: further layers."""

from . import nn

__all__ = ["nn"]
