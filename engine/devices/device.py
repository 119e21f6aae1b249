"""What the engine asks of a place where raw arrays live, and how a row runs there."""

from contextlib import AbstractContextManager, nullcontext

import numpy

from ..registry import Op
from .namespace import Namespace

__all__ = ["Device", "perform"]


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


def perform(device: Device, op: Op, operands, attrs: dict) -> list:
    """The results of a row on raw arrays of `device` and Python numbers, in any form and dtype."""
    if isinstance(op.forward, str):
        made = getattr(device.xp, op.forward)(*operands, **attrs)
    else:
        made = op.forward(device.xp, *operands, **attrs)
    return list(made) if isinstance(made, list | tuple) else [made]
