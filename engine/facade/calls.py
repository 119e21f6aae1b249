"""Short calls of rows, for functions that are made of several: `op("sum", x, axis=0)`."""

import numpy

from .. import elsewhere
from ..array import Array, invoke, ndarray, watch, wrap
from ..devices import HOST
from ..errors import message
from ..registry import OPS

__all__ = ["array_of", "arrays_of", "attach", "floats", "made", "op", "raw", "stream"]


def op(name, *operands, **attrs):
    """Runs the row `name` with its default attributes but for those given."""
    row = OPS[name]
    return invoke(row, operands, {**row.attrs, **attrs} or None)


def made(data, cls=ndarray):
    """A new source array around NumPy data, told to whoever watches."""
    data = data if elsewhere.is_elsewhere(data) else numpy.asarray(data)
    if elsewhere.home.device is not None:
        data = elsewhere.moved(data, elsewhere.home.device)
    result = wrap(cls, data)
    if watch.observer is not None:
        watch.observer.operation(OPS["array"], (), None, result, None)
    return result


def array_of(thing, x):
    """`x` itself if it is an array; raises `TypeError` if not."""
    if not isinstance(x, Array):
        raise TypeError(
            message(
                thing,
                f"got an operand of type {type(x).__name__}",
                "Operands must be arrays",
                "Convert it with `mx.np.array(…)` or `mx.nd.array(…)` first.",
            )
        )
    return x


def arrays_of(thing, xs):
    """A list of arrays from a sequence of them (or from the rows of one)."""
    return [array_of(thing, x) for x in xs]


def floats(x):
    """`x` itself if its elements are floats, else as float32."""
    return x if x._data.dtype.kind == "f" else x.astype("float32")


def raw(x):
    """The NumPy data of an array, or of anything that NumPy can read."""
    return elsewhere.host(x._data) if isinstance(x, Array) else numpy.asarray(x)


def stream():
    """The generator that draws now: a device's own where the program named it, else the host's."""
    home = elsewhere.home
    return (home.device if home.named and home.device is not None else HOST).xp.random


def attach(module, functions: dict) -> None:
    """Puts functions into a namespace module under their public names."""
    for name, function in functions.items():
        function.__name__ = function.__qualname__ = name
        setattr(module, name, function)
