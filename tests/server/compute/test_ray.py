"""Several devices on Ray behind several servers; `test_place.py` asks the contract of one of them.

`make test-ray` runs these: two GPUs, which are Ray's word for two places that one actor each takes.
"""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy
import pytest

from engine.devices.remote import DeviceLost, Link, RemoteDevice, http
from engine.program import Call, Program, Read, encode
from engine.reply import decode_reply
from server import compute
from server.__main__ import main
from server.compute.place import Refused, Unusable, place

from .conftest import TOKEN
from .programs import frame, reading, slow

pytestmark = pytest.mark.ray


@pytest.fixture
def two(serve, ray_cluster):
    """A server in front of two devices."""
    return serve(device="fake", place="ray")


@pytest.fixture
def pair(serve, ray_cluster):
    """Two servers in front of the same two devices, which outlive them."""
    from server.compute.ray_home import end, listed

    settings = {"device": "cpu", "place": "ray", "ray_address": ray_cluster, "ray_devices": 2}
    yield serve(**settings), serve(**settings)
    end("autograd-playground", listed("autograd-playground"))


def devices_of(sids) -> list[str]:
    return [sid.partition(".")[0] for sid in sids]


def held(reply: bytes) -> list[str]:
    """For each value of a reply: nothing, or its error's code."""
    return [value.error.code if value.error else "" for value in decode_reply(reply).values]


def test_sessions_are_spread_and_each_device_has_its_own_gpu(two):
    sids = [two.sid() for _ in range(6)]
    assert sorted(devices_of(sids)) == ["fake0"] * 3 + ["fake1"] * 3
    pulses = two.service.sessions.devices()
    assert pulses["fake0"]["pid"] != pulses["fake1"]["pid"]
    assert [pulses[name]["sessions"] for name in ("fake0", "fake1")] == [3, 3]
    assert {pulses[name]["visible"] for name in pulses} == {"0", "1"}


def test_metrics_tell_of_each_device_and_of_all(two):
    sids = [two.sid() for _ in range(2)]
    two.frame(sids[0], frame(1))
    text = two.client.get("/metrics").text
    busy = devices_of(sids)[0]
    for line in ("sessions 2", "held_bytes 48", f'device_held_bytes{{device="{busy}"}} 48'):
        assert f"\nautograd_compute_{line}\n" in text
    assert text.count('autograd_compute_device_up{device="') == 2
    assert two.client.get("/readyz").json == {"ready": True, "sessions": 2, "held_bytes": 48}


def test_any_server_answers_any_session(pair):
    one, other = pair
    sids = [one.sid(), other.sid()]
    assert sorted(devices_of(sids)) == ["cpu0", "cpu1"]
    for sid in sids:
        assert held(one.frame(sid, frame(1)).data) == [""]
        assert one.frame(sid, frame(1)).data == other.frame(sid, frame(1)).data
        assert held(other.frame(sid, reading(2, 1001)).data) == [""]
        early = one.frame(sid, frame(9))
        assert (early.status_code, early.json["expected"]) == (409, 3)
    assert other.client.delete(f"/api/v1/sessions/{sids[0]}").status_code == 204
    assert one.frame(sids[0], frame(3)).json["code"] == "LOST"
    assert held(one.frame(sids[1], frame(3)).data) == [""]


def test_a_program_is_stopped_through_another_server(pair):
    one, other = pair
    sid = one.sid()
    found = []
    thread = threading.Thread(target=lambda: found.append(one.frame(sid, slow(1, 900)).data))
    thread.start()
    name = devices_of([sid])[0]
    while not found and not other.service.sessions.devices()[name]["seconds"]:
        pass
    assert other.client.post(f"/api/v1/sessions/{sid}/cancel").status_code == 204
    thread.join()
    assert held(found[0]) == ["CANCELLED"]
    assert held(other.frame(sid, frame(2)).data) == [""]


def test_quotas_and_limits_hold_across_servers(serve, ray_cluster):
    from server.compute.ray_home import end, listed

    given = {"device": "cpu", "place": "ray", "ray_address": ray_cluster, "ray_devices": 1}
    given |= {"client_sessions": 2, "client_bytes": 10_000}
    try:
        one, other = serve(**given), serve(**given)
        sids = [one.sid(), other.sid()]
        refused = one.open()
        assert (refused.status_code, refused.json["code"]) == (429, "SESSIONS")
        made = Call("zeros", (), {"shape": (1000,), "dtype": "float64"}, 1)
        wanted = encode(Program(1, (made,), (), (), (Read(1),)))
        assert held(one.frame(sids[0], wanted).data) == [""]
        assert held(other.frame(sids[1], wanted).data) == ["QUOTA_BYTES"]
    finally:
        end("autograd-playground", listed("autograd-playground"))


def test_a_device_that_dies_takes_its_own_sessions_only(pair):
    one, other = pair
    sids = dict(zip(["a", "b"], [one.sid(), other.sid()], strict=True))
    for sid in sids.values():
        one.frame(sid, frame(1))
    gone, stays = sids["a"], sids["b"]
    name = devices_of([gone])[0]
    os.kill(one.service.sessions.devices()[name]["pid"], signal.SIGKILL)
    for server in (one, other):
        found = server.frame(gone, frame(2))
        assert (found.status_code, found.json["code"]) == (410, "LOST")
        assert server.service.place.lost == 1
    assert held(other.frame(stays, reading(2, 1001)).data) == [""]


def test_a_device_that_was_ended_for_good_comes_back_for_the_next(pair):
    from server.compute.ray_home import end

    one, other = pair
    sid = one.sid()
    end("autograd-playground", ["cpu0", "cpu1"])
    assert one.frame(sid, frame(1)).json["code"] == "LOST"
    again = other.sid()
    assert held(one.frame(again, frame(1)).data) == [""]
    while not all(other.service.sessions.devices().values()):
        pass  # the other device is on its way
    assert {devices_of([other.sid()])[0], devices_of([again])[0]} == {"cpu0", "cpu1"}


def test_a_request_is_not_taken_for_stuck_while_others_are_before_it(serve, ray_cluster):
    """It waits longer than a device may be silent; the device works all the while."""
    server = serve(device="cpu", place="ray", ray_devices=1, stuck_seconds=2.0, frame_seconds=1.5)
    sids = [server.sid() for _ in range(3)]
    found = []

    def run(sid):
        found.append(held(server.frame(sid, slow(1, 4000)).data))

    threads = [threading.Thread(target=run, args=[sid]) for sid in sids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["QUOTA_TIME"]] * 3
    assert server.service.place.lost == 0


def test_a_name_that_means_no_device_is_lost(two):
    for sid in ("fake7.00", "cuda0.00", "", "..", "fake0." + 32 * "0"):
        with pytest.raises(Refused) as found:
            two.service.sessions.ask(sid, {"do": "answer"}, frame(1))
        assert found.value.code == "LOST"


def test_only_bytes_and_text_go_to_the_devices(two, monkeypatch):
    """What Ray brings back is JSON as bytes, and frames: also for what is refused."""
    from server.compute import actors

    seen = []
    wait = actors.Actors._wait
    monkeypatch.setattr(
        actors.Actors, "_wait", lambda *given: seen.append(wait(*given)) or seen[-1]
    )
    sid = two.sid()
    assert held(two.frame(sid, frame(1)).data) == [""]
    assert two.frame(sid, frame(9)).json["code"] == "GAP"
    assert len(seen) == 3
    assert all(type(part) is bytes for reply in seen for part in reply)


def test_a_ray_of_its_own_listens_on_the_loopback_only(ray_cluster):
    """The kernel's own list of what the processes of this Ray listen on."""
    if not Path("/proc/net/tcp").exists():
        pytest.skip("this system has no /proc")
    assert ray_cluster.startswith("127.0.0.1:")
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0" and len(os.environ["RAY_AUTH_TOKEN"]) == 64
    found = listening(descendants(os.getpid()))
    assert found and found <= {LOOPBACK, MAPPED}


#: 127.0.0.1 as in /proc/net/tcp, and in tcp6 as an IPv4 address.
LOOPBACK = "0100007F"
MAPPED = "0000000000000000FFFF00000100007F"


def descendants(pid: int) -> set[int]:
    """A process and all that it started."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text()
        except OSError:
            continue  # it has ended
        parents[int(folder.name)] = int(text.rpartition(")")[2].split()[1])
    found, size = {pid}, 0
    while len(found) > size:
        size = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found


def listening(pids: set[int]) -> set[str]:
    """Addresses that processes listen on for TCP, as the kernel writes them."""
    sockets = set()
    for pid in pids:
        for file in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                sockets.add(os.readlink(file))
            except OSError:
                pass  # closed meanwhile
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return {
        fields[1].partition(":")[0]
        for fields in lines
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets
    }


def test_the_token_is_not_told_to_the_devices(two):
    from server.compute.actor import told

    settings = two.service.settings
    assert settings.token == TOKEN and TOKEN not in told(settings)


def test_other_settings_before_the_same_devices_are_refused(pair, ray_cluster):
    given = {"place": "ray", "ray_address": ray_cluster, "ray_devices": 2}
    with pytest.raises(Unusable, match="other settings"):
        place(compute.Settings("cpu", session_bytes=1, **given))
    assert held(pair[0].frame(pair[0].sid(), frame(1)).data) == [""]


def test_more_devices_than_gpus_are_refused(ray_cluster, monkeypatch):
    from server.compute import actors

    monkeypatch.setattr(actors, "START", 5.0)
    with pytest.raises(Unusable, match=r"each device needs 1 GPU"):
        place(compute.Settings("fake", place="ray", ray_devices=3))


def test_ray_chooses_the_gpu(ray_cluster):
    with pytest.raises(Unusable, match="--device fake"):
        place(compute.Settings("fake:1", place="ray"))


def test_a_device_that_failed_for_good_is_started_anew(ray_cluster):
    """What CuPy says of a GPU that fell off its bus: the process ends, and Ray starts another."""
    from engine.devices.cuda import DeviceLost as Broken
    from server.compute.actor import Actor, told
    from server.compute.place import Inside

    actor = Actor(told(compute.Settings("cpu", place="ray")))
    ended = []

    def fail(head, body=b""):
        raise Refused(500, "INTERNAL", "x") from Broken("gone")

    actor._place.ask = fail
    original, os._exit = os._exit, ended.append
    try:
        actor.ask(b'{"do": "status"}', b"")
    finally:
        os._exit = original
    assert ended == [1] and isinstance(actor._place, Inside)


def test_two_processes_of_servers_before_the_same_devices(site, ray_cluster, capsys):
    """Real servers and a real network: opened at one, used at the other, found again by a third."""
    line = [sys.executable, "-u", "-m", "server", "--site", str(site), "--port", "0"]
    line += ["--links", "off", "--device", "fake", "--on", "ray", "--ray-address", ray_cluster]
    env = {**os.environ, "AUTOGRAD_COMPUTE_TOKEN": TOKEN}

    def started():
        return subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env=env)

    def address(process):
        return process.stdout.readline().split()[4]

    def ended(process):
        process.terminate()
        assert process.wait(60) == 0
        process.stdout.close()

    one, other = started(), started()
    try:
        here, there = address(one), address(other)
        link = Link(http.sender(here), TOKEN)
        device = RemoteDevice(link)
        x = device.array(numpy.arange(3.0)) + 1.0
        assert device.asnumpy(x).tolist() == [1.0, 2.0, 3.0]
        link._send = http.sender(there)
        y = x * 2.0
        assert device.asnumpy(y).tolist() == [2.0, 4.0, 6.0]
        ended(one)
        ended(other)
        one = started()
        link._send = http.sender(address(one))
        assert device.asnumpy(y + x).tolist() == [3.0, 6.0, 9.0]
        assert main(["ray", "list", "--address", ray_cluster]) == 0
        assert capsys.readouterr().out.split() == ["fake0", "fake1"]
        assert main(["ray", "end", "--address", ray_cluster]) == 0
        with pytest.raises(DeviceLost, match="Press Run"):
            device.asnumpy(x)
    finally:
        for process in (one, other):
            process.kill()
            process.wait()
