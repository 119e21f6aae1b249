"""The journal: marks, places and limits of what is noted, and what an interrupt leaves behind."""

import pytest

from engine.array import watch
from engine.journal import EVENT, STRIDE
from engine.kernel import Kernel
from engine.trace import Limits, Recorder

KERNEL = Kernel()


def lines_of(done):
    """The lines of each node's stack, innermost last."""
    recorder = done.recorder
    return [[f[0] for f in recorder.sites.frames(s)] for s in recorder.site if s >= 0]


CALLS = """from mxnet import np
def f(n, x):
    if n:
        x = f(n - 1, x)
    parts = [v * 2 for v in [x]]
    return parts[0] + 1
def g(x):
    y = x - 1
    return f(1, y) - 2
x = np.ones(2)
for k in range(2):
    g(x)
f(0, x)
f(0, x)"""


def test_places_of_nested_calls_are_told_apart():
    """Also where a frame lies at the address of another that has ended."""
    turn = [
        [12, 8],
        [12, 9, 4, 5, 5],
        [12, 9, 4, 6],
        [12, 9, 5, 5],
        [12, 9, 6],
        [12, 9],
    ]
    expected = [[10], *turn, *turn, [13, 5, 5], [13, 6], [14, 5, 5], [14, 6]]
    assert lines_of(KERNEL.execute(CALLS)) == expected


@pytest.fixture
def recorder():
    """A recorder that watches."""
    found = watch.observer = Recorder(Limits())
    yield found
    watch.observer = None


def test_a_note_whose_array_was_lost_is_dropped(recorder):
    from mxnet import np

    x = np.ones(2)
    y = x + 1
    recorder.log.extend((*recorder.log[-STRIDE:-1], watch.mark + 1))  # an interrupt came here
    z = y * 2
    recorder.settle()
    assert [recorder.op_table.entries[op][0].name for op in recorder.op][1:] == ["add", "multiply"]
    assert recorder.slot_node == [0, 1, 2]
    assert recorder.arg_slot == [0, -1, 1, -1]
    assert z._mark - recorder.base == 2


def test_settling_again_after_an_interrupt_writes_each_node_once(recorder, monkeypatch):
    from mxnet import np

    x = np.ones(2)
    for _ in range(5):
        x = x + 1
    attrs, count = Recorder._attrs, []

    def interrupted(self, given):
        count.append(1)
        if len(count) in (3, 5):
            raise KeyboardInterrupt
        return attrs(self, given)

    monkeypatch.setattr(Recorder, "_attrs", interrupted)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            recorder.settle()
    recorder.settle()
    assert recorder.slot_node == list(range(6))
    assert recorder.arg_slot == [0, -1, 1, -1, 2, -1, 3, -1, 4, -1]
    columns = (recorder.kind, recorder.op, recorder.site, recorder.attrs, recorder.raw_attrs)
    assert {len(c) for c in columns} == {6}
    assert not recorder.log


def test_operations_are_counted_without_being_written_down(recorder):
    from mxnet import autograd, np

    x = np.ones(2)
    x.attach_grad()
    before = recorder.ops
    with autograd.record():
        y = (x * x + 1).sum()
    y.backward()
    # Forward; then both operands of the product, and one of each other operation.
    assert recorder.ops - before == 3 + 4
    assert recorder.log[::STRIDE].count(EVENT) == 5  # the leaf, the block's ends, the pass's ends
    x[0] = 2
    assert recorder.ops - before == 7
    recorder.settle()
    assert recorder.ops - before == 7


def test_a_run_stops_right_after_its_last_operation():
    code = "from mxnet import np\nx = np.ones(2)\nwhile True: x = x + 1"
    for most in (1, 2, 63, 64, 65, 1000):
        done = KERNEL.execute(code, limits=Limits(ops=most))
        assert (done.recorder.ops, done.stops[0]["reason"]) == (most + 1, "budget")


def test_results_of_any_size_stay_within_the_bytes_of_the_trace():
    code = "from mxnet import np\nx = np.ones({})\nfor k in range(600): x = x + 1"
    for size in (2, 400, 600, 5000):
        recorder = KERNEL.execute(code.format(size), limits=Limits(traceBytes=100_000)).recorder
        held = sum(v.nbytes for v in recorder.values if not isinstance(v, tuple))
        assert held == min(601 * 4 * size, 100_000 // (4 * size) * 4 * size)


def test_waiting_notes_hold_no_more_than_the_trace_may():
    from mxnet import np

    for size in (100, 500, 600, 5000):
        found = watch.observer = Recorder(Limits(traceBytes=1 << 20))
        try:
            x = np.ones(size)
            most = 0
            for _ in range(3000):
                x = x + 1
                notes = {id(raw): raw.nbytes for raw in found.log[4::STRIDE]}
                most = max(most, sum(notes.values()))
            assert most <= (1 << 20) + 64 * 4 * size
        finally:
            watch.observer = None
