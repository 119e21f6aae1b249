"""A link with its run: bytes and milliseconds until its picture is there, against the aims.

Bytes are what a first visit is sent before any edit, compressed as `server` sends it. Milliseconds
run from the navigation to the first box of the picture on the screen, with the files in the cache.
"""

import statistics
import threading
from pathlib import Path

ROOT = Path(__file__).parents[2]
LESSON = ROOT / "web" / "lessons" / "01-attach-and-backward.py"
#: The aims: bytes before the first edit, and milliseconds on a warm cache.
BYTES, MILLISECONDS = 250_000, 300

#: Notes when the first box is drawn: the frame after it came into the page.
WATCH = """
new MutationObserver((_, observer) => {
  if (!document.querySelector('.gv-node')) return
  observer.disconnect()
  requestAnimationFrame(() => setTimeout(() => { window.pictureAt = performance.now() }))
}).observe(document, { childList: true, subtree: true })
"""


def link() -> str:
    """A lesson with its run, as Share makes it."""
    from engine.compact import compact
    from engine.kernel import Kernel
    from engine.links import encode
    from engine.trace import as_lists

    code = LESSON.read_text("utf-8")
    run = Kernel().execute(code, seed=0)
    trace = compact(as_lists(run.document(all_summaries=True)))
    return encode({"code": code, "trace": trace})


def visit(context, url: str) -> tuple[float, int, list[str]]:
    """Milliseconds to the picture, bytes on the wire, and what was asked of Python's files."""
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[int] = []
    asked: list[str] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    page.wait_for_function("window.pictureAt !== undefined", timeout=60_000)
    took = page.evaluate("window.pictureAt")
    page.wait_for_timeout(1500)
    page.close()
    return took, int(sum(sizes)), [one for one in asked if "/py/" in one]


def run(rounds: int = 9) -> list[str]:
    """Measures; returns the lines of the report."""
    from playwright.sync_api import sync_playwright
    from waitress.server import create_server

    from server import create_app
    from tests.e2e.conftest import FLAGS
    from web.build import browser as chromium

    site = ROOT / "build" / "site"
    if not (site / "index.html").exists():
        return ["pictures: not measured, build/site is missing (run `make site`)"]
    server = create_server(create_app(site), host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    fragment = link()
    lines = [
        f"A link with its run ({len(fragment):,} characters): sent before the first edit, and the "
        f"picture's time on a warm cache (median of {rounds})"
    ]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(chromium.path()), args=FLAGS)
        for name in ("index.html", "embed.html"):
            url = f"http://127.0.0.1:{server.effective_port}/{name}{fragment}"
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            cold, sent, python = visit(context, url)
            warm = statistics.median(visit(context, url)[0] for _ in range(rounds))
            context.close()
            lines.append(
                f"  {name:11} {sent / 1000:6.1f} KB of {BYTES // 1000} {verdict(sent, BYTES)}"
                f"   cold {cold:5.0f} ms   warm {warm:5.0f} ms of {MILLISECONDS} "
                f"{verdict(warm, MILLISECONDS)}   files of Python: {len(python)}"
            )
        browser.close()
    server.close()
    return lines


def verdict(found: float, most: float) -> str:
    """Whether an aim is reached."""
    return "(reached)" if found <= most else "(MISSED)"
