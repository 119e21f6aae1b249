"""Raw arrays that live on a server, and the device that they live on.

Shapes and dtypes are known at once, by the rows' own rules, and so are errors in them; values are
known when somebody reads. Rows never run here: a call goes on the queue, and the server runs it.
"""

import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy

from ... import ops  # noqa: F401  the rows come with it
from ...errors import DTypeError, MXNetError, OutOfBounds, message
from ...opcodes import ATTRIBUTES, DTYPES
from ...program import OPERANDS, FrameError, Handle, Read, packer
from ...registry import OPS, Op
from ...signs import ARITHMETIC, COMPARISON
from ..device import Device
from ..draws import Draws
from ..forecast import Spec, forecast
from ..namespace import Namespace
from .chunks import download, upload
from .queue import DeviceLost, Queue, key_of

__all__ = ["RemoteArray", "RemoteDevice"]

#: Bytes of uploads in one frame, and of arrays in one reply; larger ones go in chunks.
LARGEST = 24 << 20
#: Reads in one frame, and how many of them are looks at most; bytes of arrays that wait for a look.
MOST_READS = 4096
MOST_LOOKS = 512
LOOK_BYTES = 32 << 20
#: Operations of one frame: a server takes more, but one may want to stop it, or see how it goes.
WORK = 50 * 10**9
#: Kinds of calls that are remembered.
MOST_PLANS = 4096


REFUSED = "this array is on a server: read it with asnumpy()"


class Kind:
    """Shape and dtype of arrays on a device, one object for each pair there: quick to compare."""

    __slots__ = ("dtype", "shape", "spec")

    def __init__(self, spec: Spec):
        self.spec = spec
        self.shape = spec.shape
        self.dtype = numpy.dtype(spec.dtype)


class RemoteArray:
    """A raw array by its handle. It offers what rules and the engine use of raw arrays."""

    __slots__ = ("__weakref__", "device", "dtype", "handle", "kind", "shape")
    __hash__ = None

    def __init__(self, device, handle: int, kind: Kind):
        self.device = device
        self.handle = handle
        self.kind = kind
        self.shape = kind.shape
        self.dtype = kind.dtype

    @property
    def spec(self) -> Spec:
        """Shape and dtype's name."""
        return self.kind.spec

    def __del__(self):
        # The device may be gone, or half made, when the interpreter ends.
        device = getattr(self, "device", None)
        if device is not None and device.queue is not None:
            device.queue.free(self.handle)

    def __array_ufunc__(self, ufunc, method, *inputs, **named):
        """Leaves NumPy's numbers on the left to our operators; NumPy's functions do not run here.
        (With `None` instead of this, NumPy 2.4's `ufunc.reduce` keeps the array for ever.)"""
        if method == "__call__" and len(inputs) == 2 and isinstance(inputs[0], numpy.generic):
            name = UFUNCS.get(ufunc.__name__)
            if name and not named:
                return self.device.run(OPS[name], (inputs[0].item(), self), {})
        # Not `NotImplemented`: NumPy would print the arrays into its error, 15 us for each lane.
        raise TypeError(REFUSED)

    def __array__(self, dtype=None, copy=None):
        raise TypeError(REFUSED)

    def __repr__(self):
        return f"<{self.dtype} array of shape {self.shape} on {self.device}>"

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(numpy.prod(self.shape, dtype="int64"))

    @property
    def nbytes(self) -> int:
        """Bytes of the elements, on the server."""
        return self.size * self.dtype.itemsize

    @property
    def base(self):
        """Itself: never memory that somebody may write into, as NumPy's None would say."""
        return self

    @property
    def T(self):
        """The axes in reverse order."""
        return self._row("transpose", axes=None)

    def astype(self, dtype, copy=True):
        """The elements in another dtype."""
        name = numpy.dtype(dtype).name
        return self if name == self.dtype.name and not copy else self._row("cast", dtype=name)

    def copy(self):
        """The elements under a handle of their own."""
        return self._row("copy")

    def reshape(self, *shape):
        """The elements in another shape."""
        shape = shape[0] if len(shape) == 1 else shape
        return self._row("reshape", newshape=shape if type(shape) is int else tuple(shape))

    def sum(self, axis=None):
        """Sum over an axis, or of all elements."""
        return self._row("sum", axis=axis, keepdims=False)

    def max(self, axis=None):
        """Largest element over an axis, or of all."""
        return self._row("max", axis=axis, keepdims=False)

    def min(self, axis=None):
        """Smallest element over an axis, or of all."""
        return self._row("min", axis=axis, keepdims=False)

    def item(self):
        """The only element as a Python number: sends the queue and waits."""
        return self.device.asnumpy(self).item()

    def tolist(self):
        """Nested lists of Python numbers: sends the queue and waits."""
        return self.device.asnumpy(self).tolist()

    def __bool__(self):
        return bool(self.item())

    def __int__(self):
        return int(self.item())

    def __float__(self):
        return float(self.item())

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of an array without axes")
        return self.shape[0]

    def __getitem__(self, key):
        return self._row("getitem", key=key)

    def __setitem__(self, key, value):
        """Gives the array a new handle: what was read or recorded before keeps the old one."""
        if not isinstance(value, RemoteArray):
            value = self.device.array(numpy.asarray(value, self.dtype))
        made = self.device.run(OPS["setitem"], (self, value), {"key": key})
        self.handle, made.handle = made.handle, self.handle

    def __neg__(self):
        return self._row("negative")

    def __abs__(self):
        return self._row("abs")

    def _row(self, name, **attrs):
        return self.device.run(OPS[name], (self,), attrs)


OPERATORS = {"matmul": "matmul", **ARITHMETIC, **COMPARISON}


#: NumPy's names of the operators' functions.
UFUNCS = {"divide": "true_divide", "remainder": "mod", **{n: n for n in OPERATORS.values()}}


#: What operators take on the other side.
OTHERS = (RemoteArray, bool, int, float, numpy.generic)


def _operator(op, reflected=False):
    def call(a, b):
        if not isinstance(b, OTHERS):
            return NotImplemented
        return a.device.run(op, (b, a) if reflected else (a, b), {})

    return call


for _sign, _name in OPERATORS.items():
    setattr(RemoteArray, f"__{_sign}__", _operator(OPS[_name]))
    setattr(RemoteArray, f"__r{_sign}__", _operator(OPS[_name], reflected=True))


class Rows(Namespace):
    """The rows as functions, as rules call them: `F.sum(g, axis=0)` goes on the queue."""

    def __init__(self, device):
        super().__init__(str(device))
        self._device = device

    def __getattr__(self, name):
        if name.startswith("__") or name not in OPS:
            return super().__getattr__(name)
        function = self._function(OPS[name])
        setattr(self, name, function)
        return function

    def _function(self, op: Op):
        def call(*operands, **given):
            return self._device.run(op, *op.bound(operands, given))

        return call


class RemoteDevice(Device):
    """A device behind a link. What waits is sent when a value is read, when the queue is full, and
    on `flush`."""

    def __init__(self, link, kind: str = "gpu", index: int = 0, where=None):
        self.link = link
        self.queue = Queue(where) if where else Queue()
        self._kinds: dict[Spec, Kind] = {}
        self._plans: dict[tuple, Plan] = {}
        self._lost: str | None = None  # why there will be no more replies
        self._looks: list[tuple[RemoteArray, Callable[[dict | None], None]]] = []
        self._look_bytes = 0  # of arrays that are kept for a look only
        self._work = 0  # of the calls that wait
        self.kind, self.index = kind, index
        super().__init__(kind, index, Rows(self))
        self.xp.random = Draws(self)

    # ----- Arrays in and out -----

    def is_raw(self, value) -> bool:
        return isinstance(value, RemoteArray) and value.device is self

    def supports(self, dtype: str) -> bool:
        return dtype in DTYPES

    def array(self, host):
        host = numpy.asarray(host)
        if host.dtype.name not in DTYPES:
            raise DTypeError(
                message("upload", f"got {host.dtype}", f"A server takes {', '.join(DTYPES)}")
            )
        self._check_lost()
        kind = self._kind(Spec(tuple(host.shape), host.dtype.name))
        wire = host.astype(host.dtype.newbyteorder("<"), copy=False)
        if wire.nbytes > LARGEST:
            self.flush()  # handles only grow: those that wait are lower
            handle = self.queue.handles(1)
            flat = numpy.ascontiguousarray(wire).reshape(-1).view("uint8").data
            self._guarded(upload, handle, kind.spec, flat)
            return RemoteArray(self, handle, kind)
        if self.queue.upload_bytes + wire.nbytes > LARGEST:
            self.flush()
        handle = self.queue.upload(kind.spec.dtype, kind.spec.shape, wire.tobytes())
        return RemoteArray(self, handle, kind)

    def _kind(self, spec: Spec) -> Kind:
        found = self._kinds.get(spec)
        if found is None:
            found = self._kinds[spec] = Kind(spec)
        return found

    def asnumpy(self, raw) -> numpy.ndarray:
        return self.read([raw])[0]

    def read(self, raws) -> list[numpy.ndarray]:
        """The elements of several arrays, in one round trip if a reply can hold them; raises the
        error of the first that could not be computed."""
        found, part, size = [], [], 0
        for raw in raws:
            if part and (size + raw.nbytes > LARGEST or len(part) == MOST_READS - MOST_LOOKS):
                found += self._read(part)
                part, size = [], 0
            part.append(raw)
            size += raw.nbytes
        return found + self._read(part)

    def _read(self, raws) -> list[numpy.ndarray]:
        if len(raws) == 1 and raws[0].nbytes > LARGEST:
            (raw,) = raws
            self._read([raw.reshape(-1)[:1]])  # all before it is done then, or has its error
            return [_host(raw, self._guarded(download, raw.handle, raw.nbytes))]
        values = self._exchange([Read(raw.handle) for raw in raws]).values
        pairs = zip(raws, map(self.queue.value, values), strict=True)
        return [_host(raw, value.data) for raw, value in pairs]

    def summaries(self, raws, broken: dict | None = None) -> list[dict]:
        """What is shown of several arrays (`summary.summarize`), in one round trip. For arrays that
        could not be computed it is `broken`; without that, their error is raised."""
        found = []
        most = MOST_READS - MOST_LOOKS
        for start in range(0, len(raws), most):
            part = raws[start : start + most]
            values = self._exchange([Read(raw.handle, "summary") for raw in part]).values
            if broken is None:
                found += [self.queue.value(value).data for value in values]
            else:
                found += [broken if v.error is not None else v.data for v in values]
        return found

    # ----- Calls -----

    def run(self, op: Op, operands, attrs: dict | None, nd: bool = False):
        """The result of a row, or a list of them: raw arrays whose values nobody knows yet.

        Raises at once what shapes and dtypes forbid; what values forbid is raised when they are
        read. A boolean index is read first, as the result's shape depends on it. What was worked
        out for a call is kept for the next one of its kind, as loops make them again and again.
        """
        if self._lost is not None:
            raise DeviceLost(self._lost)
        kinds = [x.kind if type(x) is RemoteArray else type(x) for x in operands]
        try:
            named = map(_plain_key, attrs.items()) if attrs else ()
            key = (op.name, nd, *kinds, *named)
            plan = self._plans.get(key)
        except TypeError:  # arrays in an index
            key = plan = None
        if plan is None:
            return self._first_run(op, operands, attrs, nd, key)
        given = [x.handle if type(x) is RemoteArray else x for x in operands]
        queue = self.queue
        try:
            call = plan.pack(queue.next_handle, given)
        except struct.error:  # a number of more than 64 bits
            return self._first_run(op, operands, attrs, nd, None)
        first = queue.put(call, len(plan.results))
        made = [RemoteArray(self, first + k, kind) for k, kind in enumerate(plan.results)]
        self._work += plan.work
        if queue.full or self._work >= WORK:
            self.flush()
        return made[0] if op.outputs == 1 else made

    def _first_run(self, op: Op, operands, attrs: dict | None, nd: bool, key):
        """`run` of a call whose like was not there before; `key` is where it will be found."""
        attrs = {**op.attrs, **(attrs or {})}
        if op.name == "detach":
            return operands[0]
        if op.name == "after_backward":
            op, attrs, key = OPS["copy"], {}, None
        if op.family == "random":
            return op.forward(self.xp, **attrs)
        if not op.operands and any(isinstance(x, numpy.ndarray) for x in attrs.values()):
            return self.array(op.kernel(**attrs))  # `full` of an array's elements
        operands = [self._operand(op, x) for x in operands]
        if attrs.get("mode") == "raise":
            attrs["mode"], key = "clip", None
            if op.name == "take":  # its gradient looks at the same indices again
                self._check_bounds(*operands, attrs["axis"])
        if op.operands and not any(isinstance(x, RemoteArray) for x in operands):
            operands = [self.array(numpy.asarray(float(operands[0]))), *operands[1:]]
            key = None
        if "key" in attrs:
            attrs["key"] = index = self._key(attrs["key"])
        specs = [x.spec if type(x) is RemoteArray else x for x in operands]
        found = forecast(op, specs, attrs, nd, values=False)
        results = found.results
        if "key" in attrs:
            attrs["key"] = key_of(index, lambda part: part.handle)
        inputs = [Handle(x.handle) if type(x) is RemoteArray else x for x in operands]
        attrs = {name: _plain(value) for name, value in attrs.items()}
        first = self.queue.call(op.name, inputs, attrs, len(results), nd)
        self._work += found.work
        kinds = [self._kind(spec) for spec in results]
        if key is not None and all(type(x) in OPERANDS for x in inputs):
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            given = {name: attrs[name] for name in ATTRIBUTES[op.name]}
            types = [type(x) for x in inputs]
            self._plans[key] = Plan(
                kinds, packer(op.name, types, given, len(kinds), nd), found.work
            )
        made = [RemoteArray(self, first + k, kind) for k, kind in enumerate(kinds)]
        self._send_if_full()
        return made[0] if op.outputs == 1 else made

    def _check_bounds(self, data, indices, axis):
        """Raises for an index that points outside: the indices are read, as MXNet must, too."""
        size = data.size if axis is None else data.shape[axis]
        for index in self.asnumpy(indices).reshape(-1).tolist():
            if not 0 <= index < size:
                given = f"index {index} for an axis of size {size}"
                raise OutOfBounds(message("take", given, "It must be inside (mode='raise')"))

    def _operand(self, op, x):
        if isinstance(x, RemoteArray):
            if x.device is not self:
                raise MXNetError(_apart(op, x.device, self))
            return x
        if isinstance(x, numpy.generic):
            return x.item()
        if isinstance(x, numpy.ndarray):
            raise MXNetError(_apart(op, "cpu(0)", self))
        return x

    def _key(self, key):
        """An index whose arrays are on the server; a mask becomes the indices of its true places,
        so that the shape of the result is known."""
        if isinstance(key, tuple):
            return tuple(found for part in key for found in self._parts(part))
        parts = self._parts(key)
        return parts[0] if len(parts) == 1 else tuple(parts)

    def _parts(self, part):
        if isinstance(part, numpy.integer):
            return [int(part)]
        if isinstance(part, list):
            part = numpy.asarray(part)
        if isinstance(part, RemoteArray) and part.dtype == "bool" and part.shape:
            part = self.asnumpy(part)
        if not isinstance(part, numpy.ndarray):
            return [part]
        places = numpy.nonzero(part) if part.dtype == "bool" and part.shape else [part]
        return [self.array(place) for place in places]

    # ----- Sending -----

    def flush(self, looks: bool = False) -> None:
        """Sends what waits and takes the reply; errors of calls wait for a read. Looks wait for the
        next frames, unless they are asked for."""
        if not self.queue.empty:
            self._exchange(())
        while looks and self._looks:
            self._exchange(())

    def look(self, raw, hear, kept: bool = True) -> None:
        """Asks what is shown of an array with a frame that is sent later: `hear(summary)` is told
        then, `hear(None)` of one that could not be computed. One that nobody else keeps makes
        frames go sooner."""
        self._looks.append((raw, hear))
        if not kept:
            self._look_bytes += raw.nbytes
            if self._look_bytes >= LOOK_BYTES:
                with suppress(DeviceLost):  # who reads is told
                    self.flush(looks=True)

    def close(self) -> None:
        """Ends the session."""
        self.link.close()
        self._lost = self._lost or f"{self} is closed"

    def _send_if_full(self):
        if self.queue.full or self._work >= WORK:
            self.flush()

    def _exchange(self, reads):
        self._check_lost()
        looks, self._looks = self._looks[:MOST_LOOKS], self._looks[MOST_LOOKS:]
        if not self._looks:
            self._look_bytes = 0
        self._work = 0
        frame = self.queue.frame([*reads, *(Read(raw.handle, "summary") for raw, _ in looks)])
        try:
            outcome = self.queue.take(self.link.exchange(frame))
        except (DeviceLost, FrameError) as problem:
            text = problem.text if isinstance(problem, FrameError) else str(problem)
            self._lost = text
            raise DeviceLost(text) from problem
        for (_, hear), value in zip(looks, outcome.values[len(reads) :], strict=True):
            hear(None if value.error is not None else value.data)
        return outcome._replace(values=outcome.values[: len(reads)])

    def _guarded(self, move, *given):
        """Moves an array in chunks (`chunks.py`)."""
        self._check_lost()
        try:
            return move(self.link, *given, self._counted)
        except DeviceLost as problem:
            self._lost = str(problem)
            raise

    def _counted(self, up: int, down: int) -> None:
        """Notes bytes that went with one chunk."""
        counters = self.queue.counters
        counters.bytes_up += up
        counters.bytes_down += down
        counters.round_trips += 1

    def _check_lost(self):
        if self._lost is not None:
            raise DeviceLost(self._lost)


def _apart(op, there, here) -> str:
    return message(
        op.name,
        f"got arrays on {there} and {here}",
        "Operands must be on one device",
        f"Move one with `x.as_in_ctx(mx.{here})`.",
    )


def _host(raw, data) -> numpy.ndarray:
    """The bytes of an array as NumPy's, in memory of its own."""
    wire = numpy.frombuffer(data, raw.dtype.newbyteorder("<"))
    return wire.astype(raw.dtype, copy=True).reshape(raw.shape)


class Plan(NamedTuple):
    """What is known of a kind of calls: the results, and how its bytes are made."""

    results: Sequence[Kind]
    pack: Callable[[int, Sequence], bytes]
    work: int


#: Kinds of attributes that are equal only where they mean the same.
SURE = frozenset((int, str, type(None), type(Ellipsis)))


def _plain_key(item):
    """An attribute as part of a plan's key; raises `TypeError` where it holds an array. A number's
    type counts: True is no 1, and -0.0 no 0.0."""
    name, value = item
    if value.__class__ in SURE:
        return item
    if isinstance(value, float):
        return name, value.hex()
    if isinstance(value, slice):
        return name, slice, _plain_key((0, value.start)), _plain_key((1, value.stop)), value.step
    if isinstance(value, list | tuple):
        return name, tuple, *map(_plain_key, enumerate(value))
    return name, value.__class__, value


def _plain(value):
    """An attribute as frames hold it: tuples for lists, Python's integers."""
    if isinstance(value, list | tuple):
        return tuple(map(_plain, value))
    if isinstance(value, slice):
        return slice(*map(_plain, (value.start, value.stop, value.step)))
    if isinstance(value, numpy.generic):
        return value.item()
    if isinstance(value, numpy.dtype):
        return value.name
    return value
