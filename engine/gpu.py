"""Makes `mx.gpu(0)` a device of a server: `connect("http://127.0.0.1:8000", token)`.

In the page the worker does it; here it is for notebooks and tests, on the standard library alone.

>>> device = gpu.connect("http://127.0.0.1:8000", "the token that the server printed")
>>> x = mx.np.ones((2, 3), ctx=mx.gpu(0))
"""

from . import elsewhere
from .devices.remote import Link, RemoteDevice, http

__all__ = ["connect", "disconnect", "use"]


def connect(address: str, token: str | None = None, index: int = 0) -> RemoteDevice:
    """Opens a session on a server; from then on `mx.gpu(index)` is there. Raises `DeviceLost`."""
    return use(RemoteDevice(Link(http.sender(address), token), index=index))


def use(device: RemoteDevice, default: bool = False) -> RemoteDevice:
    """Makes a device usable under its name; by `default` it takes the host's place (the
    page's switch), and a program that names no GPU runs there."""
    elsewhere.attach(device)
    if default:
        elsewhere.switch(device)
    return device


def disconnect(index: int = 0) -> None:
    """Ends the session. Arrays there are lost."""
    device = elsewhere.home.connected.pop(f"gpu({index})", None)
    if device is not None:
        if device in (elsewhere.home.device, elsewhere.home.switch):
            elsewhere.switch(None)
        device.close()
