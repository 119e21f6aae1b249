"""Operations on whole numbers and booleans: the operands as MXNet reads them, where NumPy differs.

In `nd` a Python number beside whole numbers is cut to their dtype first; in `np` that holds for
whole numbers, while a float makes the result a float. Both wrap round instead of failing. A boolean
array beside a number counts as int64. Functions that need a float never see small integers, for
which NumPy would compute in float16, and powers may be negative.
"""

from math import isfinite

NUMBERS = (int, float, bool)


def operands(op, raws, dtype, namespace):
    """What `op` is given in place of `raws`; `dtype` is that of the first array among them.

    Arrays need `astype`; NumPy's and CuPy's have it.
    """
    nd = namespace == "nd"
    numbers = [type(raw) in NUMBERS for raw in raws]
    if len(raws) == 1:
        small = op.dtype == "float" and dtype.itemsize < 4
        return [raws[0].astype("float64")] if small else raws
    if op.dtype == "bool" or (op.dtype == "float" and not nd):
        return raws
    if any(numbers):
        name = "int64" if dtype.kind == "b" else dtype.name
        cut = [nd or type(raw) is not float for raw in raws]
        raws = [
            (wrapped(raw, name) if cut[k] else raw)
            if numbers[k]
            else (raw.astype(name) if raw.dtype.kind == "b" else raw)
            for k, raw in enumerate(raws)
        ]
    if op.name == "power" and all(
        type(raw) is int if numbers[k] else raw.dtype.kind != "f" for k, raw in enumerate(raws)
    ):
        raws = [float(raw) if numbers[k] else raw.astype("float64") for k, raw in enumerate(raws)]
    return raws


def wrapped(number, name: str) -> int:
    """A Python number as an integer of the dtype called `name`; what overflows wraps round."""
    signed = name.startswith("int")
    bits = int(name.removeprefix("uint").removeprefix("int"))
    found = (int(number) if isfinite(number) else 0) & (2**bits - 1)
    return found - 2**bits if signed and found >= 2 ** (bits - 1) else found
