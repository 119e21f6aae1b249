"""Arrays that share memory: writes through one are seen through all.

MXNet gives views for `x[1]`, `x[1:3]`, `reshape` and `detach` outside recording. Raw arrays are
immutable here once something else may hold them, so a write makes a new root array and every
living member of the group looks at it anew.
"""

import weakref

from . import elsewhere


class SharedBuffer:
    """A root raw array and the arrays that look at it, each through a path of raw operations."""

    __slots__ = ("limit", "members", "root")

    def __init__(self, root):
        self.root = root
        self.members = []
        self.limit = 8  # members at which the dead ones are swept out

    def add(self, array, path) -> None:
        """Lets `array` look at the root through `path`: pairs of "getitem"/"reshape", argument."""
        if len(self.members) >= self.limit:
            self.sweep()
            self.limit = 2 * len(self.members) + 8
        self.members.append((weakref.ref(array), path))

    def sweep(self) -> None:
        """Forgets the members that are gone."""
        self.members = [(ref, path) for ref, path in self.members if ref() is not None]

    def path_of(self, array):
        """The path of a member."""
        return next(path for ref, path in self.members if ref() is array)

    def write(self, array, change) -> None:
        """Makes a new root in which `change(raw)` has been applied to what `array` looks at."""
        root = self.root.copy()
        change(look(root, self.path_of(array)))
        self._show(root)

    def write_elsewhere(self, array, key, value) -> None:
        """The same for arrays on a server, which are never changed: each step of the path is
        written into the one that it was taken from."""
        path = self.path_of(array)
        seen = [self.root]
        for step in path:
            seen.append(look(seen[-1], (step,)))
        new = elsewhere.written(seen[-1], key, value)
        for (kind, argument), whole in zip(reversed(path), reversed(seen[:-1]), strict=True):
            if kind == "reshape":
                new = new.reshape(whole.shape)
            else:
                new = elsewhere.written(whole, argument, new)
        self._show(new)

    def _show(self, root) -> None:
        self.root = root
        self.sweep()
        for ref, path in self.members:
            ref()._data = look(root, path)


def look(raw, path):
    """`raw` seen through `path`; basic indexing and reshaping of contiguous arrays never copy."""
    for kind, argument in path:
        # The Ellipsis keeps a single element an array, which still shares the memory.
        if kind == "reshape":
            raw = raw.reshape(argument)
        else:
            raw = raw[argument if Ellipsis in argument else (*argument, ...)]
    return raw


def share(source, view, *steps) -> None:
    """Lets `view` share memory with `source`, seen through `steps` (none: as it is)."""
    group = getattr(source, "_buffer", None)
    if group is None:
        group = source._buffer = SharedBuffer(source._data)
        group.add(source, ())
    path = group.path_of(source) + steps
    if not elsewhere.is_elsewhere(view._data):  # which has been looked up there already
        view._data = look(group.root, path)
    view._buffer = group
    group.add(view, path)
