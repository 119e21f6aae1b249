"""Where a device runs: in this process, or in a child process that can be killed and replaced; on
Ray, `actors.py`.

All do the same things in the same words: `open`, `answer`, `put`, `get`, `cancel`, `close`,
`status`, `stop`. What goes wrong is a `Refused`.
"""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Protocol

from engine.devices.about import about
from engine.devices.desk import Desk, Shares, make, refusal
from engine.devices.executor import Limits
from engine.program import Spec

from . import wire
from .settings import Settings

ROOT = Path(__file__).resolve().parents[2]

#: Messages that a device which was started anew answers as well as the one before it.
NEEDING_NOTHING = ("open", "close", "status")
#: Seconds that a child gets to find its device.
START = 60.0


class Refused(Exception):
    """A request that the device does not answer with a frame."""

    def __init__(
        self, status: int, code: str, text: str, expected: int | None = None, wait: int = 0
    ):
        super().__init__(text)
        self.status, self.code, self.text = status, code, text
        self.expected, self.wait = expected, wait


class Unusable(RuntimeError):
    """The device cannot be had at all; the text says why."""


class Place(Protocol):
    """What an executor does; see `Desk` for the meaning of the words."""

    lost: int  # how often the device had to be replaced
    about: dict  # what it is: `engine.devices.about`

    def ask(self, head: dict, body: bytes = b"") -> tuple[dict, bytes]: ...

    def cancel(self, sid: str, turn: int) -> None: ...

    def stop(self) -> None: ...


def place(settings: Settings) -> Place:
    """The place that the settings name; raises `Unusable` when there is no such device."""
    if settings.place == "ray":
        from .ray_home import join

        own = join(settings.ray_address)
        from .actors import Actors  # Ray is loaded by now

        return Actors(settings, own)
    return (Child if settings.place == "child" else Inside)(settings)


def perform(desk: Desk, head: dict, body: bytes) -> tuple[dict, bytes]:
    """Does what a message says at a desk."""
    match head:
        case {"do": "open", "sid": sid, "client": client}:
            desk.open(sid, client)
        case {"do": "answer", "sid": sid, "turn": turn}:
            return {}, desk.answer(sid, turn, body)
        case {"do": "put", "sid": sid, "handle": handle, "dtype": dtype, "shape": shape} as said:
            spec = Spec(tuple(shape), dtype)
            return {"have": desk.put(sid, handle, spec, said["start"], body)}, b""
        case {"do": "get", "sid": sid, "handle": handle, "start": start, "stop": stop}:
            data, total = desk.get(sid, handle, start, stop)
            return {"total": total}, data
        case {"do": "close", "sid": sid}:
            desk.close(sid)
        case {"do": "status"}:
            return desk.status(), b""
        case _:
            raise AssertionError(f"nothing is known of {head['do']}")
    return {}, b""


def head_of(settings: Settings) -> dict:
    """The first message to a child."""
    return {
        "device": settings.device,
        "memory": settings.device_bytes if settings.device.startswith("cuda") else None,
        "session": settings.session_bytes,
        "client": settings.client_bytes,
        "all": settings.device_bytes,
        "seconds": settings.frame_seconds,
    }


def shares_of(head: dict) -> Shares:
    """What sessions may use, out of that message."""
    limits = Limits(held_bytes=head["session"], seconds=head["seconds"])
    return Shares(limits, head["client"], head["all"])


class _Turns:
    """One request after the other, and not too many waiting."""

    def __init__(self, waiting: int):
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(waiting + 1)
        self._began: float | None = None

    @property
    def seconds(self) -> float:
        """Since when the request that runs does; 0 when none does."""
        began = self._began
        return 0.0 if began is None else time.monotonic() - began

    def __enter__(self):
        if not self._room.acquire(blocking=False):
            raise Refused(429, "BUSY", "the device is busy: try again in a second", wait=1)
        self._lock.acquire()
        self._began = time.monotonic()

    def __exit__(self, *_):
        self._began = None
        self._lock.release()
        self._room.release()


class Inside:
    """The device in this process: nothing to start, and nothing that can be killed."""

    def __init__(self, settings: Settings):
        head = head_of(settings)
        try:
            self._desk = Desk(make(settings.device, head["memory"]), shares_of(head))
            self.about = about(self._desk.device, settings.device)
        except RuntimeError as problem:
            raise Unusable(str(problem)) from problem
        self._turns = _Turns(settings.waiting)
        self.lost = 0

    def ask(self, head: dict, body: bytes = b"") -> tuple[dict, bytes]:
        """Does what the message says."""
        with self._turns:
            try:
                return perform(self._desk, head, body)
            except Exception as problem:
                found = refusal(problem)
                raise Refused(*found, getattr(problem, "expected", None)) from problem

    def cancel(self, sid: str, turn: int) -> None:
        """Stops programs of a session, up to this turn, before their next calls."""
        self._desk.cancel(sid, turn)

    def pulse(self) -> dict:
        """What it holds, and how long its request has run, without waiting for a turn."""
        return {**self._desk.status(), "seconds": self._turns.seconds}

    def stop(self) -> None:
        """Nothing to stop."""


class Child:
    """The device in a process of its own. It is killed when it does not answer in time; the next
    request gets a new one, and sessions of the old one are told that they are lost."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._turns = _Turns(settings.waiting)
        self._write = threading.Lock()
        self.lost = 0
        self._process: subprocess.Popen | None = None
        self.about: dict = {}
        self._start()

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        return self._process.pid if self._process else None

    def ask(self, head: dict, body: bytes = b"") -> tuple[dict, bytes]:
        """Sends a message and waits for its answer."""
        with self._turns:
            if self._process is None or self._process.poll() is not None:
                self._replace()
            try:
                said, data = self._exchange(head, body, self._settings.stuck_seconds)
            except (EOFError, OSError, ValueError):
                self._replace()
                if head["do"] not in NEEDING_NOTHING:
                    raise Refused(
                        410,
                        "LOST",
                        "the device stopped working on this and was started anew; "
                        "the arrays on it are gone",
                    ) from None
                try:
                    said, data = self._exchange(head, body, self._settings.stuck_seconds)
                except (EOFError, OSError, ValueError) as problem:
                    self.stop()
                    text = "the device stops working as soon as it is started"
                    raise Refused(503, "NO_DEVICE", text, wait=5) from problem
        if "refused" in said:
            raise Refused(*said["refused"])
        return said, data

    def cancel(self, sid: str, turn: int) -> None:
        """Stops programs of a session, up to this turn, before their next calls."""
        process = self._process
        if process is None:
            return  # it is being replaced, and the program is gone
        try:
            with self._write:
                wire.write(process.stdin, {"do": "cancel", "sid": sid, "turn": turn})
        except (OSError, ValueError):
            pass  # it is gone, and so is the program

    def stop(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                try:
                    pipe.close()
                except OSError:
                    pass  # what was not written yet has nobody to read it any more

    def _replace(self):
        self.lost += 1
        self.stop()
        try:
            self._start()
        except Unusable as problem:
            raise Refused(503, "NO_DEVICE", str(problem), wait=5) from problem

    def _start(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server.compute.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        try:
            said, _ = self._exchange(head_of(self._settings), b"", START)
        except (EOFError, OSError) as problem:
            self.stop()
            raise Unusable("the process of the device ended before it began") from problem
        if "error" in said:
            self.stop()
            raise Unusable(said["error"])
        self.about = said["about"]

    def _exchange(self, head, body, seconds):
        process = self._process
        watchdog = threading.Timer(seconds, process.kill)
        watchdog.start()
        try:
            with self._write:
                wire.write(process.stdin, head, body)
            return wire.read(process.stdout)
        finally:
            watchdog.cancel()
