"""`python -m server links …`: out of one database, into another, checked line by line."""

import json
import os
from pathlib import Path

import pytest

from server import __main__ as server
from server.__main__ import main
from server.short import Settings, default_database, settings
from server.short.documents import keep
from server.short.store import Store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with two links and one that was taken down."""
    path = tmp_path / "links.sqlite"
    store = Store(f"sqlite:///{path}")
    for code in ("one", "two", "bad"):
        entry, _ = store.put(*keep({"code": code}))
    store.withdraw(entry.id, "spam")
    store.close()
    return path


def entries(path: Path) -> list:
    store = Store(f"sqlite:///{path}")
    found = list(store.entries())
    store.close()
    return found


def links(path: Path, *arguments: object) -> int:
    return main(["links", "--database", str(path), *map(str, arguments)])


def test_what_is_exported_is_imported(file: Path, tmp_path: Path, capsys) -> None:
    lines, other = tmp_path / "links.jsonl", tmp_path / "other.sqlite"
    assert links(file, "export", lines) == 0
    assert links(other, "import", lines) == 0
    assert capsys.readouterr().out == "3 of 3 links are new.\n"
    assert entries(other) == entries(file)
    assert links(other, "import", lines) == 0
    assert capsys.readouterr().out == "0 of 3 links are new.\n"
    assert links(other, "stats") == 0
    assert "2 links of" in (said := capsys.readouterr().out) and "1 taken down" in said


def test_an_export_is_json_lines_on_the_standard_output(file: Path, capsys) -> None:
    assert links(file, "export") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in rows] == [entry.id for entry in entries(file)]
    assert sum("link" in row for row in rows) == 2
    assert [row["reason"] for row in rows if "reason" in row] == ["spam"]


def test_a_link_is_taken_down_by_its_address(file: Path, capsys) -> None:
    id = next(entry.id for entry in entries(file) if entry.link)
    assert links(file, "takedown", f"http://127.0.0.1:8000/s/{id}", "a reason") == 0
    assert f"{id} is taken down since 20" in capsys.readouterr().out
    assert next(entry for entry in entries(file) if entry.id == id).reason == "a reason"
    assert links(file, "takedown", "0000000000", "a reason") == 1
    assert "No program is kept" in capsys.readouterr().err


GOOD = keep({"code": "good"})
ROW = {"id": GOOD.name[:10], "name": GOOD.name, "link": GOOD.link, "created": 1}


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        "[" * 60_000,
        "{}",
        json.dumps(ROW | {"extra": 1}),
        json.dumps(ROW | {"link": "1.x"}),
        json.dumps(ROW | {"link": keep({"code": "other"}).link}),
        json.dumps(ROW | {"id": "bbbbbbbbbb"}),
        json.dumps(ROW | {"id": GOOD.name[:5]}),
        json.dumps(ROW | {"id": 5}),
        json.dumps(ROW | {"name": GOOD.name.upper()}),
        json.dumps(ROW | {"created": "now"}),
        json.dumps(ROW | {"created": -1}),
        json.dumps(ROW | {"link": None}),
        json.dumps(ROW | {"link": "x" * 80_000}),
    ],
)
def test_a_line_that_lies_is_named_and_nothing_is_imported(
    tmp_path: Path, line: str, capsys
) -> None:
    lines, other = tmp_path / "links.jsonl", tmp_path / "other.sqlite"
    lines.write_text(json.dumps(ROW) + "\n" + line + "\n")
    assert links(other, "import", lines) == 1
    assert "line 2 is no link" in capsys.readouterr().err
    assert entries(other) == []


def test_what_goes_wrong_is_one_line(tmp_path: Path, capsys) -> None:
    assert links(tmp_path / "x.sqlite", "import", tmp_path / "missing.jsonl") == 1
    assert "missing.jsonl" in capsys.readouterr().err
    assert main(["links", "--database", "nosuch://x", "stats"]) == 1
    assert "Cannot keep short links in nosuch://x" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        links(tmp_path / "x.sqlite", "takedown", "0000000000", "x" * 201)


# ----- Starting a server -------------------------------------------------------------------------


def started(*arguments: str) -> Settings | None:
    return server._links(server._parser().parse_args(arguments))


def test_short_links_are_on_for_this_machine_alone_unless_asked_for(monkeypatch) -> None:
    monkeypatch.delenv(server.TOKEN, raising=False)
    assert started().database == default_database()
    assert started("--host", "::1").token is None
    assert started("--host", "0.0.0.0") is None
    assert started("--links", "off") is None
    assert started("--host", "0.0.0.0", "--links", "on").database == default_database()
    assert started("--links", "sqlite:////srv/x.sqlite").database == "sqlite:////srv/x.sqlite"
    assert started("--links", "/srv/x.sqlite").database == "sqlite:////srv/x.sqlite"
    monkeypatch.setenv(server.TOKEN, "a-token-that-nobody-guesses")
    assert started().token == "a-token-that-nobody-guesses"


def test_the_usual_file_lies_in_the_readers_own_data(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_database() == f"sqlite:///{tmp_path}/autograd-playground/links.sqlite"
    assert os.listdir(tmp_path) == []
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert "relative" not in default_database()


def test_without_the_library_a_server_starts_and_says_what_is_missing(monkeypatch, capsys) -> None:
    monkeypatch.setattr(settings, "find_spec", lambda name: None)
    assert started() is None
    assert main(["--links", "on", "--port", "0"]) == 1
    assert "pip install 'autograd-playground[links]'" in capsys.readouterr().err
    assert main(["links", "stats"]) == 1
    assert "SQLAlchemy" in capsys.readouterr().err


def test_a_database_that_was_asked_for_must_work_at_once(tmp_path: Path, capsys) -> None:
    (tmp_path / "file").write_text("")
    assert main(["--links", f"{tmp_path}/file/links.sqlite", "--port", "0"]) == 1
    assert "Cannot keep short links in" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["play.example.edu", "ftp://x/", "https://x/?a=1", "https:///x"])
def test_a_public_address_is_an_address(url: str, capsys) -> None:
    with pytest.raises(SystemExit):
        started("--public-url", url)
    assert "is no address like https://play.example.edu/" in capsys.readouterr().err


def test_a_proxy_is_believed_only_when_it_is_named() -> None:
    assert server._proxy(None) == {}
    assert server._proxy("10.0.0.1")["trusted_proxy"] == "10.0.0.1"
