"""Names by content: Crockford's base32 of the SHA-256 of a canonical document, and its prefixes.

Lower-case letters and digits without i, l, o, u: short enough to read off a blackboard, and what
people write for them (O, I, L) is understood.
"""

import hashlib
import re

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
#: Characters of an id: 50 bits. On a clash the later one is longer.
SHORTEST = 10
#: 256 bits at 5 a character.
WHOLE = 52

_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1"})
_ID = re.compile(f"[{ALPHABET}]{{{SHORTEST},{WHOLE}}}")


def name_of(canonical: str) -> str:
    """All 52 characters for a canonical document; an id is a prefix of them.

    >>> name_of('1.{"code":"1 + 1"}')[:10]
    'nakwafk192'
    """
    number = int.from_bytes(hashlib.sha256(canonical.encode()).digest()) << 4
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(WHOLE)))


def tidy(given: str) -> str | None:
    """The id that somebody means, None when it cannot be one."""
    # Bounded before anything is done with it.
    if len(given) > WHOLE or not given.isascii():
        return None
    meant = given.lower().translate(_MISREAD)
    return meant if _ID.fullmatch(meant) else None
