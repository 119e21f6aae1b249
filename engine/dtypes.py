"""dtype rules of the two array namespaces, on dtype *names*; NumPy's own promotion differs.

MXNet keeps to the narrowest float in play: integers never widen a float32, functions that need a
float give float32 for integer input, and `nd` refuses to mix an integer with a float array.
"""

from .errors import DTypeError, message

FLOATS = ("float16", "float32", "float64")
INTEGERS = ("uint8", "int8", "int32", "int64")
DEFAULT = "float32"

RULES = ("promote", "total", "float", "bool", "same", "index", "cast")


def is_float(name: str) -> bool:
    """Whether `name` is a floating-point dtype."""
    return name.startswith("float")


def widest(names) -> str:
    """The dtype that holds all of `names`: floats win over integers, wider wins over narrower."""
    floats = [n for n in names if is_float(n)]
    order = FLOATS if floats else ("bool", *INTEGERS)
    return max(floats or names, key=lambda n: order.index(n) if n in order else len(order))


def result(rule: str, names, namespace: str, thing: str, literal: type | None = None) -> str:
    """dtype name of an operation's result.

    `rule` is the row's: "promote" (arithmetic), "total" (sums: booleans are counted), "float"
    (needs a float: sin, mean, divide), "bool" (comparisons), "same" (the first operand's), "index"
    (argmax), "cast" (an attribute says it). `names` are the array operands' dtypes;
    `literal` is the type of a Python number that took part (float, int or None). Raises
    `DTypeError` where `nd` refuses to mix.
    """
    if namespace == "nd" and len(set(names)) > 1 and rule in ("promote", "float", "bool"):
        raise DTypeError(
            message(
                thing,
                f"got arrays of dtype {' and '.join(names)}",
                "nd operations need operands of one dtype",
                f"Convert one of them: `x.astype('{widest(names)}')`.",
            )
        )
    if namespace == "nd" and set(names) == {"bool"} and (literal or rule == "bool"):
        return "int64"
    if rule == "bool":  # nd answers 0 or 1 in the operands' dtype
        return names[0] if namespace == "nd" else "bool"
    if rule == "index":
        return names[0] if namespace == "nd" else "int64"
    if rule == "same":
        return names[0]
    if rule == "total" and names == ["bool"] and (namespace == "np" or thing == "cumsum"):
        return "int64"
    name = widest(names)
    if is_float(name) or namespace == "nd":
        return name
    if rule == "float" or literal is float:
        return DEFAULT
    return "int64" if name == "bool" and literal is int else name
