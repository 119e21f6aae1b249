"""The course of tests/e2e/course in browsers of other makes."""

import pytest

from tests.browsers.conftest import until

COUNT = 10
PYTHONS = """
let found = 0
const count = (one) => {
  for (let i = 0; i < one.length; i++) { found += 1; count(one[i]) }
}
count(window)
return found - document.querySelectorAll('autograd-playground iframe').length
"""


@pytest.fixture
def course(browser, address):
    """The opened course, every embed loaded."""
    browser.open("about:blank")
    browser.open(address)
    browser.evaluate(
        "window.heard = []; addEventListener('autograd-result', ({ target, detail }) =>"
        " { heard.push([target.title, detail]) }); return null"
    )
    for k in range(COUNT):
        browser.evaluate(
            f"document.querySelectorAll('autograd-playground')[{k}].scrollIntoView(); return null"
        )
        until(lambda k=k: ready(browser, k), seconds=60)
    return browser


def ready(browser, embed: int) -> bool:
    try:
        return browser.evaluate("return document.querySelector('.run') !== null", embed)
    except (RuntimeError, StopIteration):
        return False  # the frame is still on its way


def boxes(browser, embed: int) -> int:
    """Boxes of the still picture, which was drawn when the course was built."""
    alt = browser.evaluate(
        f"return document.querySelectorAll('autograd-playground')[{embed}]"
        ".querySelector('img.autograd-picture')?.alt ?? ': 0 nodes'"
    )
    return int(alt.split(": ")[1].split(" ")[0])


def test_each_shows_its_own_program_and_picture_and_no_python_runs(course):
    drawn = "return document.querySelectorAll('.gv-node').length"
    shown = "return document.querySelector('.code-pane').textContent"
    for k in range(COUNT):
        until(lambda k=k: course.evaluate(drawn, k), lambda n, k=k: n == boxes(course, k))
        first = course.evaluate(
            f"return document.querySelectorAll('autograd-playground')[{k}]"
            ".querySelector('.autograd-program pre').textContent.split('# %% check')[0]"
            ".trim().split('\\n').at(-1)"
        )
        assert first in until(lambda k=k: course.evaluate(shown, k)), k
    assert course.evaluate(PYTHONS) == 0


def test_heights_fit(course):
    outside = "return document.querySelectorAll('autograd-playground iframe')[{}].offsetHeight"
    inside = "return Math.ceil(document.querySelector('#app').getBoundingClientRect().height)"
    for k in range(COUNT - 1):
        until(
            lambda k=k: course.evaluate(outside.format(k)) - course.evaluate(inside, k),
            lambda difference: abs(difference) <= 1,
        )


def test_after_clicks_one_python_has_run_each_its_own_program(course):
    said = (
        "return document.querySelectorAll('autograd-playground')[{}]"
        ".querySelector('.autograd-output pre')?.textContent.trim() ?? ''"
    )
    for turn, k in enumerate([1, 5, 9, 1]):
        course.evaluate("document.querySelector('.run').click(); return null", k)
        until(lambda: course.evaluate("return heard.length"), lambda n, t=turn: n > t, 120)
        _, result = course.evaluate("return heard.at(-1)")
        # The answer to an exercise was judged as well when the course was built.
        assert course.evaluate(said.format(k)).startswith("".join(result["outputs"]).strip()), k
    assert course.evaluate(PYTHONS) == 1


def test_a_step_is_gone_to_and_a_node_chosen(course):
    course.evaluate("document.querySelectorAll('autograd-playground')[1].go(2); return null")
    place = "return document.querySelector('.step-place')?.textContent ?? ''"
    until(lambda: course.evaluate(place, 1), lambda text: "step 3" in text)
    course.evaluate(
        "document.querySelector('.gv-node .gv-hit').dispatchEvent("
        "new MouseEvent('click', { bubbles: true })); return null",
        1,
    )
    assert course.evaluate("return document.querySelectorAll('.gv-node.is-selected').length", 1)
