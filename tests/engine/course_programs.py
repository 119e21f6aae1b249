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
