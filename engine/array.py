"""The array object, and `invoke`: the one door through which an operation happens.

`Array` holds a raw array of a device and, when it is on the tape, its entry. The two public
classes differ in MXNet's conventions only (`NAMESPACE`, `scalar_shape`); their methods and
operators come from the rows (`facade/methods.py`).
"""

import sys

import numpy

from . import dtypes, elsewhere, views, whole
from .devices import HOST
from .errors import INPLACE, MXNetError, ShapeError, message, shapes_text
from .registry import OPS, Op
from .single import single
from .tape import LEAF, Gradient, TapeEntry, pick_entry, state, tape_entry

Raw = numpy.ndarray
BOOL, INT64 = numpy.dtype("bool"), numpy.dtype("int64")
NUMBERS = frozenset((int, float, bool))
#: What NumPy raises for operands that do not fit.
REFUSALS = (ValueError, TypeError, IndexError, OverflowError)


class Observer:
    """What a watcher of the program implements, as `journal.Journal` does; mostly nobody watches.

    Lanes and `tape.walk` write to its `log` themselves.
    """

    def operation(self, op, inputs, attrs, outputs, entry):
        """An operation ran; `entry` is None when it did not go on the tape."""

    def before(self, op, raws, attrs):
        """An operation that may make a far larger array is about to run."""

    def assigned(self, array, key, value):
        """`array[key] = value` was done in place."""

    def replaced(self, array, result):
        """`array` took over the value of `result` (`x += …`)."""

    def marked(self, array, entry):
        """`array` became a leaf, or a result that keeps its gradient."""

    def entered(self, train_mode):
        """A record block began; `left` tells its end."""

    def left(self):
        """The innermost record block ended."""

    def pass_began(self, kind, heads, head_grads, retain_graph, create_graph):
        """A backward pass begins; its VJP calls arrive through `vjp`."""

    def pulling(self, entry):
        """The VJPs of `entry` run next."""

    def vjp(self, entry, position, contribution, total, axes):
        """One VJP call: see `tape.walk`."""

    def viewed(self, entry, y, primals):
        """A recorded pass looks at an entry's result and primals through these new arrays."""

    def pass_failed(self):
        """The pass raised."""

    def pass_ended(self, written):
        """The pass wrote `written`: pairs of entry and gradient buffer."""


class Watch:
    """Holds the observer of the running program, if any, and the newest mark (see `journal`)."""

    __slots__ = ("mark", "observer")

    def __init__(self):
        self.observer = None
        self.mark = 0


watch = Watch()


class Array:
    """An array with a possible gradient. Use `mx.nd` or `mx.np` to make one."""

    __slots__ = ("__weakref__", "_buffer", "_data", "_entry", "_mark")
    __array_ufunc__ = None  # NumPy scalars on the left leave the operation to us
    NAMESPACE = "np"
    scalar_shape = ()

    # ----- What it is -----

    @property
    def shape(self):
        """Sizes of the axes."""
        return self._data.shape

    @property
    def dtype(self):
        """Element type, as NumPy's scalar class (`numpy.float32`); a dtype in `mx.np`."""
        return self._data.dtype.type

    @property
    def ndim(self):
        """Number of axes."""
        return self._data.ndim

    @property
    def size(self):
        """Number of elements."""
        return self._data.size

    @property
    def grad(self):
        """The gradient's buffer; None when `attach_grad` was not called."""
        entry = self._entry
        if entry is None or entry.grad is None or entry.grad.req == "null":
            return None
        return entry.grad.buffer

    def asnumpy(self):
        """A NumPy array with a copy of the elements."""
        raw = self._data.copy() if type(self._data) is Raw else elsewhere.host(self._data)
        return single(raw) if raw.size == 1 else raw

    def __array__(self, dtype=None, copy=None):
        return elsewhere.host(self._data).astype(dtype or self._data.dtype, copy=True)

    def item(self, *where):
        """One element as a Python number."""
        return elsewhere.host(self._data).item(*where)

    def tolist(self):
        """Nested lists of Python numbers."""
        return self._data.tolist()

    def asscalar(self):
        """The value of an array of shape (1,) or () as a NumPy scalar."""
        if self._data.size != 1:
            raise ValueError(
                message(
                    "asscalar",
                    f"the array has shape {self.shape}",
                    "The current array is not a scalar: it needs exactly one element",
                    "Pick one (`x[0]`) or reduce (`x.sum()`).",
                )
            )
        raw = self._data if type(self._data) is Raw else elsewhere.host(self._data)
        return raw.reshape(-1)[0] if raw.ndim < 2 else raw.copy()

    def __len__(self):
        if not self._data.ndim:
            raise TypeError("len() of unsized object: the array is 0-dimensional")
        return len(self._data)

    def __bool__(self):
        if self._data.size > 1:
            raise ValueError(
                "The truth value of an ndarray with more than one element is ambiguous. "
                f"The array has shape {self.shape}; use `.all()`, `.any()` or compare one element."
            )
        return bool(self._data.size and self._data.reshape(-1)[0])

    def __hash__(self):
        return id(self) >> 4

    # ----- Gradients -----

    def attach_grad(self, grad_req="write", stype=None):
        """Gives the array a gradient buffer, so that backward passes compute its gradient.

        `grad_req`: "write" replaces the buffer each time, "add" adds to it, "null" computes none.
        On the result of a recorded operation the graph goes on and the gradient is kept.
        """
        if stype not in (None, "default"):
            raise MXNetError(
                message(
                    "attach_grad",
                    f"got stype {stype!r}",
                    "Sparse storage is left out: arrays are dense",
                )
            )
        if grad_req not in ("write", "add", "null"):
            raise ValueError(
                message(
                    "attach_grad", f"got grad_req {grad_req!r}", "It is 'write', 'add' or 'null'"
                )
            )
        buffer = wrap(type(self), elsewhere.zeros_as(self._data))
        mark_variable(self, buffer, grad_req)

    @property
    def _fresh_grad(self):
        """Whether a backward pass has written the gradient since this was set to False."""
        entry = self._entry
        return entry is not None and entry.grad is not None and entry.grad.fresh

    @_fresh_grad.setter
    def _fresh_grad(self, fresh):
        if self._entry is not None and self._entry.grad is not None:
            self._entry.grad.fresh = bool(fresh)

    def drop_grad(self):
        """Takes the gradient buffer away again."""
        if self._entry is not None:
            self._entry.grad = None

    def detach(self):
        """The same memory without a past: no gradient flows back through it."""
        view = wrap(type(self), self._data)
        views.share(self, view)
        if watch.observer is not None:
            watch.observer.operation(DETACH, (self,), None, view, None)
        return view

    # ----- Writing in place -----

    def _write(self, key, raw):
        """Sets the elements at `key` to `raw`, copying first when anybody else holds the memory."""
        group = getattr(self, "_buffer", None)
        if group is not None:
            group.sweep()
            if len(group.members) == 1:
                group = self._buffer = None
        if type(self._data) is not Raw:
            if group is None:
                self._data = elsewhere.written(self._data, key, raw)
            else:
                group.write_elsewhere(self, key, raw)
            return
        if type(raw) is not Raw:
            raw = elsewhere.host(raw)
        if group is not None:
            group.write(self, lambda seen: seen.__setitem__(key, raw))
            return
        # Two references: the slot and the argument. A tape entry, a trace or a view adds more.
        if self._data.base is not None or sys.getrefcount(self._data) > 2:
            self._data = self._data.copy()
        self._data[key] = raw

    def _become(self, result):
        """Takes over the value of `result`, for `x += …` outside recording."""
        if state.recording and self._entry is not None:
            raise MXNetError(INPLACE)
        if result.shape != self.shape:
            raise ShapeError(
                message(
                    "in-place operation",
                    f"the result has shape {result.shape}, the array {self.shape}",
                    "An array cannot change its shape in place",
                    "Write `x = x + …` instead.",
                )
            )
        raw = elsewhere.moved(result._data, elsewhere.place_of(self._data))
        if raw.dtype is not self._data.dtype:
            raw = raw.astype(self._data.dtype, copy=False)
        if getattr(self, "_buffer", None) is not None:
            self._write(Ellipsis, raw)
        else:
            self._data = raw
        if watch.observer is not None:
            watch.observer.replaced(self, result)
        return self


class NDArray(Array):
    """An array of `mx.nd`. Whole reductions have shape (1,); comparisons give float32."""

    __slots__ = ()
    __module__ = "mxnet.ndarray.ndarray"
    NAMESPACE = "nd"
    scalar_shape = (1,)


class ndarray(Array):
    """An array of `mx.np`, with NumPy's conventions and float32 as the default dtype."""

    __slots__ = ()
    __module__ = "mxnet.numpy"

    @property
    def dtype(self):
        """Element type, as a NumPy dtype."""
        return self._data.dtype

    def _one(self):
        """The only element, as a Python number."""
        if self._data.size != 1:
            raise TypeError(
                message(
                    "conversion to a Python number",
                    f"the array has shape {self.shape}",
                    "only size-1 arrays can be converted to Python scalars",
                    "Pick one (`x[0]`) or reduce (`x.sum()`).",
                )
            )
        return self._data.item()

    def __float__(self):
        return float(self._one())

    def __int__(self):
        return int(self._one())

    def __index__(self):
        if self._data.dtype.kind not in "iu":
            raise TypeError("only integer scalar arrays can be converted to a scalar index")
        return int(self._data.item())


ARRAYS = frozenset((NDArray, ndarray))
DETACH = OPS["detach"]


def wrap(cls, raw, entry=None):
    """An array of class `cls` around a raw array, without copying."""
    array = cls()
    array._data = raw
    array._entry = entry
    return array


def invoke(op: Op, inputs, attrs=None, cls=None):
    """Runs `op` on arrays and Python numbers: the result array, or a list of them.

    Puts it on the tape when the program is recording and an operand has an entry. Raises
    `ShapeError`, `DTypeError` or `MXNetError` naming the op, what it got and what it needs.
    On Python numbers alone it gives a Python number, unless `cls` says which array is wanted.
    """
    quick = op.result
    if quick and len(inputs) == op.arity:
        # The common case: arrays of one class (or a number as the second) and an ordinary result.
        # It falls through to the general one below, also to explain any error.
        a = inputs[0]
        kind = type(a)
        if kind in ARRAYS:
            x = a._data
            p = a._entry
            second = op.arity == 2
            z = q = None
            if second:
                b = inputs[1]
                if type(b) is kind:
                    z = b._data
                    q = b._entry
                    plain = type(x) is Raw and (z.dtype is x.dtype or kind is ndarray)
                else:
                    z = b
                    plain = type(x) is Raw and (type(b) is float or type(b) is int)
            else:
                plain = type(x) is Raw
            observer = watch.observer
            if plain and observer is not None and (op.grows or op.family == "binary"):
                observer.before(op, (x, z) if second else (x,), attrs)
            if plain:
                try:
                    if second:
                        y = op.kernel(x, z) if attrs is None else op.kernel(x, z, **attrs)
                    else:
                        y = op.kernel(x) if attrs is None else op.kernel(x, **attrs)
                except REFUSALS:
                    y = None
                if type(y) is not Raw and isinstance(y, numpy.generic):
                    y = numpy.asarray(y)
                    if kind is NDArray:
                        y = y.reshape((1,))
                if type(y) is Raw:
                    if quick == "bool" and y.dtype is BOOL:
                        fits = True
                        if kind is NDArray:
                            y = y.astype(INT64 if x.dtype is BOOL else x.dtype)
                    else:
                        fits = y.dtype is x.dtype and quick == "kept"
                    if fits:
                        out = kind()
                        out._data = y
                        if (p is not None or q is not None) and state.recording:
                            entry = TapeEntry()
                            entry.op = op
                            entry.attrs = attrs
                            entry.p = p
                            entry.a = x
                            if second:
                                entry.q = q
                                entry.b = z
                            entry.y = y
                            entry.grad = entry.cot = None
                            state.serial = entry.serial = state.serial + 1
                            out._entry = entry
                        else:
                            out._entry = entry = None
                        if observer is not None:
                            observer.operation(op, inputs, attrs, out, entry)
                        return out
    raws = []
    parents = []
    on_tape = False
    lead = None
    for x in inputs:
        kind = type(x)
        if kind in ARRAYS:
            raw = x._data
            if lead is None:
                lead = raw
                cls = kind
            elif kind is not cls:
                raise TypeError(_mixed(op, inputs))
            raws.append(raw)
            entry = x._entry
            parents.append(entry)
            if entry is not None:
                on_tape = True
        else:
            raws.append(x if kind in NUMBERS else _number(op, x))
            parents.append(None)
    operands = raws
    if type(lead) is Raw and op.arity and lead.dtype.kind != "f":
        operands = whole.operands(op, raws, lead.dtype, cls.NAMESPACE)
    if watch.observer is not None and (op.grows or op.family == "binary"):
        watch.observer.before(op, raws, attrs)
    if type(lead) is not Raw and (lead is not None or elsewhere.home.device is not None):
        place = elsewhere.home.device if lead is None else lead.device
        drawn_there = op.family == "random" and elsewhere.home.named
        if lead is not None or op.family == "creation" or drawn_there:
            return _elsewhere(op, inputs, raws, parents, on_tape, attrs, cls, place)
    try:
        y = op.kernel(*operands) if attrs is None else op.kernel(*operands, **attrs)
    except REFUSALS as problem:
        raise _explained(op, raws, attrs, problem) from None
    if cls is None:
        return y.item() if isinstance(y, numpy.generic) else y  # numbers alone give a number
    if type(y) is not Raw:
        y = _settled(y, cls)
    if lead is not None and y.__class__ is Raw and (y.dtype is not lead.dtype or cls is NDArray):
        y = _conformed(op, y, raws, cls)
    if on_tape and state.recording:
        entry = tape_entry(op, parents, raws, y, attrs)
    else:
        entry = None
    if type(y) is list:
        out = [wrap(cls, part, _pick(entry, part, k)) for k, part in enumerate(y)]
    else:
        out = cls()
        out._data = y
        out._entry = entry
    if watch.observer is not None:
        watch.observer.operation(op, inputs, attrs, out, entry)
    return out


def _elsewhere(op, inputs, raws, parents, on_tape, attrs, cls, device):
    """`invoke` for arrays on a server, and for new ones that are to live there."""
    try:
        y = elsewhere.run(op, raws, attrs, cls, device)
    except MXNetError:
        raise
    except REFUSALS as problem:
        raise _explained(op, raws, attrs, problem) from None
    entry = tape_entry(op, parents, raws, y, attrs) if on_tape and state.recording else None
    if type(y) is list:
        out = [wrap(cls, part, _pick(entry, part, k)) for k, part in enumerate(y)]
    else:
        out = wrap(cls, y, entry)
    if watch.observer is not None:
        watch.observer.operation(op, inputs, attrs, out, entry)
    return out


def _pick(entry, raw, index):
    return None if entry is None else pick_entry(entry, index, raw)


def _number(op, x):
    """A scalar operand as a Python number; raises `TypeError` for anything else."""
    if isinstance(x, numpy.generic):
        return x.item()
    if isinstance(x, int | float):
        return x
    hint = (
        "Convert it with `mx.np.array(…)` or `mx.nd.array(…)` first."
        if isinstance(x, Raw | list | tuple)
        else "Use an array or a number."
    )
    raise TypeError(
        message(
            op.name,
            f"got an operand of type {'numpy.ndarray' if isinstance(x, Raw) else type(x).__name__}",
            "Operands must be arrays of one namespace, or numbers",
            hint,
        )
    )


def _mixed(op, inputs):
    found = " and ".join(sorted({type(x).__name__ for x in inputs if type(x) in ARRAYS}))
    return message(
        op.name,
        f"got {found} together",
        "Operands must come from one namespace, nd or np",
        "Convert with `x.as_np_ndarray()` or `x.as_nd_ndarray()`.",
    )


def _settled(y, cls):
    """A kernel's result as raw arrays: scalars become arrays, tuples lists."""
    if isinstance(y, list | tuple):
        return [
            part if type(part) is Raw else numpy.asarray(part).reshape(cls.scalar_shape)
            for part in y
        ]
    y = numpy.asarray(y)
    return y if y.ndim else y.reshape(cls.scalar_shape)


def _conformed(op, y, raws, cls):
    """`y` in the dtype that MXNet gives, where NumPy's differs."""
    if "dtype" in op.attrs:
        return y  # the caller chose
    # Conditions and indices have no VJP; they do not decide the result's dtype.
    deciding = op.variadic or not op.differentiable
    names = [
        raw.dtype.name
        for k, raw in enumerate(raws)
        if type(raw) is Raw and (deciding or op.vjps[k] is not None)
    ] or [raw.dtype.name for raw in raws if type(raw) is Raw]
    kinds = {type(r) for r in raws}
    literal = float if float in kinds else int if kinds - {Raw} else None
    name = dtypes.result(op.dtype, names, cls.NAMESPACE, op.name, literal)
    return y if y.dtype.name == name else y.astype(name)


def _explained(op, raws, attrs, problem):
    """The error that tells a user what was wrong, for an exception out of a kernel."""
    away = next((r for r in raws if elsewhere.is_elsewhere(r)), None)
    if away is not None and any(type(r) is Raw for r in raws):
        return MXNetError(
            message(
                op.name,
                f"got arrays on cpu(0) and {away.device}",
                "Operands must be on one device",
                f"Move one with `x.as_in_ctx(mx.{away.device})`.",
            )
        )
    array_shapes = [tuple(getattr(r, "shape", ())) for r in raws]
    try:
        op.shape(*array_shapes, **(attrs or {}))
    except (MXNetError, IndexError) as better:
        return better
    except Exception:
        pass
    words = [f"shapes {shapes_text(array_shapes)}"] if raws else []
    words += [f"{k}={v!r}" for k, v in (attrs or {}).items() if not hasattr(v, "shape")]
    needed = str(problem).rstrip(".")
    if "ufunc" in needed or "'<U" in needed or "numpy." in needed:  # NumPy's own words
        needed = "operands and options must be numbers"
    kind = IndexError if isinstance(problem, IndexError) else MXNetError
    thing = "indexing" if op.name == "getitem" else op.name
    given = ", ".join(words) or "these operands"
    return kind(message(thing, f"got {given}", needed[:1].upper() + needed[1:]))


def mark_variable(array: Array, buffer: Array, req: str) -> None:
    """Makes `array` a leaf with its gradient in `buffer`; a recorded result keeps its past."""
    gradient = Gradient(buffer, req)
    entry = array._entry
    if entry is None or entry.op is LEAF or entry.parents is None:  # None: freed by a pass
        array._entry = entry = tape_entry(LEAF, (), (), array._data, None)
    entry.grad = gradient
    if watch.observer is not None:
        watch.observer.marked(array, entry)


def raw_of(value, dtype=None):
    """A new raw array from numbers, nested sequences, NumPy arrays or our own arrays."""
    if isinstance(value, Array):
        raw = elsewhere.host(value._data)
    elif isinstance(value, list | tuple) and any(isinstance(v, Array) for v in value):
        raw = numpy.array([raw_of(v) for v in value])
    else:
        raw = numpy.asarray(value)
    return numpy.array(raw, dtype=dtype or raw.dtype)


__all__ = [
    "ARRAYS",
    "HOST",
    "Array",
    "NDArray",
    "Observer",
    "invoke",
    "mark_variable",
    "ndarray",
    "raw_of",
    "watch",
    "wrap",
]
