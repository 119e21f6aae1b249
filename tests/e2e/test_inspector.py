"""The inspector of a node, pins, values at the ends of lines, the ways between code and graph."""

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
ODD = """from mxnet import np, autograd
x = np.array([[0.0, 1.0], [-4.0, 2.0]])
x.attach_grad()
with autograd.record():
    y = np.log(x)
    z = y + 1
z.backward()
"""
MLP = """from mxnet import np, npx, autograd
X = np.arange(1280.0).reshape(64, 20) / 1000
W = np.ones((20, 30)) * 0.1
b = np.zeros(30)
W.attach_grad()
b.attach_grad()
with autograd.record():
    h = npx.relu(np.dot(X, W) + b)
    loss = ((h - 1) ** 2).mean()
loss.backward()
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


@pytest.fixture
def inspector(playground):
    return Inspector(playground)


class Inspector:
    def __init__(self, playground):
        self.playground = playground
        self.page = playground.page
        self.card = self.page.locator(".gv-card")
        self.pins = self.page.locator(".gv-pin")
        self.track = self.page.get_by_role("slider", name="Step")

    def run(self, code):
        self.playground.run(code)
        return self

    def select(self, text):
        self.playground.nodes().filter(has_text=text).first.click()
        expect(self.card).to_be_visible()
        return self

    def button(self, name):
        return self.card.get_by_role("button", name=name, exact=True)

    def near(self, group):
        return self.card.get_by_role("group", name=group).get_by_role("button")

    def numbers(self, tone):
        return self.card.locator(f".is-{tone} .gv-grid tbody td").all_inner_texts()

    def facts(self):
        names, texts = self.card.locator(".gv-facts dt"), self.card.locator(".gv-facts dd")
        return dict(zip(names.all_inner_texts(), texts.all_inner_texts(), strict=True))

    def statistics(self, tone):
        return self.card.locator(f".is-{tone} .gv-stats").inner_text().split()

    def go(self, step):
        self.track.focus()
        self.page.keyboard.press("Home")
        for _ in range(step - 1):
            self.page.keyboard.press("ArrowRight")
        expect(self.track).to_have_attribute("aria-valuenow", str(step))

    def line(self, text):
        """What stands at the end of a line of the program."""
        return self.page.locator(".cm-line", has_text=text).locator(".cm-lineValue")


# ----- The inspector -----


def test_it_says_all_of_a_node(inspector):
    inspector.run(TWICE).select("×")
    facts = inspector.facts()
    assert (facts["name"], facts["shape"], facts["dtype"], facts["device"]) == (
        "y", "(3,)", "float32", "cpu(0)",
    )  # fmt: skip
    assert inspector.numbers("value") == ["1", "4", "9"]
    assert inspector.numbers("grad") == ["1", "1", "1"]
    assert inspector.statistics("value")[:8] == [
        "min", "1", "max", "9", "mean", "4.667", "std", "3.3",
    ]  # fmt: skip
    expect(inspector.card.locator(".gv-formula .katex").nth(1)).to_be_visible()
    assert inspector.card.locator(".gv-local").all_inner_texts() == ["∂ = [1 2 3]", "∂ = [1 2 3]"]
    assert inspector.near("Comes from").all_inner_texts() == ["x"]
    assert inspector.near("Goes to").all_inner_texts() == ["z"]
    expect(inspector.card.locator(".gv-section summary").last).to_have_text(
        "Saved for backward: 24 B"
    )


def test_contributions_are_listed_with_the_running_sum(inspector):
    inspector.run(TWICE).select("leaf")
    rows = inspector.card.locator(".gv-sums tbody tr")
    expect(rows).to_have_count(2)
    assert rows.nth(1).locator("td").all_inner_texts() == ["[1 2 3]", "[2 4 6]"]
    assert inspector.numbers("grad") == ["2", "4", "6"]


def test_at_a_step_it_shows_the_state_at_that_step(inspector):
    inspector.run(TWICE)
    inspector.go(5)
    inspector.select("leaf")
    assert inspector.numbers("grad") == ["1", "2", "3"]
    expect(inspector.card.locator(".gv-sums caption")).to_have_text("1 of 2 contributions")
    inspector.select("z")
    assert inspector.numbers("value") == ["14"]
    inspector.go(2)
    # It stays open and follows the step.
    expect(inspector.card.locator("h2")).to_have_text("x * x")
    expect(inspector.card).to_contain_text("none yet at this step")
    inspector.select("Σ")
    expect(inspector.card).to_contain_text("Not computed yet at this step.")
    assert inspector.numbers("value") == []


def test_zeros_and_what_is_no_number_have_patterns_and_counts(inspector):
    inspector.run(ODD).select("ln")
    cells = inspector.card.locator(".is-value .gv-grid tbody td")
    classes = [cell.get_attribute("class") for cell in cells.all()]
    assert classes == ["is-inf", "is-zero", "is-nan", None]
    counts = dict(
        zip(
            inspector.card.locator(".is-value .gv-stats dt").all_inner_texts(),
            inspector.card.locator(".is-value .gv-stats dd").all_inner_texts(),
            strict=True,
        )
    )
    assert (counts["zero"], counts["nan"], counts["inf"]) == ("1 of 4", "1 of 4", "1 of 4")
    legend = inspector.card.locator(".is-value .gv-heat-legend")
    expect(legend).to_contain_text("nan")
    expect(legend).to_contain_text("inf")


def test_the_numbers_of_a_large_array_are_fetched_page_by_page(inspector):
    inspector.run(MLP).select("constant")
    assert inspector.facts()["shape"] == "(64, 20)"
    expect(inspector.card.get_by_role("img").first).to_be_visible()
    inspector.button("Numbers").first.click()
    table = inspector.card.get_by_role("table", name="Numbers of the value of the result")
    expect(table.locator("tbody tr")).to_have_count(12)
    assert table.locator("tbody tr").nth(1).locator("td").all_inner_texts()[:2] == ["0.02", "0.021"]
    inspector.button("Rows after").click()
    expect(table.locator("tbody th").first).to_have_text("12")
    expect(table.locator("tbody td").first).to_have_text("0.24")
    expect(inspector.button("Rows after")).to_be_focused()
    inspector.button("Columns after").click()
    expect(table.locator("thead th").first).to_have_text("6")
    expect(table.locator("tbody td").first).to_have_text("0.246")


def test_its_buttons_lead_to_neighbours_and_into_the_code(inspector):
    inspector.run(TWICE).select("×")
    inspector.card.get_by_role("group", name="Goes to").get_by_role("button", name="z").click()
    expect(inspector.card.locator("h2")).to_have_text("y.sum()")
    inspector.button("y.sum()").click()
    selected = inspector.page.evaluate("() => document.getSelection().toString()")
    assert selected == "y.sum()"
    expect(inspector.page.locator(".cm-content")).to_be_focused()


def test_it_works_by_keyboard_alone(inspector):
    inspector.run(TWICE)
    page = inspector.page
    page.locator(".gv-node [tabindex='0']").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(inspector.card).to_be_visible()
    inspector.button("Pin to compare").focus()
    page.keyboard.press("Enter")
    expect(inspector.button("Unpin")).to_be_focused()
    expect(inspector.pins).to_have_count(1)
    inspector.button("Close").focus()
    page.keyboard.press("Enter")
    expect(inspector.card).to_be_hidden()
    page.get_by_role("button", name="Unpin z").focus()
    page.keyboard.press("Enter")
    expect(inspector.pins).to_have_count(0)


# ----- Pins -----


def test_pinned_nodes_stand_side_by_side_and_stay_in_the_next_run(inspector):
    inspector.run(TWICE)
    for text in ("leaf", "×"):
        inspector.select(text).button("Pin to compare").click()
    expect(inspector.pins).to_have_count(2)
    first, second = (pin.bounding_box() for pin in inspector.pins.all())
    assert first["y"] == second["y"] and first["x"] < second["x"]
    inspector.run("# another first line\n" + TWICE.replace("3.0", "5.0"))
    assert inspector.pins.nth(1).locator(".is-value td").all_inner_texts() == ["1", "4", "25"]
    inspector.go(3)
    expect(inspector.pins.nth(1)).to_contain_text("no gradient")
    inspector.run(TWICE.replace("x * x", "x + 1"))
    expect(inspector.pins.nth(1)).to_contain_text("Not in this run.")
    for _ in range(2):
        inspector.page.get_by_role("button", name="Unpin").first.click()
    expect(inspector.page.locator(".gv-pins")).to_be_hidden()


# ----- Values in the code -----


def test_each_line_ends_with_what_it_made(inspector):
    inspector.run(TWICE)
    expect(inspector.line("y = x * x")).to_have_text("[1 4 9]∂ [1 1 1](3,)")
    expect(inspector.line("x = np.array")).to_have_text("[1 2 3]∂ [2 4 6](3,)")
    assert inspector.line("x.attach_grad").count() == 0
    assert inspector.line("y = x * x").get_attribute("aria-hidden") == "true"


def test_they_follow_the_step(inspector):
    inspector.run(TWICE)
    inspector.go(2)
    expect(inspector.line("y = x * x")).to_have_text("[1 4 9](3,)")
    assert inspector.line("z = y.sum").count() == 0
    inspector.go(5)
    expect(inspector.line("x = np.array")).to_have_text("[1 2 3]∂ [1 2 3](3,)")


def test_in_a_loop_they_say_which_visit(inspector):
    inspector.run(LOOP)
    expect(inspector.line("y = np.sin(y)")).to_contain_text("40 of 40")
    inspector.go(5)
    expect(inspector.line("y = np.sin(y)")).to_contain_text("2 of 40")


def test_an_edited_line_loses_its_value_and_the_others_move_along(inspector):
    inspector.run(TWICE)
    page = inspector.page
    page.locator(".cm-line", has_text="y = x * x").click()
    page.keyboard.press("End")
    page.keyboard.insert_text(" + 1")
    expect(inspector.line("y = x * x + 1")).to_have_count(0)
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("# new\n")
    expect(inspector.line("z = y.sum()")).to_have_text("14∂ 1()")


def test_they_take_no_room_in_the_line(inspector):
    inspector.page.set_viewport_size({"width": 760, "height": 700})
    inspector.run(LOOP)
    page = inspector.page
    heights = [line.bounding_box()["height"] for line in page.locator(".cm-line").all()]
    toggle = page.get_by_role("button", name="Values in the code")
    toggle.click()
    expect(page.locator(".cm-lineValue")).to_have_count(0)
    assert [line.bounding_box()["height"] for line in page.locator(".cm-line").all()] == heights
    scroller = page.locator(".cm-scroller")
    assert scroller.evaluate("e => e.scrollWidth <= e.clientWidth")
    toggle.click()
    assert scroller.evaluate("e => e.scrollWidth <= e.clientWidth")
    right = scroller.bounding_box()["x"] + scroller.bounding_box()["width"]
    for text in page.locator(".cm-lineValue > span").all():
        box = text.bounding_box()
        assert (
            box["x"] + box["width"] <= right
            or text.evaluate("e => getComputedStyle(e).visibility") == "hidden"
        )


def test_the_switch_is_remembered(fresh):
    fresh.open("#lesson=empty").run(TWICE)
    fresh.page.get_by_role("button", name="Values in the code").click()
    expect(fresh.page.locator(".cm-lineValue")).to_have_count(0)
    fresh.open("#lesson=empty").run(TWICE)
    toggle = fresh.page.get_by_role("button", name="Values in the code")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    expect(fresh.page.locator(".cm-lineValue")).to_have_count(0)


# ----- Between code and graph -----


def test_the_pointer_over_an_expression_lights_its_node_and_the_other_way_round(inspector):
    inspector.run(ODD)
    page = inspector.page
    spot = page.evaluate(
        """() => {
            const lines = [...document.querySelectorAll('.cm-line')]
            const line = lines.find(each => each.textContent.includes('np.log'))
            const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT)
            while (walker.nextNode()) if (walker.currentNode.textContent.includes('log')) break
            const range = document.createRange()
            range.selectNode(walker.currentNode)
            const box = range.getBoundingClientRect()
            return [box.x + box.width / 2, box.y + box.height / 2]
        }"""
    )
    page.mouse.move(*spot)
    expect(page.locator(".gv-node.is-lit")).to_have_count(1)
    expect(page.locator(".gv-node.is-lit")).to_contain_text("ln")
    expect(page.locator(".cm-nodeHint")).to_have_text("np.log(x)")
    inspector.playground.nodes().filter(has_text="+ 1").hover()
    expect(page.locator(".cm-nodeHint")).to_have_text("y + 1")
    page.mouse.move(5, 5)
    expect(page.locator(".cm-nodeHint")).to_have_count(0)


def test_the_keyboard_shows_the_node_at_the_cursor(inspector):
    inspector.run(ODD)
    page = inspector.page
    page.locator(".cm-line", has_text="z = y + 1").click()
    page.keyboard.press("End")
    page.keyboard.press("Alt+Enter")
    expect(page.locator(".gv-node :focus")).to_have_count(1)
    expect(inspector.card.locator("h2")).to_have_text("y + 1")
    page.locator(".cm-content").focus()
    page.get_by_role("button", name="Show node at cursor").click()
    expect(page.locator(".gv-node :focus")).to_have_count(1)


def test_the_cursor_in_a_part_selects_that_part(inspector):
    inspector.run(MLP)
    page = inspector.page
    page.locator(".cm-line", has_text="h = npx.relu").click()
    page.keyboard.press("Home")
    for _ in range(len("h = npx.relu(np.do")):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".gv-node.is-selected")).to_have_count(1)
    expect(inspector.card.locator("h2")).to_have_text("np.dot(X, W)")


# ----- For everyone -----


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(inspector, axe, theme):
    page = inspector.page
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    inspector.run(ODD).select("ln").button("Pin to compare").click()
    assert violations(page, axe) == []
    inspector.go(3)
    assert violations(page, axe) == []
    page.get_by_role("button", name="Unpin").last.click()


def test_in_forced_colours_sign_and_strength_keep_their_form(inspector):
    page = inspector.page
    page.emulate_media(forced_colors="active")
    try:
        inspector.run(ODD.replace("0.0", "3.0")).select("leaf")
        negative = inspector.card.locator(".is-value td.is-negative")
        expect(negative).to_have_text("-4")
        assert negative.evaluate("e => getComputedStyle(e).borderTopStyle") == "dashed"
        other = inspector.card.locator(".is-value tbody td").first
        assert other.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    finally:
        page.emulate_media(forced_colors="none")


def test_at_320_pixels_it_is_a_sheet_under_the_picture(inspector, axe):
    page = inspector.page
    inspector.run(MLP)
    page.set_viewport_size({"width": 320, "height": 640})
    page.locator("#tab-graph").click()
    page.locator(".gv-node [tabindex='0']").focus()
    page.keyboard.press("Enter")
    inspector.button("Numbers").first.click()
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    box = inspector.card.bounding_box()
    assert (box["x"], box["width"]) == (0, 320)
    for control in inspector.card.locator("button:visible").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 320
        assert box["height"] >= 19
    assert violations(page, axe) == []
    inspector.button("Close").click()
    page.locator("#tab-code").click()
