"""One contract for both places of a device; and what a child's death means."""

import os
import signal
import threading
import time

import numpy
import pytest

from engine.devices.remote import DeviceLost
from engine.errors import MXNetError
from engine.program import Call, Handle, Program, Read, Upload, decode, encode
from engine.registry import OPS
from engine.reply import decode_reply
from server.compute.place import Refused, Unusable, place
from server.compute.settings import Settings

from .conftest import Server

PLACES = ["inside", "child"]


def frame(seq: int, calls: int = 1, reads: bool = True) -> bytes:
    """Adds 1 to an array some times."""
    first = 1000 * seq
    upload = Upload(first, "float64", (3,), numpy.arange(3.0).tobytes())
    chain = tuple(Call("add", (Handle(first + k), 1.0), {}, first + k + 1) for k in range(calls))
    return encode(Program(seq, chain, (upload,), (), (Read(first + calls),) if reads else ()))


def slow(seq: int, calls: int = 400) -> bytes:
    """A program of large products: seconds of work."""
    first = 1000 * seq
    made = Call("ones", (), {"shape": (700, 700), "dtype": "float64"}, first)
    chain = tuple(
        Call("matmul", (Handle(first), Handle(first)), {}, first + k + 1) for k in range(calls)
    )
    freed = tuple(range(first + 1, first + calls))
    return encode(Program(seq, (made, *chain), (), freed, (Read(first + calls, "summary"),)))


@pytest.fixture(params=PLACES)
def server(request, serve) -> Server:
    return serve(place=request.param)


def test_a_program_runs(server):
    device = server.device()
    x = device.array(numpy.arange(4.0))
    for _ in range(100):
        x = x + 1.0
    assert device.asnumpy(x).tolist() == [100.0, 101.0, 102.0, 103.0]
    assert device.queue.counters.round_trips == 1
    device.close()
    assert server.service.status() == {"sessions": 0, "held_bytes": 0}


def test_the_same_frame_gets_the_same_bytes_and_runs_once(server):
    sid = server.sid()
    first, again = server.frame(sid, frame(1)), server.frame(sid, frame(1))
    assert first.data == again.data
    assert server.service.status()["held_bytes"] == 48


def test_order_is_kept_and_each_breach_has_its_code(server):
    sid = server.sid()
    assert server.frame(sid, frame(1)).status_code == 200
    gap = server.frame(sid, frame(3))
    assert (gap.status_code, gap.json["code"], gap.json["expected"]) == (409, "GAP", 2)
    other = server.frame(sid, frame(1, 2))
    assert (other.status_code, other.json["code"]) == (422, "CONFLICT")
    broken = bytearray(frame(2))
    broken[40] ^= 1
    assert (server.frame(sid, bytes(broken)).json["code"]) == "BAD_FRAME"
    assert server.frame(sid, frame(2)).status_code == 200
    for seq in range(3, 40):
        server.frame(sid, frame(seq))
    assert server.frame(sid, frame(1)).json["code"] == "GONE"


def test_errors_of_calls_come_with_the_reply(server):
    device = server.device()
    x = device.array(numpy.arange(3.0))
    y = x[device.array(numpy.array([9]))]
    with pytest.raises(MXNetError, match="between -3 and 2"):
        device.asnumpy(y)
    assert device.asnumpy(x).tolist() == [0.0, 1.0, 2.0]


def test_sessions_do_not_see_each_other(server):
    one, other = server.sid(), server.sid()
    server.frame(one, frame(1))
    asked = encode(Program(1, (), (), (), (Read(1000), Read(1001))))
    values = decode_reply(server.frame(other, asked).data).values
    assert [value.error.code for value in values] == ["UNKNOWN_HANDLE"] * 2
    assert b"\x00\x00\x00\x00\x00\x00\xf0\x3f" not in server.frame(other, asked).data


def test_large_arrays_come_and_go_in_chunks(server):
    sid = server.sid()
    values = numpy.random.default_rng(0).normal(size=(1500, 700))
    data = values.tobytes()
    path = f"/api/v1/sessions/{sid}/tensors/1"
    size = 4 << 20
    for start in [0, 0, *range(size, len(data), size), size]:
        chunk = data[start : start + size]
        last = start + len(chunk) - 1
        found = server.client.put(
            f"{path}?dtype=float64&shape=1500,700",
            data=chunk,
            headers={"Content-Range": f"bytes {start}-{last}/{len(data)}"},
        )
        assert found.status_code == 200
    assert found.json["have"] == len(data)
    doubled = Call("add", (Handle(1), Handle(1)), {}, 2)
    assert server.frame(sid, encode(Program(1, (doubled,), (), (1,), ()))).status_code == 200
    came = b""
    while len(came) < len(data):
        asked = {"Range": f"bytes={len(came)}-{len(came) + size - 1}"}
        part = server.client.get(path.replace("tensors/1", "tensors/2"), headers=asked)
        assert part.status_code == 206
        assert part.headers["Content-Range"].startswith(f"bytes {len(came)}-")
        came += part.data
    assert came == (values * 2).tobytes()
    gone = server.client.get(path, headers={"Range": "bytes=0-7"})
    assert gone.json["code"] == "UNKNOWN_HANDLE"


@pytest.mark.parametrize("kind", PLACES)
def test_a_program_can_be_stopped_between_its_calls(kind):
    there = place(Settings("cpu", place=kind))
    try:
        there.ask({"do": "open", "sid": "a", "client": "c"})
        timer = threading.Timer(0.3, there.cancel, ["a"])
        timer.start()
        began = time.monotonic()
        outcome = decode_reply(there.ask({"do": "answer", "sid": "a"}, slow(1, 900))[1])
        assert time.monotonic() - began < 20
        assert outcome.values[0].error.code == "CANCELLED"
        assert 0 < outcome.account.calls < 900
        # The next one runs.
        assert decode_reply(there.ask({"do": "answer", "sid": "a"}, frame(2))[1]).values[0].data
    finally:
        timer.join()
        there.stop()


@pytest.mark.parametrize("kind", PLACES)
def test_a_program_that_takes_too_long_is_ended(kind):
    there = place(Settings("cpu", place=kind, frame_seconds=0.2))
    try:
        there.ask({"do": "open", "sid": "a", "client": "c"})
        outcome = decode_reply(there.ask({"do": "answer", "sid": "a"}, slow(1, 900))[1])
        assert outcome.values[0].error.code == "QUOTA_TIME"
    finally:
        there.stop()


def test_a_killed_device_is_replaced_and_its_sessions_are_lost(serve):
    server = serve(place="child")
    device, other = server.device(), server.device()
    x = device.array(numpy.ones(3))
    assert device.asnumpy(x).tolist() == [1.0] * 3
    os.kill(server.service.place.pid, signal.SIGKILL)
    with pytest.raises(DeviceLost, match="Press Run"):
        device.asnumpy(x + 1.0)
    with pytest.raises(DeviceLost, match="no such session"):
        other.asnumpy(other.array(numpy.ones(3)))
    again = server.device()
    assert again.asnumpy(again.array(numpy.ones(3)) * 2.0).tolist() == [2.0] * 3
    assert server.service.counters["lost"] + server.service.place.lost >= 1


def test_a_device_that_does_not_answer_is_killed_and_replaced(serve):
    server = serve(place="child", stuck_seconds=1.0)
    device = server.device()
    pid = server.service.place.pid
    os.kill(pid, signal.SIGSTOP)  # as stuck as a kernel that never ends
    with pytest.raises(DeviceLost, match="Press Run"):
        device.asnumpy(device.array(numpy.ones(3)))
    assert server.service.place.pid != pid
    again = server.device()
    assert again.asnumpy(again.array(numpy.ones(3))).tolist() == [1.0] * 3


def test_too_many_that_wait_are_put_off_with_a_time():
    there = place(Settings("cpu", place="inside", waiting=1))
    for sid in "abc":
        there.ask({"do": "open", "sid": sid, "client": "c"})
    found = []

    def run(sid):
        try:
            found.append(there.ask({"do": "answer", "sid": sid}, slow(1, 60)))
        except Refused as problem:
            found.append((problem.status, problem.wait))

    threads = [threading.Thread(target=run, args=[sid]) for sid in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(x[0]) is int for x in found) == [False, False, True]
    assert (429, 1) in found


@pytest.mark.parametrize("kind", PLACES)
def test_a_device_that_is_not_there_is_said_at_the_start(kind):
    pytest.importorskip("numpy")
    try:
        import cupy  # noqa: F401
    except ImportError:
        with pytest.raises(Unusable, match="CuPy is not installed"):
            place(Settings("cuda", place=kind))
    else:
        with pytest.raises(Unusable):
            place(Settings("cuda:63", place=kind))


def test_every_row_that_travels_runs_in_the_child(serve):
    """What is made there is what is made here; the whole table is tried in tests/engine."""
    server = serve(place="child", device="cpu")
    device = server.device()
    x = device.array(numpy.linspace(0.1, 0.9, 6).reshape(2, 3))
    found = {name: device.run(OPS[name], (x,), {}) for name in ("exp", "tanh", "sqrt", "log")}
    for name, y in found.items():
        assert device.asnumpy(y).tolist() == getattr(numpy, name)(device.asnumpy(x)).tolist()
    assert decode(frame(1)).seq == 1
