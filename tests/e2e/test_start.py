"""Start-up: what is shown, what is kept, what happens when it fails."""

import re

from playwright.sync_api import expect

READY = re.compile(r"^Python 3\.12\.\d+ · NumPy 2\.0\.2 · engine \S+$")


def test_page_is_usable_before_python_is_and_then_says_what_it_runs(fresh):
    page = fresh.page
    page.goto(fresh.url)
    expect(page.locator(".card h2")).to_have_text("Starting Python in your browser")
    expect(page.locator(".prose h1").first).to_have_text("Attach and backward")
    page.locator(".cm-line", has_text="from mxnet import").click()
    page.keyboard.type("# mine")
    fresh.wait_ready()
    expect(page.locator(".status")).to_have_attribute("title", READY)
    expect(page.locator(".cm-line", has_text="# mine")).to_be_visible()
    assert fresh.complaints == []


def test_run_pressed_during_the_start_is_not_lost(fresh):
    page = fresh.page
    page.goto(fresh.url + "#lesson=empty")
    fresh.write("print('early')")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator(".card h2")).to_have_text("Your program runs in a moment")
    expect(page.locator(".cell-output .output")).to_have_text("early\n", timeout=90_000)


def test_draft_survives_a_reload_and_can_be_dropped(fresh):
    page = fresh.page
    page.goto(fresh.url + "#lesson=control-flow")
    page.locator(".cm-line", has_text="from mxnet import").click()
    page.keyboard.type("# kept")
    page.reload()
    expect(page.locator(".cm-line", has_text="# kept")).to_be_visible()
    expect(page.locator(".menu-button")).to_have_accessible_name(re.compile("edited"))
    page.locator(".menu-button").click()
    page.get_by_role("menuitem", name="Back to the original text").click()
    expect(page.locator(".cm-line", has_text="# kept")).to_have_count(0)
    page.locator(".toast button").click()
    expect(page.locator(".cm-line", has_text="# kept")).to_have_count(1)


def test_a_missing_file_is_named_and_retry_starts_again(fresh):
    page = fresh.page
    page.route("**/py/numpy-*", lambda route: route.fulfill(status=404, body=""))
    page.goto(fresh.url)
    card = page.locator(".card[data-tone=error]")
    expect(card).to_contain_text("Python could not start")
    expect(card).to_contain_text("is not on the server (status 404)")
    page.unroute("**/py/numpy-*")
    card.get_by_role("button", name="Retry").click()
    fresh.wait_ready()


def test_no_network_says_so(fresh):
    page = fresh.page
    page.route("**/py/*", lambda route: route.abort())
    page.goto(fresh.url)
    expect(page.locator(".card[data-tone=error]")).to_contain_text("Check the connection")


def test_page_works_without_storage(fresh):
    fresh.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
    )
    fresh.open("#lesson=empty")
    assert fresh.run("print(6 * 7)") == "0 ops · < 1 ms" or fresh.outputs() == ["42\n"]
    assert fresh.complaints == []
