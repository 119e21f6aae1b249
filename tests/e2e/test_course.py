"""A course built with Sphinx on another origin: ten programs, one Python, and a printed page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import course_page
from tests.e2e.conftest import violations


@pytest.fixture(scope="module")
def address(site, tmp_path_factory):
    """Of the built course."""
    with course_page.served(course_page.build(site, tmp_path_factory.mktemp("course"))) as url:
        yield url


@pytest.fixture
def course(browser, address):
    """The opened page; it remembers what it asked for and what its embeds told it."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.asked = []
    page.complaints = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.add_init_script(
        "if (top === window) { heard = []; for (const kind of ['result', 'exercise'])"
        "addEventListener(`autograd-${kind}`, ({ target, detail }) =>"
        " heard.push([target.title, detail])) }"
    )
    page.goto(address)
    yield page
    assert page.complaints == []
    context.close()


def elements(page: Page):
    return page.locator("autograd-playground")


def embeds(page: Page):
    """Every embed, scrolled to, so that its frame is loaded."""
    for k in range(elements(page).count()):
        element = elements(page).nth(k)
        element.scroll_into_view_if_needed()
        inside = element.frame_locator("iframe")
        expect(inside.locator(".run")).to_be_visible()
        yield element, inside


def pythons(page: Page) -> int:
    return sum("runner.html" in frame.url for frame in page.frames)


def program(element) -> str:
    """The text that stands in the page's own source."""
    return element.locator(".autograd-program pre").text_content().strip()


def boxes(element) -> int:
    """How many boxes the still picture has, which was drawn when the course was built."""
    picture = element.locator("img.autograd-picture")
    if picture.count() == 0:
        return 0
    return int(re.search(r": (\d+) nodes", picture.get_attribute("alt"))[1])


def test_before_any_click_each_shows_its_program_and_picture_without_python(course):
    assert elements(course).count() == 10
    for element, inside in embeds(course):
        expect(inside.locator(".gv-node")).to_have_count(boxes(element))
        if element.get_attribute("show") != "graph":
            text = inside.locator(".plain, .cm-content")
            # A hidden check is not shown, and what an exercise asks is prose.
            for line in program(element).split("# %% check")[0].splitlines():
                if not line.startswith("#"):
                    expect(text).to_contain_text(line.strip())
    assert pythons(course) == 0
    assert not [url for url in course.asked if "/py/" in url]
    assert sum(url.endswith("/embed.js") for url in course.asked) == 1


def test_heights_fit(course):
    for element, inside in embeds(course):
        if element.get_attribute("height"):
            assert element.evaluate("one => one.offsetHeight") == 420
            continue
        outside = "one => one.querySelector('iframe').offsetHeight"
        for _ in range(200):
            inner = inside.locator("#app").evaluate("app => app.getBoundingClientRect().height")
            if abs(element.evaluate(outside) - inner) <= 1:
                break
            course.wait_for_timeout(100)
        assert abs(element.evaluate(outside) - inner) <= 1, element.get_attribute("title")


def test_after_clicks_there_is_one_python_and_each_ran_its_own_program(course):
    for element, inside in embeds(course):
        printed = element.locator(".autograd-output pre")
        said = printed.text_content().strip() if printed.count() else ""
        inside.locator(".run").click()
        wanted = f"title => heard.some(([one]) => one === '{element.get_attribute('title')}')"
        course.wait_for_function(wanted, timeout=90_000)
        _, result = course.evaluate("heard.at(-1)")
        # The engine said the same when the course was built.
        ran = "".join(result["outputs"]).strip()
        # The answer to an exercise was judged there too.
        assert (
            said.startswith(ran) if element.get_attribute("title") == "Your turn" else said == ran
        )
        assert result["ok"] == (element.get_attribute("title") != "No gradient")
    assert pythons(course) == 1
    titles = [title for title, _ in course.evaluate("heard")]
    assert titles == [each.get_attribute("title") for each in elements(course).all()]


def test_answers_to_an_exercise_are_reported_to_the_page(course):
    element = course.locator("autograd-playground[title='Your turn']")
    element.scroll_into_view_if_needed()
    inside = element.frame_locator("iframe")
    exercise = inside.get_by_role("region", name="Exercise: The square")
    told = "heard.filter(([title, detail]) => title === 'Your turn' && 'correct' in detail)"
    for attempt, answer in enumerate(["", "side"], start=1):
        if answer:
            inside.locator(".cm-line, .plain-line", has_text="area = side * 1").click()
            inside.locator(".cm-line", has_text="area = side * 1").click()
            for key in ("End", "Backspace", *answer):
                course.keyboard.press(key)
        exercise.get_by_role("button", name="Check").click()
        course.wait_for_function(f"{told}.length === {attempt}", timeout=90_000)
        _, detail = course.evaluate(f"{told}.at(-1)")
        assert (detail["exercise"], detail["correct"], detail["attempts"]) == (
            "The square",
            attempt == 2,
            attempt,
        )


def test_the_page_prints_with_pictures(course):
    for _ in embeds(course):
        pass
    course.emulate_media(media="print")
    for k in range(10):
        element = elements(course).nth(k)
        expect(element.locator("iframe")).to_be_hidden()
        expect(element.locator(".autograd-program")).to_be_visible()
        pictures = element.locator("img.autograd-picture")
        # The last two programs record nothing.
        expect(pictures).to_have_count(1 if k < 8 else 0)
        if k < 8:
            expect(pictures).to_be_visible()
            assert pictures.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    pages = re.findall(rb"/Type\s*/Page\b", course.pdf())
    assert 3 <= len(pages) <= 12


def test_without_javascript_it_is_a_page_with_programs_and_pictures(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("iframe").count() == 0
    expect(page.locator("img.autograd-picture")).to_have_count(8)
    expect(page.locator(".autograd-program").first).to_be_visible()
    context.close()


def test_embeds_of_a_course_are_accessible(course, axe):
    for _ in embeds(course):
        pass
    frames = [frame for frame in course.frames if "embed.html" in frame.url]
    assert len(frames) == 10
    assert [violations(frame, axe) for frame in frames] == [[]] * 10
