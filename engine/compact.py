"""A trace small enough for a link: lists instead of objects, columns as differences, equal numbers
once, seven digits, without the program. The same in web/src/trace/compact.ts, which also reads it.

The lists are only ever made longer: a reader fills in what an older writer left out.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from .summary import number

__all__ = ["FORM", "compact"]

#: First entry of every compact trace.
FORM = 1
#: Enough for float32 to look as it did.
DIGITS = 7

SITES = ("start", "line", "col", "endLine", "endCol", "func")
NODES = (
    *("kind", "op", "roles", "site", "visit", "cell"),
    *("block", "cause", "name", "attrs", "argStart", "slotStart"),
)
ARGS = ("slot", "literal")
SLOTS = ("node", "value", "name")
VALUES = ("shape", "dtype", "device")
LOOPS = ("kind", "name", "line", "col", "endLine", "endCol", "bodyLine", "bodyCol")
TURNS = ("loop", "depth", "run", "turn", "at")
STEPS = ("node", "arg", "contribution", "sum", "axes")
GRADS = ("slot", "value")


def compact(document: Mapping[str, Any]) -> list:
    """The compact form of a trace document with plain lists (`trace.as_lists`)."""
    d = document
    summaries = d["values"]["summaries"]
    return [
        FORM,
        d["engine"],
        [[int(c["kind"] == "markdown"), c["first"], c["last"]] for c in d["cells"]],
        # Without the sentence of each operation: it is long, and the picture does not need it.
        [[o[k] for k in ("name", "symbol", "operands", "latex", "latexVjps")] for o in d["ops"]],
        d["strings"],
        d["shapes"],
        d["literals"],
        d["attrs"],
        d["axes"],
        _columns(d["sites"], SITES),
        [[b["cell"], b["site"], int(b["trainMode"]), b["first"], b["last"]] for b in d["blocks"]],
        _columns(d["nodes"], NODES),
        _columns(d["args"], ARGS),
        _columns(d["slots"], SLOTS),
        _columns(d["values"], VALUES),
        _summaries(summaries),
        [_pass(p, summaries) for p in d["passes"]],
        d["outputs"],
        d["stops"],
        _columns(d["loops"], LOOPS),
        _columns(d["turns"], TURNS),
    ]


def _pass(given: Mapping[str, Any], summaries: Sequence[Mapping[str, Any] | None]) -> list:
    written = given["written"]
    return [
        int(given["kind"] == "grad"),
        *(given[key] for key in ("cell", "site", "at", "heads", "headGrads")),
        int(given["retainGraph"]),
        int(given["createGraph"]),
        _columns(given["steps"], STEPS),
        _columns(given["grads"], GRADS),
        [written["slot"], written["value"], [int(req == "add") for req in written["req"]]],
        _norms(given["grads"], summaries),
    ]


def _norms(grads: Mapping[str, Any], summaries: Sequence[Mapping[str, Any] | None]) -> list:
    """Norms of the gradients that are not written out: those of the others are counted anew."""
    pairs = zip(grads["value"], grads["norm"], strict=True)
    late = [bits for value, bits in pairs if "data" not in (summaries[value] or {})]
    return [_rounded(number(struct.unpack("f", struct.pack("i", bits))[0])) for bits in late]


def _columns(table: Mapping[str, Sequence[int]], keys: Sequence[str]) -> list[list[int]]:
    return [
        [entry - before for before, entry in zip([0, *table[key]], table[key], strict=False)]
        for key in keys
    ]


def _summaries(given: Sequence[Mapping[str, Any] | None]) -> list:
    """0: none; k: as the k-th that was written out; a list: all elements; an object: the rest."""
    seen: dict[str, int] = {}
    found: list = []
    for summary in given:
        if summary is None:
            found.append(0)
            continue
        small = "data" in summary
        short = [_rounded(v) for v in summary["data"]] if small else _range(summary)
        key = f"{small} {json.dumps(short)}"
        if key in seen:
            found.append(seen[key])
            continue
        seen[key] = len(seen) + 1
        found.append(short if small else {"s": short})
    return found


def _range(summary: Mapping[str, Any]) -> list:
    found = [_rounded(summary[key]) for key in ("min", "max", "mean")]
    found += [summary[key] for key in ("nan", "inf", "zero")]
    thumb = summary.get("thumb")
    if thumb:
        found += [thumb["rows"], thumb["cols"], [_rounded(v) for v in thumb["data"]]]
    return found


def _rounded(value: float | str) -> float | int | str:
    if isinstance(value, str):
        return value
    number = float(f"{value:.{DIGITS}g}")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
