"""A server that is killed in the middle of writing loses nothing that it acknowledged."""

import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

from server.short.documents import keep
from server.short.store import Store

ROOT = Path(__file__).resolve().parents[3]
#: Kills, and writers at each.
ROUNDS, WRITERS = 12, 4


class Server:
    """`python -m server` with short links in one file, as a process of its own."""

    def __init__(self, database: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server", "--port", "0", "--links", str(database)]
            + ["--links-per-minute", "1000000"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        self.port = int(line.split("http://127.0.0.1:")[1].split()[0])

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait() == -signal.SIGKILL
        self.process.stdout.close()


def write(port: int, label: str, acknowledged: dict[str, str]) -> None:
    """Posts programs until the server is gone; notes those that it has said yes to."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        for n in range(10**6):
            code = f"{label} {n} " + "x" * random.randrange(3000)
            body = json.dumps({"document": {"code": code}})
            connection.request("POST", "/api/v1/links", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = json.loads(answer.read())
            assert answer.status == 201, said
            acknowledged[said["id"]] = code
    except (OSError, http.client.HTTPException, ValueError):
        pass  # it was killed; what it did not acknowledge may be there or not


def test_every_acknowledged_link_is_there_after_many_kills(tmp_path: Path) -> None:
    file = tmp_path / "links.sqlite"
    acknowledged: dict[str, str] = {}
    per_round = []
    for round in range(ROUNDS):
        before = len(acknowledged)
        server = Server(file)
        threads = [
            threading.Thread(target=write, args=(server.port, f"{round}.{n}", acknowledged))
            for n in range(WRITERS)
        ]
        try:
            for thread in threads:
                thread.start()
            # Not before there is something to lose, then at any moment.
            limit = time.monotonic() + 20
            while len(acknowledged) == before and time.monotonic() < limit:
                time.sleep(0.001)
            time.sleep(random.uniform(0, 0.1))
        finally:
            server.kill()
        for thread in threads:
            thread.join()
        per_round.append(len(acknowledged) - before)
    assert all(per_round), per_round
    with sqlite3.connect(file) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    store = Store(f"sqlite:///{file}")
    for id, code in acknowledged.items():
        assert store.get(id)[1:3] == keep({"code": code}), id
    # The count of bytes belongs to the same transactions.
    links = [entry.link for entry in store.entries()]
    assert store.stats() == (len(links), 0, sum(map(len, links)))
    store.close()


CHILD = """
import os, signal, sys
import sqlalchemy as sql
from server.short.store import Store

store = Store(sys.argv[1])
store.put("a" * 52, "1.first")
print("first", flush=True)
# The row is written and nothing is committed.
sql.event.listen(store._engine, "commit", lambda connection: os.kill(os.getpid(), signal.SIGKILL))
store.put("b" * 52, "1.second")
print("second", flush=True)
"""


def test_a_kill_right_before_the_commit_leaves_nothing_half(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/links.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", CHILD, url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "first\n"), done.stderr
    store = Store(url)
    assert [entry.link for entry in store.entries()] == ["1.first"]
    assert store.stats() == (1, 0, 7)
    assert store.put("b" * 52, "1.second")[1]
    store.close()
