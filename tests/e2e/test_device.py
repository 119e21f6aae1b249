"""Arrays on a server's device, from the page: the switch, `mx.gpu(0)`, what user code can reach."""

import json
import math
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from waitress.server import create_server

from engine.links import encode
from server import compute, create_app
from tests.e2e.conftest import Playground, violations

ROOT = Path(__file__).parents[2]

PRODUCT = """import mxnet as mx
from mxnet import np, npx, autograd
npx.set_np()
x = np.array([[1.0, 2.0], [3.0, 4.0]]{ctx})
x.attach_grad()
with autograd.record():
    y = (x * x * 2).sum()
y.backward()
print(float(y), x.grad.asnumpy().tolist(), x.ctx)
"""
SHOWN = "60.0 [[4.0, 8.0], [12.0, 16.0]] {}\n"
ON_GPU = PRODUCT.format(ctx=", ctx=mx.gpu(0)")
ANYWHERE = PRODUCT.format(ctx="")


class Offer:
    """The site on a server that offers a device, in this process; the device is a child's."""

    def __init__(self, device: str, **given):
        settings = compute.Settings(device=device, opens_per_minute=6000, **given)
        self.app = create_app(ROOT / "build" / "site", device=settings)
        self.server = create_server(self.app, host="127.0.0.1", port=0, threads=8)
        threading.Thread(target=self.server.run, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.effective_port}/"

    def sessions(self) -> int:
        """How many are open."""
        return self.service.status()["sessions"]

    @property
    def service(self):
        return self.app.extensions["compute"]

    def close(self) -> None:
        self.server.close()
        self.service.place.stop()


@pytest.fixture(scope="module")
def offer() -> Iterator[Offer]:
    """A server with NumPy as its device, for what is the same with every device."""
    made = Offer("cpu")
    yield made
    made.close()


@contextmanager
def opened(browser: Browser, url: str, **context) -> Iterator[Playground]:
    """A page of its own profile, loaded."""
    made = browser.new_context(viewport={"width": 1280, "height": 800}, **context)
    yield Playground(made.new_page(), url).open("#lesson=empty")
    made.close()


@pytest.fixture(scope="module")
def shared(browser: Browser, site: str, offer: Offer) -> Iterator[Playground]:
    """One page for the tests that leave no trace."""
    with opened(browser, offer.url) as made:
        yield made


@pytest.fixture
def there(shared: Playground) -> Iterator[Playground]:
    """The page with an offer, the switch on "browser"; it must not complain."""
    shared.page.set_viewport_size({"width": 1280, "height": 800})
    choose(shared.page, "in the browser")
    shared.lesson("empty")
    shared.complaints.clear()
    yield shared
    assert shared.complaints == []


def choose(page: Page, where: str) -> None:
    """Opens the panel, chooses, closes it."""
    button = page.locator(".device-button")
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    page.get_by_role("radio", name=where).check()
    page.keyboard.press("Escape")
    expect(page.locator(".device-panel")).to_be_hidden()


def counter(page: Page, what: str) -> str:
    """What the panel counts of the newest run."""
    row = page.locator(".device-counters div", has=page.locator("dt", has_text=re.compile(what)))
    return row.locator("dd").text_content()


# ----- The two ways -----


def test_a_program_that_names_the_gpu_runs_there_and_new_arrays_stay_here(there: Playground):
    assert " ops · " in there.run(ON_GPU, 90_000)
    assert there.outputs() == [SHOWN.format("gpu(0)")]
    assert there.nodes().count() > 2
    assert there.run(ANYWHERE, 90_000) and there.outputs() == [SHOWN.format("cpu(0)")]
    expect(there.page.locator(".device-counted")).to_have_text("")


def test_with_the_switch_the_same_program_runs_there(there: Playground):
    choose(there.page, "on the server")
    assert " ops · " in there.run(ANYWHERE, 90_000)
    assert there.outputs() == [SHOWN.format("gpu(0)")]
    expect(there.page.locator(".device-counted")).to_have_text(re.compile(r"\d+ ops · \d+ trips"))


def test_the_choice_stays_in_this_browser_and_is_in_no_link(there: Playground):
    def link() -> str:
        page.locator(".share-button").click()
        field = page.get_by_role("dialog", name="Share this program").get_by_role("textbox").first
        expect(field).to_have_value(re.compile("#1"))
        found = field.input_value()
        page.keyboard.press("Escape")
        return found

    page = there.page
    there.write(ANYWHERE)
    without = link()
    choose(page, "on the server")
    assert link() == without
    page.reload()
    there.wait_ready()
    expect(page.locator(".device-label")).to_have_text("Server")


# ----- What user code can reach -----

#: Runs in the worker: asks for addresses with the engine's own way out.
REACH = """import mxnet as mx
from engine import elsewhere
mx.gpu(0)
send = elsewhere.home.connected["gpu(0)"].link._send
free = dict(zip(send.__code__.co_freevars, (c.cell_contents for c in send.__closure__)))
for method, url in {asked!r}:
    request = free["js"].XMLHttpRequest.new()
    request.open(method, url, False)
    try:
        request.send()
        print(request.status)
    except Exception as error:
        print("refused")
"""


def test_user_code_reaches_addresses_of_sessions_and_nothing_else(there: Playground):
    url = there.url
    open_to_it = f"{url}api/v1/sessions/cpu.{'0' * 32}/cancel"
    closed = [
        ("GET", url),
        ("GET", f"{url}api/v1/hello"),
        ("POST", f"{url}api/v1/sessions"),
        ("GET", f"{url}metrics"),
        ("GET", f"{url}py/manifest.json"),
        ("GET", url.replace("127.0.0.1", "localhost") + "api/v1/sessions/a/cancel"),
        ("GET", "https://example.invalid/"),
    ]
    there.run(REACH.format(asked=[("POST", open_to_it), *closed]), 90_000)
    assert "".join(there.outputs()).split() == ["410"] + ["refused"] * len(closed)
    # The browser says in the console what the policy stopped: that is no complaint of the page.
    there.complaints.clear()


#: Looks for a word (given backwards) in every text that Python or JavaScript holds in the worker.
SEARCH = """import gc, js, mxnet as mx
from mxnet import np
x = np.ones((2, 2), ctx=mx.gpu(0)) + 1
print(float(x.sum()))
word = "{backwards}"[::-1]
found = []
def look(value):
    text = value if isinstance(value, str) else value.decode("latin1") if isinstance(
        value, bytes | bytearray) else ""
    if word in text and text is not word and len(text) < 2000:
        found.append(text)
for one in gc.get_objects():
    for value in gc.get_referents(one):
        look(value)
for name in js.Object.getOwnPropertyNames(js.self):
    try:
        look(str(getattr(js.self, name)))
    except Exception:
        pass
print(found)
"""


def test_user_code_has_the_session_and_never_the_token(there: Playground, offer: Offer):
    requests = []
    there.page.context.on("request", lambda request: requests.append(request))
    token = offer.service.local_token
    there.run(SEARCH.format(backwards=token[::-1]), 90_000)
    assert there.outputs() == ["8.0\n", "[]\n"] or there.outputs() == ["8.0\n[]\n"]
    # The search finds what is there: the session's name.
    there.run(SEARCH.format(backwards=".upc"), 90_000)
    assert "cpu." in "".join(there.outputs())
    with_token = [r for r in requests if "authorization" in r.headers]
    assert {(r.method, r.url, r.frame == there.page.main_frame) for r in with_token} == {
        ("POST", f"{there.url}api/v1/sessions", True)
    }
    assert all(token not in (r.post_data or "") for r in requests if r.method == "POST")


def policy(page: Page) -> str:
    """What the frame in which programs run may do."""
    frame = next(frame for frame in page.frames if frame != page.main_frame)
    assert frame.evaluate("() => self.origin") == "null"
    return frame.evaluate("() => document.querySelector('meta[http-equiv]').content")


def test_without_the_switch_and_the_word_the_runner_has_no_network_at_all(there: Playground):
    there.run(ON_GPU, 90_000)
    sessions = f"{there.url}api/v1/sessions/"
    assert policy(there.page).endswith(f"connect-src blob: {sessions}")
    there.run("x = 1  # not mx.gpu(0)", 90_000)
    assert policy(there.page).endswith("connect-src blob:")
    choose(there.page, "on the server")
    there.run("x = 1", 90_000)
    assert policy(there.page).endswith(f"connect-src blob: {sessions}")


def test_a_session_ends_with_the_next_run_and_with_the_page(
    browser: Browser, site: str, offer: Offer
):
    def until(count: int) -> None:
        """Waits: sessions are ended by messages that nobody waits for."""
        deadline = threading.Event()
        for _ in range(200):
            if offer.sessions() == count:
                return
            deadline.wait(0.1)
        assert offer.sessions() == count

    before = offer.sessions()
    with opened(browser, offer.url) as own:
        own.run(ON_GPU, 90_000)
        assert offer.sessions() == before + 1
        own.run(ON_GPU)
        until(before + 1)
        own.run("x = 1", 90_000)
        until(before)
        own.run(ON_GPU, 90_000)
        assert offer.sessions() == before + 1
        own.page.goto("about:blank")
        until(before)


def test_a_link_that_runs_by_itself_gets_no_device(there: Playground, offer: Offer):
    page = there.page
    choose(page, "on the server")
    before = offer.sessions()
    for code, said in (
        (ANYWHERE, SHOWN.format("cpu(0)")),
        (ON_GPU, "A link started this run: press Run"),
    ):
        ended = there._count()
        fragment = encode({"code": code, "view": {"run": True}})
        page.evaluate("hash => { location.hash = hash }", fragment)
        there.wait_end(ended, 90_000)
        expect(page.locator(".output-list")).to_contain_text(said)
    assert offer.sessions() <= before
    there.run(timeout=90_000)
    assert there.outputs() == [SHOWN.format("gpu(0)")]


# ----- Without a server -----


def test_on_a_host_without_a_device_there_is_no_switch_and_it_is_said_what_to_do(playground):
    expect(playground.page.locator(".device")).to_have_count(0)
    status = playground.run(ON_GPU)
    assert "line 4" in status
    assert "make serve-cuda" in playground.error()


# ----- The same numbers -----

DOCUMENTS = sorted((ROOT.parent / "shared" / "acceptance").glob("seed_*.py"))
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?!\w)")


def alike(ours: str, theirs: str, rel: float = 2e-5) -> bool:
    """The same text but for the device's name and the last digits of numbers."""
    texts = [re.sub(r"(, ctx=|\s*@)?[cg]pu\(0\)", "", text) for text in (ours, theirs)]
    words = ["".join(NUMBER.sub("#", text).split()) for text in texts]
    pairs = zip(*(NUMBER.findall(text) for text in texts), strict=False)
    return words[0] == words[1] and all(
        math.isclose(float(a), float(b), rel_tol=rel, abs_tol=2e-6) for a, b in pairs
    )


@pytest.fixture(scope="module", params=["fake", "cpu"])
def switched(request, browser: Browser, site: str) -> Iterator[Playground]:
    """A page whose new arrays live on a server, for each kind of device that needs no GPU."""
    made = Offer(request.param)
    with opened(browser, made.url) as playground:
        choose(playground.page, "on the server")
        yield playground
        assert playground.complaints == []
    made.close()


def check_run(playground: Playground, code: str | None, expected: list[str]) -> None:
    """Runs on the server what shows `expected` in MXNet, and in the browser."""
    status = playground.run(code, timeout=90_000)
    assert " ops · " in status
    shown = playground.outputs()
    assert len(shown) == len(expected)
    assert [(s, e) for s, e in zip(shown, expected, strict=True) if not alike(s, e)] == []


@pytest.mark.skipif(not DOCUMENTS, reason="the documents' programs are not beside this")
def test_the_documents_show_there_what_they_show(switched: Playground):
    for script in DOCUMENTS:
        expected = json.loads(script.with_suffix(".expected.json").read_text())
        check_run(switched, script.read_text("utf-8"), [text for text in expected if text])
        assert int(counter(switched.page, "round trips")) > 0
        assert switched.nodes().count() > 0


def test_the_lessons_show_there_what_they_show(switched: Playground, lesson_results: dict):
    for name, cells in lesson_results.items():
        switched.lesson(name.split("-", 1)[1])
        expect(switched.page.locator(".prose").first).to_be_visible()
        texts = [text for cell in cells for text in (cell["stdout"], cell["result"]) if text]
        check_run(switched, None, texts)
    switched.lesson("empty")


#: As many weights as for MNIST; digits are drawn: a blot for each class, and noise.
MLP = """import mxnet as mx
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn
npx.set_np()
ctx = mx.gpu(0) if {there} else mx.cpu()
blots = np.random.uniform(0, 1, (10, 784))
labels = np.arange(640) % 10
digits = blots[labels.astype("int32")] + np.random.normal(0, 0.3, (640, 784))
digits, labels = digits.as_in_ctx(ctx), labels.as_in_ctx(ctx)
net = nn.Sequential()
net.add(nn.Dense(128, activation="relu"), nn.Dense(10))
net.initialize(init.Normal(0.05), ctx=mx.cpu())
net(digits[:1].as_in_ctx(mx.cpu()))
net.reset_ctx(ctx)
loss = gluon.loss.SoftmaxCrossEntropyLoss()
trainer = gluon.Trainer(net.collect_params(), "sgd", {{"learning_rate": 0.1}})
total = 0
for step in range(24):
    rows = slice(step % 10 * 64, step % 10 * 64 + 64)
    with autograd.record():
        l = loss(net(digits[rows]), labels[rows])
    l.backward()
    trainer.step(64)
    total = total + l.mean()
    if step % 12 == 11:
        print(step, float(total))
right = (net(digits).argmax(axis=1) == labels).mean()
print("right", float(right), net[0].weight.data().ctx)
"""


def run_long(playground: Playground, code: str) -> None:
    """Runs a program that a busy machine may not do in the page's first 10 seconds."""
    status = playground.run(code, 120_000)
    if "stopped after" in status:
        before = playground._count()
        playground.page.get_by_role("button", name="Run with 60 s").click()
        playground.wait_end(before, 120_000)
    assert " ops · " in playground.status()


def test_a_network_for_mnist_trains_there_to_the_same_numbers(switched: Playground):
    run_long(switched, MLP.format(there=True))
    there = "".join(switched.outputs())
    page = switched.page
    assert "gpu(0)" in there
    sent, trips = (int(counter(page, what).replace(",", "")) for what in ("of them sent", "trips"))
    assert counter(page, "recorded") == counter(page, "of them sent")
    assert sent > 24 * 10 and trips < sent / 10
    choose(page, "in the browser")
    run_long(switched, MLP.format(there=False))
    choose(page, "on the server")
    here = "".join(switched.outputs())
    assert "cpu(0)" in here and alike(there, here, 2e-3), f"{there}\n{here}"
    assert float(re.search(r"right (\S+)", here)[1]) > 0.9


# ----- While it runs, and when it cannot -----

STEPS = """import mxnet as mx
from mxnet import np, npx, autograd
npx.set_np()
x = np.ones((30, 30), ctx=mx.gpu(0))
w = np.ones((30, 30), ctx=mx.gpu(0)) / 30
w.attach_grad()
for i in range(100000):
    with autograd.record():
        y = np.dot(x, w).sum()
    y.backward()
    w -= 1e-6 * w.grad
    print(i, float(y))
"""


@pytest.fixture
def held(offer: Offer, monkeypatch) -> Iterator[threading.Event]:
    """The device takes frames and works on them until it is told to stop, or the event is set."""
    service, release, working = offer.service, threading.Event(), threading.Event()
    ask, cancel = service.ask, service.cancel

    def slow(sid, head, *given):
        if head["do"] == "answer" and not release.is_set():
            working.set()
            assert release.wait(120)
        return ask(sid, head, *given)

    def stop(sid):
        cancel(sid)
        release.set()

    release.working = working
    monkeypatch.setattr(service, "ask", slow)
    monkeypatch.setattr(service, "cancel", stop)
    yield release
    release.set()


def test_a_stop_is_heard_while_the_server_works(there: Playground, held: threading.Event):
    there.start(STEPS)
    expect(there.page.locator(".device-counted")).to_contain_text("at work for", timeout=90_000)
    assert held.working.is_set() and not held.is_set()
    there.page.locator(".run.stopping").click()
    expect(there.page.locator(".status-text")).to_have_text("stopped")
    expect(there.page.get_by_role("region", name="How the run ended")).to_contain_text("Stopped")
    expect(there.page.locator(".gv-node").first).to_be_visible()


def test_a_lost_server_leaves_the_picture_and_its_line_and_run_starts_again(
    browser: Browser, site: str, tmp_path: Path
):
    with serving(port := free_port()) as first, opened(browser, f"http://127.0.0.1:{port}/") as own:
        page = own.page
        own.start(STEPS)
        expect(page.locator(".output-list")).to_contain_text("20 ", timeout=90_000)
        before = own._count()
        first.kill()
        first.wait()
        own.wait_end(before, 60_000)
        assert own.status() == "DeviceLost · line 12"
        assert "cannot be reached" in own.error() and "Press Run to start again" in own.error()
        assert own.outputs()[0].startswith("0 900.0")
        # The picture has all turns, and the numbers that came before.
        expect(page.locator(".gv-node", has_text="x").first).to_contain_text("all 1")
        expect(page.locator(".device-label")).to_have_text("Browser")
        own.run()
        assert own.status() == "DeviceLost · line 4" and "does not answer" in own.error()
        with serving(port):  # it has another token now
            own.run(STEPS.replace("100000", "3"))
            assert " ops · " in own.status() and len(own.outputs()) >= 1
            assert int(counter(page, "round trips")) >= 3


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def serving(port: int) -> Iterator[subprocess.Popen]:
    """A server process of its own, which can be killed; its device goes with it."""
    command = [sys.executable, "-m", "server", "--device", "cpu", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout:
            if f":{port}" in line:
                break
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# ----- Looking closer -----

LARGE = """import mxnet as mx
from mxnet import np, npx, autograd
npx.set_np()
x = np.arange(160000.0, ctx=mx.gpu(0)).reshape(400, 400)
w = np.ones((400, 2), ctx=mx.gpu(0))
w.attach_grad()
with autograd.record():
    y = np.dot(x, w)
    s = npx.sigmoid(y * 1e-8).sum()
s.backward()
"""


def test_values_are_looked_at_without_moving_whole_arrays(there: Playground, offer: Offer):
    page = there.page
    before = offer.service.counters["bytes_out"]
    assert " ops · " in there.run(LARGE, 90_000)
    there.nodes().filter(has_text="x").first.click()
    card = page.locator(".gv-card")
    expect(card).to_contain_text("gpu(0)")
    expect(card).to_contain_text("159999")
    card.get_by_role("button", name="Numbers", exact=True).first.click()
    table = card.get_by_role("table", name="Numbers of the value of the result")
    expect(table.locator("tbody td").first).to_have_text("0")
    card.get_by_role("button", name="Rows after").click()
    expect(table.locator("tbody th").first).to_have_text("12")
    expect(table.locator("tbody td").first).to_have_text("4800")
    page.get_by_role("button", name="Step back").click()
    expect(page.locator(".gv-node").first).to_be_visible()
    moved = offer.service.counters["bytes_out"] - before
    assert 2_000 < moved < 60_000  # of 640,000 bytes that x alone has
    page.get_by_role("button", name="Check gradients").click()
    expect(page.locator(".check-panel")).to_have_attribute("data-end", "all", timeout=60_000)
    expect(page.locator(".check-text")).to_have_text(re.compile("All .* agree"))


HEAVY = """from mxnet import np, npx, autograd
import time
npx.set_np()
began = time.perf_counter()
x = np.ones((256, 256)) / 256
while time.perf_counter() - began < 2.5:
    y = np.dot(x, x)
"""


def test_a_heavy_run_in_the_browser_is_told_of_the_server_once(there: Playground):
    page = there.page
    hint = page.get_by_role("complementary", name="Suggestion")
    there.run("x = 1", 90_000)
    expect(hint).to_be_hidden()
    there.run(HEAVY)
    expect(hint).to_contain_text(re.compile(r"computed [\d.]+ [GT]FLOP in [\d.]+ s"))
    expect(hint).to_contain_text("NumPy")
    hint.get_by_role("button", name="Use the server").click()
    expect(hint).to_be_hidden()
    expect(page.locator(".device-label")).to_have_text("Server")
    choose(page, "in the browser")
    there.run(HEAVY, 90_000)
    hint.get_by_role("button", name="Do not suggest").click()
    there.run(HEAVY)
    expect(hint).to_be_hidden()
    page.evaluate("localStorage.removeItem('autograd-playground:device-hint')")


# ----- How it looks -----


def test_the_panel_is_for_keyboards_and_every_width(there: Playground, axe: str):
    page = there.page
    there.run(ON_GPU, 90_000)
    button = page.get_by_role("button", name=re.compile("^Device: ?Browser"))
    button.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="Device")
    expect(page.get_by_role("radio", name="in the browser")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".device-label")).to_have_text("Server")
    expect(panel).to_contain_text("NumPy")
    for width, theme in ((1280, "light"), (320, "dark"), (760, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)
        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        box = panel.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0 and box["y"] + box["height"] <= 800
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(".device-button")).to_be_focused()
    page.emulate_media(color_scheme="light")
