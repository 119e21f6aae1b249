"""Philox4x32-10: random words from a key and a counter, the same on every device.

Salmon, Moraes, Dror, Shaw: *Parallel random numbers: as easy as 1, 2, 3* (2011). There is no state:
block n of four words is a function of the key and n, so a draw can be repeated, moved and split.
"""

__all__ = ["blocks_of", "mixed"]

WORD = 0xFFFFFFFF
MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
STEPS = 0x9E3779B9, 0xBB67AE85
ROUNDS = 10


def mixed(counter, key):
    """The four words of each block, as arrays of 64 bits below 2^32.

    `counter` has its four words (unsigned 64-bit arrays or numbers below 2^32, one array at least,
    in the first place), `key` its two, as numbers.
    """
    a, b, c, d = counter
    first, second = key
    for _ in range(ROUNDS):
        left, right = a * MULTIPLIERS[0], c * MULTIPLIERS[1]  # of 64 bits: nothing is lost
        a, b, c, d = (
            (right >> 32) ^ b ^ first,
            right & WORD,
            (left >> 32) ^ d ^ second,
            left & WORD,
        )
        first, second = (first + STEPS[0]) & WORD, (second + STEPS[1]) & WORD
    return a, b, c, d


def blocks_of(numbers, key: int):
    """The four words of each block of a stream: `numbers` of blocks as unsigned 64-bit array, `key`
    of 64 bits."""
    return mixed((numbers & WORD, numbers >> 32, 0, 0), (key & WORD, (key >> 32) & WORD))
