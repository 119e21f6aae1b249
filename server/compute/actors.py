"""Devices as Ray actors: of several GPUs, on one machine or more, for one server process or more.

Every actor has a name, with which the names of its sessions begin (`cuda1.…`); who has a session's
name finds its device, so no server needs to remember anything. Ray starts an actor anew when its
process dies.
"""

import json
import random
import threading
import time

import ray
from ray import exceptions

from .actor import CONTROL, Actor, likeness, told
from .place import START, Refused, Unusable
from .ray_home import end, listed
from .settings import Settings

__all__ = ["Actors", "Shared"]

#: Seconds that `pulse` may take. Its threads have nothing else to do.
PULSE = 5.0


class Actors:
    """The place of all devices: a message goes to the one that its session's name begins with."""

    def __init__(self, settings: Settings, own: bool):
        """`own`: this process started Ray, and ends it."""
        kind, _, index = settings.device.partition(":")
        if index:
            raise Unusable(f"on Ray it is --device {kind}: which GPU is free, Ray knows")
        self._settings = settings
        self._said = told(settings)
        self._own = own
        self._lock = threading.Lock()
        self._lives: dict[str, str] = {}
        self._killed: set[str] = set()  # lives
        self._handles: dict[str, object] = {}
        self.lost = 0
        self.about: dict = {}  # what the first one is; they are alike
        gpus = 1 if kind == "cpu" else int(ray.cluster_resources().get("GPU", 0))
        self.names = [f"{kind}{k}" for k in range(settings.ray_devices or gpus)]
        if not self.names:
            self._leave()
            raise Unusable("Ray knows of no GPU; --device cpu needs none")
        there = listed(settings.namespace)
        try:
            for name in self.names:
                self._create(name)
            for name, said in self.pulses(START).items():
                self._check(name, said)
        except Unusable:
            end(settings.namespace, [name for name in self.names if name not in there])
            self._leave()
            raise

    @property
    def pid(self) -> int | None:
        """Of the first device's process, on its machine."""
        said = self.pulses(names=self.names[:1])[self.names[0]]
        return said and said["pid"]

    # ----- What a place does -----

    def ask(self, head: dict, body: bytes = b"") -> tuple[dict, bytes]:
        """Sends a message to the device of its session; a question about none goes to all."""
        if "sid" in head:
            return self.send("ask", head, body)
        found = [self.send("ask", head, body, name)[0] for name in self.names]
        return {key: sum(one[key] for one in found) for key in found[0]}, b""

    def cancel(self, sid: str, turn: int) -> None:
        """Stops programs of a session, up to this turn; 0 is all that has come so far."""
        handle = self._handles[self._device_of(sid)]
        try:
            said = ray.get(_at_once(handle.cancel).remote(sid, turn), timeout=PULSE)
        except (exceptions.RayActorError, exceptions.GetTimeoutError):
            return  # it is gone or will be, and so is the program
        _checked(json.loads(said))

    def stop(self) -> None:
        """Ends the devices, unless they are another Ray's, which other servers may use."""
        if self._handles and not self._settings.ray_address:
            end(self._settings.namespace, self.names)
            self._handles = {}
        self._leave()

    # ----- Devices -----

    def pulses(self, seconds: float = PULSE, names=()) -> dict[str, dict | None]:
        """What each device (of these) says of itself; None where it does not answer in time."""
        names = names or self.names
        asked = {name: _at_once(self._handles[name].pulse).remote() for name in names}
        ray.wait([*asked.values()], num_returns=len(asked), timeout=seconds)
        return {name: self._heard(name, ref) for name, ref in asked.items()}

    def least_busy(self) -> str:
        """The device with the fewest sessions; any of those that have as few."""
        until = time.monotonic() + START
        while time.monotonic() < until:
            told = {name: said for name, said in self.pulses().items() if said is not None}
            if told:
                return min(told, key=lambda name: (told[name]["sessions"], random.random()))
            time.sleep(0.1)
        raise Refused(503, "NO_DEVICE", "no device on Ray answers", wait=5)

    def send(self, method: str, head: dict, body: bytes, name: str | None = None):
        """Calls a method of the actor of a message's session, and waits as long as it works."""
        name = name or self._device_of(head["sid"])
        for _ in range(2):
            life = self._lives.get(name)
            try:
                handle = self._handles[name]
                asked = getattr(handle, method).remote(json.dumps(head).encode(), body)
                reply, data = self._wait(name, asked)
            except exceptions.RayActorError:
                if self._revived(name, life):
                    # The new one is asked too: it knows best whose sessions it has.
                    continue
                break
            said = json.loads(reply)
            self._lives_on(name, said.pop("life"))
            return _checked(said), data
        raise Refused(503, "NO_DEVICE", "the device cannot be reached", wait=1)

    def _wait(self, name: str, asked):
        """The reply. A device that works on one request for longer than it may is killed."""
        most = self._settings.stuck_seconds
        began, step, life = time.monotonic(), most / 4, self._lives.get(name)
        while True:
            try:
                return ray.get(asked, timeout=step)
            except exceptions.GetTimeoutError:
                said = self.pulses(min(PULSE, step), [name])[name]
            if said["seconds"] > most if said else time.monotonic() - began > most:
                self._kill(name, life)

    def _kill(self, name: str, life: str | None) -> None:
        """Ends a life, once; whoever waits for it is told, and Ray starts another."""
        with self._lock:
            first = life not in self._killed and self._lives.get(name) == life
            self._killed.add(life)
        if first:
            ray.kill(self._handles[name], no_restart=False)

    def _device_of(self, sid: str) -> str:
        """The name of a session's device. A name that means none means the first, which will say
        that it is lost."""
        found = sid.partition(".")[0]
        return found if found in self._handles else self.names[0]

    def _create(self, name: str) -> None:
        """Finds the actor of this name, or else makes it."""
        kind = self._settings.device
        self._handles[name] = (
            ray.remote(concurrency_groups=CONTROL)(Actor)
            .options(
                name=name,
                namespace=self._settings.namespace,
                get_if_exists=True,
                lifetime="detached" if self._settings.ray_address else None,
                num_cpus=1 if kind == "cpu" else 0,
                num_gpus=0 if kind == "cpu" else 1,
                max_restarts=-1,
                max_task_retries=0,
                # One works, as many as may wait do, and one is free to put others off.
                max_concurrency=self._settings.waiting + 2,
            )
            .remote(self._said)
        )

    def _heard(self, name: str, pulse) -> dict | None:
        try:
            said = json.loads(ray.get(pulse, timeout=0))
        except exceptions.ActorDiedError:
            self._create(name)  # it was ended for good; another server may have been faster
            return None
        except (exceptions.GetTimeoutError, exceptions.RayActorError):
            return None
        self._lives_on(name, said["life"])
        return said

    def _check(self, name: str, said: dict | None) -> None:
        """Raises `Unusable` unless a device has begun, and is what the settings say."""
        if said is None:
            what = "CPU" if self._settings.device == "cpu" else "GPU"
            free = ray.available_resources().get(what, 0)
            raise Unusable(
                f"Ray has not started {name} within {START:.0f} s: each device needs 1 {what}, "
                f"and {free:g} are free"
            )
        if "error" in said:
            raise Unusable(said["error"])
        if said["like"] != likeness(self._said):
            raise Unusable(
                f"{name} runs on Ray with other settings, or is of another version of the "
                "playground: `python -m server ray end` ends it, with its sessions"
            )
        self.about = self.about or said["about"]

    def _lives_on(self, name: str, life: str) -> None:
        """Counts a device that is another one than the last time."""
        with self._lock:
            self.lost += self._lives.get(name, life) != life
            self._lives[name] = life

    def _revived(self, name: str, before: str | None) -> bool:
        """Waits until a device answers again; whether it is a new one, which has no sessions."""
        until = time.monotonic() + START
        while time.monotonic() < until:
            if self.pulses(names=[name])[name]:
                return self._lives[name] != before
            time.sleep(0.1)
        return False

    def _leave(self) -> None:
        if self._own:
            self._own = False
            ray.shutdown()


class Shared:
    """The receptions of all devices, which stand in the actors: what `Reception` does, for as many
    server processes as there are."""

    def __init__(self, actors: Actors):
        self._actors = actors

    def keep_house(self) -> None:
        """The receptions do that where they stand."""

    def stop(self) -> None:
        """They go with their devices."""

    def knows(self, sid: str) -> bool:
        """Whether there may be a session of this name: its device exists."""
        return sid.partition(".")[0] in self._actors.names

    def prefix(self) -> str:
        """The device that a new session goes to."""
        return self._actors.least_busy()

    def open(self, sid: str, client: str) -> None:
        """A new session of a client."""
        self._actors.send("serve", {"do": "open", "sid": sid, "client": client}, b"")

    def ask(self, sid: str, head: dict, body: bytes = b"") -> tuple[dict, bytes]:
        """What the device answers to a request of a session."""
        return self._actors.send("serve", {**head, "sid": sid}, body)

    def cancel(self, sid: str) -> None:
        """Stops what runs and waits for a session."""
        self._actors.cancel(sid, 0)

    def close(self, sid: str) -> bool:
        """Ends a session; whether there was one."""
        return self._actors.send("serve", {"do": "close", "sid": sid}, b"")[0]["closed"]

    def status(self) -> dict[str, int]:
        """What the devices say of themselves, together."""
        said = [one for one in self._actors.pulses().values() if one is not None]
        if not said:
            raise Refused(503, "NO_DEVICE", "no device on Ray answers", wait=5)
        return {key: sum(one[key] for one in said) for key in ("sessions", "held_bytes")}

    def devices(self) -> dict[str, dict | None]:
        """What each says of itself; None where one does not answer."""
        return self._actors.pulses()


def _at_once(method):
    """A call that does not wait behind programs."""
    return method.options(concurrency_group="control")


def _checked(said: dict) -> dict:
    if "refused" in said:
        raise Refused(*said["refused"])
    return said
