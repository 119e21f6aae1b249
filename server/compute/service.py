"""Sessions as the server knows them: names, clients, leases, limits, counters."""

import hashlib
import json
import logging
import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass

from flask import current_app, request

from engine.devices.opset import opset
from engine.program import LIMITS, MAJOR, MINOR
from engine.reply import account_of

from ..short.limits import Limiter, Rate, client_of
from .place import Place, Refused, place
from .settings import Settings

KEY = "compute"
#: All clients together may do this many times what one may.
CROWD = 20

log = logging.getLogger("autograd.compute")


@dataclass(slots=True)
class Entry:
    """A session."""

    client: str
    used: float
    running: int = 0  # requests that are not answered yet
    turn: int = 0  # requests that came; a stop means those that had come before it


class Service:
    """One for each application."""

    def __init__(self, settings: Settings, clock=time.monotonic):
        self.settings = settings
        #: Pages of this server carry it in a <meta>; pages of other origins cannot read that.
        self.local_token = None if settings.token else secrets.token_urlsafe(24)
        self.place: Place = place(settings)
        self.counters: Counter[str] = Counter()
        self.frames = _limiter(settings.frames_per_minute)
        self.opens = _limiter(settings.opens_per_minute)
        self._clock = clock
        self._sessions: dict[str, Entry] = {}
        self._lock = threading.Lock()

    def hello(self) -> dict:
        """What a client must know before it talks."""
        return {
            "protocol": [[MAJOR, MINOR]],
            "opset": opset(),
            "engine": _engine(),
            "devices": [
                {"name": self.settings.device, "kind": "gpu", "index": 0, **self.place.about}
            ],
            "limits": self.limits(),
            "auth": "token" if self.settings.token else "local",
        }

    def limits(self) -> dict:
        """Quotas, for clients that want to stay within them."""
        given = self.settings
        return {
            "frame_bytes": LIMITS.frame_bytes,
            "calls": LIMITS.calls,
            "elements": LIMITS.elements,
            "session_bytes": given.session_bytes,
            "client_bytes": given.client_bytes,
            "frame_seconds": given.frame_seconds,
            "lease_seconds": given.lease,
        }

    def open(self) -> str:
        """A new session of this client."""
        self.expire()
        client = client_of(request.remote_addr)
        with self._lock:
            own = sum(entry.client == client for entry in self._sessions.values())
            if (
                own >= self.settings.client_sessions
                or len(self._sessions) >= self.settings.sessions
            ):
                raise Refused(429, "SESSIONS", "too many sessions are open: close one", wait=5)
            # The device's name comes first, so that a router in front needs no memory.
            sid = f"{self.settings.device.replace(':', '')}.{secrets.token_hex(16)}"
            self._sessions[sid] = Entry(client, self._clock())
        try:
            self.place.ask({"do": "open", "sid": sid, "client": client})
        except Refused:
            self._sessions.pop(sid, None)
            raise
        self.tell("open", sid)
        return sid

    def ask(self, sid: str, head: dict, body: bytes = b"") -> tuple[dict, bytes]:
        """What the device answers to a request of a session."""
        self.expire()
        entry = self._sessions.get(sid)
        if entry is None:
            raise Refused(410, "LOST", "no such session: it was ended, or timed out")
        wait = self.frames.ask(entry.client)
        if wait:
            raise Refused(429, "TOO_MANY", f"too many frames: try again in {wait} s", wait=wait)
        entry.used = self._clock()
        began = time.perf_counter()
        with self._lock:
            entry.running += 1
            entry.turn += 1
            turn = entry.turn
        try:
            said, data = self.place.ask({**head, "sid": sid, "turn": turn}, body)
        except Refused as problem:
            if problem.code == "LOST":
                self._sessions.pop(sid, None)
            self.tell(head["do"], sid, status=problem.status, code=problem.code, bytes=len(body))
            raise
        finally:
            with self._lock:
                entry.running -= 1
        took = time.perf_counter() - began
        entry.used = self._clock()
        self.counters[f"{head['do']}s"] += 1
        self.counters["bytes_in"] += len(body)
        self.counters["bytes_out"] += len(data)
        self.counters["micros"] += round(took * 1e6)
        if head["do"] == "answer":
            used = account_of(data)
            self.counters["calls"] += used.calls
            self.counters["device_micros"] += used.micros
            self.counters["work"] += used.work
        self.tell(head["do"], sid, status=200, bytes=len(body), out=len(data), ms=took * 1e3)
        return said, data

    def cancel(self, sid: str) -> None:
        """Stops what runs and waits for a session; what comes later is not meant."""
        entry = self._sessions.get(sid)
        if entry is None:
            raise Refused(410, "LOST", "no such session: it was ended, or timed out")
        self.place.cancel(sid, entry.turn)
        self.tell("cancel", sid)

    def close(self, sid: str) -> None:
        """Ends a session; one that is not there has ended already."""
        if self._sessions.pop(sid, None):
            self.place.ask({"do": "close", "sid": sid})
            self.tell("close", sid)

    def expire(self) -> None:
        """Ends sessions that nothing came for."""
        since = self._clock() - self.settings.lease
        for sid in [
            s for s, entry in [*self._sessions.items()] if entry.used < since and not entry.running
        ]:
            try:
                self.close(sid)
            except Refused:
                self._sessions[sid] = Entry("?", 0.0)  # busy: next time

    def status(self) -> dict[str, int]:
        """What the device says of itself."""
        return self.place.ask({"do": "status"})[0]

    def __len__(self) -> int:
        return len(self._sessions)

    def tell(self, event: str, sid: str, **more: object) -> None:
        """One line for the log: JSON, without code, data, tokens, or the session's name."""
        name = hashlib.sha256(sid.encode()).hexdigest()[:8]
        rounded = {k: round(v, 2) if isinstance(v, float) else v for k, v in more.items()}
        log.info("%s", json.dumps({"event": event, "session": name, **rounded}))


def _limiter(per_minute: int) -> Limiter:
    together = CROWD * per_minute
    return Limiter(Rate(per_minute, per_minute), Rate(together, together))


def here() -> Service:
    """The service of the application that is answering."""
    return current_app.extensions[KEY]


def _engine() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("autograd-playground")
    except PackageNotFoundError:
        return "source"
