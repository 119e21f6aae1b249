"""A session that the page has opened and the worker joins: used, watched, let go, never ended."""

import json
import types

import numpy
import pytest

import engine
from engine import elsewhere, joined
from engine.devices import HOST
from engine.devices.executor import Executor
from engine.devices.opset import opset
from engine.devices.remote import DeviceLost, Link, LinkError, RemoteDevice
from engine.devices.session import Session
from engine.kernel import Kernel

engine.install()

SID = "cpu.0123456789"
AT = f"http://here/api/v1/sessions/{SID}/programs"


class Server:
    """What the page's server answers, asked as the worker asks: by a browser's requests."""

    def __init__(self):
        self.stopped = False
        self.session = Session(Executor(HOST, stopped=lambda: self.stopped))
        self.asked = []
        self.gone = False
        server = self

        class Request:
            def __init__(self):
                self.named = {}

            @classmethod
            def new(cls):
                return cls()

            def open(self, method, url, wait):
                assert wait is False
                self.target = method, url

            def setRequestHeader(self, name, value):
                self.named[name] = value

            def send(self, blob):
                server.asked.append((*self.target, self.named))
                if server.gone:
                    raise RuntimeError("NetworkError")
                self.status = 200
                reply = server.session.answer(blob.parts[0])
                self.response = types.SimpleNamespace(to_bytes=lambda: reply)

            def getResponseHeader(self, name):
                return None

        blob = types.SimpleNamespace(new=lambda parts: types.SimpleNamespace(parts=parts))
        self.browser = types.SimpleNamespace(XMLHttpRequest=Request, Blob=blob)

    def join(self, everywhere=False, tell=lambda told: None, **given):
        """The worker joins this server's session."""
        said = {"base": "http://here", "sid": SID, "opset": opset(), "limits": {"calls": 5}}
        told = json.dumps({**said, "everywhere": everywhere, **given})
        joined.join(told, tell, self.browser, lambda value: value)


@pytest.fixture
def server():
    yield Server()
    joined.leave()


PROGRAM = "import mxnet as mx\nx = mx.np.ones((2, 2){ctx})\nprint(float((x * 3).sum()), x.ctx)\n"


def shown(code):
    run = Kernel().execute(code)
    return "".join(o.get("text", "") for o in run.outputs), run


# ----- The link -----


def test_a_joined_session_is_used_and_not_ended():
    server = Server()
    sent = []

    def send(method, path, body, headers):
        sent.append((method, path, sorted(headers)))
        return 200, {}, server.session.answer(body)

    link = Link.joined(send, SID, opset(), {"calls": 5})
    device = RemoteDevice(link)
    assert device.asnumpy(device.array(numpy.ones(2)) + 1.0).tolist() == [2.0, 2.0]
    assert link.limits == {"calls": 5}
    device.close()
    assert sent == [("POST", f"/api/v1/sessions/{SID}/programs", ["Content-Type"])]
    with pytest.raises(DeviceLost, match="closed"):
        device.array(numpy.ones(2))


def test_a_joined_session_of_another_version_is_refused():
    with pytest.raises(LinkError, match="another version") as caught:
        Link.joined(lambda *_: None, SID, "0" * 16)
    assert caught.value.code == "VERSION"


def test_a_server_that_is_away_gets_less_patience_than_a_busy_one():
    clock = [0.0]

    def sleep(seconds):
        clock[0] += seconds

    def link(answer):
        def send(*_):
            if answer is None:
                raise OSError("refused")
            return answer

        return Link.joined(send, SID, opset(), patience=4.0, sleep=sleep, now=lambda: clock[0])

    with pytest.raises(DeviceLost, match=r"cannot be reached \(refused\)\. Press Run"):
        link(None).exchange(b"")
    assert clock[0] < 4
    clock[0] = 0.0
    with pytest.raises(DeviceLost, match="cannot be reached"):
        link((429, {"Retry-After": "1"}, b"")).exchange(b"")
    assert 15 < clock[0] < 31


# ----- In the worker -----


def test_a_program_that_names_the_gpu_runs_in_the_session(server):
    server.join()
    assert shown(PROGRAM.format(ctx=", ctx=mx.gpu(0)"))[0] == "12.0 gpu(0)\n"
    assert shown(PROGRAM.format(ctx=""))[0] == "12.0 cpu(0)\n"
    assert {(method, url) for method, url, _ in server.asked} == {("POST", AT)}
    assert not any("Authorization" in named for _, _, named in server.asked)


def test_everywhere_means_that_new_arrays_go_there_until_the_run_has_ended(server):
    server.join(everywhere=True)
    text, run = shown(PROGRAM.format(ctx=""))
    assert text == "12.0 gpu(0)\n"
    joined.rest()
    assert str(engine.facade.np.ones(2).ctx) == "cpu(0)"
    assert run.recorder.summaries([0])[0]["mean"] == 1.0


def test_counters_are_told_while_it_runs_and_at_its_end(server):
    told = []
    server.join(tell=told.append)
    shown(PROGRAM.format(ctx=", ctx=mx.gpu(0)"))
    assert told
    joined.rest()
    last = json.loads(told[-1])
    assert last["recorded"] == last["sent"] == 3  # ones, multiply, sum
    assert last["roundTrips"] == len(server.asked)
    assert last["bytesUp"] > 50 and last["bytesDown"] > 50
    assert last["held"] == 4 * (4 + 4 + 1)
    assert last["waited"] >= last["device"] > 0
    # Before and after each exchange, as nothing can be told in between; and at the end.
    assert [json.loads(one)["busy"] for one in told] == [True, False] * len(server.asked) + [False]


def test_leaving_is_local(server):
    server.join()
    shown(PROGRAM.format(ctx=", ctx=mx.gpu(0)"))
    asked = len(server.asked)
    joined.leave()
    assert len(server.asked) == asked and elsewhere.home.connected == {}
    assert "there is no GPU here" in str(shown(PROGRAM.format(ctx=", ctx=mx.gpu(0)"))[1].stops)


@pytest.mark.parametrize("given", [{"problem": "The server is busy."}, {"opset": "0" * 16}])
def test_a_session_that_could_not_be_had_says_so_in_the_line_that_wants_it(server, given):
    why = given.get("problem", "another version")
    server.join(**given)
    _, run = shown(PROGRAM.format(ctx=", ctx=mx.gpu(0)"))
    (stop,) = run.stops
    assert why in stop["message"] and stop["line"] == 2
    assert shown(PROGRAM.format(ctx=""))[0] == "12.0 cpu(0)\n"
    assert server.asked == []


def test_a_server_that_goes_away_is_told_in_the_users_line(server, monkeypatch):
    monkeypatch.setattr(joined, "PATIENCE", 0.0)
    server.join()
    server.gone = True
    _, run = shown(PROGRAM.format(ctx=", ctx=mx.gpu(0)"))
    (stop,) = run.stops
    assert stop["line"] == 3
    assert "cannot be reached" in stop["message"] and "Press Run to start again" in stop["message"]


def test_what_came_with_the_last_reply_outlives_the_server(server, monkeypatch):
    monkeypatch.setattr(joined, "PATIENCE", 0.0)
    server.join()
    code = PROGRAM.format(ctx=", ctx=mx.gpu(0)") + "server.gone = True\ny = x * 5\nprint(y)\n"
    monkeypatch.setitem(__builtins__, "server", server)
    _, run = shown(code)
    (stop,) = run.stops
    assert stop["line"] == 6
    known = run.document()["values"]["summaries"]
    assert [s and s["mean"] for s in known] == [1, 3, 12, None]


def test_a_program_that_the_page_cancelled_there_was_stopped_and_made_no_error(server):
    server.join()
    server.stopped = True
    _, run = shown(PROGRAM.format(ctx=", ctx=mx.gpu(0)"))
    assert [(stop["reason"], stop["line"]) for stop in run.stops] == [("interrupted", 3)]
    assert not [o for o in run.outputs if o["type"] == "error"]
