"""The closed tables of program frames: opcodes, dtype codes, words, and what attributes may hold.

Append-only. A number that was ever given keeps its meaning for good, and so does an op's order of
attributes: programs of today's pages must run on servers of any later year. A new row in `ops/`
gets the next number here (a test names the row that has none), or a reason in `LOCAL`.
"""

from dataclasses import dataclass

#: opcode, name of the row, its attributes in their order on the wire. 0 is no opcode.
TABLE = """
   1  equal
   2  not_equal
   3  greater
   4  greater_equal
   5  less
   6  less_equal
   7  logical_and
   8  logical_or
   9  logical_xor
  10  logical_not
  11  isnan
  12  isinf
  13  isfinite
  14  where
  15  dot
  16  matmul
  17  tensordot     axes
  18  batch_dot
  19  zeros         shape dtype
  20  zeros_like
  21  ones          shape dtype
  22  ones_like
  23  full          shape fill_value dtype
  24  full_like     fill_value
  25  arange        start stop step dtype
  26  linspace      start stop num endpoint dtype
  27  eye           N M k dtype
  28  add
  29  subtract
  30  multiply
  31  true_divide
  32  power
  33  mod
  34  negative
  35  maximum
  36  minimum
  37  hypot
  38  arctan2
  39  square
  40  sqrt
  41  cbrt
  42  reciprocal
  43  rsqrt
  44  rcbrt
  45  exp
  46  expm1
  47  log
  48  log2
  49  log10
  50  log1p
  51  sin
  52  cos
  53  tan
  54  arcsin
  55  arccos
  56  arctan
  57  sinh
  58  cosh
  59  tanh
  60  arcsinh
  61  arccosh
  62  arctanh
  63  degrees
  64  radians
  65  abs
  66  sign
  67  floor
  68  ceil
  69  rint
  70  trunc
  71  round
  72  clip          a_min a_max
  73  cast          dtype
  74  getitem       key
  75  scatter_add   shape key
  76  setitem       key
  77  take          axis mode
  78  take_add      shape axis mode
  79  pick          axis keepdims
  80  arange_like   size
  81  one_hot       depth on_value off_value dtype
  82  argsort       axis ascending flat
  83  reshape       newshape
  84  transpose     axes
  85  expand_dims   axis
  86  squeeze       axis
  87  swapaxes      axis1 axis2
  88  broadcast_to  shape
  89  flip          axis
  90  repeat        repeats axis
  91  tile          reps
  92  concatenate   axis
  93  stack         axis
  94  split         indices_or_sections axis
  95  stop_gradient
  96  copy
  97  relu
  98  sigmoid
  99  softrelu
 100  softsign
 101  leaky_relu    slope
 102  elu           slope
 103  dropout
 104  softmax       axis
 105  log_softmax   axis
 106  sum           axis keepdims
 107  mean          axis keepdims
 108  prod          axis keepdims
 109  max           axis keepdims
 110  min           axis keepdims
 111  var           axis ddof keepdims
 112  std           axis ddof keepdims
 113  norm          ord axis keepdims
 114  cumsum        axis
 115  argmax        axis keepdims
 116  argmin        axis keepdims
 117  all           axis keepdims
 118  any           axis keepdims
 119  einsum        labels
 120  inv
 121  det
 122  slogdet
 123  solve
 124  pinv
 125  cholesky
 126  eigh
 127  qr
 128  svd
 129  tril          k
 130  triu          k
 131  roll          shift axis
 132  pad_constant  widths constant_value
 133  im2col        kernel stride dilate pad
 134  col2im        space kernel stride dilate pad
 135  own_gradient
 136  erf
 137  erfinv
 138  polygamma     n
 139  gamma
 140  gammaln
 141  floor_divide
 142  fmod
 143  copysign
 144  ldexp
 145  logaddexp
 146  heaviside
 147  signbit
 148  isposinf
 149  isneginf
 150  fully_connected
 151  philox_uniform     low high shape dtype philox_key counter
 152  philox_normal      loc scale shape dtype philox_key counter
 153  philox_exponential scale shape dtype philox_key counter
 154  philox_mask        p shape dtype philox_key counter
 155  philox_integers    low high shape dtype philox_key counter
"""

_LINES = [line.split() for line in TABLE.strip().splitlines()]

#: Name of an op -> its opcode, and back.
OPCODES: dict[str, int] = {name: int(code) for code, name, *_ in _LINES}
NAMES: dict[int, str] = {code: name for name, code in OPCODES.items()}

#: Name of an op -> the names of its attributes, in their order on the wire.
ATTRIBUTES: dict[str, tuple[str, ...]] = {name: tuple(attrs) for _, name, *attrs in _LINES}

_DRAWN = (
    "A draw moves the page's own generator: drawn there, its numbers travel as an upload. What a "
    "server draws itself, from a key and a counter, are the rows philox_*."
)

#: Rows that never travel, each with the reason.
LOCAL: dict[str, str] = {
    "array": "Data, not an operation: it travels as an upload.",
    "after_backward": "What it brings up to date are the page's own arrays.",
    "detach": "Nothing runs: both arrays have the same handle.",
    "function": "The user's own Python, which never leaves the page.",
    "random_uniform": _DRAWN,
    "random_normal": _DRAWN,
    "nd_random_uniform": _DRAWN,
    "nd_random_normal": _DRAWN,
    "nd_random_exponential": _DRAWN,
    "dropout_mask": _DRAWN,
    "random_randint": _DRAWN,
}

#: dtype -> its code, and its bytes an element. No other dtype exists in a frame.
DTYPES: dict[str, int] = {
    "float16": 1,
    "float32": 2,
    "float64": 3,
    "uint8": 4,
    "int8": 5,
    "int32": 6,
    "int64": 7,
    "bool": 8,
}
ITEMSIZES: dict[str, int] = {
    "float16": 2,
    "float32": 4,
    "float64": 8,
    "uint8": 1,
    "int8": 1,
    "int32": 4,
    "int64": 8,
    "bool": 1,
}

#: The only words that an attribute may be.
WORDS: dict[str, int] = {"clip": 1, "wrap": 2}


@dataclass(frozen=True, slots=True)
class Handle:
    """Stands for the array with this number, in a call's inputs and inside an index."""

    id: int


# ----- What an attribute may hold -----

#: Axes and their like are small; a rule that counts up to one must not be sent far.
PLACES = range(-64, 65)
#: Into how many equal parts an array may be split.
PARTS = range(0, 65536)


def _ints(value) -> bool:
    return type(value) is tuple and all(type(n) is int for n in value)


def _places(value) -> bool:
    return _ints(value) and all(n in PLACES for n in value)


def _key_part(value) -> bool:
    return value is None or value is Ellipsis or type(value) in (int, slice, Handle)


#: Labels of einsum: as many as NumPy has letters for.
LABELS = range(52)


def _labels(value) -> bool:
    return type(value) is tuple and all(_ints(p) and all(n in LABELS for n in p) for p in value)


FORMS = {
    "none": lambda v: v is None,
    "flag": lambda v: type(v) in (bool, int),
    "int": lambda v: type(v) is int,
    "ints": _ints,
    "number": lambda v: type(v) in (bool, int, float),
    "place": lambda v: type(v) is int and v in PLACES,
    "places": _places,
    "pair": lambda v: (
        type(v) is tuple and len(v) == 2 and all(_places(p) or FORMS["place"](p) for p in v)
    ),
    "parts": lambda v: type(v) is int and v in PARTS,
    "dtype": lambda v: type(v) is str and v in DTYPES,
    "labels": _labels,
    "mode": lambda v: type(v) is str and v in WORDS,
    "key": lambda v: _key_part(v) or (type(v) is tuple and all(map(_key_part, v))),
}

#: What each attribute may hold, whichever op has it.
MAY_HOLD: dict[str, tuple[str, ...]] = {
    "M": ("int",),
    "N": ("int",),
    "a_max": ("none", "number"),
    "a_min": ("none", "number"),
    "ascending": ("flag",),
    "axes": ("none", "place", "places", "pair"),
    "axis": ("none", "place", "places"),
    "axis1": ("place",),
    "axis2": ("place",),
    "constant_value": ("number",),
    "counter": ("int",),
    "ddof": ("number",),
    "depth": ("int",),
    "dilate": ("places",),
    "dtype": ("dtype",),
    "endpoint": ("flag",),
    "fill_value": ("number",),
    "flat": ("flag",),
    "indices_or_sections": ("parts", "ints"),
    "high": ("number",),
    "k": ("int",),
    "keepdims": ("flag",),
    "kernel": ("places",),
    "key": ("key",),
    "labels": ("labels",),
    "loc": ("number",),
    "low": ("number",),
    "mode": ("mode",),
    "n": ("place",),
    "newshape": ("int", "ints"),
    "num": ("int",),
    "off_value": ("number",),
    "on_value": ("number",),
    "ord": ("place",),
    "p": ("number",),
    "pad": ("places",),
    "philox_key": ("int",),
    "repeats": ("int",),
    "reps": ("int", "ints"),
    "scale": ("number",),
    "shape": ("int", "ints"),
    "shift": ("int", "ints"),
    "size": ("int",),
    "slope": ("number",),
    "space": ("ints",),
    "start": ("number",),
    "step": ("number",),
    "stop": ("number",),
    "stride": ("places",),
    "widths": ("ints",),
}


def may_hold(attribute: str, value) -> bool:
    """Whether an attribute of this name may have this value in a frame."""
    return any(FORMS[form](value) for form in MAY_HOLD[attribute])
