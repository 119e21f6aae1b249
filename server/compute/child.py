"""The process of one device: `python -m server.compute.child`, spoken to over stdin and stdout.

One thread reads, so that a stop is heard while a program runs; the other does one thing after the
other. When the server's end closes, the process ends.
"""

import os
import queue
import sys
import threading

from engine.devices.about import about
from engine.devices.cuda import DeviceLost
from engine.devices.desk import Desk, make, refusal

from . import wire
from .place import perform, shares_of


def main() -> int:
    """Serves until stdin ends."""
    # What a library prints must not get between the messages.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    head, _ = wire.read(sys.stdin.buffer)
    try:
        desk = Desk(make(head["device"], head["memory"]), shares_of(head))
        told = about(desk.device, head["device"])
    except Exception as problem:
        wire.write(out, {"error": str(problem)})
        return 1
    wire.write(out, {"ready": str(desk.device), "about": told})
    waiting: queue.SimpleQueue[tuple[dict, bytes] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(desk, waiting), daemon=True).start()
    while (message := waiting.get()) is not None:
        head, body = message
        try:
            said, data = perform(desk, head, body)
            wire.write(out, said, data)
        except (OSError, DeviceLost):
            break  # nobody listens any more, or nothing is left to work with: a new process is
        except Exception as problem:
            status, code, text = refusal(problem)
            expected = getattr(problem, "expected", None)
            wire.write(out, {"refused": [status, code, text, expected]})
    return 0


def _listen(desk: Desk, waiting: queue.SimpleQueue) -> None:
    while True:
        try:
            message = wire.read(sys.stdin.buffer)
        except (EOFError, OSError):
            waiting.put(None)
            return
        if message[0]["do"] == "cancel":
            desk.cancel(message[0]["sid"], message[0]["turn"])
        else:
            waiting.put(message)


if __name__ == "__main__":
    # Not through the interpreter's exit: a stuck driver must not hold a dead process.
    status = main()
    sys.stderr.flush()
    os._exit(status)
