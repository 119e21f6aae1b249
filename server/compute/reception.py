"""Who has which session of a device: let in, counted, ended when nothing came for a while.

A reception stands before a place: in the server's process, or, with Ray, in the device's own,
where all servers share it (`actors.Shared` speaks to it).
"""

import threading
import time
from dataclasses import dataclass

from .place import Place, Refused
from .settings import Settings

__all__ = ["Reception"]

GONE = "no such session: it was ended, or timed out, or the device was started anew"


@dataclass(slots=True)
class Entry:
    """A session."""

    client: str
    used: float
    running: int = 0  # requests that are not answered yet
    turn: int = 0  # requests that came; a stop means those that had come before it


class Reception:
    """The sessions of one device."""

    def __init__(self, place: Place, settings: Settings, clock=time.monotonic):
        self.place = place
        self.clock = clock
        self._settings = settings
        self._sessions: dict[str, Entry] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._sessions)

    def prefix(self) -> str:
        """What the name of a new session begins with: its device, so that nobody needs a table."""
        return self._settings.device.replace(":", "")

    def open(self, sid: str, client: str) -> None:
        """A new session of a client."""
        self.expire()
        with self._lock:
            own = sum(entry.client == client for entry in self._sessions.values())
            most = self._settings
            if own >= most.client_sessions or len(self._sessions) >= most.sessions:
                raise Refused(429, "SESSIONS", "too many sessions are open: close one", wait=5)
            self._sessions[sid] = Entry(client, self.clock())
        try:
            self.place.ask({"do": "open", "sid": sid, "client": client})
        except Refused:
            self._sessions.pop(sid, None)
            raise

    def ask(self, sid: str, head: dict, body: bytes = b"") -> tuple[dict, bytes]:
        """What the device answers to a request of a session."""
        self.expire()
        entry = self._of(sid)
        with self._lock:
            entry.used = self.clock()
            entry.running += 1
            entry.turn += 1
            turn = entry.turn
        try:
            return self.place.ask({**head, "sid": sid, "turn": turn}, body)
        except Refused as problem:
            if problem.code == "LOST":
                self._sessions.pop(sid, None)
            raise
        finally:
            with self._lock:
                entry.running -= 1
                entry.used = self.clock()

    def cancel(self, sid: str) -> None:
        """Stops what runs and waits for a session; what comes later is not meant."""
        self.place.cancel(sid, self._of(sid).turn)

    def close(self, sid: str) -> bool:
        """Ends a session; whether there was one. While the device is busy it stays."""
        if sid not in self._sessions:
            return False
        try:
            self.place.ask({"do": "close", "sid": sid})
        except Refused as problem:
            if problem.code != "LOST":
                raise
        self._sessions.pop(sid, None)
        return True

    def expire(self) -> None:
        """Ends sessions that nothing came for."""
        since = self.clock() - self._settings.lease
        for sid, entry in [*self._sessions.items()]:
            if entry.used < since and not entry.running:
                try:
                    self.close(sid)
                except Refused:
                    return  # the device is busy: next time

    def status(self) -> dict[str, int]:
        """What the device says of itself."""
        return self.place.ask({"do": "status"})[0]

    def _of(self, sid) -> Entry:
        entry = self._sessions.get(sid)
        if entry is None:
            raise Refused(410, "LOST", GONE)
        return entry
