# ruff: noqa: E501
"""Whole programs of the kind a course has: what they print is recorded from MXNet 1.9.1.

A program starts with `# %% nd: name` or `# %% np: name` (its array semantics). This file is read by
Python 3.8 (`record_courses.py`) and by the engine's tests.
"""

import contextlib
import io
import re

PROGRAMS = r"""
# %% np: preliminaries, data manipulation
from mxnet import np, npx
npx.set_np()
x = np.arange(12)
print(x, x.shape, x.size, x.dtype)
X = x.reshape(3, 4)
print(X)
print(np.zeros((2, 3, 4)), np.ones((2, 3, 4)).sum())
print(np.random.normal(0, 1, size=(3, 4)))
y = np.array([[2, 1, 4, 3], [1, 2, 3, 4], [4, 3, 2, 1]])
print(y)
x = np.array([1, 2, 4, 8])
y = np.array([2, 2, 2, 2])
print(x + y, x - y, x * y, x / y, x ** y)
print(np.exp(x))
X = np.arange(12).reshape(3, 4)
Y = np.array([[2, 1, 4, 3], [1, 2, 3, 4], [4, 3, 2, 1]])
print(np.concatenate([X, Y], axis=0), np.concatenate([X, Y], axis=1))
print(X == Y, X < Y, X.sum())
a = np.arange(3).reshape(3, 1)
b = np.arange(2).reshape(1, 2)
print(a, b, a + b)
print(X[-1], X[1:3])
X[1, 2] = 9
print(X)
X[0:2, :] = 12
print(X)
before = id(Y)
Y = Y + X
print(id(Y) == before)
Z = np.zeros_like(Y)
Z[:] = X + Y
before = id(X)
X += Y
print(id(X) == before, X)
A = X.asnumpy()
B = np.array(A)
print(type(A).__name__, type(B).__name__)
a = np.array([3.5])
print(a, a.item(), float(a), int(a))

# %% nd: preliminaries, data manipulation
from mxnet import nd
x = nd.arange(12)
print(x, x.shape, x.size)
X = x.reshape((3, 4))
print(X, nd.zeros((2, 3)), nd.ones((2, 3, 2)))
Y = nd.array([[2, 1, 4, 3], [1, 2, 3, 4], [4, 3, 2, 1]])
print(nd.random.normal(0, 1, shape=(3, 4)))
print(X + Y, X * Y, X / Y, Y.exp(), nd.dot(X, Y.T))
print(nd.concat(X, Y, dim=0), nd.concat(X, Y, dim=1), X == Y, X.sum(), X.norm().asscalar())
A = nd.arange(3).reshape((3, 1))
B = nd.arange(2).reshape((1, 2))
print(A + B, X[1:3])
X[1, 2] = 9
X[1:2, :] = 12
print(X)
Z = Y.zeros_like()
nd.elemwise_add(X, Y, out=Z)
print(Z)
before = id(X)
X += Y
print(id(X) == before, X)
P = nd.ones((2, 3)).asnumpy()
print(P, nd.array(P))

# %% np: linear algebra
from mxnet import np, npx
npx.set_np()
x = np.array(3.0)
y = np.array(2.0)
print(x + y, x * y, x / y, x ** y)
x = np.arange(4)
print(x[3], len(x), x.shape)
A = np.arange(20).reshape(5, 4)
print(A, A.T)
B = np.array([[1, 2, 3], [2, 0, 4], [3, 4, 5]])
print(B == B.T)
X = np.arange(24).reshape(2, 3, 4)
print(X)
A = np.arange(20).reshape(5, 4)
B = A.copy()
print(A, A + B, A * B)
a = 2
print(a + X, (a * X).shape)
print(A.sum(), A.sum(axis=0), A.sum(axis=1).shape, A.sum(axis=[0, 1]) if False else A.sum(axis=(0, 1)))
print(A.mean(), A.sum() / A.size, A.mean(axis=0), A.sum(axis=0) / A.shape[0])
sum_A = A.sum(axis=1, keepdims=True)
print(sum_A, A / sum_A, A.cumsum(axis=0))
y = np.ones(4)
print(x, y, np.dot(x, y), np.sum(x * y))
print(np.dot(A, x), np.dot(A, np.ones(shape=(4, 3))))
u = np.array([3, -4])
print(np.linalg.norm(u), np.abs(u).sum(), np.linalg.norm(np.ones((4, 9))))

# %% np: automatic differentiation
from mxnet import autograd, np, npx
npx.set_np()
x = np.arange(4.0)
x.attach_grad()
print(x.grad)
with autograd.record():
    y = 2 * np.dot(x, x)
print(y)
y.backward()
print(x.grad, x.grad == 4 * x)
with autograd.record():
    y = x.sum()
y.backward()
print(x.grad)
with autograd.record():
    y = x * x
y.backward()
print(x.grad)
with autograd.record():
    y = x * x
    u = y.detach()
    z = u * x
z.backward()
print(x.grad == u)
y.backward()
print(x.grad == 2 * x)
def f(a):
    b = a * 2
    while np.linalg.norm(b) < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c
a = np.random.normal()
a.attach_grad()
with autograd.record():
    d = f(a)
d.backward()
print(a.grad == d / a, a, d, a.grad)

# %% nd: automatic differentiation
from mxnet import autograd, nd
x = nd.arange(4).reshape((4, 1))
x.attach_grad()
with autograd.record():
    y = 2 * nd.dot(x.T, x)
y.backward()
assert (x.grad - 4 * x).norm().asscalar() == 0
print(x.grad)
print(autograd.is_training())
with autograd.record():
    print(autograd.is_training(), autograd.is_recording())
    with autograd.pause():
        print(autograd.is_training(), autograd.is_recording())
    with autograd.predict_mode():
        print(autograd.is_training(), autograd.is_recording())
def f(a):
    b = a * 2
    while b.norm().asscalar() < 1000:
        b = b * 2
    if b.sum().asscalar() > 0:
        c = b
    else:
        c = 100 * b
    return c
a = nd.random.normal(shape=1)
a.attach_grad()
with autograd.record():
    c = f(a)
c.backward()
print(a.grad == c / a, a.grad)

# %% np: probability
from mxnet import np, npx
import random
npx.set_np()
fair = [1.0 / 6] * 6
u = np.random.uniform(0, 1, size=(3, 2))
print(u, u.mean(axis=0), u.std())
print(np.random.randint(0, 5, size=(4,)), np.random.normal(2.0, 3.0, (2, 2)))
counts = np.random.multinomial(10, fair)
print(counts.shape, counts.sum())
print(np.random.multinomial(10, fair, size=(500,)).sum(axis=1).max())

# %% np: linear regression from scratch
from mxnet import autograd, np, npx
import random
npx.set_np()
random.seed(1)
def synthetic_data(w, b, num_examples):
    X = np.random.normal(0, 1, (num_examples, len(w)))
    y = np.dot(X, w) + b
    y += np.random.normal(0, 0.01, y.shape)
    return X, y.reshape((-1, 1))
true_w = np.array([2, -3.4])
true_b = 4.2
features, labels = synthetic_data(true_w, true_b, 100)
print('features:', features[0], '\nlabel:', labels[0])
def data_iter(batch_size, features, labels):
    num_examples = len(features)
    indices = list(range(num_examples))
    random.shuffle(indices)
    for i in range(0, num_examples, batch_size):
        batch_indices = np.array(indices[i:min(i + batch_size, num_examples)])
        yield features[batch_indices], labels[batch_indices]
for X, y in data_iter(10, features, labels):
    print(X, '\n', y)
    break
w = np.random.normal(0, 0.01, (2, 1))
b = np.zeros(1)
w.attach_grad()
b.attach_grad()
def linreg(X, w, b):
    return np.dot(X, w) + b
def squared_loss(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2
def sgd(params, lr, batch_size):
    for param in params:
        param[:] = param - lr * param.grad / batch_size
for epoch in range(3):
    for X, y in data_iter(10, features, labels):
        with autograd.record():
            l = squared_loss(linreg(X, w, b), y)
        l.backward()
        sgd([w, b], 0.03, 10)
    train_l = squared_loss(linreg(features, w, b), labels)
    print(f'epoch {epoch + 1}, loss {float(train_l.mean()):f}')
print(f'error in estimating w: {true_w - w.reshape(true_w.shape)}')
print(f'error in estimating b: {true_b - b}')

# %% nd: linear regression from scratch
from mxnet import autograd, nd
import random
random.seed(1)
num_inputs, num_examples = 2, 60
features = nd.random.normal(scale=1, shape=(num_examples, num_inputs))
labels = 2 * features[:, 0] - 3.4 * features[:, 1] + 4.2
labels += nd.random.normal(scale=0.01, shape=labels.shape)
print(features[0], labels[0])
def data_iter(batch_size, features, labels):
    indices = list(range(len(features)))
    random.shuffle(indices)
    for i in range(0, len(features), batch_size):
        j = nd.array(indices[i: min(i + batch_size, len(features))])
        yield features.take(j), labels.take(j)
w = nd.random.normal(scale=0.01, shape=(num_inputs, 1))
b = nd.zeros(shape=(1,))
w.attach_grad()
b.attach_grad()
for epoch in range(3):
    for X, y in data_iter(10, features, labels):
        with autograd.record():
            y_hat = nd.dot(X, w) + b
            l = (y_hat - y.reshape(y_hat.shape)) ** 2 / 2
        l.backward()
        for param in (w, b):
            param[:] = param - 0.03 * param.grad / 10
    y_hat = nd.dot(features, w) + b
    train_l = (y_hat - labels.reshape(y_hat.shape)) ** 2 / 2
    print('epoch %d, loss %f' % (epoch + 1, train_l.mean().asnumpy()))
print(w, b)

# %% np: linear regression with gluon
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn
npx.set_np()
X = np.random.normal(0, 1, (40, 2))
y = (np.dot(X, np.array([2, -3.4])) + 4.2).reshape(-1, 1)
data = gluon.data.DataLoader(gluon.data.ArrayDataset(X, y), 8)
net = nn.Sequential()
net.add(nn.Dense(1))
net.initialize(init.Normal(sigma=0.01))
loss = gluon.loss.L2Loss()
trainer = gluon.Trainer(net.collect_params(), 'sgd', {'learning_rate': 0.03})
for epoch in range(3):
    for xb, yb in data:
        with autograd.record():
            l = loss(net(xb), yb)
        l.backward()
        trainer.step(8)
    l = loss(net(X), y)
    print(f'epoch {epoch + 1}, loss {l.mean().asnumpy():f}')
w = net[0].weight.data()
print(w, net[0].bias.data(), net[0].weight.grad())
print(net)

# %% nd: linear regression with gluon
from mxnet import autograd, nd, init, gluon
from mxnet.gluon import nn, loss as gloss, data as gdata
features = nd.random.normal(scale=1, shape=(40, 2))
labels = 2 * features[:, 0] - 3.4 * features[:, 1] + 4.2
dataset = gdata.ArrayDataset(features, labels)
for X, y in gdata.DataLoader(dataset, 4, shuffle=False):
    print(X, y)
    break
net = nn.Sequential()
net.add(nn.Dense(1))
net.initialize(init.Normal(sigma=0.01))
loss = gloss.L2Loss()
trainer = gluon.Trainer(net.collect_params(), 'sgd', {'learning_rate': 0.03})
for epoch in range(1, 4):
    for X, y in gdata.DataLoader(dataset, 4):
        with autograd.record():
            l = loss(net(X), y)
        l.backward()
        trainer.step(4)
    l = loss(net(features), labels)
    print('epoch %d, loss: %f' % (epoch, l.mean().asnumpy()))
dense = net[0]
print(dense.weight.data(), dense.bias.data(), trainer.learning_rate)
trainer.set_learning_rate(0.1)
print(trainer.learning_rate, net, dense)

# %% np: softmax regression from scratch
from mxnet import autograd, np, npx
npx.set_np()
X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
print(X.sum(0, keepdims=True), X.sum(1, keepdims=True))
def softmax(X):
    X_exp = np.exp(X)
    partition = X_exp.sum(1, keepdims=True)
    return X_exp / partition
X = np.random.normal(0, 1, (2, 5))
print(softmax(X), softmax(X).sum(1))
y = np.array([0, 2])
y_hat = np.array([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
print(y_hat[[0, 1], y])
def cross_entropy(y_hat, y):
    return -np.log(y_hat[range(len(y_hat)), y])
print(cross_entropy(y_hat, y))
def accuracy(y_hat, y):
    if len(y_hat.shape) > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(axis=1)
    cmp = y_hat.astype(y.dtype) == y
    return float(cmp.astype(y.dtype).sum())
print(accuracy(y_hat, y) / len(y))
W = np.random.normal(0, 0.01, (4, 3))
b = np.zeros(3)
W.attach_grad()
b.attach_grad()
X = np.random.normal(0, 1, (30, 4))
t = np.dot(X, np.random.normal(0, 1, (4, 3))).argmax(axis=1)
for epoch in range(5):
    with autograd.record():
        l = cross_entropy(softmax(np.dot(X, W) + b), t).mean()
    l.backward()
    for p in (W, b):
        p -= 0.5 * p.grad
    print(epoch, l, accuracy(softmax(np.dot(X, W) + b), t) / len(t))
print(W, b)

# %% nd: softmax regression with gluon
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn, loss as gloss
X = nd.random.normal(shape=(24, 6))
y = nd.argmax(nd.dot(X, nd.random.normal(shape=(6, 3))), axis=1)
net = nn.Sequential()
net.add(nn.Flatten(), nn.Dense(3))
net.initialize(init.Normal(sigma=0.01))
loss = gloss.SoftmaxCrossEntropyLoss()
trainer = gluon.Trainer(net.collect_params(), 'sgd', {'learning_rate': 0.5})
for epoch in range(4):
    with autograd.record():
        l = loss(net(X), y).sum()
    l.backward()
    trainer.step(24)
    acc = (net(X).argmax(axis=1) == y.astype('float32')).mean().asscalar()
    print('epoch %d, loss %.4f, train acc %.3f' % (epoch + 1, l.asscalar() / 24, acc))
metric = gluon.metric.Accuracy() if hasattr(gluon, 'metric') else __import__('mxnet').metric.Accuracy()
metric.update([y], [net(X)])
print(metric.get())

# %% np: multilayer perceptron from scratch
from mxnet import autograd, gluon, np, npx
npx.set_np()
x = np.arange(-8.0, 8.0, 2.0)
x.attach_grad()
for f in (npx.relu, npx.sigmoid, np.tanh):
    with autograd.record():
        y = f(x)
    y.backward()
    print(y, x.grad)
W1, b1 = np.random.normal(scale=0.01, size=(6, 5)), np.zeros(5)
W2, b2 = np.random.normal(scale=0.01, size=(5, 2)), np.zeros(2)
params = [W1, b1, W2, b2]
for param in params:
    param.attach_grad()
def relu(X):
    return np.maximum(X, 0)
def net(X):
    X = X.reshape((-1, 6))
    H = relu(np.dot(X, W1) + b1)
    return np.dot(H, W2) + b2
loss = gluon.loss.SoftmaxCrossEntropyLoss()
X = np.random.normal(size=(12, 2, 3))
t = (X.reshape(12, 6).sum(axis=1) > 0).astype('int32')
for epoch in range(3):
    with autograd.record():
        l = loss(net(X), t)
    l.backward()
    for p in params:
        p[:] = p - 0.1 * p.grad / 12
    print(l.mean(), [float(np.abs(p.grad).sum()) for p in params])

# %% np: weight decay
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn
npx.set_np()
true_w, true_b = np.ones((20, 1)) * 0.01, 0.05
X = np.random.normal(0, 1, (20, 20))
y = np.dot(X, true_w) + true_b
for wd in (0, 3):
    net = nn.Sequential()
    net.add(nn.Dense(1))
    net.initialize(init.Normal(sigma=1))
    loss = gluon.loss.L2Loss()
    trainer = gluon.Trainer(net.collect_params(), 'sgd', {'learning_rate': 0.003, 'wd': wd})
    net.collect_params('.*bias').setattr('wd_mult', 0)
    for epoch in range(5):
        with autograd.record():
            l = loss(net(X), y)
        l.backward()
        trainer.step(5)
    print('L2 norm of w:', np.linalg.norm(net[0].weight.data()), loss(net(X), y).mean())
w = np.random.normal(0, 1, (20, 1))
w.attach_grad()
for _ in range(3):
    with autograd.record():
        l = ((np.dot(X, w) - y) ** 2 / 2).mean() + 3 * (w ** 2).sum() / 2
    l.backward()
    w -= 0.03 * w.grad
print(l, np.linalg.norm(w))

# %% np: dropout
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn
npx.set_np()
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return np.zeros_like(X)
    if dropout == 0:
        return X
    mask = np.random.uniform(0, 1, X.shape) > dropout
    return mask.astype(np.float32) * X / (1.0 - dropout)
X = np.arange(16).reshape(2, 8)
print(dropout_layer(X, 0), dropout_layer(X, 0.5), dropout_layer(X, 1))
net = nn.Sequential()
net.add(nn.Dense(8, activation="relu"), nn.Dropout(0.2), nn.Dense(4, activation="relu"), nn.Dropout(0.5), nn.Dense(2))
net.initialize(init.Normal(sigma=0.5))
with autograd.record():
    y = net(X)
y.backward()
print(y, net(X), net[0].weight.grad())
print(net)

# %% np: forward and backward by hand
from mxnet import autograd, np, npx
npx.set_np()
x, W1, W2 = np.random.normal(size=(3,)), np.random.normal(size=(4, 3)), np.random.normal(size=(2, 4))
W1.attach_grad()
W2.attach_grad()
with autograd.record():
    z = np.dot(W1, x)
    h = npx.relu(z)
    o = np.dot(W2, h)
    L = (o ** 2).sum() / 2
    s = 0.1 / 2 * ((W1 ** 2).sum() + (W2 ** 2).sum())
    J = L + s
J.backward()
dW2 = np.dot(o.reshape(2, 1), h.reshape(1, 4)) + 0.1 * W2
print(np.abs(W2.grad - dW2).max() < 1e-6, J, W1.grad)

# %% np: vanishing gradients and initialization
from mxnet import autograd, np, npx
npx.set_np()
x = np.arange(-8.0, 8.0, 1.5)
x.attach_grad()
with autograd.record():
    y = npx.sigmoid(x)
y.backward()
print(y, x.grad)
M = np.random.normal(size=(4, 4))
print('a single matrix', M)
for i in range(30):
    M = np.dot(M, np.random.normal(size=(4, 4)))
print('after multiplying 30 matrices', M)

# %% np: builder's guide, blocks
from mxnet import np, npx
from mxnet.gluon import nn
npx.set_np()
net = nn.Sequential()
net.add(nn.Dense(8, activation='relu'))
net.add(nn.Dense(3))
net.initialize()
X = np.random.uniform(size=(2, 5))
print(net(X))
class MLP(nn.Block):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Dense(8, activation='relu')
        self.out = nn.Dense(3)
    def forward(self, X):
        return self.out(self.hidden(X))
net = MLP()
net.initialize()
print(net(X), net)
class MySequential(nn.Block):
    def add(self, block):
        self._children[block.name] = block
    def forward(self, X):
        for block in self._children.values():
            X = block(X)
        return X
net = MySequential()
net.add(nn.Dense(8, activation='relu'))
net.add(nn.Dense(3))
net.initialize()
print(net(X))
class FixedHiddenMLP(nn.Block):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.rand_weight = self.params.get_constant('rand_weight', np.random.uniform(size=(5, 5)))
        self.dense = nn.Dense(5, activation='relu')
    def forward(self, X):
        X = self.dense(X)
        X = npx.relu(np.dot(X, self.rand_weight.data()) + 1)
        X = self.dense(X)
        while np.abs(X).sum() > 1:
            X /= 2
        return X.sum()
net = FixedHiddenMLP()
net.initialize()
print(net(X))

# %% np: builder's guide, parameters
from mxnet import init, np, npx, gluon
from mxnet.gluon import nn
npx.set_np()
net = nn.Sequential()
net.add(nn.Dense(4, activation='relu'))
net.add(nn.Dense(1))
net.initialize()
X = np.random.uniform(size=(2, 4))
print(net(X))
print(net[1].params)
print(type(net[1].bias).__name__, net[1].bias, net[1].bias.data())
print(net[1].weight.grad())
print(net[0].collect_params())
print(net.collect_params())
def block1():
    net = nn.Sequential()
    net.add(nn.Dense(6, activation='relu'))
    net.add(nn.Dense(4, activation='relu'))
    return net
def block2():
    net = nn.Sequential()
    for _ in range(2):
        net.add(block1())
    return net
rgnet = nn.Sequential()
rgnet.add(block2())
rgnet.add(nn.Dense(2))
rgnet.initialize()
print(rgnet(X), rgnet)
print(rgnet[0][1][0].bias.data())
net.initialize(init=init.Normal(sigma=0.01), force_reinit=True)
print(net[0].weight.data()[0])
net.initialize(init=init.Constant(1), force_reinit=True)
print(net[0].weight.data()[0])
net[0].weight.initialize(init=init.Xavier(), force_reinit=True)
net[1].initialize(init=init.Constant(42), force_reinit=True)
print(net[0].weight.data()[0], net[1].weight.data())
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        print('Init', name, data.shape)
        data[:] = np.random.uniform(-10, 10, data.shape)
        data *= np.abs(data) >= 5
net.initialize(MyInit(), force_reinit=True)
print(net[0].weight.data()[:2])
net[0].weight.data()[:] += 1
net[0].weight.data()[0, 0] = 42
print(net[0].weight.data()[0])
net = nn.Sequential()
shared = nn.Dense(4, activation='relu')
net.add(nn.Dense(4, activation='relu'), shared, nn.Dense(4, activation='relu', params=shared.params), nn.Dense(2))
net.initialize()
X = np.random.uniform(size=(2, 5))
net(X)
print(net[1].weight.data()[0] == net[2].weight.data()[0])
net[1].weight.data()[0, 0] = 100
print(net[1].weight.data()[0] == net[2].weight.data()[0])

# %% np: builder's guide, deferred initialization and custom layers
from mxnet import gluon, init, np, npx
from mxnet.gluon import nn
npx.set_np()
net = nn.Sequential()
net.add(nn.Dense(6, activation='relu'))
net.add(nn.Dense(3))
print(net.collect_params())
net.initialize()
print(net.collect_params())
net(np.random.uniform(size=(2, 4)))
print(net.collect_params())
class CenteredLayer(nn.Block):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
    def forward(self, X):
        return X - X.mean()
layer = CenteredLayer()
print(layer(np.array([1, 2, 3, 4, 5])))
net = nn.Sequential()
net.add(nn.Dense(128), CenteredLayer())
net.initialize()
y = net(np.random.uniform(size=(4, 8)))
print(abs(float(y.mean())) < 1e-6)
class MyDense(nn.Block):
    def __init__(self, units, in_units, **kwargs):
        super().__init__(**kwargs)
        self.weight = self.params.get('weight', shape=(in_units, units))
        self.bias = self.params.get('bias', shape=(units,))
    def forward(self, x):
        linear = np.dot(x, self.weight.data(ctx=x.ctx)) + self.bias.data(ctx=x.ctx)
        return npx.relu(linear)
dense = MyDense(units=3, in_units=5)
print(dense.params)
dense.initialize()
print(dense(np.random.uniform(size=(2, 5))))
net = nn.Sequential()
net.add(MyDense(8, in_units=6), MyDense(1, in_units=8))
net.initialize()
print(net(np.random.uniform(size=(2, 6))))

# %% np: convolutions from scratch
from mxnet import autograd, np, npx
from mxnet.gluon import nn
npx.set_np()
def corr2d(X, K):
    h, w = K.shape
    Y = np.zeros((X.shape[0] - h + 1, X.shape[1] - w + 1))
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = (X[i:i + h, j:j + w] * K).sum()
    return Y
X = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0]])
K = np.array([[0.0, 1.0], [2.0, 3.0]])
print(corr2d(X, K))
X = np.ones((6, 8))
X[:, 2:6] = 0
K = np.array([[1.0, -1.0]])
Y = corr2d(X, K)
print(Y, corr2d(X.T, K))
conv2d = nn.Conv2D(1, kernel_size=(1, 2), use_bias=False)
conv2d.initialize()
X = X.reshape(1, 1, 6, 8)
Y = Y.reshape(1, 1, 6, 7)
lr = 3e-2
for i in range(10):
    with autograd.record():
        Y_hat = conv2d(X)
        l = (Y_hat - Y) ** 2
    l.backward()
    conv2d.weight.data()[:] -= lr * conv2d.weight.grad()
    if (i + 1) % 2 == 0:
        print(f'epoch {i + 1}, loss {float(l.sum()):.3f}')
print(conv2d.weight.data().reshape((1, 2)))

# %% np: padding, stride, channels, pooling
from mxnet import np, npx
from mxnet.gluon import nn
npx.set_np()
def comp_conv2d(conv2d, X):
    conv2d.initialize()
    X = X.reshape((1, 1) + X.shape)
    Y = conv2d(X)
    return Y.reshape(Y.shape[2:])
X = np.random.uniform(size=(8, 8))
print(comp_conv2d(nn.Conv2D(1, kernel_size=3, padding=1), X).shape)
print(comp_conv2d(nn.Conv2D(1, kernel_size=(5, 3), padding=(2, 1)), X).shape)
print(comp_conv2d(nn.Conv2D(1, kernel_size=3, padding=1, strides=2), X).shape)
print(comp_conv2d(nn.Conv2D(1, kernel_size=(3, 5), padding=(0, 1), strides=(3, 4)), X).shape)
def pool2d(X, pool_size, mode='max'):
    p_h, p_w = pool_size
    Y = np.zeros((X.shape[0] - p_h + 1, X.shape[1] - p_w + 1))
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            if mode == 'max':
                Y[i, j] = X[i: i + p_h, j: j + p_w].max()
            elif mode == 'avg':
                Y[i, j] = X[i: i + p_h, j: j + p_w].mean()
    return Y
X = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0]])
print(pool2d(X, (2, 2)), pool2d(X, (2, 2), 'avg'))
X = np.arange(16, dtype=np.float32).reshape((1, 1, 4, 4))
print(nn.MaxPool2D(3)(X), nn.MaxPool2D(3, padding=1, strides=2)(X))
print(nn.MaxPool2D((2, 3), padding=(0, 1), strides=(2, 3))(X))
X = np.concatenate((X, X + 1), 1)
print(nn.MaxPool2D(3, padding=1, strides=2)(X), nn.AvgPool2D(2)(X), nn.GlobalAvgPool2D()(X))

# %% np: LeNet shapes and a step
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn
npx.set_np()
net = nn.Sequential()
net.add(nn.Conv2D(channels=3, kernel_size=5, padding=2, activation='sigmoid'),
        nn.AvgPool2D(pool_size=2, strides=2),
        nn.Conv2D(channels=4, kernel_size=3, activation='sigmoid'),
        nn.AvgPool2D(pool_size=2, strides=2),
        nn.Dense(12, activation='sigmoid'),
        nn.Dense(10))
X = np.random.uniform(size=(1, 1, 14, 14))
net.initialize(init.Xavier())
for layer in net:
    X = layer(X)
    print(layer.name, 'output shape:\t', X.shape)
print(X)
X = np.random.uniform(size=(4, 1, 14, 14))
y = np.array([1, 3, 5, 7])
trainer = gluon.Trainer(net.collect_params(), 'sgd', {'learning_rate': 0.9})
loss = gluon.loss.SoftmaxCrossEntropyLoss()
for _ in range(2):
    with autograd.record():
        l = loss(net(X), y)
    l.backward()
    trainer.step(4)
    print(l)

# %% np: batch normalization from scratch
from mxnet import autograd, np, npx
from mxnet.gluon import nn
npx.set_np()
def batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum):
    if not autograd.is_training():
        X_hat = (X - moving_mean) / np.sqrt(moving_var + eps)
    else:
        if len(X.shape) == 2:
            mean = X.mean(axis=0)
            var = ((X - mean) ** 2).mean(axis=0)
        else:
            mean = X.mean(axis=(0, 2, 3), keepdims=True)
            var = ((X - mean) ** 2).mean(axis=(0, 2, 3), keepdims=True)
        X_hat = (X - mean) / np.sqrt(var + eps)
        moving_mean = momentum * moving_mean + (1.0 - momentum) * mean
        moving_var = momentum * moving_var + (1.0 - momentum) * var
    Y = gamma * X_hat + beta
    return Y, moving_mean, moving_var
class BatchNorm(nn.Block):
    def __init__(self, num_features, num_dims, **kwargs):
        super().__init__(**kwargs)
        shape = (1, num_features) if num_dims == 2 else (1, num_features, 1, 1)
        self.gamma = self.params.get('gamma', shape=shape, init='ones')
        self.beta = self.params.get('beta', shape=shape, init='zeros')
        self.moving_mean = np.zeros(shape)
        self.moving_var = np.ones(shape)
    def forward(self, X):
        Y, self.moving_mean, self.moving_var = batch_norm(
            X, self.gamma.data(), self.beta.data(), self.moving_mean, self.moving_var, eps=1e-12, momentum=0.9)
        return Y
bn = BatchNorm(3, 2)
bn.initialize()
X = np.random.normal(2, 3, (5, 3))
with autograd.record():
    y = bn(X)
    l = (y * np.arange(15).reshape(5, 3)).sum()
l.backward()
print(y, bn.gamma.grad(), bn.beta.grad(), bn.moving_mean)
print(bn(X))
ref = nn.BatchNorm()
ref.initialize()
with autograd.record():
    y = ref(X)
y.backward()
print(y, ref.running_mean.data(), ref.running_var.data(), ref(X))

# %% np: residual block
from mxnet import np, npx
from mxnet.gluon import nn
npx.set_np()
class Residual(nn.Block):
    def __init__(self, num_channels, use_1x1conv=False, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.conv1 = nn.Conv2D(num_channels, kernel_size=3, padding=1, strides=strides)
        self.conv2 = nn.Conv2D(num_channels, kernel_size=3, padding=1)
        if use_1x1conv:
            self.conv3 = nn.Conv2D(num_channels, kernel_size=1, strides=strides)
        else:
            self.conv3 = None
        self.bn1 = nn.BatchNorm()
        self.bn2 = nn.BatchNorm()
    def forward(self, X):
        Y = npx.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        return npx.relu(Y + X)
blk = Residual(3)
blk.initialize()
X = np.random.uniform(size=(2, 3, 6, 6))
print(blk(X).shape, blk(X)[0, 0, 0])
blk = Residual(6, use_1x1conv=True, strides=2)
blk.initialize()
print(blk(X).shape, blk)

# %% np: sequence model with an MLP
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn
npx.set_np()
T, tau = 60, 4
time = np.arange(1, T + 1, dtype=np.float32)
x = np.sin(0.05 * time) + np.random.normal(0, 0.2, (T,))
features = np.zeros((T - tau, tau))
for i in range(tau):
    features[:, i] = x[i:T - tau + i]
labels = x[tau:].reshape((-1, 1))
net = nn.Sequential()
net.add(nn.Dense(10, activation='relu'), nn.Dense(1))
net.initialize(init.Xavier())
trainer = gluon.Trainer(net.collect_params(), 'adam', {'learning_rate': 0.01})
loss = gluon.loss.L2Loss()
for epoch in range(3):
    for X, y in gluon.data.DataLoader(gluon.data.ArrayDataset(features, labels), 16):
        with autograd.record():
            l = loss(net(X), y)
        l.backward()
        trainer.step(16)
    print(f'epoch {epoch + 1}, loss: {float(loss(net(features), labels).mean()):f}')
multistep = np.zeros(T)
multistep[:20] = x[:20]
for i in range(20, T):
    multistep[i] = net(multistep[i - tau:i].reshape((1, -1)))
print(multistep[-5:])

# %% np: recurrent network from scratch
from mxnet import autograd, gluon, np, npx
import math
npx.set_np()
vocab_size, num_hiddens = 6, 5
print(npx.one_hot(np.array([0, 2]), vocab_size))
X = np.arange(10).reshape((2, 5))
print(npx.one_hot(X.T, 10).shape)
def get_params():
    def normal(shape):
        return np.random.normal(scale=0.1, size=shape)
    params = [normal((vocab_size, num_hiddens)), normal((num_hiddens, num_hiddens)), np.zeros(num_hiddens),
              normal((num_hiddens, vocab_size)), np.zeros(vocab_size)]
    for param in params:
        param.attach_grad()
    return params
def rnn(inputs, state, params):
    W_xh, W_hh, b_h, W_hq, b_q = params
    H, = state
    outputs = []
    for X in inputs:
        H = np.tanh(np.dot(X, W_xh) + np.dot(H, W_hh) + b_h)
        outputs.append(np.dot(H, W_hq) + b_q)
    return np.concatenate(outputs, axis=0), (H,)
def grad_clipping(params, theta):
    norm = math.sqrt(sum(float((p.grad ** 2).sum()) for p in params))
    if norm > theta:
        for param in params:
            param.grad[:] *= theta / norm
    return norm
params = get_params()
loss = gluon.loss.SoftmaxCrossEntropyLoss()
text = [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0]
X = np.array(text[:-1]).reshape(2, 6)
Y = np.array(text[1:]).reshape(2, 6)
state = (np.zeros((2, num_hiddens)),)
for epoch in range(4):
    for s in state:
        s.detach()
    with autograd.record():
        y_hat, state = rnn(npx.one_hot(X.T, vocab_size), (np.zeros((2, num_hiddens)),), params)
        l = loss(y_hat, Y.T.reshape(-1)).mean()
    l.backward()
    norm = grad_clipping(params, 1)
    for p in params:
        p[:] = p - 1.0 * p.grad
    print(f'{math.exp(float(l)):.3f} {norm:.4f}')
print(y_hat.argmax(axis=1))

# %% nd: LSTM cell from scratch
from mxnet import autograd, nd
num_inputs, num_hiddens = 3, 4
def three():
    return (nd.random.normal(scale=0.1, shape=(num_inputs, num_hiddens)),
            nd.random.normal(scale=0.1, shape=(num_hiddens, num_hiddens)), nd.zeros(num_hiddens))
gates = [three() for _ in range(4)]
for gate in gates:
    for p in gate:
        p.attach_grad()
H, C = nd.zeros((2, num_hiddens)), nd.zeros((2, num_hiddens))
inputs = nd.random.uniform(-1, 1, shape=(5, 2, num_inputs))
with autograd.record():
    for X in inputs:
        I, F, O, G = [nd.dot(X, Wx) + nd.dot(H, Wh) + b for Wx, Wh, b in gates]
        I, F, O = nd.sigmoid(I), nd.sigmoid(F), nd.sigmoid(O)
        C = F * C + I * nd.tanh(G)
        H = O * nd.tanh(C)
    l = (H * H).sum()
l.backward()
print(H, C, l)
for gate in gates:
    print(gate[0].grad.norm(), gate[1].grad.norm(), gate[2].grad)

# %% np: gated recurrent unit layer
from mxnet import autograd, gluon, np, npx
from mxnet.gluon import nn, rnn
npx.set_np()
layer = rnn.GRU(4)
layer.initialize()
X = np.random.uniform(size=(3, 2, 5))
state = layer.begin_state(batch_size=2)
print(len(state), state[0].shape)
Y, new = layer(X, state)
print(Y.shape, len(new), new[0].shape, Y[-1])
layer = rnn.LSTM(4, num_layers=2)
layer.initialize()
with autograd.record():
    Y = layer(X)
    l = Y.sum()
l.backward()
print(Y.shape, Y[0], layer.l0_i2h_weight.grad()[0])

# %% np: attention
from mxnet import autograd, np, npx
npx.set_np()
def masked_softmax(X, valid_lens):
    if valid_lens is None:
        return npx.softmax(X)
    shape = X.shape
    if valid_lens.ndim == 1:
        valid_lens = valid_lens.repeat(shape[1])
    else:
        valid_lens = valid_lens.reshape(-1)
    X = npx.sequence_mask(X.reshape(-1, shape[-1]), valid_lens, True, value=-1e6, axis=1)
    return npx.softmax(X).reshape(shape)
print(masked_softmax(np.random.uniform(size=(2, 2, 4)), np.array([2, 3])))
print(masked_softmax(np.random.uniform(size=(2, 2, 4)), np.array([[1, 3], [2, 4]])))
queries, keys = np.random.normal(0, 1, (2, 1, 2)), np.ones((2, 10, 2))
values = np.arange(40).reshape(1, 10, 4).repeat(2, axis=0)
queries.attach_grad()
with autograd.record():
    scores = npx.batch_dot(queries, keys, transpose_b=True) / 2 ** 0.5
    weights = masked_softmax(scores, np.array([2, 6]))
    out = npx.batch_dot(weights, values)
out.backward()
print(out, weights, queries.grad)
x_train = np.sort(np.random.rand(10) * 5)
y_train = 2 * np.sin(x_train) + x_train ** 0.8
x_test = np.arange(0, 5, 1.0)
X_repeat = x_test.repeat(10).reshape((-1, 10))
w = npx.softmax(-(X_repeat - x_train) ** 2 / 2)
print(np.dot(w, y_train), np.repeat(y_train.mean(), 5))

# %% np: positional encoding and layer norm
from mxnet import np, npx
from mxnet.gluon import nn
npx.set_np()
P = np.zeros((1, 6, 4))
X = np.arange(6).reshape(-1, 1) / np.power(10000, np.arange(0, 4, 2) / 4)
P[:, :, 0::2] = np.sin(X)
P[:, :, 1::2] = np.cos(X)
print(P)
ln = nn.LayerNorm()
ln.initialize()
bn = nn.BatchNorm()
bn.initialize()
X = np.array([[1, 2], [2, 3]])
print('layer norm:', ln(X), '\nbatch norm:', bn(X))
emb = nn.Embedding(6, 3)
emb.initialize()
print(emb(np.array([[0, 2], [5, 1]])))

# %% np: gradient descent in one and two dimensions
from mxnet import autograd, np, npx
npx.set_np()
def gd(eta, f_grad):
    x = 10.0
    results = [x]
    for i in range(10):
        x -= eta * f_grad(x)
        results.append(float(x))
    return results
print(gd(0.2, lambda x: 2 * x)[-1], gd(0.05, lambda x: 2 * x)[-1])
c = np.array(0.15 * np.pi)
x = np.array(10.0)
x.attach_grad()
for _ in range(5):
    with autograd.record():
        y = x * np.cos(c * x)
    y.backward()
    x -= 0.2 * x.grad
    print(x, x.grad)
def train_2d(trainer, steps=6):
    x1, x2, s1, s2 = -5, -2, 0, 0
    for i in range(steps):
        x1, x2, s1, s2 = trainer(x1, x2, s1, s2)
    return x1, x2
print(train_2d(lambda x1, x2, s1, s2: (x1 - 0.1 * 2 * x1, x2 - 0.1 * 4 * x2, 0, 0)))
v = np.array([-5.0, -2.0])
v.attach_grad()
for _ in range(4):
    with autograd.record():
        f = v[0] ** 2 + 2 * v[1] ** 2
    f.backward()
    v[:] = v - 0.1 * v.grad
print(v, f)

# %% np: optimizers from scratch
from mxnet import autograd, np, npx
npx.set_np()
X = np.random.normal(size=(20, 3))
y = np.dot(X, np.array([1.0, -2.0, 0.5]))
def run(update, states):
    w = np.zeros(3)
    w.attach_grad()
    for t in range(1, 6):
        with autograd.record():
            l = ((np.dot(X, w) - y) ** 2).mean() / 2
        l.backward()
        update(w, states, t)
    return w, l
def momentum(w, s, t):
    s[0][:] = 0.9 * s[0] + w.grad
    w[:] -= 0.1 * s[0]
def adagrad(w, s, t):
    s[0][:] += np.square(w.grad)
    w[:] -= 0.1 * w.grad / np.sqrt(s[0] + 1e-6)
def rmsprop(w, s, t):
    s[0][:] = 0.9 * s[0] + 0.1 * np.square(w.grad)
    w[:] -= 0.1 * w.grad / np.sqrt(s[0] + 1e-6)
def adadelta(w, s, t):
    s[0][:] = 0.9 * s[0] + 0.1 * np.square(w.grad)
    g = np.sqrt(s[1] + 1e-5) / np.sqrt(s[0] + 1e-5) * w.grad
    w[:] -= g
    s[1][:] = 0.9 * s[1] + 0.1 * g * g
def adam(w, s, t):
    s[0][:] = 0.9 * s[0] + 0.1 * w.grad
    s[1][:] = 0.999 * s[1] + 0.001 * np.square(w.grad)
    v_hat = s[0] / (1 - 0.9 ** t)
    s_hat = s[1] / (1 - 0.999 ** t)
    w[:] -= 0.1 * v_hat / (np.sqrt(s_hat) + 1e-6)
for f in (momentum, adagrad, rmsprop, adadelta, adam):
    print(f.__name__, *run(f, (np.zeros(3), np.zeros(3))))

# %% nd: optimizers of the trainer
from mxnet import autograd, gluon, init, lr_scheduler, nd
from mxnet.gluon import nn
X = nd.random.normal(shape=(16, 3))
y = nd.dot(X, nd.array([[1.0], [-2.0], [0.5]]))
for name, options in (('sgd', {'momentum': 0.9, 'learning_rate': 0.1}), ('nag', {'momentum': 0.9, 'learning_rate': 0.1}),
                      ('adagrad', {'learning_rate': 0.1}), ('rmsprop', {'learning_rate': 0.1, 'gamma1': 0.9}),
                      ('adadelta', {'rho': 0.9}), ('adam', {'learning_rate': 0.1}), ('signum', {'learning_rate': 0.1}),
                      ('ftrl', {'learning_rate': 0.1}), ('adamax', {'learning_rate': 0.1}), ('nadam', {'learning_rate': 0.1})):
    net = nn.Dense(1)
    net.initialize(init.Zero())
    trainer = gluon.Trainer(net.collect_params(), name, options)
    for _ in range(4):
        with autograd.record():
            l = gluon.loss.L2Loss()(net(X), y)
        l.backward()
        trainer.step(16)
    print(name, net.weight.data(), net.bias.data(), l.mean().asscalar())
for s in (lr_scheduler.FactorScheduler(step=2, factor=0.5, base_lr=1.0), lr_scheduler.MultiFactorScheduler(step=[2, 4], factor=0.1, base_lr=1.0),
          lr_scheduler.PolyScheduler(max_update=6, base_lr=1.0, pwr=2), lr_scheduler.CosineScheduler(6, base_lr=0.3, final_lr=0.01, warmup_steps=2)):
    print([round(float(s(t)), 6) for t in range(8)])

# %% np: a custom function
from mxnet import autograd, nd
class sigmoid(autograd.Function):
    def forward(self, x):
        y = 1 / (1 + (-x).exp())
        self.save_for_backward(y)
        return y
    def backward(self, dy):
        y, = self.saved_tensors
        return dy * y * (1 - y)
x = nd.random.uniform(shape=(5,))
x.attach_grad()
func = sigmoid()
with autograd.record():
    m = func(x)
m.backward()
print(x.grad, m)

# %% nd: custom functions with several inputs
from mxnet import autograd, nd
class Product(autograd.Function):
    def forward(self, a, b):
        self.save_for_backward(a, b)
        return a * b, a + b
    def backward(self, dp, ds):
        a, b = self.saved_tensors
        return dp * b + ds, dp * a + ds
a, b = nd.array([1.0, 2.0]), nd.array([3.0, 4.0])
a.attach_grad()
b.attach_grad()
with autograd.record():
    p, s = Product()(a, b)
    z = p * p + 3 * s
z.backward()
print(p, s, a.grad, b.grad)

# %% nd: gradient accumulation and head gradients
from mxnet import autograd, nd
x = nd.array([[1.0, 2.0], [3.0, 4.0]])
x.attach_grad(grad_req='add')
for k in range(3):
    with autograd.record():
        y = x * x * (k + 1)
    y.backward(nd.array([[10, 1.0], [0.1, 0.01]]))
    print(x.grad)
x.grad[:] = 0
with autograd.record():
    y = x * 2
    z = x ** 3
autograd.backward([y, z], [None, nd.ones_like(z) * 2])
print(x.grad)
with autograd.record():
    y = x.sum() + (x * x).mean()
print(autograd.grad(y, [x]))
g = nd.zeros((2, 2))
autograd.mark_variables([x], [g])
with autograd.record():
    y = nd.sin(x)
y.backward(retain_graph=True)
y.backward()
print(g)

# %% nd: higher order
from mxnet import autograd, nd
x = nd.array([1.0, 2.0, 3.0])
x.attach_grad()
with autograd.record():
    y = nd.log(x)
    dy = autograd.grad(y, x, create_graph=True, retain_graph=True)[0]
    z = nd.sin(dy)
z.backward()
print(dy, x.grad)
with autograd.record():
    y = x.exp()
    g = autograd.grad(y, [x], create_graph=True)[0]
g.backward()
print(x.grad)

# %% np: gradient penalty and masks
from mxnet import autograd, np, npx
npx.set_np()
x = np.array([[0.5, -1.0], [2.0, 0.1]])
x.attach_grad()
with autograd.record():
    m = (x > 0).astype('float32')
    y = (m * x ** 2).sum() + np.abs(x).sum() + np.maximum(x, 1).sum() + np.minimum(x, 0.3).mean()
y.backward()
print(y, x.grad, m)
with autograd.record():
    y = np.where(x > 0, x * 3, x * x)
y.backward(np.array([[1.0, 2.0], [3.0, 4.0]]))
print(y, x.grad)
with autograd.record():
    y = np.concatenate([x, x * 2], axis=1)[:, 1:3].sum(axis=0)
y.backward(np.array([1.0, 10.0]))
print(y, x.grad)

# %% nd: custom losses and metrics
from mxnet import autograd, gluon, metric, nd
pred = nd.array([[0.3, 0.6, 0.1], [0.2, 0.2, 0.6], [0.9, 0.05, 0.05]])
label = nd.array([1, 2, 1])
for m in (metric.Accuracy(), metric.TopKAccuracy(top_k=2), metric.CrossEntropy(), metric.Perplexity(ignore_label=None)):
    m.update([label], [pred])
    print(m.get())
m = metric.MAE()
m.update([nd.array([1.0, 2.0])], [nd.array([1.5, 2.5])])
print(m.get(), metric.MSE().get())
c = metric.CompositeEvalMetric()
c.add(metric.MSE())
c.add(metric.RMSE())
c.update([nd.array([[1.0], [2.0]])], [nd.array([[1.5], [2.0]])])
print(c.get())
class Weighted(gluon.loss.Loss):
    def __init__(self, weight=None, batch_axis=0, **kwargs):
        super().__init__(weight, batch_axis, **kwargs)
    def hybrid_forward(self, F, pred, label):
        return F.mean(F.square(pred - label) * 2, axis=self._batch_axis, exclude=True)
print(Weighted()(nd.ones((2, 3)), nd.zeros((2, 3))))
for l in (gluon.loss.L1Loss(), gluon.loss.HuberLoss(), gluon.loss.HingeLoss(), gluon.loss.SigmoidBCELoss(), gluon.loss.KLDivLoss(from_logits=False)):
    print(type(l).__name__, l(nd.array([[0.3, -2.0]]), nd.array([[1.0, 0.0]])))

# %% nd: hybrid blocks
from mxnet import autograd, gluon, nd
from mxnet.gluon import nn
class Net(nn.HybridBlock):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.fc1 = nn.Dense(6)
            self.fc2 = nn.Dense(2)
    def hybrid_forward(self, F, x):
        x = F.relu(self.fc1(x))
        print('forward', x.shape) if hasattr(x, 'shape') and False else None
        return self.fc2(x)
net = Net()
net.initialize()
x = nd.random.uniform(shape=(3, 4))
a = net(x)
net.hybridize()
b = net(x)
print(a, nd.abs(a - b).max())
print(net, net.name, sorted(net.collect_params().keys()))
seq = nn.HybridSequential(prefix='model_')
with seq.name_scope():
    seq.add(nn.Dense(3, activation='tanh'), nn.Dense(2))
seq.initialize()
seq.hybridize()
print(seq(x).shape, list(seq.collect_params()))
print(seq[0].weight.shape, seq[0].bias.name, len(seq))

# %% np: data sets and transforms
from mxnet import gluon, np, npx
npx.set_np()
X = np.arange(20).reshape(10, 2)
y = np.arange(10)
ds = gluon.data.ArrayDataset(X, y)
print(len(ds), ds[3][0], float(ds[3][1]))
for xb, yb in gluon.data.DataLoader(ds, batch_size=4, last_batch='keep'):
    print(xb.shape, yb)
for xb, yb in gluon.data.DataLoader(ds, batch_size=4, last_batch='discard'):
    print(xb.shape, yb)
t = ds.transform_first(lambda a: a * 10)
print(t[1][0])
s = gluon.data.SimpleDataset(list(range(6))).transform(lambda v: v ** 2)
print(list(s), [list(b) for b in gluon.data.BatchSampler(gluon.data.SequentialSampler(5), 2, 'rollover')])

# %% nd: broadcasting reductions and norms
from mxnet import nd
x = nd.arange(24).reshape((2, 3, 4))
print(nd.sum(x, axis=(0, 2)), nd.mean(x, axis=1, keepdims=True), x.max(axis=2), x.min(axis=0), nd.prod(x + 1, axis=0))
print(nd.argmax(x, axis=1), nd.argsort(x, axis=0, is_ascend=False), nd.topk(x, k=2, axis=2, ret_typ='value'))
print(nd.norm(x), nd.norm(x, ord=1, axis=0), nd.L2Normalization(x))
print(x.swapaxes(0, 2).shape, nd.flip(x, axis=1)[0], nd.tile(x[0], reps=(2, 1)), nd.repeat(x[0], repeats=2, axis=1))
print(nd.split(x, num_outputs=2, axis=2), nd.stack(x[0], x[1], axis=1).shape)
print(nd.where(x > 10, x, -x), nd.clip(x, 3, 9), nd.one_hot(nd.array([0, 2]), 3), nd.pick(x[0], nd.array([0, 1, 3])))
print(nd.slice(x, begin=(0, 1, 1), end=(2, 3, 3)), nd.slice_axis(x, axis=2, begin=-2, end=None))
print(nd.batch_dot(x, x, transpose_b=True), nd.dot(x[0], x[1], transpose_b=True))

# %% np: printing in every dtype
from mxnet import np, npx
npx.set_np()
for dtype in ('float16', 'float32', 'float64', 'int8', 'uint8', 'int32', 'int64', 'bool'):
    a = np.array([[0, 1], [2, 3]], dtype=dtype)
    print(a, repr(a), a.dtype, a.sum(), repr(a.sum()))
print(np.array([1e-8, 1.0, 1e8]), np.array([0.1, 0.25]), np.array([1e20, 1.0]), np.array([np.nan, np.inf]))
print(np.arange(2000), np.ones((30, 40)), np.zeros((0, 3)))
print(str(np.array(2.5)), repr(np.array(2)), [np.array(1.5), np.array([2.0])], {'a': np.array(1)})

# %% nd: printing
from mxnet import nd
for dtype in ('float16', 'float32', 'float64', 'int8', 'uint8', 'int32', 'int64'):
    a = nd.array([[0, 1], [2, 3]], dtype=dtype)
    print(a, repr(a), a.dtype, a.sum())
print(nd.array([1e-8, 1.0, 1e8]), nd.array([0.1, 0.25]), nd.arange(2000), nd.ones((30, 40)))
print([nd.array([1.5])], {'a': nd.array([1])}, '%s' % nd.ones(2), f'{nd.ones(1)}')

# %% np: errors caught
from mxnet import autograd, np, npx
import mxnet as mx
npx.set_np()
def attempt(f):
    try:
        print(f())
    except mx.MXNetError:
        print('MXNetError')
    except Exception as e:
        print(type(e).__name__)
x = np.ones((2, 3))
x.attach_grad()
attempt(lambda: x + np.ones(4))
attempt(lambda: np.dot(x, x))
attempt(lambda: x.reshape(4, 2))
attempt(lambda: x.backward() if False else np.ones(2).backward())
attempt(lambda: float(x))
attempt(lambda: bool(x))
attempt(lambda: x[5])
attempt(lambda: np.concatenate([x, np.ones((3, 2))]))
def twice():
    with autograd.record():
        y = (x * x).sum()
    y.backward()
    y.backward()
attempt(twice)
def inplace():
    with autograd.record():
        y = x * 2
        y += 1
attempt(inplace)
def assign():
    with autograd.record():
        x[:] = 1
attempt(assign)
attempt(lambda: np.array([1, 2, 3]).item())
attempt(lambda: len(np.array(1.0)))
attempt(lambda: npx.pick(x, np.ones(5)))
attempt(lambda: mx.gluon.nn.Dense(2).weight.data())

# %% nd: errors caught
from mxnet import autograd, nd
import mxnet as mx
def attempt(f):
    try:
        print(f())
    except mx.MXNetError:
        print('MXNetError')
    except AssertionError:
        print('AssertionError')
    except Exception as e:
        print(type(e).__name__)
x = nd.ones((2, 3))
x.attach_grad()
attempt(lambda: x + nd.ones(4))
attempt(lambda: nd.dot(x, x))
attempt(lambda: x.reshape((4, 2)))
attempt(lambda: nd.ones(2).backward())
attempt(lambda: x.asscalar())
attempt(lambda: bool(x))
attempt(lambda: x[5])
attempt(lambda: nd.concat(x, nd.ones((3, 2)), dim=0))
attempt(lambda: nd.Activation(x, act_type='relo'))
attempt(lambda: nd.FullyConnected(x, nd.ones((4, 5)), nd.zeros(4), num_hidden=4))
attempt(lambda: nd.Convolution(nd.ones((1, 1, 3, 3)), nd.ones((1, 1, 5, 5)), kernel=(5, 5), num_filter=1, no_bias=True))
attempt(lambda: nd.ones(3) + nd.ones(3, dtype='int32'))
attempt(lambda: nd.sum(x, axis=3))
attempt(lambda: mx.gluon.Trainer(mx.gluon.nn.Dense(1).collect_params(), 'sgdd'))
attempt(lambda: mx.init.create('xaver') if hasattr(mx.init, 'create') else 1 / 0)

# %% nd: shapes of one's own layer from the data, dense
from mxnet import nd, autograd, gluon
import mxnet as mx
mx.random.seed(1)
class Net(gluon.HybridBlock):
    def __init__(self, **kw):
        super().__init__(**kw)
        with self.name_scope():
            self.weight = self.params.get('weight', shape=(3, 0), allow_deferred_init=True)
            self.bias = self.params.get('bias', shape=(3,), init='zeros')
    def hybrid_forward(self, F, x, weight, bias):
        return F.FullyConnected(x, weight, bias, num_hidden=3)
net = Net(); net.initialize(mx.init.Xavier()); print(net(nd.ones((2, 5)))); print(net.weight.shape, net.weight.data()); print(net)

# %% nd: shapes of one's own layer from the data, convolution and norm
from mxnet import nd, autograd, gluon
import mxnet as mx
mx.random.seed(1)
class Net(gluon.HybridBlock):
    def __init__(self, **kw):
        super().__init__(**kw)
        with self.name_scope():
            self.k = self.params.get('k', shape=(4, 0, 3, 3), allow_deferred_init=True)
            self.g = self.params.get('g', shape=(0,), init='ones', allow_deferred_init=True)
            self.bb = self.params.get('bb', shape=(0,), init='zeros', allow_deferred_init=True)
    def hybrid_forward(self, F, x, k, g, bb):
        h = F.Convolution(x, k, kernel=(3, 3), num_filter=4, no_bias=True)
        return F.LayerNorm(h, g, bb)
net = Net(); net.initialize(); net.hybridize(); print(net(nd.ones((1, 2, 5, 5))).shape); print(net.k.shape, net.g.shape, net.k.data()[0,0])

# %% nd: a custom operator by name
from mxnet import nd, autograd
import mxnet as mx
class Softplus(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], nd.log(1 + nd.exp(in_data[0])))
    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * nd.sigmoid(in_data[0]))
@mx.operator.register("softplus")
class SoftplusProp(mx.operator.CustomOpProp):
    def __init__(self):
        super().__init__(need_top_grad=True)
    def list_arguments(self): return ['data']
    def list_outputs(self): return ['output']
    def infer_shape(self, in_shape): return in_shape, [in_shape[0]], []
    def create_operator(self, ctx, shapes, dtypes): return Softplus()
x = nd.array([-1., 0, 2]); x.attach_grad()
with autograd.record():
    y = nd.Custom(x, op_type='softplus')
    z = (y * y).sum()
z.backward()
print(y, x.grad)

# %% nd: a custom loss of NumPy code
import mxnet as mx, numpy as onp
from mxnet import nd, autograd
class Softmax(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        x = in_data[0].asnumpy()
        y = onp.exp(x - x.max(axis=1).reshape((x.shape[0], 1)))
        y /= y.sum(axis=1).reshape((x.shape[0], 1))
        self.assign(out_data[0], req[0], mx.nd.array(y))
    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        l = in_data[1].asnumpy().ravel().astype(int)
        y = out_data[0].asnumpy()
        y[onp.arange(l.shape[0]), l] -= 1.0
        self.assign(in_grad[0], req[0], mx.nd.array(y))
@mx.operator.register("mysoftmax")
class SoftmaxProp(mx.operator.CustomOpProp):
    def __init__(self): super(SoftmaxProp, self).__init__(need_top_grad=False)
    def list_arguments(self): return ['data', 'label']
    def list_outputs(self): return ['output']
    def infer_shape(self, in_shape):
        return [in_shape[0], (in_shape[0][0],)], [in_shape[0]], []
    def infer_type(self, in_type): return in_type, [in_type[0]], []
    def create_operator(self, ctx, shapes, dtypes): return Softmax()
x = nd.array([[1., 2, 3], [0, 0, 1]]); x.attach_grad()
with autograd.record():
    y = nd.Custom(x, nd.array([0, 2]), op_type='mysoftmax')
y.backward()
print(y, x.grad)

# %% nd: fused recurrent layers
from mxnet import nd, gluon, autograd
import mxnet as mx
mx.random.seed(0)
for cls, kw in ((gluon.rnn.LSTM, dict(num_layers=2, bidirectional=True)), (gluon.rnn.GRU, dict(layout='NTC')), (gluon.rnn.RNN, dict(activation='tanh', bidirectional=True))):
    net = cls(3, **kw); net.initialize(mx.init.Normal(0.3)); print(net)
    x = nd.array(__import__('numpy').arange(24).reshape(2, 3, 4) / 10); x.attach_grad()
    b = 2 if kw.get('layout') == 'NTC' else 3
    s = net.begin_state(batch_size=b)
    with autograd.record():
        y, s2 = net(x, s); l = (y * y).sum()
    print(y, s2)
    l.backward()
    print(x.grad, [p.name for p in net.collect_params().values()], net.l0_i2h_weight.grad())
    print(net(x))

# %% nd: embedding, LSTM and Dense trained
from mxnet import nd, gluon, autograd
import mxnet as mx
mx.random.seed(3)
net = gluon.nn.Sequential()
with net.name_scope():
    net.add(gluon.nn.Embedding(10, 4), gluon.rnn.LSTM(5, layout='NTC'), gluon.nn.Dense(2, flatten=False))
net.initialize()
x = nd.array([[1, 2, 3], [4, 5, 6]])
tr = gluon.Trainer(net.collect_params(), 'adam', {'learning_rate': 0.01})
L = gluon.loss.SoftmaxCrossEntropyLoss()
for i in range(3):
    with autograd.record():
        l = L(net(x).reshape((-1, 2)), nd.array([0, 1, 0, 1, 0, 1]))
    l.backward(); tr.step(6); print(l.mean().asscalar())

# %% nd: printing of every kind
from mxnet import nd
print(nd.array([1.5, 2.25, -1e-8, 1e10])); print(nd.array([[1, 2]], dtype='int32')); print(nd.array([True, False]), nd.array(3))
print(nd.arange(2000)); print(nd.ones((3, 2, 2, 2))); print(repr(nd.array([float('nan'), float('inf')])))
print([nd.ones(2), nd.ones(1)], (nd.ones(1),), {'a': nd.ones(1)})
print(nd.array([1e-5, 123456.789]), nd.array([0.1, 0.22, 0.333]), nd.array([100000, 1e-3]), nd.array([1/3], dtype='float64'), nd.array([1.5], dtype='float16'))

# %% np: seeds and draws
import mxnet as mx
from mxnet import np, npx
npx.set_np()
mx.random.seed(3)
print(np.random.rand(2, 2), np.random.randn(3), np.random.randint(0, 9, size=4), np.random.uniform(size=2), np.random.normal(size=(1, 2)), np.random.uniform(np.array([0., 10.]), np.array([1., 20.])).shape)
a = np.arange(5); np.random.shuffle(a); print(a)

# %% nd: one expression of many operations
from mxnet import nd, autograd
x = nd.array([[1., 2., 3.], [4., 5., 6.]]); x.attach_grad()
with autograd.record():
    a = x[0] * 2; b = x[:, 1] ** 2; c = x[1, 2]
    d = nd.concat(a, b, dim=0).sum() + c + x.reshape((-1,))[3] + x.T[0].sum() + nd.stack(x[0], x[1]).max()
d.backward(); print(d, x.grad)
with autograd.record():
    e = nd.pick(x, nd.array([0, 2])).sum() + nd.take(x, nd.array([1, 1, 0])).sum() + nd.where(x > 3, x, x * 10).sum() + nd.clip(x, 2, 5).sum() + nd.one_hot(nd.array([0, 2]), 3).sum()
e.backward(); print(e, x.grad)
with autograd.record():
    f = nd.broadcast_mul(x, nd.array([[1.], [2.]])).sum(axis=0) + x.mean(axis=0) + x.max(axis=0) + x.prod(axis=0) + nd.norm(x, axis=0) + nd.flip(x, 1)[0] + x.slice(begin=(0, 0), end=(1, 3))[0] + nd.repeat(x, 2, axis=1)[0, 0:3] + nd.tile(x, (1, 2))[1, 3:6] + x.expand_dims(0).squeeze()[0] + nd.softmax(x)[0] + nd.log_softmax(x)[1] + nd.L2Normalization(x)[0] + nd.cumsum(x, axis=0)[1] + nd.square(x)[0] + nd.sqrt(x)[1] + nd.cbrt(x)[0] + nd.relu(x - 2)[0] + nd.sigmoid(x)[0] + nd.erf(x)[0] + nd.arctan(x)[0] + nd.smooth_l1(x, scalar=1)[0] + nd.maximum(x, 3)[0] + nd.abs(-x)[0]
f.backward(); print(f, x.grad)

# %% nd: each loss and its gradient
from mxnet import nd, autograd, gluon
L = gluon.loss
p = nd.array([[.2, .8], [.6, -.4]]); t = nd.array([[0., 1.], [1., 0.]]); p.attach_grad()
for l in (L.L1Loss(), L.L2Loss(), L.SigmoidBCELoss(), L.HuberLoss(), L.HingeLoss(), L.SquaredHingeLoss(), L.LogisticLoss(), L.KLDivLoss(from_logits=False), L.SoftmaxCrossEntropyLoss(sparse_label=False), L.CosineEmbeddingLoss(), L.PoissonNLLLoss()):
    with autograd.record(): v = l(p, t) if not isinstance(l, L.CosineEmbeddingLoss) else l(p, t, nd.array([1, -1]))
    v.backward(); print(type(l).__name__, v, p.grad)
print(L.TripletLoss()(p, t, t * 2), L.L2Loss(weight=2.)(p, t, nd.array([[1.], [0.]])), L.L2Loss())

# %% nd: a Function with two outputs, heads, marks
import mxnet as mx
from mxnet import nd, autograd
class Scale(autograd.Function):
    def __init__(self, k): super().__init__(); self.k = k
    def forward(self, x, y):
        self.save_for_backward(x, y); return x * y * self.k, x + y
    def backward(self, da, db):
        x, y = self.saved_tensors; return da * y * self.k + db, da * x * self.k + db
x = nd.array([1., 2.]); y = nd.array([3., 4.]); x.attach_grad(); y.attach_grad()
with autograd.record():
    a, b = Scale(2.)(x, y); z = (a * b).sum()
z.backward(); print(a, b, z, x.grad, y.grad)
gs = []
with autograd.record(): z = nd.exp(x * y)
print(autograd.grad(z, [x, y], head_grads=nd.ones(2)))
autograd.mark_variables([x], [nd.zeros(2)]);
with autograd.record(): z = x * 5
autograd.backward([z]); print(x.grad)

# %% nd: writing through views
from mxnet import nd
a = nd.ones((2, 3)); b = a[0]; b[:] = 5; print(a); d = a.reshape((3, 2)); d[0, 0] = -1; print(a); e = a.copy(); e[:] = 0; print(a, e); f = a[0:1]; f += 1; print(a); g = a[:, 1]; g[:] = 100; print(a); a[0, 1:3] = [8, 9]; a[1] = nd.arange(3); a[-1, -1] = 3.5; print(a, a[1].asnumpy().tolist(), a.asnumpy().sum())
print(a == a, a != 5, a >= 5, a % 2, 2 ** a, 1 / (a + 1), -a, abs(-a), (a > 1) * (a < 9), a.astype('int32'), a.astype('int32') + 1)

# %% nd: each optimizer, each schedule
from mxnet import nd, gluon, autograd, lr_scheduler
import mxnet as mx
mx.random.seed(0)
w = gluon.Parameter('w', shape=(2,)); w.initialize(mx.init.One())
for name, kw in (('sgd', dict(momentum=.9, wd=.1)), ('nag', dict(momentum=.9)), ('adam', {}), ('adagrad', {}), ('rmsprop', dict(centered=True)), ('adadelta', {}), ('adamax', {}), ('nadam', {}), ('ftrl', {}), ('signum', {}), ('ftml', {}), ('sgd', dict(lr_scheduler=lr_scheduler.FactorScheduler(2, .5, base_lr=.1))), ('sgd', dict(clip_gradient=.1))):
    w.set_data(nd.array([1., -2.])); tr = gluon.Trainer([w], name, dict({} if name=='adadelta' else {'learning_rate': .1}, **kw))
    for i in range(4):
        with autograd.record(): l = (w.data() ** 2).sum()
        l.backward(); tr.step(1)
    print(name, w.data(), tr.learning_rate)
for s in (lr_scheduler.MultiFactorScheduler([2, 4], .1, base_lr=1), lr_scheduler.PolyScheduler(10, 1, 2), lr_scheduler.CosineScheduler(10, 1, warmup_steps=2), lr_scheduler.FactorScheduler(3, .5)): print([round(s(i), 4) for i in range(8)])

# %% nd: a tour of array functions
from mxnet import nd
import numpy as onp
x = nd.array(onp.arange(24).reshape(2, 3, 4))
print(x.sum(axis=(0, 2)), x.mean(axis=1, keepdims=True).shape, nd.transpose(x, axes=(2, 0, 1)).shape, x.swapaxes(0, 2).shape, nd.split(x, 3, axis=1)[1], x.flatten().shape, x.reshape((0, -1)).shape, x.broadcast_to((2, 3, 4)).shape, nd.batch_dot(x, x.transpose((0, 2, 1))), nd.linalg.gemm2(x[0], x[1], transpose_b=True), nd.dot(x, nd.ones((4, 2))).shape, x.argmax(axis=2), x.topk(k=2, ret_typ='value', axis=2).shape)
print(nd.sort(x[0], axis=0, is_ascend=False), nd.argsort(-x[0], axis=1), nd.diag(x[0]), nd.add_n(x[0], x[1]), nd.slice_axis(x, axis=2, begin=1, end=3).shape, nd.SequenceMask(x, nd.array([1, 2, 1]), use_sequence_length=True).sum(), nd.gather_nd(x, nd.array([[0, 1], [1, 2]])), nd.scatter_nd(nd.array([9, 8]), nd.array([[0, 1]]), (4,)), nd.elemwise_add(x, x).sum(), nd.full((2,), 3), nd.eye(2), nd.linspace(0, 1, 3), nd.concat(x, x, dim=2).shape, nd.ones_like(x[0, 0]), nd.arange(0, 1, .25))
print(nd.broadcast_hypot(nd.array([3.]), nd.array([4.])), nd.log2(nd.array([8.])), nd.round(nd.array([-1.5, .5, 2.5])), nd.rint(nd.array([-1.5, .5, 2.5])), nd.fix(nd.array([-1.5])), nd.sign(nd.array([-2, 0.])), nd.logical_not(nd.array([0, 1])), nd.nansum(nd.array([1, float('nan')])), nd.moments(x[0], axes=(0,)), nd.unravel_index(nd.array([5]), shape=(2, 3)), nd.khatri_rao(nd.ones((2, 2)), nd.ones((3, 2))).shape, nd.Embedding(nd.array([1]), nd.ones((3, 2)), input_dim=3, output_dim=2), nd.SoftmaxOutput(nd.ones((1, 2)), nd.array([0])), nd.depth_to_space(nd.arange(4).reshape((1, 4, 1, 1)), 2), nd.pad(nd.ones((1, 1, 2, 2)), mode='constant', pad_width=(0, 0, 0, 0, 1, 1, 1, 1), constant_value=0), nd.UpSampling(nd.ones((1, 1, 2, 2)), scale=2, sample_type='nearest').shape)

# %% nd: Newton's method and three derivatives
from mxnet import nd, autograd
def newton(f, x, n=5):
    for _ in range(n):
        x.attach_grad()
        with autograd.record():
            y = f(x); g = autograd.grad(y, x, create_graph=False, retain_graph=True)[0]
        x = x - y / g
    return x
print(newton(lambda x: x * x - 2, nd.array([1.0])))
x = nd.array([0.5, 1.0]); x.attach_grad()
with autograd.record():
    y = nd.sin(x); g1 = autograd.grad(y, x, create_graph=True)[0]; g2 = autograd.grad(g1, x, create_graph=True)[0]
g2.backward(); print(g1, g2, x.grad)
with autograd.record():
    y = nd.exp(x) * nd.log(x); g1 = autograd.grad(y, x, create_graph=True, retain_graph=True)[0]
print(y, g1)

# %% nd: each elementwise function
from mxnet import nd, autograd
import math
x = nd.array([0.5]); x.attach_grad()
for f in (nd.sin, nd.cos, nd.tan, nd.arcsin, nd.arccos, nd.arctan, nd.sinh, nd.cosh, nd.tanh, nd.arcsinh, nd.arctanh, nd.exp, nd.expm1, nd.log, nd.log1p, nd.log2, nd.log10, nd.sqrt, nd.rsqrt, nd.cbrt, nd.rcbrt, nd.square, nd.reciprocal, nd.abs, nd.sign, nd.floor, nd.ceil, nd.relu, nd.sigmoid, nd.softsign, nd.hard_sigmoid, nd.erf, nd.erfinv, nd.gamma, nd.gammaln, nd.degrees, nd.radians, nd.BlockGrad, nd.identity, nd.negative, nd.smooth_l1, nd.zeros_like, nd.make_loss, nd.stop_gradient):
    with autograd.record(): y = f(x)
    try: y.backward(); print(f.__name__, y.asscalar(), x.grad.asscalar())
    except Exception as e: print(f.__name__, type(e).__name__)

# %% nd: recurrent cells, stacked, both ways
from mxnet import nd, autograd, gluon
import mxnet as mx
mx.random.seed(9)
cell = gluon.rnn.LSTMCell(4); cell.initialize(mx.init.Normal(.2)); x = [nd.ones((2, 3)) * i for i in range(3)]; s = cell.begin_state(2)
for t in x: o, s = cell(t, s)
print(o, s); print(cell, [p.name for p in cell.collect_params().values()])
outs, st = cell.unroll(3, nd.stack(*x, axis=1), layout='NTC', merge_outputs=True); print(outs.shape, st[0])
seq = gluon.rnn.SequentialRNNCell(); seq.add(gluon.rnn.GRUCell(3)); seq.add(gluon.rnn.DropoutCell(.3)); seq.add(gluon.rnn.RNNCell(2)); seq.initialize(mx.init.One()); o, st = seq.unroll(2, [nd.ones((1, 2))] * 2); print(o, st, seq)
bi = gluon.rnn.BidirectionalCell(gluon.rnn.LSTMCell(2), gluon.rnn.LSTMCell(2)); bi.initialize(mx.init.One()); o, st = bi.unroll(2, nd.ones((1, 2, 3)), merge_outputs=True); print(o, len(st))

# %% nd: loops and branches of contrib
from mxnet import nd, autograd
import mxnet as mx
x = nd.array([[1., 2.], [3., 4.], [5., 6.]]); w = nd.array([1., -1.]); x.attach_grad(); w.attach_grad()
with autograd.record():
    out, st = nd.contrib.foreach(lambda d, s: (d * w + s, s * 0.5 + d), x, nd.zeros(2))
    l = (out * out).sum() + st.sum()
l.backward(); print(out, st, x.grad, w.grad)
i = nd.array([0.]); 
o, s = nd.contrib.while_loop(cond=lambda i, t: i < 4, func=lambda i, t: ([i * t], [i + 1, t + i]), loop_vars=(nd.array([0.]), nd.array([1.])), max_iterations=6)
print(o[0][:4] if isinstance(o, list) else o[:4], s)
a = nd.array([3.]); a.attach_grad()
with autograd.record(): z = nd.contrib.cond(a > 2, lambda: a * a, lambda: a + 1)
z.backward(); print(z, a.grad)

# %% nd: each layer, one-dimensional and two-dimensional
from mxnet import nd, gluon, autograd
import mxnet as mx
mx.random.seed(1)
net = gluon.nn.HybridSequential()
with net.name_scope():
    net.add(gluon.nn.Conv1D(3, 2), gluon.nn.LeakyReLU(.1), gluon.nn.Conv1D(2, 1, strides=2, use_bias=False), gluon.nn.PReLU(), gluon.nn.ELU(), gluon.nn.SELU() , gluon.nn.Swish(), gluon.nn.GELU(), gluon.nn.GlobalMaxPool1D(), gluon.nn.Flatten(), gluon.nn.LayerNorm(), gluon.nn.Dense(2, flatten=False, use_bias=False))
net.initialize(); x = nd.random.uniform(shape=(2, 2, 6)); print(net(x)); print(net)
for layer in (gluon.nn.Conv2DTranspose(2, 2, strides=2), gluon.nn.Conv2D(2, (2, 1), groups=1, dilation=2), gluon.nn.AvgPool2D(2, count_include_pad=False, padding=1), gluon.nn.InstanceNorm(), gluon.nn.GroupNorm(1), gluon.nn.ReflectionPad2D(1), gluon.nn.MaxPool2D(2, 1, ceil_mode=True), gluon.nn.Lambda('relu'), gluon.nn.HybridLambda(lambda F, x: F.tanh(x)), gluon.nn.Flatten()):
    layer.initialize(); y = layer(nd.arange(18).reshape((1, 2, 3, 3)) if not isinstance(layer, gluon.nn.Conv2D) else nd.ones((1, 1, 5, 5))); print(layer, y.shape, round(float(y.sum().asscalar()), 3))

# %% nd: layers as functions
import mxnet as mx
from mxnet import nd, autograd, gluon
mx.random.seed(3)
x = nd.random.normal(shape=(4, 3, 5)); x.attach_grad()
with autograd.record():
    l = gluon.loss.CTCLoss()(nd.transpose(x, (1, 0, 2)), nd.array([[0, 1], [2, 2], [3, -1]]))
l.backward(); print(l, x.grad.sum(), nd.norm(x.grad))
with autograd.record(train_mode=True):
    d = nd.Dropout(x, p=.5); b = nd.BatchNorm(x, nd.ones(3), nd.zeros(3), nd.zeros(3), nd.ones(3), fix_gamma=False)
print((d == 0).sum() > 0, b.mean(), nd.LRN(nd.ones((1, 2, 2, 2)), nsize=3).sum(), nd.InstanceNorm(x, nd.ones(3), nd.zeros(3)).shape, nd.Convolution(x, nd.ones((2, 3, 2)), nd.zeros(2), kernel=(2,), num_filter=2).shape, nd.Pooling(x, kernel=(2,), pool_type='avg').shape, nd.SequenceReverse(x).shape, nd.SequenceLast(x).shape, nd.SliceChannel(x, num_outputs=3)[0].shape, nd.SwapAxis(x, 0, 1).shape, nd.Flatten(x).shape, nd.Concat(x, x, dim=1).shape, nd.Cast(x, 'int32').dtype, nd.Reshape(x, (4, -1)).shape, nd.LinearRegressionOutput(nd.ones(2), nd.zeros(2)), nd.softmax_cross_entropy(nd.ones((2, 3)), nd.array([0, 1])), nd.L2Normalization(x, mode='channel').shape, nd.Activation(x, 'softrelu').shape, nd.Crop(nd.ones((1, 1, 4, 4)), h_w=(2, 2)).shape, nd.BilinearSampler(nd.ones((1, 1, 2, 2)), nd.zeros((1, 2, 2, 2))).sum(), nd.ROIPooling(nd.arange(16).reshape((1, 1, 4, 4)), nd.array([[0, 0, 0, 3, 3]]), (2, 2), 1.0), nd.contrib.AdaptiveAvgPooling2D(nd.ones((1, 1, 4, 4)), output_size=2).shape, nd.contrib.BilinearResize2D(nd.ones((1, 1, 2, 2)), height=3, width=3).sum(), nd.contrib.box_iou(nd.array([[0, 0, 2, 2]]), nd.array([[1, 1, 3, 3]]), format='corner'))

# %% np: logistic regression, told step by step
from mxnet import np, npx, autograd
npx.set_np()
class Lin(autograd.Function):
    def forward(self, x, w):
        self.save_for_backward(x, w); return np.dot(x, w)
    def backward(self, g):
        x, w = self.saved_tensors; return np.dot(g, w.T), np.dot(x.T, g)
x = np.array([[1., 2.], [3., 4.]]); x.attach_grad()
import mxnet as mx; mx.random.seed(10)
theta = np.zeros((2,)); data = np.random.normal(0, 1, (8, 2)); ys = (data[:, 0] > 0).astype('float32')
theta.attach_grad()
for it in range(4):
    with autograd.record():
        p = npx.sigmoid(np.dot(data, theta)); loss = -(ys * np.log(p + 1e-7) + (1 - ys) * np.log(1 - p + 1e-7)).mean()
    loss.backward(); theta -= 0.5 * theta.grad; print(it, loss.item(), theta)
for i, row in enumerate(np.arange(4).reshape(2, 2)): print(i, row, row.sum().item())
print([float(v) for v in theta], theta.shape, (theta > 0).sum(), np.abs(theta).max(), np.linalg.norm(theta), theta.reshape(2, 1) @ theta.reshape(1, 2), np.sqrt((theta ** 2).sum()), dict(a=theta), sorted([3, 1]), str(theta), repr(theta), '%.3f' % theta[0].item(), f'{theta[1].item():.2e}', theta.mean().item() if True else 0)

# %% nd: a recurrent network by hand with clipping
from mxnet import nd, autograd
# RNN by hand
import mxnet as mx
mx.random.seed(6)
def init(*s): return nd.random.normal(scale=.1, shape=s)
Wxh, Whh, bh, Why, by = init(4, 5), init(5, 5), nd.zeros(5), init(5, 4), nd.zeros(4); params = [Wxh, Whh, bh, Why, by]
for p in params: p.attach_grad()
def rnn(xs, h):
    outs = []
    for x in xs:
        h = nd.tanh(nd.dot(x, Wxh) + nd.dot(h, Whh) + bh); outs.append(nd.dot(h, Why) + by)
    return outs, h
X = nd.one_hot(nd.array([[0, 1, 2], [3, 2, 1]]).T, 4); Y = nd.array([[1, 2, 3], [2, 1, 0]]).T.reshape((-1,))
for ep in range(4):
    h = nd.zeros((2, 5))
    with autograd.record():
        outs, h = rnn(X, h); o = nd.concat(*outs, dim=0); l = -nd.pick(nd.log_softmax(o), Y).mean()
    l.backward()
    norm = sum([(p.grad ** 2).sum().asscalar() for p in params]) ** .5
    for p in params: p[:] -= 1.0 * p.grad * min(1, .5 / norm)
    print('epoch %d, perplexity %f' % (ep, nd.exp(l).asscalar()), round(float(norm), 5))
h.detach(); print(h.detach().shape, [bool(p.grad.norm().asscalar() > 0) for p in params])

# %% nd: gradients of output layers, and of CTC after a sequence's end
import mxnet as mx
from mxnet import nd, autograd
mx.random.seed(1)
d = nd.random.uniform(0, 1, (2, 3, 2))
l = nd.array([[0, 1], [2, -1]])
d.attach_grad()
for norm in ('null', 'batch', 'valid'):
    for kw in (dict(multi_output=True), dict(multi_output=True, use_ignore=True, ignore_label=-1)):
        with autograd.record():
            y = nd.SoftmaxOutput(d, l, normalization=norm, **kw)
        y.backward()
        print(norm, kw, d.grad)
x = nd.random.uniform(0, 1, (4, 2, 3))
x[3] = float('nan')
x.attach_grad()
with autograd.record():
    loss = nd.CTCLoss(x, nd.array([[1, 2], [2, 0]]), nd.array([3, 3]), use_data_lengths=True)
loss.backward()
print(loss, x.grad)
"""


def programs():
    """Triples of semantics ("nd" or "np"), name and source."""
    pieces = re.split(r"^# %% (nd|np): (.+)\n", PROGRAMS, flags=re.MULTILINE)[1:]
    for space, name, source in zip(pieces[0::3], pieces[1::3], pieces[2::3]):
        yield space, space + ": " + name, source


def printed(source):
    """What a program prints; at the end the kind of exception that stopped it, if any."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(source, "<program>", "exec"), {"__name__": "__main__"})
        except Exception as problem:
            print("stopped by", type(problem).__name__, problem)
    return out.getvalue()
