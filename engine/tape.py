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

    __slots__ = ("recording", "serial", "training")

    def __init__(self):
        self.recording = False
        self.training = False
        self.serial = 0  # of the newest entry


state = State()
_new = object.__new__


class TapeEntry:
    """One recorded operation, or (`op is LEAF`) one array with a gradient.

    `parents` has one entry or None per operand, `primals` the operands' raw arrays or Python
    numbers, `y` the raw result (a list when there are several), `attrs` a dict or None.
    `grad` is the `Gradient` kept for the result, if any. `site` is the trace's node, set when
    somebody watches. A freed entry has `parents` None.
    """

    __slots__ = ("attrs", "grad", "op", "parents", "primals", "serial", "site", "y")


def pick_entry(source, index, raw) -> TapeEntry:
    """The entry of result `index` of the operation `source`."""
    return tape_entry(Pick(index), (source,), (), raw, {})


def tape_entry(op, parents, primals, y, attrs) -> TapeEntry:
    """A new entry, latest on the tape. (Half the cost of a class with `__init__`: 0.15 us.)"""
    entry = _new(TapeEntry)
    entry.op = op
    entry.parents = parents
    entry.primals = primals
    entry.y = y
    entry.attrs = attrs
    entry.grad = None
    state.serial = entry.serial = state.serial + 1
    return entry


class Pick:
    """Stands in `op` of the entry of one result of an operation with several.

    Such an entry has `attrs` {}, not None: it is no common case of `walk`.
    """

    __slots__ = ("index",)

    def __init__(self, index: int):
        self.index = index


class Gradient:
    """Where a backward pass leaves an array's gradient: the buffer and how it is written."""

    __slots__ = ("buffer", "req")

    def __init__(self, buffer, req: str):
        self.buffer = buffer
        self.req = req


def reachable(heads) -> tuple[list[TapeEntry], list[TapeEntry]]:
    """What `heads` depend on, themselves included: operations (latest first), and leaves.

    Raises `NotOnTape` at an entry that an earlier pass freed.
    """
    leaves = {entry.serial: entry for entry in heads if entry.op is LEAF}
    found = {entry.serial: entry for entry in heads if entry.op is not LEAF}
    stack = list(found.values())
    pop, push = stack.pop, stack.append
    while stack:
        parents = pop().parents
        if parents is None:
            raise NotOnTape(NOT_ON_TAPE)
        for parent in parents:
            if parent is not None:
                serial = parent.serial
                if serial not in found:
                    if parent.op is LEAF:
                        leaves[serial] = parent
                    else:
                        found[serial] = parent
                        push(parent)
    return [found[serial] for serial in sorted(found, reverse=True)], list(leaves.values())


def sum_to(F, g, shape):
    """Undoes broadcasting: `g` summed over the axes along which an operand of `shape` was stretched.

    Returns the sum and the axes (of `g`) that were summed.
    """
    wide = tuple(g.shape)
    axes = shapes.summed_axes(wide, shape) if len(wide) >= len(shape) else ()
    if axes:
        g = F.sum(g, axis=axes)
    return F.reshape(g, shape), axes


def walk(order, cotangents, F, view, *, free, watch=None):
    """Runs the VJPs of the operations in `order`; returns the cotangents of those with a `grad`.

    `cotangents` (by serial) starts with the heads' and ends with the leaves'. `F` is the namespace
    that the rules compute in; `view(entry)` gives an entry's result and primals there (None: the
    raw ones). With `free`, entries let go of what they saved. `watch.pulling(entry)` is told of
    every entry whose VJPs run, `watch.vjp(entry, position, contribution, total, axes)` of every
    VJP call.
    """
    kept = {}
    take, look = cotangents.pop, cotangents.get
    quick = view is None and watch is None
    for entry in order:
        g = take(entry.serial, None)
        if entry.grad is not None:
            kept[entry.serial] = g
        if g is None:
            pass
        elif quick and entry.attrs is None and len(primals := entry.primals) < 3:
            # The common case without a call of its own: half the cost of small programs.
            op = entry.op
            if len(primals) == 1:
                rule = op.vjps[0]
                if rule is not None:
                    c = rule(F, g, entry.y, primals[0])
                    serial = entry.parents[0].serial
                    old = look(serial)
                    cotangents[serial] = c if old is None else old + c
            else:
                left, right = op.vjps
                p, q = entry.parents
                a, b = primals
                if p is not None and left is not None:
                    c = left(F, g, entry.y, a, b)
                    if c.shape != a.shape:
                        c, _ = sum_to(F, c, a.shape)
                    serial = p.serial
                    old = look(serial)
                    cotangents[serial] = c if old is None else old + c
                if q is not None and right is not None:
                    c = right(F, g, entry.y, a, b)
                    if c.shape != b.shape:
                        c, _ = sum_to(F, c, b.shape)
                    serial = q.serial
                    old = look(serial)
                    cotangents[serial] = c if old is None else old + c
        elif type(entry.op) is Pick:
            _hand_up(entry, g, cotangents)
        else:
            _pull(entry, g, cotangents, F, view, watch)
        if free:
            entry.parents = entry.primals = entry.y = None
    return kept


def _pull(entry, g, cotangents, F, view, watch):
    """Sends the cotangent `g` of one operation's result to each operand that has an entry."""
    y, primals = (entry.y, entry.primals) if view is None else view(entry)
    op = entry.op
    attrs = entry.attrs or {}
    if watch is not None:
        watch.pulling(entry)
    if type(g) is list:
        g = [F.zeros_like(part) if c is None else c for c, part in zip(g, y, strict=True)]
    joint = op.vjps[0](F, g, y, *primals, **attrs) if op.joint else None
    for position, parent in enumerate(entry.parents):
        rule = op.vjps[0 if op.variadic else position]
        if parent is None or rule is None:
            continue
        if joint is not None:
            c = joint[position]
        elif op.variadic:
            c = rule(F, g, y, *primals, arg=position, **attrs)
        else:
            c = rule(F, g, y, *primals, **attrs)
        shape = primals[position].shape
        axes = ()
        if c.shape != shape:
            c, axes = sum_to(F, c, shape)
        old = cotangents.get(parent.serial)
        cotangents[parent.serial] = total = c if old is None else old + c
        if watch is not None:
            watch.vjp(entry, position, c, total, axes)


def _hand_up(entry, g, cotangents):
    """Passes the cotangent of one result to its operation, which waits for those of all results."""
    source = entry.parents[0]
    parts = cotangents.get(source.serial)
    if parts is None:
        cotangents[source.serial] = parts = [None] * len(source.y)
    parts[entry.op.index] = g
