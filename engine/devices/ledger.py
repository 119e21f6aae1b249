"""The bytes that arrays hold: memory that several of them look at counts once, by its owner."""

from ..program import FrameError

#: Bytes that a handle costs beside its array: its places in tables, the least that CUDA's pool
#: gives out. So that very many very small arrays are no way around the quotas.
HANDLE = 512


class Ledger:
    """Counts memory by the array that owns it. `held` is now, `peak` the most since `start`.

    Quotas look at `charged`: beside arrays it counts their `handles`, and the bytes that stand by
    (chunks that came in, replies that are kept), `beside`.
    """

    def __init__(self):
        self.held = 0
        self.peak = 0
        self.handles = 0
        self.beside = 0
        self._owners = {}  # id of the owning array -> [arrays that look at it, its bytes]

    @property
    def charged(self) -> int:
        """Bytes that quotas count."""
        return self.held + self.beside + HANDLE * self.handles

    def start(self) -> None:
        """Begins a new stretch for `peak`."""
        self.peak = self.held

    def hold(self, raw) -> None:
        """Counts an array in. A view keeps all of its owner's memory alive, so all of it counts."""
        owner = owner_of(raw)
        entry = self._owners.setdefault(id(owner), [0, owner.nbytes])
        if not entry[0]:
            self.held += entry[1]
            self.peak = max(self.peak, self.held)
        entry[0] += 1

    def release(self, raw) -> None:
        """Counts an array out again; it must have been counted in."""
        key = id(owner_of(raw))
        entry = self._owners[key]
        entry[0] -= 1
        if not entry[0]:
            self.held -= entry[1]
            del self._owners[key]


def owner_of(raw):
    """The array whose memory `raw` looks at."""
    while isinstance(raw.base, type(raw)):
        raw = raw.base
    return raw


class Pool:
    """Bytes that several sessions share: those of one client, or of a whole device."""

    def __init__(self, what: str, most: int):
        self.what = what
        self.most = most
        self._ledgers: list[Ledger] = []

    def __len__(self) -> int:
        return len(self._ledgers)

    @property
    def held(self) -> int:
        """Bytes of all sessions that take part."""
        return sum(ledger.held for ledger in self._ledgers)

    def join(self, ledger: Ledger) -> None:
        """A session takes part from now on."""
        self._ledgers.append(ledger)

    def leave(self, ledger: Ledger) -> None:
        """A session ends."""
        self._ledgers = [other for other in self._ledgers if other is not ledger]

    def ask(self, nbytes: int) -> None:
        """Raises `FrameError` where so many bytes more are too many."""
        held = sum(ledger.charged for ledger in self._ledgers)
        if held + nbytes > self.most:
            raise FrameError(
                "QUOTA_BYTES",
                f"{nbytes} bytes more than the {held} that {self.what} holds; at most {self.most}",
            )
