"""Python's operators on arrays: arithmetic, comparison, indexing, iteration, in-place forms."""

from sys import getrefcount

import numpy

from . import elsewhere, views
from .array import ARRAYS, Array, Raw, invoke, watch, wrap
from .errors import INPLACE, MXNetError, ShapeError, message
from .lanes import lane
from .ops.indexing import is_basic
from .registry import OPS
from .signs import ARITHMETIC, COMPARISON
from .tape import LARGE, state

GETITEM = OPS["getitem"]

# ----- Arithmetic and comparison -----

LOGIC = {"and": "logical_and", "or": "logical_or", "xor": "logical_xor"}


def _in_place(op):
    quick = lane(op, op.name)
    ufunc = op.kernel if isinstance(op.kernel, numpy.ufunc) else None

    def call(self, other):
        if state.recording and self._entry is not None:
            raise MXNetError(INPLACE)
        if type(other) is type(self) and ufunc is not None and self._data.size >= LARGE:
            x, z = self._data, other._data
            same = z.shape == x.shape and z.dtype is x.dtype and x.dtype.kind == "f"
            if same and watch.observer is None and _unshared(self):
                ufunc(x, z, x)  # a new array of that size would cost page faults
                return self
        result = quick(self, other)
        x, y = self._data, result._data
        same = type(x) is type(y) is Raw and y.dtype is x.dtype and y.shape == x.shape
        if same and watch.observer is None and getattr(self, "_buffer", None) is None:
            self._data = y
            return self
        return self._become(result)

    return call


def _unshared(array) -> bool:
    """Whether nobody else holds the array's memory; called by who has it in one variable, too."""
    group = getattr(array, "_buffer", None)
    if group is not None:
        group.sweep()
        if len(group.members) > 1:
            return False
        array._buffer = group = None
    return _references(array) <= ALONE and array._data.base is None


def _references(array) -> int:
    raw = array._data
    return getrefcount(raw)


def _alone() -> int:
    """What `_references` counts when only an array and a variable hold the memory: see `tape`."""
    array = wrap(Array, numpy.zeros(1))
    raw = array._data
    return _references(array) if raw.base is None else 0


ALONE = _alone()


def _equality(op):
    quick = lane(op, op.name)

    def call(self, other):
        if other is None or isinstance(other, str):
            return NotImplemented
        return quick(self, other)

    return call


for _name, _row in ARITHMETIC.items():
    setattr(Array, f"__{_name}__", lane(OPS[_row], _row))
    setattr(Array, f"__r{_name}__", lane(OPS[_row], _row, reflected=True))
    setattr(Array, f"__i{_name}__", _in_place(OPS[_row]))
for _name, _row in COMPARISON.items():
    _made = _equality(OPS[_row]) if _name in ("eq", "ne") else lane(OPS[_row], _row)
    setattr(Array, f"__{_name}__", _made)


def _logic(name, op):
    """A logical operation; on integers it works on their bits, which has no row and no gradient."""
    function = getattr(numpy, f"bitwise_{name}")

    def call(self, other):
        raw = other._data if type(other) is type(self) else other
        kind = getattr(raw, "dtype", None) or numpy.asarray(raw).dtype
        if self._data.dtype.kind not in "iu" or kind.kind not in "iu":
            return invoke(op, (self, other))
        place = elsewhere.place_of(self._data)
        if elsewhere.is_elsewhere(raw) and raw.device is not place:
            return invoke(op, (self, other))  # which says what it thinks of two devices
        bits = function(elsewhere.host(self._data), elsewhere.host(raw))
        return _source(type(self), elsewhere.moved(bits, place))

    return call


def _source(cls, raw):
    """A new source array around `raw`, told to whoever watches."""
    result = wrap(cls, raw)
    if watch.observer is not None:
        watch.observer.operation(OPS["array"], (), None, result, None)
    return result


def _invert(self):
    if self._data.dtype.kind in "iu":
        bits = ~elsewhere.host(self._data)
        return _source(type(self), elsewhere.moved(bits, elsewhere.place_of(self._data)))
    return invoke(OPS["logical_not"], (self,))


for _name, _row in LOGIC.items():
    setattr(Array, f"__{_name}__", _logic(_name, OPS[_row]))
    setattr(Array, f"__r{_name}__", _logic(_name, OPS[_row]))
Array.__matmul__ = lane(OPS["matmul"], "matmul")
Array.__neg__ = lane(OPS["negative"], "negative")
Array.__pos__ = lambda self: self
Array.__abs__ = lane(OPS["abs"], "abs")
Array.__invert__ = _invert

# ----- Indexing -----


def raw_key(key):
    """An index as raw parts: our arrays and lists become raw index arrays, the rest stays."""
    if isinstance(key, tuple):
        return tuple(_raw_part(part) for part in key)
    return _raw_part(key)


def _raw_part(part):
    if part is None or part is Ellipsis or type(part) is int:
        return part
    if isinstance(part, slice):
        return slice(*(None if n is None else int(n) for n in (part.start, part.stop, part.step)))
    if isinstance(part, Array):
        part = part._data
        if elsewhere.is_elsewhere(part):
            return part if part.dtype.kind in "biu" else part.astype("int64")
    elif isinstance(part, list | tuple | range):
        part = numpy.asarray([p._data if isinstance(p, Array) else p for p in part])
    if isinstance(part, bool | numpy.bool_):
        return numpy.asarray(bool(part))
    if isinstance(part, int | numpy.integer):
        return int(part)
    if isinstance(part, Raw):
        return part if part.dtype.kind in "biu" else part.astype("int64")
    raise ValueError(
        message(
            "indexing",
            f"got an index of type {type(part).__name__}",
            "An index is an integer, a slice, None, Ellipsis, a list or an array of integers or "
            "booleans",
        )
    )


def _getitem(self, key):
    key = raw_key(key)
    result = invoke(GETITEM, (self,), {"key": key})
    if result._entry is None and is_basic(key):
        key = key if isinstance(key, tuple) else (key,)
        # As MXNet: contiguous parts are views, so writing to them writes to the whole.
        if type(self._data) is not Raw:
            if _is_whole_rows(key):
                views.share(self, result, ("getitem", key), ("reshape", result.shape))
        elif views.look(self._data, (("getitem", key),)).flags.c_contiguous:
            views.share(self, result, ("getitem", key), ("reshape", result.shape))
    return result


def _is_whole_rows(key):
    """Whether a basic index picks neighbouring rows: what it gives is contiguous."""
    first = key[0] if key else slice(None)
    return len(key) <= 1 and (
        type(first) is int or (isinstance(first, slice) and first.step in (None, 1))
    )


def _without_ones(value, target):
    """`value` without as many axes of size 1 in front as it has more than its target."""
    value = value if elsewhere.is_elsewhere(value) else numpy.asarray(value)
    more = value.ndim - target.ndim
    if more <= 0 or value.shape[:more] != (1,) * more:
        raise ValueError("the shapes do not fit")
    return value.reshape(value.shape[more:])


def _setitem(self, key, value):
    key = raw_key(key)
    recorded = type(value) in ARRAYS and value._entry is not None
    if state.recording and (recorded or self._entry is not None):
        raise MXNetError(INPLACE)
    raw = value._data if isinstance(value, Array) else value
    try:
        try:
            self._write(key, raw)
        except (ValueError, TypeError):  # NumPy refuses axes of size 1 in front, MXNet does not
            self._write(key, _without_ones(raw, self._data[key]))
    except (ValueError, IndexError) as problem:
        shape = getattr(raw, "shape", None)
        shape = numpy.shape(raw) if shape is None else shape
        kind = ShapeError if isinstance(problem, ValueError) else IndexError
        raise kind(
            message(
                "assignment",
                f"cannot write a value of shape {shape} to these elements of an "
                f"array of shape {self.shape} ({problem})",
                "The value must broadcast to them",
            )
        ) from None
    if watch.observer is not None:
        watch.observer.assigned(self, key, value)


def _iterate(self):
    return (self[k] for k in range(len(self)))


def _contains(self, value):
    own = elsewhere.host(self._data)
    return bool((own == (elsewhere.host(value._data) if isinstance(value, Array) else value)).any())


Array.__getitem__ = _getitem
Array.__setitem__ = _setitem
Array.__iter__ = _iterate
Array.__contains__ = _contains
