"""The engine against hand-written NumPy and its peers, interleaved in one run.

Every program is written once per library and checked to give the same gradient before it is timed.
"""

import statistics
import time
from functools import partial

import numpy as np


def medians(programs, rounds: int, seconds: float = 20.0) -> dict[str, float]:
    """Median seconds of each program, run in turn so that a busy machine disturbs all alike."""
    times = {name: [] for name in programs}
    end = time.perf_counter() + seconds
    for _ in range(rounds):
        for name, run in programs.items():
            began = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - began)
        if time.perf_counter() > end:
            break
    return {name: statistics.median(found) for name, found in times.items()}


# ----- 1,000 chained operations on 2x2 arrays: sin, multiply, add, maximum, again and again -----
# `leaves` says whose gradient is wanted: x alone, or x and the parameters w and b too.

X = np.full((2, 2), 0.3, "float32")
W = np.full((2, 2), 1.01, "float32")
B = np.full((2, 2), 0.02, "float32")
C = np.full((2, 2), -3.0, "float32")


def chain_numpy(leaves="x", steps=250):
    """Forward and backward by hand: the floor."""
    y, saved = X, []
    all_leaves = leaves != "x"
    for _ in range(steps):
        saved.append(y)
        y = np.sin(y)
        if all_leaves:
            saved.append(y)
        y = y * W
        y = y + B
        saved.append(y)
        y = np.maximum(y, C)
    g = np.ones_like(y)
    gw, gb = np.zeros_like(W), np.zeros_like(B)
    for _ in range(steps):
        g = g * (saved.pop() >= C)
        if all_leaves:
            gb = gb + g
            gw = gw + g * saved.pop()
        g = g * W
        g = g * np.cos(saved.pop())
    return (g, gw, gb) if all_leaves else (g,)


def chain_engine(leaves="x", steps=250):
    """The same on the engine."""
    from mxnet import autograd
    from mxnet import np as mnp

    x, w, b, c = (mnp.array(a) for a in (X, W, B, C))
    wanted = (x,) if leaves == "x" else (x, w, b)
    for leaf in wanted:
        leaf.attach_grad()
    with autograd.record():
        y = x
        for _ in range(steps):
            y = mnp.sin(y)
            y = y * w
            y = y + b
            y = mnp.maximum(y, c)
    y.backward()
    return tuple(leaf.grad.asnumpy() for leaf in wanted)


def chain_hips(leaves="x", steps=250):
    """The same on HIPS autograd."""
    import autograd.numpy as anp
    from autograd import elementwise_grad

    def f(x, w, b):
        y = x
        for _ in range(steps):
            y = anp.sin(y)
            y = y * w
            y = y + b
            y = anp.maximum(y, C)
        return y

    if leaves == "x":
        return (elementwise_grad(f)(X, W, B),)
    return elementwise_grad(f, (0, 1, 2))(X, W, B)


CHAIN = {"NumPy by hand": chain_numpy, "engine": chain_engine, "HIPS autograd": chain_hips}
TITLES = {
    "x": "1,000 chained operations on 2x2 arrays, forward and backward (median)",
    "xwb": "the same, with gradients of the two parameters of the chain as well",
}


def run() -> list[str]:
    """Measures everything here; returns the lines of the report."""
    import engine

    engine.install()
    lines = []
    for leaves, title in TITLES.items():
        programs = {name: partial(program, leaves) for name, program in CHAIN.items()}
        expected = chain_numpy(leaves)
        for name, program in programs.items():
            for got, wanted in zip(program(), expected, strict=True):
                np.testing.assert_allclose(got, wanted, rtol=1e-3, err_msg=name)
        found = medians(programs, rounds=200)
        floor = found["NumPy by hand"]
        lines.append(title)
        lines += [
            f"  {name:16} {seconds * 1e3:8.2f} ms   {seconds / floor:5.2f} x"
            for name, seconds in found.items()
        ]
    return lines


if __name__ == "__main__":
    print("\n".join(run()))
