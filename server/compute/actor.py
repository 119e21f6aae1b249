"""What a Ray actor is: a device in a process of Ray's, with its sessions; bytes in, bytes out.

Nothing of Ray is used here. `ask` and `serve` run on many threads, of which one works and the
others wait for their turn; `cancel` and `pulse` have threads of their own, so that they are heard
meanwhile.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict

from engine.devices.cuda import DeviceLost
from engine.devices.opset import opset

from .place import Inside, Refused, Unusable
from .reception import Reception
from .settings import Settings

__all__ = ["CONTROL", "Actor", "likeness", "told"]

#: Ray's group of the threads that `cancel` and `pulse` run on, and how many they are.
CONTROL = {"control": 4}
#: What does not concern a device, or must not leave the server.
SERVERS_OWN = ("token", "public_url", "ray_address", "ray_devices", "namespace")


def told(settings: Settings) -> str:
    """What an actor is told of the settings, as JSON. The token stays in the server."""
    given = {k: v for k, v in asdict(settings).items() if k not in SERVERS_OWN}
    return json.dumps({**given, "place": "inside"}, sort_keys=True)


def likeness(said: str) -> str:
    """Equal for actors that do the same: their settings, and the operations of their version."""
    return hashlib.sha256(f"{opset()} {said}".encode()).hexdigest()[:16]


class Actor:
    """A device and its sessions. Where there is no such device, `pulse` says why."""

    def __init__(self, said: str):
        self._life = secrets.token_hex(8)  # another one means that what was here is gone
        self._like = likeness(said)
        self._problem = ""
        settings = Settings(**json.loads(said))
        try:
            self._place = Inside(settings)
            self._reception = Reception(self._place, settings)
            self._reception.keep_house()
        except Unusable as problem:
            self._problem = str(problem)

    def ask(self, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        """A message to the device itself, as `Place.ask` takes it."""
        return self._reply(lambda: self._place.ask(json.loads(head), body))

    def serve(self, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        """A message to the reception: it opens and ends sessions, and gives requests their turn."""

        def work():
            match json.loads(head):
                case {"do": "open", "sid": sid, "client": client}:
                    self._reception.open(sid, client)
                case {"do": "close", "sid": sid}:
                    return {"closed": self._reception.close(sid)}, b""
                case {"sid": sid} as said:
                    return self._reception.ask(sid, said, body)
            return {}, b""

        return self._reply(work)

    def cancel(self, sid: str, turn: int) -> bytes:
        """Stops a session's programs up to this turn; 0 is what has come so far."""

        def work():
            if turn:
                self._place.cancel(sid, turn)
            else:
                self._reception.cancel(sid)
            return {}, b""

        return self._reply(work)[0]

    def pulse(self) -> bytes:
        """That the process lives: which life it is, how long its request runs, what it holds."""
        said = {
            "life": self._life,
            "like": self._like,
            "pid": os.getpid(),
            "visible": os.environ.get("CUDA_VISIBLE_DEVICES", ""),
        }
        if self._problem:
            return json.dumps({**said, "error": self._problem}).encode()
        said |= {"about": self._place.about, **self._place.pulse()}
        return json.dumps(said).encode()

    def _reply(self, work: Callable[[], tuple[dict, bytes]]) -> tuple[bytes, bytes]:
        """What `work` gives, or why it was refused: exceptions do not travel."""
        try:
            said, data = work()
        except Refused as problem:
            if isinstance(problem.__cause__, DeviceLost):
                os._exit(1)  # nothing is left to work with: Ray starts another process
            why = [problem.status, problem.code, problem.text, problem.expected, problem.wait]
            said, data = {"refused": why}, b""
        return json.dumps({**said, "life": self._life}).encode(), data
