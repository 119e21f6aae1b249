"""Makes public functions and methods from rows: right signature, documentation, one call deep."""

import numpy

from .. import templates
from ..array import Array, invoke, raw_of
from ..dtypes import FLOATS, INTEGERS
from ..elsewhere import host
from ..errors import DTypeError, MXNetError, ShapeError, message
from ..lanes import has_lane, lane
from ..registry import OPS, Op

#: Names that MXNet's functions take and that mean nothing here: checked nowhere, ignored.
IGNORED = ("ctx", "device", "name", "where", "order", "stype")


DTYPES = (*FLOATS, *INTEGERS, "bool")


PLAIN = frozenset((int, float, bool, str, type(None)))


def plain(value):
    """An attribute as plain Python data: NumPy numbers and lists become numbers and tuples."""
    if isinstance(value, numpy.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return tuple(plain(v) for v in value)
    if isinstance(value, Array):
        return value.item() if value.size == 1 else host(value._data)
    return value


def parameter(value):
    """A parameter of a draw: a number, or the data of an array, also of one with one element."""
    return host(value._data) if isinstance(value, Array) and value.ndim else plain(value)


def dtype_name(dtype, default="float32") -> str:
    """The name of a dtype given as a name, a NumPy class or a dtype; raises `DTypeError`."""
    if dtype is None:
        return default
    try:
        name = numpy.dtype(dtype).name
    except TypeError:
        name = None
    if name not in DTYPES:
        raise DTypeError(message("dtype", f"got {dtype!r}", f"It is one of {', '.join(DTYPES)}"))
    return name


def sizes(thing: str, shape):
    """A shape (an integer or a sequence of them) as plain data; raises `ShapeError`."""
    shape = plain(shape)
    for n in shape if isinstance(shape, tuple) else (shape,):
        if not isinstance(n, int) or n < 0:
            raise ShapeError(
                message(thing, f"got the shape {shape!r}", "Sizes are whole numbers, 0 or more")
            )
    return shape


def steps(start, stop, step, dtype) -> dict:
    """The attributes of `arange`; raises `MXNetError` for steps that lead nowhere."""
    given = {"start": plain(start), "stop": plain(stop), "step": plain(step)}
    if not all(isinstance(n, int | float) for n in given.values()) or not step:
        words = ", ".join(f"{key} {value!r}" for key, value in given.items())
        raise MXNetError(
            message("arange", f"got {words}", "It needs numbers, and a step other than 0")
        )
    return {**given, "dtype": dtype_name(dtype)}


def check_span(low, high) -> None:
    """Raises `ValueError` unless there is a whole number from `low` up to (without) `high`."""
    if not low < high:
        raise ValueError(
            message("randint", f"got low {low} and high {high}", "low must be below high")
        )


def in_order(thing, order) -> None:
    """Raises `NotImplementedError` for any other order of elements than C's."""
    if order != "C":
        needed = "Elements lie in C order here, rows together"
        raise NotImplementedError(message(thing, f"got order {order!r}", needed))


def check_scale(thing, scale, error=ValueError) -> None:
    """Raises `error` for a scale below 0."""
    raw = host(getattr(scale, "_data", scale))
    if (raw < 0).any() if hasattr(raw, "any") else isinstance(raw, int | float) and raw < 0:
        raise error(message(thing, "scale < 0", "scale must be 0 or more"))


def new_raw(value, dtype):
    """A new raw array from numbers, nested lists, NumPy data or arrays; raises `TypeError`."""
    try:
        return raw_of(value, dtype)
    except (TypeError, ValueError) as problem:
        given = f"cannot make an array from this {type(value).__name__} ({problem})"
        needed = "It needs a number, nested lists of numbers of one shape, or NumPy data"
        raise TypeError(message("array", given, needed)) from None


def finish(result, out, dtype=None):
    """Casts a result and writes it to `out` when the caller asked for that."""
    if dtype is not None:
        result = result.astype(dtype)
    if out is None:
        return result
    out[...] = result
    return out


#: MXNet's names of operands where they do not follow from the namespace and the family.
OPERANDS = {
    ("nd", "one_hot"): ("indices",),
    ("npx", "one_hot"): ("indices",),
    ("np", "clip"): ("a",),
    ("np", "tile"): ("A",),
    ("np", "flip"): ("m",),
    ("np", "broadcast_to"): ("array",),
}
SHARED_OPERANDS = {"where": ("condition", "x", "y"), "pick": ("data", "index")}


def operand_names(op: Op, namespace: str) -> tuple[str, ...]:
    """What MXNet calls the operands of a function: x1 and x2 in `np.add`, lhs and rhs in `nd`."""
    special = OPERANDS.get((namespace, op.name)) or SHARED_OPERANDS.get(op.name)
    if special or not op.operands or op.variadic:
        return special or op.operands
    if namespace != "np":
        return ("data",) if len(op.operands) == 1 else ("lhs", "rhs")
    if op.family == "binary":
        return ("x1", "x2")
    return ("a",) if len(op.operands) == 1 and op.family != "unary" else op.operands


def function(op: Op, cls, name: str, namespace: str | None = None):
    """The public function of a row in `namespace` (default: that of `cls`), under `name`.

    Operands come first, then the attributes in the row's order, positional or by keyword.
    """
    operands = operand_names(op, namespace or cls.NAMESPACE)
    made = _laned(op, name, operands) if has_lane(op) else _called(op, cls, name, operands)
    made.__doc__ = f"{op.doc}\n\n    Gradient: {'any order' if op.differentiable else 'none'}."
    made.__module__ = "mxnet.numpy" if cls.NAMESPACE == "np" else "mxnet.ndarray"
    return made


def _laned(op, name, operands):
    """A function that is the op's fast lane, with MXNet's options besides."""
    inputs = "(x,)" if len(op.operands) == 1 else "(a, b)"
    made = lane(
        op,
        name,
        # Spelled out: gathering unknown keywords (`**`) would cost every call 25 ns.
        options="out=None, dtype=None, " + ", ".join(f"{k}=None" for k in IGNORED),
        unless="out is None and dtype is None",
        otherwise=f"return finish(invoke(op, {inputs}), out, dtype)",
        finish=finish,
    )
    code = made.__code__
    own = (*operands, *code.co_varnames[len(operands) :])
    made.__code__ = code.replace(co_varnames=own)  # the lane calls them x, or a and b
    return made


def _called(op, cls, name, operands):
    """A function that calls `invoke` with the row's attributes as parameters."""
    first = [f"*{operands[0]}"] if op.variadic else operands
    head = [*first, *(f"{k}={v!r}" for k, v in op.attrs.items()), "out=None"]
    cast = "None"
    if "dtype" not in op.attrs:
        head.append("dtype=None")
        cast = "dtype"
    inputs = operands[0] if op.variadic else f"({''.join(f'{o}, ' for o in operands)})"
    # Most attributes are plain already: looking costs 40 ns, asking `plain` 250.
    attrs = ", ".join(f"{k!r}: {k} if {k}.__class__ in PLAIN else plain({k})" for k in op.attrs)
    first_cast = ""
    if op.family == "reduction" and cast == "dtype":  # computed in that dtype, not cut to it
        given = operands[0]
        first_cast = f"    if dtype is not None:\n        {given} = widened({given}, dtype)\n"
    source = (
        f"def made({', '.join(head)}, **ignored):\n"
        "    if ignored:\n        check(name, ignored, op)\n"
        f"{first_cast}"
        f"    y = invoke(op, {inputs}, {f'{{{attrs}}}' if attrs else None}, cls)\n"
        f"    return y if out is None and {cast} is None else finish(y, out, {cast})\n"
    )
    space = {
        "check": check,
        "cls": None if op.operands else cls,
        "finish": finish,
        "invoke": invoke,
        "name": name,
        "op": op,
        "PLAIN": PLAIN,
        "plain": plain,
        "widened": widened,
    }
    return templates.function(source, name, space, "facade")


def widened(x, dtype):
    """`x` in the dtype of floats in which a sum is to be computed, if that is one."""
    return x.astype(dtype) if dtype is not None and dtype_name(dtype) in FLOATS else x


def check(name: str, ignored: dict, op: Op | None = None) -> None:
    """Raises `TypeError` for keywords that no MXNet function of this kind has."""
    for keyword in ignored:
        if keyword not in IGNORED:
            text = f"{name}() got an unexpected keyword argument {keyword!r}."
            known = [*op.attrs, "out", "dtype"] if op is not None else []
            raise TypeError(f"{text} {_meant(keyword, known)}".strip())


def _meant(word, known):
    """Which of the `known` words somebody may have meant, as a sentence; "" when there are none."""
    import difflib  # compiled from source in the browser: 0.1 s that few programs need

    close = difflib.get_close_matches(word, known, 1, 0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"It takes {', '.join(known)}." if known else ""


def functions(namespace: str, cls) -> dict:
    """All functions that the rows give to `namespace`, by public name."""
    return {
        name: function(op, cls, name, namespace)
        for op in OPS.values()
        for name in op.names.get(namespace, ())
    }


def public(space: dict, before: set) -> list[str]:
    """The public names that a facade module has defined since it had the names `before`."""
    return sorted(name for name in space if name not in before and not name.startswith("_"))


#: What MXNet has and this engine leaves out, or has not yet, by the first word of the name.
ABSENT = {
    "model_zoo": "Trained networks are left out: write the network with `gluon.nn`",
    "vision": "Image data sets are left out: make an `ArrayDataset` of NumPy data",
    "sparse": "Sparse storage is left out: all arrays are dense here",
    "row_sparse_array": "Sparse storage is left out: all arrays are dense here",
    "csr_matrix": "Sparse storage is left out: all arrays are dense here",
    "sym": "Symbols are left out: record with `autograd.record()` instead",
    "symbol": "Symbols are left out: record with `autograd.record()` instead",
    "mod": "Modules are left out: write the training loop with `autograd.record()`",
    "module": "Modules are left out: write the training loop with `autograd.record()`",
    "kv": "The parameter server is left out: everything runs in one process",
    "image": "Image files are left out: load them as NumPy arrays",
    "cast_storage": "Sparse storage is left out: all arrays are dense here",
    "to_dlpack_for_read": "DLPack is left out: pass `x.asnumpy()` on",
    "to_dlpack_for_write": "DLPack is left out: pass `x.asnumpy()` on",
    "from_dlpack": "DLPack is left out: make the array from NumPy data",
    "multibox_target": "It is left out: write it with `nd.contrib.box_iou`",
    "multibox_detection": "It is left out: write it with `nd.contrib.box_nms`",
    "imdecode": "Image files are left out: load them as NumPy arrays",
    "load_frombuffer": "It is left out: write the bytes to a file and use `load`",
    "get_indexing_dispatch_code": "It is a helper of MXNet's own: index the array",
    "get_oshape_of_gather_nd_op": "It is a helper of MXNet's own: ask the result's shape",
    "indexing_key_expand_implicit_axes": "It is a helper of MXNet's own: index the array",
    "kvstore": "The parameter server is left out: everything runs in one process",
}


def left_out(module: str, thing: str, instead: str):
    """The `__getattr__` of a module that holds nothing: any name says why."""

    def __getattr__(name):
        raise AttributeError(
            f"module {module!r} has no attribute {name!r}. {thing} is left out: {instead}"
        )

    return __getattr__


def missing(module: str, names):
    """A module's `__getattr__`: says what a name that is not there could have meant."""

    def __getattr__(name):
        text = f"module {module!r} has no attribute {name!r}"
        if name.startswith("__"):
            raise AttributeError(text)
        import difflib  # compiled from source in the browser: 0.1 s that few programs need

        close = difflib.get_close_matches(name, names, 1, 0.75)
        hint = (
            f"{ABSENT[name]}."
            if name in ABSENT
            else (f"Did you mean `{close[0]}`?" if close else "")
        )
        raise AttributeError(f"{text}. {hint}" if hint else text)

    return __getattr__
