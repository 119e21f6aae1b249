"""Sorting: positions and values in order along an axis, for `nd`, `np` and `npx`."""

from ..array import invoke
from ..errors import MXNetError, message
from ..registry import OPS

__all__ = ["positions", "sort", "topk"]


def positions(x, axis=-1, ascending=True, flat=False):
    """Where the elements of `x` stand that come first, second, … along `axis` (None: flattened)."""
    if axis is None:
        x, axis = x.reshape(-1), 0
    return invoke(OPS["argsort"], (x,), {"axis": axis, "ascending": ascending, "flat": flat})


def _picked(x, places):
    return invoke(OPS["take"], (x, places), {"axis": None, "mode": "clip"})


def sort(x, axis=-1, ascending=True):
    """The elements of `x` in order along `axis` (None: of the flattened array)."""
    return _picked(x, positions(x, axis, ascending, flat=True))


def topk(data, axis=-1, k=1, ret_typ="indices", is_ascend=False, dtype="float32", **_):
    """The `k` largest elements along an axis (`is_ascend`: smallest); k=0 means all.

    `ret_typ` says what is returned: "indices", "value", "both" or a "mask" of zeros and ones.
    """
    if ret_typ not in ("indices", "value", "both", "mask"):
        raise MXNetError(
            message(
                "topk", f"got ret_typ {ret_typ!r}", "It is 'indices', 'value', 'both' or 'mask'"
            )
        )
    whole = data.shape
    if axis is None:
        data, axis = data.reshape(-1), 0
    size = data.shape[axis]
    if not 0 <= k <= size:
        raise MXNetError(
            message(
                "topk", f"got k={k} along an axis of size {size}", f"k must be between 0 and {size}"
            )
        )
    key = (slice(None),) * (axis % data.ndim) + (slice(0, k or size),)
    ranks = positions(data, axis, is_ascend)
    if ret_typ == "mask":
        return (positions(ranks, axis) < (k or size)).astype(data.dtype).reshape(whole)
    indices = ranks[key].astype(dtype)
    if ret_typ == "indices":
        return indices
    values = _picked(data, positions(data, axis, is_ascend, flat=True)[key])
    return values if ret_typ == "value" else [values, indices]
