"""The sessions of one device: opened, answered, stopped, closed. No IO, no threads, no clock.

A desk stands in a server's process or in a child's. `cancel` alone may be called while another
call runs: it raises a mark that the running program looks at before each of its calls. Programs
are told apart by turns, numbers that grow: a `cancel` that comes late, when the program it meant
has ended, stops no later one.
"""

from dataclasses import dataclass, field

from ..program import FrameError, Spec, elements
from .device import Device
from .executor import Executor, Limits, Pool
from .session import Refusal, Session, refused
from .tensors import Tensors

__all__ = ["Desk", "Shares", "make", "refusal"]

LOST = "no such session: the device was restarted, or the session was ended or timed out"


@dataclass(frozen=True, slots=True)
class Shares:
    """What sessions may use, each, those of one client together, and all of the device."""

    limits: Limits = field(default_factory=Limits)
    client_bytes: int = 1 << 30
    device_bytes: int = 2 << 30


def make(kind: str, memory: int | None = None) -> Device:
    """The device that `kind` names: "cpu", "fake", or "cuda" with a number ("cuda:1") if not the
    first. Raises `cuda.NoDevice` where there is none."""
    name, _, index = kind.partition(":")
    if name == "cpu":
        from .host import HOST

        return HOST
    from . import cuda

    if name == "fake":
        return cuda.fake(int(index or 0), memory)
    if name == "cuda":
        return cuda.cuda(int(index or 0), memory)
    raise cuda.NoDevice(f"there is no kind of device {kind!r}: it is cuda, cpu or fake")


class Seat:
    """One session: what it holds, which of its programs runs, and which are to stop."""

    def __init__(self, device: Device, shares: Shares, client: Pool, everybody: Pool):
        self.turn = 0  # of the program that runs, or ran last
        self.stopped = 0  # programs of this turn and earlier ones are to stop
        self.client = client
        self.executor = Executor(
            device, shares.limits, (client, everybody), lambda: self.turn <= self.stopped
        )
        self.session = Session(self.executor)
        self.tensors = Tensors(self.executor)


class Desk:
    """Sessions by name on one device."""

    def __init__(self, device: Device, shares: Shares | None = None):
        self.device = device
        self.shares = shares or Shares()
        self._all = Pool("this server", self.shares.device_bytes)
        self._clients: dict[str, Pool] = {}
        self._seats: dict[str, Seat] = {}

    def open(self, sid: str, client: str) -> None:
        """Begins a session of a client."""
        pool = self._clients.get(client)
        if pool is None:
            pool = self._clients[client] = Pool("this client", self.shares.client_bytes)
        self._seats[sid] = Seat(self.device, self.shares, pool, self._all)

    def answer(self, sid: str, turn: int, frame: bytes) -> bytes:
        """The reply to a program frame; raises `Refusal` or `FrameError`. Turns are from 1 up."""
        seat = self._of(sid)
        seat.turn = turn
        return seat.session.answer(frame)

    def put(self, sid: str, handle: int, spec: Spec, start: int, chunk: bytes) -> int:
        """Bytes of a large array from `start` on; gives how many there are now."""
        elements(spec.shape, self.shares.limits.frame)
        return self._of(sid).tensors.put(handle, spec, start, chunk)

    def get(self, sid: str, handle: int, start: int, stop: int) -> tuple[bytes, int]:
        """Bytes of an array from `start` to before `stop`, and how many it has."""
        return self._of(sid).tensors.get(handle, start, stop)

    def cancel(self, sid: str, turn: int) -> None:
        """Stops the program of this turn and earlier ones, before their next calls."""
        seat = self._seats.get(sid)
        if seat:
            seat.stopped = max(seat.stopped, turn)

    def close(self, sid: str) -> None:
        """Ends a session; a name that means none is no error."""
        seat = self._seats.pop(sid, None)
        if seat:
            seat.executor.close()
            if not len(seat.client):
                self._clients = {n: p for n, p in self._clients.items() if p is not seat.client}

    def status(self) -> dict[str, int]:
        """Sessions, arrays' bytes."""
        return {"sessions": len(self._seats), "held_bytes": self._all.held}

    def _of(self, sid) -> Seat:
        if sid not in self._seats:
            raise Refusal(410, "LOST", LOST, 0)
        return self._seats[sid]


def refusal(problem: Exception) -> tuple[int, str, str]:
    """HTTP's number, code and text for whatever a desk raised: also for its own mistakes."""
    if isinstance(problem, Refusal | FrameError):
        return refused(problem)
    return 500, "INTERNAL", f"the device made a mistake ({type(problem).__name__})"
