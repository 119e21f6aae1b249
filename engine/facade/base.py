"""`mx.base`: MXNet's exception, and the small helpers that programs import from there."""

import numpy

from ..errors import MXNetError

__all__ = ["MXNetError", "integer_types", "numeric_types", "py_str", "string_types"]

string_types = (str,)
integer_types = (int, numpy.int32, numpy.int64)
numeric_types = (float, int, numpy.generic)


def py_str(x):
    """Text from bytes; text stays as it is."""
    return x.decode("utf-8") if isinstance(x, bytes) else x


def _as_list(value):
    """A list or tuple as it is, anything else in a list."""
    return value if isinstance(value, list | tuple) else [value]
