"""Arrays on a server: queued, run there, read when asked; errors at once or with the line."""

import gc
import http.server
import inspect
import json
import math
import threading
import types

import numpy
import pytest

import engine
from engine import gpu
from engine.devices import HOST, cuda
from engine.devices.executor import Executor, Limits
from engine.devices.remote import (
    DeviceLost,
    Link,
    LinkError,
    RemoteDevice,
    local,
    xhr,
)
from engine.devices.remote import (
    http as over_http,
)
from engine.devices.session import Session, refused
from engine.errors import DTypeError, MXNetError, OutOfBounds, ShapeError
from engine.program import Call, Handle, decode, packed, packer
from engine.registry import OPS
from engine.summary import summarize

engine.install()


class Counted(local):
    """A link that keeps the frames that went over it."""

    def __init__(self, session):
        super().__init__(session)
        self.programs = []

    def exchange(self, frame):
        self.programs.append(decode(frame))
        return super().exchange(frame)


@pytest.fixture
def device():
    return RemoteDevice(Counted(Session(Executor(cuda.fake()))))


def run(device, name, *operands, **attrs):
    return device.run(OPS[name], operands, attrs)


def held(device):
    """Arrays that the server holds after all frees went out."""
    device.queue.call("zeros", (), {"shape": (1,), "dtype": "float32"}, 1, False)
    device.flush()
    return len(device.link._session.executor._table) - 1


# ----- Queue -----


def test_a_thousand_calls_cost_one_round_trip(device):
    x = device.array(numpy.ones(4, "float32"))
    for _ in range(1000):
        x = x + 1.0
    assert device.queue.counters.round_trips == 0
    assert device.asnumpy(x).tolist() == [1001.0] * 4
    counters = device.queue.counters
    assert (counters.round_trips, counters.recorded, counters.sent) == (1, 1000, 1000)


def test_shapes_and_dtypes_are_known_without_the_server(device):
    x = device.array(numpy.ones((2, 3), "float32"))
    y = run(device, "mean", x @ x.T > 2.0, axis=0)
    assert (y.shape, y.dtype, y.ndim, y.size, y.nbytes) == ((2,), numpy.float32, 1, 2, 8)
    assert device.link.programs == []


def test_a_full_queue_is_sent_without_a_read(device):
    x = device.array(numpy.ones(2))
    for _ in range(5000):
        x = x * 1.0
    assert [len(p.calls) for p in device.link.programs] == [4096]
    device.flush()
    device.flush()
    assert [len(p.calls) for p in device.link.programs] == [4096, 904]


def test_intermediate_arrays_are_freed_with_the_frame_that_made_them(device):
    x = device.array(numpy.ones(1000))
    y = x
    for _ in range(50):
        y = y + x
    device.asnumpy(y)
    assert device.link._session.executor.ledger.peak <= 4 * 8000
    del x, y
    gc.collect()
    assert held(device) == 0


def test_handles_are_never_given_twice(device):
    seen = set()
    for _ in range(3):
        x = device.array(numpy.ones(2))
        y = x + x
        seen |= {x.handle, y.handle}
        device.asnumpy(y)
    assert len(seen) == 6


def test_writing_makes_a_new_handle_and_leaves_what_was_recorded(device):
    x = device.array(numpy.zeros(3))
    before = x + 0.0
    old = x.handle
    x[1:] = 5.0
    x[device.array(numpy.array([0]))] = device.array(numpy.array([2.0]))
    assert x.handle != old
    assert device.read([x, before])[0].tolist() == [2.0, 5.0, 5.0]
    assert device.asnumpy(before).tolist() == [0.0, 0.0, 0.0]


def test_several_arrays_are_read_in_one_round_trip(device):
    x = device.array(numpy.arange(3.0))
    found = device.read([x, x * 2.0])
    assert [a.tolist() for a in found] == [[0.0, 1.0, 2.0], [0.0, 2.0, 4.0]]
    found[0][0] = 9  # a copy of one's own
    assert device.queue.counters.round_trips == 1


@pytest.mark.parametrize("shape", [(3,), (20, 30)])
def test_looking_fetches_a_summary_only(device, shape):
    values = numpy.linspace(-1, 1, int(numpy.prod(shape)), dtype="float32").reshape(shape)
    x = device.array(values)
    device.flush()
    assert device.summaries([x]) == [summarize(values)]
    assert device.queue.counters.bytes_down < 3600


def test_a_boolean_index_is_read_first_as_the_shape_depends_on_it(device):
    x = device.array(numpy.array([1.0, -2.0, 3.0]))
    y = x[x > 0.0]
    assert y.shape == (2,) and device.queue.counters.round_trips == 1
    assert device.asnumpy(y).tolist() == [1.0, 3.0]


def test_decisions_read_one_element(device):
    x = device.array(numpy.array(2.0))
    assert x > 1.0 and int(x) == 2 and float(x) == 2.0 and x.item() == 2.0
    with pytest.raises(TypeError, match="asnumpy"):
        numpy.asarray(x)


@pytest.mark.parametrize("value", [numpy.zeros((2, 0, 3)), numpy.array(1.5), numpy.array([True])])
def test_arrays_come_back_as_they_went(device, value):
    back = device.asnumpy(device.array(value))
    assert (back.shape, back.dtype, back.tolist()) == (value.shape, value.dtype, value.tolist())


def test_a_queue_is_full_by_uploads_and_by_bytes_too(device):
    kept = [device.array(numpy.ones(1)) for _ in range(2100)]
    assert [len(p.uploads) for p in device.link.programs] == []  # a call looks
    total = kept[0] + kept[1]
    assert [len(p.uploads) for p in device.link.programs] == [2100]
    wide = [run(device, "concatenate", *kept[:2000], axis=0) for _ in range(120)]
    assert len(device.link.programs) == 2 and len(wide) == 120  # 120 times 10 KB
    assert device.asnumpy(total).tolist() == [2.0]
    with pytest.raises(MXNetError, match="at most 4096"):
        run(device, "concatenate", *kept, *kept, axis=0)


def test_more_is_read_than_one_reply_holds(device):
    large = [device.array(numpy.full(2 << 20, k, "float64")) for k in range(3)]
    found = device.read(large)
    assert [x[0] for x in found] == [0, 1, 2] and [x.size for x in found] == [2 << 20] * 3
    assert len(device.read(large[:1] * 3)) == 3


def test_nothing_stays_on_the_server_when_nothing_is_held(device):
    x = device.array(numpy.ones((50, 50)))
    y = [x * k for k in range(20)]
    device.read(y)
    assert device.queue.counters.held_bytes == 21 * 20_000
    del x, y
    gc.collect()
    device.asnumpy(device.array(numpy.zeros(0)))
    assert device.queue.counters.held_bytes == 0


# ----- What is remembered of calls -----


@pytest.mark.parametrize(
    ("op", "inputs", "attrs", "outputs"),
    [
        ("exp", (Handle(3),), {}, 1),
        ("add", (Handle(3), 2), {}, 1),
        ("add", (2.5, Handle(70_000)), {}, 1),
        ("where", (Handle(1), Handle(2), 0.5), {}, 1),
        ("sum", (Handle(3),), {"axis": (0, 1), "keepdims": True}, 1),
        ("getitem", (Handle(3),), {"key": (slice(0, 2, None), None, Ellipsis, 1)}, 1),
        ("zeros", (), {"shape": (2, 3), "dtype": "float32"}, 1),
        ("svd", (Handle(3),), {}, 3),
    ],
)
@pytest.mark.parametrize("nd", [False, True])
def test_a_packer_gives_what_packing_gives(op, inputs, attrs, outputs, nd):
    pack = packer(op, [type(x) for x in inputs], attrs, outputs, nd)
    given = [x.id if isinstance(x, Handle) else x for x in inputs]
    for first in (90_000, 90_007):
        assert pack(first, given) == packed(Call(op, inputs, attrs, first, outputs, nd))


def test_what_is_remembered_of_a_call_holds_for_its_like_only(device):
    x = device.array(numpy.arange(6.0).reshape(2, 3) - 2)
    wide = device.array(numpy.ones((4, 3)))
    asked = [
        (lambda: run(device, "sum", x, axis=0), [-1.0, 1.0, 3.0]),
        (lambda: run(device, "sum", wide, axis=0), [4.0] * 3),
        (lambda: run(device, "sum", x, axis=1), [-3.0, 6.0]),
        (lambda: x[0], [-2.0, -1.0, 0.0]),
        (lambda: x[0:1, 1], [-1.0]),
        (lambda: x[0:2, 1], [-1.0, 2.0]),
        (lambda: 1 / run(device, "full", shape=(1,), fill_value=0.0, dtype="float64"), [math.inf]),
        (lambda: 1 / run(device, "full", shape=(1,), fill_value=-0.0, dtype="float64"),
         [-math.inf]),
        (lambda: run(device, "clip", x, a_min=-1, a_max=1)[0], [-1.0, -1.0, 0.0]),
        (lambda: run(device, "clip", x, a_min=-1.5, a_max=1)[0], [-1.5, -1.0, 0.0]),
        (lambda: (x + 2)[0], [0.0, 1.0, 2.0]),
        (lambda: (x + 2.5)[0], [0.5, 1.5, 2.5]),
        (lambda: (x + True)[0], [-1.0, 0.0, 1.0]),
        (lambda: (2 - x)[0], [4.0, 3.0, 2.0]),
    ]  # fmt: skip
    for _ in range(3):
        assert [device.asnumpy(ask()).tolist() for ask, _ in asked] == [found for _, found in asked]
    with pytest.raises(TypeError):  # not the sum along axis 1, which is known
        run(device, "sum", x, axis=1.0)
    with pytest.raises(MXNetError, match="64 bits"):
        x + 2**70


def test_numbers_of_numpy_are_numbers(device):
    x = device.array(numpy.ones(2))
    for _ in range(2):
        y = numpy.float32(2) * x + numpy.int64(3)
        y = run(device, "getitem", y, key=(slice(numpy.int64(0), numpy.int64(1)),))
        assert device.asnumpy(y).tolist() == [5.0]


# ----- Arrays larger than a frame -----

LARGE = (7 << 20) + 3  # elements of float32: 28 MiB, in 8 chunks


def test_large_arrays_go_in_chunks(device):
    here = numpy.arange(LARGE, dtype="float32")
    x = device.array(numpy.ones(2, "float32"))
    y = x * 2.0
    there = device.array(here)
    assert device.queue.counters.round_trips == 1 + 8  # what waited went first
    assert device.queue.counters.bytes_up > here.nbytes
    back = device.asnumpy(there + 1.0)
    assert numpy.array_equal(back, here + 1)
    assert device.asnumpy(y).tolist() == [2.0, 2.0]
    del there
    assert held(device) == 2


def test_a_large_array_that_could_not_be_computed_has_its_error(device):
    x = device.array(numpy.zeros((2, LARGE // 2), "float32"))
    line = inspect.currentframe().f_lineno + 1
    y = x[device.array(numpy.array([0, 9]))]
    with pytest.raises(OutOfBounds, match=f"line {line}"):
        device.asnumpy(y)


def test_an_array_that_is_too_large_is_refused_and_nothing_else_is_lost():
    device = RemoteDevice(local(Session(Executor(HOST, Limits(held_bytes=1 << 20)))))
    x = device.array(numpy.ones(2))
    with pytest.raises(MXNetError, match="at most 1048576"):
        device.array(numpy.zeros(LARGE, "float32"))
    assert device.asnumpy(x).tolist() == [1.0, 1.0]


# ----- Errors -----


def test_calls_that_are_equal_to_earlier_ones_only_in_part_are_told_apart(device):
    """Forecasts are remembered; 1, 1.0 and True are equal keys of a dict."""
    host = numpy.arange(12.0).reshape(3, 4)
    x = device.array(host)
    for key in ((1, 2), (1, slice(0, 2)), 1, 2, slice(0, 1), slice(0, 2), (slice(0, 2), 2)):
        found = device.run(OPS["getitem"], (x,), {"key": key})
        assert device.asnumpy(found).tolist() == host[key].tolist()
    whole = device.array(numpy.arange(3))
    for number, dtype in ((1, "int64"), (1.0, "float32"), (True, "int64"), (2, "int64")):
        found = device.run(OPS["add"], (whole, number), {})
        assert found.dtype == dtype
        assert device.asnumpy(found).tolist() == [0 + number, 1 + number, 2 + number]
    for axis, keepdims in ((0, False), (1, False), (None, False), (0, True)):
        found = device.run(OPS["sum"], (x,), {"axis": axis, "keepdims": keepdims})
        assert found.shape == host.sum(axis=axis, keepdims=keepdims).shape


def test_what_shapes_and_dtypes_forbid_is_raised_at_once(device):
    a, b = device.array(numpy.ones(2)), device.array(numpy.ones(3))
    with pytest.raises(ShapeError, match="broadcast"):
        a + b
    with pytest.raises(DTypeError):
        device.run(OPS["add"], (a, device.array(numpy.ones(2, "float32"))), {}, nd=True)
    with pytest.raises(DTypeError, match="complex"):
        device.array(numpy.ones(2, "complex64"))
    with pytest.raises(MXNetError, match="cannot take"):
        run(device, "take", a, b, axis=0, mode="nearest")
    with pytest.raises(MXNetError, match="64 bits"):
        a + 2**70
    assert device.link.programs == []


def test_what_values_forbid_is_raised_at_the_read_with_the_users_line(device):
    x = device.array(numpy.arange(3.0))
    line = inspect.currentframe().f_lineno + 1
    y = x[device.array(numpy.array([7]))]
    z = y * 2.0 + 1.0
    fine = x + 1.0
    with pytest.raises(OutOfBounds, match=rf"line {line} of test_remote\.py") as caught:
        device.asnumpy(z)
    assert caught.value.place.line == line
    assert device.asnumpy(fine).tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(OutOfBounds, match=f"line {line}"):
        device.asnumpy(y + 1.0)  # many frames later, still that line


def test_a_function_of_the_facade_is_not_the_users_line():
    import mxnet as mx

    gpu.use(RemoteDevice(local(Session(Executor(HOST, Limits(held_bytes=1000))))))
    try:
        x = mx.np.ones(10, ctx=mx.gpu(0))
        line = inspect.currentframe().f_lineno + 1
        y, z = mx.np.exp(x) * x, mx.npx.smooth_l1(x)
        for made in (y, z):
            with pytest.raises(MXNetError, match=rf"line {line} of test_remote\.py"):
                made.asnumpy()
    finally:
        gpu.disconnect()


def test_no_memory_and_no_budget_are_errors_of_the_call(device):
    small = RemoteDevice(local(Session(Executor(HOST, Limits(held_bytes=1000)))))
    line = inspect.currentframe().f_lineno + 1
    x = small.run(OPS["zeros"], (), {"shape": (1000,), "dtype": "float64"})
    with pytest.raises(MXNetError, match=rf"at most 1000 in all.*line {line}"):
        small.asnumpy(x)


def test_arrays_of_two_devices_do_not_mix(device):
    other = RemoteDevice(local(Session(Executor(HOST))), index=1)
    x = device.array(numpy.ones(2))
    with pytest.raises(MXNetError, match="one device"):
        run(device, "add", x, other.array(numpy.ones(2)))
    with pytest.raises(TypeError):
        x + numpy.ones(2)
    with pytest.raises(MXNetError, match=r"as_in_ctx\(mx.gpu\(0\)\)"):
        run(device, "add", x, numpy.ones(2))


def test_a_closed_or_refused_session_loses_the_device_for_good(device):
    x = device.array(numpy.ones(2))
    device.link._session.expected = 5
    device.link._session._replies.clear()
    with pytest.raises(Exception, match="too long ago"):
        device.asnumpy(x)
    device.close()
    with pytest.raises(DeviceLost):
        device.array(numpy.ones(2))


# ----- The network -----


class Server:
    """Sessions behind a network that can be told to misbehave."""

    def __init__(self):
        self.session = Session(Executor(HOST))
        self.faults = []  # what happens to the next requests: "drop", "lose", or a status
        self.seen = []
        self.slept = []
        self.clock = 0.0

    def send(self, method, path, body, headers):
        self.seen.append((method, path))
        fault = self.faults.pop(0) if self.faults else None
        if fault == "drop":
            raise OSError("connection refused")
        answer = self.answer(method, path, body)
        if fault == "lose":
            raise OSError("connection reset")
        if isinstance(fault, tuple):
            return fault
        return answer

    def answer(self, method, path, body):
        if path == "/api/v1/sessions":
            return 201, {}, json.dumps({"sid": "a.b", "limits": {"calls": 10_000}}).encode()
        if method == "DELETE":
            return 204, {}, b""
        try:
            return 200, {}, self.session.answer(body)
        except Exception as problem:
            status, code, detail = refused(problem)
            return status, {}, json.dumps({"code": code, "detail": detail}).encode()

    def link(self, **named):
        return Link(self.send, sleep=self.sleep, now=lambda: self.clock, **named)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.clock += seconds


def test_a_session_is_opened_used_and_closed():
    server = Server()
    device = RemoteDevice(server.link(token="t"))
    assert device.asnumpy(device.array(numpy.ones(2)) + 1.0).tolist() == [2.0, 2.0]
    device.close()
    assert server.seen == [
        ("POST", "/api/v1/sessions"),
        ("POST", "/api/v1/sessions/a.b/programs"),
        ("DELETE", "/api/v1/sessions/a.b"),
    ]


@pytest.mark.parametrize(
    "faults",
    [
        ["drop"],
        ["lose"],
        ["lose", "drop", "lose"],
        [(503, {}, b"")],
        [(429, {"Retry-After": "2"}, b"{}")],
        [(409, {"Retry-After": "1"}, b'{"code": "BUSY"}')],
    ],
)
def test_what_is_lost_on_the_way_is_sent_again_and_runs_once(faults):
    server = Server()
    device = RemoteDevice(server.link())
    server.faults = list(faults)
    x = device.array(numpy.ones(2)) + 1.0
    assert device.asnumpy(x).tolist() == [2.0, 2.0]
    assert server.session.expected == 2 and len(server.slept) == len(faults)


def test_a_server_that_asks_for_patience_gets_it():
    server = Server()
    device = RemoteDevice(server.link())
    server.faults = [(429, {"retry-after": "2"}, b"{}")]
    device.asnumpy(device.array(numpy.ones(2)))
    assert 1.0 <= server.slept[0] <= 2.0


def test_a_server_that_stays_away_is_lost_after_half_a_minute():
    server = Server()
    device = RemoteDevice(server.link())
    server.faults = ["drop"] * 1000
    with pytest.raises(DeviceLost, match=r"cannot be reached.*Press Run"):
        device.asnumpy(device.array(numpy.ones(2)))
    assert 20 < server.clock <= 30


@pytest.mark.parametrize(
    ("status", "code"), [(410, "LOST"), (404, "LOST"), (422, "CONFLICT"), (403, "HTTP")]
)
def test_a_refusal_is_final_and_says_why(status, code):
    server = Server()
    device = RemoteDevice(server.link())
    body = json.dumps({"code": code, "detail": "because"}) if code == "CONFLICT" else "<html>"
    server.faults = [(status, {}, body.encode())]
    with pytest.raises(DeviceLost):
        device.asnumpy(device.array(numpy.ones(2)))
    with pytest.raises(DeviceLost):
        device.array(numpy.ones(1))
    server.faults = [(status, {}, body.encode())]
    with pytest.raises(LinkError) as caught:
        server.link()
    assert caught.value.code == code


def test_nonsense_for_a_reply_loses_the_device():
    server = Server()
    device = RemoteDevice(server.link())
    server.faults = [(200, {}, b"nonsense")]
    with pytest.raises(DeviceLost, match="too few"):
        device.asnumpy(device.array(numpy.ones(2)))


def test_over_http_with_the_standard_library_alone():
    server = Server()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self):
            size = int(self.headers.get("Content-Length") or 0)
            status, _, body = server.answer(self.command, self.path, self.rfile.read(size))
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_DELETE = do

        def log_message(self, *_):
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.block_on_close = False  # the client keeps its connection
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    try:
        device = RemoteDevice(Link(over_http.sender(f"http://127.0.0.1:{listening.server_port}")))
        x = device.array(numpy.arange(1000.0))
        assert (
            device.asnumpy(run(device, "sum", x * x, axis=None))
            == (numpy.arange(1000.0) ** 2).sum()
        )
        device.close()
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
    with pytest.raises(OSError):
        over_http.sender(f"http://127.0.0.1:{listening.server_port}", 0.2)("GET", "/", None, {})
    with pytest.raises(ValueError, match="http://host:port"):
        over_http.sender("localhost:8000")


def test_in_the_page_bodies_are_blobs_and_requests_synchronous():
    server, opened = Server(), []

    class Request:
        @staticmethod
        def new():
            return Request()

        def open(self, method, url, wait):
            assert wait is False
            self.target = method, url
            opened.append(url)

        def setRequestHeader(self, name, value):
            pass

        def send(self, blob):
            assert self.responseType == "arraybuffer"
            path = self.target[1].removeprefix("http://here")
            body = None if blob is None else blob.parts[0]
            self.status, self.headers, body = server.answer(self.target[0], path, body)
            self.response = types.SimpleNamespace(to_bytes=lambda: body)

        def getResponseHeader(self, name):
            return self.headers.get(name)

    blob = types.SimpleNamespace(new=lambda parts: types.SimpleNamespace(parts=parts))
    js = types.SimpleNamespace(XMLHttpRequest=Request, Blob=blob)
    device = RemoteDevice(Link(xhr.sender("http://here/", js, lambda value: value)))
    assert device.asnumpy(device.array(numpy.ones(2)) * 3.0).tolist() == [3.0, 3.0]
    assert opened[1] == "http://here/api/v1/sessions/a.b/programs"
