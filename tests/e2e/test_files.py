"""Files that leave the page and come back; a stored run is shown and explained without Python."""

import json
import shutil
import subprocess
import xml.dom.minidom

import pytest
from playwright.sync_api import expect

from engine.kernel import Kernel
from engine.trace import as_lists
from tests.e2e.conftest import violations

PROGRAM = """# %% [markdown]
# # Two steps
# With $x^2$.
# %%
from mxnet import np, npx, autograd
npx.set_np()
x = np.array([1.0, -2.0])
x.attach_grad()
with autograd.record():
    y = npx.relu(x) * 3
    z = y.sum()
z.backward()
x.grad
"""
KINDS = {
    "SVG": "svg",
    "PNG": "png",
    "DOT": "dot",
    "Derivation": "md",
    "Trace": "json",
    "Python": "py",
    "Notebook": "ipynb",
}


@pytest.fixture
def dialog(playground):
    page = playground.page
    playground.run(PROGRAM)
    page.locator(".share-button").click()
    yield page.get_by_role("dialog", name="Share this program")
    page.keyboard.press("Escape")


def saved(dialog, label: str) -> bytes:
    """What the button of a kind of file saves."""
    button = dialog.locator(".take-button", has=dialog.page.locator("b", has_text=label))
    with dialog.page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == f"empty-program.{KINDS[label]}"
    expect(dialog.locator(".take-said")).to_have_text(f"Saved empty-program.{KINDS[label]}.")
    return download.value.path().read_bytes()


# ----- Taken away --------------------------------------------------------------------------------


def test_every_kind_of_file_is_saved_whole(dialog):
    assert saved(dialog, "Python").decode() == PROGRAM
    svg = xml.dom.minidom.parseString(saved(dialog, "SVG"))
    assert len(svg.getElementsByTagName("title")) == 1 + 4
    png = saved(dialog, "PNG")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    root = svg.documentElement
    assert (width, height) == tuple(
        2 * int(root.getAttribute(name)) for name in ("width", "height")
    )
    trace = json.loads(saved(dialog, "Trace"))
    assert trace["version"] == 1 and trace["code"] == PROGRAM
    assert all(summary is not None for summary in trace["values"]["summaries"])
    notebook = json.loads(saved(dialog, "Notebook"))
    assert notebook["cells"][0]["source"] == ["# Two steps\n", "With $x^2$."]
    shown = notebook["cells"][1]["outputs"][0]
    assert shown["data"]["text/plain"] == ["array([3., 0.])"]
    derivation = saved(dialog, "Derivation").decode()
    assert "the gradient of `npx.relu(x)` gets" in derivation
    assert derivation.count("**Step ") == 7


def test_graphviz_reads_the_dot_file(dialog, tmp_path):
    text = saved(dialog, "DOT")
    assert text.count(b"->") == 6
    if not shutil.which("dot"):
        pytest.skip("Graphviz is not installed here; its file was still counted")
    done = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b'class="node"') == 4


def test_the_dialog_is_usable_by_keyboard_and_by_readers(dialog, axe):
    page = dialog.page
    seen = []
    for _ in range(20):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.innerText.split('\\n')[0]"))
    assert {"Copy", *KINDS} <= set(seen)
    assert violations(page, axe) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_without_a_run_only_the_program_can_be_saved(playground):
    playground.lesson("attach-and-backward")
    playground.page.locator(".share-button").click()
    enabled = playground.page.locator(".take-button:enabled b")
    expect(enabled).to_have_text(["Python", "Notebook"])
    expect(playground.page.locator(".take-said")).to_contain_text("Run the program first")
    playground.page.keyboard.press("Escape")


# ----- Brought back ------------------------------------------------------------------------------


def stored_trace(code: str) -> str:
    """The trace of a program as `python -m engine trace` prints it."""
    return json.dumps(as_lists(Kernel().execute(code, seed=0).document(all_summaries=True)))


def give(page, name: str, text: str) -> None:
    """Opens a file by the menu."""
    page.locator(".menu-button").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Open a file").click()
    chooser.value.set_files([{"name": name, "mimeType": "", "buffer": text.encode()}])


DROP = """({name, text}) => {
    const data = new DataTransfer()
    data.items.add(new File([text], name))
    for (const type of ['dragover', 'drop'])
        document.querySelector('.cm-content').dispatchEvent(
            new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
}"""


def test_a_notebook_is_opened_and_run(playground):
    cells = [
        {"cell_type": "markdown", "source": ["# Mine\n", "text"]},
        {"cell_type": "code", "source": "print(6 * 7)"},
    ]
    give(playground.page, "mine.ipynb", json.dumps({"nbformat": 4, "cells": cells}))
    expect(playground.page.locator(".menu-label")).to_contain_text("mine.ipynb")
    expect(playground.page.locator(".cm-content h1")).to_have_text("Mine")
    playground.run()
    assert playground.outputs() == ["42\n"]


def test_a_program_is_dropped_on_the_editor(playground):
    text = "print('dropped')\r\n"
    playground.page.evaluate(DROP, {"name": "d.py", "text": text})
    expect(playground.page.locator(".cm-content")).to_have_text("print('dropped')")


def test_an_opened_program_is_there_after_loading_the_page_again(fresh):
    fresh.open()
    give(fresh.page, "kept.py", "print('kept')\n")
    expect(fresh.page.locator(".menu-label")).to_contain_text("kept.py")
    fresh.page.reload()
    expect(fresh.page.locator(".menu-label")).to_contain_text("kept.py")
    expect(fresh.page.locator(".cm-content")).to_have_text("print('kept')")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("x.png", "", "cannot be opened here"),
        ("x.ipynb", '{"cells": [', "not JSON"),
        ("x.json", '{"version": 1, "code": 7}', "no trace that can be shown"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(playground, name, text, says):
    playground.write("mine = 1")
    give(playground.page, name, text)
    expect(playground.page.locator(".toast")).to_contain_text(says)
    expect(playground.page.locator(".cm-content")).to_have_text("mine = 1")
    playground.page.locator(".toast button").click()
    expect(playground.page.locator(".toast")).to_be_hidden()


def test_only_files_of_this_site_are_opened_by_address(fresh):
    page = fresh.page
    for path in ("https://example.com/x.py", "//example.com/x.py", "data:text/x-python,1"):
        page.goto("about:blank")
        page.goto(f"{fresh.url}#open={path}")
        expect(page.locator(".broken-link h2")).to_have_text("This file cannot be opened")
        expect(page.locator(".broken-link")).to_contain_text("Only files of this site")
    page.goto("about:blank")
    page.goto(f"{fresh.url}#open=nothing.py")
    expect(page.locator(".broken-link")).to_contain_text("is not there (404)")


# ----- A stored run ------------------------------------------------------------------------------


@pytest.fixture
def viewer(fresh):
    """A stored run, opened by address where no file of Python can be had."""
    fresh.asked, fresh.loaded = [], []
    fresh.page.on("request", lambda request: fresh.loaded.append(request.url))
    page = fresh.page

    def answer(route):
        fresh.asked.append(route.request.url)
        route.abort()

    page.route("**/py/**", answer)
    page.route(
        "**/run.json",
        lambda route: route.fulfill(body=stored_trace(PROGRAM), content_type="application/json"),
    )
    page.goto(f"{fresh.url}#open=run.json")
    expect(fresh.nodes()).to_have_count(4)
    return fresh


def test_a_stored_run_is_shown_without_python(viewer, axe):
    page = viewer.page
    assert viewer.status() == "stored run"
    assert viewer.outputs() == ["array([3., 0.])"]
    # Stepped, with mathematics and sentences.
    page.get_by_role("slider", name="Step").focus()
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".step-place")).to_contain_text("step 5 of 7")
    expect(page.locator(".step-formula .katex").nth(2)).to_be_visible()
    # Selected, inspected, explained, marked in the code.
    page.locator(".gv-node", has_text="x").first.locator(".gv-hit").click()
    expect(page.locator(".gv-card")).to_contain_text("np.array([1.0, -2.0])")
    assert viewer.marks() == ["np.array([1.0, -2.0])"]
    page.get_by_role("slider", name="Step").focus()
    page.keyboard.press("End")
    page.locator(".gv-node", has_text="x").first.locator(".gv-hit").click()
    expect(page.locator(".gv-why")).to_be_visible()
    # Listed.
    page.get_by_role("button", name="Steps", exact=True).click()
    expect(page.locator(".steps-row")).to_have_count(7)
    assert violations(page, axe) == []
    assert viewer.asked == []
    assert viewer.complaints == []


def test_a_stored_run_can_be_saved_again(viewer):
    viewer.page.locator(".share-button").click()
    with viewer.page.expect_download() as download:
        viewer.page.locator(".take-button", has_text="Trace").click()
    again = json.loads(download.value.path().read_text())
    assert again["code"] == PROGRAM
    assert viewer.asked == []


def test_the_editor_comes_where_the_reader_points(viewer):
    page = viewer.page
    assert not [url for url in viewer.loaded if "/load-" in url]
    expect(page.locator(".plain")).to_contain_text("x.attach_grad()")
    expect(page.locator(".plain .prose h1")).to_have_text("Two steps")
    expect(page.locator(".plain .cell-output")).to_contain_text("array([3., 0.])")
    page.locator(".plain-line", has_text="z = y.sum()").click()
    expect(page.locator(".cm-content")).to_be_focused()
    expect(page.locator(".plain")).to_have_count(0)
    expect(page.locator(".cm-activeLineGutter")).to_have_text("11")
    # What was shown is shown again.
    expect(page.locator(".cell-output")).to_contain_text("array([3., 0.])")
    assert viewer.asked == []


def test_an_edit_starts_python(viewer):
    viewer.page.unroute("**/py/**")
    viewer.write("print('awake')")
    viewer.page.locator(".run").click()
    viewer.wait_end("0", 90_000)
    assert viewer.outputs() == ["awake\n"]
