"""Small programs on MXNet's interface: what each of their lines shows is recorded from MXNet 1.9.1.

A program starts with `# nd: name` or `# np: name` (its array semantics). Every expression on a line
of its own is shown. This file is read by Python 3.8 (`record_mxnet.py`) and by the engine's tests.
"""

import ast
import re

PROGRAMS = r"""
# ----- Making arrays -----

# nd: array from lists
nd.array([[1, 2], [3, 4]])
nd.array([1, 2, 3], dtype='int32')
nd.array(5)
nd.array([True, False])
nd.array([])

# nd: array from numpy
nd.array(numpy.array([1, 2], dtype='int64'))
nd.array(numpy.array([1.5, 2.5]))
nd.array(numpy.float64(2.5))
nd.array(nd.array([1, 2], dtype='int32'))
nd.array(numpy.arange(6).reshape(2, 3))

# nd: filled arrays
nd.zeros((2, 3))
nd.zeros(3)
nd.ones((2,), dtype='int32')
nd.full((2, 2), 7)
nd.full((2,), 7, dtype='int32')
nd.empty((2, 1)).shape
nd.eye(3)
nd.eye(2, 3, 1)
nd.zeros_like(nd.ones((2, 2)))
nd.ones_like(nd.zeros((2,), dtype='int32'))

# nd: arange
nd.arange(4)
nd.arange(1, 4)
nd.arange(2, 10, 3)
nd.arange(0, 1, 0.25)
nd.arange(3, repeat=2)
nd.arange(5, dtype='int32')

# nd: linspace
nd.linspace(0, 1, 5)

# np: array from lists
np.array([[1, 2], [3, 4]])
np.array([1, 2, 3], dtype='int32')
np.array(5)
np.array([True, False])
np.array([])
np.array([1.5, 2.5], dtype=np.float64)
np.array([1, 2], dtype=np.float16)

# np: array from numpy
np.array(numpy.array([1, 2], dtype='int64'))
np.array(numpy.array([1.5, 2.5]))
np.array(numpy.float64(2.5))
np.array(np.array([1, 2], dtype='int32'))

# np: array from arrays
a = np.array([1., 2.])
np.array([a, a])

# np: filled arrays
np.zeros((2, 3))
np.zeros(3)
np.zeros(())
np.ones((2,), dtype='int32')
np.full((2, 2), 7)
np.full((2,), 7.5)
np.full((2,), 7, dtype='int32')
np.empty((2, 1)).shape
np.eye(3)
np.eye(2, 3, 1)
np.identity(2)
np.zeros_like(np.ones((2, 2)))
np.ones_like(np.zeros((2,), dtype='int32'))
np.full_like(np.ones((2,)), 3)

# np: arange and linspace
np.arange(4)
np.arange(4.0)
np.arange(1, 4)
np.arange(2, 10, 3)
np.arange(5, dtype='int32')
np.linspace(0, 1, 5)
np.linspace(0, 1, 4, endpoint=False)
np.linspace(0, 10, 3, dtype='int32')

# np: constants
np.pi
np.e
np.inf
np.nan
np.newaxis
np.array([np.inf, -np.inf, np.nan])

# ----- Properties and conversion -----

# nd: properties
x = nd.array([[1, 2, 3], [4, 5, 6]])
x.shape, x.size, x.ndim
x.dtype
x.context
x.ctx
x.stype
len(x)
x.T
x.grad
x.asnumpy().tolist()

# np: properties
x = np.array([[1, 2, 3], [4, 5, 6]])
x.shape, x.size, x.ndim
x.dtype
x.context
x.ctx
len(x)
x.T
x.grad
x.tolist()
x.asnumpy().tolist()

# nd: to Python numbers
nd.array([2.5]).asscalar()
nd.array([[2.5]]).asscalar().shape
nd.array([1, 2]).asscalar()
bool(nd.array([0]))
bool(nd.array([3]))
bool(nd.array([1, 2]))
float(nd.array([2.5]))
int(nd.array([2]))

# np: to Python numbers
np.array(2.5).item()
np.array([2.5]).item()
np.array([1., 2.]).item()
np.array([1., 2.]).item(1)
float(np.array(2.5))
int(np.array(2))
float(np.array([2.5]))
bool(np.array(0))
bool(np.array([3]))
bool(np.array([1, 2]))
bool(np.array([]))

# nd: astype
x = nd.array([1.5, -2.5])
x.astype('int32')
x.astype('float64')
x.astype(numpy.float16)
x.astype('float32') is x
x.astype('float32', copy=False) is x

# np: astype
x = np.array([1.5, -2.5, 0])
x.astype('int32')
x.astype(np.float64)
x.astype('bool')
x.astype('float32') is x
x.astype('float32', copy=False) is x

# nd: copy, copyto and contexts
x = nd.array([1, 2])
y = x.copy()
y[0] = 9
x, y
z = nd.zeros(2)
x.copyto(z)
z
x.as_in_context(mx.cpu())
x.as_in_context(mx.cpu()) is x
mx.cpu()
mx.gpu(1)
mx.cpu() == mx.cpu(0)
mx.current_context()
mx.Context('cpu', 0)

# np: copy, copyto and contexts
x = np.array([1, 2])
y = x.copy()
y[0] = 9
x, y
x.as_in_ctx(npx.cpu())
x.as_in_ctx(npx.cpu()) is x
npx.cpu()
npx.gpu(1)
npx.num_gpus()
np.copy(x)

# nd: crossing to np
nd.array([1, 2]).as_np_ndarray()
nd.array([1, 2]) + nd.array([1, 2]).as_np_ndarray()
type(nd.array([1, 2]).as_np_ndarray().as_nd_ndarray()).__name__

# nd: repr and str
str(nd.array([1, 2]))
repr(nd.array([[1.5, 2], [3, 4]]))
'%s' % nd.array([1])
'{}'.format(nd.array([1]))
nd.arange(2000)
nd.array([1e-8, 1e8])
nd.array([1, 2], dtype='int32')

# np: repr and str
str(np.array([1, 2]))
repr(np.array([[1.5, 2], [3, 4]]))
str(np.array(1.5))
repr(np.array(1.5))
np.array([1, 2], dtype='int64')
np.array([1, 2], dtype='float64')
np.array([1, 2], dtype='float16')
np.array([True, False]) > 0
'{}'.format(np.array([1.5]))
'{:.2f}'.format(np.array(1.5).item())
np.arange(2000)
np.array([1e-8, 1e8])
np.zeros((0, 3))

# ----- Arithmetic -----

# nd: arithmetic with arrays
a = nd.array([[1, 2], [3, 4]])
b = nd.array([[5, 6], [7, 8]])
a + b
a - b
a * b
a / b
a ** b
b % a
-a
abs(-a)
a + nd.array([[10, 20]])
a + nd.array([10, 20])

# nd: arithmetic with numbers
a = nd.array([1, 2, 3])
a + 1, 1 + a
a - 1, 1 - a
a * 2, 2 * a
a / 2, 2 / a
a ** 2, 2 ** a
a % 2, 7 % a
a + numpy.float64(0.5)
a + True

# np: arithmetic with arrays
a = np.array([[1, 2], [3, 4]])
b = np.array([[5, 6], [7, 8]])
a + b
a - b
a * b
a / b
a ** b
b % a
-a
abs(-a)
a @ b
a + np.array([10, 20])
a + np.array([[10], [20]])

# np: arithmetic with numbers
a = np.array([1, 2, 3])
a + 1, 1 + a
a - 1, 1 - a
a * 2, 2 * a
a / 2, 2 / a
a ** 2, 2 ** a
a % 2, 7 % a
a + numpy.float64(0.5)
a + True

# nd: integer arithmetic
a = nd.array([1, 2, 7], dtype='int32')
b = nd.array([2, 2, 2], dtype='int32')
a + b
a / b
a * 2
a / 2
a ** 2
a % 2
a.sum()
a.mean()
nd.dot(a, b)

# np: integer arithmetic
a = np.array([1, 2, 7], dtype='int32')
b = np.array([2, 2, 2], dtype='int32')
a + b
a / b
a * 2
a / 2
a ** 2
a % 2
a.sum()
a.mean()
a + 1.5
a * 2.5
np.dot(a, b)

# nd: mixed dtypes
i = nd.array([1, 2], dtype='int32')
f = nd.array([1.5, 2.5])
d = nd.array([1.5, 2.5], dtype='float64')
i + f
f + d
i < f

# np: mixed dtypes
i = np.array([1, 2], dtype='int32')
f = np.array([1.5, 2.5])
d = np.array([1.5, 2.5], dtype='float64')
i + f
f * d
f / i
np.array([True, False]) * 2
(f > 2) * f
(f > 2) + (f < 2)

# nd: comparisons
a = nd.array([1, 2, 3])
a < 2
a <= 2
a > 2
a >= 2
a == 2
a != 2
2 < a
a == nd.array([1, 0, 3])
a == None
nd.lesser(a, 2)
nd.equal(a, a)
nd.logical_and(a > 1, a < 3)
nd.logical_not(a - 1)

# np: comparisons
a = np.array([1, 2, 3])
a < 2
a <= 2
a > 2
a >= 2
a == 2
a != 2
2 < a
a == np.array([1, 0, 3])
a == None
np.less(a, 2)
np.equal(a, a)
np.logical_not(a - 1)
(a > 1).sum()
(a > 1).all(), (a > 1).any()

# nd: in-place arithmetic
a = nd.array([1, 2, 3])
b = a
a += 1
a -= nd.array([1, 1, 1])
a *= 3
a /= 2
b
b is a
a **= 2
a %= 2
a

# np: in-place arithmetic
a = np.array([1, 2, 3])
b = a
a += 1
a -= np.array([1, 1, 1])
a *= 3
a /= 2
b
b is a

# nd: shapes that do not fit
nd.ones((2, 3)) + nd.ones((2,))
nd.dot(nd.ones((2, 3)), nd.ones((2, 3)))
nd.ones((2, 3)).reshape((4, 2))
nd.concat(nd.ones((2, 3)), nd.ones((3, 2)), dim=0)

# np: shapes that do not fit
np.ones((2, 3)) + np.ones((2,))
np.dot(np.ones((2, 3)), np.ones((2, 3)))
np.ones((2, 3)).reshape(4, 2)
np.concatenate([np.ones((2, 3)), np.ones((3, 2))])

# ----- Indexing -----

# nd: picking elements
x = nd.arange(12).reshape((3, 4))
x[1]
x[-1]
x[1, 2]
x[1:3]
x[:, 1]
x[:, 1:3]
x[::2]
x[::-1]
x[0, ::2]
x[...]
x[..., 1]
x[None].shape
x[1][2]
x[[0, 2]]
x[nd.array([0, 2])]
x[nd.array([0, 2]), nd.array([1, 3])]
x[[0, 2], 1]

# nd: indices out of bounds
x = nd.arange(12).reshape((3, 4))
x[3]
x[0, 4]
x[-4]
x[0, 0, 0]
x['a']

# np: picking elements
x = np.arange(12).reshape(3, 4)
x[1]
x[-1]
x[1, 2]
x[1:3]
x[:, 1]
x[:, 1:3]
x[::2]
x[::-1]
x[0, ::2]
x[...]
x[..., 1]
x[None].shape
x[:, np.newaxis].shape
x[1][2]
x[[0, 2]]
x[np.array([0, 2])]
x[np.array([0, 2]), np.array([1, 3])]
x[[0, 2], 1]
x[x > 5]
x[np.array([True, False, True])]

# np: indices out of bounds
x = np.arange(12).reshape(3, 4)
x[3]
x[0, 4]
x[-4]
x[0, 0, 0]
x['a']

# nd: writing elements
x = nd.zeros((2, 3))
x[0] = 1
x[1, 2] = 5
x[:, 1] = nd.array([7, 8])
x
x[:] = 3
x
x[0:1] = [[1, 2, 3]]
x[1] = numpy.array([4, 5, 6])
x
x[[0, 1], [0, 1]] = 9
x
x[0] = nd.ones((2,))

# np: writing elements
x = np.zeros((2, 3))
x[0] = 1
x[1, 2] = 5
x[:, 1] = np.array([7, 8])
x
x[:] = 3
x
x[x > 2] = 0
x
x[0:1] = [[1, 2, 3]]
x[1] = numpy.array([4, 5, 6])
x
x[0] = np.ones((2,))

# nd: views
x = nd.arange(6).reshape((2, 3))
a, b, c, d = x[1], x[0:1], x.reshape((3, 2)), x.detach()
x[:] = 9
a, b, c, d
e, f, g = x[:, 1], x.T, x[[0]]
x[:] = 5
e, f, g
a[:] = 1
x
b += 1
x
c[0] = 7
x
d[0, 2] = 8
x
x[1][2] = 4
x

# np: views
x = np.arange(6).reshape(2, 3)
a, b, d = x[1], x[0:1], x.detach()
x[:] = 9
a, b, d
e, f, g = x[:, 1], x.T, x[[0]]
x[:] = 5
e, f, g
a[:] = 1
x
b += 1
x
d[0, 2] = 8
x
x[1][2] = 4
x

# np: reshape and writing
x = np.arange(6)
y = x.reshape(2, 3)
z = np.reshape(x, (3, 2))
x[:] = 7
y, z
y[:] = 3
x

# nd: reshape and writing
x = nd.arange(6)
y = x.reshape((2, 3))
z = nd.reshape(x, (3, 2))
w = x.expand_dims(0)
v = x.flatten()
x[:] = 7
y, z, w, v
y[:] = 3
x

# nd: what shares memory
def shares(view):
    x = nd.zeros((2, 3))
    y = view(x)
    x[:] = 9
    there = (y.asnumpy() == 9).all()
    x[:] = 0
    y[:] = 5
    return bool(there), bool((x.asnumpy() == 5).any())
shares(lambda x: x[1])
shares(lambda x: x[-1])
shares(lambda x: x[1, 2])
shares(lambda x: x[0:1])
shares(lambda x: x[0:2])
shares(lambda x: x[:])
shares(lambda x: x[...])
shares(lambda x: x[0, 0:2])
shares(lambda x: x[0, ...])
shares(lambda x: x[:, 1])
shares(lambda x: x[:, 0:2])
shares(lambda x: x[::2])
shares(lambda x: x[::-1])
shares(lambda x: x[None])
shares(lambda x: x[[0]])
shares(lambda x: x[0][1:])
shares(lambda x: x[0:1][0])
shares(lambda x: x.reshape((3, 2)))
shares(lambda x: x.reshape((3, 2))[1])
shares(lambda x: x[0].reshape((3, 1)))
shares(lambda x: x.T)
shares(lambda x: x.transpose())
shares(lambda x: x.swapaxes(0, 1))
shares(lambda x: x.detach())
shares(lambda x: x.detach()[1])
shares(lambda x: x.flatten())
shares(lambda x: x.expand_dims(0))
shares(lambda x: x.squeeze())
shares(lambda x: x.copy())
shares(lambda x: x.astype('float32'))
shares(lambda x: x.astype('float32', copy=False))
shares(lambda x: x.broadcast_to((2, 3)))
shares(lambda x: x.as_in_context(mx.cpu()))
shares(lambda x: x.as_np_ndarray())
shares(lambda x: x.as_nd_ndarray())
shares(lambda x: nd.reshape(x, (3, 2)))
shares(lambda x: nd.array(x))
shares(lambda x: nd.identity(x))
shares(lambda x: nd.expand_dims(x, 0))
shares(lambda x: nd.flatten(x))
shares(lambda x: x.slice_axis(axis=0, begin=0, end=1))
shares(lambda x: x.reshape((0, 3)))
shares(lambda x: nd.BlockGrad(x))
shares(lambda x: nd.Dropout(x))
shares(lambda x: x + 0)

# np: what shares memory
def shares(view):
    x = np.zeros((2, 3))
    y = view(x)
    x[:] = 9
    there = (y.asnumpy() == 9).all()
    x[:] = 0
    y[:] = 5
    return bool(there), bool((x.asnumpy() == 5).any())
shares(lambda x: x[1])
shares(lambda x: x[-1])
shares(lambda x: x[1, 2])
shares(lambda x: x[0:1])
shares(lambda x: x[0:2])
shares(lambda x: x[:])
shares(lambda x: x[...])
shares(lambda x: x[0, 0:2])
shares(lambda x: x[0, ...])
shares(lambda x: x[:, 1])
shares(lambda x: x[:, 0:2])
shares(lambda x: x[::2])
shares(lambda x: x[::-1])
shares(lambda x: x[None])
shares(lambda x: x[[0]])
shares(lambda x: x[0][1:])
shares(lambda x: x[0:1][0])
shares(lambda x: x.reshape((3, 2)))
shares(lambda x: x.reshape((3, 2))[1])
shares(lambda x: x[0].reshape((3, 1)))
shares(lambda x: x.T)
shares(lambda x: x.transpose())
shares(lambda x: x.swapaxes(0, 1))
shares(lambda x: x.detach())
shares(lambda x: x.detach()[1])
shares(lambda x: x.flatten())
shares(lambda x: x.squeeze())
shares(lambda x: x.copy())
shares(lambda x: x.astype('float32'))
shares(lambda x: x.astype('float32', copy=False))
shares(lambda x: x.broadcast_to((2, 3)))
shares(lambda x: x.as_in_context(mx.cpu()))
shares(lambda x: x.as_np_ndarray())
shares(lambda x: x.as_nd_ndarray())
shares(lambda x: x[()])
shares(lambda x: np.reshape(x, (3, 2)))
shares(lambda x: np.array(x))
shares(lambda x: np.copy(x))
shares(lambda x: np.expand_dims(x, 0))
shares(lambda x: np.squeeze(x))
shares(lambda x: np.ravel(x))
shares(lambda x: np.transpose(x))
shares(lambda x: x[x == 0])
shares(lambda x: x + 0)
shares(lambda x: npx.dropout(x))

# nd: what shares memory inside record
def shares(view):
    x = nd.zeros((2, 3))
    with autograd.record():
        y = view(x)
    x[:] = 9
    there = (y.asnumpy() == 9).all()
    x[:] = 0
    y[:] = 5
    return bool(there), bool((x.asnumpy() == 5).any())
shares(lambda x: x[1])
shares(lambda x: x[0:1])
shares(lambda x: x.reshape((3, 2)))
shares(lambda x: x.detach())

# np: what shares memory inside record
def shares(view):
    x = np.zeros((2, 3))
    with autograd.record():
        y = view(x)
    x[:] = 9
    there = (y.asnumpy() == 9).all()
    x[:] = 0
    y[:] = 5
    return bool(there), bool((x.asnumpy() == 5).any())
shares(lambda x: x[1])
shares(lambda x: x[0:1])
shares(lambda x: x.reshape((3, 2)))
shares(lambda x: x.detach())

# nd: iterating
[v.asscalar() for v in nd.array([1, 2, 3])]
[v.shape for v in nd.ones((2, 3))]
2 in nd.array([1, 2])
list(nd.array([1, 2]))

# np: iterating
[v.item() for v in np.array([1, 2, 3])]
[v.shape for v in np.ones((2, 3))]
list(np.array([1, 2]))
for v in np.array(1.0): pass

# ----- Shapes -----

# nd: reshape codes
x = nd.arange(24).reshape((2, 3, 4))
x.reshape((0, -1)).shape
x.reshape((-1,)).shape
x.reshape((-2,)).shape
x.reshape((-3, 4)).shape
x.reshape((-4, 1, 2, -2)).shape
x.reshape((-4, 1, -1, 0, 0)).shape
x.reshape(6, 4).shape
x.reshape((4, -1)).shape
x.reshape(shape=(4, 6)).shape
nd.reshape(x, shape=(-3, -2)).shape
x.flatten().shape
nd.flatten(x).shape

# np: reshape
x = np.arange(24)
x.reshape(2, 3, 4).shape
x.reshape((2, -1)).shape
x.reshape(-1).shape
np.reshape(x, (4, 6)).shape
np.ravel(x.reshape(4, 6)).shape
x.reshape(4, 6).flatten().shape

# nd: axes
x = nd.arange(6).reshape((1, 2, 3))
x.transpose().shape
x.transpose((2, 0, 1)).shape
nd.transpose(x, axes=(1, 0, 2)).shape
x.swapaxes(0, 2).shape
nd.swapaxes(x, 0, 1).shape
x.expand_dims(axis=0).shape
nd.expand_dims(x, 3).shape
x.squeeze().shape
x.squeeze(axis=0).shape
x.broadcast_to((4, 2, 3)).shape
nd.broadcast_to(x, (2, 2, 3)).sum()
x.flip(axis=2)
x.tile((2, 1, 1)).shape
x.repeat(2, axis=1)
x.repeat(2).shape

# np: axes
x = np.arange(6).reshape(1, 2, 3)
x.transpose().shape
x.transpose(2, 0, 1).shape
x.transpose((2, 0, 1)).shape
np.transpose(x, (1, 0, 2)).shape
x.swapaxes(0, 2).shape
np.swapaxes(x, 0, 1).shape
np.expand_dims(x, 3).shape
x.squeeze().shape
np.squeeze(x, axis=0).shape
x.broadcast_to((4, 2, 3)).shape
np.broadcast_to(x, (2, 2, 3)).sum()
np.flip(x, 2)
np.tile(x, (2, 1, 1)).shape
np.repeat(x, 2, axis=1)
x.repeat(2).shape
np.moveaxis(x, 0, 2).shape
np.atleast_1d(np.array(3.0)).shape

# nd: joining and cutting
a, b = nd.array([[1, 2]]), nd.array([[3, 4]])
nd.concat(a, b, dim=0)
nd.concat(a, b)
nd.Concat(a, b, dim=1)
nd.concatenate([a, b], axis=0)
nd.stack(a, b)
nd.stack(a, b, axis=2)
nd.split(nd.arange(6).reshape((2, 3)), num_outputs=3)
nd.split(nd.arange(6).reshape((2, 3)), num_outputs=2, axis=0, squeeze_axis=True)
nd.split(nd.arange(6).reshape((2, 3)), num_outputs=1)
nd.SliceChannel(a, num_outputs=2)
nd.add_n(a, b, a)

# np: joining and cutting
a, b = np.array([[1, 2]]), np.array([[3, 4]])
np.concatenate([a, b])
np.concatenate((a, b), axis=1)
np.concatenate([a, b], axis=None)
np.stack([a, b])
np.stack([a, b], axis=2)
np.vstack([a, b])
np.hstack([a, b])
np.split(np.arange(6), 3)
np.split(np.arange(6), (2, 5))
np.split(np.arange(6).reshape(2, 3), 3, axis=1)

# ----- Reductions -----

# nd: reductions
x = nd.array([[1, 2, 3], [4, 5, 6]])
x.sum()
x.sum(axis=0)
x.sum(axis=(0, 1))
x.sum(axis=1, keepdims=True)
nd.sum(x, axis=0, exclude=True)
x.mean()
x.mean(axis=1)
x.max()
x.max(axis=0)
x.min(axis=1)
x.prod()
x.norm()
x.norm(axis=1)
nd.norm(x, ord=1)
nd.norm(x, ord=2, axis=0, keepdims=True)
nd.sum(x).shape
nd.mean(x, axis=1)
nd.max(x), nd.min(x)
nd.sum_axis(x, axis=1)

# np: reductions
x = np.array([[1, 2, 3], [4, 5, 6]])
x.sum()
x.sum(axis=0)
x.sum(axis=(0, 1))
x.sum(axis=1, keepdims=True)
x.sum(0)
x.mean()
x.mean(axis=1)
x.max()
x.max(axis=0)
x.min(axis=1)
x.prod()
x.std()
x.std(axis=0)
x.var()
x.var(axis=1, ddof=1)
np.sum(x), np.mean(x), np.max(x), np.min(x), np.prod(x)
np.std(x), np.var(x)
np.linalg.norm(x)
np.linalg.norm(x, axis=1)
np.linalg.norm(x[0], 1)
np.linalg.norm(x[0], ord=2)
np.sum(x, axis=1, dtype='float64')
np.all(x > 0), np.any(x > 5)

# nd: positions
x = nd.array([[3, 1, 2], [4, 6, 6]])
x.argmax(axis=1)
x.argmin(axis=0)
nd.argmax(x, axis=1)
nd.argmax(x, axis=1, keepdims=True)
nd.argmax(x, axis=0)
x.argmax()
x.sort()
x.argsort()
nd.sort(x, axis=0, is_ascend=False)
nd.argsort(x, axis=1)
x.topk(k=2)
nd.topk(x, k=2, ret_typ='value')
nd.topk(x, k=1, ret_typ='both')
nd.topk(x, k=1, is_ascend=True)

# np: positions
x = np.array([[3, 1, 2], [4, 6, 6]])
x.argmax(axis=1)
x.argmin(axis=0)
np.argmax(x)
np.argmax(x, axis=1)
np.argmin(x, axis=0)
np.sort(x)
np.sort(x, axis=0)
x.argsort()
np.argsort(x, axis=1)
npx.topk(x, k=2)
npx.topk(x, k=2, ret_typ='value')
npx.topk(x, k=1, ret_typ='both')

# ----- Functions -----

# nd: elementwise functions
x = nd.array([0.5, 1.0, 2.0])
nd.exp(x)
nd.log(x)
nd.sqrt(x)
nd.square(x)
nd.abs(-x)
nd.sign(x - 1)
nd.sin(x), nd.cos(x), nd.tan(x)
nd.sinh(x), nd.cosh(x), nd.tanh(x)
nd.arcsin(x - 1), nd.arccos(x - 1), nd.arctan(x)
nd.log2(x), nd.log10(x), nd.log1p(x), nd.expm1(x)
nd.cbrt(x), nd.rsqrt(x), nd.rcbrt(x), nd.reciprocal(x)
nd.floor(x), nd.ceil(x), nd.round(x), nd.rint(x), nd.trunc(x), nd.fix(x)
nd.degrees(x), nd.radians(x)
nd.negative(x)

# nd: elementwise methods
x = nd.array([0.5, 1.0, 2.0])
x.exp(), x.log(), x.sqrt(), x.square()
x.abs(), x.sign(), x.sin(), x.cos(), x.tanh()
x.sigmoid(), x.relu(), x.softmax(), x.log_softmax()
x.floor(), x.ceil(), x.round()
x.clip(0.7, 1.5)
x.one_hot(3)

# np: elementwise functions
x = np.array([0.5, 1.0, 2.0])
np.exp(x)
np.log(x)
np.sqrt(x)
np.square(x)
np.abs(-x), np.absolute(-x), np.fabs(-x)
np.sign(x - 1)
np.sin(x), np.cos(x), np.tan(x)
np.sinh(x), np.cosh(x), np.tanh(x)
np.arcsin(x - 1), np.arccos(x - 1), np.arctan(x)
np.log2(x), np.log10(x), np.log1p(x), np.expm1(x)
np.cbrt(x), np.reciprocal(x)
np.floor(x), np.ceil(x), np.rint(x), np.trunc(x), np.fix(x)
np.degrees(x), np.radians(x)
np.negative(x)
np.hypot(x, x), np.arctan2(x, x)

# np: functions of Python numbers
np.sin(0.5)
np.exp(1)
np.sqrt(4)
np.maximum(1, 2)
np.add(1, 2)

# np: functions of integers
i = np.array([1, 2, 4], dtype='int32')
np.sqrt(i)
np.exp(i)
np.sin(i)
np.abs(-i)
np.square(i)
np.mean(i)

# nd: maximum, minimum, clip, where
a, b = nd.array([1, 5, 3]), nd.array([4, 2, 3])
nd.maximum(a, b)
nd.minimum(a, 2)
nd.maximum(2, a)
nd.clip(a, 2, 4)
a.clip(2, 4)
nd.where(a > 2, a, b)
nd.where(nd.array([1, 0, 1]), a, b)
nd.power(a, 2)
nd.power(2, a)
nd.modulo(a, 2)
nd.broadcast_maximum(nd.ones((2, 1)), nd.zeros((1, 2)))

# np: maximum, minimum, clip, where
a, b = np.array([1, 5, 3]), np.array([4, 2, 3])
np.maximum(a, b)
np.minimum(a, 2)
np.maximum(2, a)
np.clip(a, 2, 4)
a.clip(2, 4)
np.where(a > 2, a, b)
np.where(a > 2, a, 0)
np.power(a, 2)
np.power(2, a)
np.mod(a, 2)
np.add(a, b), np.subtract(a, 1), np.multiply(2, a), np.divide(a, b), np.true_divide(a, 2)

# nd: dot
a, b = nd.array([[1, 2], [3, 4]]), nd.array([[5, 6], [7, 8]])
nd.dot(a, b)
nd.dot(a, b, transpose_a=True)
nd.dot(a, b, transpose_b=True)
nd.dot(a, nd.array([1, 2]))
nd.dot(nd.array([1, 2]), nd.array([3, 4]))
nd.dot(nd.ones((2, 3, 4)), nd.ones((4, 5))).shape
nd.batch_dot(nd.ones((2, 3, 4)), nd.ones((2, 4, 5))).shape
nd.batch_dot(nd.ones((2, 4, 3)), nd.ones((2, 4, 5)), transpose_a=True).shape

# np: dot
a, b = np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])
np.dot(a, b)
a.dot(b)
np.dot(a, np.array([1, 2]))
np.dot(np.array([1, 2]), np.array([3, 4]))
np.dot(2, a)
np.matmul(a, b)
a @ np.array([1, 2])
np.tensordot(a, b, axes=1)
np.tensordot(a, b)
np.outer(np.array([1, 2]), np.array([3, 4]))
np.inner(np.array([1, 2]), np.array([3, 4]))
np.vdot(np.array([1, 2]), np.array([3, 4]))
npx.batch_dot(np.ones((2, 3, 4)), np.ones((2, 4, 5))).shape

# nd: take, pick, one_hot
x = nd.arange(6).reshape((3, 2))
nd.take(x, nd.array([0, 2]))
x.take(nd.array([2, 5]))
nd.take(x, nd.array([1, 0]), axis=1)
nd.take(x, nd.array([-1, 3]), mode='wrap')
nd.pick(x, nd.array([0, 1, 0]))
x.pick(nd.array([0, 1, 1]), axis=1, keepdims=True)
nd.one_hot(nd.array([1, 0, 2]), 3)
nd.one_hot(nd.array([1, 0]), depth=3, on_value=5, off_value=-1)
nd.gather_nd(x, nd.array([[0, 2], [1, 0]]))
nd.Embedding(nd.array([1, 0]), x, input_dim=3, output_dim=2)
nd.slice_axis(x, axis=0, begin=1, end=3)
nd.slice(x, begin=(0, 1), end=(2, 2))

# np: take, pick, one_hot
x = np.arange(6).reshape(3, 2)
np.take(x, np.array([0, 2]), axis=0)
x.take(np.array([2, 5]))
npx.pick(x, np.array([0, 1, 0]))
npx.one_hot(np.array([1, 0, 2]), 3)
npx.gather_nd(x, np.array([[0, 2], [1, 0]]))
npx.embedding(np.array([1, 0]), x, input_dim=3, output_dim=2)

# nd: layers
x = nd.array([[-1, 0, 2]])
nd.relu(x), nd.sigmoid(x), nd.tanh(x)
nd.softmax(x), nd.log_softmax(x), nd.softmin(x)
nd.softmax(x, axis=0)
nd.softmax(x, temperature=2.0)
nd.Activation(x, 'relu')
nd.Activation(x, act_type='softrelu')
nd.Activation(x, act_type='softsign')
nd.LeakyReLU(x)
nd.LeakyReLU(x, act_type='elu', slope=0.5)
nd.FullyConnected(x, nd.ones((2, 3)), nd.array([1, 2]), num_hidden=2)
nd.FullyConnected(x, nd.ones((2, 3)), num_hidden=2, no_bias=True)
nd.softmax_cross_entropy(nd.array([[1, 2, 3], [1, 1, 1]]), nd.array([2, 0]))
nd.Dropout(x)
nd.BlockGrad(x), nd.stop_gradient(x)
nd.softsign(x)

# np: layers
x = np.array([[-1, 0, 2.0]])
npx.relu(x), npx.sigmoid(x)
npx.softmax(x), npx.log_softmax(x)
npx.softmax(x, axis=0)
npx.activation(x, 'tanh')
npx.activation(x, act_type='softrelu')
npx.leaky_relu(x)
npx.leaky_relu(x, act_type='elu', slope=0.5)
npx.fully_connected(x, np.ones((2, 3)), np.array([1, 2]), num_hidden=2, no_bias=False)
npx.fully_connected(x, np.ones((2, 3)), num_hidden=2)
npx.dropout(x)

# nd: dropout in training
x = nd.ones((4, 5))
x.attach_grad()
with autograd.record():
    y = nd.Dropout(x, p=0.5)
y
y.backward()
x.grad
with autograd.record(train_mode=False):
    z = nd.Dropout(x, p=0.5)
z
nd.Dropout(x, p=0.5, mode='always')

# np: dropout in training
x = np.ones((4, 5))
x.attach_grad()
with autograd.record():
    y = npx.dropout(x, p=0.3)
y
y.backward()
x.grad
with autograd.record(), autograd.predict_mode():
    z = npx.dropout(x, p=0.3)
z

# ----- Random draws -----

# nd: random draws
nd.random.uniform(shape=3)
nd.random.uniform(-1, 1, shape=(2, 2))
nd.random.normal(shape=3)
nd.random.normal(1, 0.1, shape=(2,))
nd.random_normal(shape=2)
nd.random_uniform(shape=2)
nd.random.randn(2, 2)
nd.random.randint(0, 10, shape=5)
nd.random.exponential(shape=3)
nd.random.uniform()
nd.random.shuffle(nd.arange(5))
mx.random.seed(3)
nd.random.uniform(shape=2)
mx.nd.random.uniform(low=nd.array([0, 10]), high=nd.array([1, 20]))

# np: random draws
np.random.uniform(size=3)
np.random.uniform(-1, 1, (2, 2))
np.random.normal(size=3)
np.random.normal(1, 0.1, (2,))
np.random.rand(2)
np.random.randn(2, 2)
np.random.randint(0, 10, size=5)
np.random.randint(5)
np.random.uniform()
np.random.normal(0, 1)
x = np.arange(5)
np.random.shuffle(x)
x
npx.random.seed(3)
np.random.uniform(size=2)
mx.random.seed(3)
np.random.uniform(size=2)

# ----- autograd: the usual course -----

# nd: the usual course
x = nd.array([[1, 2], [3, 4]])
x.attach_grad()
x.grad
with autograd.record():
    y = 2 * x ** 2
y
y.backward()
x.grad

# np: the usual course
x = np.arange(4.0)
x.attach_grad()
x.grad
with autograd.record():
    y = 2 * np.dot(x, x)
y
y.backward()
x.grad
x.grad == 4 * x

# nd: a program's own control flow
x = nd.array([0.1, 0.2])
x.attach_grad()
with autograd.record():
    y = x * 2
    while y.norm().asscalar() < 1000:
        y = y * 2
    if y.sum().asscalar() >= 0:
        z = y[0]
    else:
        z = y[1]
z.backward()
x.grad

# nd: head gradients
x = nd.array([1, 2, 3])
x.attach_grad()
with autograd.record():
    y = x * x
y.backward(nd.array([1, 10, 0.1]))
x.grad
with autograd.record():
    y, z = x * x, x * 3
autograd.backward([y, z], [nd.array([1, 1, 1]), None])
x.grad

# np: head gradients
x = np.array([1.0, 2, 3])
x.attach_grad()
with autograd.record():
    y = x * x
y.backward(np.array([1, 10, 0.1]))
x.grad
with autograd.record():
    y = np.exp(x).sum()
y.backward(np.array(2.0))
x.grad

# nd: modes
autograd.is_recording(), autograd.is_training()
with autograd.record():
    a = autograd.is_recording(), autograd.is_training()
    with autograd.pause():
        b = autograd.is_recording(), autograd.is_training()
    with autograd.pause(train_mode=True):
        c = autograd.is_recording(), autograd.is_training()
    with autograd.predict_mode():
        d = autograd.is_recording(), autograd.is_training()
    e = autograd.is_recording(), autograd.is_training()
a, b, c, d, e
with autograd.record(train_mode=False):
    a = autograd.is_recording(), autograd.is_training()
    with autograd.train_mode():
        b = autograd.is_recording(), autograd.is_training()
    with autograd.record():
        c = autograd.is_recording(), autograd.is_training()
a, b, c
autograd.is_recording(), autograd.is_training()
with autograd.train_mode():
    a = autograd.is_recording(), autograd.is_training()
a
autograd.set_recording(True), autograd.set_recording(False), autograd.set_recording(False)
autograd.set_training(True), autograd.set_training(False)

# nd: pause takes operations off the tape
x = nd.array([1, 2])
x.attach_grad()
with autograd.record():
    y = x * 2
    with autograd.pause():
        z = y * y
    w = y * z
w.backward()
x.grad
z.backward()

# nd: grad_req
x, y, z = nd.ones(2), nd.ones(2), nd.ones(2)
x.attach_grad()
y.attach_grad(grad_req='add')
z.attach_grad('null')
for k in range(3):
    with autograd.record():
        w = x * 2 + y * 3 + z * 4
    w.backward()
x.grad, y.grad, z.grad
y.grad[:] = 0
y.grad
x.attach_grad('sometimes')

# nd: mark_variables
x, g = nd.array([1, 2]), nd.zeros(2)
autograd.mark_variables([x], [g])
with autograd.record():
    y = x * x
y.backward()
g
x.grad
h = nd.ones(2)
autograd.mark_variables(x, h, grad_reqs='add')
with autograd.record():
    y = x * x
y.backward()
h

# nd: grad returns a list
x = nd.array([1, 2])
x.attach_grad()
with autograd.record():
    y = x * x
autograd.grad(y, x)
with autograd.record():
    y = x * x
autograd.grad([y], [x], head_grads=[nd.array([3, 4])])
with autograd.record():
    y = x * x
autograd.grad(y, x, retain_graph=True)
autograd.grad(y, x)
x.grad

# np: grad with respect to several variables
a, b = np.array([1.0, 2]), np.array([3.0, 4])
a.attach_grad()
b.attach_grad()
with autograd.record():
    y = (a * b).sum()
autograd.grad(y, [a, b])
with autograd.record():
    y, z = a * b, a + b
autograd.grad([y, z], [a, b], head_grads=[np.array([1.0, 2]), None])

# nd: create_graph
x = nd.array([1, 2, 3])
x.attach_grad()
with autograd.record():
    y = nd.sin(x)
    d = autograd.grad(y, x, create_graph=True, retain_graph=True)[0]
d
d.backward()
x.grad
with autograd.record():
    y = nd.log(x)
    d = autograd.grad(y, x, create_graph=True)[0]
    d = autograd.grad(d, x, create_graph=True)[0]
d.backward()
x.grad

# nd: backward twice
x = nd.array([1, 2])
x.attach_grad()
with autograd.record():
    y = x * x
y.backward(retain_graph=True)
x.grad
y.backward()
x.grad
y.backward()

# nd: a shared subgraph
x = nd.array([1, 2])
x.attach_grad()
with autograd.record():
    y = x * x
    z = y * x
z.backward()
x.grad
y.backward()
with autograd.record():
    y = x * x
    z = y.detach() * x
z.backward()
x.grad
y.backward()
x.grad

# nd: backward without a graph
x = nd.array([1, 2])
x.backward()
x.attach_grad()
y = x * 2
y.backward()

# nd: backward on a marked leaf
x = nd.array([1, 2])
x.attach_grad()
x.backward()
x.grad

# nd: attach_grad inside record on a leaf
with autograd.record():
    x = nd.array([1, 2])
    x.attach_grad()
    y = x * 3
y.backward()
x.grad

# nd: detach then attach_grad
x = nd.array([1, 2])
x.attach_grad()
with autograd.record():
    y = (3 * x).detach()
    y.attach_grad()
    z = 4 * y + 2 * x
z.backward()
x.grad, y.grad

# nd: in-place inside record
x = nd.array([1, 2])
x.attach_grad()
with autograd.record():
    x += 1
with autograd.record():
    x[:] = 1
with autograd.record():
    x[0] = 1
with autograd.record():
    y = x * 2
    y += 1
with autograd.record():
    c = nd.zeros(2)
    c += 1
c

# nd: in-place outside record keeps the gradient
x = nd.array([1.0, 2])
x.attach_grad()
for k in range(2):
    with autograd.record():
        y = x * x
    y.backward()
    x -= 0.5 * x.grad
x, x.grad
with autograd.record():
    y = x * 3
y.backward()
x.grad
x[:] = 5
with autograd.record():
    y = x * x
y.backward()
x.grad

# nd: a value overwritten after it was recorded
x = nd.array([1.0, 2])
w = nd.array([3.0, 4])
x.attach_grad()
with autograd.record():
    y = x * w
w = w * 0
y.backward()
x.grad

# nd: writing a recorded value into a plain array
x = nd.array([1.0, 2])
x.attach_grad()
with autograd.record():
    y = nd.zeros(3)
    y[1:3] = x * 2
    z = y * y
z.backward()
x.grad

# np: writing a recorded value into a plain array
x = np.array([1.0, 2])
x.attach_grad()
with autograd.record():
    y = np.zeros(3)
    y[1:3] = x * 2
    z = y * y
z.backward()
x.grad

# nd: indexing inside record
x = nd.array([[1, 2, 3], [4, 5, 6]])
x.attach_grad()
with autograd.record():
    y = x[1] * 2
y.backward()
x.grad
with autograd.record():
    y = x[:, 1:3] * x[:, 0:2]
y.backward()
x.grad
with autograd.record():
    y = x[[0, 0, 1]] * 2
y.backward()
x.grad
with autograd.record():
    y = x[1, 2] * 3
y.backward()
x.grad

# np: indexing inside record
x = np.array([[1.0, 2, 3], [4, 5, 6]])
x.attach_grad()
with autograd.record():
    y = x[1] * 2
y.backward()
x.grad
with autograd.record():
    y = x[:, 1:3] * x[:, 0:2]
y.backward()
x.grad
with autograd.record():
    y = x[np.array([0, 0, 1])] * 2
y.backward()
x.grad
with autograd.record():
    y = x[1, 2] * 3
y.backward()
x.grad

# nd: ties
x = nd.array([[1, 3, 3], [2, 2, 1]])
x.attach_grad()
with autograd.record():
    y = x.max(axis=1)
y.backward()
x.grad
with autograd.record():
    y = x.min()
y.backward()
x.grad
with autograd.record():
    y = nd.maximum(x, 2)
y.backward()
x.grad
with autograd.record():
    y = nd.minimum(x, 2)
y.backward()
x.grad
with autograd.record():
    y = nd.relu(x - 2)
y.backward()
x.grad
with autograd.record():
    y = nd.abs(x - 2)
y.backward()
x.grad
with autograd.record():
    y = nd.clip(x, 2, 3)
y.backward()
x.grad

# nd: ties between two arrays
a, b = nd.array([1, 2, 3]), nd.array([3, 2, 1])
a.attach_grad()
b.attach_grad()
with autograd.record():
    y = nd.maximum(a, b)
y.backward()
a.grad, b.grad
with autograd.record():
    y = nd.minimum(a, b)
y.backward()
a.grad, b.grad

# np: ties
x = np.array([[1.0, 3, 3], [2, 2, 1]])
x.attach_grad()
with autograd.record():
    y = x.max(axis=1)
y.backward()
x.grad
with autograd.record():
    y = np.maximum(x, 2)
y.backward()
x.grad
with autograd.record():
    y = np.maximum(2, x)
y.backward()
x.grad
with autograd.record():
    y = npx.relu(x - 2)
y.backward()
x.grad
with autograd.record():
    y = np.abs(x - 2)
y.backward()
x.grad
with autograd.record():
    y = np.clip(x, 2, 3)
y.backward()
x.grad

# nd: gradients of functions
x = nd.array([0.5, 1.0, 2.0])
x.attach_grad()
def show(f):
    with autograd.record():
        y = f(x)
    y.backward()
    return x.grad
show(nd.exp)
show(nd.log)
show(nd.sqrt)
show(nd.tanh)
show(nd.sigmoid)
show(nd.softmax)
show(nd.log_softmax)
show(lambda x: nd.softmax(x) * nd.array([1, 2, 3]))
show(lambda x: nd.norm(x))
show(lambda x: x.mean())
show(lambda x: x.prod())
show(lambda x: 2 ** x)
show(lambda x: x ** x)
show(lambda x: x ** 3)
show(lambda x: 1 / x)
show(lambda x: x / (1 + x))
show(lambda x: x % 0.7)
show(lambda x: nd.dot(x, x))
show(lambda x: nd.concat(x, x * 2, dim=0))
show(lambda x: nd.stack(x, x * x))
show(lambda x: nd.where(x > 0.7, x * 2, x * 3))
show(lambda x: x.reshape((3, 1)).broadcast_to((3, 2)) * nd.array([[1, 2]]))
show(lambda x: nd.split(x, num_outputs=3, axis=0)[1] * 5)
show(lambda x: nd.take(x, nd.array([0, 0, 2])) * 2)
show(lambda x: nd.pick(x.reshape((1, 3)), nd.array([1])))
show(lambda x: x.astype('float64') * 2)
show(lambda x: nd.sign(x) + nd.floor(x) + x)
show(lambda x: nd.BlockGrad(x) * x)
show(lambda x: x.repeat(2) * nd.arange(6))
show(lambda x: x.tile((2,)) * nd.arange(6))
show(lambda x: x.flip(axis=0) * nd.arange(3))
show(lambda x: x.sort() * nd.arange(3))

# np: gradients of functions
x = np.array([0.5, 1.0, 2.0])
x.attach_grad()
def show(f):
    with autograd.record():
        y = f(x)
    y.backward()
    return x.grad
show(np.exp)
show(np.log)
show(np.sqrt)
show(np.tanh)
show(npx.sigmoid)
show(npx.softmax)
show(lambda x: np.linalg.norm(x))
show(lambda x: x.mean())
show(lambda x: x.std())
show(lambda x: x.var())
show(lambda x: np.std(x, ddof=1))
show(lambda x: 2 ** x)
show(lambda x: x ** x)
show(lambda x: 1 / x)
show(lambda x: np.dot(x, x))
show(lambda x: np.concatenate([x, x * 2]))
show(lambda x: np.stack([x, x * x]))
show(lambda x: np.where(x > 0.7, x * 2, x * 3))
show(lambda x: x.reshape(3, 1) * np.array([[1, 2]]))
show(lambda x: np.split(x, 3)[1] * 5)
show(lambda x: np.outer(x, x))
show(lambda x: np.tensordot(x, x, axes=1))
show(lambda x: x.astype('float64') * 2)
show(lambda x: np.sort(x) * np.arange(3))
show(lambda x: (x > 0.7) * x)
show(lambda x: np.expand_dims(x, 0) @ np.ones((3, 2)))
show(lambda x: x[x > 0.7] * 2)

# nd: the gradient has the dtype of its array
x = nd.array([1, 2], dtype='float64')
x.attach_grad()
x.grad.dtype
with autograd.record():
    y = x * x
y.backward()
x.grad
x.grad.dtype

# np: a gradient of an integer array
x = np.array([1, 2], dtype='int32')
x.attach_grad()
with autograd.record():
    y = x * x
y.backward()
x.grad

# nd: broadcasting is undone
x, b = nd.array([[1, 2], [3, 4]]), nd.array([10, 20]).reshape((1, 2))
x.attach_grad()
b.attach_grad()
with autograd.record():
    y = nd.broadcast_add(x, b) * 2
y.backward()
x.grad, b.grad

# np: linear regression
w, b = np.array([0.5, -0.5]), np.zeros(1)
X, t = np.array([[1.0, 2], [3, 4], [5, 6]]), np.array([1.0, 2, 3])
w.attach_grad()
b.attach_grad()
for step in range(3):
    with autograd.record():
        loss = ((np.dot(X, w) + b - t) ** 2 / 2).mean()
    loss.backward()
    for p in (w, b):
        p[:] = p - 0.01 * p.grad
w, b
loss

# nd: a little network
mx.random.seed(1)
W1, W2 = nd.random.normal(scale=0.1, shape=(4, 3)), nd.random.normal(scale=0.1, shape=(2, 4))
X, t = nd.array([[1, 2, 3], [4, 5, 6]]), nd.array([0, 1])
for p in (W1, W2):
    p.attach_grad()
for step in range(3):
    with autograd.record():
        h = nd.relu(nd.FullyConnected(X, W1, num_hidden=4, no_bias=True))
        o = nd.FullyConnected(h, W2, num_hidden=2, no_bias=True)
        loss = -nd.pick(nd.log_softmax(o), t).mean()
    loss.backward()
    for p in (W1, W2):
        p -= 0.1 * p.grad
loss
W1
W2.grad

# ----- autograd.Function -----

# nd: a function of one's own
class Sigmoid(autograd.Function):
    def forward(self, x):
        y = 1 / (1 + nd.exp(-x))
        self.save_for_backward(y)
        return y
    def backward(self, dy):
        y, = self.saved_tensors
        return dy * y * (1 - y)
x = nd.array([0.5, -1])
x.attach_grad()
with autograd.record():
    y = Sigmoid()(x)
y
y.backward()
x.grad

# nd: a function with several inputs and outputs
class Both(autograd.Function):
    def forward(self, a, b):
        self.save_for_backward(a, b)
        return a * b, a + b
    def backward(self, d1, d2):
        a, b = self.saved_tensors
        return d1 * b + d2, d1 * a + d2
a, b = nd.array([1, 2]), nd.array([3, 4])
a.attach_grad()
b.attach_grad()
with autograd.record():
    p, s = Both()(a, b)
    z = p * 2 + s
z.backward()
a.grad, b.grad
with autograd.record():
    p, s = Both()(a, b)
s.backward()
a.grad, b.grad

# nd: a function called twice
class Double(autograd.Function):
    def forward(self, x):
        return x * 2
    def backward(self, dy):
        return dy * 2
x = nd.array([1, 2])
x.attach_grad()
f = Double()
with autograd.record():
    y = f(x)
with autograd.record():
    z = f(x)
Double()(x)

# ----- Small courses -----

# np: synthetic data and linear regression in minibatches
true_w, true_b = np.array([2, -3.4]), 4.2
X = np.random.normal(0, 1, (12, len(true_w)))
y = np.dot(X, true_w) + true_b
y += np.random.normal(0, 0.01, y.shape)
X[0], y[0]
w, b = np.random.normal(0, 0.01, (2, 1)), np.zeros(1)
w.attach_grad()
b.attach_grad()
def linreg(X): return np.dot(X, w) + b
def squared_loss(y_hat, y): return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2
for epoch in range(2):
    for i in range(0, 12, 4):
        with autograd.record():
            l = squared_loss(linreg(X[i:i + 4]), y[i:i + 4])
        l.backward()
        for param in [w, b]:
            param[:] = param - 0.03 * param.grad / 4
    train = squared_loss(linreg(X), y)
    float(train.mean())
w, b

# np: softmax regression
W, b = np.random.normal(0, 0.01, (4, 3)), np.zeros(3)
W.attach_grad()
b.attach_grad()
def softmax(X):
    X_exp = np.exp(X)
    return X_exp / X_exp.sum(1, keepdims=True)
X, y = np.random.uniform(size=(5, 4)), np.array([0, 2, 1, 1, 0])
softmax(X).sum(1)
def net(X): return softmax(np.dot(X.reshape((-1, W.shape[0])), W) + b)
def cross_entropy(y_hat, y): return -np.log(y_hat[range(len(y_hat)), y])
with autograd.record():
    l = cross_entropy(net(X), y)
l.sum()
l.sum().backward()
l.backward()
W.grad
b.grad
(net(X).argmax(axis=1).astype(y.dtype) == y).astype('float32').sum()

# np: a multilayer perceptron with dropout
W1, b1 = np.random.normal(scale=0.1, size=(4, 6)), np.zeros(6)
W2, b2 = np.random.normal(scale=0.1, size=(6, 2)), np.zeros(2)
params = [W1, b1, W2, b2]
for param in params: param.attach_grad()
X, y = np.random.uniform(size=(8, 4)), np.arange(8) % 2
def net(X):
    H = npx.dropout(np.maximum(np.dot(X, W1) + b1, 0), p=0.25)
    return np.dot(H, W2) + b2
for step in range(2):
    with autograd.record():
        l = -npx.pick(npx.log_softmax(net(X)), y)
    l.backward()
    for param in params: param -= 0.1 / 8 * param.grad
l
b2
net(X)[0]

# np: gradient descent with momentum
f = lambda x: 0.1 * x[0] ** 2 + 2 * x[1] ** 2
x, v = np.array([-5.0, -2.0]), np.zeros(2)
x.attach_grad()
for i in range(5):
    with autograd.record():
        y = f(x)
    y.backward()
    v = 0.5 * v + x.grad
    x -= 0.4 * v
x
y

# np: plotting values of activations
x = np.arange(-2.0, 2.0, 1.0)
x.attach_grad()
with autograd.record():
    y = np.tanh(x) + npx.sigmoid(x) + npx.relu(x)
y.backward()
x.grad
x.asnumpy().tolist()

# np: preliminaries
x = np.arange(12)
x.size, x.shape
X = x.reshape(3, 4)
X[-1], X[1:3]
X[1, 2] = 9
X[0:2, :] = 12
X
np.exp(x)
Y = np.array([[2, 1, 4, 3], [1, 2, 3, 4], [4, 3, 2, 1]])
np.concatenate([X, Y], axis=0).shape, np.concatenate([X, Y], axis=1).shape
X == Y
X.sum()
before = id(Y)
Y = Y + X
id(Y) == before
Z = np.zeros_like(Y)
before = id(Z)
Z[:] = X + Y
id(Z) == before
X += Y
a = np.array([3.5])
a, a.item(), float(a), int(a)
A = X.asnumpy()
type(A).__name__, type(np.array(A)).__name__

# np: linear algebra
A = np.arange(20).reshape(5, 4)
A.T.shape
B = np.array([[1, 2, 3], [2, 0, 4], [3, 4, 5]])
B == B.T
A * A
A.sum(axis=0), A.sum(axis=[0, 1]) if False else A.sum(axis=(0, 1))
A.mean(), A.sum() / A.size
A.mean(axis=0), A.sum(axis=0) / A.shape[0]
A / A.sum(axis=1, keepdims=True)
A.cumsum(axis=0)
np.cumsum(A, axis=1)[0]
x = np.arange(4)
np.dot(A, x)
np.dot(A, A.T).shape
np.linalg.norm(np.array([3, -4]))
np.abs(np.array([3, -4])).sum()
np.linalg.norm(np.ones((4, 9)))

# nd: cumulative sums
x = nd.array([[1, 2, 3], [4, 5, 6]])
nd.cumsum(x, axis=1)
nd.cumsum(x)
x.attach_grad()
with autograd.record():
    y = nd.cumsum(x, axis=0) * x
y.backward()
x.grad

# np: cumulative sums
x = np.array([[1.0, 2, 3], [4, 5, 6]])
x.cumsum(), np.cumsum(x, axis=0)
x.attach_grad()
with autograd.record():
    y = x.cumsum(axis=1) * x
y.backward()
x.grad

# nd: a while loop and a branch on values
def f(a):
    b = a * 2
    while nd.norm(b).asscalar() < 1000:
        b = b * 2
    if nd.sum(b).asscalar() > 0:
        return b
    return 100 * b
a = nd.random.normal(shape=1)
a.attach_grad()
with autograd.record():
    d = f(a)
d.backward()
a.grad == d / a
a, d

# nd: keyword arguments
x = nd.array([[1, 2], [3, 4]])
nd.sum(data=x, axis=1)
nd.dot(lhs=x, rhs=x)
nd.relu(data=x)
nd.broadcast_add(lhs=x, rhs=x)
nd.softmax(data=x, axis=0)
nd.clip(data=x, a_min=2, a_max=3)
nd.reshape(data=x, shape=(4,))
nd.expand_dims(data=x, axis=0).shape
nd.concat(x, x, dim=1)
nd.one_hot(indices=nd.array([1, 0]), depth=2)
nd.take(a=x, indices=nd.array([1]))
nd.pick(data=x, index=nd.array([0, 1]))
nd.where(condition=x > 2, x=x, y=-x)
nd.maximum(lhs=x, rhs=2)
nd.Activation(data=x, act_type='tanh')
nd.FullyConnected(data=x, weight=x, bias=nd.array([1, 1]), num_hidden=2)
nd.array(source_array=[1, 2])
nd.zeros(shape=(2,)), nd.full(shape=(2,), val=3), nd.ones_like(data=x)
x.reshape(shape=(4,)), x.sum(axis=0, keepdims=True), x.clip(a_min=2, a_max=3)
x.transpose(axes=(1, 0)), x.expand_dims(axis=1).shape, x.broadcast_to(shape=(2, 2)).shape

# np: keyword arguments
x = np.array([[1, 2], [3, 4]])
np.sum(a=x, axis=1)
np.mean(a=x, axis=0)
np.dot(a=x, b=x)
np.concatenate(seq=[x, x], axis=1)
np.expand_dims(a=x, axis=0).shape
np.exp(x=x)
np.maximum(x1=x, x2=2)
np.add(x1=x, x2=1)
np.clip(a=x, a_min=2, a_max=3)
np.reshape(a=x, newshape=(4,))
np.where(x > 2, x, -x)
np.argmax(a=x, axis=1)
np.full(shape=(2,), fill_value=3)
np.zeros(shape=(2,)), np.array(object=[1, 2])
np.arange(start=0, stop=4), np.linspace(start=0, stop=1, num=3)
np.power(x1=x, x2=2), np.transpose(a=x), np.squeeze(a=x).shape, np.stack(arrays=[x, x]).shape
np.split(ary=x, indices_or_sections=2)
np.tensordot(a=x, b=x, axes=1), np.std(a=x), np.var(a=x), np.tile(A=x, reps=2).shape
np.random.uniform(low=0, high=1, size=(2,)), np.random.normal(loc=0, scale=1, size=(2,))
npx.softmax(data=x, axis=0), npx.relu(data=x), npx.one_hot(indices=np.array([1, 0]), depth=2)
npx.pick(data=x, index=np.array([0, 1])), npx.activation(data=x, act_type='relu')

# ----- Odds and ends -----

# np: booleans
b = np.array([1, 0, 2]) > 0
b.sum(), b.mean(), b.astype('float32')
b + b
b * 2
b * 1.5
b.max()

# nd: indices that are not whole
nd.take(nd.array([1, 2, 3]), nd.array([1.7, -1, 5]))
nd.pick(nd.array([[1, 2, 3], [4, 5, 6]]), nd.array([1.7, 5]))
nd.one_hot(nd.array([1.7, -1, 5]), 3)
nd.array([1, 2, 3])[1.5]

# nd: rounding
x = nd.array([-1.5, -0.5, 0.5, 1.5, 2.5])
nd.round(x), nd.rint(x), nd.fix(x)

# np: rounding
x = np.array([-1.5, -0.5, 0.5, 1.5, 2.5])
np.rint(x), np.trunc(x)

# np: take out of bounds
x = np.array([1, 2, 3])
np.take(x, np.array([5]))
np.take(x, np.array([5]), mode='clip')
np.take(x, np.array([4]), mode='wrap')
x.take(np.array([0, 2]))

# np: dropout with shared axes
npx.dropout(np.ones((2, 3)), p=0.5, mode='always', axes=(0,))
npx.dropout(np.ones((2, 3)), p=0)

# np: leaky activations
x = np.array([-1.0, 2])
npx.leaky_relu(x, act_type='selu')
npx.leaky_relu(x, np.array([0.1]), act_type='prelu')
x.attach_grad()
with autograd.record():
    y = npx.leaky_relu(x, act_type='elu', slope=2.0) + npx.leaky_relu(x, slope=0.1)
y.backward()
x.grad

# nd: the gradient's own array
x = nd.array([1.0, 2])
x.attach_grad()
g = x.grad
with autograd.record():
    y = x * x
y.backward()
g
g[:] = 0
x.grad
x.attach_grad()
x.grad
g is x.grad

# nd: a leaf used as operand of its own update
x = nd.array([1.0, 2])
y = x
x = x + 1
x, y

# np: arrays as conditions
x = np.array([2.0])
1 if x > 1 else 2
while x < 100: x = x * 2
x
not np.array([0.0])
np.array([1.0]) and 3

# nd: waiting
nd.waitall()
x = nd.ones(2)
x.wait_to_read()
mx.nd.waitall()

# np: modes of numpy semantics
npx.is_np_array()

# nd: errors of use
nd.array([1, 2]) + 'a'
nd.array([1, 2]) + [1, 2]
nd.array([1, 2]) + numpy.array([1, 2])
numpy.array([1, 2]) + nd.array([1, 2])
nd.array([1, 2]).foo
nd.foo
nd.sum([1, 2])

# np: errors of use
np.array([1, 2]) + 'a'
np.array([1, 2]) + [1, 2]
np.array([1, 2]) + numpy.array([1, 2])
np.array([1, 2]).foo
np.foo
np.array([1, 2]) @ np.array([1, 2, 3])

# np: what is refused
np.ones((2,3)) + np.ones((4,))
np.ones((2,3)) @ np.ones((2,3))
np.dot(np.ones((2,3)), np.ones((2,3)))
npx.batch_dot(np.ones((2,2,3)), np.ones((2,2,3)))
np.tensordot(np.ones((2,3)), np.ones((2,3)), axes=1)
np.ones((2,3)).reshape(4,2)
np.ones((2,3)).reshape(-1,-1)
np.ones((2,3)).reshape('a')
np.ones((2,3)).reshape()
np.concatenate([np.ones((2,3)), np.ones((3,2))])
np.concatenate([])
np.stack([np.ones(2), np.ones(3)])
np.stack([])
np.split(np.arange(5), 2)
np.sum(np.ones(3), axis=1)
np.ones(3).sum(axis='x')
np.ones(3).sum(1.5)
np.ones((2,3)).mean(axis=(0,0))
np.squeeze(np.ones((2,3)), axis=0)
np.expand_dims(np.ones(3), 5)
np.transpose(np.ones((2,3)), (0,0))
np.transpose(np.ones((2,3)), (0,))
np.swapaxes(np.ones(3), 0, 1)
np.broadcast_to(np.ones(3), (2,4))
np.broadcast_to(np.ones((2,3)), (3,))
np.repeat(np.ones(3), 2, axis=3)
np.tile(np.ones(3), 'a')
np.flip(np.ones(3), 4)
np.sin('a')
np.sin([1,2])
np.sin(None)
np.add([1],2)
np.ones(3) + [1,2,3]
np.ones(3) + numpy.ones(3)
numpy.ones(3) + np.ones(3)
np.ones(3) + 'a'
np.ones(3) + None
np.ones(3) + nd.ones(3)
np.ones(3) * 1j
np.ones((2,3))[2]
np.ones((2,3))[0,3]
np.ones((2,3))[0,0,0]
np.ones((2,3))[1.5]
np.ones((2,3))['a']
np.ones((2,3))[[0,5]]
np.ones((2,3))[np.array([True,False,True])>0]
np.array(1.0)[0]
len(np.array(1.0))
bool(np.ones(2))
float(nd.ones(1))
np.ones(2).item()
np.zeros(3, dtype='foo')
np.ones(3).astype('foo')
np.array([[1,2],[3]])
np.array('abc')
np.array({})
np.full((2,),'a')
np.arange('a')
np.random.uniform(np.ones(2), np.ones(3))
np.random.uniform(0,1,size=3,foo=1)
mx.random.seed('a')
npx.pick(np.ones((2,3)), np.ones(3))
npx.softmax(np.ones((2,3)), axis=5)
npx.dropout(np.ones(3), p=2)
npx.activation(np.ones(3), 'foo')
npx.leaky_relu(np.ones(3), act_type='foo')
npx.topk(np.ones(3), k=7)
npx.fully_connected(np.ones((2,3)), np.ones((4,5)))
npx.embedding(np.array([0]), np.ones((3,2)), 3, 2)
np.where(np.ones(3), 1)
np.where(np.ones(2), np.ones(3), np.ones(4))
np.clip(np.ones(3), 'a', 2)
np.take(np.ones(3), [5])
autograd.grad(np.ones(2), np.ones(2))
autograd.backward(3)
np.ones(3).sum(foo=1)
np.sum(np.ones(3), foo=1)
np.ones(3).copyto(np.ones(4))
np.ones((2,2)) ** np.ones(3)
np.maximum(np.ones(2), np.ones(3))
np.ones(3) @ 2
np.ones(3) @ np.array(2.0)
-np.ones(3) % np.ones(2)
np.var(np.ones(3), ddof='a')

# nd: what is refused
nd.dot(nd.ones((2,3)), nd.ones((2,3)))
nd.ones((2,3)).reshape((4,2))
nd.ones((2,3)).reshape((-4,5,2,3))
nd.ones((2,3)).reshape((-4,2))
nd.split(nd.arange(5), 2, axis=0)
nd.split(nd.arange(5), 2)
nd.ones(3) + nd.ones(3, dtype='int32')
nd.ones(3) < nd.ones(3, dtype='int32')
nd.concat(nd.ones(3), nd.ones(3,dtype='int32'), dim=0)
nd.ones(2).asscalar()
nd.array([1],dtype='float32').foo()
nd.norm(nd.ones(3), ord=3)

# np: comparing with plain numpy
np.array_equiv(np.array([1, 2]).asnumpy(), numpy.array([1, 2]))
np.array_equal(np.array([1, 2]), np.array([1, 2]))
np.allclose(np.array([1, 2]), np.array([1, 2 + 1e-7]))
numpy.sum(np.array([1.0, 2]).asnumpy())
np.shape(np.ones((2, 3)))
np.ndim(np.ones((2, 3)))
np.size(np.ones((2, 3)))
np.isnan(np.array([1, np.nan])), np.isinf(np.array([1, np.inf])), np.isfinite(np.array([1, np.inf]))
"""


def programs():
    """Triples of semantics ("nd" or "np"), name and source."""
    pieces = re.split(r"^# (nd|np): (.+)\n", PROGRAMS, flags=re.MULTILINE)[1:]
    for space, name, source in zip(pieces[0::3], pieces[1::3], pieces[2::3]):
        yield space, space + ": " + name, re.split(r"\n# -----", source)[0].strip() + "\n"


def shown(value):
    """What is recorded of a value: class, dtype and repr of arrays; the repr of anything else."""
    kind = type(value).__name__
    if kind in ("NDArray", "ndarray") and hasattr(value, "attach_grad"):
        return [kind, str(value.asnumpy().dtype), list(value.shape), repr(value)]
    if isinstance(value, (tuple, list)):
        return [kind, [shown(part) for part in value]]
    if hasattr(value, "dtype") and hasattr(value, "item"):  # NumPy's reprs differ by version
        return ["numpy " + kind, str(value)]
    if "dtype" in kind.lower():
        return ["dtype", str(value)]
    return [kind, repr(value)]


def run(source, modules):
    """Pairs of each expression's text and what it shows, or ["error", class name, message]."""
    space = dict(modules)
    found = []
    for node in ast.parse(source).body:
        text = "\n".join(source.split("\n")[node.lineno - 1 : node.end_lineno])
        try:
            if isinstance(node, ast.Expr):
                value = eval(compile(ast.Expression(node.value), "<program>", "eval"), space)
                if value is not None:
                    found.append([text, shown(value)])
            else:
                exec(compile(text, "<program>", "exec"), space)
        except Exception as error:
            bases = [kind.__name__ for kind in type(error).__mro__]
            found.append([text, ["error", bases, str(error).split("\n")[0]]])
    return found
