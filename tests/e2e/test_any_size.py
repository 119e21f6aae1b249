"""Graphs of any size: drawn, moved, found, and where they were after an edit."""

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import violations

DESCENT = """from mxnet import np, autograd
x = np.array([1.0, -2.0])
lr = np.array(0.01)
x.attach_grad()
with autograd.record():
    y = x
    for k in range({turns}):
        g = 2 * y
        y = y - lr * g
    loss = (y * y).sum()
loss.backward()
"""
RANDOM = """import random
from mxnet import np, autograd
random.seed(7)
made = [np.array([0.1 * k, 0.2]) for k in range(800)]
for a in made:
    a.attach_grad()
with autograd.record():
    for k in range(9200):
        a, b = random.choice(made[-40:]), random.choice(made)
        made.append(np.sin(a) if k % 3 else a * b)
    y = made[-1].sum()
y.backward()
"""
SHARED = """from mxnet import np, autograd
x = np.array([0.5, 1.0])
w = np.array([0.3, 0.2])
w.attach_grad()
with autograd.record():
    h = x
    for k in range(70):
        h = np.tanh(h * w)
    loss = h.sum()
loss.backward()
"""
CHAIN = """from mxnet import np, autograd
y = np.array(1.0)
y.attach_grad()
with autograd.record():
    for k in range(40_500):
        y = np.sin(y)
"""
SMALL = """from mxnet import np, autograd
x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    y = np.sin(x)
    z = (y * x).sum()
z.backward()
"""

#: How many pixels of the canvas, made small, are not blank.
INK = """() => {
    const small = Object.assign(document.createElement('canvas'), { width: 300, height: 300 })
    const ctx = small.getContext('2d', { willReadFrequently: true })
    ctx.drawImage(document.querySelector('.gv-paper'), 0, 0, 300, 300)
    const { data } = ctx.getImageData(0, 0, 300, 300)
    let ink = 0
    for (let i = 3; i < data.length; i += 4) ink += data[i] > 0
    return ink
}"""
PICTURE = "() => document.querySelector('.gv-paper').toDataURL()"


def picture(playground, nodes: int) -> Locator:
    """The surface, once it shows that many nodes."""
    return playground.page.locator(f".gv-surface[aria-label$=' {nodes} nodes']")


def unrolled(playground, program: str, there: Locator) -> None:
    """Runs a program and unrolls its loop, unless what it makes then is there already: a loop that
    was unrolled in an earlier run stays so."""
    playground.run(program, timeout=60_000)
    button = playground.page.locator(".loop-row button[aria-label^='Unroll']:visible").first
    expect(button.or_(there).first).to_be_visible()
    if button.is_visible():
        button.click()


def drawn(playground, nodes: int) -> None:
    """Waits until the picture of that many nodes is there."""
    expect(picture(playground, nodes)).to_be_visible()
    expect(playground.page.locator(".gv.is-waiting")).to_have_count(0)


def place(playground, name: str) -> dict:
    """Where on the screen the node is whose words begin with `name`."""
    return playground.page.locator(f".gv-hit[aria-label^='{name}']").first.bounding_box()


@pytest.mark.parametrize(
    "program, nodes",
    [(DESCENT.format(turns=3000), 9004), (RANDOM, 9665)],
    ids=["descent", "random"],
)
def test_ten_thousand_operations_are_drawn_and_move(playground, program, nodes):
    page = playground.page
    unrolled(playground, program, picture(playground, nodes))
    drawn(playground, nodes)
    page.wait_for_function(f"({INK})() > 1000")
    page.get_by_role("button", name="Fit the whole graph").click()
    page.wait_for_function(f"({INK})() > 200")
    before = page.evaluate(PICTURE)
    box = page.locator(".gv-surface").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 110, steps=20)
    page.mouse.up()
    page.wait_for_function(f"before => ({PICTURE})() !== before", arg=before)
    assert page.evaluate(INK) > 200


def test_a_node_of_a_canvas_is_selected_by_pointer_and_keyboard(playground, axe):
    page = playground.page
    unrolled(playground, DESCENT.format(turns=900), picture(playground, 2704))
    drawn(playground, 2704)
    page.wait_for_timeout(300)
    stop = page.locator(".gv-stop .gv-hit")
    box = stop.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 12)
    expect(page.locator(".gv-card")).to_be_visible()
    stop.focus()
    page.keyboard.press("ArrowDown")
    expect(stop).to_be_focused()
    expect(stop).to_have_attribute("aria-pressed", "true")
    assert "line" in stop.get_attribute("aria-label")
    assert violations(page, axe) == []
    page.keyboard.press("Escape")
    expect(page.locator(".gv-card")).to_be_hidden()


def test_a_parameter_that_is_used_in_every_turn_stands_where_it_is_used(playground):
    page = playground.page
    unrolled(playground, SHARED, picture(playground, 143))
    drawn(playground, 143)
    plates = page.locator(".gv-origin text", has_text="w")
    assert plates.count() > 60
    page.locator(".gv-origin").first.click()
    expect(page.locator(".gv-card h2")).to_contain_text("np.array([0.3, 0.2])")


def test_an_operation_more_leaves_the_others_where_they_were(playground):
    page = playground.page
    playground.run(SMALL)
    page.locator(".gv-node", has_text="sin").click()
    before = {name: place(playground, name) for name in ("leaf", "sin")}
    playground.run(SMALL.replace("z.backward()", "    u = np.cos(x)\nz.backward()"))
    expect(playground.nodes()).to_have_count(5)
    for name, box in before.items():
        now = place(playground, name)
        assert abs(now["x"] - box["x"]) < 1.5 and abs(now["y"] - box["y"]) < 1.5, name


def test_a_newer_run_replaces_a_picture_that_is_still_being_laid_out(playground):
    page = playground.page
    unrolled(playground, DESCENT.format(turns=3000), picture(playground, 9004))
    playground.run(SMALL)
    drawn(playground, 4)
    page.wait_for_timeout(2500)
    expect(playground.nodes()).to_have_count(4)


def test_what_is_too_large_says_so_and_can_still_be_stepped(playground):
    page = playground.page
    refused = page.locator(".gv-empty", has_text="Too many operations to draw")
    unrolled(playground, CHAIN, refused)
    expect(refused).to_be_visible()
    expect(page.locator(".gv-empty")).to_contain_text("40,501")
    page.get_by_role("button", name="First step").click()
    expect(page.locator(".stepper")).to_contain_text("step 1 of 40501")
