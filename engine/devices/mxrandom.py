"""MXNet 1.9.1's random numbers on a CPU, bit for bit, as whole NumPy arrays.

A process of MXNet has two independent generators, both built of std::mt19937 (the sequence of
32-bit words that NumPy's legacy `RandomState` has for the same seed):

- *single*: one engine. `np.random.uniform`, `np.random.normal`, and every shuffle draw from it.
- *parallel*: 1024 engines. A draw of N numbers is cut into equal blocks of at least 64, and
  block t comes from engine t. `nd.random.*`, `np.random.randint` and Dropout draw from them.

Each engine keeps its place between calls, and a distribution that rejects draws (normal, shuffle)
uses a number of words that depends on the words. So every draw here takes a generous stretch of
words, decides on all of it at once, and gives back what it did not use: see `Words`.
"""

import math

import numpy as np
from numpy.random.bit_generator import ISeedSequence

SEED_STRIDE = 127  # MXNet spreads the user's seed: engine t is seeded 127 * seed + t
ENGINES = 1024
BLOCK = 64  # a parallel engine is woken only when there are this many numbers for each
WORD = np.float32(2**-32)
BELOW_ONE = {np.dtype(t): np.nextafter(t(1), t(0)) for t in (np.float32, np.float64)}


# ----- The source of words -----


class _Unseeded(ISeedSequence):
    """A state to be overwritten at once: NumPy's own seeding takes three times as long."""

    def generate_state(self, n_words, dtype=np.uint32):
        return np.zeros(n_words, dtype)


class Words:
    """The 32-bit words of one std::mt19937, in order: what is taken and not given back is gone."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.MT19937(_Unseeded())
        np.random.RandomState(self._bits).seed(seed & 0xFFFFFFFF)
        self._ahead = np.empty(0, np.uint32)

    def take(self, count: int) -> np.ndarray:
        """The next `count` words."""
        held = len(self._ahead)
        if not held:
            return self._bits.random_raw(count).astype(np.uint32)
        if held < count:
            fresh = self._bits.random_raw(count - held).astype(np.uint32)
            self._ahead = np.concatenate([self._ahead, fresh])
        words, self._ahead = self._ahead[:count], self._ahead[count:]
        return words

    def give_back(self, words: np.ndarray) -> None:
        """Put the unused end of what was taken back in front of everything still to come."""
        if len(words):
            self._ahead = np.concatenate([words, self._ahead])


# ----- Words to numbers -----


def uniforms(words: np.ndarray, real: np.dtype) -> np.ndarray:
    """[0, 1) as libstdc++ makes it: one word for a float32, two (low word first) for a float64."""
    if real == np.float32:
        u = words.astype(np.float32) * WORD
    else:
        u = (words[..., 0::2] + words[..., 1::2] * 4294967296.0) / 18446744073709551616.0
    return np.minimum(u, BELOW_ONE[real])


def words_per_uniform(real: np.dtype) -> int:
    """How many 32-bit words one uniform number of this dtype uses up."""
    return 1 if real == np.float32 else 2


def take_polar(sources: list[Words], need: np.ndarray, real: np.dtype):
    """`need[t]` accepted pairs from each source, one after another: (first, second) normal values.

    libstdc++'s polar method: pairs of uniforms outside the unit circle are thrown away. All
    sources advance side by side in one table, a row each, until every row has its pairs.
    """
    per_pair = 2 * words_per_uniform(real)
    table = np.empty((len(sources), 0), np.uint32)
    wanted = int(need.max())
    pairs = wanted + wanted // 3 + 8  # 4/pi times as many, and some luck to spare
    while True:
        more = [source.take(pairs * per_pair) for source in sources]
        table = np.concatenate([table, np.stack(more)], axis=1)
        u = uniforms(table, real)
        x, y = 2 * u[:, 0::2] - 1, 2 * u[:, 1::2] - 1
        r2 = x * x + y * y
        inside = (r2 <= 1) & (r2 != 0)
        rank = np.cumsum(inside, axis=1)
        if (rank[:, -1] >= need).all():
            break
        pairs = 8 + pairs // 8
    used = np.count_nonzero(rank < need[:, None], axis=1) + 1
    for source, row, stop in zip(sources, table, used.tolist(), strict=True):
        source.give_back(row[stop * per_pair :])
    kept = inside & (rank <= need[:, None])
    x, y, r2 = x[kept], y[kept], r2[kept]
    log = logf(r2) if real == np.float32 else libm_log(r2)
    stretch = np.sqrt(-2 * log / r2)
    return y * stretch, x * stretch


# ----- Logarithms: NumPy's own differ from the C library's in the last bit -----

# glibc's logf: (1/c, ln c) of sixteen centres c, a cubic, and ln 2, in hexadecimal as they are
# published, so that no digit can be lost.
_CENTRES = """
1.661ec79f8f3be+0 -1.57bf7808caade-2  1.571ed4aaf883d+0 -1.2bef0a7c06ddb-2
1.49539f0f010b0+0 -1.01eae7f513a67-2  1.3c995b0b80385+0 -1.b31d8a68224e9-3
1.30d190c8864a5+0 -1.6574f0ac07758-3  1.25e227b0b8ea0+0 -1.1aa2bc79c8100-3
1.1bb4a4a1a343f+0 -1.a4e76ce8c0e5e-4  1.12358f08ae5ba+0 -1.1973c5a611ccc-4
1.0953f419900a7+0 -1.252f438e10c1e-5  1.0000000000000+0  0.0000000000000+0
1.e608cfd9a47ac-1  1.aa5aa5df25984-5  1.ca4b31f026aa0-1  1.c5e53aa362eb4-4
1.b2036576afce6-1  1.526e57720db08-3  1.9c2d163a1aa2d-1  1.bc2860d224770-3
1.886e6037841ed-1  1.1058bc8a07ee1-2  1.767dcf5534862-1  1.4043057b6ee09-2
"""


def _hexadecimal(text: str) -> float:
    sign = "-" if text.startswith("-") else ""
    digits = text.lstrip("-")
    return float.fromhex(f"{sign}0x{digits[:-2]}p{digits[-2:]}")


_TABLE = np.array([_hexadecimal(text) for text in _CENTRES.split()]).reshape(16, 2)
_CUBIC = [
    _hexadecimal(text) for text in ("-1.00ea348b88334-2", "1.5575b0be00b6a-2", "-1.ffffef20a4123-2")
]
_LN2 = _hexadecimal("1.62e42fefa39ef-1")


def logf(x: np.ndarray) -> np.ndarray:
    """glibc's float32 logarithm of positive normal numbers (it is not correctly rounded)."""
    bits = x.view(np.uint32)
    offset = bits - np.uint32(0x3F330000)
    inverse, log_centre = _TABLE[(offset >> np.uint32(19)) & np.uint32(15)].T
    exponent = offset.view(np.int32) >> 23
    fraction = (bits - (offset & np.uint32(0xFF800000))).view(np.float32)
    r = fraction.astype(np.float64) * inverse - 1.0
    r2 = r * r
    cubic = _CUBIC[0] * r2 + (_CUBIC[1] * r + _CUBIC[2])
    return (cubic * r2 + ((log_centre + exponent * _LN2) + r)).astype(np.float32)


def libm_log(x: np.ndarray) -> np.ndarray:
    """The C library's float64 logarithm (Python's `math.log` is that very function)."""
    return np.fromiter(map(math.log, x.tolist()), np.float64, len(x))


# ----- Shapes and blocks -----


def as_shape(shape) -> tuple[int, ...]:
    """An int, a sequence or None (a single number) as a shape."""
    if shape is None:
        return ()
    return (int(shape),) if np.ndim(shape) == 0 else tuple(int(n) for n in shape)


def block_sizes(count: int) -> np.ndarray:
    """How many of `count` numbers come from engine 0, 1, 2, ... of the parallel generator."""
    woken = min(-(-count // BLOCK), ENGINES)
    step = -(-count // woken)
    return np.diff(np.append(np.arange(0, count, step), count))


def generator_real(dtype: np.dtype) -> np.dtype:
    """The precision the parallel samplers draw in: float16 uses float64's draws, as in MXNet."""
    return np.dtype(np.float32 if dtype == np.float32 else np.float64)


class MXNetRandom:
    """Both generators of one device.

    Parameters of a distribution are numbers, or arrays: `np_*` broadcasts them against `size`;
    `nd_*` draws a block of `shape` for each of their elements. Results are NumPy arrays.

        >>> MXNetRandom(0).nd_uniform(-1, 1, (2,))
        array([0.09762704, 0.18568921], dtype=float32)
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed(seed)

    def seed(self, seed: int, ctx_given: bool = False) -> None:
        """`mx.random.seed(seed)`. With `ctx=` MXNet gives the single engine the seed unspread."""
        self._base = seed * SEED_STRIDE
        self._single = Words(seed if ctx_given else self._base)
        self._parallel: list[Words] = []

    def _sources(self, count: int) -> list[Words]:
        """The first `count` parallel engines; they are only made when first needed."""
        for t in range(len(self._parallel), count):
            self._parallel.append(Words(self._base + t))
        return self._parallel[:count]

    def _parallel_words(self, count: int, each: int) -> np.ndarray:
        """`each` words for every one of `count` numbers, in the numbers' order."""
        if not count:
            return np.empty(0, np.uint32)
        sizes = block_sizes(count)
        sources = self._sources(len(sizes))
        stretches = zip(sources, sizes.tolist(), strict=True)
        return np.concatenate([source.take(size * each) for source, size in stretches])

    def _parallel_uniforms(self, count: int, real: np.dtype) -> np.ndarray:
        return uniforms(self._parallel_words(count, words_per_uniform(real)), real)

    def _parallel_normals(self, count: int, real: np.dtype) -> np.ndarray:
        """A new distribution object for every number: the second value of each pair is lost."""
        if not count:
            return np.empty(0, real)
        sizes = block_sizes(count)
        return take_polar(self._sources(len(sizes)), sizes, real)[0]

    # ----- nd.random: the parallel engines -----

    def nd_uniform(self, low=0.0, high=1.0, shape=(1,), dtype="float32") -> np.ndarray:
        """`nd.random.uniform`: low + (high - low) * u, in the precision of `dtype`."""
        (low, high), full, dtype = parameters_per_element(shape, dtype, low, high)
        u = self._parallel_uniforms(math.prod(full), generator_real(dtype)).reshape(full)
        return (low + (high - low) * u).astype(dtype)

    def nd_normal(self, loc=0.0, scale=1.0, shape=(1,), dtype="float32") -> np.ndarray:
        """`nd.random.normal`, `nd.random_normal`, `nd.random.randn`: z * scale + loc."""
        (loc, scale), full, dtype = parameters_per_element(shape, dtype, loc, scale)
        z = self._parallel_normals(math.prod(full), generator_real(dtype)).reshape(full)
        return (z * scale + loc).astype(dtype)

    def nd_exponential(self, scale=1.0, shape=(1,), dtype="float32") -> np.ndarray:
        """`nd.random.exponential`: -log(1 - u) / (1 / scale), computed in float64."""
        (rate,), full, dtype = parameters_per_element(
            shape, dtype, 1.0 / np.asarray(scale, np.float64)
        )
        u = self._parallel_uniforms(math.prod(full), generator_real(dtype))
        gap = -libm_log(1.0 - u.astype(np.float64)).reshape(full)
        return (gap / rate).astype(dtype)

    def randint(self, low: int, high: int, shape=(1,), dtype="int32") -> np.ndarray:
        """Whole numbers in [low, high) for both namespaces: two words each, modulo the span."""
        shape = as_shape(shape)
        words = self._parallel_words(math.prod(shape), 2).astype(np.int64)
        wide = (words[0::2] << 31) + words[1::2]
        # fmod keeps C's sign: the sum may wrap round to a negative number, once in 2**33 draws.
        return (low + np.fmod(wide, high - low)).astype(dtype).reshape(shape)

    def dropout_mask(self, p: float, shape, dtype="float32") -> np.ndarray:
        """What Dropout multiplies by: 0 with probability p, else 1 / (1 - p) in float32.

        With Dropout's `axes=`, ask for the mask of the shape that has 1 in those axes' places.
        """
        shape, dtype = as_shape(shape), np.dtype(dtype)
        if p == 0:  # MXNet passes everything through and draws nothing
            return np.ones(shape, dtype)
        keep = np.float32(1) - np.float32(p)
        u = self._parallel_uniforms(math.prod(shape), generator_real(dtype)).astype(np.float32)
        with np.errstate(divide="ignore", invalid="ignore"):  # p = 1 gives nan, as in MXNet
            return ((u < keep) * (np.float32(1) / keep)).astype(dtype).reshape(shape)

    # ----- np.random: the single engine, always float32 noise -----

    def np_uniform(self, low=0.0, high=1.0, size=None, dtype="float32") -> np.ndarray:
        """`np.random.uniform`, `np.random.rand`: low + u * (high - low)."""
        (low, high), full = parameters_broadcast(size, low, high)
        u = uniforms(self._single.take(math.prod(full)), np.dtype(np.float32)).reshape(full)
        return (low + _times(u, high - low)).astype(dtype)

    def np_normal(self, loc=0.0, scale=1.0, size=None, dtype="float32") -> np.ndarray:
        """`np.random.normal`, `np.random.randn`: loc + z * scale; both values of a pair count."""
        (loc, scale), full = parameters_broadcast(size, loc, scale)
        count = math.prod(full)
        z = np.empty(count + count % 2, np.float32)
        if count:
            need = np.array([len(z) // 2])
            z[0::2], z[1::2] = take_polar([self._single], need, np.dtype(np.float32))
        return (loc + _times(z[:count].reshape(full), scale)).astype(dtype)

    def shuffle_indices(self, count: int, ndim: int = 1) -> np.ndarray:
        """The order in which a shuffle leaves `count` rows: `a[shuffle_indices(len(a), a.ndim)]`.

        One-dimensional arrays are swapped from the front, others from the back.
        """
        bounds = np.arange(2, count + 1, dtype=np.uint64)
        if ndim > 1:
            bounds = bounds[::-1]
        partners = self._below(bounds).tolist()
        order = list(range(count))
        places = range(1, count) if ndim == 1 else range(count - 1, 0, -1)
        for i, j in zip(places, partners, strict=True):  # each swap depends on those before it
            order[i], order[j] = order[j], order[i]
        return np.array(order, np.intp)

    def _below(self, bounds: np.ndarray) -> np.ndarray:
        """One number in [0, bound) for each bound: division, with the biased last words redrawn."""
        scaling = np.uint64(0xFFFFFFFF) // bounds
        words = self._single.take(len(bounds)).astype(np.uint64)
        while (biased := words >= bounds * scaling).any():
            first = int(np.argmax(biased))  # its word is skipped: all later ones move up by one
            words = np.concatenate([words[:first], words[first + 1 :], self._single.take(1)])
        return (words // scaling).astype(np.int64)


# ----- Parameters -----


def parameters_per_element(shape, dtype, *parameters):
    """nd's parameters in float32, the full shape, and the result's dtype.

    MXNet keeps them in float32 even where it draws in float64: so float32(high - low) is a
    rounded number. Arrays put their own shape in front of `shape`.
    """
    shape = as_shape(shape)
    ready = [np.asarray(p, np.float32) for p in parameters]
    outer = np.broadcast_shapes(*(p.shape for p in ready))
    spread = [p.reshape(p.shape + (1,) * len(shape)) if p.ndim else p[()] for p in ready]
    return spread, outer + shape, np.dtype(dtype)


def parameters_broadcast(size, *parameters):
    """np's parameters in one precision (that of their arrays, else float32); the full shape."""
    arrays = [p.dtype for p in parameters if isinstance(p, np.ndarray) and p.dtype.kind == "f"]
    real = np.result_type(*arrays) if arrays else np.dtype(np.float32)
    ready = [np.asarray(p, real)[()] for p in parameters]
    inner = np.broadcast_shapes(*(np.shape(p) for p in ready))
    return ready, inner if size is None or size == () else as_shape(size)


def _times(noise: np.ndarray, scale) -> np.ndarray:
    """float32 noise times `scale`, rounded to scale's own precision (which may be float16)."""
    return (noise * scale).astype(scale.dtype)
