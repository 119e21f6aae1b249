"""The same programs inside Pyodide, in a bare page of a headless Chromium: the same ratios.

NumPy by hand and the engine share one interpreter there and take turns.
"""

import contextlib
import json
import shutil
import statistics
import tempfile
from pathlib import Path

import startup_bench
from cases import CASES

HERE = Path(__file__).parent
FILES = ("cases.py", "by_hand.py", "on_mxnet.py", "worker.py")
LIBRARIES = ("NumPy", "engine", "engine, traced")

HTML = """<!doctype html><title>bench</title><p id="status"></p>
<script type="module">
import { loadPyodide } from './py/pyodide.mjs'
const pyodide = await loadPyodide({
  indexURL: new URL('py/', location.href).href,
  packages: ['numpy'],
})
const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer())
const { engine } = JSON.parse(new TextDecoder().decode(await bytes('py/manifest.json')))
const site = pyodide.runPython('import site; site.getsitepackages()[0]')
pyodide.unpackArchive(await bytes('py/' + engine), 'wheel', { extractDir: site })
pyodide.FS.mkdir('/bench')
for (const name of FILES) pyodide.FS.writeFile('/bench/' + name, await bytes('bench/' + name))
window.python = (source) => pyodide.runPython(source)
document.getElementById('status').textContent = 'ready'
</script>"""

#: Sets all programs up; `answer(...)` is what `worker.py` answers, without a process.
SETUP = f"""
import json, sys
sys.path.insert(0, "/bench")
import worker
made = {{}}

def prepare(case):
    for library in {LIBRARIES!r}:
        made[library] = worker.programs(library)[case]()
    samples = [[worker.sample(g) for g in made[library]()] for library in {LIBRARIES!r}]
    return json.dumps(samples)

def timed(library, name, repeats):
    return worker.timed(library, name, made[library], repeats)
"""


@contextlib.contextmanager
def bare(browser, site: Path, files=()):
    """A page with Pyodide, NumPy and the engine alone (and these files in /bench): a function that
    runs Python there and gives the last expression's value."""
    with tempfile.TemporaryDirectory() as folder:
        served = Path(folder) / "site"
        shutil.copytree(site, served)
        (served / "bench").mkdir()
        for name in files:
            shutil.copy(HERE / name, served / "bench" / name)
        (served / "bench.html").write_text(HTML.replace("FILES", json.dumps(files)))
        server, url = startup_bench.serve(served)
        page = browser.new_page()
        try:
            page.goto(url + "bench.html")
            page.locator("#status", has_text="ready").wait_for(timeout=120_000)
            yield lambda source: page.evaluate("(source) => window.python(source)", source)
        finally:
            page.close()
            server.shutdown()


def run(cases=tuple(CASES), rounds: int = 7) -> list[str]:
    """Measures; returns the lines of the report."""
    import numpy as np
    from playwright.sync_api import sync_playwright

    from tests.e2e.conftest import FLAGS
    from web.build import browser as chromium

    site = startup_bench.ROOT / "build" / "site"
    if not (site / "index.html").exists():
        return ["in Pyodide: not measured, build/site is missing (run `make site`)"]
    lines = [f"In Pyodide (Chromium), as ratios to NumPy by hand there (median of {rounds})"]
    lines.append(f"{'':46}{'by hand':>12}" + "".join(f"{name:>16}" for name in LIBRARIES[1:]))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(chromium.path()), args=FLAGS)
        with bare(browser, site, FILES) as python:
            python(SETUP)
            for case in cases:
                title, _, tolerance = CASES[case]
                expected, *others = json.loads(python(f"prepare({case!r})"))
                for got, wanted in (
                    (g, w) for o in others for g, w in zip(o, expected, strict=True)
                ):
                    scale = float(np.abs(wanted).max()) or 1.0
                    np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance * scale)
                times = {library: [] for library in LIBRARIES}
                repeats = {
                    n: max(1, round(0.02 / python(f"timed({n!r}, {case!r}, 1)"))) for n in LIBRARIES
                }
                for _ in range(rounds):
                    for name in LIBRARIES:
                        times[name].append(python(f"timed({name!r}, {case!r}, {repeats[name]})"))
                seconds = {name: statistics.median(found) for name, found in times.items()}
                floor = seconds["NumPy"]
                ratios = "".join(f"{seconds[n] / floor:15.2f}x" for n in LIBRARIES[1:])
                lines.append(f"{title:46}{floor * 1e6:9.0f} us{ratios}")
        browser.close()
    return lines


if __name__ == "__main__":
    print("\n".join(run()))
