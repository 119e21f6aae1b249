"""What a call will give and cost, from shapes and dtypes alone, before anything runs.

The rows' own rules decide; all counting is in Python's integers, which never overflow. Values are
looked at in one place only: index arrays, whose bounds no array module but NumPy checks.
"""

from dataclasses import dataclass
from math import isfinite, prod

from .. import dtypes, ops, shapes  # noqa: F401  the rows come with `ops`
from ..errors import DTypeError, MXNetError, ShapeError, message
from ..program import Spec
from ..registry import OPS, Op

__all__ = ["Forecast", "Spec", "forecast"]

#: Bytes of temporaries for each element of the widest array in play: a rule written in several
#: steps holds a few float64 arrays at a time; a function of the array module at most one.
COMPOSED = 32
SINGLE = 8


@dataclass(frozen=True, slots=True)
class Forecast:
    """Results of a call, and its cost.

    `work` counts floating-point operations, or elements read and written where that is more.
    """

    results: tuple[Spec, ...]
    work: int
    workspace: int

    @property
    def nbytes(self) -> int:
        """Bytes of all results."""
        return sum(spec.nbytes for spec in self.results)


def forecast(op: Op, operands, attrs: dict, nd: bool, values: bool = True) -> Forecast:
    """The forecast of `op` on operands (`Spec`s and Python numbers) with complete attributes.

    Index arrays inside `attrs` are raw arrays; without `values`, their bounds are not looked at.
    Raises what the engine itself would: `ShapeError`,
    `DTypeError`, `IndexError`; other exceptions mean attributes that the op cannot work with.
    """
    arrays = [x for x in operands if isinstance(x, Spec)]
    _check_operands(op, operands, arrays)
    if op.name == "arange" and not all(isfinite(attrs[k]) for k in ("start", "stop", "step")):
        raise ValueError("start, stop and step must be finite")
    given = [x.shape if isinstance(x, Spec) else () for x in operands]
    declared = op.shape(*given, **attrs)
    found = declared if isinstance(declared, list) else [declared]
    for shape in found:
        if any(type(n) is not int or n < 0 for n in shape):
            raise ShapeError(
                message(op.name, f"a result would have shape {shape}", "Sizes are 0 or more")
            )
    if "key" in op.attrs:
        _check_key(op, given, attrs, values)
    elif op.name == "take_add":
        picked = OPS["take"].shape(
            tuple(attrs["shape"]), given[1], axis=attrs["axis"], mode=attrs["mode"]
        )
        _check_fits(op, given[0], picked)
    dtype = _dtype(op, operands, arrays, attrs, nd)
    # In nd there are no arrays without axes.
    results = tuple(Spec((1,) if nd and not shape else tuple(shape), dtype) for shape in found)
    counts = [prod(shape) for shape in given] + [prod(spec.shape) for spec in results]
    return Forecast(
        results,
        max(op.flops(declared, *given, **attrs), sum(counts)),
        max(counts) * (SINGLE if isinstance(op.forward, str) else COMPOSED),
    )


def _check_operands(op, operands, arrays):
    wanted = len(op.operands)
    if len(operands) != wanted and not (op.variadic and operands):
        raise MXNetError(
            message(
                op.name,
                f"got {len(operands)} operands",
                f"It takes {'at least one' if op.variadic else wanted}",
            )
        )
    if operands and not arrays:
        raise DTypeError(message(op.name, "got numbers alone", "One operand must be an array"))


def _dtype(op, operands, arrays, attrs, nd) -> str:
    """dtype of the results, as the engine conforms them on the host."""
    if "dtype" in op.attrs:
        return attrs["dtype"]
    # Conditions and indices have no VJP; they do not decide the result's dtype.
    deciding = op.variadic or not op.differentiable
    names = [
        x.dtype
        for k, x in enumerate(operands)
        if isinstance(x, Spec) and (deciding or op.vjps[k] is not None)
    ] or [x.dtype for x in arrays]
    kinds = {type(x) for x in operands}
    literal = float if float in kinds else int if kinds & {int, bool} else None
    return dtypes.result(op.dtype, names, "nd" if nd else "np", op.name, literal)


# ----- Indices -----


def _check_key(op, given, attrs, values):
    """That an index points inside, and that values to be put there fit."""
    target = tuple(attrs["shape"]) if "shape" in op.attrs else given[0]
    key = attrs["key"]
    picked = OPS["getitem"].shape(target, key=key)
    if op.name != "getitem":
        _check_fits(op, given[-1], picked)
    parts = key if isinstance(key, tuple) else (key,)
    used = sum(_axes(part) for part in parts)
    axis = 0
    for part in parts:
        if part is Ellipsis:
            axis += len(target) - used
        elif hasattr(part, "dtype"):
            _check_index(part, target, axis, values)
        axis += _axes(part)


def _axes(part) -> int:
    """How many axes of the array a part of an index uses up."""
    if part is None or part is Ellipsis:
        return 0
    return part.ndim if hasattr(part, "dtype") and part.dtype.kind == "b" else 1


def _check_index(index, target, axis, values):
    kind = index.dtype.kind
    if kind == "b":
        if tuple(index.shape) != target[axis : axis + index.ndim]:
            raise IndexError(
                message(
                    "indexing",
                    f"a mask of shape {tuple(index.shape)} at axis {axis} of shape {target}",
                    "A mask must have the sizes of the axes that it picks from",
                )
            )
        return
    if kind not in "iu":
        raise DTypeError(
            message("indexing", f"an index array of {index.dtype}", "It needs integers or booleans")
        )
    if not values or not index.size:
        return
    size, low, high = target[axis], int(index.min()), int(index.max())
    if low < -size or high >= size:
        raise IndexError(
            message(
                "indexing",
                f"indices from {low} to {high} for axis {axis} of shape {target}",
                f"They must be between {-size} and {size - 1}",
            )
        )


def _check_fits(op, values, places):
    """That values of one shape can be put at places of another."""
    if shapes.broadcast(op.name, values, places) != tuple(places):
        raise ShapeError(
            message(
                op.name,
                f"cannot put values of shape {values} to places of shape {places}",
                "The values must broadcast to the places",
            )
        )
