"""The graph of a run that a link carries, for the picture: boxes and edges from its compact trace.

What is given is hostile: it is taken apart with bounds and checked; anything odd means no graph.
`web/src/trace/compact.ts` says what the lists are. Layers are longest paths, as on the page; where
boxes stand within a layer is simpler here.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from .about import plain

#: More than these are no picture of 500 pixels, or one that takes long to draw.
MOST_NODES, MOST_EDGES = 300, 400
MOST_LAYERS, MOST_ACROSS = 34, 30
_FORM = 1
#: Places of the lists in a compact trace, and of the columns that are needed in each.
_OPS, _STRINGS, _SHAPES, _LITERALS, _NODES, _ARGS, _SLOTS, _VALUES = 3, 4, 5, 6, 11, 12, 13, 14
_KIND, _OP, _BLOCK, _NAME, _ARG_START, _SLOT_START = 0, 1, 6, 8, 10, 11


class Box(NamedTuple):
    """A source or an operation: what it is called, its place, and the boxes that it is made of."""

    label: str
    is_source: bool
    layer: int
    #: Within its layer, from 0 to 1.
    across: float
    inputs: tuple[int, ...]


def sketch(trace: object) -> list[Box] | None:
    """Boxes in the order of the run; None when there is no graph, or none that can be drawn."""
    try:
        return _sketch(trace)
    except (TypeError, ValueError, IndexError, KeyError, OverflowError, AttributeError):
        return None


def _sketch(trace: object) -> list[Box] | None:
    if not isinstance(trace, list) or trace[0] != _FORM:
        return None
    nodes, args, slots = (_table(trace[place]) for place in (_NODES, _ARGS, _SLOTS))
    shapes = _table(trace[_VALUES])[0]
    count = len(nodes[_KIND])
    made_of = [_inputs(node, count, nodes, args, slots) for node in range(count)]
    recorded = {node for node in range(count) if nodes[_BLOCK][node] >= 0}
    shown = sorted(recorded | {node for each in recorded for node in made_of[each]})
    # Sources that nothing uses are no part of the graph.
    used = {node for each in shown for node in made_of[each]}
    shown = [node for node in shown if made_of[node] or node in used]
    if not 2 <= len(shown) <= MOST_NODES:
        return None
    place = {node: index for index, node in enumerate(shown)}
    inputs = [tuple(place[each] for each in made_of[node] if each in place) for node in shown]
    if sum(map(len, inputs)) > MOST_EDGES:
        return None
    labels = [_label(node, trace, nodes, args, slots, shapes) for node in shown]
    layers = _layers(inputs)
    if max(layers) >= MOST_LAYERS or max(Counter(layers).values()) > MOST_ACROSS:
        return None
    across = _across(layers, inputs)
    return [
        Box(labels[i], nodes[_KIND][node] == 0, layers[i], across[i], inputs[i])
        for i, node in enumerate(shown)
    ]


def _table(columns: Sequence[Sequence[int]]) -> list[list[int]]:
    """Columns of differences as columns of numbers."""
    # Before they are added up: sums of texts would grow without bound.
    if not all(type(entry) is int for column in columns for entry in column):
        raise ValueError("columns hold whole numbers")
    return [list(accumulate(column)) for column in columns]


def _range(starts: Sequence[int], node: int, end: int) -> range:
    """Rows that belong to a node: up to where those of the next begin."""
    last = starts[node + 1] if node + 1 < len(starts) else end
    if not 0 <= starts[node] <= last <= end:
        raise ValueError("rows out of order")
    return range(starts[node], last)


def _inputs(node: int, count: int, nodes: list, args: list, slots: list) -> tuple[int, ...]:
    given = [args[0][arg] for arg in _range(nodes[_ARG_START], node, len(args[0]))]
    found = tuple(dict.fromkeys(_at(slots[0], slot) for slot in given if slot >= 0))
    if not all(0 <= each < node < count for each in found):
        raise ValueError("a node is made of earlier ones")
    return found


def _label(node: int, trace: list, nodes: list, args: list, slots: list, shapes: list) -> str:
    """`x 2×3`, `y sum`, `× 3`: the name, the operation, constants, the shape of a source."""
    name = nodes[_NAME][node]
    words = [_at(trace[_STRINGS], name)] if name >= 0 else []
    if nodes[_KIND][node] == 0:
        slot = nodes[_SLOT_START][node]
        shape = _at(trace[_SHAPES], _at(shapes, _at(slots[1], slot)))
        words.append("×".join(str(int(size)) for size in shape) if shape else "scalar")
    else:
        words.append(_at(trace[_OPS], nodes[_OP][node])[1])
        literals = [args[1][arg] for arg in _range(nodes[_ARG_START], node, len(args[1]))]
        words += [_at(trace[_LITERALS], each) for each in literals if each >= 0]
    return " ".join(plain(word.strip())[:12] for word in words)


def _at(table: Sequence, place: int):
    """An entry; a negative place is none, not one from the end."""
    if place < 0:
        raise ValueError("a place below zero")
    return table[place]


def _layers(inputs: Sequence[tuple[int, ...]]) -> list[int]:
    """Longest way from a source; a source stands right above what first uses it."""
    layers: list[int] = []
    for each in inputs:
        layers.append(1 + max((layers[one] for one in each), default=-1))
    users: list[list[int]] = [[] for _ in inputs]
    for node, each in enumerate(inputs):
        for one in each:
            users[one].append(layers[node])
    return [
        min(users[node]) - 1 if not each and users[node] else layers[node]
        for node, each in enumerate(inputs)
    ]


def _across(layers: Sequence[int], inputs: Sequence[tuple[int, ...]]) -> list[float]:
    """Each layer in the order of what its boxes are connected with, swept down and up."""
    rows: list[list[int]] = [[] for _ in range(max(layers) + 1)]
    for node, layer in enumerate(layers):
        rows[layer].append(node)
    near: list[list[int]] = [list(each) for each in inputs]
    for node, each in enumerate(inputs):
        for one in each:
            near[one].append(node)
    across = [0.0] * len(layers)
    spread = lambda row: {node: (n + 1) / (len(row) + 1) for n, node in enumerate(row)}
    for row in rows:
        across = [spread(row).get(node, at) for node, at in enumerate(across)]
    for sweep in range(4):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            middle = {
                n: sum(across[o] for o in near[n]) / len(near[n]) if near[n] else across[n]
                for n in row
            }
            row.sort(key=lambda node: middle[node])
            for node, at in spread(row).items():
                across[node] = at
    return across
