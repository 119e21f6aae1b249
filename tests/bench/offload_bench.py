"""Heavy work on a server: what an operation costs to record, a batch to send, a page to be rid of.

The servers are real ones (`python -m server --device cpu`: NumPy with its BLAS, all cores), on the
loopback; the page is the built one in Chromium. The aims are those of issue 6.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import browser_bench
import environments

ROOT = Path(__file__).parents[2]
#: Microseconds to record and encode an operation, in CPython and in Pyodide; how many times faster
#: a large training step is on the server than in the page.
CPYTHON, PYODIDE, FASTER = 15, 40, 20
CLIENTS, STEPS = 50, 10

#: Operations on small arrays, as users write them; nothing is sent while the clock runs. CPU time
#: where there is a clock for it: other programs of the machine do not count.
INSTALL = "import engine\nengine.install()\n"
RECORD = (
    INSTALL
    + """
from engine import gpu
from engine.devices.executor import Executor
from engine.devices.host import HOST
from engine.devices.remote import RemoteDevice, local
from engine.devices.session import Session
gpu.use(RemoteDevice(local(Session(Executor(HOST)))))
import gc, statistics, sys, time
from engine import elsewhere
import mxnet as mx
from mxnet import autograd, np, npx
npx.set_np()
there = mx.gpu(0)
clock = time.perf_counter if sys.platform == "emscripten" else time.process_time

def plain(n, x=np.ones((4, 4), ctx=there)):
    keep = [x]
    for _ in range(n // 4):
        y = np.tanh(np.dot(keep[-1], x) + 1.0)
        keep += [y, y.sum(axis=0)]
    return keep

w = np.ones((4, 4), ctx=there)
w.attach_grad()

def training(n, x=np.ones((4, 4), ctx=there)):
    keep = []
    for _ in range(n // 8):
        with autograd.record():
            loss = np.tanh(np.dot(x, w)).sum()
        loss.backward()
        keep += [loss, w.grad]
        w[:] = w - 0.1 * w.grad
    return keep

def cost(program, rounds=15, n=1000):
    device = elsewhere.attached("gpu(0)")
    queue, found = device.queue, []
    for _ in range(rounds):
        device.flush()
        gc.collect()
        gc.disable()
        had, began = queue.counters.recorded, clock()
        keep = program(n)
        calls, middle = queue.counters.recorded - had, clock()
        frame = queue.frame()
        ended = clock()
        gc.enable()
        queue.take(device.link.exchange(frame))
        found.append(((middle - began) / calls * 1e6, (ended - middle) / calls * 1e6, calls))
        del keep
    return [statistics.median(part) for part in zip(*found)]

costs = {program.__name__: cost(program) for program in (plain, training)}
"""
)

#: A dense layer's training step, 1024 x 1024 x 1024, float32.
STEP = """
import statistics, time
import mxnet as mx
from mxnet import autograd, gluon, np, npx
npx.set_np()
mx.random.seed(0)
x = np.random.normal(0, 1, (1024, 1024), ctx=PLACE)
target = np.random.normal(0, 1, (1024, 1024), ctx=PLACE)
net = gluon.nn.Dense(1024, in_units=1024)
net.initialize(mx.init.Normal(0.03), ctx=PLACE)
trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
square = gluon.loss.L2Loss()

def step():
    with autograd.record():
        loss = square(net(x), target)
    loss.backward()
    trainer.step(1024)
    return float(loss.mean())

losses, times = [step()], []
for _ in range(ROUNDS):
    began = time.perf_counter()
    losses.append(step())
    times.append(time.perf_counter() - began)
assert losses[-1] < losses[0]
said = f"{statistics.median(times):.4f}"
"""


@contextlib.contextmanager
def serving():
    """A server with a device in a process of its own: its address, and the token it printed."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS_", "AUTOGRAD_"))}
    line = [sys.executable, "-u", "-m", "server", "--port", "0", "--links", "off"]
    process = subprocess.Popen(
        [*line, "--device", "cpu"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
    )
    try:
        address = process.stdout.readline().split()[4]
        yield address + "/", process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


# ----- Recording -----


def recorded(where: str, costs: dict, most: float) -> list[str]:
    """Lines on what an operation costs before it is sent."""
    lines = []
    for name, (record, encode, calls) in costs.items():
        lines.append(
            f"  {where}, {name:8} {record:6.1f} us to record + {encode:4.1f} to encode, each "
            f"of {calls:,.0f} operations   aim {most} {verdict(record + encode, most)}"
        )
    return lines


def in_cpython() -> list[str]:
    """Recording in a process of its own."""
    script = RECORD + "import json\nprint(json.dumps(costs))"
    env = {**environments.environ(), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=env, check=True
    )
    return recorded("CPython", json.loads(done.stdout), CPYTHON)


def in_pyodide(browser, site: Path) -> list[str]:
    """Recording in a bare page with Pyodide, NumPy and the engine."""
    with browser_bench.bare(browser, site) as python:
        costs = json.loads(python(RECORD + "import json\njson.dumps(costs)"))
    return recorded("Pyodide", costs, PYODIDE)


# ----- Sending -----


def batch(url: str, token: str, rounds: int = 15, calls: int = 1000) -> list[str]:
    """One read after many operations: how often the server is asked, and how long it takes."""
    import numpy

    from engine.devices.remote import Link, RemoteDevice, http

    device = RemoteDevice(Link(http.sender(url), token))
    x = device.array(numpy.ones((4, 4), "float32"))
    device.flush()
    times, trips = [], set()
    for _ in range(rounds):
        before = device.queue.counters.round_trips
        began = time.perf_counter()
        y = x
        for _ in range(calls):
            y = y + 1.0
        assert device.asnumpy(y)[0, 0] == calls + 1
        times.append(time.perf_counter() - began)
        trips.add(device.queue.counters.round_trips - before)
    device.close()
    return [
        f"  {calls:,} operations and a read: {'/'.join(map(str, sorted(trips)))} round trip "
        f"{'(reached)' if trips == {1} else '(MISSED)'}, {statistics.median(times) * 1e3:.0f} ms "
        "in all"
    ]


def step_in_page(browser, site: Path, url: str, rounds: int = 7) -> list[str]:
    """The training step on the page's NumPy, where nothing else is done, and offloaded: from a
    page that does nothing else, and from the built page, which asks for what its picture shows."""
    with browser_bench.bare(browser, site) as python:
        here = float(python(INSTALL + step("mx.cpu()", 2) + "said"))
    with serving() as (other, token):
        import engine
        from engine import gpu

        engine.install()
        gpu.connect(other, token)
        names: dict = {}
        exec(step("mx.gpu(0)", rounds), names)
        gpu.disconnect()
    alone = float(names["said"])
    lines = [
        "  1024 x 1024 training step, loss read after each:",
        f"    on NumPy in the page         {here * 1e3:6.0f} ms",
        faster("offloaded, from CPython", alone, here),
    ]
    from tests.e2e.conftest import Playground

    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = Playground(context.new_page(), url).open("#lesson=empty")
        page.run(step("mx.gpu(0)", rounds) + "print(said)", 600_000)
        said = "".join(page.outputs()).strip()
    finally:
        context.close()
    try:
        lines.append(faster("offloaded, from the page", float(said), here))
    except ValueError:
        lines.append(f"    offloaded, from the page: {said[-200:]} (MISSED)")
    return lines


def step(place: str, rounds: int) -> str:
    """The training program."""
    return STEP.replace("PLACE", place).replace("ROUNDS", str(rounds))


def faster(what: str, there: float, here: float) -> str:
    """A line of seconds against those on NumPy in the page."""
    ratio = here / there
    found = f"    {what:28} {there * 1e3:6.0f} ms {ratio:6.1f}x"
    return f"{found}   aim {FASTER}x {verdict(FASTER, ratio)}"


# ----- Many clients -----


def crowd(url: str, token: str) -> list[str]:
    """Clients that begin at once: each trains a small network, reading its loss every step."""
    import numpy

    from engine.devices.remote import Link, RemoteDevice, http
    from engine.registry import OPS

    times: list[float] = []
    answers: Counter[int] = Counter()
    wrong: list[str] = []
    ready = threading.Barrier(CLIENTS)

    def client(number):
        network = http.sender(url, timeout=120)

        def send(*request):
            status, headers, body = network(*request)
            answers[status] += 1
            return status, headers, body

        try:
            ready.wait()
            device = RemoteDevice(Link(send, token))
            rng = numpy.random.default_rng(number)
            x, w = (device.array(rng.normal(size=(64, 64)).astype("float32")) for _ in range(2))
            for _ in range(STEPS):
                began = time.perf_counter()
                y = device.run(OPS["tanh"], (x @ w,), {})
                w = w - 0.01 * (x.T @ (y * (1.0 - y * y)))
                loss = float(device.asnumpy((y * y).sum()))
                times.append(time.perf_counter() - began)
                assert numpy.isfinite(loss)
            device.close()
        except Exception as problem:
            wrong.append(f"{type(problem).__name__}: {problem}")

    threads = [threading.Thread(target=client, args=(k,)) for k in range(CLIENTS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    others = {status: n for status, n in answers.items() if status >= 300 and status != 429}
    good = not wrong and not others and len(times) == CLIENTS * STEPS
    shown = {p: numpy.percentile(times, p) * 1e3 for p in (50, 90, 99, 100)} if times else {}
    percentiles = ", ".join(f"p{p} {value:.0f}" for p, value in shown.items())
    lines = [
        f"  {CLIENTS} clients at once, {STEPS} steps each: {len(times)} steps in {took:.1f} s; "
        f"ms a step: {percentiles}",
        f"    answers: {dict(sorted(answers.items()))}; 429 are asked again; other errors "
        f"{sum(others.values()) + len(wrong)} {'(reached)' if good else '(MISSED)'}",
    ]
    return lines + [f"    {text}" for text in sorted(set(wrong))[:3]]


def run() -> list[str]:
    """Measures; returns the lines of the report."""
    from playwright.sync_api import sync_playwright

    from tests.e2e.conftest import FLAGS
    from web.build import browser as chromium

    load = os.getloadavg()[0]
    lines = [f"Heavy work on a server (load of this machine before: {load:.1f})", *in_cpython()]
    site = ROOT / "build" / "site"
    has_page = (site / "index.html").exists()
    with serving() as (url, token), sync_playwright() as play:
        lines += batch(url, token)
        if has_page:
            browser = play.chromium.launch(executable_path=str(chromium.path()), args=FLAGS)
            lines[2:2] = in_pyodide(browser, site)
            lines += step_in_page(browser, site, url)
            browser.close()
        else:
            lines.append("  in the page: not measured, build/site is missing (run `make site`)")
        lines += crowd(url, token)
    return lines


def verdict(found: float, most: float) -> str:
    """Whether an aim is reached."""
    return "(reached)" if found <= most else "(MISSED)"


if __name__ == "__main__":
    print("\n".join(run()))
