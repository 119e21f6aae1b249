"""The tape: entries as data, the order of a backward pass, and the walk that runs the VJPs.

An entry points to its operands' entries and keeps raw arrays only, never an array object: no cycle
arises, so a forgotten graph dies by reference counting. There is no list of all entries; a pass
takes what its heads reach, latest serial first. Nothing here is recursive.
"""

from heapq import heappop, heappush
from sys import getrefcount

from . import shapes
from .devices import HOST
from .errors import NOT_ON_TAPE, NotOnTape

#: Stands in the place of an operation in the note of a VJP call, and how many places a note has
#: (see `journal`); results above this many bytes are told to the run's limits at once.
VJP, STRIDE, SMALL = object(), 7, 2048

#: The cotangent of what was reached, but by no gradient.
ZERO = object()


class State:
    """Modes of the program: whether operations go on the tape, and whether it is training."""

    __slots__ = ("recording", "serial", "training", "waiting")

    def __init__(self):
        self.recording = False
        self.training = False
        self.serial = 0  # of the newest entry
        self.waiting = ()  # entries that hold a cotangent while a rule runs


state = State()


class TapeEntry:
    """One recorded operation, or (`op is LEAF`) one array with a gradient.

    `parents` has one entry or None per operand, `primals` the operands' raw arrays or Python
    numbers, `y` the raw result (a list when there are several), `attrs` a dict or None.
    `grad` is the `Gradient` kept for the result, if any. `cot` is its cotangent during a pass.
    `site` is the mark of the first result (see `journal`), set when somebody watches. A freed
    entry has `y` None.

    Most entries have one or two operands (`op.arity`); these stand in slots of their own, `a` with
    parent `p` and `b` with parent `q`: two tuples less for each operation, a tenth of its cost.
    With any other number, `p` holds all parents and `a` all primals. An operand that is a Python
    number may stand in `number`; then `a` or `b` is the number as rules take it soonest (see
    `devices/quick`). One class for all: CPython remembers for each place in `walk` where the
    attributes of one class are, and looks them up anew whenever another comes by.
    """

    __slots__ = (
        "a",
        "attrs",
        "b",
        "cot",
        "grad",
        "number",
        "op",
        "p",
        "q",
        "serial",
        "site",
        "y",
    )

    @property
    def parents(self):
        """The operands' entries, None for each that has none; None when the entry was freed."""
        if self.y is None:
            return None
        arity = self.op.arity
        return self.p if not arity else (self.p,) if arity == 1 else (self.p, self.q)

    @property
    def primals(self):
        """The operands' raw arrays or Python numbers."""
        arity = self.op.arity
        if arity != 2:
            return (self.a,) if arity else self.a
        if not hasattr(self, "number"):
            return self.a, self.b
        return (self.a, self.number) if self.q is None else (self.number, self.b)


def pick_entry(source, index, raw) -> TapeEntry:
    """The entry of result `index` of the operation `source`."""
    return tape_entry(Pick(index), (source,), (), raw, None)


def tape_entry(op, parents, primals, y, attrs) -> TapeEntry:
    """A new entry, latest on the tape. (Filling slots costs half of an `__init__`.)"""
    entry = TapeEntry()
    entry.op = op
    entry.attrs = attrs
    arity = op.arity
    if arity:
        entry.p, entry.a = parents[0], primals[0]
        if arity == 2:
            entry.q, entry.b = parents[1], primals[1]
    else:
        entry.p, entry.a = parents, primals
    entry.y = y
    entry.grad = entry.cot = None
    state.serial = entry.serial = state.serial + 1
    return entry


class Pick:
    """Stands in `op` of the entry of one result of an operation with several."""

    __slots__ = ("index",)
    arity = 0  # no common case of `walk`

    def __init__(self, index: int):
        self.index = index


class _Leaf:
    """Stands in `op` of the entries that no operation made."""

    arity = 0


LEAF = _Leaf()


class Gradient:
    """Where a backward pass leaves an array's gradient: the buffer and how it is written."""

    __slots__ = ("buffer", "fresh", "req")

    def __init__(self, buffer, req: str):
        self.buffer = buffer
        self.req = req
        self.fresh = False  # whether a pass has written it since somebody said otherwise


def leaves_of(entry) -> list[TapeEntry]:
    """The leaves that `entry` depends on."""
    found, stack = {entry.serial: entry}, [entry]
    while stack:
        for parent in stack.pop().parents or ():
            if parent is not None and parent.serial not in found:
                found[parent.serial] = parent
                stack.append(parent)
    return [found[serial] for serial in sorted(found) if found[serial].op is LEAF]


def sum_to(F, g, shape):
    """Undoes broadcasting: `g` summed over the axes on which an operand of `shape` was stretched.

    Returns the sum and the axes (of `g`) that were summed.
    """
    wide = g.shape
    lead = len(wide) - len(shape)
    if lead > 0 and wide[lead:] == shape:  # a bias that was added to a batch
        axes = (0,) if lead == 1 else tuple(range(lead))
        return F.sum(g, axis=axes[0] if lead == 1 else axes), axes
    wide = tuple(wide)
    axes = shapes.summed_axes(wide, shape) if len(wide) >= len(shape) else ()
    if axes:
        g = F.sum(g, axis=axes)
    return F.reshape(g, shape), axes


#: Elements from which on a sum is made in place: a new array of that size costs page faults.
LARGE = 1 << 14


def added(old, c):
    """The sum of two contributions, in the memory of the first when nobody else can see it."""
    big = getattr(old, "size", 0) >= LARGE
    if big and type(old) is type(c) and _references(old) <= UNSHARED:
        # A view is not ours; our own array objects (of a recorded pass) have no `base`.
        if getattr(old, "base", old) is None and old.dtype == c.dtype:
            old += c
            return old
    return old + c


def _references(old) -> int:
    return getrefcount(old)


def _unshared() -> int:
    """What `added` counts when only an entry holds the contribution; versions of Python differ."""

    def counted(old, c):
        return _references(old)

    entry = TapeEntry()
    entry.cot = object()
    old = entry.cot
    return counted(old, None)


UNSHARED = _unshared()


def walk(heads, F, view, *, free, watch=None):
    """Runs the VJPs from `heads`, pairs of entry and cotangent, latest entries first.

    Returns pairs of entry and cotangent (None: nothing reached it) for the leaves and for the
    results that keep a gradient. `F` is the namespace that the rules compute in; `view(entry)`
    gives an entry's result and primals there (None: the raw ones). With `free`, entries let go of
    what they saved. `watch.pulling(entry)` is told of entries whose VJPs may run operations,
    `watch.vjp(entry, position, contribution, total, axes)` of VJP calls; in the common case they
    are written to its `log` (see `journal`).

    A parent's serial is below its child's, so taking the highest serial of those reached so far
    visits every entry after all that depend on it: no list of the graph is made first. `following`
    holds the one entry that waits in a plain chain, `queue` (a heap) any others.
    """
    # A pass that this one interrupts:
    outer = [(entry, entry.cot) for entry in state.waiting] if state.waiting else ()
    for entry, _ in outer:
        entry.cot = None
    leaves, kept, queue = [], [], []
    following = None
    quick = view is None
    at_home = F is HOST.xp
    log = None if watch is None else watch.log
    try:
        for entry, cotangent in heads:
            if following is None and entry.cot is None and entry.op is not LEAF:
                entry.cot = cotangent
                following = entry
            else:
                _receive(entry, cotangent, leaves, queue)
        while True:
            if following is not None and (not queue or following.serial > -queue[0][0]):
                entry = following
                following = None
            elif queue:
                entry = heappop(queue)[1]
            else:
                break
            g = entry.cot
            entry.cot = None
            if entry.grad is not None:
                kept.append((entry, None if g is ZERO else g))
            op = entry.op
            arity = op.arity
            if arity and quick and g is not ZERO:
                # The common case, without a call of its own: half the cost of small programs.
                y = entry.y
                if y is None:
                    raise NotOnTape(NOT_ON_TAPE)
                attrs = entry.attrs
                vjps = op.pulls if at_home else op.vjps
                a = entry.a
                b = entry.b if arity == 2 else None
                parent = entry.p
                if parent is not None:
                    rule = vjps[0]
                    if rule is None:
                        c = ZERO
                    else:
                        if attrs is not None:
                            c = (
                                rule(F, g, y, a, **attrs)
                                if arity == 1
                                else rule(F, g, y, a, b, **attrs)
                            )
                        elif arity == 1:
                            c = rule(F, g, y, a)
                        else:
                            c = rule(F, g, y, a, b)
                        axes = ()
                        if c.shape != a.shape if op.stretches else c.ndim != a.ndim:
                            c, axes = sum_to(F, c, a.shape)
                    old = parent.cot
                    if old is None:
                        parent.cot = c
                        if parent.op is LEAF:
                            leaves.append(parent)
                        elif following is None:
                            following = parent
                        else:
                            heappush(queue, (-parent.serial, parent))
                    elif c is not ZERO:
                        parent.cot = c if old is ZERO else added(old, c)
                    if log is not None and rule is not None:
                        try:
                            log.extend((VJP, 1, 0, c, parent.cot, axes, entry.site))
                        except AttributeError:
                            pass  # nobody saw the entry made
                        if c.nbytes > SMALL:
                            watch.due(c)
                if arity == 2:
                    parent = entry.q
                    if parent is not None:
                        rule = vjps[1]
                        if rule is None:
                            c = ZERO
                        else:
                            c = (
                                rule(F, g, y, a, b)
                                if attrs is None
                                else rule(F, g, y, a, b, **attrs)
                            )
                            axes = ()
                            if c.shape != b.shape:
                                c, axes = sum_to(F, c, b.shape)
                        old = parent.cot
                        if old is None:
                            parent.cot = c
                            if parent.op is LEAF:
                                leaves.append(parent)
                            elif following is None:
                                following = parent
                            else:
                                heappush(queue, (-parent.serial, parent))
                        elif c is not ZERO:
                            parent.cot = c if old is ZERO else added(old, c)
                        if log is not None and rule is not None:
                            try:
                                log.extend((VJP, 1, 1, c, parent.cot, axes, entry.site))
                            except AttributeError:
                                pass  # nobody saw the entry made
                            if c.nbytes > SMALL:
                                watch.due(c)
            else:
                if following is not None:
                    heappush(queue, (-following.serial, following))
                    following = None
                if op is not LEAF and type(op) is not Pick and op.family == "function":
                    # The user's own backward may start a pass of its own.
                    state.waiting = [*leaves, *(item[1] for item in queue)]
                _pull(entry, g, leaves, queue, F, view, watch)
                state.waiting = ()
            if free:
                entry.p = entry.a = entry.y = None
                if arity == 2:
                    entry.q = entry.b = None
        return [(leaf, None if leaf.cot is ZERO else leaf.cot) for leaf in leaves] + kept
    finally:
        for entry in leaves:
            entry.cot = None
        for _, entry in queue:
            entry.cot = None
        if following is not None:
            following.cot = None
        for entry, cotangent in outer:
            entry.cot = cotangent


def _receive(entry, c, leaves, queue):
    """Adds the contribution `c` to an entry's cotangent; the first makes the entry wait."""
    old = entry.cot
    if old is None:
        entry.cot = c
        if entry.op is LEAF:
            leaves.append(entry)
        else:
            heappush(queue, (-entry.serial, entry))
    elif c is not ZERO:
        entry.cot = c if old is ZERO else added(old, c)


def _pull(entry, g, leaves, queue, F, view, watch):
    """Sends the cotangent `g` of an operation's result on to each operand that has an entry."""
    op = entry.op
    parents = entry.parents
    if parents is None:
        raise NotOnTape(NOT_ON_TAPE)
    if g is ZERO:
        for parent in parents:
            if parent is not None:
                _receive(parent, ZERO, leaves, queue)
        return
    if type(op) is Pick:
        _hand_up(parents[0], op.index, g, leaves, queue)
        return
    y, primals = (entry.y, entry.primals) if view is None else view(entry)
    attrs = entry.attrs or {}
    if watch is not None:
        watch.pulling(entry)
    if type(g) is list:
        g = [F.zeros_like(part) if c is None else c for c, part in zip(g, y, strict=True)]
    joint = op.vjps[0](F, g, y, *primals, **attrs) if op.joint else None
    for position, parent in enumerate(parents):
        if parent is None:
            continue
        rule = op.vjps[0 if op.variadic else position]
        if rule is None:
            _receive(parent, ZERO, leaves, queue)
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
        _receive(parent, c, leaves, queue)
        if watch is not None:
            watch.vjp(entry, position, c, parent.cot, axes)


def _hand_up(source, index, g, leaves, queue):
    """Gives the cotangent of one result to its operation, which gathers those of all results."""
    if source.cot is None or source.cot is ZERO:
        if source.cot is None:
            _receive(source, ZERO, leaves, queue)
        source.cot = [None] * len(source.y)
    source.cot[index] = g
