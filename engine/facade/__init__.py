"""What `import mxnet` gives: the namespaces, generated from the rows, as importable modules."""

import sys
import types
import warnings

from .. import autograd as _autograd
from .. import errors
from ..array import NDArray
from ..function import Function
from . import (  # noqa: F401  methods attach themselves
    device,
    gluon,
    initializer,
    lr_scheduler,
    methods,
    metric,
    nd,
    np,
    npx,
    optimizer,
    random,
    test_utils,
    util,
)
from .generate import missing
from .gluon import naming

__all__ = ["fresh", "install", "modules"]


def modules() -> dict[str, types.ModuleType]:
    """The modules of the facade by the names under which MXNet has them."""
    root = types.ModuleType("mxnet", "MXNet's array and autograd interface, on this engine.")
    autograd = types.ModuleType("mxnet.autograd", _autograd.__doc__)
    for name in _autograd.__all__:
        setattr(autograd, name, getattr(_autograd, name))
    autograd.Function = Function
    autograd.__all__ = [*_autograd.__all__, "Function"]
    base = types.ModuleType("mxnet.base", "MXNet's exception.")
    base.MXNetError = errors.MXNetError
    found = {
        "mxnet": root,
        "mxnet.autograd": autograd,
        "mxnet.base": base,
        "mxnet.ndarray": nd,
        "mxnet.nd": nd,
        "mxnet.numpy": np,
        "mxnet.np": np,
        "mxnet.numpy_extension": npx,
        "mxnet.npx": npx,
        "mxnet.random": random,
        "mxnet.context": device,
        "mxnet.device": device,
        "mxnet.ndarray.random": nd.random,
        "mxnet.nd.random": nd.random,
        "mxnet.ndarray.linalg": nd.linalg,
        "mxnet.nd.linalg": nd.linalg,
        "mxnet.numpy.random": np.random,
        "mxnet.np.random": np.random,
        "mxnet.numpy.linalg": np.linalg,
        "mxnet.np.linalg": np.linalg,
        "mxnet.numpy_extension.random": npx.random,
        "mxnet.npx.random": npx.random,
        "mxnet.gluon": gluon,
        "mxnet.gluon.block": gluon.block,
        "mxnet.gluon.data": gluon.data,
        "mxnet.gluon.loss": gluon.loss,
        "mxnet.gluon.nn": gluon.nn,
        "mxnet.gluon.parameter": gluon.parameter,
        "mxnet.gluon.rnn": gluon.rnn,
        "mxnet.gluon.trainer": gluon.trainer,
        "mxnet.gluon.utils": gluon.utils,
        "mxnet.gluon.metric": metric,
        "mxnet.init": initializer,
        "mxnet.initializer": initializer,
        "mxnet.lr_scheduler": lr_scheduler,
        "mxnet.metric": metric,
        "mxnet.optimizer": optimizer,
        "mxnet.test_utils": test_utils,
        "mxnet.util": util,
    }
    root.__path__ = []
    root.__version__ = "2.0.0"
    root.autograd, root.base, root.MXNetError = autograd, base, errors.MXNetError
    root.nd = root.ndarray = nd
    root.np = root.numpy = np
    root.npx = root.numpy_extension = npx
    root.random, root.context, root.device = random, device, device
    root.gluon, root.init, root.initializer = gluon, initializer, initializer
    root.optimizer, root.lr_scheduler, root.metric = optimizer, lr_scheduler, metric
    root.test_utils, root.util = test_utils, util
    nd.np, nd.npx = np, npx  # Gluon's `F` is nd, and has both
    for name in device.__all__:
        setattr(root, name, getattr(device, name))
    root.waitall = npx.waitall
    root.NDArray = NDArray
    root.__getattr__ = missing("mxnet", [name for name in vars(root) if name[0] != "_"])
    return found


def fresh() -> None:
    """What a new process would have: NumPy semantics off, no block named yet."""
    util.reset_np()
    naming.names.reset()


def install() -> None:
    """Makes `import mxnet` in this process resolve to the facade; a real MXNet is left alone."""
    if "mxnet" in sys.modules and not getattr(sys.modules["mxnet"], "__path__", None) == []:
        raise errors.MXNetError(
            "engine.install(): another `mxnet` is already imported in this process. "
            "Start a new process and call engine.install() before importing mxnet."
        )
    sys.modules.update(modules())
    # MXNet divides by 0 without a word, and the engine's own lines would tell a user nothing.
    warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"engine\.|<string>")
