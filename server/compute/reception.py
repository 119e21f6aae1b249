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
        #: Sessions that ended here; the device hears of it when it has time.
        self._ended: set[str] = set()
        self._lock = threading.Lock()
        self._leaving = threading.Event()

    def __len__(self) -> int:
        return len(self._sessions)

    def keep_house(self) -> None:
        """Ends sessions that are not used, also when no request comes that would: a thread."""
        period = min(60.0, self._settings.lease / 4)

        def work() -> None:
            while not self._leaving.wait(period):
                self.expire()

        threading.Thread(target=work, name="housekeeping", daemon=True).start()

    def stop(self) -> None:
        """Ends that thread."""
        self._leaving.set()

    def knows(self, sid: str) -> bool:
        """Whether there is a session of this name."""
        return sid in self._sessions

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
            self._sweep()

    def cancel(self, sid: str) -> None:
        """Stops what runs and waits for a session; what comes later is not meant."""
        self.place.cancel(sid, self._of(sid).turn)

    def close(self, sid: str) -> bool:
        """Ends a session, with what runs for it; whether there was one."""
        with self._lock:
            entry = self._sessions.pop(sid, None)
            if entry is None:
                return False
            self._ended.add(sid)
        self.place.cancel(sid, entry.turn)
        self._sweep()
        return True

    def _sweep(self) -> None:
        """Lets the device free what ended sessions held. While it is busy they wait: whoever keeps
        it busy sweeps afterwards."""
        while self._ended:
            try:
                sid = self._ended.pop()
            except KeyError:
                return  # another thread took the last one
            try:
                self.place.ask({"do": "close", "sid": sid})
            except Refused as problem:
                if problem.code == "BUSY":
                    self._ended.add(sid)
                    return
                # Else the device was replaced, and nothing is left of the session.

    def expire(self) -> None:
        """Ends sessions that nothing came for."""
        since = self.clock() - self._settings.lease
        for sid, entry in [*self._sessions.items()]:
            if entry.used < since and not entry.running:
                self.close(sid)
        self._sweep()

    def status(self) -> dict[str, int]:
        """What the device says of itself."""
        return self.place.ask({"do": "status"})[0]

    def _of(self, sid) -> Entry:
        entry = self._sessions.get(sid)
        if entry is None:
            raise Refused(410, "LOST", GONE)
        return entry
