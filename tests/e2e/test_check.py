"""Checking gradients: what agrees, what is wrong and where, what cannot be told; how it ends."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import violations

WRONG = """from mxnet import np, autograd

class Cube(autograd.Function):
    def forward(self, x):
        self.save_for_backward(x)
        return x * x * x

    def backward(self, dy):
        (x,) = self.saved_tensors
        return 2 * x * dy

x = np.array([1.0, 2.0, -0.5])
x.attach_grad()
with autograd.record():
    a = np.sin(x)
    c = Cube()(a)
    z = (c * 3 + np.abs(x - 1)).sum()
z.backward()
"""
MLP = """from mxnet import np, npx, autograd
X = np.arange(1280.0).reshape(64, 20) / 1000
W = np.ones((20, 30)) * 0.1
b = np.zeros(30)
W.attach_grad()
b.attach_grad()
with autograd.record():
    h = np.tanh(np.dot(X, W) + b)
    loss = ((h - 1) ** 2).mean()
loss.backward()
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
LONG = """from mxnet import np, autograd
x = np.array([0.5])
x.attach_grad()
with autograd.record():
    y = x
    for k in range(1500):
        y = np.sin(y) + 0.5
y.backward()
"""


@pytest.fixture
def checker(playground):
    return Checker(playground)


class Checker:
    def __init__(self, playground):
        self.playground = playground
        self.page = playground.page
        self.panel = self.page.locator(".check-panel")
        self.text = self.page.locator(".check-text")
        self.start = self.page.get_by_role("button", name="Check gradients")

    def check(self, code):
        self.playground.run(code)
        self.start.click()
        expect(self.panel).to_have_attribute("data-end", "all", timeout=20_000)
        return self

    def button(self, name):
        return self.panel.get_by_role("button", name=name, exact=True)

    def rows(self):
        if self.button("Table").get_attribute("aria-expanded") == "false":
            self.button("Table").click()
        rows = self.panel.locator("tbody tr").all()
        return {
            row.locator("th").inner_text(): row.locator("td").nth(1).inner_text() for row in rows
        }

    def signs(self, tone):
        return self.page.locator(f".gv-check.is-{tone}")


def test_an_mlp_step_agrees_at_every_node(checker):
    checker.check(MLP)
    nodes = checker.playground.nodes().count() - 1  # the constant has no gradient
    expect(checker.text).to_have_text(f"All {nodes} nodes agree with central differences.")
    expect(checker.signs("ok")).to_have_count(nodes)


def test_a_wrong_backward_is_found_at_its_node(checker):
    checker.check(WRONG)
    expect(checker.text).to_contain_text(
        "Cube (line 16) differs; 2 gradients are wrong for that reason"
    )
    assert checker.rows() == {
        "c = Cube()(a)": "differs",
        "x": "spoiled",
        "a = np.sin(x)": "spoiled",
        "np.abs(x - 1)": "at a kink",
        "c * 3": "agrees",
        "x - 1": "at a kink",
        "c * 3 + np.abs(x - 1)": "agrees",
        "z = (c * 3 + np.abs(x - 1)).sum()": "agrees",
    }
    expect(checker.signs("differs")).to_have_count(1)
    expect(checker.page.locator(".gv-node", has=checker.signs("differs"))).to_contain_text("Cube")
    described = checker.page.locator(".gv-node [aria-description='check: differs']")
    expect(described).to_have_count(1)


def test_the_table_and_the_inspector_lead_to_the_culprit(checker):
    checker.check(WRONG)
    checker.rows()
    checker.panel.get_by_role("button", name="a = np.sin(x)").click()
    card = checker.page.locator(".gv-card")
    expect(card.locator(".gv-verdict")).to_contain_text(
        "Its own rule is right; Cube (line 16) spoils it."
    )
    card.get_by_role("button", name="Show it").click()
    expect(card.locator(".gv-verdict")).to_contain_text("Its backward is wrong: it gives")


def test_second_order_and_its_recorded_pass_are_checked(checker):
    checker.check(SECOND)
    expect(checker.text).to_contain_text("nodes agree with central differences.")
    assert set(checker.rows().values()) == {"agrees"}
    expect(checker.panel.locator("tbody tr")).to_have_count(checker.signs("ok").count())
    assert any("made by a backward pass" in name for name in checker.rows())


def test_nothing_of_the_program_changes(checker):
    checker.playground.run(WRONG.replace("return x * x * x", "print('forward'); return x * x * x"))
    before = checker.playground.outputs()
    status = checker.playground.status()
    checker.start.click()
    expect(checker.panel).to_have_attribute("data-end", "all")
    assert checker.playground.outputs() == before == ["forward\n"]
    assert checker.playground.status() == status


def test_a_long_check_shows_progress_and_can_be_stopped(checker):
    checker.playground.run(LONG)
    checker.start.click()
    expect(checker.panel.locator("progress")).to_be_visible()
    expect(checker.text).to_contain_text(" % of ", timeout=20_000)
    checker.button("Stop").click()
    expect(checker.panel).to_have_attribute("data-end", "stopped", timeout=20_000)
    expect(checker.text).to_contain_text("You stopped it: the rest was not looked at.")
    expect(checker.text).to_contain_text("agree with central differences")
    # What was stopped can be begun again, and the run's values are still there.
    expect(checker.start).to_be_visible()


def test_a_run_during_a_check_comes_next(checker):
    checker.playground.run(LONG)
    checker.start.click()
    expect(checker.panel.locator("progress")).to_be_visible()
    checker.playground.run(MLP)
    expect(checker.panel).to_be_hidden()
    checker.start.click()
    expect(checker.panel).to_have_attribute("data-end", "all", timeout=20_000)


def test_a_function_that_does_not_end_does_not_hold_the_page(checker):
    checker.playground.run(
        WRONG.replace(
            "        self.save_for_backward(x)\n",
            "        self.save_for_backward(x)\n        while ran: pass\n        ran.append(1)\n",
        ).replace("class Cube", "ran = []\nclass Cube")
    )
    checker.start.click()
    expect(checker.panel).to_have_attribute("data-end", "time", timeout=20_000)
    expect(checker.text).to_contain_text("The time for a check was up")
    assert checker.playground.run("print(1 + 1)").endswith("ms")


def test_without_a_backward_pass_there_is_no_button(checker):
    checker.playground.run(WRONG.replace("z.backward()", ""))
    expect(checker.start).to_be_hidden()


def test_a_new_run_takes_the_signs_away(checker):
    checker.check(MLP)
    checker.playground.run(MLP)
    expect(checker.panel).to_be_hidden()
    expect(checker.page.locator(".gv-check")).to_have_count(0)


def test_it_works_by_keyboard_alone(checker):
    page = checker.page
    checker.playground.run(WRONG)
    checker.start.focus()
    page.keyboard.press("Enter")
    expect(checker.panel).to_have_attribute("data-end", "all")
    if checker.button("Table").get_attribute("aria-expanded") == "false":
        checker.button("Table").focus()
        page.keyboard.press("Enter")
    checker.panel.get_by_role("button", name="c = Cube()(a)").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".gv-card h2")).to_have_text("Cube()(a)")
    checker.button("Close").focus()
    page.keyboard.press("Enter")
    expect(checker.panel).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing(checker, axe, theme, width):
    page = checker.page
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    checker.check(WRONG)
    page.set_viewport_size({"width": width, "height": 800})
    if width == 320:
        page.locator("#tab-graph").click()
    checker.rows()
    assert violations(page, axe) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    if width == 320:
        page.locator("#tab-code").click()
