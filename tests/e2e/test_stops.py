"""Programs that do not end by themselves: deadline, Stop, memory. The page stays usable."""

import pytest
from playwright.sync_api import expect

GRAPH = """from mxnet import np, npx, autograd
npx.set_np()
x = np.array([1.0, 2.0])
x.attach_grad()
print('before')
with autograd.record():
    y = x * 3
    while True:
        {body}
"""


def test_endless_loop_ends_at_the_deadline_and_the_interpreter_lives(playground):
    page = playground.page
    assert playground.run(GRAPH.format(body="pass")) == "stopped after 10 s"
    assert playground.outputs() == ["before\n"]
    expect(playground.nodes()).to_have_count(2)
    notice = page.locator(".notice")
    expect(notice).to_contain_text("Stopped after 10 s")
    expect(notice.get_by_role("button", name="Run with 60 s")).to_be_visible()
    playground.run("print('alive')", timeout=20_000)
    assert playground.outputs() == ["alive\n"]


def test_endless_recording_ends_with_the_trace_so_far(playground):
    page = playground.page
    playground.start(GRAPH.format(body="y = y * 1.0"))
    page.wait_for_timeout(1500)
    assert playground.stop() == "stopped"
    assert playground.outputs() == ["before\n"]
    playground.run("print('alive')", timeout=20_000)
    assert playground.outputs() == ["alive\n"]


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "while True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass",
        # Inside C, where no interrupt is seen: the worker is ended.
        "import itertools\n0.5 in itertools.count()",
    ],
    ids=["loop", "catches", "inside C"],
)
def test_stop_ends_it_and_the_next_run_works(playground, code):
    playground.start("print('before')\n" + code)
    playground.page.wait_for_timeout(300)
    assert playground.stop() == "stopped"
    assert playground.outputs() == ["before\n"]
    playground.run("print('alive')", timeout=40_000)
    assert playground.outputs() == ["alive\n"]


def test_loop_inside_c_ends_after_the_deadline(playground):
    status = playground.run("print('before')\nimport itertools\n0.5 in itertools.count()")
    assert status == "stopped after 10 s"
    assert playground.outputs() == ["before\n"]
    # A spare worker was started meanwhile, so the next run need not wait for one.
    playground.run("print('alive')", timeout=20_000)
    assert playground.outputs() == ["alive\n"]


def test_run_again_while_one_runs_replaces_it(playground):
    page = playground.page
    playground.start("while True: pass")
    playground.write("print('second')")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator(".output-list .output")).to_have_text("second\n", timeout=20_000)


def test_too_much_output_stops_the_run_with_a_reason(playground):
    assert playground.run("while True: print('x' * 100)").startswith("stopped at a limit")
    expect(playground.page.locator(".notice")).to_contain_text("characters of output")


def test_much_memory_does_not_hinder_the_next_run(playground):
    playground.run("import numpy\nprint(numpy.ones(1_100_000_000, dtype='uint8').size)")
    playground.run("print('alive')", timeout=40_000)
    assert playground.outputs() == ["alive\n"]


def test_deep_recursion_is_an_ordinary_error(playground):
    assert playground.run("def f(n): return f(n + 1)\nf(0)").startswith("RecursionError")
    playground.run("print('alive')", timeout=40_000)
    assert playground.outputs() == ["alive\n"]
