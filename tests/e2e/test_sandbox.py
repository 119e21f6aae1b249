"""User code cannot reach the page, its storage, or the network."""

import pytest
from playwright.sync_api import expect

REFUSED = {
    "eval": "js.eval('1')",
    "Function": "js.Function.new('return 1')()",
    "fetch": "await_(js.fetch('{url}'))",
    "XMLHttpRequest": "js.XMLHttpRequest.new()",
    "WebSocket": "js.WebSocket.new('ws://127.0.0.1:1/')",
    "importScripts": "js.importScripts('{url}')",
    "Worker": "js.Worker.new('{url}')",
    "localStorage": "js.localStorage.getItem('x')",
    "indexedDB": "js.indexedDB.open('x')",
    "caches": "js.caches.open('x')",
    "cookies": "js.document.cookie",
    "window": "js.window.name",
    "parent": "js.parent.document",
    "top": "js.top.location",
    "BroadcastChannel": "js.BroadcastChannel.new('x')",
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(playground, what):
    code = REFUSED[what].format(url=playground.url)
    program = f"import js\nfrom pyodide.ffi import run_sync as await_\nprint('reached', {code})"
    status = playground.run(program)
    assert "Error" in status or "Exception" in status, status
    assert not any("reached" in text for text in playground.outputs()[:-1])


def test_requests_that_code_starts_go_nowhere(playground):
    asked = []
    playground.page.context.on("request", lambda request: asked.append(request.url))
    playground.run(
        f"""import js
worker = js.Object.getPrototypeOf(js.Object.getPrototypeOf(js.self))
for name in ("fetch", "importScripts"):
    for url in ("{playground.url}", "https://example.invalid/"):
        try:
            getattr(worker, name).call(js.self, url)
        except Exception as error:
            print(type(error).__name__)
"""
    )
    playground.page.wait_for_timeout(300)
    assert asked == []
    # The browser says in the console what the policy stopped: that is no complaint of the page.
    playground.complaints.clear()


def test_messages_that_code_sends_reach_nobody(playground):
    page = playground.page
    page.evaluate(
        "() => { window.heard = []; addEventListener('message', e => heard.push(e.data)) }"
    )
    playground.run(
        """import js
from pyodide.ffi import to_js
for message in ({"type": "done", "run": 1}, {"type": "failed", "message": "spoofed"}, "x"):
    js.postMessage(to_js(message, dict_converter=js.Object.fromEntries))
print("sent")
"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("() => window.heard") == []
    assert playground.outputs() == ["sent\n"]
    playground.run("print('alive')")
    assert playground.outputs() == ["alive\n"]


def test_html_that_code_prints_stays_text(playground):
    page = playground.page
    html = '<img src=x onerror="document.title=1"><script>document.title=2</script><b>bold</b>'
    title = page.title()
    playground.run(f"print('''{html}''')\n'''{html}'''\n")
    assert playground.outputs()[0] == html + "\n"
    playground.run(f"raise ValueError('''{html}''')")
    assert html in playground.error()
    expect(page.locator(".output b, .output img, .output script")).to_have_count(0)
    assert page.title() == title


def test_prose_cannot_carry_html(playground):
    page = playground.page
    playground.write(
        "# %% [markdown]\n# <img src=x onerror=alert(1)> <b>x</b> [a](javascript:alert(1))\n"
        "# ![i](https://example.invalid/i.png) $\\href{javascript:alert(1)}{x}$\n# %%\n1\n"
    )
    page.keyboard.press("Control+End")
    prose = page.locator(".prose-body")
    expect(prose).to_contain_text("<img src=x")
    expect(prose.locator("img, b, a[href^='javascript']")).to_have_count(0)


def test_runner_is_an_opaque_origin_of_its_own(playground):
    page = playground.page
    frame = page.locator("iframe")
    expect(frame).to_have_attribute("sandbox", "allow-scripts")
    runner = next(frame for frame in page.frames if frame != page.main_frame)
    assert runner.evaluate("() => self.origin") == "null"
    policy = runner.evaluate("() => document.querySelector('meta[http-equiv]').content")
    assert "'unsafe-eval'" not in policy and "'unsafe-inline'" not in policy
    assert "default-src 'none'" in policy
