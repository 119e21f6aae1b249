"""Messages between the server and the process of a device: a JSON head, and bytes as they are.

Both ends are this program, so a message is trusted to be whole; it is still never pickled.
"""

import json
from struct import Struct
from typing import BinaryIO

SIZES = Struct("<IQ")  # bytes of the head, bytes of the body


def write(stream: BinaryIO, head: dict, body: bytes = b"") -> None:
    """Sends a message."""
    text = json.dumps(head).encode()
    stream.write(SIZES.pack(len(text), len(body)) + text)
    stream.write(body)
    stream.flush()


def read(stream: BinaryIO) -> tuple[dict, bytes]:
    """The next message; raises `EOFError` when there is none, or only a part of one."""
    head, body = SIZES.unpack(_exactly(stream, SIZES.size))
    return json.loads(_exactly(stream, head)), _exactly(stream, body)


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data
