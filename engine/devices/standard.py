"""Any array library that follows the Python array API standard, in the words that rows use.

The standard has functions, no methods; it neither mixes dtypes nor sums booleans; its indices are
plain. So a raw array is here a thin `Array` around the library's own, with NumPy's promotion done
in the open, and each function of the vocabulary is the standard's (under its name there), or made
from the standard's. `ROUND_TRIPS` lists what the standard cannot express: there, and nowhere else,
elements go to NumPy and back.

The product does not run on this yet: it proves that rows say nothing that only NumPy knows.
"""

from collections import Counter
from math import prod

import numpy

from .. import shapes
from ..ops import indexing
from ..signs import ARITHMETIC, COMPARISON
from . import vocabulary
from .device import Device
from .draws import Draws
from .namespace import Namespace, bounded, finish
from .philox import blocks_of

__all__ = ["ROUND_TRIPS", "Array", "StandardDevice"]

#: What goes through the host, and why. `StandardDevice.trips` counts them by these names.
ROUND_TRIPS = {
    "asnumpy": "a value is read",
    "key": "an index array's elements decide which elements are meant; those themselves stay",
    "number": "a decision in Python hangs on one element (bounds of an index, its count)",
    "scatter_add": "the standard cannot add at places that may repeat",
    "take_add": "the same along an axis",
}

#: Names of dtypes that the standard has. (It has no float16.)
DTYPES = ("bool", "float32", "float64", "int8", "int16", "int32", "int64", "uint8")

# ----- Names in the standard -----

#: name -> (name in the standard, what its operands become first: "float", "bool" or None)
ELEMENTWISE = {
    **{name: (name, None) for name in "abs ceil equal floor floor_divide greater greater_equal "
       "isfinite isinf isnan less less_equal maximum minimum multiply negative not_equal sign "
       "square subtract add trunc".split()},
    **{name: (name, "float") for name in "copysign cos cosh exp expm1 hypot log log10 log1p log2 "
       "logaddexp signbit sin sinh sqrt tan tanh".split()},
    **{name: (name, "bool") for name in "logical_and logical_not logical_or logical_xor".split()},
    **{f"arc{name}": (f"a{name}", "float") for name in "cos cosh sin sinh tan tanh tan2".split()},
    "mod": ("remainder", None),
    "power": ("pow", None),
    "true_divide": ("divide", "float"),
}  # fmt: skip

OPERATORS = {**ARITHMETIC, **COMPARISON}


class Array:
    """A raw array: the library's own, with operators, indexing and the vocabulary's methods."""

    __slots__ = ("_device", "_inner")
    __array_ufunc__ = None
    __hash__ = None

    def __init__(self, device, inner):
        self._device = device
        self._inner = inner

    def __array__(self, dtype=None, copy=None):
        raise TypeError("nothing becomes a NumPy array by itself; use the device's asnumpy")

    @property
    def shape(self):
        """Sizes of the axes."""
        return tuple(self._inner.shape)

    @property
    def ndim(self):
        """Number of axes."""
        return len(self._inner.shape)

    @property
    def size(self):
        """Number of elements."""
        return prod(self._inner.shape)

    @property
    def dtype(self):
        """Element type, as NumPy's dtype."""
        return self._device.dtype_of(self._inner)

    @property
    def T(self):
        """The axes in reverse order."""
        return self._device.xp.transpose(self)

    def astype(self, dtype):
        """The elements in another dtype."""
        return Array(self._device, self._device.converted(self._inner, numpy.dtype(dtype)))

    def copy(self):
        """The elements in new memory."""
        return Array(self._device, self._device.std.asarray(self._inner, copy=True))

    def reshape(self, *shape):
        """The elements in another shape."""
        return self._device.xp.reshape(self, shape[0] if len(shape) == 1 else shape)

    def sum(self, axis=None):
        """Sum over an axis, or of all elements."""
        return self._device.xp.sum(self, axis=axis)

    def max(self, axis=None):
        """Largest element over an axis, or of all."""
        return self._device.xp.max(self, axis=axis)

    def min(self, axis=None):
        """Smallest element over an axis, or of all."""
        return self._device.xp.min(self, axis=axis)

    def __neg__(self):
        return self._device.xp.negative(self)

    def __bool__(self):
        return bool(self._device.host(self, "number"))

    def __int__(self):
        return int(self._device.host(self, "number"))

    def __float__(self):
        return float(self._device.host(self, "number"))

    def __getitem__(self, key):
        if plain(key):
            return Array(self._device, self._inner[spelled(self.shape, key)])
        places = self._places(key)
        return self._device.xp.take(self, self._device.array(places))

    def __setitem__(self, key, value):
        device, xp = self._device, self._device.xp
        if plain(key) and not any(part is None for part in tuple_of(key)):
            key = spelled(self.shape, key)
            wide = self._inner[key].shape
            value = xp.broadcast_to(device.raw(value, self.dtype), wide).astype(self.dtype)
            self._inner[key] = value._inner
            return
        # Each place asks which of the values it gets, if any.
        places = self._places(key)
        source = numpy.full(self.size, -1)
        source[places.reshape(-1)] = numpy.arange(places.size)
        asks = device.array(source)
        values = xp.broadcast_to(device.raw(value, self.dtype), places.shape).astype(self.dtype)
        if places.size:
            flat = xp.where(asks >= 0, xp.take(values, xp.maximum(asks, 0)), self.reshape(-1))
            self._inner = flat.reshape(self.shape)._inner

    def _places(self, key):
        """Positions in the flattened array, as NumPy's, that an index with arrays means."""
        host = tuple(
            self._device.host(part, "key") if isinstance(part, Array) else part
            for part in tuple_of(key)
        )
        return numpy.asarray(numpy.arange(self.size).reshape(self.shape)[host])


for _sign, _name in OPERATORS.items():
    setattr(Array, f"__{_sign}__", lambda a, b, n=_name: a._device.operate(n, a, b))
    setattr(Array, f"__r{_sign}__", lambda a, b, n=_name: a._device.operate(n, b, a))


def tuple_of(key) -> tuple:
    """An index as a tuple of its parts."""
    return key if isinstance(key, tuple) else (key,)


def plain(key) -> bool:
    """Whether an index has nothing but integers, slices, None and Ellipsis."""
    return indexing.is_basic(key)


def spelled(shape, key) -> tuple:
    """A plain index in full: one part for each axis, slices within the axes' bounds."""
    parts = list(tuple_of(key))
    used = sum(part is not None and part is not Ellipsis for part in parts)
    if not any(part is Ellipsis for part in parts):
        parts.append(Ellipsis)
    at = next(k for k, part in enumerate(parts) if part is Ellipsis)
    parts[at : at + 1] = [slice(None)] * (len(shape) - used)
    axis, found = 0, []
    for part in parts:
        if part is not None:
            if isinstance(part, slice):
                start, stop, step = part.indices(shape[axis])
                empty = not len(range(start, stop, step))
                part = slice(0, 0, 1) if empty else slice(start, None if stop < 0 else stop, step)
            axis += 1
        found.append(part)
    return tuple(found)


class StandardDevice(Device):
    """A device of a library that follows the standard (`std`, its namespace); `place` is the
    library's own device object. `trips` counts what went through the host, by its reason."""

    def __init__(self, std, place, kind: str = "standard", index: int = 0):
        self.std = std
        self.place = place
        self.trips = Counter()
        self._dtypes = {name: getattr(std, name) for name in DTYPES}
        words = _Words(self)
        space = Namespace(std.__name__)
        for name in vocabulary.FUNCTIONS:
            setattr(space, name, words.function(name))
        space.linalg = Namespace(f"{std.__name__}.linalg")
        for name in vocabulary.LINALG:
            setattr(space.linalg, name, words.on_matrices(name))
        finish(space, {name: getattr(words, name) for name in vocabulary.ADDED})
        super().__init__(kind, index, space)
        space.random = Draws(self)

    def supports(self, dtype: str) -> bool:
        return dtype in DTYPES

    def is_raw(self, value) -> bool:
        return isinstance(value, Array)

    def array(self, host):
        host = numpy.asarray(host)
        flat = self.std.asarray(
            host.reshape(-1).tolist(), dtype=self._dtypes[host.dtype.name], device=self.place
        )
        return Array(self, self.std.reshape(flat, host.shape))

    def asnumpy(self, raw):
        return self.host(raw, "asnumpy")

    def host(self, raw, reason: str) -> numpy.ndarray:
        """A raw array as NumPy's, for one of the reasons of `ROUND_TRIPS`."""
        assert reason in ROUND_TRIPS, reason
        self.trips[reason] += 1
        home = self.std.__array_namespace_info__().default_device()
        return numpy.array(numpy.from_dlpack(raw._inner.to_device(home)))

    # ----- dtypes -----

    def dtype_of(self, inner) -> numpy.dtype:
        """NumPy's dtype for the library's array."""
        return next(numpy.dtype(n) for n, dtype in self._dtypes.items() if dtype == inner.dtype)

    def converted(self, inner, dtype: numpy.dtype):
        """The library's array in another dtype."""
        wanted = self._dtypes[dtype.name]
        if inner.dtype == wanted:
            return inner
        if self.dtype_of(inner).kind == "f" and dtype.kind == "b":
            return inner != 0
        return self.std.astype(inner, wanted)

    def raw(self, value, dtype=None) -> Array:
        """A raw array, or a Python number as one (of `dtype`)."""
        if isinstance(value, Array):
            return value
        dtype = numpy.asarray(value).dtype if dtype is None else dtype
        made = self.std.asarray(value, dtype=self._dtypes[dtype.name], device=self.place)
        return Array(self, made)

    def together(self, *values, become=None) -> list:
        """Operands as the library's arrays of one dtype, by NumPy's rules of promotion."""
        if become == "bool":
            values = [v if isinstance(v, Array) else bool(v) for v in values]
            dtype = numpy.dtype("bool")
        else:
            # A Python number gives way to an array's dtype, of whatever size.
            dtype = numpy.result_type(*(v.dtype if isinstance(v, Array) else v for v in values))
            if become == "float" and dtype.kind != "f":
                dtype = numpy.dtype("float64")
        return [self.converted(self.raw(v, dtype)._inner, dtype) for v in values]

    def operate(self, name, a, b):
        """An operator; other operands than arrays of this device and numbers are refused."""
        for x in (a, b):
            if not isinstance(x, Array | bool | int | float | numpy.generic):
                return NotImplemented
        return getattr(self.xp, name)(a, b)


class _Words:
    """The vocabulary's functions on one device."""

    def __init__(self, device: StandardDevice):
        self.device = device
        self.std = device.std

    def function(self, name):
        """The function of that name: made below, or the standard's."""
        own = getattr(self, f"{name}_", None)
        if own is not None:
            return own
        if name not in ELEMENTWISE:
            raise NotImplementedError(f"engine/devices/standard.py has no form of xp.{name} yet")
        standard, become = ELEMENTWISE[name]
        function, device = getattr(self.std, standard), self.device

        def elementwise(*operands):
            given = device.together(*operands, become=become)
            if become or name in ("equal", "not_equal") or given[0].dtype != self.std.bool:
                return self.out(function(*given))
            # The standard neither orders booleans nor computes with them: bits stand in.
            bits = self.std.int8
            made = self.out(function(*(self.std.astype(x, bits) for x in given)))
            return made.astype("bool") if made.dtype == "int8" else made

        return elementwise

    def out(self, inner):
        """The library's array as a raw one."""
        return Array(self.device, inner)

    def floating(self, x):
        """The library's array in a floating dtype."""
        return self.device.together(x, become="float")[0]

    def counted(self, x):
        """The library's array, booleans as integers."""
        return (x.astype("int64") if x.dtype.kind == "b" else x)._inner

    def dtype(self, name):
        """The library's dtype of that name."""
        return self.device._dtypes[numpy.dtype(name).name]

    def on_matrices(self, name):
        """A function of `linalg`."""
        function = getattr(self.std.linalg, name)

        def call(*operands, **options):
            made = function(*self.device.together(*operands, become="float"), **options)
            return tuple(map(self.out, made)) if isinstance(made, tuple) else self.out(made)

        return call

    # ----- Elementwise functions that the standard does not have -----

    def cbrt_(self, x):
        xp = self.device.xp
        x = self.out(self.floating(x))
        root = xp.power(xp.abs(x), 1 / 3)
        safe = xp.where(root == 0, 1.0, root)
        # One step of Newton's method: a third is no binary fraction.
        root = root - xp.where(xp.isfinite(root), (root - xp.abs(x) / (safe * safe)) / 3, 0.0)
        return xp.copysign(root, x)

    def degrees_(self, x):
        return self.out(self.floating(x)) * (180 / numpy.pi)

    def radians_(self, x):
        return self.out(self.floating(x)) * (numpy.pi / 180)

    def fmod_(self, a, b):
        xp = self.device.xp
        a, b = map(self.out, self.device.together(a, b))
        rest = xp.mod(xp.abs(a), xp.abs(b))
        return xp.where(a < 0, -rest, rest)

    def heaviside_(self, a, b):
        xp = self.device.xp
        a, b = map(self.out, self.device.together(a, b, become="float"))
        return xp.where(a == 0, b, xp.where(xp.isnan(a), a, xp.where(a > 0, 1.0, 0.0)))

    def clip_(self, x, low, high):
        xp = self.device.xp
        x = x if low is None else xp.maximum(x, low)
        return x if high is None else xp.minimum(x, high)

    def where_(self, condition, a, b):
        (holds,) = self.device.together(condition, become="bool")
        return self.out(self.std.where(holds, *self.device.together(a, b)))

    # ----- Reductions -----

    def sum_(self, x, axis=None, keepdims=False):
        return self.out(self.std.sum(self.counted(x), axis=axis, keepdims=keepdims))

    def prod_(self, x, axis=None, keepdims=False):
        return self.out(self.std.prod(self.counted(x), axis=axis, keepdims=keepdims))

    def mean_(self, x, axis=None, keepdims=False):
        return self.out(self.std.mean(self.floating(x), axis=axis, keepdims=keepdims))

    def var_(self, x, axis=None, ddof=0, keepdims=False):
        given = {"axis": axis, "correction": ddof, "keepdims": keepdims}
        return self.out(self.std.var(self.floating(x), **given))

    def std_(self, x, axis=None, ddof=0, keepdims=False):
        given = {"axis": axis, "correction": ddof, "keepdims": keepdims}
        return self.out(self.std.std(self.floating(x), **given))

    def max_(self, x, axis=None, keepdims=False):
        found = self.std.max(self.counted(x), axis=axis, keepdims=keepdims)
        return self.out(found).astype(x.dtype)

    def min_(self, x, axis=None, keepdims=False):
        found = self.std.min(self.counted(x), axis=axis, keepdims=keepdims)
        return self.out(found).astype(x.dtype)

    def all_(self, x, axis=None, keepdims=False):
        return self.out(self.std.all(x._inner, axis=axis, keepdims=keepdims))

    def any_(self, x, axis=None, keepdims=False):
        return self.out(self.std.any(x._inner, axis=axis, keepdims=keepdims))

    def argmax_(self, x, axis=None):
        return self.out(self.std.argmax(self.counted(x), axis=axis))

    def argmin_(self, x, axis=None):
        return self.out(self.std.argmin(self.counted(x), axis=axis))

    def argsort_(self, x, axis=-1, kind="stable"):
        return self.out(self.std.argsort(self.counted(x), axis=axis, stable=True))

    def cumsum_(self, x, axis=None):
        x = x.reshape(-1) if axis is None else x
        return self.out(self.std.cumulative_sum(self.counted(x), axis=axis or 0))

    # ----- Sums of products -----

    def matmul_(self, a, b):
        return self.out(self.std.matmul(*self.device.together(a, b)))

    def dot_(self, a, b):
        if not a.shape or not b.shape:
            return a * b
        axes = ((a.ndim - 1,), (max(b.ndim - 2, 0),))
        return self.tensordot_(a, b, axes=axes)

    def tensordot_(self, a, b, axes=2):
        axes = shapes.tensordot_axes("tensordot", a.shape, b.shape, axes)
        return self.out(self.std.tensordot(*self.device.together(a, b), axes=axes))

    def einsum(self, *operands, labels):
        """Every label gets an axis of its own, in one order; then products, and a sum."""
        order = sorted({label for given in labels for label in given})
        total = None
        for x, given in zip(operands, labels, strict=False):
            x = self.transpose_(x, tuple(given.index(n) for n in order if n in given))
            x = x.reshape(tuple(x.shape[sorted(given).index(n)] if n in given else 1
                                for n in order))  # fmt: skip
            total = x if total is None else total * x
        gone = tuple(k for k, label in enumerate(order) if label not in labels[-1])
        total = self.sum_(total, axis=gone) if gone else total
        kept = [label for label in order if label in labels[-1]]
        return self.transpose_(total, tuple(kept.index(n) for n in labels[-1]))

    # ----- Moving elements -----

    def reshape_(self, x, shape):
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        return self.out(self.std.reshape(x._inner, shape))

    def transpose_(self, x, axes=None):
        order = tuple(range(x.ndim))[::-1] if axes is None else tuple(axes)
        return self.out(self.std.permute_dims(x._inner, order))

    def swapaxes_(self, x, a, b):
        order = list(range(x.ndim))
        order[a], order[b] = order[b], order[a]
        return self.transpose_(x, tuple(order))

    def expand_dims_(self, x, axis):
        axes = (axis,) if isinstance(axis, int) else tuple(axis)
        rank = x.ndim + len(axes)
        at = shapes.axes_of("expand_dims", axes, rank)
        sizes = iter(x.shape)
        return self.reshape_(x, tuple(1 if k in at else next(sizes) for k in range(rank)))

    def squeeze_(self, x, axis=None):
        ones = tuple(k for k, n in enumerate(x.shape) if n == 1)
        at = ones if axis is None else shapes.axes_of("squeeze", axis, x.ndim)
        return self.out(self.std.squeeze(x._inner, axis=at))

    def broadcast_to_(self, x, shape):
        return self.out(self.std.broadcast_to(x._inner, tuple(shape)))

    def flip_(self, x, axis=None):
        return self.out(self.std.flip(x._inner, axis=axis))

    def roll_(self, x, shift, axis=None):
        return self.out(self.std.roll(x._inner, shift, axis=axis))

    def repeat_(self, x, repeats, axis=None):
        return self.out(self.std.repeat(x._inner, repeats, axis=axis))

    def tile_(self, x, reps):
        reps = (reps,) if isinstance(reps, int) else tuple(reps)
        return self.out(self.std.tile(x._inner, reps))

    def stack_(self, arrays, axis=0):
        return self.out(self.std.stack(self.device.together(*arrays), axis=axis))

    def concatenate(self, arrays, *, axis=0):
        return self.out(self.std.concat(self.device.together(*arrays), axis=axis))

    def tril_(self, x, k=0):
        return self.out(self.std.tril(x._inner, k=k))

    def triu_(self, x, k=0):
        return self.out(self.std.triu(x._inner, k=k))

    def pad_(self, x, widths, constant_values=0):
        wide = tuple(a + n + b for (a, b), n in zip(widths, x.shape, strict=True))
        out = self.full_(wide, constant_values, x.dtype)
        inner = tuple(slice(a, a + n) for (a, _), n in zip(widths, x.shape, strict=True))
        out[inner] = x
        return out

    # ----- New arrays -----

    def zeros_(self, shape, dtype="float64"):
        return self.full_(shape, 0, dtype)

    def ones_(self, shape, dtype="float64"):
        return self.full_(shape, 1, dtype)

    def full_(self, shape, value, dtype=None):
        dtype = numpy.dtype(numpy.asarray(value).dtype if dtype is None else dtype)
        value = dtype.type(value).item()
        place = self.device.place
        return self.out(self.std.full(shape, value, dtype=self.dtype(dtype), device=place))

    def zeros_like_(self, x):
        return self.full_(x.shape, 0, x.dtype)

    def arange_(self, start, stop=None, step=1, dtype=None):
        dtype = numpy.arange(start, stop, step).dtype if dtype is None else dtype
        place = self.device.place
        made = self.std.arange(start, stop, step, dtype=self.dtype(dtype), device=place)
        return self.out(made)

    def linspace_(self, start, stop, num, endpoint=True):
        given = {"dtype": self.dtype("float64"), "device": self.device.place}
        return self.out(self.std.linspace(start, stop, num, endpoint=endpoint, **given))

    def eye_(self, rows, columns=None, k=0, dtype="float64"):
        given = {"dtype": self.dtype(dtype), "device": self.device.place}
        return self.out(self.std.eye(rows, columns, k=k, **given))

    # ----- What is not NumPy's -----

    def cast(self, x, *, dtype):
        return x.astype(dtype)

    def getitem(self, x, *, key):
        return x[key]

    def arange_like(self, x, *, size):
        return self.arange_(size, dtype=x.dtype)

    def take(self, x, indices, *, axis=None, mode="clip"):
        """One index for each place along one axis is all that the standard knows."""
        x, axis = (x.reshape(-1), 0) if axis is None else (x, axis % x.ndim)
        at = bounded(self.device.xp, indices.reshape(-1), x.shape[axis], mode)
        found = self.out(self.std.take(x._inner, at._inner, axis=axis))
        return found.reshape((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))

    def philox(self, count, *, key, counter):
        stop = counter + -(-count // 4)
        place = {"dtype": self.std.uint64, "device": self.device.place}
        numbers = self.std.arange(counter, stop, **place)
        words = self.std.stack(list(blocks_of(numbers, key)), axis=1)
        flat = self.std.reshape(words, (-1,))[:count]
        return self.out(self.std.astype(flat, self.std.int64))

    def blockwise(self, function, x, *, dtype):
        return function(x).astype(dtype)

    def scatter_add(self, values, *, shape, key):
        if plain(key):
            out = self.zeros_(shape, values.dtype)
            out[key] = values
            return out
        out = numpy.zeros(shape, values.dtype)
        parts = tuple(
            self.device.host(part, "key") if isinstance(part, Array) else part
            for part in tuple_of(key)
        )
        numpy.add.at(out, parts, self.device.host(values, "scatter_add"))
        return self.device.array(out)

    def take_add(self, values, indices, *, shape, axis=None, mode="clip"):
        out = numpy.zeros(shape, values.dtype)
        size = out.size if axis is None else shape[axis]
        at = bounded(numpy, self.device.host(indices, "take_add"), size, mode)
        lead = (slice(None),) * (0 if axis is None else axis % len(shape))
        target = out.reshape(-1) if axis is None else out
        numpy.add.at(target, (*lead, at), self.device.host(values, "take_add"))
        return self.device.array(out)
