"""Walking through a program: the bar, the picture at a step, the formulas, the list of steps."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import violations

TWICE = """from mxnet import np, autograd
x = np.array([1.0, 2.0, 3.0])
x.attach_grad()
with autograd.record():
    y = x * x
    z = y.sum()
z.backward()
"""
SECOND = """from mxnet import np, autograd
x = np.array([0.5, 1.0])
x.attach_grad()
with autograd.record():
    y = np.sin(x) * x
    g = autograd.grad(y, x, create_graph=True)[0]
    z = (g * g).sum()
z.backward()
"""
BROADCAST = """from mxnet import np, autograd
X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
b = np.array([10.0, 20.0])
b.attach_grad()
with autograd.record():
    total = (X * b).sum()
total.backward()
"""
LOOP = """from mxnet import np, autograd
x = np.array([0.5, 0.2])
x.attach_grad()
with autograd.record():
    y = x
    for k in range(40):
        y = np.sin(y) * 1.1
y.backward()
"""
#: Far above what is summarised at once: numbers come when they are looked at.
LONG = LOOP.replace("range(40)", "range(1000)").replace("[0.5, 0.2]", "[0.01, 0.02]")


@pytest.fixture
def stepper(playground):
    return Stepper(playground)


class Stepper:
    def __init__(self, playground):
        self.playground = playground
        self.page = playground.page
        self.track = self.page.get_by_role("slider", name="Step")
        self.sentence = self.page.locator(".step-sentence")

    def run(self, code):
        self.playground.run(code)
        self.steps = int(self.track.get_attribute("aria-valuemax"))
        return self

    def press(self, *keys):
        self.track.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def go(self, step):
        """To a step, counted from 1."""
        self.press("Home", *["ArrowRight"] * (step - 1))
        expect(self.track).to_have_attribute("aria-valuenow", str(step))

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def phases(self, phase):
        return self.page.locator(f".gv-node.at-{phase}")

    def formulas(self):
        expect(self.page.locator(".step-formula .katex").nth(2)).to_be_visible()
        return self.page.locator(".step-formula annotation").all_text_contents()


def test_the_picture_shows_the_end_until_a_step_is_chosen(stepper):
    stepper.run(TWICE)
    expect(stepper.sentence).to_contain_text("All 6 steps are done")
    expect(stepper.page.locator(".gv-node text.gv-grad")).to_have_count(3)
    assert stepper.phases("future").count() == 0


def test_forward_and_back_fill_the_picture(stepper):
    stepper.run(TWICE).go(2)
    expect(stepper.sentence).to_have_text("step 2 of 6: `x * x`, line 5: y is [1 4 9]")
    expect(stepper.phases("current")).to_have_count(1)
    expect(stepper.phases("future")).to_have_count(1)
    expect(stepper.page.locator(".gv-node text.gv-value")).to_have_count(2)
    assert stepper.playground.marks() == ["x * x"]
    stepper.press("ArrowRight", "ArrowRight", "ArrowRight")
    expect(stepper.page.locator(".gv-plate")).to_have_text("[1 1 1] × [1 2 3] = [1 2 3]")
    expect(stepper.phases("target")).to_contain_text("∂ [1 2 3]")
    stepper.press("ArrowRight")
    expect(stepper.sentence).to_contain_text("and is now [2 4 6] (2 of 2)")
    expect(stepper.phases("target")).to_contain_text("∂ [2 4 6]")
    stepper.press("ArrowLeft")
    expect(stepper.phases("target")).to_contain_text("∂ [1 2 3]")
    expect(stepper.page.locator(".step-place")).to_have_text("step 5 of 6 · back through line 5")


def test_three_lines_of_mathematics(stepper):
    stepper.run(TWICE).go(6)
    rule, program, numbers = stepper.formulas()
    assert r"\odot" in rule and r"\bar{b}" in rule
    assert program.startswith(r"\grd{\bar{x}} \mathrel{+}= ")
    assert numbers.endswith(r"\grd{[2\;4\;6]}")
    assert stepper.page.locator(".step-maths .katex-error").count() == 0
    height = stepper.page.locator(".stepper").bounding_box()["height"]
    stepper.go(1)
    assert stepper.page.locator(".stepper").bounding_box()["height"] == height
    stepper.button("Maths").click()
    expect(stepper.page.locator(".step-maths")).to_be_hidden()
    stepper.button("Maths").click()


def test_the_buttons_and_the_keys_agree(stepper):
    stepper.run(TWICE)
    stepper.button("First step").click()
    expect(stepper.track).to_have_attribute("aria-valuenow", "1")
    expect(stepper.button("One step back")).to_be_disabled()
    stepper.button("One step forward").click()
    expect(stepper.track).to_have_attribute("aria-valuenow", "2")
    stepper.button("One step back").click()
    expect(stepper.track).to_have_attribute("aria-valuenow", "1")
    stepper.button("Last step").click()
    expect(stepper.track).to_have_attribute("aria-valuenow", "6")
    stepper.press("Home")
    expect(stepper.track).to_have_attribute("aria-valuenow", "1")
    stepper.press("End")
    expect(stepper.track).to_have_attribute("aria-valuenow", "6")
    expect(stepper.track).to_have_attribute("aria-valuetext", stepper.sentence.inner_text())
    stepper.press("Escape")
    expect(stepper.sentence).to_contain_text("All 6 steps are done")


def test_it_plays_and_pauses(stepper):
    stepper.run(TWICE)
    stepper.page.get_by_label("Speed").select_option("20")
    stepper.press("Space")
    expect(stepper.track).to_have_attribute("aria-valuenow", "6")
    expect(stepper.button("Play")).to_be_visible()
    stepper.page.get_by_label("Speed").select_option("0.5")
    stepper.button("Play").click()
    expect(stepper.track).to_have_attribute("aria-valuenow", "1")
    stepper.button("Pause").click()
    stepper.page.get_by_label("Speed").select_option("1")
    expect(stepper.button("Play")).to_be_visible()


def test_a_tick_is_clicked(stepper):
    stepper.run(TWICE)
    expect(stepper.page.locator(".tick")).to_have_count(6)
    box = stepper.track.bounding_box()
    stepper.page.mouse.click(box["x"] + box["width"] * 3.5 / 6, box["y"] + 16)
    expect(stepper.track).to_have_attribute("aria-valuenow", "4")
    expect(stepper.page.locator(".tick.is-now.is-back")).to_have_count(1)


def test_the_walk_goes_on_from_a_selected_node_or_line(stepper):
    stepper.run(TWICE)
    expect(stepper.button("Go to the step of the selected node")).to_be_disabled()
    stepper.playground.nodes().nth(1).click()
    stepper.button("Go to the step of the selected node").click()
    expect(stepper.sentence).to_contain_text("step 2 of 6")
    stepper.page.locator(".cm-line", has_text="z = y.sum()").click()
    stepper.button("Go to the step of the selected node").click()
    expect(stepper.sentence).to_contain_text("step 3 of 6")


def test_second_order_stands_in_the_order_of_the_program(stepper):
    stepper.run(SECOND)
    seen = []
    stepper.press("Home")
    for step in range(1, stepper.steps + 1):
        expect(stepper.track).to_have_attribute("aria-valuenow", str(step))
        seen.append(stepper.sentence.inner_text().split(": ", 1)[1])
        stepper.press("ArrowRight")
    made = next(k for k, text in enumerate(seen) if text.startswith("cos, made by"))
    first = next(k for k, text in enumerate(seen) if text.startswith("back through `np.sin(x)`"))
    then = next(k for k, text in enumerate(seen) if text.startswith("`g * g`"))
    assert made < first < then
    assert "is now [2.783 0.6609]" in seen[-1]
    stepper.go(made + 1)
    expect(stepper.page.get_by_label("Gradients of")).to_have_value("0")
    stepper.press("End")
    expect(stepper.page.get_by_label("Gradients of")).to_have_value("1")


def test_a_broadcast_sum_is_named(stepper):
    stepper.run(BROADCAST).press("End")
    expect(stepper.sentence).to_contain_text("summed over axis 0 because it was broadcast")
    expect(stepper.page.locator(".gv-plate")).to_have_text("Σ ȳ × ∂ = [9 12]")
    assert any(r"\sum\nolimits_{\text{axis 0}}" in line for line in stepper.formulas())


def test_many_steps_are_a_band(stepper):
    stepper.run(LOOP)
    assert stepper.steps == 161
    assert stepper.page.locator(".tick").count() == 0
    stepper.press("Home", "PageUp", "PageUp")
    expect(stepper.track).to_have_attribute("aria-valuenow", "21")
    expect(stepper.page.locator(".track-thumb")).to_be_visible()
    stepper.press("End")
    expect(stepper.sentence).to_contain_text("visit 1 of 40")


def test_numbers_of_a_long_trace_come_when_they_are_needed(stepper):
    stepper.run(LONG).press("End")
    assert stepper.steps == 4001
    expect(stepper.sentence).to_contain_text("the gradient of x gets [")
    expect(stepper.page.locator(".gv-plate")).to_contain_text("= [")
    assert r"\dots" not in " ".join(stepper.formulas())


def test_the_list_is_the_same_walk(stepper):
    page = stepper.page
    stepper.run(TWICE).go(2)
    stepper.button("Steps").click()
    rows = page.locator(".steps-row")
    expect(rows).to_have_count(6)
    expect(page.locator(".steps-row[aria-current=step]")).to_have_attribute("data-step", "1")
    cells = rows.nth(5).get_by_role("gridcell").all_inner_texts()
    assert cells == ["6", "5", "x * x", "back to x, 2 of 2", "∂ [1 2 3] → [2 4 6]"]
    rows.nth(3).click()
    expect(stepper.track).to_have_attribute("aria-valuenow", "4")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(4)).to_be_focused()
    expect(stepper.track).to_have_attribute("aria-valuenow", "4")
    page.keyboard.press("Enter")
    expect(stepper.track).to_have_attribute("aria-valuenow", "5")
    page.keyboard.press("End")
    expect(rows.nth(5)).to_be_focused()
    stepper.button("Show the graph").click()
    expect(page.locator(".steps")).to_be_hidden()
    expect(stepper.phases("back")).to_have_count(1)


def test_a_long_list_follows_the_step(stepper):
    stepper.run(LONG)
    stepper.button("Steps").click()
    stepper.press("End")
    current = stepper.page.locator(".steps-row[aria-current=step]")
    expect(current).to_have_attribute("data-step", "4000")
    expect(current).to_be_in_viewport()
    assert stepper.page.locator(".steps-row").count() <= 200
    stepper.button("Steps").click()


def test_a_new_run_begins_at_the_end_again(stepper):
    stepper.run(TWICE).go(3)
    stepper.run(TWICE + "# again\n")
    expect(stepper.sentence).to_contain_text("All 6 steps are done")


def test_without_a_recording_there_is_no_bar(stepper):
    stepper.playground.run("print(1)")
    expect(stepper.page.locator(".stepper")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", ["graph", "list"])
@pytest.mark.parametrize("step", [2, 5])
def test_axe_finds_nothing_at_a_step(stepper, axe, theme, view, step):
    stepper.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    stepper.run(TWICE).go(step)
    if view == "list":
        stepper.button("Steps").click()
    stepper.formulas()
    found = violations(stepper.page, axe)
    if view == "list":
        stepper.button("Steps").click()
    assert found == []


@pytest.mark.parametrize("tab", ["code", "graph", "output"])
def test_at_320_pixels_the_bar_stands_under_every_tab(stepper, axe, tab):
    page = stepper.page
    stepper.run(TWICE)
    page.set_viewport_size({"width": 320, "height": 640})
    page.locator(f"#tab-{tab}").click()
    stepper.go(5)
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    for control in page.locator(".stepper button, .stepper select, .track").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 320
        assert box["width"] >= 24 and box["height"] >= 24
    if tab == "graph":
        stepper.button("Steps").click()
        expect(page.locator(".steps-row[aria-current=step]")).to_be_in_viewport()
        assert page.evaluate("() => document.documentElement.scrollWidth") == 320
        assert violations(page, axe) == []
        stepper.button("Steps").click()
    assert violations(page, axe) == []
    page.locator("#tab-code").click()
