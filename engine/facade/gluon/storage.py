"""Arrays in files: the `.npz` form of NumPy, without pickle."""

import os

import numpy

from ...errors import message
from .. import nd, np, util


def save(filename, arrays):
    """Writes arrays by name to a file (which gets exactly this name)."""
    with open(os.fspath(filename), "wb") as file:
        numpy.savez(file, **{name: array.asnumpy() for name, array in arrays.items()})


def load(filename):
    """The arrays of a file by name, of the kind that `npx.set_np()` decides."""
    make = np.array if util.is_np_array() else nd.array
    try:
        with numpy.load(os.fspath(filename), allow_pickle=False) as held:
            return {name: make(held[name], dtype=held[name].dtype) for name in held.files}
    except (ValueError, AttributeError, TypeError) as problem:
        raise ValueError(
            message(
                f"file {os.fspath(filename)!r}",
                f"cannot read it ({problem})",
                "It must be a file that `save_parameters` wrote, or an .npz file of arrays",
            )
        ) from None
