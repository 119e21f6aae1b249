"""What the engine asks of a place where raw arrays live, and how a row runs there."""

from contextlib import AbstractContextManager, nullcontext

import numpy

from ..registry import Op
from .forecast import Spec, forecast
from .namespace import Namespace

__all__ = ["Device", "conformed", "perform"]


class Device:
    """A place for raw arrays. `xp` has the functions that rows use (see `vocabulary.py`).

    Nothing but `array` and `asnumpy` moves elements between the device and NumPy.
    """

    def __init__(self, kind: str, index: int, xp: Namespace):
        self.kind = kind
        self.index = index
        self.xp = xp

    def __str__(self):
        return f"{self.kind}({self.index})"

    def is_raw(self, value) -> bool:
        """Whether `value` is a raw array of this kind of device."""
        raise NotImplementedError

    def array(self, host):
        """A new raw array with the elements of a NumPy array or Python number."""
        raise NotImplementedError

    def asnumpy(self, raw) -> numpy.ndarray:
        """A raw array's elements as a NumPy array; waits for the device."""
        raise NotImplementedError

    def supports(self, dtype: str) -> bool:
        """Whether raw arrays of this dtype can live here."""
        return True

    def work(self) -> AbstractContextManager:
        """In this context rows run; on leaving it, all that they began is done."""
        return nullcontext()

    def explained(self, problem: Exception) -> Exception:
        """The engine's word for an error of the array module: `MemoryError` where memory ran out;
        what the device has no word for comes back as it is."""
        return problem

    def run(self, op: Op, operands, attrs: dict | None, nd: bool = False):
        """The result of a row on raw arrays of this device and Python numbers, or a list of them,
        in the shapes and dtypes that the engine promises. Raises what `forecast` raises."""
        attrs = {**op.attrs, **(attrs or {})}
        specs = [Spec(tuple(x.shape), x.dtype.name) if self.is_raw(x) else x for x in operands]
        plan = forecast(op, specs, attrs, nd)
        with self.work():
            made = perform(self, op, operands, attrs)
            found = [conformed(self, y, s) for y, s in zip(made, plan.results, strict=True)]
        return found[0] if op.outputs == 1 else found


def perform(device: Device, op: Op, operands, attrs: dict) -> list:
    """The results of a row on raw arrays of `device` and Python numbers, in any form and dtype."""
    if isinstance(op.forward, str):
        made = getattr(device.xp, op.forward)(*operands, **attrs)
    else:
        made = op.forward(device.xp, *operands, **attrs)
    return list(made) if isinstance(made, list | tuple) else [made]


def conformed(device: Device, y, spec: Spec):
    """A result as the raw array that was forecast."""
    raw = y if device.is_raw(y) else device.array(y)
    if raw.dtype != spec.dtype:
        raw = raw.astype(spec.dtype)
    if not raw.shape and spec.shape == (1,):
        raw = raw.reshape(1)
    assert tuple(raw.shape) == spec.shape, f"shape {raw.shape}, forecast was {spec.shape}"
    return raw
