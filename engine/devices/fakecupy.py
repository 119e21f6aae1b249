"""A stand-in for CuPy on machines without a GPU: NumPy inside, CuPy's manners outside.

It has CuPy's names and keywords and no others (`cupy_surface.py`, recorded from the real one), and
is strict where CuPy differs from NumPy:

* nothing converts by itself: `numpy.asarray(x)`, or a NumPy array or list as an operand, raises;
* reductions and single elements are arrays without axes, never scalars;
* index arrays out of bounds wrap silently; of equal indices in an assignment any may win (here the
  first does, where NumPy's last would);
* memory comes from a pool with a limit (`OutOfMemoryError`); `poison` fills what is given back, so
  that who reads freed memory notices.

`--device fake` of the server runs on it, and so do the tests of portability.
"""

import types

import numpy

from ..signs import ARITHMETIC, BITS, COMPARISON
from . import cupy_surface

__version__ = cupy_surface.VERSION

#: dtypes, constants and helpers that CuPy takes from NumPy.
bool_, float16, float32, float64 = numpy.bool_, numpy.float16, numpy.float32, numpy.float64
int8, int16, int32, int64 = numpy.int8, numpy.int16, numpy.int32, numpy.int64
uint8, uint16, uint32, uint64 = numpy.uint8, numpy.uint16, numpy.uint32, numpy.uint64
dtype, inf, nan, newaxis, pi, e = (
    numpy.dtype,
    numpy.inf,
    numpy.nan,
    numpy.newaxis,
    numpy.pi,
    numpy.e,
)

REFUSED = (
    "Implicit conversion to a NumPy array is not allowed. "
    "Please use `.get()` to construct a NumPy array explicitly."
)
SCALARS = (bool, int, float, complex, numpy.generic)


# ----- Memory -----


class OutOfMemoryError(MemoryError):
    """The pool's limit is reached."""

    def __init__(self, size, total, limit):
        super().__init__(
            f"Out of memory allocating {size:,} bytes (allocated so far: {total:,} bytes, "
            f"limit set to: {limit:,} bytes)."
        )


class MemoryPool:
    """Counts the bytes of the arrays that own memory; `set_limit` bounds them (0: no limit)."""

    def __init__(self):
        self._used = 0
        self._limit = 0
        #: Whether memory is overwritten when its array dies.
        self.poison = False

    def set_limit(self, size=None, fraction=None):
        """Bounds the bytes in use."""
        self._limit = int(size or 0) if fraction is None else int(fraction * (1 << 30))

    def get_limit(self):
        """The bound, 0 for none."""
        return self._limit

    def used_bytes(self):
        """Bytes of living arrays."""
        return self._used

    def total_bytes(self):
        """Bytes taken from the device: here the same, nothing is kept back."""
        return self._used

    def free_bytes(self):
        """Bytes kept for later arrays."""
        return 0

    def free_all_blocks(self, stream=None):
        """Gives back what is kept for later."""

    def _take(self, size):
        if self._limit and self._used + size > self._limit:
            raise OutOfMemoryError(size, self._used, self._limit)
        self._used += size


_pool = MemoryPool()


def get_default_memory_pool() -> MemoryPool:
    """The pool that all arrays come from."""
    return _pool


# ----- The array -----


class ndarray:
    """An array on the pretended device."""

    __slots__ = ("__weakref__", "_host", "_owned", "base")
    __array_ufunc__ = None
    __array_priority__ = 100
    __hash__ = None

    def __init__(self, *_, **__):
        raise TypeError("make arrays with fakecupy.array, zeros, …")

    def __del__(self):
        if getattr(self, "_owned", 0):
            _pool._used -= self._owned
            if _pool.poison and self._host.flags.writeable:
                self._host.reshape(-1).view("uint8")[...] = 0xA5

    def __array__(self, dtype=None, copy=None):
        raise TypeError(REFUSED)

    @property
    def shape(self):
        """Sizes of the axes."""
        return self._host.shape

    @property
    def dtype(self):
        """Element type, as NumPy's dtype."""
        return self._host.dtype

    @property
    def ndim(self):
        """Number of axes."""
        return self._host.ndim

    @property
    def size(self):
        """Number of elements."""
        return self._host.size

    @property
    def nbytes(self):
        """Bytes of the elements."""
        return self._host.nbytes

    @property
    def itemsize(self):
        """Bytes of one element."""
        return self._host.itemsize

    @property
    def flags(self):
        """How the elements lie in memory."""
        return self._host.flags

    @property
    def T(self):
        """The axes reversed."""
        return _SPACE["transpose"](self)

    def get(self, stream=None, order="C", out=None, blocking=True):
        """The elements as a NumPy array, copied; waits for the device."""
        cuda.synchronizations += 1
        return self._host.copy()

    def item(self, *where):
        """One element as a Python number; waits for the device."""
        cuda.synchronizations += 1
        return self._host.item(*where)

    def tolist(self):
        """Nested lists of Python numbers; waits for the device."""
        cuda.synchronizations += 1
        return self._host.tolist()

    def fill(self, value):
        """Sets all elements to a number."""
        if isinstance(value, numpy.ndarray) and value.shape:
            raise ValueError("non-scalar numpy.ndarray cannot be used for fill")
        self._host[...] = _given(value)

    def __bool__(self):
        return bool(self.item())

    def __int__(self):
        return int(self.item())

    def __float__(self):
        return float(self.item())

    def __index__(self):
        if self.dtype.kind not in "iu" or self.shape:
            raise TypeError("only integer scalar arrays can be converted to a scalar index")
        return int(self.item())

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self):
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[k] for k in range(len(self)))

    def __repr__(self):
        return repr(self._host)

    # ----- Indexing -----

    def __getitem__(self, key):
        return _made(self._host[_wrapped_key(self._host.shape, key)], self)

    def __setitem__(self, key, value):
        if isinstance(value, numpy.ndarray) and value.shape:
            raise ValueError("non-scalar numpy.ndarray cannot be used for fill")
        key = _wrapped_key(self._host.shape, key)
        value = _given(value)
        parts = key if isinstance(key, tuple) else (key,)
        if not any(isinstance(part, numpy.ndarray) for part in parts):
            self._host[key] = value
            return
        places = numpy.arange(self._host.size).reshape(self._host.shape)[key]
        values = numpy.broadcast_to(numpy.asarray(value, self.dtype), places.shape)
        self._host.flat[places.reshape(-1)[::-1]] = values.reshape(-1)[::-1]


def _made(host, *sources):
    """An array around NumPy's result; a view keeps the array whose memory it looks at."""
    if isinstance(host, tuple | list):
        found = [_made(part, *sources) for part in host]
        if isinstance(host, tuple) and hasattr(host, "_fields"):
            return type(host)(*found)
        return type(host)(found)
    if not isinstance(host, numpy.ndarray):
        if not isinstance(host, numpy.generic):
            return host  # a shape, a dtype, a truth about dtypes
        host = numpy.asarray(host)
    raw = object.__new__(ndarray)
    raw._host = host
    raw._owned = 0
    raw.base = None
    owner = host
    while isinstance(owner.base, numpy.ndarray):
        owner = owner.base
    for source in sources:
        if source._host is owner or (source.base is not None and source.base._host is owner):
            raw.base = source if source.base is None else source.base
            return raw
        if source._host.base is owner:  # NumPy keeps a base that no array here stands for
            raw.base = source
            return raw
    _pool._take(host.nbytes)
    raw._owned = host.nbytes
    return raw


def _wrapped_key(shape, key):
    """An index for NumPy: device arrays as its own, integers out of bounds counted on round."""
    parts = key if isinstance(key, tuple) else (key,)
    used = sum(_axes(part) for part in parts)
    axis, found = 0, []
    for part in parts:
        if part is Ellipsis:
            axis += len(shape) - used
        if isinstance(part, list):
            part = numpy.asarray(part)
        elif isinstance(part, numpy.ndarray) and part.shape:
            raise IndexError("a NumPy array cannot index a device's array; use fakecupy.asarray")
        if isinstance(part, ndarray):
            part = part._host
            if part.dtype.kind in "iu" and axis < len(shape) and shape[axis]:
                part = part % shape[axis]
        found.append(part)
        axis += _axes(part)
    return tuple(found) if isinstance(key, tuple) else found[0]


def _axes(part):
    if part is None or part is Ellipsis:
        return 0
    return part.ndim if hasattr(part, "dtype") and part.dtype.kind == "b" else 1


def _given(value):
    """An argument for NumPy: device arrays as its own, everything else that holds elements refused.

    Lists and tuples stay when they hold device arrays or plain numbers: shapes, axes, arrays to be
    joined. Which functions take a list of numbers for an array is `asarray`'s and `array`'s matter.
    """
    if isinstance(value, ndarray):
        return value._host
    if isinstance(value, numpy.ndarray):
        raise TypeError("Unsupported type <class 'numpy.ndarray'>")
    if isinstance(value, tuple | list):
        return type(value)(_given(part) for part in value)
    if isinstance(value, slice | range | str | type) or value is None or value is Ellipsis:
        return value
    if isinstance(value, SCALARS) or isinstance(value, numpy.dtype):
        return value
    raise TypeError(f"Unsupported type {type(value)}")


# ----- Functions, from the record of CuPy's -----


def _parameters(name, line):
    """Names that may be given by position, all that may be given by name, and those that must."""
    positional, named, needed, only = [], [], [], False
    for word in line.split():
        if word == "|":
            only = True
        elif word == "/":
            named = []
        elif word.startswith("**"):
            named.append("**")
        elif word.startswith("*"):
            positional.append("*")
            only = True
        else:
            if not word.endswith("="):
                needed.append(word)
            word = word.rstrip("=")
            named.append(word)
            if not only:
                positional.append(word)
    return positional, named, needed


#: Keywords that CuPy knows and NumPy does not.
CUPYS_OWN = {"blocking", "stream"}


def _call(numpys, args, keywords, module=""):
    inner = [_given(x) for x in args]
    given = {k: _given(v) for k, v in keywords.items() if k not in CUPYS_OWN}
    out = given.pop("out", None)
    with numpy.errstate(all="ignore"):
        made = numpys(*inner, **given)
    if out is not None:
        out[...] = made
        return keywords["out"]
    sources = [x for x in _leaves((*args, *keywords.values())) if isinstance(x, ndarray)]
    return _made(made, *sources)


def _leaves(values):
    for value in values:
        if isinstance(value, tuple | list):
            yield from _leaves(value)
        else:
            yield value


def _function(name, line, numpys):
    positional, named, needed = _parameters(name, line)

    def function(*args, **keywords):
        if "*" not in positional and len(args) > len(positional):
            raise TypeError(f"{name}() takes {len(positional)} positional arguments")
        for keyword in keywords:
            if keyword not in named and "**" not in named:
                raise TypeError(f"{name}() got an unexpected keyword argument '{keyword}'")
        missing = [n for n in needed if n not in keywords and n not in positional[: len(args)]]
        if missing:
            raise TypeError(f"{name}() missing required arguments: {', '.join(missing)}")
        first = args[0] if args else next(iter(keywords.values()), None)
        if positional[:1] == ["a"] and not isinstance(first, ndarray):
            raise TypeError(f"{name}() needs a device array, not {type(first)}")
        return _call(numpys, args, keywords)

    function.__name__ = name
    function.__doc__ = f"NumPy's `{name}`, with CuPy's parameters: {line or 'none'}."
    return function


class ufunc:
    """An elementwise function."""

    def __init__(self, name):
        self.__name__ = name
        self._numpys = getattr(numpy, name)

    def __call__(self, *args, **keywords):
        for keyword in keywords:
            if keyword not in ("out", "dtype", "casting"):
                raise TypeError(f"Wrong arguments {{'{keyword}'}}")
        for x in args:
            if not isinstance(x, (ndarray, *SCALARS)):
                raise TypeError(f"Unsupported type {type(x)}")
        return _call(self._numpys, args, keywords)

    def at(self, a, indices, b=None):
        """Applies the function in place at an index, once for each time it names an element."""
        inner = _wrapped_key(a.shape, indices)
        if b is None:
            self._numpys.at(a._host, inner)
        else:
            self._numpys.at(a._host, inner, _given(b))


def _fill(space, names, functions, module):
    for name in names:
        space[name] = ufunc(name)
    for name, line in functions.items():
        if hasattr(module, name):
            space.setdefault(name, _function(name, line, getattr(module, name)))


def asnumpy(a, stream=None, order="C", out=None, *, blocking=True):
    """A NumPy array with the elements; waits for the device."""
    return a.get() if isinstance(a, ndarray) else numpy.asarray(a)


def array(obj, dtype=None, copy=True, order="K", subok=False, ndmin=0, *, blocking=False):
    """A new device array from a NumPy array, a device array, numbers or lists of them."""
    if isinstance(obj, list | tuple):
        obj = [x._host if isinstance(x, ndarray) else x for x in obj]
    host = obj._host if isinstance(obj, ndarray) else obj
    made = numpy.array(host, dtype=dtype, copy=True, ndmin=ndmin)
    if made.dtype.kind not in "biufc":
        raise ValueError(f"Unsupported dtype {made.dtype}")
    return _made(made)


def asarray(a, dtype=None, order=None, *, copy=None, blocking=False):
    """A device array from anything that `array` takes; device arrays of the dtype stay."""
    if isinstance(a, ndarray) and (dtype is None or a.dtype == dtype):
        return a
    return array(a, dtype)


def empty(shape, dtype=float, order="C"):
    """A new array whose elements are whatever the memory held: here never zeros."""
    made = numpy.empty(shape, dtype)
    made.reshape(-1).view("uint8")[...] = 0xA5
    return _made(made)


def _methods():
    """Python's operators and CuPy's methods on the array."""
    operators = {"matmul": "matmul", **ARITHMETIC, **BITS, **COMPARISON}
    for sign, name in operators.items():
        function = _SPACE[name]
        setattr(ndarray, f"__{sign}__", lambda a, b, f=function: f(a, b))
        setattr(ndarray, f"__r{sign}__", lambda a, b, f=function: f(b, a))
        setattr(ndarray, f"__i{sign}__", _in_place(getattr(numpy, name)))
    ndarray.__neg__ = lambda a: _SPACE["negative"](a)
    ndarray.__pos__ = lambda a: a
    ndarray.__abs__ = lambda a: _SPACE["abs"](a)
    ndarray.__invert__ = lambda a: _SPACE["invert"](a)
    for name in cupy_surface.METHODS:
        if not hasattr(ndarray, name) and callable(getattr(numpy.ndarray, name, None)):
            setattr(ndarray, name, _method(name))


def _in_place(numpys):
    def call(a, b):
        if not isinstance(b, (ndarray, *SCALARS)):
            raise TypeError(f"Unsupported type {type(b)}")
        with numpy.errstate(all="ignore"):
            numpys(a._host, _given(b), out=a._host, casting="same_kind")
        return a

    return call


def _method(name):
    numpys = getattr(numpy.ndarray, name)
    return lambda a, *args, **keywords: _call(numpys, (a, *args), keywords)


#: The functions made from the record. (As globals, `sum` and `any` would hide Python's own.)
_SPACE = {}
_fill(_SPACE, cupy_surface.UFUNCS, cupy_surface.FUNCTIONS, numpy)
linalg = types.SimpleNamespace(__name__="fakecupy.linalg", LinAlgError=numpy.linalg.LinAlgError)
_fill(vars(linalg), (), cupy_surface.LINALG, numpy.linalg)
_methods()


def __getattr__(name):
    if name not in _SPACE:
        raise AttributeError(f"module 'fakecupy' has no attribute '{name}': neither has CuPy")
    return _SPACE[name]


# ----- cuda -----


class CUDARuntimeError(RuntimeError):
    """An error of the pretended driver."""

    def __init__(self, status, text):
        self.status = status
        super().__init__(text)


class Device:
    """One of `cuda.count` pretended devices."""

    def __init__(self, device=None):
        self.id = cuda.current if device is None else int(device)

    def _checked(self):
        if not 0 <= self.id < cuda.count:
            raise CUDARuntimeError(101, "cudaErrorInvalidDevice: invalid device ordinal")

    def __enter__(self):
        self._checked()
        self._before, cuda.current = cuda.current, self.id
        return self

    def __exit__(self, *_):
        cuda.current = self._before

    def use(self):
        """Makes it the current device."""
        self._checked()
        cuda.current = self.id

    def synchronize(self):
        """Waits for all that was begun on the device."""
        cuda.synchronizations += 1
        cuda.raise_deferred()

    @property
    def mem_info(self):
        """Free and total bytes."""
        total = _pool.get_limit() or 1 << 33
        return total - _pool.used_bytes(), total


class Stream:
    """A queue of work. The pretended device does everything at once."""

    def __init__(self, null=False, non_blocking=False, ptds=False, priority=0):
        self.null = null

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def use(self):
        """Makes it the current stream."""
        return self

    def synchronize(self):
        """Waits for the queue; here a deferred error comes out, as on a real device."""
        cuda.synchronizations += 1
        cuda.raise_deferred()


class _Cuda(types.SimpleNamespace):
    """`cupy.cuda`, as far as a device needs it, with handles for tests."""

    def __init__(self):
        super().__init__(
            count=1,  # devices
            current=0,
            synchronizations=0,  # how often anybody waited for the device
            deferred=None,  # an error that the next synchronisation raises
            Device=Device,
            Stream=Stream,
            MemoryPool=MemoryPool,
            is_available=lambda: True,
            memory=types.SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
            runtime=types.SimpleNamespace(
                CUDARuntimeError=CUDARuntimeError,
                getDeviceCount=lambda: self.count,
                getDeviceProperties=lambda index: {"name": b"FakeCuPy (NumPy inside)"},
            ),
        )

    def raise_deferred(self):
        """Raises the error of a kernel that failed after its call had returned."""
        problem, self.deferred = self.deferred, None
        if problem is not None:
            raise problem


cuda = _Cuda()
