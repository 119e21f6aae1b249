"""The Ray that devices run on: one that is there, or one of this process alone.

Nothing of Ray is loaded before it is asked for; it is the extra `ray`.
"""

import os
import secrets
import time
from collections.abc import Sequence

from .place import Unusable

__all__ = ["MISSING", "end", "join", "listed"]

MISSING = "devices on Ray need Ray, which is not installed: pip install 'autograd-playground[ray]'"

#: A Ray of one's own: nobody else reaches it (the last line makes it listen on the loopback only,
#: on every system), it wants a token, and sends no statistics to its makers.
PRIVATE = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "token",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
}
#: Bytes for what is on its way between a server and its devices; frames have at most 32 MiB.
IN_TRANSIT = 1 << 30
#: Seconds that processes get to end.
PATIENCE = 20.0


def join(address: str | None, **own: object) -> bool:
    """Connects this process to the Ray at an address; without one, to a new Ray of its own (`own`
    goes to `ray.init`). Whether one was started. Raises `Unusable`."""
    if not address:
        # Ray reads some of these when it is loaded.
        for name, value in {**PRIVATE, "RAY_AUTH_TOKEN": secrets.token_hex(32)}.items():
            os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError:
        raise Unusable(MISSING) from None
    if ray.is_initialized():
        return False
    quiet = {"log_to_driver": False, "logging_level": "error"}
    try:
        if address:
            ray.init(address, **quiet)
        else:
            ray.init(include_dashboard=False, object_store_memory=IN_TRANSIT, **quiet, **own)
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as problem:
        where = f"at {address}" if address else "on this machine"
        raise Unusable(f"Ray {where} cannot be used: {problem}") from problem
    return not address


def listed(namespace: str) -> list[str]:
    """Names of the actors of a namespace."""
    import ray

    found = ray.util.list_named_actors(all_namespaces=True)
    return sorted(one["name"] for one in found if one["namespace"] == namespace)


def end(namespace: str, names: Sequence[str]) -> None:
    """Ends actors, and their sessions, and waits until their names are free; Ray does not start
    these again."""
    import ray

    for name in names:
        try:
            ray.kill(ray.get_actor(name, namespace=namespace))
        except ValueError:
            pass  # it has ended
    until = time.monotonic() + PATIENCE
    while not {*names}.isdisjoint(listed(namespace)) and time.monotonic() < until:
        time.sleep(0.02)
