"""Files of the site: which one an address means, its hash, and its compressed twins."""

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


#: Codings that the build writes twins in, the smallest first, and what their names end with.
CODINGS = {"br": ".br", "gzip": ".gz"}


def twins(path: Path) -> dict[str, Path]:
    """The compressed twins that the build wrote beside a file, by their coding, smallest first."""
    named = {coding: path.with_name(path.name + end) for coding, end in CODINGS.items()}
    return {coding: twin for coding, twin in named.items() if twin.is_file()}
