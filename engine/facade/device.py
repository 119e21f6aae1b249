"""Contexts (devices): `mx.cpu()`, `mx.gpu(i)`, `mx.Context`, `mx.current_context()`."""

import functools

from .. import elsewhere
from ..array import Array
from ..errors import MXNetError, message
from ..lanes import is_lane

__all__ = [
    "Context",
    "Device",
    "cpu",
    "cpu_pinned",
    "cpu_shared",
    "current_context",
    "current_device",
    "gpu",
    "gpu_memory_info",
    "num_gpus",
]


KINDS = ("cpu", "gpu", "cpu_pinned", "cpu_shared")


class Context:
    """A device by type and number; usable as `with ctx:`."""

    def __init__(self, device_type, device_id: int = 0):
        if isinstance(device_type, Context):
            device_type, device_id = device_type.device_type, device_type.device_id
        if device_type not in KINDS:
            raise ValueError(
                message("Context", f"got {device_type!r}", f"It is one of {', '.join(KINDS)}")
            )
        if isinstance(device_id, bool) or not hasattr(device_id, "__index__"):
            needed = "It is a number, 0 for the first"
            raise TypeError(message(device_type, f"got the device number {device_id!r}", needed))
        self.device_type = device_type
        self.device_id = device_id

    def __repr__(self):
        return f"{self.device_type}({self.device_id})"

    def __eq__(self, other):
        return isinstance(other, Context) and repr(self) == repr(other)

    def __hash__(self):
        return hash(repr(self))

    def __enter__(self):
        check(self)
        _entered.append((self, elsewhere.home.move(place(self), is_gpu(self))))
        return self

    def __exit__(self, *_):
        elsewhere.home.move(*_entered.pop()[1])

    def empty_cache(self):
        """Nothing is cached here."""


#: Contexts whose `with` is running, each with what was there before (`Home.move`).
_entered: list = []


def cpu(device_id: int = 0) -> Context:
    """The processor."""
    return Context("cpu", device_id)


def cpu_pinned(device_id: int = 0) -> Context:
    """The processor; pinned memory does not exist here."""
    return Context("cpu_pinned", device_id)


def gpu(device_id: int = 0) -> Context:
    """A GPU. Naming it is possible everywhere; arrays on it need a server that has one."""
    return Context("gpu", device_id)


def num_gpus() -> int:
    """How many GPUs arrays can live on."""
    return sum(name.startswith("gpu") for name in elsewhere.home.connected)


def current_context() -> Context:
    """Where new arrays go."""
    if _entered:
        return _entered[-1][0]
    here = elsewhere.home.device
    return cpu() if here is None else Context(here.kind, here.index)


def cpu_shared(device_id: int = 0) -> Context:
    """The processor; memory shared by processes does not exist here."""
    return Context("cpu_shared", device_id)


def gpu_memory_info(device_id: int = 0):
    """Raises `MXNetError`: a server tells nobody how much memory its GPU has."""
    check(gpu(device_id))
    raise MXNetError(
        "gpu_memory_info: a server does not tell; `net.summary()` tells of the program"
    )


Device, current_device = Context, current_context  # their names in 2.x


def check(ctx) -> None:
    """Raises `MXNetError` for a device that arrays cannot live on here."""
    if ctx is None:
        return
    ctx = Context(ctx)
    if ctx.device_type == "gpu" and elsewhere.attached(repr(ctx)) is None:
        raise MXNetError(
            message(
                f"context {ctx}",
                "there is no GPU here",
                "Arrays live on mx.cpu()",
                "Leave `ctx` out, or write `ctx = mx.gpu(0) if npx.num_gpus() else mx.cpu()`. "
                "With a server that has one (`make serve-cuda`), choose it as the device.",
            )
        )


def place(ctx):
    """The device of a context, None for the host (or what the page's switch put in its place).
    Raises `MXNetError` where there is none."""
    check(ctx)
    return elsewhere.attached(repr(Context(ctx))) if is_gpu(ctx) else elsewhere.home.switch


def is_gpu(ctx) -> bool:
    """Whether a context is that of a GPU."""
    return Context(ctx).device_type == "gpu"


def context_of(array) -> Context:
    """Where an array lives."""
    there = elsewhere.place_of(array._data)
    return cpu() if there is None else Context(there.kind, there.index)


def placing(function):
    """A function that makes arrays, and now makes them on the context that it is given, or where
    its operands live, or that `with` says. What has no form on a server (data from outside, draws
    under the page's switch) is made here and moved."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    at = names.index("ctx") if "ctx" in names else len(names)
    takes_data = function.__name__ == "array"  # a copy, in MXNet on the current context

    @functools.wraps(function)
    def call(*given, **named):
        at_its_place = len(given) > at and at < len(names)
        ctx = given[at] if at_its_place else named.get("ctx") or named.get("device")
        home = elsewhere.home
        if ctx is None:
            if not home.connected:
                return function(*given, **named)
            wanted = home.device if takes_data else _place_among(given, named)
            if wanted is home.device is None:
                return function(*given, **named)
        else:
            wanted = place(ctx)
        if ctx is not None:
            chosen = is_gpu(ctx)
        else:
            chosen = home.named if wanted is home.device else wanted is not home.switch
        before = home.move(wanted, chosen)
        try:
            made = function(*given, **named)
        finally:
            home.move(*before)
        for one in made if isinstance(made, list | tuple) else [made]:
            if isinstance(one, Array) and one._entry is None:
                elsewhere.move(one, wanted)
        return made

    return call


def beside(function):
    """A function made of several rows, whose own constants now go where its operands live."""

    @functools.wraps(function)
    def call(*given, **named):
        home = elsewhere.home
        if not home.connected:
            return function(*given, **named)
        wanted = _place_among(given, named)
        if wanted is home.device:
            return function(*given, **named)
        before = home.move(wanted, named=wanted is not home.switch)
        try:
            return function(*given, **named)
        finally:
            home.move(*before)

    return call


def _place_among(given, named):
    """The device of the first array among arguments; where there is none, that of new arrays."""
    for value in (*given, *named.values()):
        if isinstance(value, list | tuple) and value:
            value = value[0]
        if isinstance(value, Array):
            return elsewhere.place_of(value._data)
    return elsewhere.home.device


#: Functions that call the program's own, in which new arrays go where the program says.
CALLING = frozenset(("foreach", "while_loop", "cond", "Custom", "waitall"))


def place_all(space: dict, before=()) -> None:
    """Makes all functions of a module (but those `before` it began) that take `ctx` make their
    arrays there, and those that are no rows make theirs beside their operands."""
    for name, function in list(space.items()):
        code = getattr(function, "__code__", None)
        if code is None or name.startswith("_") or hasattr(function, "__wrapped__"):
            continue
        # A fast lane ignores `ctx`: what it makes of arrays lies beside them. (0.24 us a call.)
        takes = "ctx" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        takes = takes and not is_lane(function)
        if takes or name in ("rand", "randn"):  # these hand it on
            space[name] = placing(function)
        elif name not in before and name not in CALLING and not _is_row(code):
            space[name] = beside(function)


def _is_row(code) -> bool:
    """Whether code is that of a row's function, which `invoke` places (`generate.py`)."""
    return code.co_filename.startswith("<")
