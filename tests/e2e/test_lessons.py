"""Every lesson, run in the page, shows what real MXNet shows, and its graphs have their nodes."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

#: Drawn nodes of every record block, by lesson and line. Counted by hand from the lessons.
GRAPHS = json.loads(Path(__file__).with_name("lessons.json").read_text("utf-8"))


def drawn(playground) -> dict[str, int]:
    """Nodes of every recording that the graph's chooser (buttons, or a list of many) offers."""
    page = playground.page
    found = {}
    for button in page.locator(".gv-chip").all():
        button.click()
        found[button.inner_text()] = playground.nodes().count()
    chooser = page.get_by_label("Recording").locator("option")
    for index, title in enumerate(chooser.all_inner_texts()):
        page.get_by_label("Recording").select_option(index=index)
        found[title.removeprefix("record · ")] = playground.nodes().count()
    return found


@pytest.mark.parametrize("name", GRAPHS)
def test_lesson_shows_its_numbers_and_graphs(playground, lesson_results, name):
    page = playground.page
    playground.lesson(name.split("-", 1)[1])
    expect(page.locator(".prose").first).to_be_visible()
    status = playground.run()
    assert " ops · " in status
    assert playground.outputs() == [
        text for cell in lesson_results[name] for text in (cell["stdout"], cell["result"]) if text
    ]
    assert drawn(playground) == GRAPHS[name]


def test_all_lessons_are_counted(playground, lesson_results):
    assert sorted(GRAPHS) == sorted(lesson_results)
    playground.page.locator(".menu-button").click()
    items = playground.page.get_by_role("menuitemradio")
    expect(items).to_have_count(len(GRAPHS) + 1)
    playground.page.keyboard.press("Escape")
