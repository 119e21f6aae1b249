"""Every program as MXNet's users write it: runs on this engine and on MXNet 1.9.1."""

import cases
from mxnet import autograd, nd, np, npx

npx.set_np()
#: MXNet runs behind the program's back; this waits for it. (`asnumpy` would copy besides.)
wait = npx.waitall


def leaves(*raws):
    """New arrays with gradient buffers."""
    found = [np.array(raw, dtype=raw.dtype) for raw in raws]
    for leaf in found:
        leaf.attach_grad()
    return found


def chain(name):
    turns = cases.CHAIN_TURNS[name]
    (x,) = leaves(cases.CHAIN["x"])
    w, b, c = (np.array(cases.CHAIN[k]) for k in "wbc")

    def run():
        with autograd.record():
            y = x
            for _ in range(turns):
                y = np.sin(y)
                y = y * w
                y = y + b
                y = np.maximum(y, c)
        y.backward()
        wait()
        return [x.grad]

    return run


def control():
    a, head = nd.array(cases.CONTROL["a"]), nd.array(cases.CONTROL["head"])
    a.attach_grad()

    def run():
        with autograd.record():
            b = a * 2
            while (nd.norm(b) < 1000).asscalar():
                b = b * 2
            if (nd.sum(b) > 0).asscalar():
                c = b
            else:
                c = 100 * b
        c.backward(head)
        wait()
        return [a.grad]

    return run


def mlp(name):
    data = cases.MLP[name]
    x, t = np.array(data["x"]), np.array(data["t"].astype("float32"))
    params = leaves(*(data[k] for k in ("w1", "b1", "w2", "b2")))
    w1, b1, w2, b2 = params

    def run():
        with autograd.record():
            h = npx.relu(np.dot(x, w1) + b1)
            z = np.dot(h, w2) + b2
            loss = -npx.pick(npx.log_softmax(z, axis=1), t, axis=1).mean()
        loss.backward()
        for p in params:
            p -= cases.RATE * p.grad
        wait()
        return [p.grad for p in params]

    return run


def rnn():
    xs = [np.array(x) for x in cases.RNN["xs"]]
    params = leaves(*(cases.RNN[k] for k in ("wx", "wh", "b")))
    wx, wh, b = params

    def run():
        h = np.zeros((xs[0].shape[0], wh.shape[0]))
        with autograd.record():
            for x in xs:
                h = np.tanh(np.dot(x, wx) + np.dot(h, wh) + b)
            loss = h.sum()
        loss.backward()
        wait()
        return [p.grad for p in params]

    return run


def second():
    (x,) = leaves(cases.SECOND)

    def run():
        with autograd.record():
            y = np.sin(x) * x * x
            first = autograd.grad(y, [x], create_graph=True)[0]
        first.backward()
        wait()
        return [x.grad]

    return run


def elementwise():
    (x,) = leaves(cases.ELEMENTS)

    def run():
        with autograd.record():
            y = np.sin(x) * x + x
        y.backward()
        wait()
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
