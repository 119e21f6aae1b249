"""How a recorded case runs, here and in MXNet 1.9.1: operands, forward, backward, what is kept.

A case is a line `space | expression | operands | mode`. Operands are named a, b, c, … and written
`values dtype shape`, as `n f4 2x3`; `values` is one of

    n        numbers from -2 to 2 (integers from -4 to 4)
    rL:H     numbers from L to H
    e        edge values: zeros of both signs, infinities, NaN, small and large numbers
    t        few distinct values: ties;  z  -1, 0 and 1
    kN       whole numbers from 0 to N - 1;  w  from -7 to 8
    d        a square matrix with a large diagonal

The mode is empty, `add` (two passes into gradients with `grad_req="add"`), `train`, or `seedN`
(seeded first, and compared to the last bit). Read by Python 3.8 as well, so no newer syntax.
"""

import base64
import zlib

import numpy

DTYPES = {
    "f2": "float16", "f4": "float32", "f8": "float64", "u1": "uint8", "i1": "int8",
    "i4": "int32", "i8": "int64", "b": "bool",
}  # fmt: skip
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 2.5, float("inf"), -float("inf"), float("nan"),
         100.0, -100.0, 1e-3, 3.0]  # fmt: skip
WHOLE_EDGES = [0, 1, -1, 2, 3, -3, -7, 100, 7, 5, -5, 10, -100, 4]


def operand(text):
    """The NumPy array that a text such as `n f4 2x3` stands for."""
    values, dtype, shape = (text + " ").split(" ")[:3]
    dtype = DTYPES[dtype]
    shape = tuple(int(n) for n in shape.split("x")) if shape else ()
    rng = numpy.random.RandomState(zlib.crc32(text.encode()))
    whole = not dtype.startswith("float")
    kind = values[0]
    if kind == "e":
        raw = numpy.resize(numpy.array(WHOLE_EDGES if whole else EDGES), shape)
    elif kind == "r":
        low, high = map(float, values[1:].split(":"))
        raw = rng.uniform(low, high, shape)
    elif kind == "t":
        raw = rng.randint(0, 3, shape)
    elif kind == "z":
        raw = rng.randint(-1, 2, shape)
    elif kind == "k":
        raw = rng.randint(0, int(values[1:]), shape)
    elif kind == "w":
        raw = rng.randint(-7, 9, shape)
    elif kind == "d":
        raw = rng.uniform(-1, 1, shape) + numpy.diag(numpy.arange(4, 4 + 3 * shape[-1], 3))
    elif whole:
        raw = rng.randint(-4, 5, shape)
    else:
        raw = rng.uniform(-2, 2, shape)
    if dtype == "uint8":
        raw = numpy.abs(numpy.asarray(raw).astype("int64"))
    return numpy.asarray(raw).astype(dtype)


def head(shape, dtype):
    """A head gradient that tells the elements apart."""
    count = int(numpy.prod(shape))
    return ((numpy.arange(count) % 5 - 1.5) * 0.5).reshape(shape).astype(dtype)


def packed(raw):
    """dtype, shape and bits of an array, as JSON can hold them."""
    raw = numpy.asarray(raw)
    return [raw.dtype.name, list(raw.shape), base64.b64encode(raw.tobytes()).decode()]


def unpacked(kept):
    """The array that `packed` kept."""
    dtype, shape, bits = kept
    return numpy.frombuffer(base64.b64decode(bits), dtype).reshape(shape)


def shown(value):
    """A result as JSON can hold it: arrays packed, lists gone through, the rest as its type."""
    if isinstance(value, (list, tuple)):
        return ["list", [shown(part) for part in value]]
    if hasattr(value, "asnumpy"):
        return packed(value.asnumpy())
    if isinstance(value, (bool, int, float, str, type(None))):
        return ["plain", repr(value)]
    return ["type", type(value).__name__]


def arrays_in(value):
    """The arrays of a result, in order."""
    if isinstance(value, (list, tuple)):
        return [x for part in value for x in arrays_in(part)]
    return [value] if hasattr(value, "asnumpy") else []


def run(case, mx):
    """What a case gives in `mx`: {"raises"} or {"value", "grads" | "backward"}, ready for JSON."""
    space, expression, operands, mode = case.split(" | ")
    made = mx.nd.array if space == "nd" else mx.np.array
    (mx.npx.reset_np if space == "nd" else mx.npx.set_np)()
    names = {"mx": mx, "nd": mx.nd, "np": mx.np, "npx": mx.npx, "numpy": numpy}
    leaves = []
    try:
        if mode.startswith("seed"):
            mx.random.seed(int(mode[4:]))
        for name, text in zip("abcdefgh", filter(None, operands.split("; "))):
            raw = operand(text)
            names[name] = x = made(raw, dtype=raw.dtype)
            if raw.dtype.kind == "f" and not mode.startswith("seed"):
                x.attach_grad("add" if mode == "add" else "write")
                leaves.append(x)
        found = {}
        for _ in range(2 if mode == "add" else 1):
            with mx.autograd.record(train_mode=mode == "train"):
                value = eval(expression, dict(names))
            found = {"value": shown(value)}
            outs = [y for y in arrays_in(value) if y.dtype in FLOATS]
            if not outs or not leaves:
                continue
            try:
                heads = [head(y.shape, numpy.dtype(y.dtype).name) for y in outs]
                heads = [made(raw, dtype=raw.dtype) for raw in heads]
                mx.autograd.backward(outs, heads)
                found["grads"] = [packed(x.grad.asnumpy()) for x in leaves]
            except Exception as problem:
                return {**found, "backward": type(problem).__name__}
        return found
    except Exception as problem:
        return {"raises": type(problem).__name__}
    finally:
        mx.npx.reset_np()


FLOATS = (numpy.float16, numpy.float32, numpy.float64)
