"""`mx.gluon`: networks of blocks, written with the functions of the array namespaces alone."""

import importlib

from .. import metric
from ..generate import missing
from . import block, data, loss, nn, parameter, rnn, trainer, utils
from .block import Block, HybridBlock, SymbolBlock
from .parameter import Constant, DeferredInitializationError, Parameter, ParameterDict
from .trainer import Trainer

__all__ = [
    "Block",
    "Constant",
    "DeferredInitializationError",
    "HybridBlock",
    "Parameter",
    "ParameterDict",
    "SymbolBlock",
    "Trainer",
    "block",
    "data",
    "loss",
    "metric",
    "nn",
    "parameter",
    "rnn",
    "trainer",
    "utils",
]


def __getattr__(name):
    if name == "contrib":  # few programs ask for it
        return importlib.import_module(f"{__name__}.contrib")
    return _missing(name)


_missing = missing("mxnet.gluon", __all__)
