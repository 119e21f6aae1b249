"""From a trace to a picture: milliseconds by size, part by part, and edge crossings against dagre.

The graph's own modules are bundled and run in Chromium, on traces of three kinds of programs whose
loops are unrolled. `draw` ends when the frame is on its way to the screen, so it holds the wait for
that frame (up to 17 ms).
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import startup_bench

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "picture"
SIZES = (30, 100, 300, 1_000, 10_000)
#: Milliseconds from trace to picture that are aimed at.
AIMS = {30: 50, 300: 100, 10_000: 1_000}

HTML = """<!doctype html><meta charset="utf-8"><title>picture</title>
<link rel="stylesheet" href="tokens.css"><link rel="stylesheet" href="graph.css">
<body class="gv"><script type="module" src="page.js"></script>"""


def training(nodes: int) -> str:
    """Descent of a small network: parameters used in every turn, 10 operations each."""
    return f"""from mxnet import np, npx, autograd
npx.set_np()
x = np.array([[0.5, -1.0], [1.0, 2.0], [-0.5, 0.3]])
t = np.array([[1.0], [0.0], [1.0]])
w1 = np.array([[0.1, 0.2, -0.3], [0.4, -0.5, 0.6]])
b1 = np.array([0.0, 0.1, 0.2])
w2 = np.array([[0.3], [-0.2], [0.5]])
b2 = np.array([0.05])
for p in (w1, b1, w2, b2):
    p.attach_grad()
total = np.array(0.0)
with autograd.record():
    for k in range({max(2, (nodes - 7) // 10)}):
        h = np.tanh(np.dot(x, w1) + b1)
        o = np.dot(h, w2) + b2
        loss = ((o - t) ** 2).mean()
        total = total + loss * 0.5
total.backward()
"""


def mlp(nodes: int) -> str:
    """A deep network: five nodes a layer, nothing shared."""
    return f"""from mxnet import np, npx, autograd
npx.set_np()
x = np.ones((4, 8)) * 0.1
params = []
for k in range({nodes // 5}):
    w, b = np.random.uniform(-0.3, 0.3, (8, 8)), np.zeros((8,))
    w.attach_grad()
    b.attach_grad()
    params.append((w, b))
with autograd.record():
    h = x
    for w, b in params:
        h = np.tanh(np.dot(h, w) + b)
    loss = (h ** 2).sum()
loss.backward()
"""


def dag(nodes: int) -> str:
    """Operations on random earlier results, near ones and far ones."""
    leaves = max(3, nodes // 12)
    return f"""import random
from mxnet import np, autograd
random.seed(7)
made = [np.array([0.1 * k, 0.2]) for k in range({leaves})]
for a in made:
    a.attach_grad()
with autograd.record():
    for k in range({nodes - leaves - 1}):
        a, b = random.choice(made[-40:]), random.choice(made)
        kind = random.random()
        made.append(np.sin(a) if kind < 0.4 else a * b if kind < 0.7 else a + b)
    y = made[-1].sum()
y.backward()
"""


PROGRAMS = {"training loop": training, "random DAG": dag, "MLP": mlp}


def trace_of(program: str, folder: Path) -> str:
    """The trace document of a program, as JSON."""
    file = folder / "program.py"
    file.write_text(program)
    made = subprocess.run(
        [sys.executable, "-m", "engine", "trace", file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout


def bundle(folder: Path) -> None:
    """Writes the page that measures."""
    subprocess.run(
        [ROOT / "node_modules/.bin/rolldown", HERE / "page.ts", "--format", "esm", "--dir", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for css in ("app/tokens.css", "render/graph.css"):
        source = ROOT / "web" / "src" / css
        (folder / source.name).write_text(source.read_text("utf-8"), "utf-8")
    (folder / "index.html").write_text(HTML)


def rounds_of(size: int) -> int:
    return 15 if size <= 300 else 9 if size <= 1_000 else 5


def run(sizes: tuple[int, ...] = SIZES) -> list[str]:
    """Measures; returns the lines of the report."""
    from playwright.sync_api import sync_playwright

    from tests.e2e.conftest import FLAGS
    from web.build import browser as chromium

    lines: list[str] = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        folder = Path(name)
        bundle(folder)
        server, url = startup_bench.serve(folder)
        browser = play.chromium.launch(executable_path=str(chromium.path()), args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 800, "height": 700})
            page.goto(url)
            page.wait_for_function("globalThis.once !== undefined")
            parts = page.evaluate("PARTS")
            lines.append(
                "From trace to picture, loops unrolled, milliseconds (medians; first: cold)"
            )
            heads = "".join(f"{part:>8}" for part in parts)
            lines.append(
                f"  {'':14}{'nodes':>7}{'edges':>7}{heads}{'all':>8}{'first':>8}{'aim':>7}"
            )
            for title, program in PROGRAMS.items():
                for size in sizes:
                    document = trace_of(program(size), folder)
                    page.evaluate("text => { globalThis.trace = JSON.parse(text) }", document)
                    found = [page.evaluate("once(trace)") for _ in range(rounds_of(size))]
                    times = [statistics.median(part) for part in zip(*(f["times"] for f in found))]
                    whole = [sum(each["times"]) for each in found]
                    cells = "".join(f"{one:8.1f}" for one in times)
                    aim = f"{AIMS[size]:7d}" if size in AIMS else ""
                    lines.append(
                        f"  {title:14}{found[0]['nodes']:7d}{found[0]['edges']:7d}{cells}"
                        f"{statistics.median(whole):8.1f}{whole[0]:8.1f}{aim}"
                    )
            lines += ["", "Crossings at 300 nodes, the same boxes and edges for both"]
            for title, program in PROGRAMS.items():
                document = trace_of(program(300), folder)
                found = page.evaluate("text => compare(JSON.parse(text))", document)
                lines.append(
                    f"  {title:14} ours {found['ours']:6d} in {found['oursMs']:7.1f} ms"
                    f"   dagre {found['dagre']:6d} in {found['dagreMs']:8.1f} ms"
                )
        finally:
            browser.close()
            server.shutdown()
    return lines


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    print("\n".join(run()))
