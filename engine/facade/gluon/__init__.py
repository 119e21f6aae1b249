"""`mx.gluon`: networks of blocks, written with the functions of the array namespaces alone."""

from .. import metric
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
