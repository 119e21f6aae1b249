"""The array module as rows see it: the closed list of names, bound to one device.

`namespace` makes it from a module that spells the list as NumPy does (NumPy, CuPy, FakeCuPy); the
functions below are those that these modules lack or spell differently, written once for all.
"""

import types
from functools import partial

from ..ops import indexing
from ..registry import OPS
from . import vocabulary
from .philox import blocks_of

__all__ = ["Namespace", "finish", "namespace"]


class Namespace:
    """Functions by name. Asking for a name that is not in the vocabulary says what to do."""

    def __init__(self, title: str):
        self._title = title

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(
            f"rows may not use xp.{name}: it is not in engine/devices/vocabulary.py. Write it with "
            "the functions listed there, or add it there and to engine/devices/standard.py"
        )

    def __repr__(self):
        return f"<xp of {self._title}>"


def namespace(module, own: dict | None = None) -> Namespace:
    """The vocabulary in the words of `module`, whose functions have NumPy's names; `own` functions
    stand instead of those made here."""
    space = Namespace(module.__name__)
    own = own or {}
    for name in vocabulary.FUNCTIONS:
        setattr(space, name, own.get(name) or getattr(module, name))
    space.linalg = Namespace(f"{module.__name__}.linalg")
    for name in vocabulary.LINALG:
        setattr(space.linalg, name, getattr(module.linalg, name))
    made = {name: partial(function, module) for name, function in MADE.items()}
    return finish(space, {**made, **own})


def finish(space: Namespace, added: dict) -> Namespace:
    """Puts the added functions into a namespace, and the rows that rules call."""
    for name in vocabulary.ADDED:
        setattr(space, name, added[name])
    for name in vocabulary.RULED:
        setattr(space, name, types.MethodType(OPS[name].forward, space))
    return space


# ----- What array modules lack or spell differently -----


def scatter_add(module, values, *, shape, key):
    """Zeros of `shape` to which `values` are added at the places of the index `key`."""
    out = module.zeros(shape, values.dtype)
    if indexing.is_basic(key):
        out[key] = values
    else:
        module.add.at(out, key, values)
    return out


def bounded(module, indices, size, mode):
    """Indices inside an axis of `size`: cut to it ("clip") or counted on round it ("wrap")."""
    indices = indices.astype("int64")
    return indices % size if mode == "wrap" else module.clip(indices, 0, size - 1)


def take(module, x, indices, *, axis=None, mode="clip"):
    """Elements of `x` along `axis` at integer `indices` of any dtype."""
    size = x.size if axis is None else x.shape[axis]
    return module.take(x, bounded(module, indices, size, mode), axis=axis)


def take_add(module, values, indices, *, shape, axis=None, mode="clip"):
    """Zeros of `shape` to which `values` are added where `take` with these arguments picks."""
    out = module.zeros(shape, values.dtype)
    indices = bounded(module, indices, out.size if axis is None else shape[axis], mode)
    if axis is None:
        module.add.at(out.reshape(-1), indices, values)
    else:
        module.add.at(out, (slice(None),) * (axis % len(shape)) + (indices,), values)
    return out


def concatenate(module, arrays, *, axis=0):
    """Arrays joined along an axis."""
    return module.concatenate(arrays, axis=axis)


def cast(module, x, *, dtype):
    """The same values in another dtype."""
    return x.astype(dtype)


def getitem(module, x, *, key):
    """`x[key]`."""
    return x[key]


def arange_like(module, x, *, size):
    """0, 1, … below `size` in the dtype of `x`."""
    return module.arange(size, dtype=x.dtype)


def einsum(module, *operands, labels):
    """Sum of products; `labels` names the axes of each operand and, last, of the result."""
    parts = [part for pair in zip(operands, labels, strict=False) for part in pair]
    return module.einsum(*parts, labels[-1], optimize=len(operands) > 1)


def philox(module, count, *, key, counter):
    """`count` random words of 32 bits, as int64: a stream's from block `counter` on."""
    numbers = module.arange(counter, counter + -(-count // 4), dtype="uint64")
    words = module.stack(blocks_of(numbers, key), axis=1)
    return words.reshape(-1)[:count].astype("int64")


def blockwise(module, function, x, *, dtype):
    """An elementwise function of an array, in the dtype given; a device may cut `x` into blocks."""
    return function(x).astype(dtype)


MADE = {
    function.__name__: function
    for function in (
        arange_like,
        blockwise,
        cast,
        concatenate,
        einsum,
        getitem,
        philox,
        scatter_add,
        take,
        take_add,
    )
}
