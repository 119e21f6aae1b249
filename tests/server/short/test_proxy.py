"""Behind a proxy: a real server counts by the reader's address only when the proxy was named."""

import http.client
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def post(port: int, client: str, code: str) -> tuple[int, dict]:
    """One new link, from a proxy on this machine that says whom it asks for."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {
        "Content-Type": "application/json",
        "X-Forwarded-For": client,
        "X-Forwarded-Proto": "https",
    }
    connection.request("POST", "/api/v1/links", json.dumps({"document": {"code": code}}), headers)
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


@pytest.mark.parametrize(
    ("options", "statuses", "scheme"),
    [
        (["--proxy", "127.0.0.1"], [201, 201, 429, 201], "https"),
        (["--proxy", "10.9.9.9"], [201, 201, 429, 429], "http"),
        ([], [201, 201, 429, 429], "http"),
    ],
    ids=["named", "another", "none"],
)
def test_only_a_named_proxy_is_believed(
    tmp_path: Path, options: list[str], statuses: list[int], scheme: str
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "server", "--port", "0", "--links", str(tmp_path / "links.sqlite")]
        + ["--links-per-minute", "1", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port = int(process.stdout.readline().split("http://127.0.0.1:")[1].split()[0])
        clients = ["10.0.0.1"] * 3 + ["10.0.0.2"]
        answers = [post(port, client, str(n)) for n, client in enumerate(clients)]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert [status for status, _ in answers] == statuses
    assert answers[0][1]["url"].startswith(f"{scheme}://127.0.0.1")
