"""Start-up of the page against a bare page with nothing but Pyodide and NumPy, in one browser.

Both are served from one folder by one plain web server and loaded in fresh browser contexts (no
cache), in turn. The clock runs from the navigation to Python's first NumPy result; for the page,
to the moment when its status says that it is ready.
"""

import functools
import http.server
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).parents[2]
BARE_HTML = """<!doctype html><title>bare</title><p id="status"></p>
<script type="module" src="bare.js"></script>"""
BARE_JS = """
import { loadPyodide } from './py/pyodide.mjs'
const indexURL = new URL('py/', location.href).href
const pyodide = await loadPyodide({ indexURL, packages: ['numpy'] })
document.getElementById('status').textContent = pyodide.runPython(
  'import numpy\\n"ready" if numpy.arange(3).sum() == 3 else "wrong"')
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    extensions_map: ClassVar = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_):
        pass


def serve(folder: Path):
    """A plain static server on a free loopback port; returns it and its address."""
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


def seconds_to(browser, url: str, selector: str) -> float:
    """Seconds from navigation until `selector` says that Python is ready."""
    context = browser.new_context()
    try:
        page = context.new_page()
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.locator(selector, has_text="ready").wait_for(timeout=120_000)
        return time.perf_counter() - began
    finally:
        context.close()


def run(rounds: int = 7) -> list[str]:
    """Measures; returns the lines of the report."""
    from playwright.sync_api import sync_playwright

    from tests.e2e.conftest import FLAGS
    from web.build import browser as chromium

    site = ROOT / "build" / "site"
    if not (site / "index.html").exists():
        return ["start-up: not measured, build/site is missing (run `make site`)"]
    times = {"bare Pyodide + NumPy": [], "the page": []}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        served = Path(folder) / "site"
        shutil.copytree(site, served)
        (served / "bare.html").write_text(BARE_HTML)
        (served / "bare.js").write_text(BARE_JS)
        server, url = serve(served)
        browser = play.chromium.launch(executable_path=str(chromium.path()), args=FLAGS)
        try:
            for _ in range(rounds):
                times["bare Pyodide + NumPy"].append(
                    seconds_to(browser, url + "bare.html", "#status")
                )
                times["the page"].append(seconds_to(browser, url, ".status-text"))
        finally:
            browser.close()
            server.shutdown()
    medians = {name: statistics.median(found) for name, found in times.items()}
    floor = medians["bare Pyodide + NumPy"]
    lines = [f"Start-up without a cache, navigation to Python ready (median of {rounds})"]
    return lines + [
        f"  {name:22} {seconds:6.2f} s   {seconds / floor:5.2f} x"
        for name, seconds in medians.items()
    ]
