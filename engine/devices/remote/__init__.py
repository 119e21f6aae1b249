"""A device on a server: calls are queued here and run there."""

from .arrays import RemoteArray, RemoteDevice
from .link import Link, LinkError, local
from .queue import Cancelled, DeviceLost, Queue

__all__ = [
    "Cancelled",
    "DeviceLost",
    "Link",
    "LinkError",
    "Queue",
    "RemoteArray",
    "RemoteDevice",
    "local",
]
