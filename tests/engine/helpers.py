"""What the engine's behaviour tests share: leaves, gradients, derivatives of any order."""

import engine

engine.install()

from mxnet import autograd, nd, np, npx  # noqa: E402


def leaf(values, dtype="float64", space=np, req="write"):
    """An array with a gradient."""
    x = space.array(values, dtype=dtype)
    x.attach_grad(req)
    return x


def record(f, *xs, **modes):
    """`f(*xs)` on the tape."""
    with autograd.record(**modes):
        return f(*xs)


def grads(f, *xs, head=None):
    """The gradients that one backward pass of `f(*xs)` leaves in `xs`, as lists."""
    record(f, *xs).backward(head)
    return [x.grad.tolist() for x in xs]


def slope(f, x, head=None):
    """The gradient of `f` at the leaf `x`, as a list."""
    return grads(f, x, head=head)[0]


def derivatives(f, x, order):
    """The derivatives 1 … `order` of the elementwise `f` at `x`, each taken through the last."""
    found = []
    with autograd.record():
        y = f(x)
        for _ in range(order):
            y = autograd.grad(y, x, create_graph=True)[0]
            found.append(y)
    return found


def values(arrays):
    return [x.tolist() for x in arrays]


__all__ = [
    "autograd",
    "derivatives",
    "grads",
    "leaf",
    "nd",
    "np",
    "npx",
    "record",
    "slope",
    "values",
]
