"""Gluon as courses use it, and what its errors, files, tools and switches do."""

import gc

import numpy
import pytest

import engine
from engine.kernel import Kernel

engine.install()

import mxnet as mx  # noqa: E402
from mxnet import autograd, gluon, init, nd, np, npx, test_utils, util  # noqa: E402
from mxnet.gluon import nn  # noqa: E402


@pytest.fixture(autouse=True)
def _fresh():
    mx.random.seed(0)
    engine.facade.fresh()
    yield
    engine.facade.fresh()


# ----- Programs of the course -----

BLOCKS = """
from mxnet import init, np, npx
from mxnet.gluon import nn
npx.set_np()

class MLP(nn.Block):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Dense(256, activation='relu')
        self.out = nn.Dense(10)
    def forward(self, X):
        return self.out(self.hidden(X))

class MySequential(nn.Block):
    def add(self, block):
        self._children[block.name] = block
    def forward(self, X):
        for block in self._children.values():
            X = block(X)
        return X

class FixedHiddenMLP(nn.Block):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.rand_weight = self.params.get_constant(
            'rand_weight', np.random.uniform(size=(20, 20)))
        self.dense = nn.Dense(20, activation='relu')
    def forward(self, X):
        X = self.dense(X)
        X = npx.relu(np.dot(X, self.rand_weight.data()) + 1)
        X = self.dense(X)
        while np.abs(X).sum() > 1:
            X /= 2
        return X.sum()

class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        print('Init', name, data.shape)
        data[:] = np.random.uniform(-10, 10, data.shape)
        data *= np.abs(data) >= 5

class MyDense(nn.Block):
    def __init__(self, units, in_units, **kwargs):
        super().__init__(**kwargs)
        self.weight = self.params.get('weight', shape=(in_units, units))
        self.bias = self.params.get('bias', shape=(units,))
    def forward(self, x):
        linear = np.dot(x, self.weight.data(ctx=x.ctx)) + self.bias.data(ctx=x.ctx)
        return npx.relu(linear)

X = np.random.uniform(size=(2, 20))
for net in (MLP(), MySequential(), FixedHiddenMLP()):
    if isinstance(net, MySequential):
        net.add(nn.Dense(256, activation='relu'))
        net.add(nn.Dense(10))
    net.initialize()
    print(net(X).shape)
net = nn.Sequential()
net.add(nn.Dense(3), MyDense(2, in_units=3))
net.initialize(MyInit(), force_reinit=True)
print(net(X).shape, net[0].weight.data()[0].shape)
net[0].weight.data()[:] += 1
net[0].weight.data()[0, 0] = 42
print(net[0].weight.data()[0, 0], [p for p in net.collect_params()])
"""


def test_blocks_of_the_course_run(capsys):
    exec(compile(BLOCKS, "course", "exec"), {"__name__": "course"})
    assert capsys.readouterr().out.splitlines() == [
        "(2, 10)",
        "(2, 10)",
        "()",
        "Init mydense0_weight (3, 2)",
        "Init mydense0_bias (2,)",
        "Init dense5_weight (3, 20)",
        "(2, 2) (20,)",
        "42.0 ['dense5_weight', 'dense5_bias', 'mydense0_weight', 'mydense0_bias']",
    ]


def test_softmax_regression_from_scratch_learns():
    X = np.random.normal(0, 1, (60, 4))
    y = (X[:, 0] > 0).astype("int32") + (X[:, 1] > 0).astype("int32")
    W, b = np.random.normal(0, 0.01, (4, 3)), np.zeros(3)
    W.attach_grad()
    b.attach_grad()

    def net(X):
        shifted = np.exp(np.dot(X, W) + b)
        return shifted / shifted.sum(axis=1, keepdims=True)

    def cross_entropy(y_hat, y):
        return -np.log(y_hat[range(len(y_hat)), y])

    losses = []
    for _ in range(30):
        with autograd.record():
            loss = cross_entropy(net(X), y)
        loss.backward()
        for param in (W, b):
            param[:] = param - 1.0 * param.grad / len(X)
        losses.append(float(loss.mean()))
    assert losses[-1] < losses[0] / 2
    assert float((net(X).argmax(axis=1) == y).mean()) > 0.8


# ----- Errors -----


def test_use_before_initialize_names_the_parameter_and_what_to_write():
    net = nn.Dense(2, in_units=3)
    with pytest.raises(RuntimeError, match=r"dense0_weight.*not been initialized.*net.initialize"):
        net(nd.ones((1, 3)))
    with pytest.raises(RuntimeError, match=r"dense0_(bias|weight)"):
        gluon.Trainer(net.collect_params(), "sgd")


def test_a_deferred_parameter_says_when_it_gets_its_values():
    net = nn.Dense(2)
    net.initialize()
    with pytest.raises(gluon.DeferredInitializationError, match=r"first forward pass.*in_units"):
        net.weight.data()


def test_data_of_another_width_is_refused():
    net = nn.Dense(2, in_units=3)
    net.initialize()
    with pytest.raises(mx.MXNetError, match=r"4 inputs each.*\(2, 3\)"):
        net(nd.ones((1, 4)))


def test_parameters_turn_to_the_namespace_of_the_input():
    net = nn.Dense(2, in_units=3)
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"momentum": 0.9})
    x = np.ones((1, 3))
    for _ in range(2):
        with autograd.record():
            y = net(x).sum()
        y.backward()
        trainer.step(1)
    assert type(net.weight.grad()) is type(x)
    assert net.weight.grad().asnumpy().tolist() == [[1] * 3] * 2


def test_a_step_without_backward_is_refused():
    net = nn.Dense(1, in_units=1)
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    with pytest.raises(UserWarning, match=r"dense0_bias.*loss\.backward"):
        trainer.step(1)
    trainer.step(1, ignore_stale_grad=True)


def test_assigning_before_super_init_says_so():
    class Net(nn.Block):
        def __init__(self):
            self.layer = nn.Dense(1)

    with pytest.raises(AttributeError, match="super"):
        Net()


def test_an_unknown_optimizer_or_initializer_lists_the_known():
    with pytest.raises(ValueError, match=r"'sdg'.*sgd"):
        mx.optimizer.create("sdg")
    with pytest.raises(ValueError, match=r"'xaver'.*xavier"):
        init.create("xaver")


def test_labels_of_another_size_are_refused():
    with pytest.raises(mx.MXNetError, match=r"L2Loss.*\(2, 3\).*\(2, 2\)"):
        gluon.loss.L2Loss()(nd.ones((2, 3)), nd.ones((2, 2)))


# ----- What goes beyond -----


@pytest.mark.parametrize("layer", [nn.Dense(2, activation="tanh"), nn.Conv1D(2, 2), nn.LayerNorm()])
def test_layers_are_differentiable_twice(layer):
    layer.initialize(init.Uniform(1))
    x = nd.random.uniform(-1, 1, shape=(2, 3, 4))
    x.attach_grad()
    layer(x)

    def slope(x):
        with autograd.record():
            y = (layer(x) ** 3).sum()
            return autograd.grad(y, x, create_graph=True)[0]

    def value(x):
        return (slope(x) ** 2).sum()

    with autograd.record():
        z = value(x)
    z.backward()
    towards, far = nd.random.uniform(-1, 1, shape=x.shape), 1e-2
    ends = []
    for sign in (1, -1):
        moved = x.detach() + sign * far * towards
        moved.attach_grad()
        ends.append(value(moved).asscalar())
    expected = (ends[0] - ends[1]) / (2 * far)
    assert (x.grad * towards).sum().asscalar() == pytest.approx(expected, rel=2e-2)


def test_training_keeps_no_more_memory_with_time():
    net = nn.Sequential()
    net.add(nn.Dense(4, activation="relu"), nn.BatchNorm(), nn.Dense(1))
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "adam")
    x, y = nd.random.normal(shape=(8, 3)), nd.ones((8, 1))

    def step():
        with autograd.record():
            loss = gluon.loss.L2Loss()(net(x), y)
        loss.backward()
        trainer.step(8)

    sizes = []
    for _ in range(3):
        for _ in range(10):
            step()
        gc.collect()
        sizes.append(len(gc.get_objects()))
    assert sizes[2] - sizes[1] < 50


def test_every_run_of_the_kernel_begins_anew():
    kernel = Kernel()
    for _ in range(2):
        code = (
            "from mxnet import npx, util\nfrom mxnet.gluon import nn\n"
            "assert not npx.is_np_array() and nn.Dense(1).name == 'dense0'\nnpx.set_np()\n"
        )
        told = []
        kernel.execute(code, tell=lambda kind, held, told=told: told.append((kind, held)))
        assert "Error" not in repr(told)
        assert util.is_np_array()


# ----- Files, switches and tools -----


def test_optimizer_states_are_saved_and_loaded(tmp_path):
    def trained(path=None):
        net = nn.Dense(2, in_units=3)
        net.initialize(init.One())
        trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.1})
        if path:
            trainer.load_states(path)
        for _ in range(2):
            with autograd.record():
                y = net(nd.array([[1, 2, 3]])) ** 2
            y.backward()
            trainer.step(1)
        return net, trainer

    path = tmp_path / "states"
    trained()[1].save_states(path)
    first, again = trained()[0].weight.data(), trained(path)[0].weight.data()
    assert not test_utils.same(first, again)
    _, trainer = trained(path)
    assert trainer.optimizer.num_update == 4


def test_a_file_that_is_none_is_refused(tmp_path):
    path = tmp_path / "no.params"
    path.write_bytes(b"nonsense")
    with pytest.raises(ValueError, match=r"no\.params.*save_parameters"):
        nn.Dense(1).load_parameters(path)


def test_switches_of_semantics():
    @util.use_np
    def inside():
        return npx.is_np_array(), npx.is_np_shape()

    @util.use_np
    class Net:
        def mode(self):
            return util.is_np_array()

    assert inside() == (True, True) and Net().mode() and not npx.is_np_array()
    with util.np_array(True):
        assert isinstance(gluon.Parameter("w", shape=2).shape, tuple) and util.is_np_array()
    npx.set_np()
    assert util.is_np_array()
    with pytest.raises(ValueError, match="Shape semantics"):
        util.set_np(shape=False, array=True)


def test_comparisons_of_test_utils():
    a = nd.array([1.0, 2.0])
    test_utils.assert_almost_equal(a, numpy.array([1.0, 2.0001], "float32"))
    with pytest.raises(AssertionError, match=r"Location of maximum error: \(1,\), a=2\.0"):
        test_utils.assert_almost_equal(a, numpy.array([1.0, 2.1]))
    assert test_utils.same(a, a.asnumpy()) and not test_utils.same(a, a + 1)
    assert test_utils.almost_equal(a, a + 1e-9, rtol=1e-5)
    test_utils.assert_exception(lambda: nd.zeros(2) + nd.zeros(3), mx.MXNetError)
    assert test_utils.same_array(a, a.detach()) and not test_utils.same_array(a, a.copy())


def test_random_data_of_test_utils():
    assert len(test_utils.rand_shape_nd(4)) == 4 and len(test_utils.rand_shape_2d()) == 2
    assert test_utils.rand_ndarray((2, 3)).shape == (2, 3)
    one, (two, three) = test_utils.random_arrays((2,)), test_utils.random_arrays((2, 3), ())
    assert one.shape == (2,) and two.dtype == numpy.float32 and three.shape == ()
    assert all(3 <= v < 4 for v in test_utils.random_uniform_arrays((5,), low=3, high=4)[0])


def test_environment_of_test_utils(monkeypatch):
    monkeypatch.delenv("PLAYGROUND_TEST", raising=False)
    with test_utils.environment("PLAYGROUND_TEST", "1"):
        assert util.getenv("PLAYGROUND_TEST") == "1"
    assert util.getenv("PLAYGROUND_TEST") is None


def test_gradients_are_checked():
    test_utils.check_numeric_gradient(lambda x, y: x * x * y, [numpy.ones((2, 2)), nd.ones((2, 2))])

    class Wrong(autograd.Function):
        def forward(self, x):
            return x * x

        def backward(self, dy):
            return dy

    with pytest.raises(AssertionError):
        test_utils.check_numeric_gradient(lambda x: Wrong()(x), [numpy.ones((2, 2)) * 3])


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_half_precision_weights_keep_a_float32_copy_for_small_updates(name):
    def trained(multi):
        weight, grad = nd.ones((1,), dtype="float16"), nd.ones((1,), dtype="float16") * 0.1
        made = mx.optimizer.create(name, learning_rate=1e-4, multi_precision=multi)
        updater = mx.optimizer.get_updater(made)
        for _ in range(100):
            updater(0, grad, weight)
        return weight.dtype, weight.asscalar()

    exact = 1 - 100 * 1e-4 * (0.1 if name == "sgd" else 1)
    assert trained(True) == (numpy.float16, pytest.approx(exact, abs=5e-4))
    assert trained(False) == (numpy.float16, 1.0)  # each step is below half of what 1 can lose


def test_draws_lead_gradients_to_their_parameters():
    loc, scale = np.zeros((2, 1)), np.ones(3)
    loc.attach_grad()
    scale.attach_grad()
    with autograd.record():
        draws = np.random.normal(loc, scale, (4, 2, 3))
    draws.backward()
    assert loc.grad.tolist() == [[12], [12]]
    numpy.testing.assert_allclose(scale.grad, draws.asnumpy().sum((0, 1)), rtol=1e-5)


def test_a_summary_has_a_line_for_each_call_of_a_layer(capsys):
    net = nn.Sequential()
    first = nn.Dense(3, in_units=3)
    net.add(first, nn.Dense(3, in_units=3, params=first.params), nn.Dense(2, activation="relu"))
    net.initialize()
    net.summary(nd.ones((1, 3)))
    shown = capsys.readouterr().out
    names = [line.split()[0] for line in shown.splitlines() if line.startswith("    ")]
    assert names == ["Layer", "Input", "Dense-1", "Dense-2", "Activation-3", "Dense-4"]
    assert "Total params: 32" in shown and "computation graph: 12" in shown
    assert "Unique parameters in model: 20" in shown


def test_parameters_with_one_element_are_arrays_all_the_same():
    zero, one = nd.array([0.0]), nd.array([1.0])
    assert nd.random.uniform(zero, one, shape=(2,)).shape == (1, 2)
    assert nd.random.normal(zero, one).shape == (1,)
    assert nd.random.exponential(nd.array([[1.0]]), shape=2).shape == (1, 1, 2)
    assert np.random.normal(np.array([0.0]), 1).shape == (1,)
    assert np.random.normal(np.array(0.0), 1).shape == ()


@pytest.mark.parametrize("name", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize("multi", [False, True])
def test_states_of_all_forms_come_back_from_a_file(name, multi, tmp_path):
    def fresh(**given):
        return mx.optimizer.get_updater(
            mx.optimizer.create(name, multi_precision=multi, learning_rate=0.1, **given)
        )

    given = {"momentum": 0.9} if name == "sgd" and not multi else {}
    weight, grad = nd.ones((2,), dtype="float16"), nd.ones((2,), dtype="float16")
    updater, again = fresh(**given), fresh(**given)
    updater(0, grad, weight)
    updater.save(tmp_path / "states")
    again.load(tmp_path / "states")
    other = weight.copy()
    updater(0, grad, weight)
    again(0, grad, other)
    assert str(updater.states) == str(again.states)
    assert weight.asnumpy().tolist() == other.asnumpy().tolist()
