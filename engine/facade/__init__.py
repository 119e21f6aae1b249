"""What `import mxnet` gives: the namespaces, generated from the rows, as importable modules.

Gluon and what belongs to it are loaded when a program first asks for them: few do, and in the page
they would make every start wait.
"""

import importlib.machinery
import sys
import types
import warnings

from .. import autograd as _autograd
from .. import errors, playground
from ..array import NDArray
from ..function import Function
from . import (  # noqa: F401  methods attach themselves
    base,
    device,
    methods,
    nd,
    np,
    npx,
    random,
    runtime,
    util,
)
from .generate import left_out, missing

#: Modules that are loaded on demand, by their names under `mxnet`: where they are in this package.
ON_DEMAND = {
    "gluon": "gluon",
    "gluon.block": "gluon.block",
    "gluon.contrib": "gluon.contrib",
    "gluon.contrib.nn": "gluon.contrib.nn",
    "gluon.data": "gluon.data",
    "gluon.data.dataloader": "gluon.data.loader",
    "gluon.data.dataset": "gluon.data.datasets",
    "gluon.data.sampler": "gluon.data.samplers",
    "gluon.loss": "gluon.loss",
    "gluon.metric": "metric",
    "gluon.nn": "gluon.nn",
    "gluon.nn.activations": "gluon.nn.activations",
    "gluon.nn.basic_layers": "gluon.nn",
    "gluon.nn.conv_layers": "gluon.nn",
    "gluon.parameter": "gluon.parameter",
    "gluon.rnn": "gluon.rnn",
    "gluon.rnn.rnn_cell": "gluon.rnn",
    "gluon.rnn.rnn_layer": "gluon.rnn",
    "gluon.trainer": "gluon.trainer",
    "gluon.utils": "gluon.utils",
    "init": "initializer",
    "initializer": "initializer",
    "lr_scheduler": "lr_scheduler",
    "metric": "metric",
    "name": "name",
    "operator": "operator",
    "optimizer": "optimizer",
    "test_utils": "test_utils",
}

#: Functions of `mx.random`, which are those of `mx.nd.random`.
DRAWS = (
    "exponential",
    "gamma",
    "generalized_negative_binomial",
    "multinomial",
    "negative_binomial",
    "normal",
    "poisson",
    "randint",
    "randn",
    "shuffle",
    "uniform",
)

__all__ = ["fresh", "install", "modules"]


def modules() -> dict[str, types.ModuleType]:
    """The modules of the facade by the names under which MXNet has them."""
    root = types.ModuleType("mxnet", "MXNet's array and autograd interface, on this engine.")
    autograd = types.ModuleType("mxnet.autograd", _autograd.__doc__)
    for name in _autograd.__all__:
        setattr(autograd, name, getattr(_autograd, name))
    autograd.Function, autograd.NDArray, autograd.Symbol = Function, NDArray, _autograd.Symbol
    autograd.__all__ = [*_autograd.__all__, "Function", "NDArray", "Symbol"]
    arrays = types.ModuleType("mxnet.ndarray.ndarray", "The class of `mx.nd`, and its functions.")
    vars(arrays).update({name: getattr(nd, name) for name in nd.__all__})
    arrays.py_slice = slice
    arrays._STORAGE_TYPE_STR_TO_ID = {"undefined": -1, "default": 0, "row_sparse": 1, "csr": 2}
    sparse = types.ModuleType("mxnet.ndarray.sparse", "Sparse storage is left out.")
    sparse.__getattr__ = left_out("mxnet.ndarray.sparse", "Sparse storage", "all arrays are dense")
    nd.__path__ = []  # so that its modules can be imported
    contrib = root.contrib = types.ModuleType("mxnet.contrib", "Further operators.")
    contrib.nd = contrib.ndarray = nd.contrib
    found = {
        "mxnet": root,
        "mxnet.autograd": autograd,
        "mxnet.base": base,
        "mxnet.ndarray": nd,
        "mxnet.nd": nd,
        "mxnet.ndarray.ndarray": arrays,
        "mxnet.numpy": np,
        "mxnet.np": np,
        "mxnet.numpy_extension": npx,
        "mxnet.npx": npx,
        "mxnet.random": random,
        "mxnet.context": device,
        "mxnet.device": device,
        "mxnet.ndarray.random": nd.random,
        "mxnet.nd.random": nd.random,
        "mxnet.ndarray.contrib": nd.contrib,
        "mxnet.nd.contrib": nd.contrib,
        "mxnet.contrib": contrib,
        "mxnet.contrib.nd": nd.contrib,
        "mxnet.contrib.ndarray": nd.contrib,
        "mxnet.ndarray.sparse": sparse,
        "mxnet.nd.sparse": sparse,
        "mxnet.ndarray.linalg": nd.linalg,
        "mxnet.nd.linalg": nd.linalg,
        "mxnet.numpy.random": np.random,
        "mxnet.np.random": np.random,
        "mxnet.numpy.linalg": np.linalg,
        "mxnet.np.linalg": np.linalg,
        "mxnet.numpy_extension.random": npx.random,
        "mxnet.npx.random": npx.random,
        "mxnet.util": util,
        "mxnet.runtime": runtime,
    }
    root.__path__ = []
    root.__version__ = "2.0.0"
    root.autograd, root.base, root.MXNetError = autograd, base, errors.MXNetError
    root.nd = root.ndarray = nd
    root.np = root.numpy = np
    root.npx = root.numpy_extension = npx
    for name in DRAWS:
        setattr(random, name, getattr(nd.random, name))
    random.__all__ = ["seed", *DRAWS]
    root.random, root.context, root.device = random, device, device
    root.util = util
    nd.np, nd.npx = np, npx  # Gluon's `F` is nd, and has both
    for name in device.__all__:
        setattr(root, name, getattr(device, name))
    for name in ("is_np_array", "is_np_shape", "np_array", "np_shape", "set_np", "set_np_shape",
                 "reset_np", "use_np", "use_np_array", "use_np_shape"):  # fmt: skip
        setattr(root, name, getattr(util, name))
    nd.ndarray = arrays
    root.runtime = runtime
    root.waitall = npx.waitall
    root.NDArray = NDArray
    later = [name for name in ON_DEMAND if "." not in name]
    absent = missing("mxnet", [*(name for name in vars(root) if name[0] != "_"), *later])

    def attribute(name):
        if name not in later:
            return absent(name)
        module = on_demand(name)
        setattr(root, name, module)
        return module

    root.__getattr__ = attribute
    root.__dir__ = lambda: sorted({*vars(root), *later})
    return found


def on_demand(name: str) -> types.ModuleType:
    """The module that `mxnet.<name>` means, loaded now if it was not before."""
    module = importlib.import_module(f".{ON_DEMAND[name]}", __name__)
    for public, path in ON_DEMAND.items():  # those that it brought along tell of missing names too
        loaded = sys.modules.get(f"{__name__}.{path}")
        if loaded is not None and not hasattr(loaded, "__getattr__"):
            loaded.__getattr__ = missing(
                f"mxnet.{public}", [n for n in vars(loaded) if n[0] != "_"]
            )
    return module


class _Finder:
    """Lets `import mxnet.gluon.nn` find the modules that are loaded on demand."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        """The spec of a module on demand; None for any other name."""
        root, _, name = fullname.partition(".")
        if root != "mxnet" or name not in ON_DEMAND:
            return None
        return importlib.machinery.ModuleSpec(fullname, _Finder, is_package=name == "gluon")

    @staticmethod
    def create_module(spec):
        """The usual empty module, which `exec_module` replaces."""
        return None

    @staticmethod
    def exec_module(module):
        """Puts the real module in its place."""
        sys.modules[module.__name__] = on_demand(module.__name__.partition(".")[2])


def fresh() -> None:
    """What a new process would have: NumPy semantics off, no block named yet."""
    util.reset_np()
    naming = sys.modules.get(f"{__name__}.gluon.naming")
    if naming is not None:
        naming.names.reset()


def install() -> None:
    """Makes `import mxnet` in this process resolve to the facade; a real MXNet is left alone."""
    if "mxnet" in sys.modules and not getattr(sys.modules["mxnet"], "__path__", None) == []:
        raise errors.MXNetError(
            "engine.install(): another `mxnet` is already imported in this process. "
            "Start a new process and call engine.install() before importing mxnet."
        )
    sys.modules.update(modules())
    sys.modules.setdefault("playground", playground)
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)  # before the one that looks into packages' folders
    # MXNet divides by 0 without a word, and the engine's own lines would tell a user nothing.
    warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"engine\.|<string>")
