"""Every program on HIPS autograd, as its users write it."""

import autograd.numpy as np
import cases
import numpy
from autograd import elementwise_grad, grad


def chain(name):
    turns = cases.CHAIN_TURNS[name]
    x, w, b, c = (cases.CHAIN[k] for k in "xwbc")

    def f(y):
        for _ in range(turns):
            y = np.sin(y)
            y = y * w
            y = y + b
            y = np.maximum(y, c)
        return y

    g = elementwise_grad(f)
    return lambda: [g(x)]


def control():
    a, head = cases.CONTROL["a"], cases.CONTROL["head"]

    def f(a):
        b = a * 2
        while np.linalg.norm(b) < 1000:
            b = b * 2
        c = b if np.sum(b) > 0 else 100 * b
        return np.sum(c * head)

    g = grad(f)
    return lambda: [g(a)]


def mlp(name):
    data = cases.MLP[name]
    x, t = data["x"], data["t"]
    rows = numpy.arange(len(t))
    params = [data[k].copy() for k in ("w1", "b1", "w2", "b2")]

    def loss(w1, b1, w2, b2):
        h = np.maximum(np.dot(x, w1) + b1, 0)
        z = np.dot(h, w2) + b2
        z = z - np.max(z, axis=1, keepdims=True)
        log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
        return -np.mean(log_p[rows, t])

    g = grad(loss, (0, 1, 2, 3))

    def run():
        found = g(*params)
        for p, step in zip(params, found):
            p -= cases.RATE * step
        return list(found)

    return run


def rnn():
    xs = cases.RNN["xs"]
    params = tuple(cases.RNN[k] for k in ("wx", "wh", "b"))

    def loss(wx, wh, b):
        h = numpy.zeros((xs.shape[1], wh.shape[0]), "float32")
        for x in xs:
            h = np.tanh(np.dot(x, wx) + np.dot(h, wh) + b)
        return np.sum(h)

    g = grad(loss, (0, 1, 2))
    return lambda: list(g(*params))


def second():
    g = elementwise_grad(elementwise_grad(lambda x: np.sin(x) * x * x))
    return lambda: [g(cases.SECOND)]


def elementwise():
    g = elementwise_grad(lambda x: np.sin(x) * x + x)
    return lambda: [g(cases.ELEMENTS)]


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
