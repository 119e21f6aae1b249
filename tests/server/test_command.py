"""`python -m server`: it prints its address, serves there, ends quietly, and says why it cannot."""

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.__main__ import address, main

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """A running server and the address that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server", "--port", "0", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        yield process, next(word for word in line.split() if word.startswith("http://"))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_it_serves_at_the_address_it_prints_and_ends_when_told(site: Path) -> None:
    with serving("--site", str(site)) as (process, where):
        assert where.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(where) as answer:
            assert answer.read() == b"<!doctype html><title>page</title>"
            assert answer.headers["Server"] is None
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_a_taken_port_is_said_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert f"Port {port} is taken" in said
    assert "make run PORT=" in said


@pytest.mark.parametrize("port", ["70000", "-1", "http"])
def test_a_port_that_does_not_exist_is_said(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([f"--port={port}"])
    assert f"{port} is no port: give a number from 0 to 65535" in capsys.readouterr().err


def test_an_address_can_be_typed_into_a_browser() -> None:
    assert address("127.0.0.1", 8000) == "http://127.0.0.1:8000"
    assert address("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert address("::1", 80) == "http://[::1]:80"
