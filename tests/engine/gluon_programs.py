"""Programs with Gluon that show the same in MXNet 1.9.1 and here; also run under Python 3.8.

Each is (name, namespace "nd" or "np", source). `show(value)` notes a value, `fail(function)` the
kind of exception. `show.exact` asks for equality to the last bit. `data(*shape)` gives fixed data.
"""

import json

import numpy


def data(*shape):
    """Fixed numbers between -1 and 1, as float32."""
    return numpy.random.RandomState(sum(shape) + len(shape)).uniform(-1, 1, shape).astype("float32")


class Shown:
    """What a program has shown, as plain data for JSON."""

    def __init__(self):
        self.values = []

    def __call__(self, value):
        self.values.append(plain(value))

    def exact(self, value):
        """A value that must be equal to the last bit."""
        self.values.append({"exact": plain(value)})

    def fail(self, function):
        """The kind of exception that a call raises."""
        try:
            function()
        except Exception as problem:
            self.values.append({"raises": type(problem).__name__})
        else:
            self.values.append({"raises": None})


def plain(value):
    """A value as plain data."""
    if hasattr(value, "asnumpy"):
        value = value.asnumpy()
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        found = value.astype("float64").tolist() if value.dtype.kind == "f" else value.tolist()
        return short(found)
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def short(value):
    """Numbers with the nine digits that tell float32 numbers apart."""
    if isinstance(value, list):
        return [short(v) for v in value]
    return float("%.9g" % value) if isinstance(value, float) else value  # noqa: UP031


def run(source, space, mxnet):
    """What a program shows: a list."""
    shown = Shown()
    names = {
        "mx": mxnet,
        "numpy": numpy,
        "data": data,
        "show": shown,
        "fail": shown.fail,
        "autograd": mxnet.autograd,
        "gluon": mxnet.gluon,
        "nn": mxnet.gluon.nn,
        "init": mxnet.init,
        "np": mxnet.np,
        "npx": mxnet.npx,
        "nd": mxnet.nd,
        "array": mxnet.np.array if space == "np" else mxnet.nd.array,
    }
    numpy.random.seed(0)
    mxnet.random.seed(0)
    (mxnet.npx.set_np if space == "np" else mxnet.npx.reset_np)()
    try:
        exec(source, names)
    finally:
        mxnet.npx.reset_np()
    return json.loads(json.dumps(shown.values))


TRAIN = """
x, y = array(data(8, 5)), array(data(8, 2))
net = nn.Sequential()
net.add(nn.Dense(4, activation="tanh"), nn.Dense(2))
net.initialize(init.Xavier())
trainer = gluon.Trainer(net.collect_params(), {optimizer})
loss = gluon.loss.L2Loss()
for step in range(5):
    with autograd.record():
        l = loss(net(x), y)
    l.backward()
    trainer.step(8)
show(l)
for p in net.collect_params().values():
    show(p.data())
"""

OPTIMIZERS = {
    "sgd": '"sgd", {"learning_rate": 0.5}',
    "sgd with wd": '"sgd", {"learning_rate": 0.5, "wd": 0.1}',
    "sgd with momentum": '"sgd", {"learning_rate": 0.2, "momentum": 0.9, "wd": 0.01}',
    "sgd with clipping": '"sgd", {"learning_rate": 0.5, "clip_gradient": 0.01}',
    "nag": '"nag", {"learning_rate": 0.2, "momentum": 0.9, "wd": 0.01}',
    "nag without momentum": '"nag", {"learning_rate": 0.2}',
    "adam": '"adam", {"learning_rate": 0.05}',
    "adam with wd": '"adam", {"learning_rate": 0.05, "wd": 0.1, "clip_gradient": 0.1}',
    "adagrad": '"adagrad", {"learning_rate": 0.1, "wd": 0.01}',
    "rmsprop": '"rmsprop", {"learning_rate": 0.02, "gamma1": 0.8, "wd": 0.01}',
    "rmsprop centered": '"rmsprop", {"learning_rate": 0.01, "centered": True}',
    "adadelta": '"adadelta", {"rho": 0.8, "wd": 0.01}',
    "adamax": '"adamax", {"learning_rate": 0.05}',
    "nadam": '"nadam", {"learning_rate": 0.05}',
    "ftrl": '"ftrl", {"learning_rate": 0.5}',
    "signum": '"signum", {"learning_rate": 0.05, "wd": 0.01}',
    "factor scheduler": (
        '"sgd", {"learning_rate": 0.5, "lr_scheduler": mx.lr_scheduler.FactorScheduler(2, 0.5)}'
    ),
    "cosine scheduler": (
        '"sgd", {"lr_scheduler": mx.lr_scheduler.CosineScheduler(4, 0.5, 0.1, warmup_steps=1)}'
    ),
}

LOSS = """
loss = gluon.loss.{loss}
args = [array(numpy.asarray(a, dtype="float32")) for a in ({args},)]
for a in args:
    a.attach_grad()
with autograd.record():
    l = loss(*args)
show(list(l.shape)); show(l)
l.backward()
show(args[0].grad)
show(repr(loss))
"""

SIGNS = "numpy.sign(data(4, 3))"
LOSSES = {
    "L2Loss()": "data(4, 3), data(4, 3) * 2",
    "L2Loss(weight=3)": "data(4), data(4) + 1",
    "L1Loss()": "data(4, 3, 2), data(4, 3, 2) * 2 + 0.1",
    "L1Loss(weight=2.0) ": "data(4, 3), data(4, 3) * 2 + 0.1, data(4, 1)",
    "SigmoidBCELoss()": "data(4, 3), data(3, 4).reshape(4, 3) > 0",
    "SigmoidBCELoss() ": "data(4, 3), data(3, 4).reshape(4, 3) > 0, data(4, 1), data(1, 3)",
    "SigmoidBCELoss(from_sigmoid=True)": "abs(data(4, 3)), data(3, 4).reshape(4, 3) > 0",
    "SoftmaxCELoss()": "data(4, 3), numpy.array([0, 2, 1, 1])",
    "SoftmaxCELoss() ": "data(4, 3), numpy.array([0, 2, 1, 1]), data(4, 1)",
    "SoftmaxCELoss(axis=1)": "data(2, 3, 4), numpy.array([[0, 2, 1, 1], [2, 2, 0, 1]])",
    "SoftmaxCELoss(sparse_label=False)": "data(4, 3), abs(data(3, 4)).reshape(4, 3)",
    "SoftmaxCELoss(from_logits=True)": "data(4, 3), numpy.array([0, 2, 1, 1])",
}
CLASSIC = {
    "KLDivLoss()": "data(4, 3), abs(data(3, 4)).reshape(4, 3)",
    "KLDivLoss(from_logits=False)": "data(4, 3), abs(data(3, 4)).reshape(4, 3)",
    "HuberLoss()": "data(4, 3) * 3, data(3, 4).reshape(4, 3)",
    "HuberLoss(rho=0.5, weight=2)": "data(4, 3) * 3, data(3, 4).reshape(4, 3)",
    "HingeLoss()": f"data(4, 3) * 2, {SIGNS}[::-1].copy()",
    "SquaredHingeLoss(margin=2)": f"data(4, 3) * 2, {SIGNS}[::-1].copy()",
    "LogisticLoss()": f"data(4, 3) * 2, {SIGNS}[::-1].copy()",
    "LogisticLoss(label_format='binary')": "data(4, 3) * 2, data(3, 4).reshape(4, 3) > 0",
    "TripletLoss()": "data(4, 3), data(3, 4).reshape(4, 3), data(2, 6).reshape(4, 3)",
    "PoissonNLLLoss()": "data(4, 3), abs(data(3, 4)).reshape(4, 3) * 3",
    "CosineEmbeddingLoss()": ("data(4, 3), data(3, 4).reshape(4, 3), numpy.array([1, -1, 1, -1])"),
    "SDMLLoss()": "data(4, 3), data(3, 4).reshape(4, 3)",
    "L2Loss(batch_axis=1)": "data(4, 3), data(4, 3) * 2",
}

INITIALIZERS = (
    "Zero()",
    "One()",
    "Constant(3)",
    "Uniform()",
    "Uniform(0.5)",
    "Normal()",
    "Normal(2)",
    "Xavier()",
    "Xavier('gaussian', 'in', 2)",
    "Xavier(factor_type='out', magnitude=2.24)",
    "MSRAPrelu()",
    "LSTMBias()",
)
INITIALIZER = """
for shape in {shapes}:
    p = gluon.Parameter("test_weight", shape=shape, init=init.{init})
    p.initialize()
    show.exact(p.data())
"""

LAYER = """
x = array({data})
net = nn.{layer}
net.initialize(init.Uniform(0.5))
show(repr(net))
x.attach_grad()
with autograd.record():
    y = net(x)
    z = (y * y * y).sum()
z.backward()
show(y); show(x.grad)
for p in net.collect_params().values():
    show(p.shape); show(p.data())
    if p.grad_req != "null":
        show(p.grad())
show(net(x))
show(repr(net))
"""
LAYERS = {
    "Dense(3)": "data(2, 4)",
    "Dense(3, activation='relu', flatten=False, use_bias=False)": "data(2, 4, 3)",
    "Dense(3, in_units=12, activation='sigmoid')": "data(2, 4, 3)",
    "Flatten()": "data(2, 4, 3)",
    "Activation('softrelu')": "data(2, 4)",
    "LeakyReLU(0.1)": "data(2, 4)",
    "PReLU()": "data(2, 4)",
    "ELU(0.5)": "data(2, 4)",
    "GELU()": "data(2, 4)",
    "Swish(2.0)": "data(2, 4)",
    "BatchNorm()": "data(4, 3)",
    "BatchNorm(momentum=0.5, scale=False)": "data(3, 2, 4, 4)",
    "BatchNorm(axis=-1, center=False, epsilon=0.1)": "data(4, 3)",
    "BatchNorm(use_global_stats=True)": "data(4, 3)",
    "LayerNorm()": "data(4, 3)",
    "Conv2D(3, 3)": "data(2, 2, 5, 5)",
    "Conv2D(4, (3, 2), strides=2, padding=(1, 0), groups=2, activation='tanh')": "data(1, 2, 7, 6)",
    "Conv2D(3, 3, dilation=2, use_bias=False)": "data(2, 2, 6, 6)",
    "Conv1D(3, 2, in_channels=2)": "data(2, 2, 5)",
    "Conv3D(2, 2)": "data(1, 2, 3, 3, 3)",
    "Conv2DTranspose(3, 3)": "data(2, 2, 3, 3)",
    "Conv2DTranspose(3, 3, strides=2, padding=1, output_padding=1)": "data(1, 2, 4, 4)",
    "Conv1DTranspose(4, 3, strides=3, groups=2, in_channels=2)": "data(2, 2, 4)",
    "MaxPool2D()": "data(2, 2, 5, 4)",
    "MaxPool2D(3, 2, 1, ceil_mode=True)": "data(1, 2, 6, 7)",
    "AvgPool2D(3, 2, 1)": "data(1, 2, 6, 7)",
    "AvgPool2D(3, 2, 1, ceil_mode=True)": "data(1, 2, 6, 7)",
    "AvgPool2D(2, 1, 1, count_include_pad=False)": "data(1, 2, 4, 4)",
    "MaxPool1D(2)": "data(1, 2, 6)",
    "AvgPool3D(2)": "data(1, 1, 4, 4, 4)",
    "GlobalAvgPool2D()": "data(2, 3, 4, 4)",
    "GlobalMaxPool1D()": "data(2, 3, 4)",
    "Dropout(0.5)": "data(40, 5)",
    "Dropout(0)": "data(2, 3)",
}
CLASSIC_LAYERS = {
    "InstanceNorm()": "data(2, 3, 4)",
    "InstanceNorm(scale=True, axis=2)": "data(2, 3, 4)",
    "GroupNorm(2)": "data(2, 4, 3)",
    "ReflectionPad2D(1)": "data(1, 2, 3, 4)",
}

CELL = """
net = gluon.rnn.{cell}
net.initialize(init.Uniform(0.5))
x = array(data(2, 4, 3))
x.attach_grad()
with autograd.record():
    outputs, states = net.unroll(4, x, merge_outputs=True)
    z = (outputs * outputs).sum()
z.backward()
show(outputs); show(states); show(x.grad); show(repr(net))
show([[p.name, list(p.shape)] for p in net.collect_params().values()])
"""
CELLS = (
    "RNNCell(2)",
    "RNNCell(2, activation='relu', input_size=3)",
    "LSTMCell(2)",
    "GRUCell(2)",
    "BidirectionalCell(gluon.rnn.GRUCell(2), gluon.rnn.RNNCell(2))",
    "ResidualCell(gluon.rnn.GRUCell(3))",
)

PROGRAMS = {
    "selu": """
show(nn.SELU()(array(data(2, 4))))
""",
    "embedding": """
net = nn.Embedding(5, 3)
net.initialize(init.Uniform(1))
with autograd.record():
    y = net(array([[1, 3], [1, 0]]))
y.backward()
show(y); show(net.weight.grad()); show(repr(net))
""",
    "names": """
net = nn.HybridSequential(prefix="net_")
with net.name_scope():
    net.add(nn.Dense(3, activation="relu"), nn.Dropout(0.5), nn.Conv2D(1, 1))
inner = nn.Sequential()
inner.add(nn.Dense(2, in_units=3), nn.BatchNorm())
show(repr(net)); show(repr(inner))
show([b.name for b in net]); show([b.prefix for b in inner])
show(list(net.collect_params().keys())); show(list(inner.collect_params().keys()))
show(repr(net.collect_params())); show(repr(inner[0].weight))
show(list(inner.collect_params(".*weight|.*gamma").keys()))
show(len(net)); show(repr(net[0:2])); show(repr(nn.Dense(5)))
""",
    "a block of one's own": """
class MLP(nn.Block):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Dense(3, activation="relu")
        self.out = nn.Dense(2)
    def forward(self, x):
        return self.out(self.hidden(x))
net = MLP()
net.initialize(init.Normal(1))
show(net(array(data(2, 4)))); show(repr(net)); show(list(net.collect_params().keys()))
show(list(net._collect_params_with_prefix().keys()))
net.collect_params().zero_grad()
net.apply(lambda b: show(type(b).__name__))
net.initialize(init.One(), force_reinit=True)
show(net(array(data(2, 4))))
""",
    "a hybrid block of one's own": """
class Scale(gluon.HybridBlock):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.scale = self.params.get("scale", shape=(units,), init=init.Constant(2))
            self.shift = self.params.get_constant("shift", [1.0, 2, 3])
    def hybrid_forward(self, F, x, scale, shift):
        return x * scale + shift
net = Scale(3)
net.initialize()
show(net(array(data(2, 3)))); show(list(net.collect_params().keys()))
show(repr(net.collect_params()))
""",
    "errors": """
net = nn.Dense(3)
fail(lambda: net.weight.data())
fail(lambda: net(array(data(2, 4))))
net.initialize()
fail(lambda: net.weight.data())
net(array(data(2, 4)))
fail(lambda: net.weight.set_data(array(data(3, 3))))
fail(lambda: gluon.Trainer([1], "sgd"))
trainer = gluon.Trainer(net.collect_params(), "sgd")
fail(lambda: trainer.step(1))
fail(lambda: nn.HybridSequential().add(nn.Lambda(lambda x: x)))
fail(lambda: gluon.data.DataLoader([1, 2]))
fail(lambda: gluon.Parameter("w", shape=(0, 2)).initialize())
fail(lambda: gluon.Parameter("w", grad_req="often"))
""",
    "sharing": """
shared = nn.Dense(3, in_units=3)
net = nn.Sequential()
net.add(shared, nn.Dense(3, in_units=3, params=shared.params))
net.initialize(init.Uniform(1))
x = array(data(2, 3))
with autograd.record():
    y = net(x)
y.backward()
show(y); show(shared.weight.grad()); show(list(net.collect_params().keys()))
""",
    "grad_req and multipliers": """
net = nn.Dense(2, in_units=3)
net.initialize(init.Uniform(1))
net.weight.lr_mult = 0.1
net.bias.wd_mult = 0
trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1, "wd": 0.1})
x = array(data(4, 3))
net.collect_params().setattr("grad_req", "add")
for _ in range(2):
    with autograd.record():
        y = net(x) ** 2
    y.backward()
show(net.weight.grad())
trainer.step(4)
show(net.weight.data()); show(net.bias.data()); show(trainer.learning_rate)
trainer.set_learning_rate(0.5)
net.collect_params().zero_grad()
show(net.weight.grad()); show(trainer.learning_rate)
net.weight.grad_req = "null"
fail(lambda: net.weight.grad())
""",
    "loading data": """
numpy.random.seed(3)
x, y = array(data(7, 2)), array(data(7))
dataset = gluon.data.ArrayDataset(x, y)
show(len(dataset)); show(list(dataset[2]))
for last in ("keep", "discard", "rollover"):
    loader = gluon.data.DataLoader(dataset, batch_size=3, shuffle=True, last_batch=last)
    show(len(loader))
    for epoch in range(2):
        for a, b in loader:
            show(a); show(b)
for batch in gluon.data.DataLoader(gluon.data.SimpleDataset([1, 2, 3]), 2):
    show(batch); show(str(numpy.dtype(batch.dtype)))
lazy = gluon.data.SimpleDataset([1, 2, 3, 4, 5]).transform(lambda v: v * 2)
show(list(lazy)[:5] if False else [lazy[k] for k in range(5)])
show([v for v in gluon.data.BatchSampler(gluon.data.SequentialSampler(5), 2)])
show([list(dataset.shard(3, k)[0]) for k in range(3)])
""",
    "utilities": """
parts = gluon.utils.split_data(array(data(7, 2)), 3, even_split=False)
show(parts)
show(gluon.utils.split_and_load(array(data(4, 2)), [mx.cpu()]))
""",
    "saving": """
import os, tempfile
path = os.path.join(tempfile.mkdtemp(), "net.params")
net = nn.Sequential()
net.add(nn.Dense(3, in_units=2), nn.Dense(1, in_units=3))
net.initialize(init.Uniform(1))
net.save_parameters(path)
again = nn.Sequential()
again.add(nn.Dense(3), nn.Dense(1))
again.load_parameters(path)
x = array(data(2, 2))
show(bool((net(x).asnumpy() == again(x).asnumpy()).all())); show(again[0].weight.data())
other = nn.Sequential()
other.add(nn.Dense(3))
fail(lambda: other.load_parameters(path))
other.load_parameters(path, ignore_extra=True)
show(other[0].weight.data())
wrong = nn.Sequential()
wrong.add(nn.Dense(4, in_units=2), nn.Dense(1, in_units=4))
fail(lambda: wrong.load_parameters(path))
more = nn.Sequential()
more.add(nn.Dense(3), nn.Dense(1), nn.Dense(1))
fail(lambda: more.load_parameters(path))
""",
    "running statistics change in backward": """
net = nn.BatchNorm(in_channels=2)
net.initialize()
x = array(data(4, 2))
with autograd.record():
    y = net(x)
show(net.running_mean.data())
y.backward()
show(net.running_mean.data()); show(net.running_var.data())
""",
    "linear regression, from scratch": """
w, b = array(numpy.array([[0.01], [-0.02]], "float32")), array(numpy.zeros(1, "float32"))
for p in (w, b):
    p.attach_grad()
X = array(data(20, 2))
y = array(data(20, 2).dot(numpy.array([[2.0], [-3.4]], "float32")) + 4.2)
def sgd(params, lr, batch_size):
    for param in params:
        param[:] = param - lr * param.grad / batch_size
for epoch in range(3):
    for k in range(0, 20, 5):
        with autograd.record():
            l = (mx.nd.dot(X[k:k+5], w) if isinstance(X, mx.nd.NDArray)
                 and type(X) is mx.nd.NDArray else np.dot(X[k:k+5], w)) + b
            l = (l - y[k:k+5]) ** 2 / 2
        l.backward()
        sgd([w, b], 0.3, 5)
show(w); show(b)
""",
    "linear regression, concise": """
X = array(data(20, 2))
y = array(data(20, 2).dot(numpy.array([2.0, -3.4], "float32")) + 4.2)
loader = gluon.data.DataLoader(gluon.data.ArrayDataset(X, y), 5, shuffle=True)
net = nn.Sequential()
net.add(nn.Dense(1))
net.initialize(init.Normal(sigma=0.01))
loss = gluon.loss.L2Loss()
trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.3})
for epoch in range(3):
    for a, b in loader:
        with autograd.record():
            l = loss(net(a), b)
        l.backward()
        trainer.step(5)
    show(float(loss(net(X), y).mean().asnumpy().sum()))
show(net[0].weight.data()); show(net[0].bias.data())
""",
}

CLASSIC_PROGRAMS = {
    "metrics": """
label, pred = array([0.0, 1, 2, 1]), array(abs(data(4, 3)))
for name in ("acc", "ce", "nll_loss", "mae", "mse", "rmse", "loss"):
    metric = mx.metric.create(name)
    show(metric.get()[0])
    for _ in range(2):
        if name in ("mae", "mse", "rmse"):
            metric.update([array(data(4))], [array(data(4) * 2)])
        else:
            metric.update([label], [pred])
    show(metric.get()[1]); show(metric.num_inst)
top = mx.metric.TopKAccuracy(2)
top.update([label], [pred]); show(list(top.get()))
both = mx.metric.CompositeEvalMetric(["acc", "ce"])
both.update([label], [pred]); show([list(part) for part in both.get()])
own = mx.metric.np(lambda label, pred: float((label - pred).sum()), "own")
own.update([array(data(4))], [array(data(4) * 2)]); show(list(own.get()))
metric = mx.metric.Accuracy(); show(str(metric.get()[1])); metric.update(label, pred)
fail(lambda: metric.update([label], [array(data(3, 3))]))
show(str(metric).split(":")[0])
""",
    "softmax regression, concise": """
X, y = array(data(30, 4)), array((data(30, 4)[:, :2] > 0).sum(1).astype("float32"))
net = nn.HybridSequential()
net.add(nn.Dense(8, activation="relu"), nn.Dense(3))
net.initialize(init.Xavier())
net.hybridize()
loss = gluon.loss.SoftmaxCrossEntropyLoss()
trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5, "momentum": 0.5})
metric = mx.metric.Accuracy()
for epoch in range(4):
    metric.reset()
    for a, b in gluon.data.DataLoader(gluon.data.ArrayDataset(X, y), 10):
        with autograd.record():
            out = net(a)
            l = loss(out, b)
        l.backward()
        trainer.step(10)
        metric.update([b], [out])
    show(float(metric.get()[1]))
show(net[1].weight.data())
""",
    "clip_global_norm": """
parts = [array(data(3, 2)), array(data(4))]
show(gluon.utils.clip_global_norm(parts, 0.5)); show(parts)
show(gluon.utils.clip_global_norm(parts, 5.0)); show(parts)
""",
    "orthogonal": """
p = gluon.Parameter("w_weight", shape=(3, 4), init=init.Orthogonal())
p.initialize()
show(abs(p.data().asnumpy()))
p = gluon.Parameter("w_weight", shape=(1, 1, 4, 4), init=init.Bilinear())
p.initialize()
show(p.data())
""",
    "layers of cells": """
for layer in (gluon.rnn.RNN(2, 2), gluon.rnn.LSTM(2, 1, bidirectional=True), gluon.rnn.GRU(2)):
    layer.initialize(init.Uniform(0.5))
    x = array(data(4, 2, 3))
    out, states = layer(x, layer.begin_state(2))
    show(out); show(states); show(repr(layer)); show(list(layer.collect_params().keys()))
    show(list(layer(x).shape))
""",
    "stacked cells": """
stack = gluon.rnn.SequentialRNNCell()
stack.add(gluon.rnn.LSTMCell(2))
stack.add(gluon.rnn.DropoutCell(0.5))
stack.add(gluon.rnn.GRUCell(3))
stack.initialize(init.Uniform(0.5))
out, states = stack.unroll(3, array(data(2, 3, 4)), merge_outputs=True)
show(out); show(states)
out, states = stack(array(data(2, 4)), stack.begin_state(batch_size=2))
show(out); show(states)
cell = gluon.rnn.LSTMCell(2)
cell.initialize(init.Uniform(0.5))
out, states = cell.unroll(3, array(data(2, 3, 4)), valid_length=array([1, 3]))
show(out); show(states)
out, _ = cell.unroll(3, array(data(3, 2, 4)), layout="TNC")
show(len(out)); show(out[2])
""",
}


def programs():
    """All programs: name, namespace, source."""
    for space in ("nd", "np"):
        made = dict(PROGRAMS)
        losses, layers = dict(LOSSES), dict(LAYERS)
        if space == "nd":
            made.update(CLASSIC_PROGRAMS)
            losses.update(CLASSIC)
            layers.update(CLASSIC_LAYERS)
            for cell in CELLS:
                made[cell] = CELL.format(cell=cell)
        for name, optimizer in OPTIMIZERS.items():
            made[name] = TRAIN.format(optimizer=optimizer)
        for loss, args in losses.items():
            made[loss] = LOSS.format(loss=loss, args=args)
        for one in INITIALIZERS:
            shapes = "[(8,)]" if one == "LSTMBias()" else "[(4, 3), (70, 5), (2, 3, 2, 2)]"
            made["init " + one] = INITIALIZER.format(init=one, shapes=shapes)
        for layer, given in layers.items():
            made["nn " + layer] = LAYER.format(layer=layer, data=given)
        for name, source in made.items():
            yield f"{space}: {name}", space, source
