"""Where raw arrays live. A device has an array module `xp` and a name; `host` is NumPy's."""

from .device import Device, perform
from .host import HOST

__all__ = ["HOST", "Device", "perform"]
