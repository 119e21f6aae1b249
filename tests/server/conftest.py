"""A small site to serve, and a browser-less client for it."""

import gzip
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server import create_app

WASM = b"\0asm" + b"\1" * 4000


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site like the one that the build writes, with a secret beside it."""
    folder = tmp_path / "site"
    files = {
        "index.html": b"<!doctype html><title>page</title>",
        "runner.html": b"<!doctype html><title>runner</title>",
        "lessons/index.html": b"<!doctype html><title>lessons</title>",
        "assets/index-BxY3_k-9.js": b"console.log('page')",
        "assets/plain.css": b"body { margin: 0 }",
        "py/pyodide.mjs": b"export const version = 1",
        "py/pyodide.asm.wasm": WASM,
        "py/engine-1.2.3-py3-none-any.whl": b"PK",
        "py/manifest.json": json.dumps({"engineVersion": "1.2.3"}).encode(),
        ".hidden": b"secret",
        "../secret.txt": b"secret",
    }
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "py/pyodide.asm.wasm.gz").write_bytes(gzip.compress(WASM, mtime=0))
    return folder


@pytest.fixture
def client(site: Path) -> FlaskClient:
    return create_app(site).test_client()
