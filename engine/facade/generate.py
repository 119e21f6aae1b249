"""Makes public functions and methods from rows: right signature, documentation, one call deep."""

import numpy

from ..array import Array, invoke
from ..registry import OPS, Op

#: Names that MXNet's functions take and that mean nothing here: checked nowhere, ignored.
IGNORED = ("ctx", "device", "name", "where", "order", "stype")


def plain(value):
    """An attribute as plain Python data: NumPy numbers and lists become numbers and tuples."""
    if isinstance(value, numpy.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return tuple(plain(v) for v in value)
    if isinstance(value, Array):
        return value._data.item() if value.size == 1 else value._data
    return value


def finish(result, out, dtype=None):
    """Casts a result and writes it to `out` when the caller asked for that."""
    if dtype is not None:
        result = result.astype(dtype)
    if out is None:
        return result
    out[...] = result
    return out


def scalar(op: Op, values, attrs):
    """The op on Python numbers alone: a Python number, as MXNet's functions give."""
    result = op.kernel(*values, **(attrs or {}))
    return result.item() if isinstance(result, numpy.generic) else result


def function(op: Op, cls, name: str, rename: dict[str, str] | None = None):
    """The public function of a row in the namespace of `cls`, under `name`.

    Operands come first, then the attributes in the row's order, positional or by keyword.
    """
    rename = rename or {}
    operands = [f"*{op.operands[0]}"] if op.variadic else list(op.operands)
    attrs = {rename.get(k, k): v for k, v in op.attrs.items()}
    head = [*operands, *(f"{k}={v!r}" for k, v in attrs.items()), "out=None"]
    if "dtype" not in attrs:
        head.append("dtype=None")
    inputs = op.operands[0] if op.variadic else f"({''.join(f'{o}, ' for o in op.operands)})"
    given = ", ".join(f"{k!r}: plain({rename.get(k, k)})" for k in op.attrs)
    wanted = f"{{{given}}}" if given else "None"
    cast = "None" if "dtype" in attrs else "dtype"
    numbers = "" if not op.operands or op.variadic else (
        f"    if {' and '.join(f'type({o}) in NUMBERS' for o in op.operands)}:\n"
        f"        return scalar(op, {inputs}, {wanted})\n"
    )
    quick = (
        f"    if out is None and {cast} is None:\n        return invoke(op, {inputs}, {wanted}, cls)\n"
    )
    source = (
        f"def {name}({', '.join(head)}, **ignored):\n"
        "    if ignored:\n        check(name, ignored)\n"
        f"{numbers}{quick}"
        f"    return finish(invoke(op, {inputs}, {wanted}, cls), out, {cast})\n"
    )
    space = {
        "NUMBERS": (int, float, bool, numpy.float32, numpy.float64), "check": check, "cls": cls,
        "finish": finish, "invoke": invoke, "name": name, "op": op, "plain": plain,
        "scalar": scalar,
    }
    exec(compile(source, f"<facade {cls.NAMESPACE}.{name}>", "exec"), space)
    made = space[name]
    made.__doc__ = f"{op.doc}\n\n    Gradient: {'any order' if op.differentiable else 'none'}."
    made.__module__ = "mxnet.numpy" if cls.NAMESPACE == "np" else "mxnet.ndarray"
    return made


def check(name: str, ignored: dict) -> None:
    """Raises `TypeError` for keywords that no MXNet function of this kind has."""
    for keyword in ignored:
        if keyword not in IGNORED:
            raise TypeError(f"{name}() got an unexpected keyword argument {keyword!r}")


def functions(namespace: str, cls) -> dict:
    """All functions that the rows give to `namespace`, by public name."""
    return {
        name: function(op, cls, name)
        for op in OPS.values()
        for name in op.names.get(namespace, ())
    }
