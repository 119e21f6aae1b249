"""Writing programs: errors, prose, completion, the link between code and graph, the keyboard."""

import re

from playwright.sync_api import expect

PROGRAM = """from mxnet import np, npx, autograd
npx.set_np()
x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    y = (x * 3).sum() + x.sum()
y.backward()
x.grad
"""


def test_an_error_marks_the_users_own_line(playground):
    page = playground.page
    status = playground.run(
        "import numpy\n\ndef f(a):\n    return a + b\n\nprint('so far')\nf(1)\n"
    )
    assert status == "NameError · line 4"
    expect(page.locator(".cm-errorLine")).to_have_text("    return a + b")
    expect(page.locator(".cm-lintRange-error")).to_have_count(1)
    error = page.locator(".cell-output .output.error")
    expect(error).to_contain_text("name 'b' is not defined")
    expect(error).to_contain_text("line 7")
    assert "engine" not in error.inner_text().replace("line", "")
    assert playground.outputs()[0] == "so far\n"
    error.get_by_role("button", name="line 7").click()
    expect(page.locator(".cm-activeLineGutter")).to_have_text("7")


def test_a_syntax_error_marks_its_line(playground):
    assert playground.run("a = 1\nb = (2\n").startswith("SyntaxError · line 2")


def test_an_error_keeps_the_graph_so_far(playground):
    playground.run(PROGRAM + "x.nothing\n")
    expect(playground.nodes()).to_have_count(5)
    expect(playground.page.locator(".notice")).to_contain_text("AttributeError")


def test_error_marks_go_with_the_next_run(playground):
    playground.run("1 / 0")
    expect(playground.page.locator(".cm-errorLine")).to_have_count(1)
    playground.run("1 / 1")
    expect(playground.page.locator(".cm-errorLine, .cm-lintRange-error")).to_have_count(0)


def test_a_node_marks_its_exact_expression(playground):
    playground.run(PROGRAM)
    playground.nodes().filter(has_text="×").click()
    expect(playground.page.locator(".cm-nodeMark")).to_have_text("x * 3")
    expect(playground.page.locator(".gv-card")).to_contain_text("x * 3")


def test_a_line_marks_its_nodes(playground):
    page = playground.page
    playground.run(PROGRAM)
    page.locator(".cm-line", has_text="y = (x * 3)").click()
    page.keyboard.press("Home")
    expect(page.locator(".gv-node.is-selected")).to_have_count(4)
    page.locator(".cm-line", has_text="x.attach_grad").click()
    expect(page.locator(".gv-node.is-selected")).to_have_count(0)


def test_marks_follow_the_code_that_ran_while_it_is_edited(playground):
    page = playground.page
    playground.run(PROGRAM)
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("# a new first line\n")
    playground.nodes().filter(has_text="×").click()
    expect(page.locator(".cm-nodeMark")).to_have_text("x * 3")


def test_outputs_stand_under_their_cells_and_stay_there(playground):
    page = playground.page
    playground.run("# %%\na = 1\na\n# %%\nprint('two')\n")
    rows = page.locator(".cm-content > *").evaluate_all("all => all.map(e => e.textContent)")
    assert rows.index("1") == rows.index("a") + 1
    page.locator(".cm-line", has_text="a = 1").click()
    page.keyboard.press("Home")
    page.keyboard.insert_text("b = 0\n")
    rows = page.locator(".cm-content > *").evaluate_all("all => all.map(e => e.textContent)")
    assert rows.index("1") == rows.index("a") + 1
    playground.write("something else")
    expect(page.locator(".cell-output")).to_have_count(0)


def test_running_again_does_not_move_the_text(playground):
    page = playground.page
    playground.run("# %%\nprint('one\\ntwo')\n# %%\nlast = 1\n")
    line = page.locator(".cm-line", has_text="last = 1")
    before = line.bounding_box()
    playground.run()
    assert line.bounding_box() == before


def test_prose_opens_and_closes(playground):
    page = playground.page
    playground.write("# %% [markdown]\n# # Title\n# Text with $x^2$.\n# %%\n1\n")
    page.keyboard.press("Control+End")
    expect(page.locator(".prose h1")).to_have_text("Title")
    expect(page.locator(".prose .katex")).to_be_visible()
    page.locator(".prose").hover()
    page.get_by_role("button", name="Edit this text").click()
    expect(page.locator(".cm-proseSource")).to_have_count(3)
    page.keyboard.press("End")
    page.keyboard.type("!")
    page.wait_for_timeout(300)
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    # The first Escape may have ended a completion that was being looked for.
    if not page.locator(".prose h1").count():
        page.keyboard.press("Escape")
    expect(page.locator(".prose h1")).to_have_text("Title!")


def test_backspace_behind_prose_opens_it_instead_of_deleting_it(playground):
    page = playground.page
    playground.write("# %% [markdown]\n# Text.\n# %%\n1\n")
    page.keyboard.press("Control+End")
    expect(page.locator(".prose")).to_be_visible()
    page.locator(".cm-line").first.click()
    page.keyboard.press("Home")
    page.keyboard.press("Backspace")
    expect(page.locator(".cm-content")).to_contain_text("# Text.")


def test_names_of_the_facade_are_completed(playground):
    page = playground.page
    playground.write("from mxnet import autograd\n")
    page.keyboard.type("autograd.rec")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("record")
    # A list that has just appeared does not take keys yet: they may be meant for the text.
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")
    expect(page.locator(".cm-line").last).to_have_text(re.compile(r"^autograd\.record"))


def test_keyboard_alone_is_enough(playground):
    page = playground.page
    playground.write("x = 20\nx + 2\n")
    page.keyboard.press("Tab")
    expect(page.locator(".cm-line").last).to_have_text("    ")
    page.keyboard.press("Shift+Tab")
    before = playground._count()
    page.keyboard.press("ControlOrMeta+Enter")
    playground.wait_end(before, 10_000)
    assert playground.outputs() == ["22"]
    # Out of the editor: Escape, then Tab.
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).not_to_be_focused()
    # The divider.
    divider = page.get_by_role("separator", name="Width of the code pane")
    divider.focus()
    width = int(divider.get_attribute("aria-valuenow"))
    page.keyboard.press("ArrowRight")
    assert int(divider.get_attribute("aria-valuenow")) == width + 2
    page.keyboard.press("Enter")
    # The lesson menu.
    page.locator(".menu-button").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".prose h1").first).to_have_text("Control flow")


def test_what_was_typed_can_be_undone_after_another_document_was_open(playground):
    page = playground.page
    playground.lesson("attach-and-backward")
    expect(page.locator(".cm-content")).to_contain_text("attach_grad")
    playground.write("first = 1")
    page.keyboard.type("2")
    playground.lesson("control-flow")
    expect(page.locator(".cm-content")).to_contain_text("def")
    playground.lesson("attach-and-backward")
    content = page.locator(".cm-content")
    expect(content).to_have_text("first = 12")
    content.focus()
    for _ in range(4):
        page.keyboard.press("ControlOrMeta+z")
    expect(content).to_contain_text("attach_grad")
