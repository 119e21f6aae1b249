"""Listings of what there is, generated from the rows and the facade: for completion and help."""

import inspect
import types
from math import prod

from . import facade
from .array import NDArray, ndarray
from .errors import shapes_text
from .facade.generate import IGNORED
from .registry import OPS

#: Public functions behind which rows without a name of their own stand.
BEHIND = {
    "after_backward": "nd.BatchNorm npx.batch_norm",
    "arange": "nd.arange np.arange",
    "arange_like": "npx.arange_like nd.contrib.arange_like",
    "argsort": "nd.argsort np.argsort nd.sort np.sort nd.topk",
    "array": "nd.array np.array",
    "cast": "nd.cast np.ndarray.astype",
    "cholesky": "np.linalg.cholesky nd.linalg.potrf",
    "col2im": "nd.col2im nd.Deconvolution",
    "det": "np.linalg.det nd.linalg.det",
    "detach": "nd.NDArray.detach np.ndarray.detach",
    "dropout": "nd.Dropout npx.dropout",
    "dropout_mask": "nd.Dropout npx.dropout",
    "eigh": "np.linalg.eigh nd.linalg.syevd",
    "einsum": "np.einsum",
    "elu": "nd.LeakyReLU npx.leaky_relu",
    "fully_connected": "nd.FullyConnected npx.fully_connected",
    "getitem": "x[…] nd.slice nd.gather_nd",
    "im2col": "nd.im2col nd.Convolution nd.Pooling",
    "inv": "np.linalg.inv nd.linalg.inverse",
    "leaky_relu": "nd.LeakyReLU npx.leaky_relu",
    "nd_random_exponential": "nd.random.exponential",
    "nd_random_normal": "nd.random.normal",
    "nd_random_uniform": "nd.random.uniform",
    "own_gradient": "nd.SoftmaxOutput nd.make_loss",
    "pad_constant": "np.pad nd.pad",
    "pinv": "np.linalg.pinv",
    "polygamma": "the gradient of gammaln",
    "qr": "np.linalg.qr nd.linalg.gelqf",
    "philox_exponential": "nd.random.exponential on mx.gpu(0)",
    "philox_integers": "nd.random.randint np.random.randint on mx.gpu(0)",
    "philox_mask": "nd.Dropout npx.dropout on mx.gpu(0)",
    "philox_normal": "nd.random.normal np.random.normal on mx.gpu(0)",
    "philox_uniform": "nd.random.uniform np.random.uniform on mx.gpu(0)",
    "random_normal": "np.random.normal",
    "random_randint": "nd.random.randint np.random.randint",
    "random_uniform": "np.random.uniform",
    "scatter_add": "the gradient of x[…]",
    "setitem": "nd.contrib.index_copy",
    "slogdet": "np.linalg.slogdet nd.linalg.slogdet",
    "softrelu": "nd.Activation npx.activation",
    "solve": "np.linalg.solve nd.linalg.trsm",
    "svd": "np.linalg.svd",
    "take_add": "the gradient of take",
}

#: Files of the facade whose functions have no gradient.
WITHOUT_GRADIENT = (
    "boxes", "device", "distributions", "fallback", "files", "finance", "generate", "updates",
    "util",
)  # fmt: skip


#: Functions of other files that have none either: they make arrays, count, compare or point.
CONSTANT = set(
    "allclose alltrue arange argmax_channel argpartition argsort argwhere array array_equal "
    "array_equiv check_call count_nonzero empty empty_like eye flatnonzero from_numpy full "
    "full_like histogram identity index_array indices isclose isfinite isinf isnan linspace "
    "logspace may_share_memory meshgrid ndim nonzero ones onehot_encode randint randn rand "
    "ravel_multi_index reset_np seed shape shape_array shuffle size size_array sometrue uniform "
    "normal exponential unravel_index waitall zeros tril_indices triu_indices topk set_np fft ifft "
    "allclose is_np_array is_np_shape result_type promote_types".split()
)


def functions_table() -> list[dict]:
    """Public functions that are no rows: names, whether a gradient flows through them, help."""
    spaces = ("np", "np.linalg", "np.random", "npx", "nd", "nd.linalg", "nd.random", "nd.contrib")
    modules = facade.modules()
    rows = {f"{s}.{n}" for op in OPS.values() for s, names in op.names.items() for n in names}
    found = {}
    for space in spaces:
        owner = modules[f"mxnet.{space}"]
        for name in getattr(owner, "__all__", None) or dir(owner):
            value = getattr(owner, name)
            if name.startswith("_") or f"{space}.{name}" in rows or not inspect.isfunction(value):
                continue
            found.setdefault(id(value), (value, []))[1].append(f"{space}.{name}")
    return [
        {
            "name": value.__name__.lstrip("_"),
            "names": names,
            "order": "any" if _flows(value) else "none",
            "doc": _first_line(value),
        }
        for value, names in found.values()
    ]


def _flows(value) -> bool:
    file = (value.__module__ or "").rpartition(".")[2]
    return file not in WITHOUT_GRADIENT and value.__name__.lstrip("_") not in CONSTANT


#: Modules of networks and their training, whose names are listed too.
LATER = (
    "gluon",
    "gluon.contrib.nn",
    "gluon.data",
    "gluon.loss",
    "gluon.nn",
    "gluon.rnn",
    "gluon.utils",
    "init",
    "lr_scheduler",
    "metric",
    "optimizer",
    "test_utils",
)


def ops_table() -> list[dict]:
    """Every op: name, family, public names, whether a gradient flows, help, formulas."""
    return [
        {
            "name": op.name,
            "family": op.family,
            "names": op.names,
            "differentiable": op.differentiable,
            "order": "any" if op.differentiable else "none",
            "flops": flops_text(op),
            "bytes": bytes_text(op),
            "attrs": list(op.attrs),
            "doc": op.doc,
            "symbol": op.symbol,
            "operands": list(op.operands),
            "latex": op.latex,
            "latexVjps": list(op.latex_vjps),
        }
        for op in OPS.values()
    ]


#: What the families' costs depend on, where it is not a number for each element.
COSTS = {
    "contraction": "2 per element of the result and of the summed axes",
    "linalg": "cubic in the size of the matrices",
}


def flops_text(op) -> str:
    """Floating-point operations of a row, in words: found by asking its rule about its samples."""
    if op.family in COSTS:
        return COSTS[op.family]
    found = []
    for sample in op.samples:
        try:
            out = op.shape(*sample.shapes, **{**op.attrs, **sample.attrs})
            results = out if isinstance(out, list) else [out]
            count = op.flops(results[0], *sample.shapes, **{**op.attrs, **sample.attrs})
        except Exception:  # a sample may hold indices that only the operands themselves decide
            continue
        sizes = [prod(results[0]), prod(sample.shapes[0]) if sample.shapes else 0]
        found.append((count, sizes))
    if all(count == 0 for count, _ in found):
        return "0"
    for place, what in ((0, "element of the result"), (1, "element of the operand")):
        rates = {count / sizes[place] for count, sizes in found if sizes[place]}
        if len(rates) == 1:
            return f"{rates.pop():g} per {what}"
    counts = ", ".join(
        f"{count} for {shapes_text(sample.shapes)}"
        for (count, _), sample in zip(found[:2], op.samples[:2], strict=False)
    )
    return f"{counts} (elements x size along the axes)"


def bytes_text(op) -> str:
    """The bytes that a row reads and writes, in words."""
    if not op.operands:
        return "the result"
    if op.name in VIEWS:
        return "none: it shares its operand's memory"
    return "the operands and the result"


#: Rows whose result may lie in the memory of the operand.
VIEWS = ("detach", "expand_dims", "reshape", "squeeze", "swapaxes", "transpose")


def names_table() -> dict[str, list[dict]]:
    """Public names of `mx`, each namespace and the array classes, with signature and help."""
    modules = facade.modules()
    spaces = {
        "mx": modules["mxnet"],
        "np": modules["mxnet.np"],
        "npx": modules["mxnet.npx"],
        "nd": modules["mxnet.nd"],
        "autograd": modules["mxnet.autograd"],
        "np.random": modules["mxnet.np.random"],
        "nd.random": modules["mxnet.nd.random"],
        "npx.random": modules["mxnet.npx.random"],
        "np.linalg": modules["mxnet.np.linalg"],
        "nd.linalg": modules["mxnet.nd.linalg"],
        "nd.contrib": modules["mxnet.nd.contrib"],
        "mx.random": modules["mxnet.random"],
        "util": modules["mxnet.util"],
        "np.ndarray": ndarray,
        "nd.NDArray": NDArray,
    }
    spaces |= {name: facade.on_demand(name) for name in LATER}
    return {space: _entries(owner) for space, owner in spaces.items()}


def _entries(owner) -> list[dict]:
    listed = getattr(owner, "__all__", None) or dir(owner)
    names = [name for name in sorted(set(listed)) if not name.startswith("_") and name != "mx"]
    if isinstance(owner, type):  # what a class keeps for the engine's own use is plain data
        names = [
            n for n in names if callable(v := getattr(owner, n)) or inspect.isdatadescriptor(v)
        ]
    return [_entry(owner, name) for name in names if not _foreign(getattr(owner, name))]


def _foreign(value) -> bool:
    """Whether it is somebody else's module, which programs get from `test_utils` with `*`."""
    own = ("mxnet", "engine.facade", "engine.autograd")
    return isinstance(value, types.ModuleType) and not value.__name__.startswith(own)


LONGEST = 160


def _entry(owner, name) -> dict:
    value = getattr(owner, name)
    text = _signature(value)
    if len(text) > LONGEST:  # the page's list shows one line
        text = text[: text.rindex(",", 0, LONGEST)] + ", …)"
    module = isinstance(value, types.ModuleType)
    return {
        "name": name,
        "kind": "function" if callable(value) else "module" if module else "property",
        "signature": text,
        "doc": _first_line(value),
    }


def _signature(value) -> str:
    try:
        found = inspect.signature(value)
        text = str(found.replace(return_annotation=inspect.Signature.empty))
    except (TypeError, ValueError):
        return ""
    for keyword in IGNORED:
        text = text.replace(f", {keyword}=None", "")
    return text.replace(", **ignored", "").replace(", **_", "")


def _first_line(value) -> str:
    if not callable(value) and not isinstance(value, property | types.ModuleType):
        return ""
    return (inspect.getdoc(value) or "").split("\n")[0]
