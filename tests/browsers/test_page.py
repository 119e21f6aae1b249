"""The page itself in browsers of other makes: it starts, runs, draws and stops."""

import json

import pytest

from tests.browsers.conftest import until

STATUS = "return document.querySelector('.status-text')?.textContent ?? ''"
ENDED = "return document.querySelector('#app').dataset.ended ?? '0'"
NODES = "return document.querySelectorAll('.gv-node').length"


@pytest.fixture
def page(browser, site):
    """The opened page, Python ready."""
    browser.open("about:blank")
    browser.open(f"{site}#lesson=empty")
    until(lambda: browser.evaluate(STATUS), lambda text: "ready" in text, 120)
    return browser


def write(page, code: str) -> None:
    """Puts a program into the page as a file that is dropped would be."""
    page.evaluate(
        "const files = new DataTransfer();"
        f"files.items.add(new File([{json.dumps(code)}], 'program.py', {{ type: 'text/plain' }}));"
        "for (const kind of ['dragenter', 'dragover', 'drop'])"
        "document.querySelector('#app').dispatchEvent(new DragEvent(kind,"
        " { dataTransfer: files, bubbles: true, cancelable: true })); return null"
    )
    shown = "return document.querySelector('.code-pane').textContent"
    line = code.splitlines()[0]
    until(lambda: page.evaluate(shown), lambda text: line in text)


def press(page) -> None:
    page.evaluate("document.querySelector('.run').click(); return null")


def run(page, seconds: float = 60) -> str:
    before = page.evaluate(ENDED)
    press(page)
    until(lambda: page.evaluate(ENDED), lambda now: now != before, seconds)
    return page.evaluate(STATUS)


PROGRAM = """# a program of this test
from mxnet import np, npx, autograd
npx.set_np()
x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    y = (x ** 2).sum()
y.backward()
print(x.grad)
"""


def outputs(page) -> str:
    return page.evaluate("return document.querySelector('.output-list')?.textContent ?? ''")


def test_a_program_runs_and_its_graph_is_drawn(page):
    write(page, PROGRAM)
    run(page)
    assert "[2. 4.]" in outputs(page)
    until(lambda: page.evaluate(NODES), lambda nodes: nodes == 3)


def test_a_run_that_never_ends_is_stopped_and_python_goes_on(page):
    write(page, "# endless\nwhile True:\n    pass\n")
    before = page.evaluate(ENDED)
    press(page)
    until(lambda: page.evaluate("return document.querySelector('.run.stopping') !== null"))
    press(page)
    until(lambda: page.evaluate(ENDED), lambda now: now != before, 20)
    write(page, "# after it\nprint(6 * 7)\n")
    until(lambda: page.evaluate("return document.querySelector('.run.stopping') === null"))
    run(page)
    assert "42" in outputs(page)


def test_a_run_with_an_error_says_the_line(page):
    write(page, "# wrong\n1 / 0\n")
    assert "error" in run(page).lower() or "ZeroDivisionError" in outputs(page)
    assert "line 2" in outputs(page)
