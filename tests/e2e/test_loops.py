"""Loops rolled up, in the real page: one body with a count, turns by slider and keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import violations

RECURRENT = """from mxnet import np, autograd
W = np.array([[0.5, 0.1], [0.2, 0.4]])
W.attach_grad()
xs = np.arange(100).reshape(50, 2) / 100
with autograd.record():
    h = np.zeros(2)
    for t in range(50):
        h = np.tanh(np.dot(W, h) + xs[t])
    loss = (h * h).sum()
loss.backward()
"""
DESCENT = """from mxnet import np, autograd
w = np.array(0.0)
w.attach_grad()
for epoch in range(3000):
    with autograd.record():
        loss = (w - 3) * (w - 3)
    loss.backward()
    w -= 0.001 * w.grad
w
"""
NESTED = """from mxnet import np, autograd
w = np.array(1.1)
w.attach_grad()
with autograd.record():
    y = w * 1
    for i in range(4):
        for j in range(5 - i):
            y = y * w
y.backward()
"""
CALLS = """from mxnet import np, autograd
x = np.array(2.0)
x.attach_grad()
def power(n, v):
    return v if n == 1 else v * power(n - 1, v)
with autograd.record():
    y = power(6, x)
y.backward()
"""


def slider(page: Page, title: str):
    return page.get_by_role("region", name="Loops").get_by_role("slider", name=f"Turn of {title}")


def label_of(page: Page, words: str) -> str:
    return page.locator(f'.gv-hit[aria-label*="{words}"]').first.get_attribute("aria-label")


def test_a_recurrent_network_of_50_steps_is_one_body(playground, axe):
    page = playground.page
    playground.run(RECURRENT)
    expect(playground.nodes()).to_have_count(8)
    expect(page.locator(".gv-frame-title")).to_contain_text("for t in range(50)× 50turn 50 of 50")
    expect(page.locator(".gv-edge.is-carried")).to_have_count(2)
    expect(page.locator(".gv-caption-text")).to_have_text(["h: next turn"])
    expect(page.locator(".loop-words")).to_have_text(
        re.compile(r"‖∂h‖ shrinks \S+-fold back through 50 turns: vanishes")
    )
    assert violations(page, axe) == []


def test_the_slider_moves_values_and_gradients_through_the_turns(playground):
    page = playground.page
    playground.run(RECURRENT)
    turn = slider(page, "for t in range(50)")
    turn.focus()
    last = label_of(page, "tanh")
    page.keyboard.press("Home")
    expect(page.locator(".loop-place")).to_have_text("turn 1 of 50")
    first = label_of(page, "tanh")
    assert "visit 1 of 50" in first and "visit 50 of 50" in last and first != last
    page.keyboard.press("ArrowRight")
    expect(turn).to_have_attribute("aria-valuetext", "turn 2 of 50")
    # So do the values at the ends of the loop's lines.
    expect(page.locator(".cm-lineValue .is-visit")).to_have_text(["2 of 50"])
    assert "visit 2 of 50" in label_of(page, "tanh")
    # The value that leads into the first turn is not taken any more.
    expect(page.locator(".gv-edge.at-absent").first).to_be_attached()


def test_the_curve_on_the_frame_is_a_slider_too(playground):
    page = playground.page
    playground.run(RECURRENT)
    curve = page.locator(".gv-frame-control").get_by_role("slider")
    curve.focus()
    page.keyboard.press("End")
    expect(curve).to_have_attribute("aria-valuenow", "50")
    page.keyboard.press("PageDown")
    expect(curve).to_have_attribute("aria-valuenow", "45")
    expect(curve).to_be_focused()
    plot = page.locator(".gv-frame-control .gv-curve-plot").bounding_box()
    page.mouse.click(plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2)
    expect(curve).to_have_attribute("aria-valuenow", re.compile("2[4-7]"))


def test_steps_and_turns_stay_in_step(playground):
    page = playground.page
    playground.run(RECURRENT)
    page.get_by_role("button", name="One step back").click()
    expect(page.locator(".loop-place")).to_have_text("turn 1 of 50")
    page.get_by_role("button", name="First step").click()
    for _ in range(8):
        page.get_by_role("button", name="One step forward").click()
    place = page.locator(".loop-place").inner_text()
    expect(page.locator(".gv-node.at-current")).to_have_count(1)
    before = page.locator(".step-place").inner_text()
    slider(page, "for t in range(50)").focus()
    page.keyboard.press("End")
    expect(page.locator(".loop-place")).to_have_text("turn 50 of 50")
    expect(page.locator(".gv-node.at-current")).to_have_count(1)
    assert page.locator(".step-place").inner_text() != before and place != "turn 50 of 50"


def test_a_loop_is_unrolled_and_rolled_up_again_by_keyboard(playground):
    page = playground.page
    playground.run(RECURRENT)
    button = page.locator(".gv-frame-control").get_by_role(
        "button", name="Unroll for t in range(50)"
    )
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".gv-frame")).to_have_count(0)
    surface = page.locator(".gv-surface")
    expect(surface).to_have_attribute("aria-label", re.compile(r" \d{3} nodes$"))
    page.get_by_role("button", name="Roll up all loops").focus()
    page.keyboard.press("Enter")
    expect(playground.nodes()).to_have_count(8)
    expect(page.locator(".gv-frame")).to_have_count(1)


def test_a_descent_of_3000_recordings_is_one_picture(playground):
    page = playground.page
    playground.run(DESCENT, timeout=90_000)
    expect(page.locator(".gv-label").first).to_have_text("record · line 5 (3,000 times)")
    expect(page.locator(".gv-frame-title")).to_contain_text("× 3,000turn 3,000 of 3,000")
    turn = slider(page, "for epoch in range(3000)")
    turn.focus()
    page.keyboard.press("Home")
    expect(page.locator('.gv-hit[aria-label^="leaf"]')).to_have_attribute(
        "aria-label", re.compile("value 0, gradient -6")
    )
    page.keyboard.press("ArrowRight")
    expect(page.locator('.gv-hit[aria-label^="leaf"]')).to_have_attribute(
        "aria-label", re.compile("value 0.006, gradient -5.988")
    )
    expect(page.locator(".loop-words")).to_have_text(
        re.compile(r"‖∂w‖ shrinks 4\d\d-fold over 3,000")
    )


def test_a_loop_in_a_loop_has_two_sliders(playground, axe):
    page = playground.page
    playground.run(NESTED)
    expect(page.locator(".gv-frame")).to_have_count(2)
    outer, inner = slider(page, "for i in range(4)"), slider(page, "for j in range(5 - i)")
    expect(inner).to_have_attribute("max", "2")
    outer.focus()
    page.keyboard.press("Home")
    expect(inner).to_have_attribute("max", "5")
    assert violations(page, axe) == []


def test_calls_of_a_function_are_rolled_up(playground):
    page = playground.page
    playground.run(CALLS)
    expect(page.locator(".gv-frame-title")).to_contain_text("def power(n, v)× 5")
    expect(playground.nodes()).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_of_loops_fits_a_narrow_screen(playground, axe, scheme):
    page = playground.page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": 320, "height": 640})
    try:
        playground.run(NESTED)
        page.get_by_role("tab", name="Graph").click()
        expect(page.get_by_role("region", name="Loops")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert violations(page, axe) == []
    finally:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
