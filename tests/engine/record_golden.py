"""Record what the real MXNet 1.9.1 does, for the tests to compare with (needs no engine).

    python3.8 -m pip install mxnet==1.9.1 "numpy<1.24" ipython
    python3.8 tests/engine/record_golden.py random lessons

`random` writes golden/random.json: sessions of interleaved draws, as raw bytes. `lessons` writes
golden/lessons.json: what every cell of web/lessons/*.py shows.
"""

import ast
import base64
import contextlib
import glob
import hashlib
import importlib.util
import io
import json
import os
import sys

import mxnet as mx
import numpy as onp
from IPython.lib.pretty import pretty
from mxnet import autograd, nd, np, npx

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "golden")
WHOLE = 70  # arrays up to this many elements are kept whole, larger ones as a hash

# ----- Random numbers -----

SEEDS = [None, 0, 1, 7, 42, 123456789, -5]
SHAPES = [[], [1], [2], [2, 3], [65], [1000], [3000]]


def array(*values, **options):
    """An array parameter, as JSON can hold it."""
    return {"array": list(values), "dtype": options.get("dtype", "float32")}


def calls():
    """One session: (method of MXNetRandom, its arguments), in the order they are drawn."""
    for shape in SHAPES:
        inner = shape or [1]  # nd has no shape ()
        yield "np_uniform", {"low": -1, "high": 1, "size": shape}
        yield "nd_normal", {"loc": 0.25, "scale": 3, "shape": inner}
        yield "np_normal", {"loc": 0.1, "scale": 2, "size": shape}
        yield "randint", {"low": -5, "high": 100, "shape": inner, "dtype": "int32"}
        yield "nd_uniform", {"low": -0.3, "high": 10, "shape": inner}
        yield "randint", {"low": 0, "high": 1 << 40, "shape": shape, "dtype": "int64"}
        yield "shuffle_indices", {"count": (shape or [0])[-1], "ndim": 1}
        yield "nd_exponential", {"scale": 0.7, "shape": inner}
        yield "dropout_mask", {"p": 0.3, "shape": shape}
        yield "shuffle_indices", {"count": (shape or [1])[-1], "ndim": 2}
    for dtype in ("float64", "float16"):
        yield "nd_uniform", {"low": -1, "high": 0.1, "shape": [70], "dtype": dtype}
        yield "np_normal", {"loc": 0, "scale": 1.1, "size": [5], "dtype": dtype}
        yield "nd_normal", {"loc": 1, "scale": 0.1, "shape": [70], "dtype": dtype}
        yield "np_uniform", {"low": 0, "high": 0.1, "size": [5], "dtype": dtype}
        yield "nd_exponential", {"scale": 3, "shape": [5], "dtype": dtype}
        yield "dropout_mask", {"p": 0.6, "shape": [3, 30], "dtype": dtype}
        yield "np_uniform", {"low": array(0.1, 10, dtype=dtype), "high": 20, "size": None}
        yield "np_normal", {"loc": array(0.1, 10, dtype=dtype), "scale": 3, "size": [3, 2]}
        yield (
            "nd_uniform",
            {"low": array(0.1, 1), "high": array(2, 4), "shape": [40], "dtype": dtype},
        )
    yield "np_uniform", {"low": array([0], [10]), "high": array(1, 2, 30), "size": None}
    yield "np_uniform", {"low": 3, "high": array(1, 2, 30), "size": [2, 3]}
    yield "np_normal", {"loc": array([0], [10]), "scale": array(1, 2, 30), "size": None}
    yield "np_normal", {"loc": 0.5, "scale": array(1, 2, 30), "size": [3]}
    yield "nd_normal", {"loc": array(0, 10), "scale": array(1, 0.1), "shape": [50]}
    yield (
        "nd_uniform",
        {"low": array([0, 1], [2, 3]), "high": array([5, 6], [7, 8]), "shape": [2, 3]},
    )
    yield "nd_exponential", {"scale": array(1, 10, 0.3), "shape": [4]}
    yield "nd_uniform", {"low": 0, "high": 1, "shape": [70000]}
    yield "np_uniform", {"low": 2, "high": 1, "size": [3]}
    yield "np_uniform", {"low": 0, "high": 1, "size": [0, 3]}
    yield "np_normal", {"loc": 0, "scale": 1, "size": [0]}
    yield "dropout_mask", {"p": 0.0, "shape": [4]}
    yield "dropout_mask", {"p": 1.0, "shape": [4]}
    yield "dropout_mask", {"p": 0.5, "shape": [4]}


def draw(method, options):
    """The same draw, by MXNet."""
    kinds = {key: np.array if method.startswith("np") else nd.array for key in options}
    options = {
        key: kinds[key](value["array"], dtype=value["dtype"]) if isinstance(value, dict) else value
        for key, value in options.items()
    }
    for key in ("shape", "size"):
        if options.get(key) is not None:
            options[key] = tuple(options[key])
    if method == "nd_uniform":
        return nd.random.uniform(**options)
    if method == "nd_normal":
        return nd.random.normal(**options)
    if method == "nd_exponential":
        return nd.random.exponential(**options)
    if method == "np_uniform":
        return np.random.uniform(**options)
    if method == "np_normal":
        return np.random.normal(**options)
    if method == "randint":
        if options["dtype"] == "int64":
            return np.random.randint(options["low"], options["high"], size=options["shape"])
        return nd.random.randint(**options)
    if method == "shuffle_indices":
        count, ndim = options["count"], options["ndim"]
        rows = np.arange(count, dtype="int64")
        rows = rows if ndim == 1 else np.stack([rows, rows], axis=1)
        np.random.shuffle(rows)
        return rows if ndim == 1 else rows[:, 0]
    if method == "dropout_mask":
        with autograd.train_mode():
            ones = np.ones(options["shape"], dtype=options.get("dtype", "float32"))
            return npx.dropout(ones, p=options["p"])
    raise ValueError(method)


def packed(value):
    """dtype, shape and bits of an array; only their hash when it is large."""
    raw = onp.asarray(value)
    bits = raw.tobytes()
    kept = {"dtype": str(raw.dtype), "shape": list(raw.shape)}
    if raw.size <= WHOLE:
        kept["bits"] = base64.b64encode(bits).decode()
    else:
        kept["sha256"] = hashlib.sha256(bits).hexdigest()
    return kept


def record_random():
    """golden/random.json: every session starts from a seed (None: a fresh process)."""
    table = list(calls())
    sessions = []
    for seed in SEEDS:
        for ctx_given in (False, True):
            if seed is None and ctx_given:
                continue
            if seed is not None and ctx_given:
                mx.random.seed(seed, ctx=mx.cpu())
            elif seed is not None:
                mx.random.seed(seed)
            results = [packed(draw(method, options).asnumpy()) for method, options in table]
            sessions.append({"seed": seed, "ctx_given": ctx_given, "results": results})
    return {"mxnet": mx.__version__, "calls": table, "sessions": sessions}


# ----- Lessons -----

#: Titles of cells that the page does not run, or does not show.
UNSEEN = ("hint", "solution", "check")


def cells(source):
    """The code cells of a `# %%` script, in order: title and text."""
    kept = []
    for line in source.splitlines():
        if line.startswith("# %%"):
            kept.append(None if "[markdown]" in line else (line[4:].strip(), []))
        elif kept and kept[-1] is not None:
            kept[-1][1].append(line)
    return [(cell[0], "\n".join(cell[1])) for cell in kept if cell is not None]


def shown(code, names):
    """What a notebook shows for this cell: printed text and the last expression's value."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last else None
    return {"stdout": printed.getvalue(), "result": None if value is None else pretty(value)}


def record_lessons():
    """golden/lessons.json: {lesson: [what each code cell shows]}.

    Of exercises the answers alone: hints, solutions and checks run, so a check that does not hold
    for its solution ends the recording, but the page shows nothing of theirs.
    """
    lessons = {}
    path = os.path.join(HERE, "..", "..", "engine", "playground.py")
    spec = importlib.util.spec_from_file_location("playground", path)
    sys.modules["playground"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["playground"])
    for path in sorted(glob.glob(os.path.join(HERE, "..", "..", "web", "lessons", "*.py"))):
        mx.random.seed(0)
        names = {"__name__": "__main__"}
        slug = os.path.splitext(os.path.basename(path))[0]
        with open(path, encoding="utf-8") as file:
            found = [(title, shown(code, names)) for title, code in cells(file.read())]
        lessons[slug] = [each for title, each in found if title not in UNSEEN]
    return lessons


RECORDERS = {"lessons": record_lessons, "random": record_random}

if __name__ == "__main__":
    npx.set_np()
    for name in sys.argv[1:] or sorted(RECORDERS):
        path = os.path.join(GOLDEN, name + ".json")
        with open(path, "w") as file:
            json.dump(RECORDERS[name](), file, separators=(",", ":"), sort_keys=True)
            file.write("\n")
        print(path, os.path.getsize(path), "bytes")
