"""Where raw arrays live. A device has an array module `xp` and a name; `host` is NumPy's."""

from .host import HOST, Device

__all__ = ["HOST", "Device"]
