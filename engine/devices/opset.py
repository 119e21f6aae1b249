"""The whitelist as one number: client and server compare it before they talk."""

import hashlib
import json

from ..opcodes import ATTRIBUTES, DTYPES, OPCODES, WORDS

__all__ = ["opset"]


def opset() -> str:
    """A hash of all opcodes with their attributes, of the dtypes and of the words."""
    table = [sorted(OPCODES.items()), sorted((k, list(v)) for k, v in ATTRIBUTES.items())]
    told = json.dumps([*table, sorted(DTYPES.items()), sorted(WORDS.items())])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
