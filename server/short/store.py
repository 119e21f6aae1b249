"""Short links in an SQL database. What `put` has given back is on the disk."""

import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sql
from sqlalchemy.exc import IntegrityError, ProgrammingError, SQLAlchemyError

from .names import SHORTEST, WHOLE
from .schema import FACTS, LINKS, NewerSchema, migrate

#: How long a writer waits for another, seconds.
PATIENCE = 20
#: Rows of one transaction of an import.
BATCH = 500


class StoreError(RuntimeError):
    """The database cannot be used; the text says why and what to do."""


class Full(StoreError):
    """The links that are kept have reached the limit."""


class Entry(NamedTuple):
    """One row. A link that was taken down has `link` None, and `withdrawn` and `reason`."""

    id: str
    name: str
    link: str | None
    created: int
    withdrawn: int | None = None
    reason: str | None = None


class Stats(NamedTuple):
    """How much is kept."""

    links: int
    withdrawn: int
    bytes: int


class Store:
    """The links of one database. Connects when first used; may be shared by threads."""

    def __init__(self, url: str, most_bytes: int = 1 << 30) -> None:
        try:
            self._engine = _engine(url)
        except (SQLAlchemyError, ImportError, ValueError) as error:
            raise StoreError(_cannot_open(url, error)) from error
        self._most = most_bytes
        self._ready = False
        self._lock = threading.Lock()

    def open(self) -> "Store":
        """Makes or upgrades the tables, once; `StoreError` when that cannot be."""
        with self._lock:
            if not self._ready:
                self._prepare()
                self._ready = True
        return self

    def close(self) -> None:
        self._engine.dispose()

    def put(self, name: str, link: str) -> tuple[Entry, bool]:
        """Keeps a link under its whole name; gives its row and whether that is new.

        The same document is the same row, also after it was taken down.
        """
        self.open()
        for _ in range(10):
            try:
                with self._writing() as connection:
                    return self._put(connection, name, link, int(time.time()))
            except IntegrityError:
                # Another process took the id, or kept this very link: look again.
                continue
        raise StoreError(
            "the database refuses new links: is another program writing to its tables?"
        )

    def get(self, id: str) -> Entry | None:
        """The row of an id."""
        self.open()
        with self._engine.begin() as connection:
            row = connection.execute(sql.select(LINKS).where(LINKS.c.id == id)).first()
        return row and Entry(*row)

    def withdraw(self, id: str, reason: str) -> Entry | None:
        """Deletes what a link holds and keeps that it was there; the first reason stays."""
        self.open()
        with self._writing() as connection:
            return _withdraw(connection, id, reason, int(time.time()))

    def entries(self) -> Iterator[Entry]:
        """Every row, in the order of ids."""
        self.open()
        last = ""
        while True:
            query = sql.select(LINKS).where(LINKS.c.id > last).order_by(LINKS.c.id).limit(BATCH)
            with self._engine.begin() as connection:
                rows = [Entry(*row) for row in connection.execute(query)]
            if not rows:
                return
            yield from rows
            last = rows[-1].id

    def add(self, entries: Iterable[Entry]) -> int:
        """Takes over rows of another database, all or none of them; gives how many were new.

        An id stays what it is here. A row that was taken down there is taken down here.
        """
        self.open()
        fresh = 0
        with self._writing() as connection:
            for each in entries:
                fresh += self._add(connection, each)
        return fresh

    def stats(self) -> Stats:
        self.open()
        count = sql.select(sql.func.count(LINKS.c.link), sql.func.count(LINKS.c.withdrawn))
        with self._engine.begin() as connection:
            links, withdrawn = connection.execute(count).one()
            return Stats(links, withdrawn, _bytes(connection))

    # ----- Within a transaction -----

    def _put(
        self, connection: sql.Connection, name: str, link: str, created: int
    ) -> tuple[Entry, bool]:
        old = connection.execute(sql.select(LINKS).where(LINKS.c.name == name)).first()
        if old:
            return Entry(*old), False
        self._count(connection, len(link))
        entry = Entry(_free_id(connection, name), name, link, created)
        connection.execute(LINKS.insert(), [entry._asdict()])
        return entry, True

    def _add(self, connection: sql.Connection, given: Entry) -> bool:
        query = sql.select(LINKS).where((LINKS.c.name == given.name) | (LINKS.c.id == given.id))
        rows = [Entry(*row) for row in connection.execute(query)]
        if any(row.id == given.id and row.name != given.name for row in rows):
            raise StoreError(f"{given.id} means another program here: nothing was imported")
        if rows:
            if given.withdrawn is not None:
                _withdraw(connection, rows[0].id, given.reason or "", given.withdrawn)
            return False
        self._count(connection, len(given.link or ""))
        connection.execute(LINKS.insert(), [given._asdict()])
        return True

    def _count(self, connection: sql.Connection, more: int) -> None:
        """Counts bytes before they are added: the row of the counter makes writers queue up."""
        fact = FACTS.c.fact == "bytes"
        connection.execute(FACTS.update().where(fact).values(value=FACTS.c.value + more))
        if more > 0 and _bytes(connection) > self._most:
            raise Full(f"the {self._most:,} bytes for short links are used up")

    # ----- Connections -----

    def _writing(self):
        """A transaction that has the right to write from its beginning."""
        return self._engine.execution_options(writes=True).begin()

    def _prepare(self) -> None:
        try:
            file = self._engine.url.database
            if self._engine.dialect.name == "sqlite" and file and file != ":memory:":
                Path(file).parent.mkdir(parents=True, exist_ok=True)
            try:
                self._migrate()
            except (IntegrityError, ProgrammingError):
                # Another process may have made the tables in the meantime.
                self._migrate()
        except NewerSchema as error:
            raise StoreError(str(error)) from error
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(_cannot_open(str(self._engine.url), error)) from error

    def _migrate(self) -> None:
        with self._writing() as connection:
            migrate(connection)


def _engine(url: str) -> sql.Engine:
    engine = sql.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        sql.event.listen(engine, "connect", _configure)
        sql.event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _: object) -> None:
    """SQLite: a log beside the file, so that readers never wait, synced at every commit."""
    # Transactions begin where `_begin` says, also those that make tables.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    # What was taken down is overwritten, not only forgotten.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin(connection: sql.Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _free_id(connection: sql.Connection, name: str) -> str:
    """The shortest prefix that means nothing else."""
    prefixes = [name[:length] for length in range(SHORTEST, WHOLE + 1)]
    taken = set(
        connection.execute(sql.select(LINKS.c.id).where(LINKS.c.id.in_(prefixes))).scalars()
    )
    return next(prefix for prefix in prefixes if prefix not in taken)


def _withdraw(connection: sql.Connection, id: str, reason: str, when: int) -> Entry | None:
    row = connection.execute(sql.select(LINKS).where(LINKS.c.id == id)).first()
    if row is None or row.withdrawn is not None:
        return row and Entry(*row)
    left = Entry(*row)._replace(link=None, withdrawn=when, reason=reason)
    connection.execute(LINKS.update().where(LINKS.c.id == id).values(**left._asdict()))
    fact = FACTS.c.fact == "bytes"
    size = len(row.link or "")
    connection.execute(FACTS.update().where(fact).values(value=FACTS.c.value - size))
    return left


def _bytes(connection: sql.Connection) -> int:
    return connection.execute(sql.select(FACTS.c.value).where(FACTS.c.fact == "bytes")).scalar_one()


def _cannot_open(url: str, error: Exception) -> str:
    try:
        # Never a password.
        shown = sql.make_url(url).render_as_string(hide_password=True)
    except (SQLAlchemyError, ValueError):
        shown = "that"
    said = str(getattr(error, "orig", None) or error).splitlines()[0]
    return (
        f"Cannot keep short links in {shown}: {said}. Name another database with `--links` "
        "(sqlite:////path/of/a/file, postgresql+psycopg://…; its driver must be installed), "
        "or start with `--links off`."
    )
