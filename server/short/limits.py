"""Token buckets: how often each client may ask, in bounded memory."""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

#: Clients that are remembered; beyond, those that were quiet longest are forgotten.
MOST_CLIENTS = 4096


class Rate(NamedTuple):
    """`burst` requests at once, and `per_minute` in the long run."""

    burst: float
    per_minute: float


class Limiter:
    """A bucket for each client and one for all together: forgetting a client gives nobody more
    than the common bucket has."""

    def __init__(
        self,
        each: Rate,
        together: Rate,
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST_CLIENTS,
    ) -> None:
        self._each, self._together = each, together
        self._clock, self._most = clock, most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._common = (together.burst, clock())
        self._lock = threading.Lock()

    def ask(self, client: str) -> int:
        """Takes one token; 0, or after how many whole seconds it makes sense to ask again."""
        with self._lock:
            now = self._clock()
            own = _filled(self._buckets.get(client, (self._each.burst, now)), self._each, now)
            common = _filled(self._common, self._together, now)
            wait = max(_wait(own, self._each), _wait(common, self._together))
            taken = 0.0 if wait else 1.0
            self._buckets[client] = (own - taken, now)
            self._buckets.move_to_end(client)
            self._common = (common - taken, now)
            while len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
            return wait

    def __len__(self) -> int:
        return len(self._buckets)


def client_of(address: str | None) -> str:
    """What counts as one client: an IPv4 address, or the /64 that one IPv6 reader has."""
    try:
        found = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return "?"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _filled(bucket: tuple[float, float], rate: Rate, now: float) -> float:
    tokens, since = bucket
    return min(rate.burst, tokens + (now - since) * rate.per_minute / 60)


def _wait(tokens: float, rate: Rate) -> int:
    return 0 if tokens >= 1 else max(1, math.ceil((1 - tokens) * 60 / rate.per_minute))
