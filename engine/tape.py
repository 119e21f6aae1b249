"""The tape: entries as data, the order of a backward pass, and the walk that runs the VJPs.

An entry points to its operands' entries and keeps raw arrays only, never an array object: no cycle
arises, so a forgotten graph dies by reference counting. There is no list of all entries; a pass
takes what its heads reach, latest serial first. Nothing here is recursive.
"""

from . import shapes
from .errors import NOT_ON_TAPE, NotOnTape

#: Stands in `op` of the entries that no operation made.
LEAF = None


class State:
    """Modes of the program: whether operations go on the tape, and whether it is training."""

    __slots__ = ("recording", "training")

    def __init__(self):
        self.recording = False
        self.training = False


state = State()
serials = 0


class TapeEntry:
    """One recorded operation, or (`op is LEAF`) one array with a gradient.

    `parents` has one entry or None per operand, `primals` the operands' raw arrays or Python
    numbers, `y` the raw result (a list when there are several), `attrs` a dict or None.
    `grad` is the `Gradient` kept for the result, if any. `site` is the trace's node when somebody
    watches. A freed entry has `parents` None.
    """

    __slots__ = ("attrs", "grad", "op", "parents", "primals", "serial", "site", "y")

    def __init__(self, op, parents, primals, y, attrs):
        global serials
        serials += 1
        self.op = op
        self.parents = parents
        self.primals = primals
        self.y = y
        self.attrs = attrs
        self.serial = serials
        self.grad = None
        self.site = None


class Pick:
    """Stands in `op` of the entry of one result of an operation with several."""

    __slots__ = ("index",)

    def __init__(self, index: int):
        self.index = index


class Gradient:
    """Where a backward pass leaves an array's gradient: the buffer and how it is written."""

    __slots__ = ("buffer", "req")

    def __init__(self, buffer, req: str):
        self.buffer = buffer
        self.req = req


def reachable(heads) -> list[TapeEntry]:
    """Entries that `heads` depend on, themselves included, latest first.

    Raises `NotOnTape` at an entry that an earlier pass freed.
    """
    found = {entry.serial: entry for entry in heads}
    stack = list(found.values())
    while stack:
        parents = stack.pop().parents
        if parents is None:
            raise NotOnTape(NOT_ON_TAPE)
        for parent in parents:
            if parent is not None and parent.serial not in found:
                found[parent.serial] = parent
                stack.append(parent)
    return [found[serial] for serial in sorted(found, reverse=True)]


def sum_to(F, g, shape):
    """Undoes broadcasting: `g` summed over the axes along which an operand of `shape` was stretched.

    Returns the sum and the axes (of `g`) that were summed.
    """
    wide = tuple(g.shape)
    axes = shapes.summed_axes(wide, shape) if len(wide) >= len(shape) else ()
    if axes:
        g = F.sum(g, axis=axes)
    return F.reshape(g, shape), axes


def walk(order, cotangents, F, view, *, free, keep=(), watch=None):
    """Runs the VJPs of the entries in `order`; returns the cotangents of leaves and kept results.

    `cotangents` (by serial) starts with the heads' and is used up. `F` is the namespace that the
    rules compute in and `view(entry)` gives an entry's result and primals there. With `free`,
    entries let go of what they saved. `keep` has the serials whose cotangents are wanted besides.
    `watch.pulling(entry)` is told of every entry whose VJPs run, `watch.vjp(entry, position,
    contribution, total, axes)` of every VJP call.
    """
    kept = {}
    for entry in order:
        op = entry.op
        g = cotangents.pop(entry.serial, None)
        if op is LEAF or entry.grad is not None or (keep and entry.serial in keep):
            kept[entry.serial] = g
            if op is LEAF:
                continue
        if g is not None:
            if type(op) is Pick:
                _hand_up(entry, g, cotangents)
            else:
                _pull(entry, g, cotangents, F, view, watch)
        if free:
            entry.parents = entry.primals = entry.y = None
    return kept


def _pull(entry, g, cotangents, F, view, watch):
    """Sends the cotangent `g` of one operation's result to each operand that has an entry."""
    y, primals = view(entry)
    op = entry.op
    attrs = entry.attrs
    if watch is not None:
        watch.pulling(entry)
    if type(g) is list:
        g = [F.zeros_like(part) if c is None else c for c, part in zip(g, y, strict=True)]
    joint = op.vjps[0](F, g, y, *primals, **attrs) if op.joint else None
    position = 0
    for parent in entry.parents:
        if parent is not None:
            rule = op.vjps[0 if op.variadic else position]
            if rule is not None:
                if attrs is None:
                    c = rule(F, g, y, *primals)
                elif joint is not None:
                    c = joint[position]
                elif op.variadic:
                    c = rule(F, g, y, *primals, arg=position, **attrs)
                else:
                    c = rule(F, g, y, *primals, **attrs)
                shape = primals[position].shape
                axes = ()
                if c.shape != shape:
                    c, axes = sum_to(F, c, shape)
                serial = parent.serial
                old = cotangents.get(serial)
                cotangents[serial] = total = c if old is None else old + c
                if watch is not None:
                    watch.vjp(entry, position, c, total, axes)
        position += 1


def _hand_up(entry, g, cotangents):
    """Passes the cotangent of one result to its operation, which waits for those of all results."""
    source = entry.parents[0]
    parts = cotangents.get(source.serial)
    if parts is None:
        cotangents[source.serial] = parts = [None] * len(source.y)
    parts[entry.op.index] = g
