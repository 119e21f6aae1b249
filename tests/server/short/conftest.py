"""An application with short links in a file of its own."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import create_app
from server.short import Settings, is_possible

#: `make test` installs SQLAlchemy; an environment of one's own may be without.
collect_ignore_glob = [] if is_possible() else ["test_*.py"]

TOKEN = "a-token-that-nobody-guesses"
PROGRAM = """# %% [markdown]
# # The chain rule
# in *one* picture
# %%
from mxnet import np, autograd
x = np.array([1.0, 2.0])
"""


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/kept/links.sqlite"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><head><title>page</title></head><p>page")
    return folder


@pytest.fixture
def app(site: Path, database: str) -> Flask:
    """Limits that a test does not meet by accident."""
    return create_app(site, links=Settings(database, token=TOKEN, per_minute=100_000))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def store(database: str):
    from server.short.store import Store

    store = Store(database)
    yield store
    store.close()


@pytest.fixture
def kept(client: FlaskClient) -> str:
    """The id of a link."""
    return make(client, PROGRAM)["id"]


def make(client: FlaskClient, code: str) -> dict:
    answer = client.post("/api/v1/links", json={"document": {"code": code}})
    assert answer.status_code in (200, 201), answer.text
    return answer.json


def take_down(client: FlaskClient, id: str, reason: str = "spam", token: str = TOKEN):
    return client.delete(
        f"/api/v1/links/{id}",
        json={"reason": reason},
        headers={"Authorization": f"Bearer {token}"},
    )


def problem(answer, status: int) -> str:
    """The code of a problem document, whose form is checked."""
    assert answer.status_code == status, (answer.status_code, answer.text[:300])
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    said = json.loads(answer.text)
    assert said["status"] == status and said["title"] and said["detail"]
    return said["code"]
