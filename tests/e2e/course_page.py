"""The course of tests/e2e/course: built with Sphinx, served on an origin of its own."""

import functools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COURSE = Path(__file__).parent / "course"


def build(site: str, out: Path) -> Path:
    """Builds the course for a playground at `site`; a warning fails it."""
    paths = [str(ROOT), str(ROOT / "web" / "sphinx")]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    line = [sys.executable, "-m", "sphinx", "-q", "-W", "-d", str(out / "trees")]
    said = [f"-Dautograd_playground_site={site}", str(COURSE), str(out / "html")]
    done = subprocess.run([*line, *said], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out / "html"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder's address: another host name, so another origin than the playground's."""
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
