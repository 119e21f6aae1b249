"""Record how IPython 8 lays values out, for test_display.py (needs IPython, not the engine).

    python -m pip install ipython==8.37.0
    python tests/engine/record_display.py

Writes golden/display.json: [width, expression, text] of randomly made nested values. The
expressions are Python; `Lines("a", "b")` in them has a repr of several lines.
"""

import json
import random
from collections import Counter, OrderedDict, defaultdict, deque
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

GOLDEN = Path(__file__).parent / "golden" / "display.json"
CASES = 400
NAMES = (Counter, OrderedDict, defaultdict, deque, SimpleNamespace)


class Lines:
    """A value whose repr has these lines."""

    def __init__(self, *lines):
        self.lines = lines

    def __repr__(self):
        return "\n".join(self.lines)


WORDS = {"Lines": Lines, "MappingProxyType": MappingProxyType}
WORDS |= {kind.__name__: kind for kind in NAMES}
ARRAY = "Lines('array([[1., 2.],', '       [3., 4.]])')"
NDARRAY = "Lines('', '[[1. 2.]', ' [3. 4.]]', '<NDArray 2x2 @cpu(0)>')"
LEAVES = ["1", "None", "'text'", "3.5", "True", "b'bytes'", ARRAY, NDARRAY, "Lines('one line')"]
LEAVES += ["int", "range(3)", "''", "'" + "long " * 12 + "'", "ValueError('no')", "10**30"]
WRAPPED = [
    "deque([{}])",
    "deque([{}], maxlen=3)",
    "OrderedDict(a={}, b=2)",
    "defaultdict(list, a={})",
]
WRAPPED += [
    "SimpleNamespace(first={}, second=1)",
    "MappingProxyType(dict(a={}))",
    "Counter(a=2, b=3)",
]


def expression(rng: random.Random, depth: int) -> str:
    """A random value, as Python source."""
    kind = rng.choice("leaf list tuple dict set wrapped".split()) if depth else "leaf"
    if kind == "leaf":
        return rng.choice(LEAVES)
    if kind == "wrapped":
        return rng.choice(WRAPPED).format(expression(rng, depth - 1))
    count = rng.choice([0, 1, 1, 2, 2, 3, 4, 9])
    if kind == "set":
        return f"{rng.choice(['set', 'frozenset'])}({[rng.randrange(10**6) for _ in range(count)]})"
    items = [expression(rng, depth - 1) for _ in range(count)]
    if kind == "dict":
        keys = ("'" + rng.choice(["key", "longer key", "k"]) * (k + 1) + "'" for k in range(count))
        return "{" + ", ".join(f"{key}: {item}" for key, item in zip(keys, items)) + "}"
    if kind == "tuple":
        return "(" + "".join(item + ", " for item in items) + ")"
    return "[" + ", ".join(items) + "]"


def cases(seed: int, count: int):
    """`count` pairs of a width and an expression."""
    rng = random.Random(seed)
    for _ in range(count):
        yield rng.choice([79, 79, 79, 40, 20]), expression(rng, rng.randrange(5))


if __name__ == "__main__":
    from IPython.lib.pretty import pretty

    unique = dict.fromkeys(case for case in cases(0, 4 * CASES) if len(case[1]) < 600)
    recorded = [
        [width, source, pretty(eval(source, dict(WORDS)), max_width=width)]
        for width, source in list(unique)[:CASES]
    ]
    GOLDEN.write_text(json.dumps(recorded, separators=(",", ":")) + "\n")
    print(GOLDEN, GOLDEN.stat().st_size, "bytes")
