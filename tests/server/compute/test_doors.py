"""Who may use the device, how much of it, and what hostile requests get: never a 500."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
import zlib

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine.devices.opset import opset
from engine.program import Call, Handle, Program, Read, Upload, encode
from engine.reply import decode_reply
from server import compute, create_app
from server.__main__ import main

from .conftest import TOKEN
from .programs import frame, slow, zeros

#: `ij,jk,lm->m`: sums over everything else.
LABELS = ((0, 1), (1, 2), (3, 4), (4,))


@pytest.fixture
def server(serve):
    """The doors are the same whatever is behind them."""
    return serve()


def test_hello_says_what_a_client_must_know(server):
    said = server.client.get("/api/v1/hello").json
    assert said["protocol"] == [[1, 0]] and said["opset"] == opset()
    assert said["devices"][0]["name"] == "fake" and said["auth"] == "token"
    assert said["limits"]["frame_bytes"] == 32 << 20


def test_without_a_device_there_is_nothing(client):
    assert client.get("/api/v1/hello").status_code == 404
    assert client.post("/api/v1/sessions").status_code in (404, 405)
    assert b"playground-compute" not in client.get("/").data


def test_the_page_is_told_and_given_the_local_token_unless_there_is_one(site, serve):
    (site / "index.html").write_text("<html><head></head></html>")
    told = serve(token=None).client.get("/").text
    assert 'name="playground-compute" content="api/v1"' in told
    assert 'name="playground-compute-token"' in told
    assert "token" not in serve().client.get("/").text
    # A page of another origin may not read it.
    answer = serve(token=None).client.get("/", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("given_token", ["", "Bearer", "Bearer wrong", "Basic " + TOKEN])
def test_only_the_token_opens_sessions(server, given_token):
    refused = server.open(Authorization=given_token)
    assert refused.status_code == 401 and refused.json["code"] == "bad-token"
    assert refused.mimetype == "application/problem+json"


def test_a_local_token_is_made_anew_at_each_start(serve):
    one, other = serve(token=None), serve(token=None)
    assert one.service.local_token != other.service.local_token
    assert one.open(Authorization=f"Bearer {other.service.local_token}").status_code == 401
    assert one.open(Authorization=f"Bearer {one.service.local_token}").status_code == 201


@pytest.mark.parametrize(
    ("origin", "opens", "uses"),
    [
        (None, 201, 200),
        ("http://localhost", 201, 200),
        ("null", 403, 200),
        ("https://evil.example", 403, 403),
        ("http://localhost:81", 403, 403),
    ],
)
def test_origins_are_a_list(server, origin, opens, uses):
    headers = {} if origin is None else {"Origin": origin}
    assert server.open(**headers).status_code == opens
    found = server.frame(server.sid(), frame(1), **headers)
    assert found.status_code == uses
    allowed = found.headers.get("Access-Control-Allow-Origin")
    assert allowed == ("null" if origin == "null" else None)


def test_the_runner_may_ask_before_it_sends(server):
    asked = server.client.options(
        f"/api/v1/sessions/{server.sid()}/programs",
        headers={"Origin": "null", "Access-Control-Request-Method": "POST"},
    )
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == "null"
    assert "Content-Type" in asked.headers["Access-Control-Allow-Headers"]
    other = server.client.options("/api/v1/sessions", headers={"Origin": "null"})
    assert "Access-Control-Allow-Origin" not in other.headers


def test_a_name_that_was_pointed_here_may_not_ask(server):
    for call in (server.open, lambda **h: server.frame(server.sid(), frame(1), **h)):
        assert call(Host="evil.example").json["code"] == "foreign-host"


def test_a_session_that_was_ended_is_lost_and_cannot_be_guessed(server):
    sid = server.sid()
    assert len(sid.partition(".")[2]) == 32 and sid != server.sid()
    assert server.client.delete(f"/api/v1/sessions/{sid}").status_code == 204
    assert server.client.delete(f"/api/v1/sessions/{sid}").status_code == 204
    for found in (
        server.frame(sid, frame(1)),
        server.client.post(f"/api/v1/sessions/{sid}/cancel"),
        server.client.get(f"/api/v1/sessions/{sid}/tensors/1", headers={"Range": "bytes=0-1"}),
    ):
        assert (found.status_code, found.json["code"]) == (410, "LOST")


def test_a_session_that_is_not_used_ends_and_frees_its_arrays(serve):
    server = serve(lease=100.0)
    now = [0.0]
    server.service.sessions.clock = lambda: now[0]
    sid, kept = server.sid(), server.sid()
    server.frame(sid, frame(1))
    now[0] = 90.0
    server.frame(kept, frame(1))
    now[0] = 110.0
    assert server.frame(sid, frame(2)).status_code == 410
    assert server.frame(kept, frame(2)).status_code == 200
    assert server.service.status() == {"sessions": 1, "held_bytes": 96}


def test_sessions_and_frames_of_one_client_are_counted(serve):
    server = serve(client_sessions=2, frames_per_minute=3)
    sid = server.sid()
    server.sid()
    many = server.open()
    assert (many.status_code, many.json["code"]) == (429, "SESSIONS")
    assert many.headers["Retry-After"]
    assert [server.frame(sid, frame(k)).status_code for k in (1, 2, 3)] == [200] * 3
    late = server.frame(sid, frame(4))
    assert (late.status_code, late.headers["Retry-After"]) == (429, "20")


def test_a_session_that_is_not_used_ends_also_when_nobody_asks(serve):
    server = serve(lease=0.2)
    server.frame(server.sid(), frame(1))
    for _ in range(3000):
        if server.service.status() == {"sessions": 0, "held_bytes": 0}:
            break
        time.sleep(0.02)
    else:
        raise AssertionError("it was not ended")


def test_a_session_that_ends_while_the_device_is_busy_is_freed_afterwards(serve):
    server = serve(waiting=0)
    sid = server.sid()
    server.frame(sid, frame(1))
    turns = server.service.place._turns
    with turns:  # as if a program ran
        assert server.client.delete(f"/api/v1/sessions/{sid}").status_code == 204
        assert server.frame(sid, frame(2)).status_code == 410
        assert server.open().json["code"] == "BUSY"
    other = server.sid()
    server.frame(other, frame(1))
    assert server.service.status() == {"sessions": 1, "held_bytes": 48}


def test_a_session_that_ends_stops_what_runs_for_it(serve):
    server = serve(device="cpu", place="child")
    sid = server.sid()
    found = []
    thread = threading.Thread(target=lambda: found.append(server.frame(sid, slow(1, 900))))
    thread.start()
    while server.service.sessions._sessions[sid].running == 0:
        time.sleep(0.01)
    assert server.client.delete(f"/api/v1/sessions/{sid}").status_code == 204
    thread.join()
    if found[0].status_code == 200:  # else it had not come to the device yet
        assert decode_reply(found[0].data).values[0].error.code == "CANCELLED"
    assert server.service.status() == {"sessions": 0, "held_bytes": 0}


def test_a_stop_while_nothing_runs_stops_nothing_that_comes(server):
    sid = server.sid()
    server.frame(sid, frame(1))
    assert server.client.post(f"/api/v1/sessions/{sid}/cancel").status_code == 204
    assert decode_reply(server.frame(sid, frame(2)).data).values[0].error is None


def test_chunks_count_before_all_of_them_are_there(serve):
    """So that arrays which are begun and never ended hold no memory that nobody counts."""
    server = serve(client_bytes=100_000)
    for k in range(3):
        found = server.client.put(
            f"/api/v1/sessions/{server.sid()}/tensors/1?dtype=float64&shape=6000",
            data=bytes(8),
            headers={"Content-Range": "bytes 0-7/48000"},
        )
        assert found.status_code == (200 if k < 2 else 413)
    assert found.json["code"] == "QUOTA_BYTES"


def test_replies_that_are_kept_count(serve):
    server = serve(client_bytes=100_000)
    for k in range(3):
        sid = server.sid()
        made = Call("zeros", (), {"shape": (4000,), "dtype": "float64"}, 1)
        asked = encode(Program(1, (made,), (), (1,), (Read(1),)))
        error = decode_reply(server.frame(sid, asked).data).values[0].error
        assert (error and error.code) == (None if k < 3 else "QUOTA_BYTES")
    assert server.service.status()["held_bytes"] == 0
    assert decode_reply(server.frame(server.sid(), asked).data).values[0].error.code == (
        "QUOTA_BYTES"
    )


@pytest.mark.parametrize("which", ["session_bytes", "client_bytes", "device_bytes"])
def test_bytes_are_counted_before_they_are_taken(serve, which):
    server = serve(**{which: 12_000})
    one, other = server.sid(), server.sid()
    assert decode_reply(server.frame(one, zeros(1, 1000)).data).values[0].error is None
    second = one if which == "session_bytes" else other
    seq = 2 if second is one else 1
    value = decode_reply(server.frame(second, zeros(seq, 1000)).data).values[0]
    assert value.error.code == "QUOTA_BYTES"
    assert server.service.status()["held_bytes"] == 8000
    server.client.delete(f"/api/v1/sessions/{one}")
    assert server.service.status()["held_bytes"] == 0
    sid = server.sid()
    assert decode_reply(server.frame(sid, zeros(1, 1000)).data).values[0].error is None


def test_work_is_counted_before_it_is_done(server):
    """2 * 10^14 operations on 1 MB of operands, and 40 bytes of result."""
    sid = server.sid()
    wide = Call("zeros", (), {"shape": (10, 10_000), "dtype": "float32"}, 1)
    tall = Call("zeros", (), {"shape": (10_000, 10), "dtype": "float32"}, 2)
    product = [
        Call("einsum", (Handle(2), Handle(1), Handle(2)), {"labels": LABELS}, 3),
    ]
    began = time.monotonic()
    frame = encode(Program(1, (wide, tall, *product), (), (), (Read(3, "summary"),)))
    error = decode_reply(server.frame(sid, frame).data).values[0].error
    assert error.code == "QUOTA_FLOPS" and time.monotonic() - began < 2


def test_a_body_that_is_too_large_is_not_read(server):
    found = server.frame(server.sid(), b"x" * ((32 << 20) + 1))
    assert found.status_code == 413
    chunk = server.client.put(
        f"/api/v1/sessions/{server.sid()}/tensors/1?dtype=float32&shape=9999999",
        data=b"x" * ((4 << 20) + 1),
        headers={"Content-Range": "bytes 0-4194304/39999996"},
    )
    assert chunk.status_code == 413


def test_what_is_packed_is_not_unpacked(server):
    """50 MB of zeros are 49 KB: nothing that comes in is inflated, in any of the places for it."""
    sid = server.sid()
    packed = zlib.compress(bytes(50 << 20))
    said = server.frame(sid, packed, **{"Content-Encoding": "deflate"})
    assert (said.status_code, said.json["code"]) == (415, "encoded")
    assert server.frame(sid, packed).json["code"] == "BAD_FRAME"
    flagged = bytearray(frame(1))
    flagged[6] = 1  # the flag that other protocols have for this
    assert server.frame(sid, bytes(flagged)).json["code"] == "BAD_FRAME"
    chunk = server.client.put(
        f"/api/v1/sessions/{sid}/tensors/1?dtype=float32&shape=2",
        data=b"12345678",
        headers={"Content-Range": "bytes 0-7/8", "Content-Encoding": "gzip"},
    )
    assert chunk.status_code == 415
    assert server.frame(sid, frame(1)).status_code == 200


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("dtype=float32&shape=2", {}),
        ("dtype=object&shape=2", {"Content-Range": "bytes 0-7/8"}),
        ("dtype=float32&shape=-2", {"Content-Range": "bytes 0-7/8"}),
        ("dtype=float32&shape=3", {"Content-Range": "bytes 0-7/8"}),
        ("dtype=float32&shape=2", {"Content-Range": "bytes 7-0/8"}),
        ("dtype=float32&shape=1,1,1,1,1,1,1,1,2", {"Content-Range": "bytes 0-7/8"}),
        ("dtype=float32&shape=9999999999999", {"Content-Range": "bytes 0-7/8"}),
        ("dtype=float32&shape=99999999999", {"Content-Range": "bytes 0-7/399999999996"}),
        ("dtype=float32&shape=4", {"Content-Range": "bytes 8-15/16"}),
    ],
)
def test_chunks_that_make_no_sense_are_refused(server, query, headers):
    path = f"/api/v1/sessions/{server.sid()}/tensors/1?{query}"
    found = server.client.put(path, data=b"12345678", headers=headers)
    assert found.status_code in (400, 413) and found.json["code"]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=some.data())
def test_no_frame_is_a_500(serve, data):
    """Any bytes, and any change of a good frame, with the checksum put right."""
    from zlib import crc32

    from engine.program import SEALED

    server = serve(opens_per_minute=10**6, frames_per_minute=10**6)
    upload = Upload(1, "float32", (2, 2), numpy.ones((2, 2), "float32").tobytes())
    calls = (
        Call("add", (Handle(1), 2.0), {}, 2),
        Call("getitem", (Handle(2),), {"key": (0, slice(None))}, 3),
        Call("sum", (Handle(3),), {"axis": 0, "keepdims": False}, 4),
    )
    good = bytearray(encode(Program(1, calls, (upload,), (3,), (Read(4), Read(2, "summary")))))
    if data.draw(some.booleans()):
        for _ in range(data.draw(some.integers(1, 4))):
            good[data.draw(some.integers(0, len(good) - 1))] = data.draw(some.integers(0, 255))
        good[SEALED : SEALED + 4] = bytes(4)
        good[SEALED : SEALED + 4] = crc32(good).to_bytes(4, "little")
        frame = bytes(good)
    else:
        frame = data.draw(some.binary(max_size=200))
    sid = server.sid()
    found = server.frame(sid, frame)
    assert found.status_code in (200, 400, 409, 410, 413, 422, 429)
    if found.status_code != 200:
        assert found.json["code"] != "INTERNAL"
    server.client.delete(f"/api/v1/sessions/{sid}")


def test_ready_and_metrics_tell_of_the_device(server):
    sid = server.sid()
    server.frame(sid, frame(1, 5))
    assert server.client.get("/readyz").json == {"ready": True, "sessions": 1, "held_bytes": 144}
    text = server.client.get("/metrics").text
    for line in ("calls_total 5", "sessions 1", "held_bytes 144", "frames_total 1", "up 1"):
        assert f"\nautograd_compute_{line}\n" in text
    far = server.client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert far.status_code == 401
    # What a proxy on this machine passes on comes from this machine too.
    passed = server.client.get("/metrics", headers={"Host": "192.0.2.9"})
    assert passed.status_code == 401


def test_whoever_asks_for_the_state_takes_no_place_in_the_queue(serve):
    server = serve(waiting=0)
    server.service.clock = lambda: 0.0
    with server.service.place._turns:
        assert server.client.get("/readyz").json == {"ready": True, "busy": True}
        text = server.client.get("/metrics").text
        assert "compute_up 1" in text and "held_bytes" not in text
    # What was said is told again for a second.
    assert server.client.get("/readyz").json == {"ready": True, "busy": True}
    server.service.clock = lambda: 2.0
    assert server.client.get("/readyz").json == {"ready": True, "sessions": 0, "held_bytes": 0}


def test_the_log_has_no_data_no_token_and_no_name_of_a_session(server, caplog):
    with caplog.at_level(logging.INFO):
        sid = server.sid()
        secret = numpy.array([1.2345678901234567])
        upload = Upload(1, "float64", (1,), secret.tobytes())
        server.frame(sid, encode(Program(1, (), (upload,), (), (Read(1),))))
        server.open(Authorization="Bearer another-token-of-somebody")
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert len(caplog.records) >= 2
    assert [json.loads(line)["event"] for line in told.splitlines()][:2] == ["open", "answer"]
    for hidden in (sid, sid[-32:], TOKEN, "another-token", "1.23456", secret.tobytes().hex()):
        assert hidden not in told


def test_nothing_that_could_run_code_is_used():
    """No pickle, no eval, no .npy in what a frame can reach."""
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, ast, pathlib, server.compute.child as c, engine.devices.desk\n"
            "bad = {'pickle', 'marshal', 'shelve', 'dill', 'cloudpickle'}\n"
            "for name, m in sorted(sys.modules.items()):\n"
            "    if not name.startswith(('server', 'engine.devices', 'engine.program',"
            " 'engine.reply')):\n"
            "        continue\n"
            "    tree = ast.parse(pathlib.Path(m.__file__).read_text())\n"
            "    for node in ast.walk(tree):\n"
            "        if isinstance(node, ast.Import | ast.ImportFrom):\n"
            "            names = {a.name for a in node.names} | {getattr(node, 'module', '')}\n"
            "            assert not names & bad, (name, names)\n"
            "        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):\n"
            "            assert node.func.id not in ('eval', 'exec', 'compile'), name\n"
            "        if isinstance(node, ast.Attribute):\n"
            "            assert node.attr not in ('load', 'loads') or "
            "ast.unparse(node.value) == 'json', name\n"
            "print('checked')\n",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.stdout == "checked\n", loaded.stderr[-800:]


def test_settings_say_what_is_wrong():
    for given_settings, word in (
        ({"device": "tpu"}, "cuda"),
        ({"device": "cuda:x"}, "number"),
        ({"device": "cpu", "token": "short"}, "16 characters"),
        ({"device": "cpu", "place": "cloud"}, "child or inside or on ray"),
    ):
        with pytest.raises(ValueError, match=word):
            compute.Settings(**given_settings)


def test_a_device_that_other_machines_reach_needs_a_token(capsys, monkeypatch):
    monkeypatch.delenv("AUTOGRAD_COMPUTE_TOKEN", raising=False)
    assert main(["--host", "0.0.0.0", "--port", "0", "--device", "fake"]) == 1
    assert "AUTOGRAD_COMPUTE_TOKEN" in capsys.readouterr().err


def test_a_device_that_is_not_there_ends_the_start(site):
    with pytest.raises(RuntimeError):
        create_app(site, device=compute.Settings("cuda:77", place="inside"))


def test_the_command_serves_a_device(site):
    """A real server and a real network; the token is what it printed."""
    from engine.devices.remote import Link, RemoteDevice, http

    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "server", "--site", str(site), "--port", "0"]
        + ["--links", "off", "--device", "fake"],
        stdout=subprocess.PIPE,
        text=True,
        env={k: v for k, v in os.environ.items() if k != "AUTOGRAD_COMPUTE_TOKEN"},
    )
    try:
        address = process.stdout.readline().split()[4]
        token = process.stdout.readline().split()[-1]
        device = RemoteDevice(Link(http.sender(address), token))
        x = device.array(numpy.ones((1200, 800)))  # 7.7 MB: more than the server's other limit
        assert device.asnumpy(x + 1.0).sum() == 2 * 960_000
        device.close()
    finally:
        process.terminate()
        assert process.wait(20) == 0
        process.stdout.close()


def test_ray_is_asked_for_by_name_where_it_is_not_installed(monkeypatch, capsys, site):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    assert main(["--site", str(site), "--port", "0", "--device", "cpu", "--on", "ray"]) == 1
    assert "pip install 'autograd-playground[ray]'" in capsys.readouterr().err
    assert main(["ray", "list"]) == 1
    assert "pip install 'autograd-playground[ray]'" in capsys.readouterr().err
