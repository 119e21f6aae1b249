"""Exercises and predictions by mouse and keyboard, in an embed, and without Python."""

import pytest
from playwright.sync_api import Page, expect

from engine.compact import compact
from engine.kernel import Kernel
from engine.links import encode
from engine.trace import as_lists
from tests.e2e.conftest import violations
from tests.e2e.test_embed import course, element, frame, heard  # noqa: F401

HEAD = "# %%\nfrom mxnet import np, npx, autograd\nnpx.set_np()\n"
SQUARE = (
    HEAD
    + """# %% exercise The square
# Make the gradient of `x` **twice** $x$.
x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    y = x * 1
y.backward()

# %% hint
# Which product has `x` twice?
# %% hint
# It is called *squaring*.
# %% solution
x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    y = x * x
y.backward()
# %% check
from playground import close
assert close(x.grad, [2, 4])
# %%
'after'
"""
)
PREDICT = (
    HEAD
    + """x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    y = x * x  # predict: y
    z = y.sum()  # predict: z.shape
z.backward()  # predict: x.grad
"""
)


def link(code: str, run: bool = False) -> str:
    given = {"code": code}
    if run:
        done = Kernel().execute(code, seed=0)
        given["trace"] = compact(as_lists(done.document(all_summaries=True)))
    return encode(given)


def opened(playground, name: str, code: str = SQUARE) -> Page:
    """A document of its own, so that nothing was tried in it."""
    page = playground.page
    page.evaluate("hash => { location.hash = hash }", link(f"{code}# {name}\n"))
    expect(page.locator(".cm-content")).to_contain_text(f"# {name}")
    return page


def answer(page: Page, line: str, replacement: str) -> None:
    """Types a line of the answer anew."""
    page.locator(".cm-line", has_text=line).click()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.insert_text(replacement)


def test_a_wrong_answer_and_a_right_one(playground):
    page = opened(playground, "wrong and right")
    exercise = page.get_by_role("region", name="Exercise: The square")
    expect(page.locator(".exercise-task")).to_contain_text("Make the gradient of x twice")
    for hidden in ("close(x.grad", "y = x * x", "squaring", "# %% hint"):
        expect(page.locator(".cm-content")).not_to_contain_text(hidden)
    exercise.get_by_role("button", name="Check").click()
    result = exercise.locator(".exercise-result")
    expect(result).to_have_text("✗ Not yet: x.grad is [1 1]", timeout=30_000)
    expect(exercise).to_contain_text("1 attempt")
    answer(page, "y = x * 1", "    y = x * x * 1")
    expect(result).to_contain_text("before your last change")
    exercise.get_by_role("button", name="Check").click()
    expect(result).to_have_text("✓ Right.", timeout=30_000)
    expect(exercise).to_contain_text("2 attempts")
    assert playground.outputs() == ["'after'"]


def test_an_answer_that_stops_says_so(playground):
    page = opened(playground, "stops")
    answer(page, "y = x * 1", "    y = x * missing")
    page.get_by_role("button", name="Check", exact=True).first.click()
    expect(page.locator(".exercise-result")).to_have_text(
        "✗ Not yet: the answer stops with NameError in line 9", timeout=30_000
    )


def test_hints_come_one_by_one_and_the_solution_asks_once(playground):
    page = opened(playground, "hints")
    page.get_by_role("button", name="Hint 1 of 2").click()
    expect(page.get_by_role("note", name="Hint 1")).to_have_text("Hint 1Which product has x twice?")
    page.get_by_role("button", name="Hint 2 of 2").click()
    expect(page.get_by_role("note")).to_have_count(2)
    expect(page.get_by_role("button", name="Hint")).to_have_count(0)
    page.get_by_role("button", name="Show solution").click()
    expect(page.get_by_role("button", name="Show it")).to_be_focused()
    page.get_by_role("button", name="Not yet").click()
    expect(page.get_by_role("button", name="Show solution")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Solution")).to_contain_text("y = x * x")
    page.get_by_role("button", name="Put it into my answer").click()
    page.locator(".exercise").get_by_role("button", name="Check").click()
    expect(page.locator(".exercise-result")).to_have_text("✓ Right.", timeout=30_000)
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".cm-content")).to_contain_text("y = x * 1")
    expect(page.get_by_role("note")).to_have_count(0)
    expect(page.locator(".exercise-result")).to_be_hidden()


def test_what_is_folded_cannot_be_deleted(playground):
    page = opened(playground, "deleted")
    page.locator(".cm-content").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    expect(page.locator(".cm-content")).not_to_contain_text("attach_grad")
    expect(page.locator(".exercise-task")).to_be_visible()
    page.locator(".cm-answer").first.click()
    page.keyboard.insert_text("x = 7")
    page.locator(".exercise").get_by_role("button", name="Check").click()
    expect(page.locator(".exercise-result")).to_contain_text("Not yet: ", timeout=30_000)
    drafts = page.evaluate("Object.values(localStorage).filter(text => text.includes('x = 7'))")
    assert len(drafts) == 1 and "assert close(x.grad, [2, 4])" in drafts[0]


def test_the_source_opens_and_counts_as_seen(playground):
    page = opened(playground, "source")
    page.locator(".exercise-task").hover()
    page.get_by_role("button", name="Edit this exercise: shows its solution").click()
    expect(page.locator(".cm-content")).to_contain_text("assert close(x.grad, [2, 4])")
    page.get_by_role("button", name="Fold this exercise").click()
    expect(page.locator(".cm-content")).not_to_contain_text("assert close(x.grad, [2, 4])")
    expect(page.get_by_role("region", name="Solution")).to_be_visible()


def test_progress_is_there_after_loading_again(fresh):
    # Hints and solutions need no Python.
    page = fresh.page
    page.goto(fresh.url + link(f"{SQUARE}# reload\n"))
    page.get_by_role("button", name="Hint 1 of 2").click()
    page.reload()
    expect(page.get_by_role("note", name="Hint 1")).to_be_visible()
    expect(page.get_by_role("button", name="Hint 2 of 2")).to_be_visible()


def test_the_original_text_comes_without_tries_and_undo_brings_them_back(fresh):
    page = fresh.page
    page.goto(fresh.url + link(f"{SQUARE}# reset\n"))
    page.get_by_role("button", name="Hint 1 of 2").click()
    expect(page.locator(".cm-content")).to_be_visible()
    answer(page, "y = x * 1", "    y = x * 7")
    page.locator(".menu-button").click()
    page.get_by_role("menuitem", name="Back to the original text").click()
    expect(page.locator(".toast")).to_contain_text("every exercise is open again")
    expect(page.get_by_role("button", name="Hint 1 of 2")).to_be_visible()
    expect(page.locator(".cm-content")).to_contain_text("y = x * 1")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Hint 2 of 2")).to_be_visible()
    expect(page.locator(".cm-content")).to_contain_text("y = x * 7")


def test_an_exercise_is_checked_by_keyboard_alone(playground):
    page = opened(playground, "keyboard")
    page.locator(".cm-answer").first.click()
    page.keyboard.press("Escape")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Check":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".exercise-result")).to_contain_text("Not yet", timeout=30_000)
    assert page.evaluate("document.activeElement.textContent") == "Check"


def shown(page: Page) -> str:
    """All that stands in the picture."""
    page.locator(".gv-node").first.wait_for()
    return " ".join(page.locator(".gv-node text").all_text_contents())


def predicted(page: Page, name: str, text: str) -> str:
    field = page.get_by_label(name)
    field.fill(text)
    field.press("Enter")
    return page.locator(".predict li", has_text=name).locator(".predict-said").inner_text()


def test_a_value_a_shape_and_a_gradient_are_covered_until_they_are_predicted(playground):
    page = opened(playground, "predict", PREDICT)
    playground.run()
    assert "[1 4]" not in shown(page) and "[2 4]" not in shown(page) and "[? ?]" in shown(page)
    expect(page.locator(".predict h2")).to_have_text("Predict before you look: 3 of 3 covered")
    assert predicted(page, "Value of y", "[1, 2]") == "✗ Not yet: 1 of 2 numbers is right."
    assert predicted(page, "Value of y", "[1, 4]") == "✓ Right: y is [1 4]. (2 attempts)"
    assert "[1 4]" in shown(page) and "[2 4]" not in shown(page)
    assert predicted(page, "Shape of z", "hm").startswith("“hm” cannot be read: write a shape")
    assert predicted(page, "Shape of z", "(2,)") == "✗ Not yet: z has another shape."
    assert predicted(page, "Shape of z", "()") == "✓ Right: z has shape (). (2 attempts)"
    assert predicted(page, "Gradient of x", "[2, 2]").startswith("✗")
    page.get_by_role("button", name="Reveal").click()
    expect(page.locator(".predict li").last).to_contain_text("It is uncovered: x.grad is [2 4].")
    assert "[2 4]" in shown(page)
    # Another run does not cover them again, until the reader wishes it.
    playground.run()
    assert "[2 4]" in shown(page)
    page.get_by_role("button", name="Ask again").click()
    assert "[2 4]" not in shown(page)


def test_a_stored_run_is_predicted_without_python(fresh, axe):
    page = fresh.page
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(fresh.url + link(PREDICT, run=True))
    page.get_by_role("tab", name="Graph").click()
    assert "[? ?]" in shown(page)
    assert predicted(page, "Gradient of x", "2 4").startswith("✓ Right")
    assert "[2 4]" in shown(page)
    assert not [each for each in page.frames if "runner.html" in each.url]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page, axe) == []
    page.reload()
    page.get_by_role("tab", name="Graph").click()
    assert "[2 4]" in shown(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_exercises_are_accessible_and_fit(playground, axe, width):
    page = opened(playground, f"axe {width}")
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("button", name="Hint 1 of 2").click()
    page.get_by_role("button", name="Show solution").click()
    page.get_by_role("button", name="Show it").click()
    page.locator(".exercise").get_by_role("button", name="Check").click()
    expect(page.locator(".exercise-result")).to_contain_text("Not yet", timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page, axe) == []


def test_an_embed_tells_its_page_how_it_goes(course):  # noqa: F811
    page = course(element("one", SQUARE) + element("two", PREDICT))
    one, two = frame(page, "one"), frame(page, "two")
    check = one.locator(".exercise").get_by_role("button", name="Check")
    check.click()
    expect(one.locator(".exercise-result")).to_contain_text("Not yet", timeout=90_000)
    one.get_by_role("button", name="Show solution").click()
    one.get_by_role("button", name="Show it").click()
    one.get_by_role("button", name="Put it into my answer").click()
    check.click()
    expect(one.locator(".exercise-result")).to_have_text("✓ Right.", timeout=30_000)
    two.locator(".run").click()
    two.get_by_label("Gradient of x").fill("[2, 4]", timeout=90_000)
    two.get_by_label("Gradient of x").press("Enter")
    expect(two.locator(".predict li").last).to_contain_text("Right")
    told = [(name, detail) for _, name, detail in heard(page, "exercise")]
    assert told == [
        ("one", dict(exercise="The square", correct=False, attempts=1, shown=False)),
        ("one", dict(exercise="The square", correct=True, attempts=2, shown=True)),
        ("two", dict(exercise="predict x.grad", correct=True, attempts=1, shown=False)),
    ]
    # What checks say is no output.
    assert all(
        "x.grad" not in text for *_, each in heard(page, "result") for text in each["outputs"]
    )


def test_an_author_types_an_exercise_and_folds_it(playground):
    page = playground.page
    playground.write("")
    for line in ["# %% exercise Two", "# Make y two.", "y = 1", "# %% check", "y == 2"]:
        page.keyboard.type(line)
        page.keyboard.press("Escape")  # no completion
        page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_contain_text("y == 2")
    page.get_by_role("button", name="Fold this exercise").click()
    expect(page.locator(".cm-content")).not_to_contain_text("y == 2")
    page.locator(".exercise").get_by_role("button", name="Check").click()
    expect(page.locator(".exercise-result")).to_have_text("✗ Not yet: y is 1", timeout=30_000)


def test_an_exercise_is_there_to_be_read_before_the_editor_is(fresh):
    page = fresh.page
    page.goto(fresh.url + link(f"{SQUARE}# plain\n", run=True))
    plain = page.locator(".plain")
    expect(plain.locator(".exercise-task")).to_contain_text("Make the gradient of x")
    expect(plain.locator(".exercise")).to_be_visible()
    for hidden in ("close(x.grad", "y = x * x", "squaring"):
        expect(plain).not_to_contain_text(hidden)
    hint = page.get_by_role("button", name="Hint 1 of 2")
    hint.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("note", name="Hint 1")).to_be_visible()
    page.locator(".exercise").get_by_role("button", name="Check").click()
    result = page.locator(".exercise-result")
    expect(result).to_have_text("✗ Not yet: x.grad is [1 1]", timeout=90_000)
    assert not [each for each in fresh.complaints if "uncaught" in each]
