"""The implementations of `Place`, for the tests that hold of all of them.

A new one (`Settings.place` names it) is one more line of `KINDS`, and everything in `test_place.py`
is asked of it. `kill` and `freeze` reach into its process; without them it is a place that nothing
can kill, and tests of that leave it out.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from engine.reply import Outcome, decode_reply
from server.compute.place import Place


@dataclass(frozen=True)
class Kind:
    """An implementation."""

    name: str  # as in `Settings.place`
    kill: Callable[[Place], None] | None = None  # dies at once, as by a crash of the driver
    freeze: Callable[[Place], None] | None = None  # does not answer, as in a kernel without end
    given: dict = field(default_factory=dict)  # further settings


def _signal(number: int) -> Callable[[Place], None]:
    return lambda place: os.kill(place.pid, number)


KILL, FREEZE = _signal(signal.SIGKILL), _signal(signal.SIGSTOP)
KINDS = [
    pytest.param(Kind("inside"), id="inside"),
    pytest.param(Kind("child", KILL, FREEZE), id="child"),
    pytest.param(Kind("ray", KILL, FREEZE, {"ray_devices": 1}), id="ray", marks=pytest.mark.ray),
]
KILLABLE = [each for each in KINDS if each.values[0].kill]


class Talk:
    """A place, spoken to as a server does: each request of a session has the next turn."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.turn = 0

    def open(self, sid: str = "a", client: str = "someone") -> None:
        """Begins a session."""
        assert self.place.ask({"do": "open", "sid": sid, "client": client}) == ({}, b"")

    def answer(self, sid: str, frame: bytes) -> bytes:
        """The reply to a frame."""
        self.turn += 1
        return self.place.ask({"do": "answer", "sid": sid, "turn": self.turn}, frame)[1]

    def outcome(self, sid: str, frame: bytes) -> Outcome:
        """The reply to a frame, read."""
        return decode_reply(self.answer(sid, frame))

    def put(self, sid: str, handle: int, shape: list[int], start: int, chunk: bytes) -> int:
        """Bytes of a large float32 array; gives how many came so far."""
        head = {"do": "put", "sid": sid, "handle": handle, "dtype": "float32", "shape": shape}
        return self.place.ask({**head, "start": start}, chunk)[0]["have"]

    def get(self, sid: str, handle: int, start: int, stop: int) -> tuple[bytes, int]:
        """A part of an array, and the bytes that it has in all."""
        head = {"do": "get", "sid": sid, "handle": handle, "start": start, "stop": stop}
        said, data = self.place.ask(head)
        return data, said["total"]

    def close(self, sid: str = "a") -> None:
        """Ends a session."""
        self.place.ask({"do": "close", "sid": sid})

    def status(self) -> dict:
        """Sessions and bytes."""
        return self.place.ask({"do": "status"})[0]
