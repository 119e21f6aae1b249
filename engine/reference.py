"""Listings of what there is, generated from the rows and the facade: for completion and help."""

import inspect
import types

from . import facade
from .array import NDArray, ndarray
from .facade.generate import IGNORED
from .registry import OPS


def ops_table() -> list[dict]:
    """Every op: name, family, public names, whether a gradient flows, help, formulas."""
    return [
        {
            "name": op.name,
            "family": op.family,
            "names": op.names,
            "differentiable": op.differentiable,
            "attrs": list(op.attrs),
            "doc": op.doc,
            "symbol": op.symbol,
            "operands": list(op.operands),
            "latex": op.latex,
            "latexVjps": list(op.latex_vjps),
        }
        for op in OPS.values()
    ]


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
        "np.linalg": modules["mxnet.np.linalg"],
        "mx.random": modules["mxnet.random"],
        "np.ndarray": ndarray,
        "nd.NDArray": NDArray,
    }
    return {space: _entries(owner) for space, owner in spaces.items()}


def _entries(owner) -> list[dict]:
    listed = getattr(owner, "__all__", None) or dir(owner)
    names = [name for name in sorted(listed) if not name.startswith("_")]
    if isinstance(owner, type):  # what a class keeps for the engine's own use is plain data
        names = [
            n for n in names if callable(v := getattr(owner, n)) or inspect.isdatadescriptor(v)
        ]
    return [_entry(owner, name) for name in names]


def _entry(owner, name) -> dict:
    value = getattr(owner, name)
    module = isinstance(value, types.ModuleType)
    return {
        "name": name,
        "kind": "function" if callable(value) else "module" if module else "property",
        "signature": _signature(value),
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
