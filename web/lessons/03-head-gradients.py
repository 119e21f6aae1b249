# %% [markdown]
# # Head gradients
# Backward has to start somewhere. What it starts with is the *head gradient*: one number for each
# element of the result, saying how much that element matters.

# %% [markdown]
# Here $y_i = x_i^2$, so $y$ has three elements and three derivatives $2x_i$. Called without an
# argument, `backward` starts with ones: every element matters equally.

# %%
from mxnet import np, npx, autograd
npx.set_np()

x = np.array([1.0, 2.0, 3.0])
x.attach_grad()
with autograd.record():
    y = x * x
y.backward()
x.grad

# %% [markdown]
# **Choose.** A head gradient of one 1 and otherwise 0 asks about a single element of the result.

# %%
with autograd.record():
    y = x * x
y.backward(np.array([0.0, 1.0, 0.0]))
x.grad

# %% [markdown]
# **Weigh.** Any other numbers $v_i$ work as well. Each of them multiplies what flows back from its
# element; we write $\bar{x}$ for the gradient that arrives at $x$:
#
# $$\bar{x}_i = v_i \cdot 2 x_i$$

# %%
v = np.array([0.1, 1.0, 10.0])
with autograd.record():
    y = x * x
y.backward(v)
x.grad, v * 2 * x

# %% [markdown]
# **When every result depends on every input.** For $y = A x$ the derivatives
# $\partial y_i / \partial x_j$ form a table, the Jacobian; here it is $A$ itself. Backward never
# builds it. It computes the *vector-Jacobian product* (VJP)
#
# $$\bar{x} = v^\top A,$$
#
# so the head gradient $(1, 0)$ gives the first row of $A$, and $(0, 1)$ the second.

# %%
A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
heads = np.array([[1.0, 0.0], [0.0, 1.0]])
for v in heads:
    with autograd.record():
        y = np.dot(A, x)
    y.backward(v)
    print(x.grad)

# %% [markdown]
# One backward pass per *result*: that is why a single number at the end, a loss, is so
# comfortable. One pass, and every input knows its derivative.
#
# **Where head gradients come from.** Suppose $y$ is judged by
# $L = \sum_i (y_i - t_i)^2$. Someone who knows only $L$ works out
# $\partial L / \partial y_i = 2(y_i - t_i)$. Someone who knows only the tape of $y$ takes that as
# head gradient, and finishes the chain rule.

# %%
t = np.array([10.0, 40.0])
with autograd.record():
    y = np.dot(A, x)
y.backward(2 * (y - t))
halfway = x.grad.copy()
halfway

# %% [markdown]
# The whole computation on one tape gives the same:

# %%
with autograd.record():
    y = np.dot(A, x)
    loss = ((y - t) ** 2).sum()
loss.backward()
x.grad == halfway

# %% [markdown]
# **A mean is a head gradient too.** With weights $\frac14$ the four elements below are averaged.
# This cell uses `nd`, MXNet's older kind of array; nothing else about it is different.

# %%
from mxnet import nd

w = nd.array([[1.0, 2.0], [3.0, 4.0]])
w.attach_grad()
with autograd.record():
    y = w * w
y.backward(nd.array([[0.25, 0.25], [0.25, 0.25]]))
w.grad

# %% [markdown]
# *Try this:* give the second cell the head gradient `np.array([0.0, -1.0, 0.0])`. Then predict
# what the Jacobian loop prints for `heads = np.array([[1.0, 1.0]])`, and run it.
