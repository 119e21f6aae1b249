"""Arrays in files, as NumPy's .npz: no pickle, so reading a file runs nothing."""

import re
import zipfile

import numpy

from ..array import Array, NDArray, ndarray
from ..errors import MXNetError, message
from .calls import made, raw


def save(fname, data):
    """Writes an array, a list or a dictionary of arrays to a file, in NumPy's .npz form."""
    if isinstance(data, Array):
        data = [data]
    named = data if isinstance(data, dict) else {f"arr_{k}": x for k, x in enumerate(data)}
    if not all(isinstance(name, str) and isinstance(x, Array) for name, x in named.items()):
        raise TypeError(
            message(
                "save", "got something else", "It needs an array, or a list or dictionary of them"
            )
        )
    with _opened(fname, "wb") as file, zipfile.ZipFile(file, "w") as archive:
        for name, x in named.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as part:
                numpy.lib.format.write_array(part, raw(x), allow_pickle=False)


class _opened:
    """A file by name, opened and closed; an open one is left to its owner."""

    def __init__(self, file, mode):
        try:
            self.file = file if hasattr(file, "read") else open(file, mode)
        except OSError as problem:
            raise MXNetError(
                message(
                    "save" if "w" in mode else "load",
                    f"{file} cannot be opened ({problem.strerror})",
                    "It must be a file" + (" that can be written" if "w" in mode else ""),
                    "Save it earlier in the program."
                    if "r" in mode
                    else "Its folder must be there.",
                )
            ) from None
        self.owned = self.file is not file

    def __enter__(self):
        return self.file

    def __exit__(self, *_):
        if self.owned:
            self.file.close()


def _load(fname, cls):
    with _opened(fname, "rb") as file:
        try:
            found = numpy.load(file, allow_pickle=False)
            if isinstance(found, numpy.ndarray):
                return [made(found, cls)]
            named = {name: made(found[name], cls) for name in found.files}
        except (ValueError, zipfile.BadZipFile, EOFError, OSError) as problem:
            raise MXNetError(
                message(
                    "load",
                    f"{fname} cannot be read ({problem})",
                    "It must be an .npz or .npy file of numbers",
                    "Files in MXNet's own binary form must be saved again with numpy.savez.",
                )
            ) from None
    if all(re.fullmatch(r"arr_\d+", name) for name in named):
        return [named[name] for name in sorted(named, key=lambda n: int(n[4:]))]
    return named


def nd_load(fname):
    """Reads what `save` wrote: a list or a dictionary of NDArrays."""
    return _load(fname, NDArray)


def np_load(file):
    """Reads what `save` wrote: a list or a dictionary of arrays."""
    return _load(file, ndarray)
