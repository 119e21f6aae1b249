"""Every program on PyTorch's CPU build, as its users write it."""

import cases
import torch
from torch.nn.functional import cross_entropy


def leaves(*raws):
    """New arrays whose gradients are wanted."""
    return [torch.from_numpy(raw.copy()).requires_grad_() for raw in raws]


def forget(params):
    for p in params:
        p.grad = None


def chain(name):
    turns = cases.CHAIN_TURNS[name]
    (x,) = leaves(cases.CHAIN["x"])
    w, b, c = (torch.from_numpy(cases.CHAIN[k]) for k in "wbc")

    def run():
        forget([x])
        y = x
        for _ in range(turns):
            y = torch.sin(y)
            y = y * w
            y = y + b
            y = torch.maximum(y, c)
        y.backward(torch.ones_like(y))
        return [x.grad]

    return run


def control():
    (a,) = leaves(cases.CONTROL["a"])
    head = torch.from_numpy(cases.CONTROL["head"])

    def run():
        forget([a])
        b = a * 2
        while (torch.linalg.norm(b) < 1000).item():
            b = b * 2
        c = b if (torch.sum(b) > 0).item() else 100 * b
        c.backward(head)
        return [a.grad]

    return run


def mlp(name):
    data = cases.MLP[name]
    x, t = torch.from_numpy(data["x"]), torch.from_numpy(data["t"])
    params = leaves(*(data[k] for k in ("w1", "b1", "w2", "b2")))
    w1, b1, w2, b2 = params

    def run():
        forget(params)
        h = torch.relu(torch.mm(x, w1) + b1)
        cross_entropy(torch.mm(h, w2) + b2, t).backward()
        with torch.no_grad():
            for p in params:
                p -= cases.RATE * p.grad
        return [p.grad for p in params]

    return run


def rnn():
    xs = [torch.from_numpy(x) for x in cases.RNN["xs"]]
    params = leaves(*(cases.RNN[k] for k in ("wx", "wh", "b")))
    wx, wh, b = params

    def run():
        forget(params)
        h = torch.zeros(xs[0].shape[0], wh.shape[0])
        for x in xs:
            h = torch.tanh(torch.mm(x, wx) + torch.mm(h, wh) + b)
        h.sum().backward()
        return [p.grad for p in params]

    return run


def second():
    (x,) = leaves(cases.SECOND)
    ones = torch.ones_like(x)

    def run():
        y = torch.sin(x) * x * x
        first = torch.autograd.grad(y, x, ones, create_graph=True)[0]
        return [torch.autograd.grad(first, x, ones)[0]]

    return run


def elementwise():
    (x,) = leaves(cases.ELEMENTS)

    def run():
        forget([x])
        y = torch.sin(x) * x + x
        y.backward(torch.ones_like(y))
        return [x.grad]

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
