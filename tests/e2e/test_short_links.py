"""Short links in the page: made where the server keeps them, opened again, nowhere else shown."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from waitress.server import create_server

from server import create_app
from server.short import Settings
from tests.e2e.conftest import Playground, violations

ROOT = Path(__file__).parents[2]
CODE = '# A product\nfrom mxnet import np, npx\nnpx.set_np()\nnp.array([2.0]) * 3  # "</script>"\n'


@pytest.fixture
def keeping(browser: Browser, site: str, tmp_path: Path) -> Iterator[Playground]:
    """The page on a server that keeps links."""
    settings = Settings(f"sqlite:///{tmp_path}/links.sqlite")
    app = create_app(ROOT / "build" / "site", links=settings)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    playground = Playground(context.new_page(), f"http://127.0.0.1:{server.effective_port}/")
    playground.store = app.extensions["short-links"].store
    yield playground
    context.close()
    server.close()


def test_a_short_link_is_made_copied_and_opened(keeping: Playground, axe: str) -> None:
    page = keeping.open("#lesson=empty").page
    keeping.write(CODE)
    page.locator(".share-button").click()
    dialog = page.get_by_role("dialog", name="Share this program")
    dialog.get_by_role("button", name="Make a short link").click()
    field = dialog.get_by_label("Short link to this program")
    expect(field).to_be_visible()
    expect(field).to_have_value(f"{keeping.url}s/{next(keeping.store.entries()).id}")
    expect(dialog.get_by_role("button", name="Copy the short link")).to_be_focused()
    expect(dialog).to_contain_text("It opens on this computer only")
    assert violations(page, axe) == []
    # Without scripts the address leads on, with the whole link in the fragment.
    other = page.context.new_page()
    other.goto(field.input_value())
    other.wait_for_url(f"{keeping.url}#1.*")
    expect(other).to_have_title("Shared program · autograd playground")
    lines = other.locator(".cm-line")
    expect(lines.nth(3)).to_have_text(CODE.splitlines()[3])
    assert other.evaluate("history.length") == 2  # about:blank and the program: Back leads out
    assert keeping.complaints == []


def test_what_was_made_is_forgotten_when_the_program_changes(keeping: Playground) -> None:
    page = keeping.open("#lesson=empty").page
    for code in ("a = 1", "a = 2"):
        keeping.write(code)
        page.locator(".share-button").click()
        expect(page.get_by_label("Short link to this program")).to_be_hidden()
        page.get_by_role("button", name="Make a short link").press("Enter")
        expect(page.get_by_label("Short link to this program")).to_be_visible()
        page.keyboard.press("Escape")
    assert keeping.store.stats().links == 2


def test_a_server_that_keeps_nothing_is_not_asked(playground: Playground) -> None:
    """The page on another host: no button, no request."""
    asked: list[str] = []
    page = playground.page
    page.on("request", lambda request: asked.append(request.url))
    page.locator(".share-button").click()
    expect(page.get_by_role("dialog", name="Share this program")).to_be_visible()
    expect(page.get_by_role("button", name="Make a short link")).to_be_hidden()
    page.keyboard.press("Escape")
    assert [url for url in asked if "/api/" in url] == []


def test_a_server_that_refuses_says_why_in_words(keeping: Playground) -> None:
    page = keeping.open("#lesson=empty").page
    page.route("**/api/v1/links", lambda route: route.abort())
    page.locator(".share-button").click()
    page.get_by_role("button", name="Make a short link").click()
    expect(page.locator(".short")).to_contain_text("The server does not answer.")
    expect(page.get_by_role("button", name="Make a short link")).to_be_focused()
