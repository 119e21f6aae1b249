"""What the server does with requests: names, limits of clients, counters, the log."""

import hashlib
import json
import logging
import re
import secrets
import threading
import time
from collections import Counter
from functools import cache

from flask import current_app, request

from engine.devices.opset import opset
from engine.program import LIMITS, MAJOR, MINOR
from engine.reply import account_of

from ..short.limits import Limiter, Rate, client_of
from .place import Place, Refused, place
from .reception import Reception
from .settings import Settings

KEY = "compute"
#: All clients together may do this many times what one may.
CROWD = 20
#: Bytes of one chunk of a large array.
CHUNK = 4 << 20
A_LITTLE = 1 << 20
LARGE = re.compile(r"/api/v1/sessions/([^/]*)/(programs|tensors/\d+)")
#: Seconds for which what the device said of itself is told again to whoever asks.
FRESH = 1.0

log = logging.getLogger("autograd.compute")


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
        self.sessions = _reception(self.place, settings, clock)
        self.clock = clock
        self._asking = threading.Lock()
        self._seen: tuple[float, dict[str, int] | Refused] | None = None

    def stop(self) -> None:
        """Ends everything; may be called twice."""
        self.sessions.stop()
        self.place.stop()

    def hello(self) -> dict:
        """What a client must know before it talks."""
        return {
            "protocol": [[MAJOR, MINOR]],
            "opset": _opset(),
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

    def large_body(self, path: str) -> int:
        """How many bytes the body of a request to this address may have; 0 is no more than is
        usual. What is only a little too large is read, and then refused in the API's own words."""
        found = LARGE.fullmatch(path)
        if found is None:
            return 0
        sid, tail = found.groups()
        if tail == "programs" and self.sessions.knows(sid):
            return LIMITS.frame_bytes + A_LITTLE
        return CHUNK + A_LITTLE

    def open(self) -> str:
        """A new session of this client."""
        sid = f"{self.sessions.prefix()}.{secrets.token_hex(16)}"
        self.sessions.open(sid, client_of(request.remote_addr))
        self.tell("open", sid)
        return sid

    def ask(self, sid: str, head: dict, body: bytes = b"") -> tuple[dict, bytes]:
        """What the device answers to a request of a session."""
        self._count()
        began = time.perf_counter()
        try:
            said, data = self.sessions.ask(sid, head, body)
        except Refused as problem:
            self.tell(head["do"], sid, status=problem.status, code=problem.code, bytes=len(body))
            raise
        took = time.perf_counter() - began
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
        self._count()
        self.sessions.cancel(sid)
        self.tell("cancel", sid)

    def close(self, sid: str) -> None:
        """Ends a session; one that is not there has ended already."""
        self._count()
        if self.sessions.close(sid):
            self.tell("close", sid)

    def status(self) -> dict[str, int]:
        """What the device says of itself."""
        return self.sessions.status()

    def glance(self) -> dict[str, int] | None:
        """What the device said of itself within the last second, None while it is at work: who
        asks often takes no time of the device and no place in its queue. Raises `Refused`."""
        seen = self._seen
        if seen is None or self.clock() - seen[0] > FRESH:
            if not self._asking.acquire(blocking=False):
                return None
            try:
                try:
                    found = self.status()
                except Refused as problem:
                    found = problem
                seen = self._seen = self.clock(), found
            finally:
                self._asking.release()
        if not isinstance(seen[1], Refused):
            return seen[1]
        if seen[1].code == "BUSY":
            return None
        raise seen[1]

    def _count(self) -> None:
        """Raises `Refused` where this client asks too often."""
        wait = self.frames.ask(client_of(request.remote_addr))
        if wait:
            raise Refused(429, "TOO_MANY", f"too many requests: try again in {wait} s", wait=wait)

    def tell(self, event: str, sid: str, **more: object) -> None:
        """One line for the log: JSON, without code, data, tokens, or the session's name."""
        name = hashlib.sha256(sid.encode()).hexdigest()[:8]
        rounded = {k: round(v, 2) if isinstance(v, float) else v for k, v in more.items()}
        log.info("%s", json.dumps({"event": event, "session": name, **rounded}))


def _reception(place: Place, settings: Settings, clock):
    """Where sessions are let in: here, or on Ray at the devices, which other servers use too."""
    if settings.place == "ray":
        from .actors import Shared

        return Shared(place)
    return Reception(place, settings, clock)


def _limiter(per_minute: int) -> Limiter:
    together = CROWD * per_minute
    return Limiter(Rate(per_minute, per_minute), Rate(together, together))


def here() -> Service:
    """The service of the application that is answering."""
    return current_app.extensions[KEY]


_opset = cache(opset)


@cache
def _engine() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("autograd-playground")
    except PackageNotFoundError:
        return "source"
