"""The engine against hand-written NumPy and its peers, interleaved in one run.

Every program is written once per library and checked to give the same gradient before it is timed.
"""

import statistics
import time

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

X = np.full((2, 2), 0.3, "float32")
W = np.full((2, 2), 1.01, "float32")
B = np.full((2, 2), 0.02, "float32")
C = np.full((2, 2), -3.0, "float32")


def chain_numpy(steps=250):
    """Forward and backward by hand: the floor."""
    y, saved = X, []
    for _ in range(steps):
        saved.append(y)
        y = np.sin(y)
        y = y * W
        y = y + B
        saved.append(y)
        y = np.maximum(y, C)
    g = np.ones_like(y)
    for _ in range(steps):
        g = g * (saved.pop() >= C)
        g = g * W
        g = g * np.cos(saved.pop())
    return g


def chain_engine(steps=250):
    """The same on the engine."""
    from mxnet import autograd
    from mxnet import np as mnp

    x, w, b, c = (mnp.array(a) for a in (X, W, B, C))
    x.attach_grad()
    with autograd.record():
        y = x
        for _ in range(steps):
            y = mnp.sin(y)
            y = y * w
            y = y + b
            y = mnp.maximum(y, c)
    y.backward()
    return x.grad.asnumpy()


def chain_hips(steps=250):
    """The same on HIPS autograd."""
    import autograd.numpy as anp
    from autograd import elementwise_grad

    def f(x):
        y = x
        for _ in range(steps):
            y = anp.sin(y)
            y = y * W
            y = y + B
            y = anp.maximum(y, C)
        return y

    return elementwise_grad(f)(X)


CHAIN = {"NumPy by hand": chain_numpy, "engine": chain_engine, "HIPS autograd": chain_hips}


def run() -> list[str]:
    """Measures everything here; returns the lines of the report."""
    import engine

    engine.install()
    expected = chain_numpy()
    for name, program in CHAIN.items():
        np.testing.assert_allclose(program(), expected, rtol=1e-4, err_msg=name)
    found = medians(CHAIN, rounds=200)
    floor = found["NumPy by hand"]
    lines = ["1,000 chained operations on 2x2 arrays, forward and backward (median)"]
    lines += [
        f"  {name:16} {seconds * 1e3:8.2f} ms   {seconds / floor:5.2f} x"
        for name, seconds in found.items()
    ]
    return lines


if __name__ == "__main__":
    print("\n".join(run()))
