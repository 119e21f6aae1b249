"""Names of blocks and parameters: `dense0_weight`, inside a scope `net0_dense0_weight`."""


class Names:
    """Counts the blocks of the running program, and knows the scope it is in."""

    def __init__(self):
        self.reset()

    def reset(self):
        """Starts counting anew; no scope is open."""
        self.counts = {}
        self.scope = None

    def next(self, hint):
        """`hint` with the number of blocks so far that have it."""
        number = self.counts.get(hint, 0)
        self.counts[hint] = number + 1
        return f"{hint}{number}"


names = Names()


class BlockScope:
    """`with block.name_scope():` puts the block's prefix before the names of blocks made inside."""

    def __init__(self, block):
        self.block = block
        self.counts = {}
        self._before = []

    def next(self, hint):
        """`hint` with the number of blocks in this scope that have it."""
        number = self.counts.get(hint, 0)
        self.counts[hint] = number + 1
        return f"{hint}{number}"

    def __enter__(self):
        self._before.append(names.scope)
        if not self.block._empty_prefix:
            names.scope = self
        return self

    def __exit__(self, *_):
        names.scope = self._before.pop()


def prefix_for(prefix, hint):
    """A new block's own part of its prefix, and the block whose scope it is made in, or None."""
    scope = names.scope
    if prefix is None:
        prefix = (names if scope is None else scope).next(hint) + "_"
    return prefix, None if scope is None else scope.block
