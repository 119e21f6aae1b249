"""The embed builder: the snippet is what is looked at."""

import re

import pytest
from playwright.sync_api import expect

from engine.links import decode
from tests.e2e.conftest import violations


@pytest.fixture
def builder(fresh):
    fresh.page.goto(f"{fresh.url}embed-builder.html")
    expect(fresh.page.locator(".builder-live iframe")).to_be_visible()
    return fresh


def snippet(page) -> str:
    return page.get_by_label("Snippet").input_value()


def test_the_snippet_holds_the_program_and_the_options(builder):
    page = builder.page
    page.get_by_label("Program", exact=True).fill("print('built')\n")
    page.get_by_label("Show").select_option("code")
    page.get_by_label("Locked lines").fill("1")
    page.get_by_label("Read only").check()
    expect(page.get_by_label("Snippet")).to_have_value(re.compile(r"print\('built'\)"))
    found = snippet(page)
    assert ' show="code" lock="1" readonly>' in found
    assert decode(re.search(r'src="(#1[^"]*)"', found)[1])["code"] == "print('built')\n"
    live = page.frame_locator(".builder-live iframe")
    expect(live.locator(".plain")).to_contain_text("print('built')")
    expect(live.locator(".stage")).to_be_hidden()
    page.get_by_role("radio", name="iframe").check()
    expect(page.get_by_label("Snippet")).to_have_value(re.compile("embed.html.show=code"))
    page.get_by_role("radio", name="Sphinx").check()
    expect(page.get_by_label("Snippet")).to_have_value(re.compile(":readonly:\n"))
    assert builder.complaints == []


def test_it_is_accessible_and_fits(builder, axe):
    page = builder.page
    for width, scheme in ((1280, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert violations(page, axe) == []
