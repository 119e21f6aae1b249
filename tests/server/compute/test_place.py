"""One contract for all places of a device (`places.KINDS`); and what the death of one means."""

import json
import threading
import time

import numpy
import pytest

from engine.devices.remote import DeviceLost
from engine.errors import MXNetError
from engine.program import Call, Handle, Program, encode
from engine.registry import OPS
from engine.reply import decode_reply
from server import compute
from server.compute.place import Refused, Unusable, place

from .places import KILLABLE, Talk
from .programs import frame, reading, slow, zeros

killable = pytest.mark.parametrize("kind", KILLABLE, indirect=True)


def refusal(ask) -> tuple[int, str]:
    """Status and code of what a place refuses."""
    with pytest.raises(Refused) as found:
        ask()
    assert found.value.text
    return found.value.status, found.value.code


def errors(outcome) -> list[str]:
    """Codes of what was read."""
    return [value.error.code if value.error else "" for value in outcome.values]


# ----- Programs and their order -----


def test_a_program_runs(server):
    device = server.device()
    x = device.array(numpy.arange(4.0))
    for _ in range(100):
        x = x + 1.0
    assert device.asnumpy(x).tolist() == [100.0, 101.0, 102.0, 103.0]
    assert device.queue.counters.round_trips == 1
    device.close()
    assert server.service.status() == {"sessions": 0, "held_bytes": 0}


def test_the_same_frame_gets_the_same_bytes_and_runs_once(begin):
    talk = begin()
    talk.open()
    assert talk.answer("a", frame(1)) == talk.answer("a", frame(1))
    assert talk.status() == {"sessions": 1, "held_bytes": 48}


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


def test_what_is_refused_changes_nothing(begin):
    talk = begin()
    talk.open()
    talk.answer("a", frame(1))
    before = talk.status()
    assert refusal(lambda: talk.answer("a", frame(3))) == (409, "GAP")
    assert refusal(lambda: talk.answer("a", frame(1, 2))) == (422, "CONFLICT")
    assert refusal(lambda: talk.answer("a", b"no frame")) == (400, "BAD_FRAME")
    assert refusal(lambda: talk.answer("a", bytes(33 << 20))) == (413, "QUOTA_BYTES")
    assert talk.status() == before
    assert errors(talk.outcome("a", frame(2))) == [""]


def test_a_gap_tells_which_number_is_next(begin):
    talk = begin()
    talk.open()
    with pytest.raises(Refused) as found:
        talk.answer("a", frame(7))
    assert found.value.expected == 1


def test_errors_of_calls_come_with_the_reply(server):
    device = server.device()
    x = device.array(numpy.arange(3.0))
    y = x[device.array(numpy.array([9]))]
    with pytest.raises(MXNetError, match="between -3 and 2"):
        device.asnumpy(y)
    assert device.asnumpy(x).tolist() == [0.0, 1.0, 2.0]


def test_rows_give_the_values_that_they_give_here(server):
    """A few of them; the whole table is tried in tests/engine."""
    device = server.device()
    host = numpy.linspace(0.1, 0.9, 6).reshape(2, 3)
    x = device.array(host)
    for name in ("exp", "tanh", "sqrt", "log"):
        found = device.asnumpy(device.run(OPS[name], (x,), {}))
        numpy.testing.assert_array_equal(found, getattr(numpy, name)(host))


# ----- Sessions -----


def test_a_session_that_is_not_there_is_lost(begin):
    talk = begin()
    talk.open()
    talk.close()
    for sid in ("a", "b"):
        assert refusal(lambda sid=sid: talk.answer(sid, frame(1))) == (410, "LOST")
        assert refusal(lambda sid=sid: talk.get(sid, 1, 0, 8)) == (410, "LOST")
        assert refusal(lambda sid=sid: talk.put(sid, 1, [2], 0, bytes(8))) == (410, "LOST")
        talk.close(sid)


def test_sessions_do_not_see_each_other(server):
    one, other = server.sid(), server.sid()
    server.frame(one, frame(1))
    values = decode_reply(server.frame(other, reading(1, 1000, 1001)).data).values
    assert [value.error.code for value in values] == ["UNKNOWN_HANDLE"] * 2
    assert b"\x00\x00\x00\x00\x00\x00\xf0\x3f" not in server.frame(other, reading(1, 1000)).data


def test_sessions_have_numbers_and_handles_of_their_own(begin):
    talk = begin()
    for sid in ("a", "b"):
        talk.open(sid)
        assert errors(talk.outcome(sid, frame(1, 2))) == [""]
    talk.close("a")
    assert talk.status() == {"sessions": 1, "held_bytes": 72}
    assert errors(talk.outcome("b", reading(2, 1002))) == [""]
    talk.close("b")
    assert talk.status() == {"sessions": 0, "held_bytes": 0}


@pytest.mark.parametrize("which", ["session_bytes", "client_bytes", "device_bytes"])
def test_bytes_are_counted_before_they_are_taken(begin, which):
    talk = begin(**{which: 12_000})
    for sid, client in (("a", "one"), ("b", "one"), ("c", "other")):
        talk.open(sid, client)
    assert errors(talk.outcome("a", zeros(1, 1000))) == [""]
    found = {
        "a": errors(talk.outcome("a", zeros(2, 1000))),
        "b": errors(talk.outcome("b", zeros(1, 1000))),
        "c": errors(talk.outcome("c", zeros(1, 1000))),
    }
    shared = {"session_bytes": "a", "client_bytes": "ab", "device_bytes": "abc"}[which]
    assert found == {sid: ["QUOTA_BYTES" if sid in shared else ""] for sid in "abc"}
    talk.close("a")
    assert errors(talk.outcome("b", zeros(2, 1000)))[0] == ("" if "b" in shared else "QUOTA_BYTES")


# ----- Large arrays -----


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


def test_chunks_come_in_order_and_count_when_they_are_whole(begin):
    talk = begin()
    talk.open()
    data = numpy.arange(6, dtype="float32").tobytes()
    assert refusal(lambda: talk.put("a", 1, [6], 8, data[8:])) == (400, "BAD_FRAME")
    assert talk.put("a", 1, [6], 0, data[:16]) == 16
    assert talk.put("a", 1, [6], 0, data[:16]) == 16  # it came again
    assert refusal(lambda: talk.put("a", 1, [6], 20, data[20:])) == (400, "BAD_FRAME")
    assert talk.put("a", 1, [6], 16, data[16:]) == 24
    assert talk.get("a", 1, 4, 12) == (data[4:12], 24)
    assert talk.status()["held_bytes"] == 24


# ----- Stopping -----


def test_a_program_can_be_stopped_between_its_calls(begin):
    talk = begin()
    talk.open()
    timer = threading.Timer(0.3, talk.place.cancel, ["a", 1])
    timer.start()
    outcome = talk.outcome("a", slow(1, 900))
    timer.join()
    assert errors(outcome) == ["CANCELLED"] and outcome.account.calls < 900
    # The next one runs.
    assert errors(talk.outcome("a", frame(2))) == [""]


def test_a_stop_that_comes_late_stops_nothing_else(begin):
    talk = begin()
    talk.open()
    assert errors(talk.outcome("a", frame(1))) == [""]
    talk.place.cancel("a", 1)
    talk.place.cancel("nobody", 5)
    assert errors(talk.outcome("a", frame(2))) == [""]


def test_a_stop_that_comes_early_stops_what_waits(begin):
    talk = begin()
    talk.open()
    talk.place.cancel("a", 1)
    assert errors(talk.outcome("a", frame(1))) == ["CANCELLED"]
    assert errors(talk.outcome("a", frame(2))) == [""]


def test_a_program_that_takes_too_long_is_ended(begin):
    talk = begin(frame_seconds=0.2)
    talk.open()
    assert errors(talk.outcome("a", slow(1, 900))) == ["QUOTA_TIME"]


def test_too_many_that_wait_are_put_off_with_a_time(begin):
    talk = begin(waiting=0)
    talk.open()
    found = []
    long = slow(1, 900)

    def run():
        while not found:
            try:
                found.append(talk.outcome("a", long))
            except Refused:
                pass  # this thread met with the other's question

    thread = threading.Thread(target=run)
    thread.start()
    try:
        for _ in range(3000):
            time.sleep(0.02)  # leaves the other thread a gap to get in
            try:
                talk.status()
            except Refused as problem:
                assert (problem.status, problem.code, problem.wait) == (429, "BUSY", 1)
                break
        else:
            raise AssertionError("nobody was put off")
    finally:
        talk.place.cancel("a", 1_000_000)
        thread.join()
    assert errors(found[0]) == ["CANCELLED"]


# ----- Starting, dying, ending -----


def test_a_device_that_is_not_there_is_said_at_the_start(kind):
    try:
        import cupy  # noqa: F401
    except ImportError:
        with pytest.raises(Unusable, match="CuPy is not installed"):
            place(compute.Settings("cuda", place=kind.name))
    else:
        with pytest.raises(Unusable):
            place(compute.Settings("cuda:63", place=kind.name))


def test_ending_twice_is_ending(begin):
    talk = begin()
    talk.place.stop()
    talk.place.stop()


@killable
def test_a_killed_device_is_replaced_and_its_sessions_are_lost(server, kind):
    device, other = server.device(), server.device()
    x = device.array(numpy.ones(3))
    assert device.asnumpy(x).tolist() == [1.0] * 3
    kind.kill(server.service.place)
    with pytest.raises(DeviceLost, match="Press Run"):
        device.asnumpy(x + 1.0)
    with pytest.raises(DeviceLost, match="no such session"):
        other.asnumpy(other.array(numpy.ones(3)))
    again = server.device()
    assert again.asnumpy(again.array(numpy.ones(3)) * 2.0).tolist() == [2.0] * 3
    assert server.service.place.lost == 1
    assert "\nautograd_compute_lost_total 1\n" in server.client.get("/metrics").text


@killable
def test_after_a_crash_new_sessions_open_at_once(begin, kind):
    talk = begin()
    talk.open()
    kind.kill(talk.place)
    talk.open("b")
    assert errors(talk.outcome("b", frame(1))) == [""]
    assert talk.status() == {"sessions": 1, "held_bytes": 48}


@killable
def test_a_device_that_does_not_answer_is_killed_and_replaced(begin, kind):
    talk = begin(stuck_seconds=3.0)
    talk.open()
    kind.freeze(talk.place)  # as stuck as a kernel that never ends
    assert refusal(lambda: talk.answer("a", frame(1))) == (410, "LOST")
    assert talk.place.lost == 1
    talk.open("b")
    assert errors(talk.outcome("b", frame(1))) == [""]
    assert talk.status() == {"sessions": 1, "held_bytes": 48}


@killable
def test_a_device_that_dies_at_its_work_takes_nothing_along(begin, kind):
    talk = begin()
    talk.open()
    timer = threading.Timer(0.3, kind.kill, [talk.place])
    timer.start()
    assert refusal(lambda: talk.answer("a", slow(1, 900))) == (410, "LOST")
    timer.join()
    talk.place.cancel("a", 1)
    assert talk.status() == {"sessions": 0, "held_bytes": 0}


def test_a_process_that_dies_while_a_frame_is_written_is_replaced(monkeypatch):
    talk = Talk(place(compute.Settings("cpu")))
    talk.open()
    process = talk.place._process
    process.kill()
    process.wait()
    monkeypatch.setattr(process, "poll", lambda: None)  # as if it died a moment later
    assert refusal(lambda: talk.answer("a", frame(1) + bytes(1 << 20))) == (410, "LOST")
    assert (talk.place.lost, talk.status()["sessions"]) == (1, 0)
    talk.place.stop()


def test_a_stop_while_there_is_no_process_is_no_error():
    there = place(compute.Settings("cpu"))
    there.stop()
    there.cancel("a", 1)


def test_messages_to_a_child_are_json_and_bytes():
    """Nothing else goes over its pipes: what is not JSON cannot be said."""
    from io import BytesIO

    from server.compute import wire

    stream = BytesIO()
    wire.write(stream, {"do": "get", "shape": [2, 3]}, b"\x00\xff")
    stream.seek(0)
    assert wire.read(stream) == ({"do": "get", "shape": [2, 3]}, b"\x00\xff")
    with pytest.raises(EOFError):
        wire.read(stream)
    with pytest.raises(TypeError):
        wire.write(stream, {"do": object()})
    assert json.loads(stream.getvalue()[12:-2]) == {"do": "get", "shape": [2, 3]}
