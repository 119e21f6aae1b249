"""Embeds in a page of another origin: nothing starts before it is used, one Python for all."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from engine.compact import compact
from engine.kernel import Kernel
from engine.links import decode, encode
from engine.trace import as_lists
from tests.e2e.conftest import ended, violations, wait_ended

PROGRAM = """# %% [markdown]
# # A slope
# %%
from mxnet import np, npx, autograd
npx.set_np()
x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    y = (x ** 2).sum()
y.backward()
x.grad
"""
LINK = encode(
    {
        "code": PROGRAM,
        "trace": compact(as_lists(Kernel().execute(PROGRAM, seed=0).document(all_summaries=True))),
    }
)
#: The program to be read, or in the editor.
PROGRAM_TEXT = ".plain, .cm-content"
SEEDED = """from mxnet import np
mine = globals().get('mine', 0) + 1
print({name!r}, mine, np.random.uniform(size=(1,)))
"""


@pytest.fixture(scope="module")
def course(browser, site, tmp_path_factory):
    """Makes a page on an origin of its own; gives the opened page and what it heard."""
    folder = tmp_path_factory.mktemp("course")
    headers = {}

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            """Says nothing."""

        def end_headers(self):
            for pair in headers.items():
                self.send_header(*pair)
            super().end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    contexts = []

    def made(body: str, script: bool = True, **sent: str) -> Page:
        headers.clear()
        headers.update({name.replace("_", "-"): value for name, value in sent.items()})
        kinds = ["ready", "result", "step", "selection", "exercise"]
        hear = "".join(
            f"addEventListener('autograd-{kind}', e => heard.push(['{kind}', e.target.id, e.detail]));"  # noqa: E501
            for kind in kinds
        )
        tag = f'<script async src="{site}embed.js"></script>' if script else ""
        (folder / "index.html").write_text(
            "<!doctype html><html lang=en><meta charset=utf-8><title>Course</title>"
            '<link rel="icon" href="data:,"><body style="max-width: 900px">'
            f"<h1>Course</h1><script>heard = [];{hear}</script>{tag}{body}",
            "utf-8",
        )
        # A test looks at one page; those before would keep their Pythons going.
        while contexts:
            contexts.pop().close()
        contexts.append(browser.new_context(viewport={"width": 1000, "height": 900}))
        page = contexts[-1].new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"http://localhost:{server.server_port}/")
        return page

    yield made
    for context in contexts:
        context.close()
    server.shutdown()


def element(name: str, code: str = "", **options) -> str:
    said = "".join(f' {key}="{value}"' for key, value in options.items())
    text = code.replace("&", "&amp;").replace("<", "&lt;")
    return f'<autograd-playground id="{name}"{said}><pre>\n{text}</pre></autograd-playground>'


def frame(page, name: str):
    return page.frame_locator(f"#{name} iframe")


def pythons(page) -> int:
    """How many interpreters were started."""
    return sum("runner.html" in each.url for each in page.frames)


def run(embed) -> None:
    app = embed.locator("#app")
    before = ended(app)
    embed.locator(".run").click()
    wait_ended(app, before, 90_000)
    expect(embed.locator(".status-text")).to_contain_text("ms")


def heard(page, kind: str, least: int = 1):
    """Messages come a little after what they tell of: waits for so many."""
    page.wait_for_function(
        "([kind, least]) => heard.filter(([one]) => one === kind).length >= least",
        arg=[kind, least],
    )
    return page.evaluate("kind => heard.filter(([one]) => one === kind)", kind)


def last(page, kind: str, told, timeout: float = 90_000) -> None:
    """Waits until the last message of a kind tells this."""
    page.wait_for_function(
        """([kind, told]) => {
            const detail = heard.filter(([one]) => one === kind).at(-1)?.[2] ?? {}
            return Object.entries(told).every(([key, value]) =>
                JSON.stringify(detail[key]) === JSON.stringify(value))
        }""",
        arg=[kind, told],
        timeout=timeout,
    )


def test_many_embeds_share_one_python_and_start_it_when_used(course):
    names = ["one", "two", "three"]
    page = course("".join(element(name, SEEDED.format(name=name), seed=4) for name in names))
    for name in names:
        page.locator(f"#{name}").scroll_into_view_if_needed()
        expect(frame(page, name).locator(PROGRAM_TEXT)).to_contain_text(f"print('{name}'")
    assert pythons(page) == 0
    assert not [url for url in page.asked if "/py/" in url]
    for name in ["one", "two", "three", "two"]:
        run(frame(page, name))
    assert pythons(page) == 1
    results = [(name, detail["outputs"]) for _, name, detail in heard(page, "result", 4)]
    # Each its own namespace, and the same seed gives all the same numbers.
    assert [name for name, _ in results] == ["one", "two", "three", "two"]
    assert {text.split(" ", 2)[1] for _, (text,) in results} == {"1"}
    assert len({text.split(" ", 2)[2] for _, (text,) in results}) == 1


def test_another_embed_takes_over_when_the_first_is_removed(course):
    page = course(element("one", "print(1)") + element("two", "print(2)"))
    run(frame(page, "one"))
    run(frame(page, "two"))
    page.evaluate("document.getElementById('one').remove()")
    page.wait_for_timeout(800)
    run(frame(page, "two"))
    assert pythons(page) == 1
    assert [detail["outputs"] for _, _, detail in heard(page, "result", 3)] == [
        ["1\n"],
        ["2\n"],
        ["2\n"],
    ]


def test_a_stored_run_needs_no_python_and_fits_its_height(course, axe):
    page = course(element("one", src=LINK, step=4) + element("two", src=LINK, show="graph"))
    one = frame(page, "one")
    expect(one.locator(".step-place")).to_contain_text("step 4 of 5")
    expect(frame(page, "two").locator(".gv-node")).to_have_count(3)
    expect(frame(page, "two").locator(".code-pane")).to_be_hidden()
    assert not [url for url in page.asked if "/py/" in url]
    inner = one.locator("#app").evaluate("app => Math.ceil(app.getBoundingClientRect().height)")
    page.wait_for_function(
        "inner => Math.abs(document.querySelector('#one').offsetHeight - inner) <= 1", arg=inner
    )
    for each in page.frames[1:]:
        assert violations(each, axe) == []


def test_the_page_around_drives_an_embed(course):
    page = course(element("one", src=LINK))
    embed = frame(page, "one")
    expect(embed.locator(".gv-node")).to_have_count(3)
    page.evaluate("document.getElementById('one').go(3)")
    expect(embed.locator(".step-place")).to_contain_text("step 4 of 5")
    last(page, "step", {"step": 3, "steps": 5})
    embed.locator(".gv-node").first.locator(".gv-hit").click()
    last(page, "selection", {"name": "x"})
    page.evaluate("document.getElementById('one').open({ code: 'print(6 * 7)' })")
    expect(embed.locator(PROGRAM_TEXT)).to_contain_text("print(6 * 7)")
    page.evaluate("document.getElementById('one').run()")
    last(page, "result", {"outputs": ["42\n"]})


def test_messages_of_others_do_nothing(course):
    page = course(element("one", src=LINK))
    embed = frame(page, "one")
    expect(embed.locator(".gv-node")).to_have_count(3)
    # Not from the parent: from the embed's own window and from a sibling.
    page.evaluate(
        """() => {
            const other = document.createElement('iframe')
            other.srcdoc = `<script>for (let i = 0; i < parent.length; i++) parent[i].postMessage(
                { channel: 'autograd-playground', type: 'open', code: 'stolen' }, '*')</script>`
            document.body.append(other)
        }"""
    )
    # From the parent, but nothing that an embed knows.
    page.evaluate(
        """() => {
            const { contentWindow } = document.querySelector('#one iframe')
            for (const wrong of [null, 'x', { type: 'open', code: 'stolen' },
                { channel: 'autograd-playground', type: 'open', code: 7 },
                { channel: 'autograd-playground', type: 'go', step: -1 },
                { channel: 'autograd-playground', type: 'steal' }])
                contentWindow.postMessage(wrong, '*')
        }"""
    )
    page.wait_for_timeout(300)
    expect(embed.locator(PROGRAM_TEXT)).to_contain_text("x.attach_grad()")


def test_an_opaque_sandbox_is_enough(course, site):
    page = course(
        '<iframe id="plain" sandbox="allow-scripts" width="900" height="500"'
        f' src="{site}embed.html{LINK}"></iframe>',
        script=False,
    )
    embed = page.frame_locator("#plain")
    expect(embed.locator(".gv-node")).to_have_count(3)
    run(embed)
    expect(embed.locator(".gv-node")).to_have_count(3)


@pytest.mark.parametrize("embedders", ["credentialless", "require-corp"])
def test_a_page_that_is_cross_origin_isolated_can_hold_embeds(course, embedders):
    page = course(
        element("one", src=LINK) + element("two", "print(2 + 3)"),
        Cross_Origin_Opener_Policy="same-origin",
        Cross_Origin_Embedder_Policy=embedders,
    )
    assert page.evaluate("crossOriginIsolated")
    expect(frame(page, "one").locator(".gv-node")).to_have_count(3)
    run(frame(page, "two"))
    expect(frame(page, "two").locator(".output").first).to_have_text("5")


def test_the_program_opens_in_the_whole_playground(course, site):
    page = course(element("one", "print('whole')", seed=5))
    with page.context.expect_page() as opened:
        frame(page, "one").get_by_role("button", name="Open in playground").click()
    opened.value.wait_for_load_state()
    held = decode(opened.value.url)
    assert (held["code"], held["seed"]) == ("print('whole')", 5)
    assert opened.value.url.startswith(site)


def test_without_javascript_and_in_print_the_program_is_text(browser, course, site, tmp_path):
    page = course(element("one", "print('text')"))
    expect(frame(page, "one").locator(PROGRAM_TEXT)).to_contain_text("print('text')")
    page.emulate_media(media="print")
    expect(page.locator("#one pre")).to_be_visible()
    expect(page.locator("#one iframe")).to_be_hidden()
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(page.url)
    expect(plain.locator("#one pre")).to_be_visible()
    context.close()


def test_lines_are_locked_and_programs_read_only(course):
    code = "a = 1\nb = 2\nc = 3\nprint(a, b, c)\n"
    page = course(element("one", code, lock="2,4") + element("two", code, readonly=""))
    embed = frame(page, "one")
    content = embed.locator(PROGRAM_TEXT)
    content.click()
    expect(embed.locator(".cm-locked")).to_have_count(2)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    expect(content).to_contain_text("b = 2")
    expect(content).to_contain_text("print(a, b, c)")
    expect(content).not_to_contain_text("a = 1")
    embed.get_by_role("button", name="Reset").click()
    expect(content).to_contain_text("a = 1")
    other = frame(page, "two").locator(PROGRAM_TEXT)
    other.click()
    expect(frame(page, "two").locator(".cm-content")).to_be_visible()
    page.keyboard.type("x")
    expect(other).to_contain_text("a = 1")
    expect(other).not_to_contain_text("x")


def test_what_names_nothing_says_so(course):
    page = course(element("one", src="#1.broken") + element("two", src="no-such-lesson"))
    expect(frame(page, "one").locator(".broken-link h2")).to_be_visible()
    expect(frame(page, "two").locator(".broken-link h2")).to_have_text("Nothing to show")


def test_in_a_column_of_text_program_and_picture_stand_below_each_other(course):
    page = course(element("one", src=LINK))
    page.set_viewport_size({"width": 640, "height": 900})
    embed = frame(page, "one")
    expect(embed.locator(".gv-node")).to_have_count(3)
    expect(embed.get_by_role("tab")).to_have_count(0)
    code, stage = embed.locator(".code-pane"), embed.locator(".stage")
    text = embed.locator(PROGRAM_TEXT)
    expect(text).to_be_visible()
    assert stage.bounding_box()["y"] >= code.bounding_box()["y"] + code.bounding_box()["height"] - 1
    # As high as the program: no empty room below it.
    last = text.locator("> *").last.bounding_box()
    assert (
        code.bounding_box()["height"] < last["y"] + last["height"] - code.bounding_box()["y"] + 80
    )


def test_what_a_page_says_before_the_embed_is_ready_is_not_lost(course, site):
    page = course(element("one", src=LINK))
    page.evaluate(
        """site => {
            const frame = document.createElement('iframe')
            frame.id = 'early'
            frame.src = `${site}embed.html#lesson=empty`
            frame.addEventListener('load', () => {
                for (const type of ['hello', 'go'])
                    frame.contentWindow.postMessage(
                        { channel: 'autograd-playground', type, step: null }, '*')
                frame.contentWindow.postMessage(
                    { channel: 'autograd-playground', type: 'open', code: 'early = 1' }, '*')
            })
            document.body.append(frame)
        }""",
        site,
    )
    expect(page.frame_locator("#early").locator(PROGRAM_TEXT)).to_contain_text("early = 1")


def test_it_fits_a_narrow_page(course, axe):
    page = course(element("one", src=LINK))
    page.set_viewport_size({"width": 340, "height": 700})
    embed = frame(page, "one")
    embed.get_by_role("tab", name="Graph").click()
    expect(embed.locator(".gv-node").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 340
    assert violations(page.frames[1], axe) == []
