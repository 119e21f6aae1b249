"""Accessible and whole in every state: light and dark, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import violations

PROGRAM = """# %% [markdown]
# # A title
# Some prose with $x^2$ and `code`.
# %%
from mxnet import np, npx, autograd
npx.set_np()
x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    y = (x * 3).sum()
y.backward()
x.grad
# %%
print("text")
"""
STATES = {
    "ready": lambda it: it.write(PROGRAM),
    "ran": lambda it: it.run(PROGRAM),
    "node": lambda it: (it.run(PROGRAM), it.nodes().first.click()),
    "error": lambda it: it.run(PROGRAM + "1 / 0\n"),
    "running": lambda it: it.start("while True: pass"),
    "stopped": lambda it: (it.start("while True: pass"), it.stop()),
    "menu": lambda it: it.page.locator(".menu-button").click(),
    "reset": lambda it: (
        it.write(PROGRAM),
        it.page.locator(".menu-button").click(),
        it.page.get_by_role("menuitem", name="Back to the original text").click(),
    ),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(playground, axe, state, theme):
    page = playground.page
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    STATES[state](playground)
    assert violations(page, axe) == []
    page.keyboard.press("Escape")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_the_start_and_when_it_fails(fresh, axe, theme):
    page = fresh.page
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    held = []
    page.route("**/py/numpy-*", lambda route: held.append(route))
    page.goto(fresh.url)
    expect(page.locator(".card")).to_be_visible()
    assert violations(page, axe) == []
    page.wait_for_timeout(200)
    for route in held:
        route.fulfill(status=404, body="")
    expect(page.locator(".card[data-tone=error]")).to_be_visible()
    assert violations(page, axe) == []


@pytest.mark.parametrize("tab", ["code", "graph", "output"])
def test_320_pixels_are_enough(playground, axe, tab):
    page = playground.page
    playground.run(PROGRAM + "print('x' * 200)\nraise ValueError('y' * 200)\n")
    page.set_viewport_size({"width": 320, "height": 560})
    page.locator(f"#tab-{tab}").click()
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    for control in page.locator("header button:visible, .tabs button:visible").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 320
    expect(page.locator(f"#panel-{tab}")).to_be_visible()
    assert violations(page, axe) == []
    page.locator("#tab-code").click()


def test_theme_is_kept(fresh):
    page = fresh.page
    page.emulate_media(color_scheme="light")
    page.goto(fresh.url)
    button = page.locator("header .icon-button")
    button.click()
    button.click()
    expect(button).to_have_attribute("aria-label", "Theme: dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_divider_is_dragged_and_kept(fresh):
    page = fresh.page
    page.goto(fresh.url)
    box = page.locator(".splitter").bounding_box()
    page.mouse.move(box["x"] + 3, 300)
    page.mouse.down()
    page.mouse.move(800, 300, steps=4)
    page.mouse.up()
    width = page.locator(".code-pane").bounding_box()["width"]
    assert abs(width - 800) < 12
    page.reload()
    assert abs(page.locator(".code-pane").bounding_box()["width"] - width) < 2
    page.locator(".splitter").dblclick()
    assert page.locator(".splitter").get_attribute("aria-valuenow") == "44"
