"""The store: clashes, take-downs, limits, versions of its tables, two writers; on any database.

AUTOGRAD_TEST_DATABASE names another database (its tables of short links are dropped): the same
tests hold there.
"""

import os
import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sql

from server.short import schema
from server.short.documents import keep
from server.short.store import Entry, Full, Store, StoreError

OTHER = os.environ.get("AUTOGRAD_TEST_DATABASE")
URLS = ["sqlite", *([OTHER] if OTHER else [])]


@pytest.fixture(params=URLS, ids=lambda url: url.split(":")[0])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/links.sqlite"
    engine = sql.create_engine(request.param)
    schema.TABLES.drop_all(engine)
    engine.dispose()
    return request.param


@pytest.fixture
def store(url: str):
    store = Store(url)
    yield store
    store.close()


def name(start: str) -> str:
    """A whole name that begins so."""
    return start.ljust(52, "0")


def test_what_is_kept_is_found_and_is_kept_once(store: Store) -> None:
    kept = keep({"code": "1 + 1"})
    entry, fresh = store.put(*kept)
    assert fresh and entry.id == kept.name[:10]
    assert store.put(*kept) == (entry, False)
    assert store.get(entry.id) == entry
    assert store.get("0000000000") is None
    assert store.stats() == (1, 0, len(kept.link))


def test_a_clash_makes_the_later_id_longer(store: Store) -> None:
    """And the first keeps its own."""
    names = [name("aaaaaaaaaa" + end) for end in ("", "b", "bc", "bcd")]
    ids = [store.put(each, f"1.{n}")[0].id for n, each in enumerate(names)]
    assert ids == ["aaaaaaaaaa", "aaaaaaaaaab", "aaaaaaaaaabc", "aaaaaaaaaabcd"]
    assert [store.get(id).link for id in ids] == ["1.0", "1.1", "1.2", "1.3"]
    assert store.put(names[0], "1.0")[0].id == "aaaaaaaaaa"


def test_a_take_down_leaves_the_id_and_the_reason_alone(store: Store) -> None:
    entry, _ = store.put(*keep({"code": "x"}))
    gone = store.withdraw(entry.id, "spam")
    assert (gone.link, gone.reason, gone.id) == (None, "spam", entry.id)
    assert store.withdraw(entry.id, "another reason") == store.get(entry.id) == gone
    assert store.put(*keep({"code": "x"})) == (gone, False)
    assert store.stats() == (0, 1, 0)
    assert store.withdraw("0000000000", "spam") is None


def test_what_was_taken_down_is_not_in_the_file_either(tmp_path: Path) -> None:
    file = tmp_path / "links.sqlite"
    store = Store(f"sqlite:///{file}")
    secret = "1." + "Secret" * 50
    store.put(name("a"), secret)
    store.withdraw("a000000000", "private")
    store.close()
    left = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert b"SecretSecret" not in left


def test_bytes_are_counted_and_bounded(url: str) -> None:
    store = Store(url, most_bytes=100)
    store.put(name("a"), "x" * 60)
    with pytest.raises(Full, match="100 bytes"):
        store.put(name("b"), "x" * 60)
    assert store.stats() == (1, 0, 60)
    store.withdraw("a000000000", "large")
    assert store.put(name("b"), "x" * 60)[1]
    store.close()


def test_many_writers_at_once_lose_nothing(url: str) -> None:
    """Two stores, as two processes would be, eight threads, the same programs."""
    stores = [Store(url), Store(url)]
    names = [name(f"{n:05d}aaaaa") for n in range(40)]
    failures: list[BaseException] = []

    def write(store: Store) -> None:
        try:
            for each in names:
                store.put(each, "1." + each)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(stores[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [entry.name for entry in stores[0].entries()] == names
    assert stores[0].stats() == (40, 0, 40 * 54)
    for store in stores:
        store.close()


def test_every_row_is_listed_once_in_order(store: Store) -> None:
    ids = sorted(store.put(*keep({"code": str(n)}))[0].id for n in range(1100))
    assert [entry.id for entry in store.entries()] == ids


def test_an_import_is_all_or_nothing(store: Store) -> None:
    store.put(name("aaaaaaaaaab"), "1.mine")
    other = Entry("aaaaaaaaaa", name("aaaaaaaaaac"), "1.theirs", 5)
    new = Entry("bbbbbbbbbb", name("bbbbbbbbbb"), "1.new", 5)
    with pytest.raises(StoreError, match="aaaaaaaaaa means another program"):
        store.add([new, other])
    assert store.stats().links == 1
    assert store.add([new]) == 1
    assert store.add([new]) == 0
    assert store.get("bbbbbbbbbb") == new


def test_a_take_down_is_imported(store: Store) -> None:
    store.put(name("a"), "1.x")
    gone = Entry("a000000000", name("a"), None, 5, 7, "spam")
    assert store.add([gone, gone._replace(id="b000000000", name=name("b"))]) == 1
    assert store.get("a000000000").link is None
    assert store.stats() == (0, 2, 0)


# ----- Files and versions ------------------------------------------------------------------------


def test_sqlite_writes_ahead_and_syncs(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/new/folder/links.sqlite").open()
    with store._engine.connect() as connection:
        ask = lambda what: connection.exec_driver_sql(f"PRAGMA {what}").scalar()
        assert (ask("journal_mode"), ask("synchronous"), ask("secure_delete")) == ("wal", 2, 1)
    store.close()


def test_tables_are_brought_to_the_newest_version(url: str, monkeypatch) -> None:
    """And keep what they hold."""
    store = Store(url)
    entry, _ = store.put(name("a"), "1.x")
    store.close()

    def with_author(connection: sql.Connection) -> None:
        connection.execute(sql.text("CREATE TABLE short_links_authors (id VARCHAR(52))"))

    steps = (*schema.STEPS, with_author)
    monkeypatch.setattr(schema, "STEPS", steps)
    upgraded = Store(url)
    assert upgraded.get(entry.id) == entry
    with upgraded._engine.begin() as connection:
        assert schema._version(connection) == 2
        assert sql.inspect(connection).has_table("short_links_authors")
        connection.execute(sql.text("DROP TABLE short_links_authors"))
    # The program of before does not touch what it does not know.
    monkeypatch.setattr(schema, "STEPS", steps[:1])
    with pytest.raises(StoreError, match="version 2 of the tables"):
        Store(url).open()
    upgraded.close()


def test_a_step_that_fails_leaves_the_tables_as_they_were(url: str, monkeypatch) -> None:
    store = Store(url)
    entry, _ = store.put(name("a"), "1.x")
    store.close()

    def broken(connection: sql.Connection) -> None:
        connection.execute(sql.text("CREATE TABLE short_links_half (id VARCHAR(52))"))
        connection.execute(sql.text("SELECT * FROM nowhere"))

    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, broken))
    with pytest.raises(StoreError, match="nowhere"):
        Store(url).open()
    monkeypatch.undo()
    again = Store(url)
    assert again.get(entry.id) == entry
    assert not sql.inspect(again._engine).has_table("short_links_half")
    again.close()


def test_a_database_that_cannot_be_used_is_said_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("this is a text, and no database at all" * 50)
    for url in (
        "nonsense",
        "nosuch://somewhere",
        f"sqlite:///{tmp_path}/text",
        f"sqlite:///{tmp_path}/text/inside",
        "postgresql+nosuch://user:hunter2@127.0.0.1/links",
    ):
        with pytest.raises(StoreError, match="--links") as caught:
            Store(url).open()
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "mssql", "oracle"])
def test_the_tables_can_be_said_to_other_databases(dialect: str) -> None:
    said = [
        str(
            sql.schema.CreateTable(table).compile(
                dialect=sql.create_mock_engine(f"{dialect}://", None).dialect
            )
        )
        for table in schema.TABLES.sorted_tables
    ]
    assert all("CREATE TABLE" in each for each in said)
    assert dialect != "mysql" or "link MEDIUMTEXT" in said[0]


def test_the_file_is_an_ordinary_one(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/links.sqlite")
    store.put(name("a"), "1.x")
    store.close()
    with sqlite3.connect(tmp_path / "links.sqlite") as plain:
        assert plain.execute("SELECT id, link FROM short_links").fetchall() == [
            ("a000000000", "1.x")
        ]
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
