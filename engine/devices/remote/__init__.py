"""A device on a server: calls are queued here and run there."""

from .arrays import RemoteArray, RemoteDevice
from .link import Link, LinkError, local
from .queue import DeviceLost, Queue

__all__ = ["DeviceLost", "Link", "LinkError", "Queue", "RemoteArray", "RemoteDevice", "local"]
