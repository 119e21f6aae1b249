"""Two clients and a network that loses, repeats, reorders and changes frames, stops that come in
time and late, sessions that end and time out, a device that dies: values stay NumPy's, every byte
is accounted for, nothing leaks, and nothing of one session is seen in another.

A hypothesis state machine; its model is a dictionary of NumPy arrays for each client. Frames are
written by hand here, so that everything that may happen to them can; `test_faults.py` does the
same with the engine's own client. More of it: `AUTOGRAD_MACHINE=2000 pytest …` runs so many
examples with fresh seeds, `AUTOGRAD_MACHINE_PLACE=child` on a process that is really killed.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine.devices import fakecupy
from engine.program import Call, Handle, Program, Read, Upload, encode
from engine.reply import decode_reply
from server import compute, create_app

from .places import KINDS

TOKEN = "a-token-of-the-tests"
EXAMPLES = int(os.environ.get("AUTOGRAD_MACHINE", "0"))
PLACE = os.environ.get("AUTOGRAD_MACHINE_PLACE", "inside")
KIND = next(each.values[0] for each in KINDS if each.values[0].name == PLACE)
LEASE = 100.0

CLIENTS = some.sampled_from((0, 1))
PICK = some.integers(0, 10**6)


@dataclass(frozen=True)
class Row:
    """An operation, and what NumPy says of it."""

    operands: int
    attrs: dict
    twin: Callable


#: Some make new arrays, some give views of the old ones, whose memory counts once.
ROWS = {
    "add": Row(2, {}, numpy.add),
    "multiply": Row(2, {}, numpy.multiply),
    "maximum": Row(2, {}, numpy.maximum),
    "negative": Row(1, {}, numpy.negative),
    "copy": Row(1, {}, lambda x: x.copy()),
    "sum": Row(1, {"axis": None, "keepdims": False}, numpy.sum),
    "zeros": Row(0, {"shape": (3, 2), "dtype": "float64"}, lambda: numpy.zeros((3, 2))),
    "reshape": Row(1, {"newshape": (-1,)}, lambda x: x.reshape(-1)),
    "transpose": Row(1, {"axes": None}, lambda x: x.T),
    "getitem": Row(1, {"key": (slice(1, None),)}, lambda x: x[1:]),
    "broadcast_to": Row(1, {"shape": (2, 3, 2)}, lambda x: numpy.broadcast_to(x, (2, 3, 2))),
}


def owner(x: numpy.ndarray) -> numpy.ndarray:
    """The array whose memory `x` looks at."""
    while isinstance(x.base, numpy.ndarray):
        x = x.base
    return x


@dataclass
class Client:
    """One session as its client knows it: the arrays, and what waits to be sent."""

    sid: str
    used: float
    #: Handle -> its array; None where the call that was to make it fails.
    arrays: dict[int, numpy.ndarray | None] = field(default_factory=dict)
    sent: dict[int, numpy.ndarray | None] = field(default_factory=dict)  # what the server holds
    seq: int = 1
    handle: int = 1
    uploads: list[Upload] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    frees: list[int] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    #: Frames that were answered, and their answers.
    past: list[tuple[bytes, bytes]] = field(default_factory=list)

    def new(self) -> int:
        """The next handle."""
        self.handle += 1
        return self.handle - 1

    def pick(self, at: int) -> int:
        """One of the handles that are not freed."""
        known = [handle for handle in self.arrays if handle not in self.frees]
        return known[at % len(known)] if known else 0

    def frame(self) -> bytes:
        """What waits, as a frame."""
        parts = (self.calls, self.uploads, self.frees, self.reads)
        return encode(Program(self.seq, *map(tuple, parts)))

    def sent_bytes(self) -> int:
        """What the server should hold for this client."""
        owners = (owner(x) for x in self.sent.values() if x is not None)
        return sum({id(x): x.nbytes for x in owners}.values())


class Machine(RuleBasedStateMachine):
    """What two clients, their network, a device and the time do, in any order."""

    def __init__(self) -> None:
        super().__init__()
        fakecupy.get_default_memory_pool().poison = True
        self.now = 1000.0
        self.app = create_app(
            device=compute.Settings(
                "fake",
                TOKEN,
                place=PLACE,
                lease=LEASE,
                opens_per_minute=10**6,
                frames_per_minute=10**6,
            )
        )
        self.service = self.app.extensions["compute"]
        self.service.sessions.clock = lambda: self.now
        self.http = self.app.test_client()
        self.clients: list[Client | None] = [None, None]
        self.gone: list[str] = []
        self.open(0)
        self.open(1)

    # ----- Asking -----

    def post(self, sid: str, frame: bytes):
        """Sends a frame; it is never a mistake of the server's own."""
        kind = {"Content-Type": "application/octet-stream"}
        path = f"/api/v1/sessions/{sid}/programs"
        found = self.http.post(path, data=frame, headers=kind)
        assert found.status_code < 500, found.data
        return found

    def refused(self, sid: str, frame: bytes, status: int, code: str) -> None:
        """Sends a frame that must be refused."""
        found = self.post(sid, frame)
        assert (found.status_code, found.json["code"]) == (status, code), found.json

    def of(self, who: int) -> Client:
        """A client that has a session."""
        client = self.clients[who]
        if client is None:
            self.open(who)
            client = self.clients[who]
        return client

    def open(self, who: int) -> None:
        """A client begins a session."""
        found = self.http.post("/api/v1/sessions", headers={"Authorization": f"Bearer {TOKEN}"})
        assert found.status_code == 201, found.data
        self.clients[who] = Client(found.json["sid"], self.now)

    # ----- What a client writes down -----

    @rule(who=CLIENTS, shape=some.sampled_from([(3, 2), (2, 3), (4,), (), (0,)]), by=PICK)
    def upload(self, who, shape, by):
        client = self.of(who)
        size = int(numpy.prod(shape))
        # The clients' numbers are far apart, so one's would be known in the other's hands.
        values = (numpy.arange(float(size)) + by % 100 + 10_000 * (who + 1)).reshape(shape)
        handle = client.new()
        client.uploads.append(Upload(handle, "float64", shape, values.tobytes()))
        client.arrays[handle] = values.copy()

    @rule(who=CLIENTS, name=some.sampled_from(sorted(ROWS)), a=PICK, b=PICK)
    def call(self, who, name, a, b):
        client, row = self.of(who), ROWS[name]
        picked = [client.pick(at) for at in (a, b)[: row.operands]]
        if 0 in picked:
            return
        given = [client.arrays[handle] for handle in picked]
        made = None
        if not any(x is None for x in given):
            try:
                made = numpy.asarray(row.twin(*given))
            except (ValueError, IndexError):
                pass  # their shapes do not fit, and the server will say so
        handle = client.new()
        client.calls.append(Call(name, tuple(map(Handle, picked)), row.attrs, handle))
        client.arrays[handle] = made

    @rule(who=CLIENTS, a=PICK, b=PICK)
    def call_on_the_other_sessions_arrays(self, who, a, b):
        """A handle that this session never had means nothing here, whatever others have there."""
        client = self.of(who)
        client.new()
        handle = client.new()
        client.calls.append(Call("negative", (Handle(handle - 1),), {}, handle))
        client.arrays[handle] = None

    @rule(who=CLIENTS, a=PICK)
    def free(self, who, a):
        client = self.of(who)
        if handle := client.pick(a):
            client.frees.append(handle)

    @rule(who=CLIENTS, a=PICK, mode=some.sampled_from(["full", "summary"]))
    def read(self, who, a, mode):
        client = self.of(who)
        if handle := client.pick(a):
            client.reads.append(Read(handle, mode))

    # ----- Sending, and what happens on the way -----

    @rule(
        who=CLIENTS,
        how=some.sampled_from(
            ["plain", "plain", "lost reply", "twice", "changed", "early", "old", "stopped"]
        ),
        at=PICK,
    )
    def send(self, who, how, at):
        client = self.of(who)
        frame = client.frame()
        if how == "changed":
            broken = bytearray(frame)
            broken[at % len(frame)] ^= 1 << at % 8
            found = self.post(client.sid, bytes(broken))
            assert found.status_code in (400, 413), found.data
        if how == "early":
            ahead = encode(Program(client.seq + 1 + at % 3))
            found = self.post(client.sid, ahead)
            assert found.json["code"] == "GAP" and found.json["expected"] == client.seq
        if how == "old" and client.past:
            self.repeat(who, at, False)
        if how == "stopped":
            turn = self.service.sessions._sessions[client.sid].turn
            self.service.place.cancel(client.sid, turn + 1)
        reply = self.post(client.sid, frame)
        assert reply.status_code == 200, reply.data
        if how in ("lost reply", "twice"):
            assert self.post(client.sid, frame).data == reply.data
        client.used = self.now
        self.check(client, reply.data, stopped=how == "stopped")
        client.past.append((frame, reply.data))

    def check(self, client: Client, reply: bytes, stopped: bool) -> None:
        """That a reply says what the model says; the model goes on."""
        if stopped:
            for call in client.calls:
                client.arrays[call.first_out] = None
        outcome = decode_reply(reply)
        assert outcome.seq == client.seq
        for asked, value in zip(client.reads, outcome.values, strict=True):
            expected = client.arrays[asked.handle]
            assert (value.handle, value.mode) == (asked.handle, asked.mode)
            if stopped or expected is None:
                assert value.error.code in (
                    "SHAPE",
                    "INDEX",
                    "VALUE",
                    "UNKNOWN_HANDLE",
                    "CANCELLED",
                )
            elif asked.mode == "full":
                assert value.error is None, value.error
                assert value.spec.shape == expected.shape
                assert value.data == numpy.ascontiguousarray(expected).tobytes()
            elif expected.size:
                assert value.data["min"] == expected.min() and value.data["max"] == expected.max()
        assert {error.code for error in outcome.errors} <= {
            "SHAPE",
            "INDEX",
            "VALUE",
            "UNKNOWN_HANDLE",
            *(["CANCELLED"] if stopped else []),
        }
        for handle in client.frees:
            del client.arrays[handle]
        client.sent = dict(client.arrays)
        client.seq += 1
        client.uploads, client.calls, client.frees, client.reads = [], [], [], []
        assert outcome.account.held_bytes == client.sent_bytes()
        assert outcome.account.arrays == len(client.sent)

    @rule(who=CLIENTS, at=PICK, other=some.booleans())
    def repeat(self, who, at, other):
        """A frame of long ago comes out of the network once more, or its number with `other`
        content."""
        client = self.of(who)
        if not client.past:
            return
        k = at % len(client.past)
        frame, reply = client.past[k]
        if other:
            frame = encode(Program(k + 1, (), (), (), (Read(2**31),)))
        if k < len(client.past) - 32:
            self.refused(client.sid, frame, 410, "GONE")
        elif other:
            self.refused(client.sid, frame, 422, "CONFLICT")
        else:
            found = self.post(client.sid, frame)
            assert found.status_code == 200 and found.data == reply
        client.used = self.now

    @rule(who=CLIENTS, noise=some.binary(max_size=60))
    def noise(self, who, noise):
        client = self.of(who)
        self.refused(client.sid, noise, 400, "BAD_FRAME")
        client.used = self.now

    # ----- Chunks -----

    @rule(who=CLIENTS, cut=some.integers(1, 47), back=some.integers(0, 9), ends=some.booleans())
    def put(self, who, cut, back, ends):
        """An array comes in chunks; the first comes twice, the second begins within it, or never
        comes at all."""
        client = self.of(who)
        if client.uploads or client.calls:
            self.send(who, "plain", 0)
        handle = client.new()
        values = (numpy.arange(6.0) - 10_000 * (who + 1)).reshape(2, 3)
        data = values.tobytes()
        path = f"/api/v1/sessions/{client.sid}/tensors/{handle}?dtype=float64&shape=2,3"
        for start, stop in [(0, cut), (0, cut)] + [(max(0, cut - back), 48)] * ends:
            span = {"Content-Range": f"bytes {start}-{stop - 1}/48"}
            found = self.http.put(path, data=data[start:stop], headers=span)
            assert found.status_code == 200 and found.json["have"] == stop
        client.used = self.now
        if ends:
            client.arrays[handle] = client.sent[handle] = values

    @rule(who=CLIENTS, a=PICK, start=some.integers(0, 60), size=some.integers(1, 60))
    def get(self, who, a, start, size):
        """Any part of any array, its first and last bytes within elements too."""
        client = self.of(who)
        if not client.sent:
            return
        handle = list(client.sent)[a % len(client.sent)]
        expected = client.sent[handle]
        found = self.http.get(
            f"/api/v1/sessions/{client.sid}/tensors/{handle}",
            headers={"Range": f"bytes={start}-{start + size - 1}"},
        )
        client.used = self.now
        if expected is None:
            assert found.status_code == 400
            return
        data = numpy.ascontiguousarray(expected).tobytes()
        if start >= len(data):
            assert found.status_code == 416
        else:
            assert found.status_code == 206 and found.data == data[start : start + size]

    # ----- Stopping, ending, dying -----

    @rule(who=CLIENTS)
    def stop_too_late(self, who):
        """Nothing runs, so nothing is stopped: not the next frame either."""
        found = self.http.post(f"/api/v1/sessions/{self.of(who).sid}/cancel")
        assert found.status_code == 204

    @rule(who=CLIENTS)
    def end(self, who):
        client = self.of(who)
        for _ in range(2):
            assert self.http.delete(f"/api/v1/sessions/{client.sid}").status_code == 204
        self.clients[who] = None
        self.gone.append(client.sid)

    @rule(seconds=some.sampled_from([1.0, 0.6 * LEASE, 1.1 * LEASE]))
    def wait(self, seconds):
        self.now += seconds
        self.service.sessions.expire()
        for who, client in enumerate(self.clients):
            if client and client.used < self.now - LEASE:
                self.gone.append(client.sid)
                self.clients[who] = None

    @rule()
    def die(self):
        """The device crashes: its sessions are told that they are lost."""
        if KIND.kill:
            KIND.kill(self.service.place)
        else:
            self.service.place = type(self.service.place)(self.service.settings)
            self.service.sessions.place = self.service.place
        for who, client in enumerate(self.clients):
            if client:
                self.refused(client.sid, client.frame(), 410, "LOST")
                self.gone.append(client.sid)
                self.clients[who] = None

    # ----- What always holds -----

    @invariant()
    def bytes_are_accounted_for(self):
        """The server holds what the models hold, to the byte."""
        living = [client for client in self.clients if client]
        held = sum(client.sent_bytes() for client in living)
        assert self.service.status() == {"sessions": len(living), "held_bytes": held}

    @invariant()
    def what_ended_stays_ended(self):
        for sid in self.gone[-2:]:
            self.refused(sid, encode(Program(1)), 410, "LOST")

    def teardown(self):
        """When all is freed, nothing is left, also not in the device's own memory."""
        for who, client in enumerate(self.clients):
            if client:
                client.frees = list(client.arrays)
                client.reads = []
                self.send(who, "plain", 0)
        assert self.service.status()["held_bytes"] == 0
        for client in self.clients:
            if client:
                self.http.delete(f"/api/v1/sessions/{client.sid}")
        assert self.service.status() == {"sessions": 0, "held_bytes": 0}
        assert len(self.service.sessions) == 0
        self.service.stop()
        fakecupy.get_default_memory_pool().poison = False


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=EXAMPLES or 80,
    stateful_step_count=50,
    derandomize=not EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
