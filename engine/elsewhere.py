"""Raw arrays that are not NumPy's: arrays on a server, as the rest of the engine asks for them.

An array object is the same wherever its raw array lives; `invoke` comes here when that is not the
host. No device is named here: a raw array that is elsewhere knows its own (`raw.device`).
"""

import math
from contextlib import nullcontext, suppress

import numpy

from .errors import MXNetError
from .registry import OPS, Op

Raw = numpy.ndarray


ONE = numpy.array(1, "float32")


class Home:
    """Where new arrays go: None is the host. And the devices that are connected, by name.

    `switch` is the device that the page's switch put in the place of the host: whatever a program
    calls `mx.cpu()` is there then. `named` says that the program itself chose the place, by the
    context of a GPU or by an operand that lives there: random draws are then the device's own.
    Under the switch they are the host's, so that the unchanged program gives the same numbers.
    """

    __slots__ = ("connected", "device", "named", "switch")

    def __init__(self):
        self.device = self.switch = None
        self.named = False
        self.connected = {}

    def move(self, device, named: bool) -> tuple:
        """New arrays go to a device from here on; gives what `move` needs to undo it."""
        before = self.device, self.named
        self.device, self.named = device, named
        return before


home = Home()


def attach(device) -> None:
    """Makes a device usable under its name, in place of one of that name."""
    home.connected[str(device)] = device


def attached(name: str):
    """The device of a name like `gpu(0)`, None when there is none."""
    return home.connected.get(name)


def switch(device) -> None:
    """Puts a device in the place of the host, for programs that name none; None ends that."""
    home.device = home.switch = device
    home.named = False


def is_elsewhere(raw) -> bool:
    """Whether a raw array (or a number) is an array that is not on the host."""
    return type(raw) is not Raw and hasattr(raw, "handle")


def host(raw):
    """A raw array's elements on the host: reading waits for the device. NumPy's are as they are."""
    return raw.device.asnumpy(raw) if is_elsewhere(raw) else raw


def moved(raw, device):
    """A raw array on a device (None: the host)."""
    if is_elsewhere(raw):
        if raw.device is device:
            return raw
        raw = host(raw)
    return raw if device is None else device.array(raw)


def place_of(raw):
    """The device of a raw array, None for the host."""
    return raw.device if is_elsewhere(raw) else None


def move(array, device):
    """Moves what an array object holds."""
    array._data = moved(array._data, device)
    return array


def run(op: Op, raws, attrs, cls, device):
    """The raw results of an operation on a device; a number stays a number."""
    return device.run(op, raws, attrs, cls is not None and cls.NAMESPACE == "nd")


def row(name: str, *raws, **attrs):
    """The raw result of a row on raw arrays of one place, the host too."""
    away = next((raw for raw in raws if is_elsewhere(raw)), None)
    if away is not None:
        return away.device.run(OPS[name], raws, attrs)
    op = OPS[name]
    return op.kernel(*raws, **{**op.attrs, **attrs})


def zeros_as(raw):
    """Zeros in shape and dtype of a raw array, beside it."""
    return row("zeros_like", raw) if is_elsewhere(raw) else numpy.zeros_like(raw)


def ones_as(raw):
    """Ones in shape and dtype of a raw array, beside it."""
    if is_elsewhere(raw):
        return row("ones_like", raw)
    ones = numpy.empty(raw.shape, raw.dtype)  # `numpy.ones_like` takes 0.8 us longer
    ones[...] = ONE
    return ones


def written(raw, key, value):
    """A raw array (elsewhere) with `value` at `key`: a new one, as others may hold the old one."""
    if not is_elsewhere(value):
        value = raw.device.array(numpy.asarray(value, raw.dtype))
    elif value.device is not raw.device:
        value = moved(value, raw.device)
    if value.dtype != raw.dtype:
        value = value.astype(raw.dtype)
    if key is Ellipsis and value.shape == raw.shape:
        return value
    return raw.device.run(OPS["setitem"], (raw, value), {"key": key})


def summaries(raws) -> list:
    """What is shown of raw arrays that are elsewhere: a round trip for each device. None for those
    that could not be computed, or went with their server. Never raises: a picture must not be lost
    with a server."""
    found = [None] * len(raws)
    for device in {id(raw.device): raw.device for raw in raws}.values():
        places = [k for k, raw in enumerate(raws) if raw.device is device]
        try:
            seen = device.summaries([raws[k] for k in places], broken={})
        except MXNetError:
            continue
        for k, summary in zip(places, seen, strict=True):
            found[k] = summary or None
    return found


def norm(size: int, seen: dict | None) -> float:
    """The Euclidean norm of an array of so many elements, out of what is shown of it; -1 where
    nobody knows."""
    if seen is None:
        return -1.0
    if "data" in seen:
        return math.sqrt(sum(float(x) ** 2 for x in seen["data"]))
    # The mean square is the square of the mean and the variance.
    mean, std = float(seen["mean"]), float(seen["std"])
    return math.sqrt(size * (mean * mean + std * std))


def window(raw, row: int, col: int, size: int):
    """Rows and columns of a raw array that is elsewhere, seen as a matrix: only these are read."""
    wide = raw.reshape((-1, raw.shape[-1]) if raw.ndim > 1 else (1, -1))
    return host(wide[row : row + size, col : col + size])


def flush(looks: bool = False) -> None:
    """Sends what waits on all devices; with `looks`, also where nothing but looks waits. Then it
    never raises."""
    for device in home.connected.values():
        with suppress(MXNetError) if looks else nullcontext():
            device.flush(looks)
