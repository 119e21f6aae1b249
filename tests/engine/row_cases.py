"""The cases that record_rows.py records from MXNet, made from the registry's rows and templates.

python -m tests.engine.row_cases      prints them; the form of a line is told in row_runs.py
"""

from itertools import product

import engine

engine.install()

import mxnet  # noqa: E402

from engine.registry import OPS  # noqa: E402

from .row_templates import templates  # noqa: E402

OTHER_DTYPES = ("f8", "f2", "i4", "i8", "u1", "i1", "b")
MIXES = (("f4", "i4"), ("i4", "f4"), ("f4", "f8"), ("f2", "f4"), ("i4", "i8"), ("u1", "i4"),
         ("u1", "i1"), ("b", "f4"), ("b", "i4"), ("f2", "i8"))  # fmt: skip
PAIRS = (("3", "3"), ("2x3", "3"), ("2x1", "1x3"), ("", "2"), ("", ""), ("1", "1"), ("1", "2x2"),
         ("0", "0"), ("2x0", "1x0"), ("3", "2"))  # fmt: skip
#: What neither computes nor fails on arrays, or has no end.
UNTRIED = {"save", "load", "random", "set_np", "reset_np", "genfromtxt", "set_printoptions",
           "waitall", "seed", "shuffle", "NDArray", "ndarray", "from_dlpack", "Custom", "normal",
           "uniform", "empty_like", "empty", "may_share_memory", "shares_memory"}  # fmt: skip


def span(op):
    """The kind of values that suits the row's domain."""
    sample = op.samples[0]
    return f"r{sample.low:g}:{sample.high:g}"


def of_unary(op, call):
    kind = span(op)
    given = ", ".join(f"{k}={v!r}" for k, v in op.samples[-1].attrs.items())
    text = f"{call}(a{', ' + given if given else ''})"
    for shape in ("", "3", "2x3", "1x1", "0", "2x0"):
        yield text, f"{kind} f4 {shape}", ""
    for dtype in ("f4", *OTHER_DTYPES):
        yield text, f"e {dtype} 14", ""
    for dtype in OTHER_DTYPES:
        yield text, f"{kind if dtype[0] == 'f' else 'n'} {dtype} 3", ""
    yield text, f"{kind} f4 2x2", "add"


def of_binary(op, call):
    kind = span(op)
    text = f"{call}(a, b)"
    for first, second in PAIRS:
        yield text, f"{kind} f4 {first}; {kind} f4 {second}", ""
    yield text, "e f4 14x1; e f4 1x14", ""
    yield text, "e i4 7x1; e i4 1x7", ""
    yield text, "t f4 5; t f4 5", ""
    for dtype in OTHER_DTYPES:
        yield text, f"{kind} {dtype} 3; {kind} {dtype} 3", ""
    for first, second in MIXES:
        yield text, f"{kind} {first} 3; {kind} {second} 3", ""
    for number, dtype in product(("2", "0.5", "-1", "True"), ("f4", "i4", "u1", "b", "f2")):
        yield f"{call}(a, {number})", f"{kind} {dtype} 3", ""
        yield f"{call}({number}, a)", f"{kind} {dtype} 3", ""
    yield text, f"{kind} f4 2; {kind} f4 2x2", "add"


def of_reduction(op, call):
    kind = span(op)
    for shape, axis, keep in (
        ("3", None, False), ("3", None, True), ("2x3", None, True), ("2x3", 0, False),
        ("2x3", 1, True), ("2x3", (0, 1), False), ("2x3", -1, False), ("2x3x2", (0, 2), False),
        ("2x3x2", (0, 2), True), ("2x3x2", 1, False), ("1x3", 0, False), ("", None, False),
        ("0", None, False), ("0x2", 0, False), ("2x3", 2, False),
    ):  # fmt: skip
        kept = ", keepdims=True" if keep else ""
        yield f"{call}(a, axis={axis}{kept})", f"{kind} f4 {shape}", ""
    for values, axis in product("etz", (None, 1)):
        yield f"{call}(a, axis={axis})", f"{values} f4 3x4", ""
    for dtype, axis in product(OTHER_DTYPES, (None, 0)):
        yield f"{call}(a, axis={axis})", f"n {dtype} 2x3", ""
    yield f"{call}(a)", "t i4 4", ""
    yield f"{call}(a, axis=0)", f"{kind} f4 2x2", "add"


def of_samples(op, call):
    """Each sample of a row, by keyword; the first one in other dtypes too."""
    for k, sample in enumerate(op.samples):
        names = list("abcdefgh"[: len(sample.shapes)])
        given = ", ".join(f"{key}={value!r}" for key, value in sample.attrs.items())
        first = f"[{', '.join(names)}]" if op.variadic else ", ".join(names)
        text = f"{call}({', '.join(filter(None, (first, given)))})"
        for dtype in ("f4", *OTHER_DTYPES) if k == 0 else ("f4",):
            parts = []
            for place, shape in enumerate(sample.shapes):
                kind = f"k{int(sample.high)}" if place in sample.integers else "n"
                kind = "d" if sample.dominant and len(shape) == 2 else kind
                what = "f4" if place in sample.integers else dtype
                parts.append(f"{kind} {what} {'x'.join(map(str, shape))}")
            yield text, "; ".join(parts), ""
            if dtype == "f4" and sample.shapes:
                yield text, "; ".join(parts), "add"


FAMILIES = {"unary": of_unary, "binary": of_binary, "reduction": of_reduction}


def of_rows():
    """Cases of every row under every public name."""
    for op in OPS.values():
        for space, names in op.names.items():
            for name in names:
                form = FAMILIES.get(op.family, of_samples)
                for text, operands, mode in form(op, f"{space}.{name}"):
                    yield space, text, operands, mode


def of_names():
    """Every public function with one and with two arrays, whatever it makes of them."""
    for space in ("nd", "np", "npx"):
        owner = getattr(mxnet, space)
        for name in sorted(owner.__all__):
            value = getattr(owner, name, None)
            if name in UNTRIED or name[0] == "_" or not callable(value) or isinstance(value, type):
                continue
            if "random" in name or "sample" in name:
                continue
            for shape in ("2x3", "3"):
                yield space, f"{space}.{name}(a)", f"r0.2:0.9 f4 {shape}", ""
                yield space, f"{space}.{name}(a, b)", f"r0.2:0.9 f4 {shape}; r0.2:0.9 f4 3", ""
            yield space, f"{space}.{name}(a)", "n i4 4", ""


def cases():
    """All cases as lines, each once."""
    found = [*of_rows(), *templates(), *of_names()]
    return list(dict.fromkeys(" | ".join(case) for case in found))


if __name__ == "__main__":
    print("\n".join(cases()))
