"""The trace: the one document that anybody reads about a run (contract 3).

`Recorder` writes what the journal has noted of the program into columns when somebody looks.
`document()` gives them in the form that web/src/protocol/trace.ts describes, `pack()` as a header
and one buffer for the way to the page. Values are kept as they are (raw arrays are immutable) and
summarised when somebody looks.
"""

import json
from array import array as column
from math import isfinite, prod

import numpy

from . import __version__, elsewhere
from .array import Array, watch
from .formulas import op_info
from .journal import (
    EVENT,
    LEAF_ROLE,
    SOURCE,
    STRIDE,
    VJP,
    WRITTEN,
    WRITTEN_LEAF,
    Journal,
    Limits,
    mark_of,
)
from .summary import WINDOW, norms, summarize, window
from .turns import Turns

VERSION = 1
#: Bytes that the trace keeps on a server at most: a quarter of what a session may have there.
AWAY_BYTES = 64 << 20
#: Traces with at most this many values carry all summaries; others are asked for them by id.
ALL_SUMMARIES = 4000

STEP = ("node", "arg", "contribution", "sum", "axes")

HEAD, RECORDED, DETACHED, WRITE, BACKWARD, RANDOM, KEPT = (1 << k for k in range(1, 8))


class Table:
    """Distinct entries in the order of their first use, each with its position."""

    def __init__(self):
        self.entries = []
        self._places = {}

    def place(self, entry, key=None) -> int:
        """The position of `entry`, which is added when it is new."""
        key = entry if key is None else key
        at = self._places.get(key)
        if at is None:
            at = self._places[key] = len(self.entries)
            self.entries.append(entry)
        return at


class Recorder(Journal):
    """Watches a program: nodes, slots, values, backward passes, record blocks.

    The columns are complete after `settle()`, which writes out what the journal has noted.
    """

    def __init__(self, limits: Limits):
        super().__init__(limits)
        self.cell = 0
        # Columns of nodes, as in trace.ts.
        self.kind, self.op, self.roles, self.site, self.visit = [], [], [], [], []
        self.turns = Turns(watch, self.sites)
        self.node_cell, self.block, self.cause, self.attrs = [], [], [], []
        self.raw_attrs = []  # as they were given, for running operations again
        self.functions = {}  # users' Functions and the classes of their inputs, by node
        self.arg_start, self.slot_start = [0], [0]
        self.arg_slot, self.arg_literal = [], []
        self.slot_node, self.slot_value, self.slot_name = [], [], []
        self.values = []
        self.norms = {}  # of final gradients, by value
        # Of values that are elsewhere: which device, what is shown of them (it never changes, and
        # outlives its server), the bytes that are kept there.
        self.places, self.seen, self.away_bytes = {}, {}, 0
        self.op_table, self.literals, self.attr_table = Table(), Table(), Table()
        self.axes_table = Table()
        self.blocks, self.open_blocks = [], []
        self.passes, self.current = [], None
        self.leaf_slots = {}  # the slot that a leaf had when it was last used, by serial
        self._leaf_of = {}  # the serial of the leaf that a slot belongs to

    # ----- What the journal has noted -----

    def settle(self) -> None:
        """Writes what was noted since the last time into the columns.

        An interrupt may come at any point: a node that was written half is dropped and written
        again, any other event is written at most once.
        """
        self._mend()
        log = self.log
        while self._read < len(log):
            at = self._read
            what, how, attrs, args, y, place, mark = log[at : at + STRIDE]
            if what is VJP:
                self._read = at + STRIDE
                self._vjp(attrs, args, y, place, mark)
            elif what is EVENT:
                self._read = at + STRIDE
                getattr(self, how)(*attrs)
            else:
                self._node(what, how, attrs, args, y, place, mark)
                self._read = at + STRIDE
        self._forget()

    def _mend(self) -> None:
        """Drops the half of a node or step at which an interrupt broke off."""
        self._cut(min(len(self.slot_start) - 1, len(self.kind)))
        if self.current is not None:
            count = min(len(self.current[key]) for key in STEP)
            for key in STEP:
                del self.current[key][count:]

    def _cut(self, nodes) -> None:
        """Drops all nodes from `nodes` on."""
        for values in (
            self.kind, self.op, self.roles, self.site, self.visit, self.node_cell, self.block,
            self.cause, self.attrs, self.raw_attrs,
        ):  # fmt: skip
            del values[nodes:]
        del self.arg_start[nodes + 1 :]
        for values in (self.arg_slot, self.arg_literal):
            del values[self.arg_start[nodes] :]
        del self.slot_start[nodes + 1 :]
        for values in (self.slot_node, self.slot_value, self.slot_name):
            del values[self.slot_start[nodes] :]

    def _value(self, raw) -> int:
        """Keeps a value: the raw array itself while the budget lasts, then its summary."""
        if type(raw) is not numpy.ndarray:
            raw = raw._data if isinstance(raw, Array) else raw
            if elsewhere.is_elsewhere(raw):
                return self._value_away(raw)
            raw = numpy.asarray(raw)
        if self.value_bytes + raw.nbytes <= self.limits.traceBytes:
            self.value_bytes += raw.nbytes
            self.values.append(raw)
        else:
            self.values.append((raw.shape, raw.dtype.name, summarize(raw)))
        return len(self.values) - 1

    def _value_away(self, raw) -> int:
        """The same for an array on a server, whose room is the program's: less is kept there, and
        what is shown of the rest comes with a reply that is sent anyway."""
        at = len(self.values)
        self.places[at] = str(raw.device)
        kept = self.away_bytes + raw.nbytes <= min(AWAY_BYTES, self.limits.traceBytes)
        if kept:
            self.away_bytes += raw.nbytes
        self.values.append(raw if kept else (raw.shape, raw.dtype.name, None))
        if at < ALL_SUMMARIES or not kept:
            raw.device.look(raw, lambda summary: self.seen.__setitem__(at, summary), kept)
        return at

    def _node(self, op, how, attrs, args, y, place, mark) -> None:
        """Adds a node: see `Journal` for what the parts are."""
        if mark - self.base < self.slot_start[-1]:
            # The one before was noted, but its result never got its mark: an interrupt came.
            self._cut(len(self.kind) - 1)
        node = len(self.kind)
        kind, roles, cause = (1 if how >= WRITTEN else 0), 0, -1
        if how >= WRITTEN:
            roles = WRITE | (LEAF_ROLE if how == WRITTEN_LEAF else 0)
        elif how != SOURCE:
            if how:
                roles = RECORDED
            if op.name == "detach":
                roles |= DETACHED
            elif op.family == "random":
                roles |= RANDOM
            if self.current is not None:
                roles |= BACKWARD
                cause = self.current["cause"]
        for x in args:
            if type(x) is tuple:
                self.arg_slot.append(-1)
                self.arg_literal.append(self.literals.place(literal_text(x[0])))
            else:
                kind = 1
                slot = x - self.base
                serial = self._leaf_of.get(slot)
                if serial is not None:
                    self.leaf_slots[serial] = slot
                self.arg_slot.append(slot)
                self.arg_literal.append(-1)
        site, visit = self.sites.visit(op.name, place)
        self.kind.append(kind)
        self.op.append(self._op(op, attrs))
        self.roles.append(roles)
        self.site.append(site)
        self.visit.append(visit)
        self.node_cell.append(self.cell)
        self.block.append(self.open_blocks[-1] if self.open_blocks else -1)
        self.cause.append(cause)
        self.attrs.append(self._attrs(attrs))
        self.raw_attrs.append(None if attrs and "function" in attrs else attrs)
        self.arg_start.append(len(self.arg_slot))
        for raw in y if type(y) is list else (y,):
            self.slot_node.append(node)
            self.slot_value.append(self._value(raw))
            self.slot_name.append(None)
        self.slot_start.append(len(self.slot_node))
        self.sites.visited(site)

    def _op(self, op, attrs) -> int:
        if not attrs:
            return self.op_table.place((op, None), (op.name, None))
        function = attrs.get("function")
        owner = None if function is None else type(function)
        return self.op_table.place((op, owner), (op.name, owner))

    def _attrs(self, attrs) -> int:
        if not attrs or "function" in attrs:
            return -1
        found = {key: readable(value) for key, value in attrs.items()}
        return self.attr_table.place(found, json.dumps(found, sort_keys=True))

    def _node_of(self, mark) -> int:
        """The node that a tape entry's mark belongs to; -1 for one that nobody saw made."""
        slot = mark - self.base
        return self.slot_node[slot] if 0 <= slot < len(self.slot_node) else -1

    def _cell(self, index):
        self.cell = index

    def _function(self, light, classes):
        self.functions[len(self.kind) - 1] = light, classes

    def _replaced(self, mark, leaf, serial):
        slot = mark - self.base
        self.roles[self.slot_node[slot]] |= WRITE | leaf
        if serial is not None:
            self._leaf_of[slot] = serial

    def _leaf(self, mark, serial):
        self._leaf_of[mark - self.base] = serial

    def _marked(self, mark, leaf, serial, req):
        slot = mark - self.base
        node = self.slot_node[slot]
        self.leaf_slots[serial] = slot
        if not leaf:
            self.roles[node] |= KEPT
            return
        self._leaf_of[slot] = serial
        if req != "null":
            self.roles[node] |= LEAF_ROLE

    def _entered(self, place, train_mode):
        block = {
            "cell": self.cell,
            "site": self.sites.site("record", place),
            "trainMode": train_mode,
            "first": len(self.kind),
            "last": -1,
        }
        self.open_blocks.append(len(self.blocks))
        self.blocks.append(block)

    def _left(self):
        if self.open_blocks:
            self.blocks[self.open_blocks.pop()]["last"] = len(self.kind)

    def _pass_began(self, kind, place, heads, head_grads, retain_graph, create_graph):
        slots = [mark - self.base for mark in heads]
        for slot in slots:
            self.roles[self.slot_node[slot]] |= HEAD
        grads = [self._value(g) for g in head_grads]
        self.current = {
            "kind": kind,
            "cell": self.cell,
            "site": self.sites.site(kind, place),
            "at": len(self.slot_start) - 1,  # after the sources that heads may have become
            "heads": slots,
            "headGrads": grads,
            "retainGraph": bool(retain_graph),
            "createGraph": bool(create_graph),
            "node": [],
            "arg": [],
            "contribution": [],
            "sum": [],
            "axes": [],
            "grads": dict(zip(slots, grads, strict=True)),
            "written": {"slot": [], "value": [], "req": []},
            "cause": -1,
        }
        self.passes.append(self.current)

    def _pulling(self, mark):
        self.current["cause"] = self._node_of(mark)

    def _vjp(self, position, contribution, total, axes, mark):
        now, node = self.current, self._node_of(mark)
        if node < 0 or now is None:
            return
        arg = self.arg_start[node] + position
        first = self._value(contribution)
        last = first if total is contribution else self._value(total)
        now["node"].append(node)
        now["arg"].append(arg)
        now["contribution"].append(first)
        now["sum"].append(last)
        now["axes"].append(self.axes_table.place(list(axes), tuple(axes)) if axes else -1)
        now["grads"][self.arg_slot[arg]] = last

    def _pass_ended(self, written):
        now, self.current = self.current, None
        for serial, mark, raw, req in written:
            slot = self.leaf_slots.get(serial, -1)
            if slot < 0 and mark >= self.base:
                slot = mark - self.base
            if slot >= 0:
                now["written"]["slot"].append(slot)
                now["written"]["value"].append(self._value(raw))
                now["written"]["req"].append(req)

    def _pass_failed(self):
        self.current = None

    def viewed(self, entry, y, primals):
        """The new arrays are the old slots: what the rules record hangs on the forward graph."""
        node = self._node_of(mark_of(entry))
        if node < 0:
            return
        start, first = self.arg_start[node], self.slot_start[node]
        for k, x in enumerate(primals):
            if isinstance(x, Array) and self.arg_slot[start + k] >= 0:
                x._mark = self.base + self.arg_slot[start + k]
        for k, x in enumerate(y if isinstance(y, list) else [y]):
            x._mark = self.base + first + k

    # ----- Reading -----

    def names(self) -> list:
        """The variable name of every slot, or None."""
        found = [None] * len(self.slot_node)
        cache = {}
        for node, site in enumerate(self.site):
            start, end = self.slot_start[node], self.slot_start[node + 1]
            if site < 0 or self.roles[node] & BACKWARD:
                continue
            if site not in cache:
                cache[site] = self.sites.name(site)
            name = cache[site]
            if isinstance(name, list):
                if len(name) == end - start:
                    found[start:end] = name
            elif name is not None and end - start == 1:
                found[start] = name
        for slot, name in self.fallback_names.items():
            if slot < len(found) and found[slot] is None:
                if isinstance(name, tuple):
                    leaf = found[name[0]] or self.fallback_names.get(name[0])
                    name = f"{leaf}{name[1]}" if isinstance(leaf, str) else None
                found[slot] = name
        return found

    def summaries(self, ids) -> list:
        """The summaries of the values `ids`; None for an id that does not exist."""
        self.settle()
        found, away = [], {}
        for at in ids:
            if not 0 <= at < len(self.values):
                found.append(None)
                continue
            value = self.values[at]
            if at in self.places:
                away[len(found)] = at
                found.append(None)
            else:
                found.append(value[2] if type(value) is tuple else summarize(value))
        self._look([*away.values()])
        for k, at in away.items():
            found[k] = self.seen.get(at)
        return found

    def _look(self, ids) -> None:
        """Gets what is shown of values that are elsewhere and not known yet, in one round trip."""
        missing = [at for at in ids if at not in self.seen]
        new = [at for at in missing if type(self.values[at]) is not tuple]
        self.seen.update(
            zip(new, elsewhere.summaries([self.values[at] for at in new]), strict=True)
        )
        if len(new) < len(missing):
            elsewhere.flush(looks=True)

    def window(self, at, row, col):
        """Elements of the value `at` from a row and column on; None when it is not kept."""
        if not 0 <= at < len(self.values) or row < 0 or col < 0:
            return None
        value = self.values[at]
        if elsewhere.is_elsewhere(value):
            part = elsewhere.window(value, row, col, WINDOW)
            return {**window(part, 0, 0), "row": row, "col": col}
        return None if type(value) is tuple else window(value, row, col)

    def document(self, code, cells, outputs, stops, *, all_summaries=None) -> dict:
        """The trace so far. Columns are `array('i')`; `as_lists` makes them lists for JSON."""
        self.settle()
        if all_summaries is None:
            all_summaries = len(self.values) <= ALL_SUMMARIES
        if all_summaries:
            self._look(self.places)  # with those of the gradients, in one round trip
        self._measure()
        strings, shapes_table = Table(), Table()
        frames = [self.sites.frames(site) for site in range(len(self.sites))]
        flat = [frame for stack in frames for frame in stack]
        starts, total = [0], 0
        for stack in frames:
            total += len(stack)
            starts.append(total)
        names = self.names()
        slot_names = [-1 if n is None else strings.place(n) for n in names]
        node_names = [
            slot_names[a] if b - a == 1 else -1
            for a, b in zip(self.slot_start, self.slot_start[1:], strict=False)
        ]
        kinds = [(v[0], v[1]) if type(v) is tuple else (v.shape, v.dtype.name) for v in self.values]
        devices = self._devices(strings, len(kinds))
        return {
            "version": VERSION,
            "engine": __version__,
            "code": code,
            "cells": [{"kind": c.kind, "first": c.first, "last": c.last} for c in cells],
            "ops": [op_info(op, owner) for op, owner in self.op_table.entries],
            "literals": self.literals.entries,
            "attrs": self.attr_table.entries,
            "axes": self.axes_table.entries,
            "sites": {
                "start": ints(starts),
                "line": ints(f[0] for f in flat),
                "col": ints(f[1] for f in flat),
                "endLine": ints(f[2] if f[2] >= 0 else f[0] for f in flat),
                "endCol": ints(f[3] for f in flat),
                "func": ints(strings.place(f[4]) for f in flat),
            },
            "loops": self._loops(strings),
            "turns": {key: ints(values) for key, values in self._turns().items()},
            "blocks": [
                {**b, "last": b["last"] if b["last"] >= 0 else len(self.kind)} for b in self.blocks
            ],
            "nodes": {
                "kind": ints(self.kind),
                "op": ints(self.op),
                "roles": ints(self.roles),
                "site": ints(self.site),
                "visit": ints(self.visit),
                "cell": ints(self.node_cell),
                "block": ints(self.block),
                "cause": ints(self.cause),
                "name": ints(node_names),
                "attrs": ints(self.attrs),
                "argStart": ints(self.arg_start),
                "slotStart": ints(self.slot_start),
            },
            "args": {"slot": ints(self.arg_slot), "literal": ints(self.arg_literal)},
            "slots": {
                "node": ints(self.slot_node),
                "value": ints(self.slot_value),
                "name": ints(slot_names),
            },
            "values": {
                "shape": ints(shapes_table.place(list(s), s) for s, _ in kinds),
                "dtype": ints(strings.place(name) for _, name in kinds),
                "device": devices,
                "summaries": self.summaries(range(len(kinds)))
                if all_summaries
                else [self.seen.get(at) for at in range(len(kinds))],
            },
            "passes": [self._pass(p) for p in self.passes],
            "outputs": list(outputs),
            "stops": list(stops),
            "strings": strings.entries,
            "shapes": shapes_table.entries,
        }

    def _devices(self, strings, count) -> column:
        """The device of every value."""
        found = ints([strings.place("cpu(0)")] * count)
        for at, name in self.places.items():
            found[at] = strings.place(name)
        return found

    def _turns(self) -> dict:
        """The log of turns, which knows the newest mark at each, with the number of nodes then."""
        found = self.turns.columns()
        return {**found, "at": [self._node_of(mark) + 1 for mark in found["at"]]}

    def _loops(self, strings) -> dict:
        """Where the program's loops and functions stand: lines from 1, columns in UTF-16."""
        found = self.turns.loops
        spans = []
        for _, _, (line, col, end, end_col), (body, body_col), file in found:
            place = self.sites.column
            spans.append(
                (
                    *(line, place(file, line, col), end, place(file, end, end_col)),
                    *(body, place(file, body, body_col)),
                )
            )
        columns = ("line", "col", "endLine", "endCol", "bodyLine", "bodyCol")
        return {
            "kind": ints(loop[0] for loop in found),
            "name": ints(strings.place(loop[1]) for loop in found),
            **{key: ints(span[k] for span in spans) for k, key in enumerate(columns)},
        }

    def _measure(self) -> None:
        """Takes the norms of all final gradients that have none yet: they never change."""
        new = {v for p in self.passes for v in p["grads"].values()} - self.norms.keys()
        kept = [v for v in new if type(self.values[v]) is not tuple]
        self.norms.update(dict.fromkeys(new, float("nan")))
        away = [v for v in new if v in self.places]
        self._look(away)
        for v in away:
            shape = self.values[v][0] if type(self.values[v]) is tuple else self.values[v].shape
            self.norms[v] = elsewhere.norm(prod(shape), self.seen.get(v))
        kept = [v for v in kept if v not in self.places]
        self.norms.update(zip(kept, norms([self.values[v] for v in kept]).tolist(), strict=True))

    def _norms(self, values) -> column:
        """The norms of values as the bits of 32-bit floats."""
        return column("i", column("f", (self.norms[v] for v in values)).tobytes())

    def _pass(self, p) -> dict:
        # An interrupt may have come between the columns of the last step.
        count = min(len(p[key]) for key in STEP)
        wrote = min(map(len, p["written"].values()))
        return {
            **{
                key: p[key]
                for key in (
                    "kind",
                    "cell",
                    "site",
                    "at",
                    "heads",
                    "headGrads",
                    "retainGraph",
                    "createGraph",
                )
            },
            "steps": {key: ints(p[key][:count]) for key in STEP},
            "grads": {
                "slot": ints(p["grads"].keys()),
                "value": ints(p["grads"].values()),
                "norm": self._norms(p["grads"].values()),
            },
            "written": {key: values[:wrote] for key, values in p["written"].items()},
        }


def ints(values) -> column:
    """A column: 32-bit integers."""
    return column("i", values)


def as_lists(document) -> dict:
    """The document with columns as lists, for JSON."""
    return _mapped(document, list)


def pack(document) -> tuple[str, bytes]:
    """The document as web/src/protocol/packed.ts reads it: a JSON header and the columns."""
    buffer = bytearray()

    def put(values):
        at = len(buffer)
        buffer.extend(values.tobytes())
        return {"$i32": [at, len(values)]}

    header = json.dumps(_mapped(document, put), allow_nan=False)
    return header, bytes(buffer)


def _mapped(value, change):
    if isinstance(value, column):
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(part, change) for key, part in value.items()}
    return (
        value
        if not isinstance(value, list) or not value or not isinstance(value[0], dict)
        else [_mapped(part, change) for part in value]
    )


def literal_text(value) -> str:
    """A Python number as its source has it."""
    return repr(value.item() if isinstance(value, numpy.generic) else value)


def readable(value):
    """An attribute as JSON data: index keys as they are written in brackets, arrays by shape."""
    if isinstance(value, slice):
        return _slice_text(value)
    if value is Ellipsis:
        return "..."
    if isinstance(value, numpy.ndarray):
        return (
            numpy.array2string(value, separator=", ", threshold=6)
            if value.size <= 6
            else (f"array{value.shape}")
        )
    if isinstance(value, tuple | list):
        return [readable(part) for part in value]
    if elsewhere.is_elsewhere(value):
        return f"array{value.shape}"
    if isinstance(value, float) and not isfinite(value):
        return str(value)  # JSON has no infinities
    return "a function" if callable(value) else value


def _slice_text(part: slice) -> str:
    words = ["" if n is None else str(n) for n in (part.start, part.stop)]
    return ":".join(words if part.step is None else [*words, str(part.step)])


__all__ = ["Limits", "Recorder", "as_lists", "pack"]
