"""Random draws that a server makes itself: Philox, with key and counter as attributes.

A call says everything that its numbers depend on, so a frame that is sent again gives them again.
They are made with +, -, *, / and the square root alone, which IEEE 754 rounds alike everywhere:
NumPy, CuPy and the array API's libraries give the same bits. (Their `log` and `cos` do not agree in
the last one.) Word k of a stream is word k mod 4 of block k // 4; a draw begins a block.
"""

from math import log, prod, sqrt

from ..errors import MXNetError, message
from ..registry import Sample, general

#: Bits of a uniform number in each dtype: all that it can hold evenly below 1.
BITS = {"float16": 11, "float32": 24, "float64": 53}


def words_each(dtype: str) -> int:
    """How many words of 32 bits one number of this dtype takes."""
    return 2 if dtype == "float64" else 1


def _bits(xp, shape, count, philox_key, counter):
    """Whole numbers of `count` bits (at most 53), one for each element of a shape."""
    size = prod(shape)
    if count <= 32:
        words = xp.philox(size, key=philox_key, counter=counter)
        return (words // 2 ** (32 - count)).reshape(shape)
    pairs = xp.philox(2 * size, key=philox_key, counter=counter).reshape((size, 2))
    high, low = pairs[:, 0] // 2 ** (32 - count // 2), pairs[:, 1] // 2 ** (32 - (count + 1) // 2)
    return (high * 2 ** ((count + 1) // 2) + low).reshape(shape)


def _uniform(xp, shape, dtype, philox_key, counter):
    """Numbers from 0 up to (without) 1 in a dtype of floats."""
    bits = BITS[dtype]
    return _bits(xp, shape, bits, philox_key, counter).astype(dtype) * 2.0**-bits


def _between(xp, *, low, high, shape, dtype, philox_key, counter):
    u = _uniform(xp, shape, dtype, philox_key, counter)
    return u if (low, high) == (0, 1) else u * (high - low) + low


# ----- Logarithm and quantile, out of the four operations and the square root -----

MIDDLE = sqrt(0.5)


def _minus_log(xp, x):
    """-log(x) for float64 from 2^-63 to 1."""
    halvings = xp.zeros(x.shape, "float64")
    for k in (32, 16, 8, 4, 2, 1):
        small = x < 2.0**-k
        x = xp.where(small, x * 2.0**k, x)
        halvings = xp.where(small, halvings + k, halvings)
    s = (x - MIDDLE) / (x + MIDDLE)  # log(x / MIDDLE) = 2 artanh(s), and |s| < 0.172
    square = s * s
    series = square * (1 / 21) + 1 / 19
    for k in range(17, 0, -2):
        series = series * square + 1 / k
    return halvings * log(2) - (s * series * 2 + log(MIDDLE))


def _ratio(x, over, under):
    """A ratio of polynomials, coefficients from the highest power down."""
    found = []
    for first, *rest in (over, under):
        y = x * first + rest[0]
        for c in rest[1:]:
            y = y * x + c
        found.append(y)
    return found[0] / found[1]


#: Wichura's AS 241 (1988): the normal quantile by three ratios, to 1 part in 10^16.
CENTRE = (
    (2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987,
     13731.693765509461, 1971.5909503065514, 133.14166789178438, 3.3871328727963665),
    (5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597,
     5394.196021424751, 687.1870074920579, 42.31333070160091, 1.0),
)  # fmt: skip
SIDE = (
    (0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684,
     3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835),
    (1.0507500716444169e-09, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008,
     0.6897673349851, 1.6763848301838038, 2.053191626637759, 1.0),
)  # fmt: skip
END = (
    (2.0103343992922881e-07, 2.7115555687434876e-05, 0.0012426609473880784, 0.026532189526576124,
     0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103),
    (2.0442631033899397e-15, 1.421511758316446e-07, 1.8463183175100548e-05, 0.0007868691311456133,
     0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1.0),
)  # fmt: skip


def _quantile(xp, p, ends):
    """The normal quantile of probabilities; `ends`: also below 1.4e-11."""
    q = p - 0.5
    centre = _ratio(0.180625 - q * q, *CENTRE) * q
    outside = xp.minimum(p, 1.0 - p)
    r = xp.sqrt(_minus_log(xp, outside))
    side = _ratio(r - 1.6, *SIDE)
    if ends:
        side = xp.where(r > 5.0, _ratio(r - 5.0, *END), side)
    return xp.where(xp.abs(q) <= 0.425, centre, xp.where(q < 0.0, -side, side))


def _normal(xp, *, loc, scale, shape, dtype, philox_key, counter):
    bits = 52 if dtype == "float64" else 32
    whole = _bits(xp, shape, bits, philox_key, counter)

    def quantile(x):
        return _quantile(xp, (x.astype("float64") + 0.5) * 2.0**-bits, bits > 32)

    z = xp.blockwise(quantile, whole, dtype=dtype)
    return z if (loc, scale) == (0, 1) else z * scale + loc


def _exponential(xp, *, scale, shape, dtype, philox_key, counter):
    bits = 52 if dtype == "float64" else 32
    whole = _bits(xp, shape, bits, philox_key, counter)

    def waiting(x):
        return _minus_log(xp, (x.astype("float64") + 0.5) * 2.0**-bits)

    return xp.blockwise(waiting, whole, dtype=dtype) * scale


def _kept(xp, *, p, shape, dtype, philox_key, counter):
    u = _uniform(xp, shape, "float32", philox_key, counter)
    return (u >= p).astype(dtype) * (1 / (1 - p) if p < 1 else 0.0)


def _integers(xp, *, low, high, shape, dtype, philox_key, counter):
    span = high - low
    if span <= 2**31:  # the word's place among 2^32, on the scale of the span
        bits = _bits(xp, shape, 32, philox_key, counter)
        return (bits * span // 2**32 + low).astype(dtype)
    return (_bits(xp, shape, 53, philox_key, counter) % span + low).astype(dtype)


# ----- The rows -----

PLACE = {"philox_key": 0, "counter": 0}


def _shape(name, whole=False):
    def shape(*, shape, dtype, philox_key, counter, **parameters):
        if counter < 0 or counter + 2 * prod(shape) >= 2**62:
            raise MXNetError(message(name, f"got counter {counter}", "It is at most 62 bits long"))
        if whole != (dtype not in BITS):
            kind = "whole numbers" if whole else "floating-point numbers"
            raise MXNetError(message(name, f"got dtype {dtype}", f"It draws {kind}"))
        if whole and not 0 < parameters["high"] - parameters["low"] <= 2**53:
            given = f"got low {parameters['low']}, high {parameters['high']}"
            raise MXNetError(message(name, given, "low < high, and at most 2^53 more"))
        return tuple(shape)

    return shape


def _draws(name, forward, work, doc, latex, given, **parameters):
    """A row that draws; `work` is what one element costs, in floating-point operations."""
    dtype = "int32" if name == "philox_integers" else "float32"
    attrs = {**parameters, "shape": (1,), "dtype": dtype, **PLACE}
    samples = tuple(
        Sample((), {**attrs, **chosen, "shape": shape, "philox_key": key, "counter": counter})
        for chosen in ({}, given)
        for shape, key, counter in (((2, 3), 7, 0), ((5,), 2**40 + 1, 2**33 + 5))
    )
    general(name, forward, (), _shape(name, name == "philox_integers"), operands=(), attrs=attrs,
            flops=lambda out, **_: work * prod(out), samples=samples, doc=doc, latex=latex,
            family="creation", dtype="float", symbol="random", grows=True)


_draws("philox_uniform", _between, 60, "Uniform draws from a key and a counter.",
       r"\mathcal{U}({low}, {high})", {"low": -1.0, "high": 3.0, "dtype": "float64"},
       low=0.0, high=1.0)
_draws("philox_normal", _normal, 200, "Normal draws from a key and a counter.",
       r"\mathcal{N}({loc}, {scale}^2)", {"loc": 2.0, "scale": 0.5, "dtype": "float64"},
       loc=0.0, scale=1.0)
_draws("philox_exponential", _exponential, 120, "Exponential draws from a key and a counter.",
       r"\operatorname{Exp}(1 / {scale})", {"scale": 3.0, "dtype": "float64"}, scale=1.0)
_draws("philox_mask", _kept, 60, "What dropout multiplies by, from a key and a counter.",
       r"\operatorname{mask}({p})", {"p": 0.25, "dtype": "float64"}, p=0.5)
_draws("philox_integers", _integers, 60, "Integers from a key and a counter.",
       r"\mathcal{U}\{{low}, \dots, {high}-1\}",
       {"low": -3, "high": 2**40, "dtype": "int64"}, low=0, high=10)
