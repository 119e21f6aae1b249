"""What short links may be told: which database, which addresses, how much. No library is loaded."""

import os
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

#: A token that can be guessed is none.
SHORTEST_TOKEN = 16

NOT_INSTALLED = (
    "Short links need SQLAlchemy, which is not installed. Install it with "
    "`pip install 'autograd-playground[links]'` (in a clone: `make run` does), "
    "or start with `--links off`."
)


@dataclass(frozen=True)
class Settings:
    """How short links are kept and guarded."""

    #: A database URL as SQLAlchemy reads it (`sqlite:////srv/links.sqlite`).
    database: str
    #: Address that readers use, when it is not the one that requests come in by.
    public_url: str | None = None
    #: Names, besides this machine's own, for the Host header of a request that writes.
    hosts: tuple[str, ...] = ()
    #: Who has it may take links down over the web; None: only the command line may.
    token: str | None = None
    #: New links a minute, for one client; twice as many may come at once.
    per_minute: int = 30
    #: Bytes of links that are kept in all.
    most_bytes: int = 1 << 30

    def __post_init__(self) -> None:
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            raise ValueError(f"the take-down token must have {SHORTEST_TOKEN} characters or more")
        if self.per_minute < 1 or self.most_bytes < 1:
            raise ValueError("limits of short links must be positive")


def is_possible() -> bool:
    """Whether the database library is there."""
    return find_spec("sqlalchemy") is not None


def default_database() -> str:
    """An SQLite file in the user's own data folder: `make clean` and upgrades leave it alone."""
    return sqlite_url(_data_folder() / "autograd-playground" / "links.sqlite")


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path.expanduser().resolve().as_posix()}"


def _data_folder() -> Path:
    named = os.environ.get("XDG_DATA_HOME", "")
    if os.path.isabs(named):
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path.home() / ".local" / "share"
