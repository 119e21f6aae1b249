"""Files of the site: which one an address means, its hash, and its compressed twin."""

import hashlib
from functools import lru_cache
from pathlib import Path

from werkzeug.security import safe_join


def find(site: Path, address: str) -> str | None:
    """Name of the file that an address means, None when there is none or it may not be shown.

    A folder means its index.html. Nothing outside the site is found, nor a name with a leading dot.
    """
    name = address + "index.html" if address == "" or address.endswith("/") else address
    if any(part.startswith(".") for part in name.split("/")) or "\0" in name:
        return None
    joined = safe_join(str(site), name)
    if joined is None:
        return None
    try:
        path = Path(joined).resolve()
        shown = path.is_relative_to(site.resolve()) and path.is_file()
    except OSError:  # a name that no disk can hold
        return None
    return name if shown else None


def digest(path: Path) -> str:
    """SHA-256 of a file; read again only when its date or size changed."""
    state = path.stat()
    return _digest(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4096)
def _digest(path: Path, changed: int, size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def twin(path: Path) -> Path | None:
    """The gzip twin that the build wrote beside a file, if any."""
    packed = path.with_name(path.name + ".gz")
    return packed if packed.is_file() else None
