"""What a device is, in words for people, and how much memory it has."""

from importlib import metadata

import numpy

from .device import Device

__all__ = ["about"]


def about(device: Device, kind: str) -> dict:
    """`about` (words) and `memory` (bytes, None where there is no bound of its own) of a device
    that was made as `kind`: "cpu", "fake", "cuda:1"."""
    name = kind.partition(":")[0]
    if name == "cuda":
        _, total = device.memory()
        return {"about": f"CuPy {_version('cupy')} on {device.name()}", "memory": total}
    words = f"NumPy {numpy.__version__}"
    if name == "fake":
        return {"about": f"{words} that behaves as CuPy does, for trying out", "memory": None}
    return {"about": f"{words} on the server's processor", "memory": None}


def _version(module: str) -> str:
    """The version of a module, whatever its distribution is called (`cupy-cuda12x`)."""
    names = metadata.packages_distributions().get(module, [])
    return metadata.version(names[0]) if names else ""
