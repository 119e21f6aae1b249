"""Arrays that are too large for one frame, in chunks: up before they are used, down when read.

A link has `put_chunk` and `get_chunk`; each is asked again until it is answered, and may be: the
server compares what comes twice (`devices/tensors.py`).
"""

from collections.abc import Callable

from ...errors import MXNetError
from ...program import Spec

__all__ = ["CHUNK", "Refused", "download", "upload"]

#: Bytes of one chunk: what a server takes at most.
CHUNK = 4 << 20

#: Hears of bytes that went up and came down.
Counted = Callable[[int, int], None]


class Refused(MXNetError):
    """The server does not take this array; the session and its arrays stay."""


def upload(link, handle: int, spec: Spec, data: memoryview, counted: Counted) -> None:
    """Sends the elements of an array (C order, little-endian). Raises `Refused`, `DeviceLost`."""
    for start in range(0, len(data), CHUNK):
        chunk = bytes(data[start : start + CHUNK])
        link.put_chunk(handle, spec, start, len(data), chunk)
        counted(len(chunk), 0)


def download(link, handle: int, size: int, counted: Counted) -> bytearray:
    """The `size` bytes of an array that is there and computed. Raises `DeviceLost`."""
    found = bytearray()
    while len(found) < size:
        start = len(found)
        part = link.get_chunk(handle, start, min(start + CHUNK, size))
        if len(part) != min(CHUNK, size - start):
            raise MXNetError(f"{len(part)} bytes of an array came, {size - start} are missing")
        found += part
        counted(0, len(part))
    return found
