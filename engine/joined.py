"""The server's device in the page's worker: `join` a session that the page has opened, `leave` it.

User code runs in this worker, so the page's token never comes here: only the session's name does,
which is good for this session alone and ends when the page ends it.
"""

import json
import time

from . import elsewhere
from .array import watch
from .devices.remote import Cancelled, Link, LinkError, RemoteDevice, xhr
from .trace import Recorder

__all__ = ["join", "leave", "rest"]

#: A run has seconds: so long (s) a server that does not answer is asked again.
PATIENCE = 4.0


class Watched(RemoteDevice):
    """A device whose counters are told while the program runs. `tell` takes JSON."""

    def __init__(self, link, tell, clock=time.perf_counter):
        super().__init__(link)
        self._tell, self._clock = tell, clock
        self._waited = 0.0

    def _exchange(self, reads):
        # Nothing can be told while this waits, which may take long.
        self.tell(busy=True)
        began = self._clock()
        try:
            return super()._exchange(reads)
        finally:
            self._waited += self._clock() - began
            self.tell()

    def read(self, raws):
        """What the page has cancelled, it wants to end: that is no error of the program. With each
        reply comes what is shown of all that was made before: it outlives the server."""
        if isinstance(watch.observer, Recorder):
            watch.observer.settle()
        try:
            return super().read(raws)
        except Cancelled as problem:
            raise KeyboardInterrupt from problem

    def _counted(self, up, down):
        super()._counted(up, down)
        self.tell(busy=True)

    def tell(self, busy: bool = False) -> None:
        """Tells the counters, and whether the server works; times are milliseconds."""
        found = self.queue.counters
        self._tell(
            json.dumps(
                {
                    "recorded": found.recorded,
                    "sent": found.sent,
                    "roundTrips": found.round_trips,
                    "bytesUp": found.bytes_up,
                    "bytesDown": found.bytes_down,
                    "held": found.held_bytes,
                    "device": found.device_micros / 1000,
                    "waited": self._waited * 1000,
                    "busy": busy,
                }
            )
        )


class Away(RemoteDevice):
    """A device that could not be had: whatever is asked of it says why."""

    def __init__(self, why: str):
        super().__init__(None)
        self._lost = why

    def close(self) -> None:
        """There is no session."""


def join(told: str, tell, browser=None, to_js=None) -> None:
    """Makes `mx.gpu(0)` the session that the page has opened: JSON with `base`, `sid`, `opset`,
    `limits`, and `everywhere` where new arrays go there without being told. With `problem` instead,
    there is none, and the program's line that asks for it says why. `tell(json)` hears of the
    counters; `browser` has `XMLHttpRequest` and `Blob`."""
    leave()
    said = json.loads(told)
    if "problem" in said:
        device = Away(said["problem"])
    else:
        send = xhr.sender(said["base"], browser, to_js)
        try:
            link = Link.joined(send, said["sid"], said["opset"], said["limits"], patience=PATIENCE)
            device = Watched(link, tell)
        except LinkError as problem:
            device = Away(str(problem))
    elsewhere.attach(device)
    if said.get("everywhere"):
        elsewhere.switch(device)


def rest() -> None:
    """After the run: new arrays stay here, the run's own can still be looked at."""
    elsewhere.switch(None)
    for device in elsewhere.home.connected.values():
        if isinstance(device, Watched):
            device.tell()


def leave() -> None:
    """Lets go of the device. The page ends the session."""
    elsewhere.switch(None)
    for device in elsewhere.home.connected.values():
        device.close()
    elsewhere.home.connected.clear()
