"""Search and overview: every way to a node of a large picture, by mouse, keyboard and touch."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Playground, violations
from tests.e2e.test_any_size import DESCENT, SMALL, drawn, picture, unrolled

FIND = "Find in the graph"


def shown(page: Page) -> str:
    """Words of the overview on what the window shows."""
    return page.locator(".gv-overview").get_attribute("aria-valuetext")


def stop(page: Page) -> dict:
    """Where the node that has the focus stands; its element is made anew when values come."""
    for _ in range(400):
        if box := page.locator(".gv-stop .gv-hit").bounding_box():
            return box
        page.wait_for_timeout(50)
    raise AssertionError("no node of the canvas is an element")


def large(playground) -> Page:
    """A picture of 2,704 nodes, on a canvas."""
    unrolled(playground, DESCENT.format(turns=900), picture(playground, 2704))
    drawn(playground, 2704)
    return playground.page


def test_search_says_how_many_it_found_and_goes_from_one_to_the_next(playground, axe):
    page = large(playground)
    page.get_by_role("button", name=FIND).click()
    field = page.get_by_role("searchbox", name=FIND)
    expect(field).to_be_focused()
    field.fill("subtract")
    status = page.locator(".gv-find-count")
    expect(status).to_have_text("900 found")
    assert violations(page, axe) == []
    field.press("Enter")
    field.press("Enter")
    expect(status).to_have_text("2 of 900")
    expect(page.locator(".gv-card h2")).to_contain_text("y - lr * g")
    expect(page.locator(".gv-card")).to_contain_text("visit 2 of 900")
    field.press("Shift+Enter")
    field.press("Shift+Enter")
    expect(status).to_have_text("900 of 900")
    assert int(re.match(r"from (\d+)", shown(page))[1]) > 90
    field.press("Escape")
    expect(page.locator(".gv-find")).to_be_hidden()
    expect(page.locator(".gv-stop .gv-hit")).to_be_focused()
    assert "subtract" in page.locator(".gv-stop .gv-hit").get_attribute("aria-label")


@pytest.mark.parametrize(
    "text, count",
    [("x", 1), ("line 6", 2), ("(2,)", 3), ("np.sin(x)", 1), ("nowhere", 0)],
)
def test_name_line_shape_and_expression_are_found(playground, text, count):
    page = playground.page
    playground.run(SMALL)
    playground.nodes().first.focus()
    page.locator(".gv-hit").first.focus()
    page.keyboard.press("/")
    page.keyboard.insert_text(text)
    words = f"{count} found" if count else "nothing found"
    expect(page.locator(".gv-find-count")).to_have_text(words)
    expect(page.locator(".gv-node.is-found")).to_have_count(count)
    page.keyboard.press("Escape")
    expect(page.locator(".gv-node.is-found")).to_have_count(0)


def test_control_f_finds_in_the_pane_that_has_the_focus(playground):
    page = playground.page
    playground.run(SMALL)
    page.locator(".gv-surface").click(position={"x": 20, "y": 60})
    page.keyboard.press("Control+f")
    expect(page.get_by_role("searchbox", name=FIND)).to_be_focused()
    page.keyboard.press("Escape")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+f")
    expect(page.locator(".gv-find")).to_be_hidden()
    page.keyboard.press("Escape")


def test_zoom_goes_close_to_the_selected_node(playground):
    page = large(playground)
    close = page.get_by_role("button", name="Zoom to the selected node")
    expect(close).to_be_disabled()
    page.get_by_role("button", name=FIND).click()
    page.keyboard.insert_text("subtract")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Fit the whole graph").click()
    expect(page.locator(".gv-overview")).to_be_hidden()
    close.click()
    box = stop(page)
    canvas = page.locator(".gv-canvas").bounding_box()
    assert box["height"] > 20
    assert canvas["x"] < box["x"] and box["x"] + box["width"] < canvas["x"] + canvas["width"]


def test_the_overview_moves_the_window_by_press_drag_and_keys(playground, axe):
    page = large(playground)
    overview = page.locator(".gv-overview")
    expect(overview).to_be_visible()
    assert shown(page).startswith("from 0 to ")
    box = overview.bounding_box()
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + box["height"] / 2)
    page.mouse.down()
    assert re.match(r"from (49|50) to 5\d percent", shown(page))
    page.mouse.move(middle, box["y"] + box["height"] - 1, steps=4)
    page.mouse.up()
    assert re.match(r"from (9\d|100) to (99|100) percent", shown(page))
    expect(overview).to_be_focused()
    page.keyboard.press("Home")
    at_top = shown(page)
    assert " 0 to " in at_top
    for _ in range(30):
        page.keyboard.press("PageDown")
    assert shown(page) != at_top
    assert violations(page, axe) == []


def test_small_pictures_and_phones_have_no_overview(playground):
    page = playground.page
    playground.run(SMALL)
    expect(page.locator(".gv-overview")).to_be_hidden()
    large(playground)
    expect(page.locator(".gv-overview")).to_be_visible()
    page.set_viewport_size({"width": 400, "height": 720})
    page.locator("#tab-graph").click()
    expect(page.locator(".gv-overview")).to_be_hidden()
    page.locator("#tab-code").click()


@pytest.mark.parametrize("media", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_axe_finds_nothing_in_a_canvas_with_its_search_open(playground, axe, media):
    page = large(playground)
    page.emulate_media(**media)
    try:
        page.get_by_role("button", name=FIND).click()
        page.keyboard.insert_text("multiply")
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        # Forced colours are the reader's own; the checker sees those of the style sheet.
        ours = [each for each in violations(page, axe) if not each.startswith("color-contrast")]
        assert (ours if "forced_colors" in media else violations(page, axe)) == []
        page.keyboard.press("Escape")
    finally:
        page.emulate_media(color_scheme="light", forced_colors="none")


def test_320_pixels_are_enough_for_a_canvas_and_its_search(playground, axe):
    page = large(playground)
    page.set_viewport_size({"width": 320, "height": 640})
    page.locator("#tab-graph").click()
    page.get_by_role("button", name=FIND).click()
    page.keyboard.insert_text("multiply")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    for part in page.locator(".gv-find > *:visible, .gv-zoom button:visible").all():
        box = part.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 320
    assert violations(page, axe) == []
    page.keyboard.press("Escape")
    page.locator("#tab-code").click()


@pytest.fixture(scope="module")
def touched(browser, site):
    """A phone with a canvas: no mouse, no keyboard."""
    context = browser.new_context(
        viewport={"width": 412, "height": 800}, has_touch=True, is_mobile=True
    )
    it = Playground(context.new_page(), site).open("#lesson=empty")
    it.run(DESCENT.format(turns=900), timeout=60_000)
    it.page.locator("#tab-graph").tap()
    button = it.page.locator(".loop-row button[aria-label^='Unroll']:visible")
    if button.count():
        button.first.tap()
    drawn(it, 2704)
    it.page.wait_for_timeout(300)
    yield it.page
    context.close()


def test_a_tap_selects_a_node_of_a_canvas(touched):
    box = stop(touched)
    touched.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(touched.locator(".gv-card")).to_be_visible()


def test_two_fingers_zoom_a_canvas(touched):
    before = stop(touched)
    canvas = touched.locator(".gv-canvas").bounding_box()
    x, y = canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2
    session = touched.context.new_cdp_session(touched)

    def fingers(kind: str, apart: float) -> None:
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if kind == "touchEnd" else points},
        )

    fingers("touchStart", 40)
    for apart in (50, 60, 70, 80):
        fingers("touchMove", apart)
    fingers("touchEnd", 0)
    after = stop(touched)
    assert after["width"] > 1.5 * before["width"]
