"""Writes engine/devices/cupy_surface.py from the real `cupy`: `python -m tests.engine.record_cupy`.

CuPy imports on a machine without a GPU (`pip install cupy-cuda12x`), so this runs anywhere.
"""

import inspect
import textwrap
from pathlib import Path

import numpy

TARGET = Path(__file__).resolve().parents[2] / "engine" / "devices" / "cupy_surface.py"
#: Names with another meaning in the fake, or that need a GPU's compiler.
LEFT_OUT = {"ElementwiseKernel", "RawKernel", "RawModule", "ReductionKernel", "ndarray"}


def signature(function) -> str:
    """Parameters as words: a `*` before a variadic one, `/` and `|` where positional ends and
    keyword-only begins, `=` after what may be left out."""
    words, keyword_only = [], False
    for p in inspect.signature(function).parameters.values():
        if p.kind is p.KEYWORD_ONLY and not keyword_only:
            words.append("|")
            keyword_only = True
        mark = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        keyword_only = keyword_only or p.kind is p.VAR_POSITIONAL
        optional = "=" if p.default is not p.empty and not mark else ""
        words.append(mark + p.name + optional)
        if p.kind is p.POSITIONAL_ONLY:
            words = [w for w in words if w != "/"] + ["/"]
    return " ".join(words)


def surface(cupy) -> dict:
    """What `cupy` has of NumPy's names."""
    ufuncs, functions = [], {}
    for name in sorted(dir(cupy)):
        value = getattr(cupy, name)
        known = hasattr(numpy, name) or name in ("asnumpy", "get_array_module")
        if name.startswith("_") or name in LEFT_OUT or not known or not callable(value):
            continue
        if isinstance(value, type):
            continue
        if isinstance(value, cupy.ufunc):
            ufuncs.append(name)
        elif not inspect.isbuiltin(value):  # those say nothing of their parameters
            functions[name] = signature(value)
    linalg = {
        name: signature(value)
        for name, value in sorted(vars(cupy.linalg).items())
        if not name.startswith("_") and inspect.isfunction(value)
    }
    linalg |= {"matmul": functions["matmul"]}
    return {
        "VERSION": cupy.__version__,
        "UFUNCS": ufuncs,
        "FUNCTIONS": functions,
        "LINALG": dict(sorted(linalg.items())),
        "METHODS": sorted(n for n in dir(cupy.ndarray) if not n.startswith("_")),
    }


def text(found: dict) -> str:
    """The module's source."""

    def words(names):
        return '"""\n' + textwrap.fill(" ".join(names), 98) + '\n""".split()'

    def lines(table):
        body = "".join(f"{name}: {given}".rstrip() + "\n" for name, given in table.items())
        return f'_read(\n    """\n{body}"""\n)'

    return f'''"""What CuPy offers of NumPy's names, as tests/engine/record_cupy.py found it.

A function's line has its parameters: `name=` may be left out, `*` is variadic, those before `/`
are positional only and those after `|` keywords only.
"""

# ruff: noqa: E501

VERSION = "{found["VERSION"]}"


def _read(text):
    return dict(
        (name, given.strip())
        for name, _, given in (line.partition(":") for line in text.split("\\n") if line.strip())
    )


#: Elementwise functions; each takes `out`, `dtype` and `casting`.
UFUNCS = {words(found["UFUNCS"])}

FUNCTIONS = {lines(found["FUNCTIONS"])}

LINALG = {lines(found["LINALG"])}

#: Public methods and attributes of `cupy.ndarray`.
METHODS = {words(found["METHODS"])}
'''


if __name__ == "__main__":
    import cupy

    TARGET.write_text(text(surface(cupy)), "utf-8")
    print(f"wrote {TARGET}")
