"""Shapes of a block's own parameters that follow from the first batch."""

import pytest

import engine
from engine.facade import fresh

engine.install()

import mxnet as mx  # noqa: E402
from mxnet import gluon, nd, np  # noqa: E402


def block(body, **shapes):
    """A HybridBlock with parameters of these shapes, and a Dense child."""

    class Net(gluon.HybridBlock):
        def __init__(self):
            super().__init__()
            with self.name_scope():
                for name, shape in shapes.items():
                    own = self.params.get(name, shape=shape, allow_deferred_init=True)
                    setattr(self, name, own)
                self.dense = gluon.nn.Dense(2)

        def hybrid_forward(self, F, x, **given):
            return body(self, F, x, **given)

    fresh()
    mx.random.seed(1)
    net = Net()
    net.initialize()
    return net


CASES = {
    "fully connected": (
        lambda self, F, x, w, b: F.FullyConnected(x, w, b, num_hidden=3),
        {"w": (3, 0), "b": (0,)}, (2, 3, 4), {"w": (3, 12), "b": (3,)},
    ),
    "by name, rows kept": (
        lambda self, F, x, w: F.FullyConnected(
            data=x, weight=w, num_hidden=3, no_bias=True, flatten=False),
        {"w": (0, 0)}, (2, 3, 4), {"w": (3, 4)},
    ),
    "convolution": (
        lambda self, F, x, w: F.Convolution(
            x, w, kernel=(3, 2), num_filter=4, num_group=2, no_bias=True),
        {"w": (4, 0, 3, 2)}, (1, 6, 5, 5), {"w": (4, 3, 3, 2)},
    ),
    "norms": (
        lambda self, F, x, g, b: F.LayerNorm(x, g, b), {"g": (0,), "b": (0,)}, (2, 5),
        {"g": (5,), "b": (5,)},
    ),
    "product": (lambda self, F, x, w: F.dot(x, w), {"w": (0, 3)}, (2, 5), {"w": (5, 3)}),
    "product of np": (
        lambda self, F, x, w: F.np.dot(x, w), {"w": (0, 3)}, (2, 5), {"w": (5, 3)}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_shapes_follow_from_the_data(name):
    body, shapes, given, wanted = CASES[name]
    net = block(body, **shapes)
    net((np if name.endswith("np") else nd).ones(given))
    assert {name: getattr(net, name).shape for name in wanted} == wanted


def test_a_trial_run_leaves_nothing_behind():
    """The block's own parameters are drawn first, then its children's, as in MXNet."""
    net = block(
        lambda self, F, x, w: self.dense(F.FullyConnected(x, w, num_hidden=3, no_bias=True)),
        w=(3, 0),
    )
    net(nd.ones((1, 2)))
    drawn = [net.w.data(), net.dense.weight.data()]
    mx.random.seed(1)
    for param in drawn:
        again = nd.random.uniform(-0.07, 0.07, shape=param.shape)
        assert again.asnumpy().tolist() == param.asnumpy().tolist()


def test_what_does_not_follow_is_an_error_that_names_the_function():
    net = block(lambda self, F, x, w: F.broadcast_add(x, w), w=(0,))
    with pytest.raises(ValueError, match=r"`F.broadcast_add` does not tell.*Give all sizes"):
        net(nd.ones((2, 3)))
