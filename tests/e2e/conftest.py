"""The page in a real Chromium with the real Pyodide: one server, one browser, one started page per
module (a start takes seconds)."""

import contextlib
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright
from waitress.server import create_server

from server import create_app

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: A cold start on a busy machine.
START = 90_000
#: An expectation is met long before; a machine with other work may need longer.
expect.set_options(timeout=20_000)
ENDED = ".status[data-tone=ok], .status[data-tone=error], .status[data-tone=warn]"


def pytest_collection_modifyitems(items):
    """A browser, a server and a Python in it at once can be late in ways that tell nothing of the
    page, so a test here that fails is tried once more. The summary names it (RERUN): it waits for
    the wrong thing, and that wants mending."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


class Playground:
    """The page as a reader uses it."""

    def __init__(self, page: Page, url: str):
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _hear(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    # ----- Acting -----

    def open(self, fragment: str = "") -> "Playground":
        """Loads the page and waits until Python is ready."""
        self.page.goto("about:blank")
        self.page.goto(self.url + fragment)
        return self.wait_ready()

    def wait_ready(self) -> "Playground":
        failed = self.page.locator(".card[data-tone=error]")
        ready = self.page.locator(".status-text", has_text="ready")
        ready.or_(failed).first.wait_for(timeout=START)
        assert not failed.is_visible(), failed.inner_text()
        return self

    def lesson(self, slug: str) -> None:
        """Opens another document of the loaded page, whose text may have to be fetched."""
        self.page.evaluate("slug => { location.hash = 'lesson=' + slug }", slug)
        expect(self.page.locator("#app")).to_have_attribute("data-open", slug)

    def write(self, code: str) -> None:
        """Replaces the whole program, as by pasting."""
        plain = self.page.locator(".plain")
        if plain.count():
            # The editor comes when the reader wants to write.
            # On a page of its own it comes by itself, perhaps right now.
            with contextlib.suppress(Error):
                plain.focus(timeout=2_000)
                self.page.keyboard.press("Enter")
        content = self.page.locator(".cm-content")
        content.focus()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(code)

    def run(self, code: str | None = None, timeout: float = 40_000) -> str:
        """Runs the program to its end; gives the status text."""
        if code is not None:
            self.write(code)
        before = self._count()
        self.page.locator(".run").click()
        self.wait_end(before, timeout)
        return self.status()

    def start(self, code: str) -> None:
        """Starts a program that takes long."""
        self.write(code)
        self.page.locator(".run").click()
        self.page.locator(".run.stopping").wait_for()

    def stop(self) -> str:
        before = self._count()
        self.page.locator(".run.stopping").click()
        self.wait_end(before, 10_000)
        return self.status()

    def _count(self) -> int:
        return ended(self.page.locator("#app"))

    def wait_end(self, before: int, timeout: float) -> None:
        wait_ended(self.page.locator("#app"), before, timeout)
        self.page.locator(ENDED).wait_for(timeout=timeout)

    # ----- Looking -----

    def status(self) -> str:
        return self.page.locator(".status-text").inner_text()

    def outputs(self) -> list[str]:
        """What the cells show, newest run, in order (from the output tab, which is never cut)."""
        return self.page.locator(".output-list .output").evaluate_all(
            "all => all.map(each => each.textContent)"
        )

    def error(self) -> str:
        return self.page.locator(".output-list .output.error").evaluate("each => each.textContent")

    def nodes(self) -> Locator:
        return self.page.locator(".gv-node")

    def marks(self) -> list[str]:
        return self.page.locator(".cm-nodeMark").all_inner_texts()


def ended(app: Locator) -> int:
    """The number of the newest run that has ended; 0 before any has."""
    return int(app.get_attribute("data-ended") or 0)


def wait_ended(app: Locator, before: int, timeout: float) -> None:
    """Waits until a run has ended that is newer."""
    app.evaluate(
        """(app, [before, timeout]) => new Promise((done, late) => {
            const newer = () => Number(app.dataset.ended ?? 0) > before
            if (newer()) return done()
            const watch = new MutationObserver(() => newer() && (watch.disconnect(), done()))
            watch.observe(app, { attributeFilter: ['data-ended'] })
            setTimeout(() => late(new Error(`no run ended within ${timeout} ms`)), timeout)
        })""",
        [before, timeout],
        timeout=timeout,
    )


@pytest.fixture(scope="session")
def site() -> str:
    """Address of the built site on a server of our own."""
    folder = Path(os.environ.get("AUTOGRAD_SITE", ROOT / "build" / "site"))
    if not (folder / "py" / "manifest.json").is_file():
        pytest.fail(f'{folder} is not built: type "make site" first', pytrace=False)
    server = create_server(create_app(folder), host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}/"
    server.close()


def chromium() -> str:
    noted = ROOT / "build" / "chromium.path"
    found = os.environ.get("AUTOGRAD_CHROMIUM") or (
        noted.read_text().strip() if noted.exists() else ""
    )
    found = found or shutil.which("chromium") or shutil.which("google-chrome") or ""
    if not found:
        pytest.fail("No Chromium found: set AUTOGRAD_CHROMIUM to its path", pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def fresh(browser: Browser, site: str) -> Iterator[Playground]:
    """A page that is not loaded yet, in a browser profile of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield Playground(context.new_page(), site)
    context.close()


@pytest.fixture(scope="module")
def started(browser: Browser, site: str) -> Iterator[Playground]:
    """A page whose Python is ready, shared by the tests of a module."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield Playground(context.new_page(), site).open("#lesson=empty")
    context.close()


@pytest.fixture
def playground(started: Playground) -> Iterator[Playground]:
    """The shared page, with nothing running; it must not have complained during the test."""
    started.page.set_viewport_size({"width": 1280, "height": 800})
    if started.page.locator(".run.stopping").count():
        started.stop()
    started.lesson("empty")
    started.complaints.clear()
    yield started
    assert started.complaints == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's script."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="session")
def lesson_results() -> dict:
    """What real MXNet shows for each code cell of each lesson."""
    return json.loads((ROOT / "tests" / "engine" / "golden" / "lessons.json").read_text("utf-8"))


def violations(page, axe: str) -> list[str]:
    """What the accessibility checker finds wrong with the page as it stands."""
    page.evaluate(axe)
    return page.evaluate(
        """async () => (await axe.run(document, { iframes: false })).violations.map(
            each => `${each.id}: ${each.nodes.map(node => `${node.target} ${node.failureSummary}`)}`
        )"""
    )
