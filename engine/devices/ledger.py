"""The bytes that arrays hold: memory that several of them look at counts once, by its owner."""


class Ledger:
    """Counts memory by the array that owns it. `held` is now, `peak` the most since `start`."""

    def __init__(self):
        self.held = 0
        self.peak = 0
        self._owners = {}  # id of the owning array -> [arrays that look at it, its bytes]

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
