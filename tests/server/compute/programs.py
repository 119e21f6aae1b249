"""Program frames that the tests of the device send."""

import numpy

from engine.program import Call, Handle, Program, Read, Upload, encode


def frame(seq: int, calls: int = 1, reads: bool = True) -> bytes:
    """Adds 1 to an array of 24 bytes some times: (0, 1, 2) under handle 1000 * seq."""
    first = 1000 * seq
    upload = Upload(first, "float64", (3,), numpy.arange(3.0).tobytes())
    chain = tuple(Call("add", (Handle(first + k), 1.0), {}, first + k + 1) for k in range(calls))
    return encode(Program(seq, chain, (upload,), (), (Read(first + calls),) if reads else ()))


def slow(seq: int, calls: int = 400) -> bytes:
    """A program of large products: seconds of work."""
    first = 1000 * seq
    made = Call("ones", (), {"shape": (700, 700), "dtype": "float64"}, first)
    chain = tuple(
        Call("matmul", (Handle(first), Handle(first)), {}, first + k + 1) for k in range(calls)
    )
    freed = tuple(range(first + 1, first + calls))
    return encode(Program(seq, (made, *chain), (), freed, (Read(first + calls, "summary"),)))


def zeros(seq: int, count: int) -> bytes:
    """Makes `count` zeros of 8 bytes under handle `seq`, and reads what is shown of them."""
    made = Call("zeros", (), {"shape": (count,), "dtype": "float64"}, seq)
    return encode(Program(seq, (made,), (), (), (Read(seq, "summary"),)))


def reading(seq: int, *handles: int) -> bytes:
    """Asks for arrays, whole."""
    return encode(Program(seq, (), (), (), tuple(Read(handle) for handle in handles)))
