"""`python -m server links export | import | takedown | stats`: short links from the command line.

Export and import are JSON lines, one link each, readable by any program: the way from one database
to another, and the backup.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TextIO

from .documents import Refused, keep, read
from .names import tidy
from .settings import NOT_INSTALLED, default_database, is_possible

#: Longest line of an import: a link of the greatest length, its names and dates.
MOST_LINE = 70_000


class BadLine(ValueError):
    """A line of an import that cannot be taken; nothing is imported."""


def main(arguments: Sequence[str]) -> int:
    """Status 0, or 1 after one line about what is wrong."""
    options = _parser().parse_args(arguments)
    if not is_possible():
        print(NOT_INSTALLED, file=sys.stderr)
        return 1
    from .store import Store, StoreError

    try:
        with closing(Store(options.database)) as store:
            return options.act(store, options)
    except (StoreError, BadLine, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _export(store, options: argparse.Namespace) -> int:
    with _opened(options.file, "w", sys.stdout) as out:
        for entry in store.entries():
            said = {key: value for key, value in entry._asdict().items() if value is not None}
            out.write(json.dumps(said) + "\n")
    return 0


def _import(store, options: argparse.Namespace) -> int:
    with _opened(options.file, "r", sys.stdin) as lines:
        entries = list(_read(lines))
    print(f"{store.add(entries)} of {len(entries)} links are new.")
    return 0


def _takedown(store, options: argparse.Namespace) -> int:
    id = tidy(options.id.rsplit("/", 1)[-1])
    gone = id and store.withdraw(id, options.reason.strip())
    if not gone:
        print(f"No program is kept under {options.id}.", file=sys.stderr)
        return 1
    day = time.strftime("%Y-%m-%d", time.gmtime(gone.withdrawn))
    print(f"{gone.id} is taken down since {day}: {gone.reason}")
    return 0


def _stats(store, options: argparse.Namespace) -> int:
    found = store.stats()
    print(f"{found.links} links of {found.bytes} bytes; {found.withdrawn} taken down.")
    return 0


# ----- JSON lines --------------------------------------------------------------------------------


def _read(lines: TextIO) -> Iterator:
    for number in range(1, sys.maxsize):
        line = lines.readline(MOST_LINE + 1)
        if not line:
            return
        try:
            yield _entry(line)
        except (ValueError, TypeError, RecursionError) as error:
            raise BadLine(f"line {number} is no link: {error}. Nothing was imported.") from None


def _entry(line: str):
    """One line; what it says is checked against the contents."""
    from .store import Entry

    if len(line) > MOST_LINE:
        raise ValueError("it is too long")
    given = json.loads(line)
    if not isinstance(given, dict):
        raise ValueError("it is not an object")
    entry = Entry(**{"link": None} | given)
    texts = (entry.id, entry.name, *((entry.link,) if entry.link is not None else ()))
    if not all(isinstance(text, str) for text in texts) or not _is_time(entry.created):
        raise ValueError("a value is of the wrong kind")
    if tidy(entry.id) != entry.id or tidy(entry.name) != entry.name or len(entry.name) != 52:
        raise ValueError("id and name must be base32")
    if not entry.name.startswith(entry.id):
        raise ValueError("the id is not the beginning of the name")
    if entry.link is None:
        if not _is_time(entry.withdrawn) or not isinstance(entry.reason, str):
            raise ValueError("it has neither a link nor a reason")
        return entry._replace(reason=entry.reason[:200])
    try:
        kept = keep(read(entry.link))
    except Refused as error:
        raise ValueError(str(error)) from None
    if kept.name != entry.name:
        raise ValueError("the name is of another program")
    return entry._replace(link=kept.link, withdrawn=None, reason=None)


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53


# ----- Options -----------------------------------------------------------------------------------


def _opened(file: Path | None, mode: str, usual: TextIO):
    """A file, or what stands in for none, which is not closed."""
    return file.open(mode, encoding="utf-8") if file else _Left(usual)


class _Left:
    """`with` on a stream that stays open."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __enter__(self) -> TextIO:
        return self._stream

    def __exit__(self, *_: object) -> None:
        self._stream.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m server links", description="Short links from the command line."
    )
    parser.add_argument(
        "--database",
        type=database_url,
        default=default_database(),
        help="file or database URL (%(default)s)",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    export = commands.add_parser("export", help="write every link as JSON lines")
    export.add_argument("file", nargs="?", type=Path, help="where to (standard output)")
    export.set_defaults(act=_export)
    bring = commands.add_parser("import", help="read JSON lines of another database, all or none")
    bring.add_argument("file", nargs="?", type=Path, help="where from (standard input)")
    bring.set_defaults(act=_import)
    down = commands.add_parser(
        "takedown", help="delete what a link holds, and say why in its place"
    )
    down.add_argument("id", help="id or whole address")
    down.add_argument(
        "reason", type=_reason, help="for everybody who opens it, 1 to 200 characters"
    )
    down.set_defaults(act=_takedown)
    commands.add_parser("stats", help="how much is kept").set_defaults(act=_stats)
    return parser


def database_url(text: str) -> str:
    """A database URL; the path of a file is one of SQLite."""
    from .settings import sqlite_url

    return text if "://" in text else sqlite_url(Path(text))


def _reason(text: str) -> str:
    if not 1 <= len(text.strip()) <= 200:
        raise argparse.ArgumentTypeError("a reason has 1 to 200 characters")
    return text
