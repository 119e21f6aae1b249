"""Arrays larger than a frame, from the client's side: chunks that get lost, arrays without room."""

import numpy
import pytest

from engine.devices.remote import Link, RemoteDevice
from engine.errors import MXNetError

from .conftest import TOKEN

COUNT = (7 << 20) + 5  # elements of float32: 28 MiB, in 8 chunks


class Lossy:
    """The way to a server, on which every third chunk or its answer is lost."""

    def __init__(self, server):
        self.server = server
        self.chunks = 0

    def send(self, method, path, body, headers):
        if "/tensors/" not in path:
            return self.server.send(method, path, body, headers)
        self.chunks += 1
        if self.chunks % 6 == 2:
            raise OSError("lost on the way there")
        answer = self.server.send(method, path, body, headers)
        if self.chunks % 6 == 5:
            raise OSError("lost on the way back")
        return answer

    def device(self):
        return RemoteDevice(Link(self.send, TOKEN, sleep=self.server.slept.append))


def test_chunks_that_are_lost_are_sent_again_and_nothing_twice(serve):
    server = serve(device="cpu")
    way = Lossy(server)
    device = way.device()
    here = numpy.arange(COUNT, dtype="float32")
    there = device.array(here)
    assert way.chunks > 8 and len(server.slept) == way.chunks - 8
    assert numpy.array_equal(device.asnumpy(there + 1.0), here + 1)
    assert len(server.slept) == way.chunks - 16
    small = device.array(numpy.ones(2))  # handles only grow: the large one's came before
    assert device.asnumpy(small * 3.0).tolist() == [3.0, 3.0]


def test_an_array_without_room_is_refused_and_the_session_goes_on(serve):
    server = serve(device="cpu", session_bytes=16 << 20)
    device = server.device()
    small = device.array(numpy.ones(2))
    for _ in range(2):
        with pytest.raises(MXNetError, match="at most"):
            device.array(numpy.zeros(COUNT, "float32"))
    assert device.asnumpy(small * 3.0).tolist() == [3.0, 3.0]
