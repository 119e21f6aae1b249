"""Long chains need no recursion, and a forgotten graph dies by reference counting alone."""

import gc
import subprocess
import sys
import tracemalloc
import weakref
from pathlib import Path

import pytest

from engine.array import Array, watch
from engine.tape import TapeEntry
from engine.trace import Limits, Recorder
from tests.engine.helpers import autograd, leaf, nd, np, record

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def no_collector():
    """The cycle collector stays off: what dies in these tests dies by its count."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def living():
    """How many arrays and tape entries there are."""
    return sum(isinstance(thing, TapeEntry | Array) for thing in gc.get_objects())


def leaves_nothing(make):
    """Whether all arrays and entries that `make()` makes are gone when it returns."""
    make()  # once before, for what is made only once
    before = living()
    make()
    return living() == before


# ----- Long chains -----


def chain(x, length):
    with autograd.record():
        y = x
        for _ in range(length):
            y = y * 1.0
    return y


def test_a_chain_of_50_000_operations_differentiates():
    x = leaf([1.0, 2])
    chain(x, 50_000).backward()
    assert x.grad.tolist() == [1, 1]


def test_a_retained_chain_of_50_000_operations_is_freed_when_forgotten():
    x = leaf([1.0, 2])
    y = chain(x, 50_000)
    y.backward(retain_graph=True)
    gone = weakref.ref(y)
    del y
    assert gone() is None and living() < 10_000


def test_a_chain_that_no_pass_ever_walks_is_freed_when_forgotten():
    y = chain(leaf([1.0]), 50_000)
    gone = weakref.ref(y)
    del y
    assert gone() is None and living() < 10_000


def test_a_chain_of_functions_is_freed_when_forgotten():
    class Same(autograd.Function):
        def forward(self, x):
            return x * 1

        def backward(self, g):
            return g

    x = leaf([1.0])
    with autograd.record():
        y = x
        for _ in range(5_000):
            y = Same()(y)
    y.backward(retain_graph=True)
    assert x.grad.tolist() == [1]
    del y
    assert living() < 10_000


def test_a_second_order_chain_of_5_000_operations_differentiates_and_is_freed():
    x = leaf([1.0, 2])
    with autograd.record():
        y = x * x
        for _ in range(5_000):
            y = y * 1.0
        g = autograd.grad(y, x, create_graph=True)[0]
    g.backward(retain_graph=True)
    assert x.grad.tolist() == [2, 2]
    del y, g
    assert living() < 10_000


def test_a_small_stack_suffices_for_a_long_chain():
    """In a process of its own: a chain freed by recursion in C would end that process.

    Python 3.13 frees up to some thousand objects in each other before it takes turns.
    """
    size = 256 if sys.version_info < (3, 13) else 4096
    code = f"""
size = {size}"""
    code += """
import threading, engine
engine.install()
from mxnet import np, autograd

def run():
    x = np.array([1.0])
    x.attach_grad()
    with autograd.record():
        y = x
        for _ in range(100_000):
            y = np.sin(y) + x
    y.backward(retain_graph=True)
    del y
    print("done")

threading.stack_size(size * 1024)
thread = threading.Thread(target=run)
thread.start()
thread.join()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "done\n" and done.returncode == 0, done.stderr[-500:]


# ----- Forgotten graphs -----


def simple(space=np):
    x = leaf([1.0, 2], "float32", space)
    return record(lambda: (x * x + x).sum())


def after_backward():
    simple().backward()


def after_retained_backward():
    simple().backward(retain_graph=True)


def after_grad():
    x = leaf([1.0, 2])
    autograd.grad(record(lambda: x * x), x)


def after_create_graph():
    x = leaf([1.0, 2])
    with autograd.record():
        y = (np.sin(x) * x).sum()
        for _ in range(3):
            y = autograd.grad(y, x, create_graph=True)[0].sum()
    y.backward(retain_graph=True)


def after_split():
    x = leaf([1.0, 2, 3, 4])
    with autograd.record():
        a, b = np.split(x, 2)
        y = a * b
        g = autograd.grad(y, x, create_graph=True)[0]
    g.backward(retain_graph=True)


def after_views():
    x = np.array([[1.0, 2], [3, 4]])
    row, part, same = x[0], x[0:1], x.detach()
    row[:] = 5
    part += same[0]


def after_nd_views():
    x = nd.array([[1.0, 2], [3, 4]])
    x.reshape((4,))[0] = 1
    x[0][1] = 2


def after_attach_inside():
    x = leaf([1.0])
    with autograd.record():
        y = x * 2
        y.attach_grad()
        z = y * y
    z.backward()


def after_an_exception_in_record():
    x = leaf([1.0, 2])
    try:
        with autograd.record():
            y = x * x
            y + np.ones(3)
    except ValueError:
        pass


class Keeps(autograd.Function):
    """Saves an input and an output, and keeps a stray attribute."""

    def forward(self, x):
        y = np.exp(x)
        self.save_for_backward(x, y)
        self.also = y
        return y, x * 2

    def backward(self, g, h):
        _x, y = self.saved_tensors
        return g * y + h * 2


def after_function():
    x = leaf([1.0])
    with autograd.record():
        a, b = Keeps()(x)
        y = a * b
    y.backward(retain_graph=True)


def after_function_second_order():
    x = leaf([1.0])
    with autograd.record():
        a, b = Keeps()(x)
        g = autograd.grad(a * b, x, create_graph=True)[0]
    g.backward(retain_graph=True)


def after_failing_backward():
    class Fails(autograd.Function):
        def forward(self, x):
            return x * 2

        def backward(self, g):
            raise KeyError("no")

    y = record(lambda x: Fails()(x) * 3, leaf([1.0]))
    try:
        y.backward()
    except KeyError:
        pass


def after_training():
    w = leaf([0.5, -0.5])
    for _ in range(3):
        loss = record(lambda: ((w * 2 - 1) ** 2).mean())
        loss.backward()
        w[:] = w - 0.1 * w.grad


CASES = [
    simple,
    lambda: simple(nd),
    after_backward,
    after_retained_backward,
    after_grad,
    after_create_graph,
    after_split,
    after_views,
    after_nd_views,
    after_attach_inside,
    after_an_exception_in_record,
    after_function,
    after_function_second_order,
    after_failing_backward,
    after_training,
]


@pytest.mark.parametrize("make", CASES, ids=lambda f: f.__name__)
def test_a_forgotten_graph_is_gone_at_once(make):
    assert leaves_nothing(make)


@pytest.mark.parametrize("make", CASES, ids=lambda f: f.__name__)
def test_a_watched_graph_is_gone_with_its_recorder(make):
    def watched():
        watch.observer = Recorder(Limits())
        make()
        watch.observer = None

    assert leaves_nothing(watched)


def test_a_forgotten_result_takes_its_operands_along():
    x = leaf([1.0, 2])
    with autograd.record():
        inner = x * x
        y = inner + 1
    gone = [weakref.ref(inner._entry.primals[0]), weakref.ref(inner), weakref.ref(y)]
    del inner, y, x
    assert [ref() for ref in gone] == [None] * 3


def test_a_pass_lets_go_of_what_the_graph_saved():
    x = leaf([1.0, 2])
    with autograd.record():
        inner = np.exp(x)
        y = inner * inner
    saved = weakref.ref(inner._data)
    del inner
    assert saved() is not None
    y.backward()
    assert saved() is None


def test_a_loop_that_rebinds_does_not_grow():
    w = leaf([0.5])
    counts = []
    for _ in range(5):
        record(np.square, w).backward()
        w -= 0.1 * w.grad
        counts.append(living())
    assert len(set(counts[1:])) == 1


def test_views_that_are_gone_are_forgotten_by_their_buffer():
    x = np.array([1.0, 2])
    for _ in range(100):
        x[0:1]
    x[:] = 3
    assert x.tolist() == [3, 3] and (
        getattr(x, "_buffer", None) is None or len(x._buffer.members) < 20
    )


# ----- Training loops -----


def peak_of_training(steps):
    """The most bytes that a loop of gradient descent held at once; its arrays have 256 KiB."""
    w, b = leaf([[0.01] * 256] * 256), leaf([0.0] * 256)
    x = np.ones((256, 256))
    tracemalloc.start()
    try:
        for _ in range(steps):
            with autograd.record():
                loss = (np.tanh(np.dot(x, w) + b) ** 2).mean()
            loss.backward()
            for p in (w, b):
                p -= 0.1 * p.grad
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_peak_memory_of_a_training_loop_does_not_grow_with_its_length():
    peak_of_training(2)
    assert peak_of_training(40) < peak_of_training(4) + 50_000


def test_a_watched_training_loop_keeps_values_up_to_its_limit_and_then_summaries():
    def watched(steps):
        watch.observer = recorder = Recorder(Limits(traceBytes=1 << 22))
        try:
            return peak_of_training(steps), recorder.ops
        finally:
            watch.observer = None

    watched(2)
    (short, few), (long, many) = watched(10), watched(40)
    # A step makes a dozen values of 256 KiB; what is kept of each operation is a small part of it.
    assert (long - short) / (many - few) < 20_000


def address(array):
    """Where the elements lie."""
    return array._data.__array_interface__["data"][0]


def test_large_parameters_are_updated_in_their_own_memory():
    from mxnet import autograd, np

    w = np.ones((200, 200))
    w.attach_grad()
    w -= 0.5 * w  # the leaf's entry holds the memory that it began with
    place = address(w)
    for step in range(3):
        with autograd.record():
            y = (w * w).sum()
        y.backward()
        w -= 0.25 * w.grad
        assert address(w) == place
        assert w[0, 0] == 0.5 ** (step + 2)


@pytest.mark.parametrize("holder", ["tape", "view", "copy", "itself"])
def test_memory_that_somebody_else_holds_is_not_updated(holder):
    from mxnet import autograd, np

    x = np.ones((200, 200))
    w = np.ones((200, 200)) * 2
    x.attach_grad()
    one = np.ones((200, 200))
    if holder == "tape":
        with autograd.record():
            y = (x * w).sum()
        w += one
        y.backward()
        assert (x.grad == 2).all()
    elif holder == "view":  # as in MXNet, it sees the change
        part = w[1:3]
        w += one
        assert (part == 3).all()
        assert (w == 3).all()
    elif holder == "copy":
        raw = w._data
        w += one
        assert (raw == 2).all()
    else:
        w -= w
        assert (w == 0).all()
