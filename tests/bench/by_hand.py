"""Every program in NumPy with the backward pass written by hand: the floor of all ratios."""

import cases
import numpy as np


def chain(name):
    """A function that runs the chain forward and backward."""
    turns = cases.CHAIN_TURNS[name]
    X, W, B, C = (cases.CHAIN[k] for k in "xwbc")

    def run():
        y, saved = X, []
        for _ in range(turns):
            saved.append(y)
            y = np.sin(y)
            y = y * W
            y = y + B
            saved.append(y)
            y = np.maximum(y, C)
        g = np.ones_like(y)
        for _ in range(turns):
            g = g * (saved.pop() >= C)
            g = g * W
            g = g * np.cos(saved.pop())
        return [g]

    return run


def control():
    """Doubling while the norm is small, a branch by the sum."""
    a, head = cases.CONTROL["a"], cases.CONTROL["head"]

    def run():
        b, doublings = a * 2, 0
        while np.linalg.norm(b) < 1000:
            b = b * 2
            doublings += 1
        positive = np.sum(b) > 0
        c = b if positive else 100 * b
        g = head if positive else 100 * head
        for _ in range(doublings):
            g = g * 2
        assert c.shape == g.shape
        return [g * 2]

    return run


def mlp(name):
    """One step of gradient descent on parameters that start anew at each run."""
    data = cases.MLP[name]
    x, t = data["x"], data["t"]
    rows = np.arange(len(t))
    w1, b1, w2, b2 = (data[k].copy() for k in ("w1", "b1", "w2", "b2"))

    def run():
        nonlocal w1, b1, w2, b2
        z1 = np.dot(x, w1) + b1
        h = np.maximum(z1, 0)
        z2 = np.dot(h, w2) + b2
        shifted = z2 - z2.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        loss = -log_p[rows, t].mean()
        g2 = np.exp(log_p)
        g2[rows, t] -= 1
        g2 /= len(t)
        gw2, gb2 = np.dot(h.T, g2), g2.sum(axis=0)
        g1 = np.dot(g2, w2.T) * (z1 > 0)
        gw1, gb1 = np.dot(x.T, g1), g1.sum(axis=0)
        w1 -= cases.RATE * gw1
        b1 -= cases.RATE * gb1
        w2 -= cases.RATE * gw2
        b2 -= cases.RATE * gb2
        assert loss == loss
        return [gw1, gb1, gw2, gb2]

    return run


def rnn():
    """Through time and back."""
    xs, wx, wh, b = (cases.RNN[k] for k in ("xs", "wx", "wh", "b"))

    def run():
        h = np.zeros((xs.shape[1], wh.shape[0]), "float32")
        states = [h]
        for x in xs:
            h = np.tanh(np.dot(x, wx) + np.dot(h, wh) + b)
            states.append(h)
        loss = h.sum()
        gwx, gwh, gb = np.zeros_like(wx), np.zeros_like(wh), np.zeros_like(b)
        g = np.ones_like(h)
        wh_t = wh.T
        for k in range(len(xs) - 1, -1, -1):
            h = states[k + 1]
            g = g * (1 - h * h)
            gwx += np.dot(xs[k].T, g)
            gwh += np.dot(states[k].T, g)
            gb += g.sum(axis=0)
            g = np.dot(g, wh_t)
        assert loss == loss
        return [gwx, gwh, gb]

    return run


def second():
    """y = sin(x) x x, y' and y''."""
    x = cases.SECOND

    def run():
        s, c = np.sin(x), np.cos(x)
        y = s * x * x
        first = c * x * x + 2 * s * x
        assert first.shape == y.shape
        return [2 * s + 4 * c * x - y]

    return run


def elementwise():
    """y = sin(x) x + x; the head gradient is ones."""
    x = cases.ELEMENTS

    def run():
        s = np.sin(x)
        y = s * x + x
        g = np.ones_like(y)
        return [g * s + g * x * np.cos(x) + g]

    return run


PROGRAMS = {
    "chain": lambda: chain("chain"),
    "control": control,
    "mlp": lambda: mlp("mlp"),
    "rnn": rnn,
    "mlp_large": lambda: mlp("mlp_large"),
    "chain_long": lambda: chain("chain_long"),
    "second": second,
    "elementwise": elementwise,
}
