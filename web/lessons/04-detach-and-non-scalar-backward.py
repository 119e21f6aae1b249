# %% [markdown]
# # Detach and non-scalar backward
# What `backward` means for a result with many elements, and how to tell it: from here on, take
# this value as a constant.

# %% [markdown]
# A loss is one number; $y = x^2$ below has three. `backward` still gives one gradient, the
# gradient of the *sum* of all elements.

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
# Adding up first and then walking backward is the same thing, only with one more node on the
# tape. Its local derivative is 1 for every element, which is what backward starts with anyway.

# %%
vector_grad = x.grad.copy()
with autograd.record():
    total = (x * x).sum()
total.backward()
x.grad == vector_grad

# %% [markdown]
# **A product of two dependent factors.** In $z = y \cdot x$ with $y = x^2$ both factors move when
# $x$ moves. So $z = x^3$, and the gradient is $3x^2$: one part comes back through $x$, the other
# through $y$.

# %%
with autograd.record():
    y = x * x
    z = y * x
z.backward()
x.grad

# %% [markdown]
# **Detach.** `y.detach()` has the value of `y` but no past: it stands on the tape as a constant.
# The path through `y` is cut, and with $u$ constant the derivative of $u x$ is just $u$.

# %%
with autograd.record():
    y = x * x
    u = y.detach()
    z = u * x
z.backward()
x.grad, u

# %% [markdown]
# The graph of `y` itself is untouched: `z` never went through it. So `y` can still be walked
# backward, and gives $2x$.

# %%
y.backward()
x.grad == 2 * x

# %% [markdown]
# **What it is good for.** Shares $p_i = x_i / s$ with $s = \sum_j x_j$ always add up to 1, so the
# gradient of their sum is zero: whatever an $x_i$ gains in its own share, it takes from the
# others by making $s$ larger.

# %%
x = np.array([1.0, 2.0, 5.0])
x.attach_grad()
with autograd.record():
    p = x / x.sum()
p.backward()
x.grad

# %% [markdown]
# Detach the total and it is only a scale, the number 8. Now each $x_i$ changes its own share and
# nothing else: $\frac{1}{8}$.

# %%
with autograd.record():
    p = x / x.sum().detach()
p.backward()
x.grad

# %% [markdown]
# **Walking twice.** Backward throws the tape away as it goes. If a second result needs the same
# part of it, ask for it to be kept with `retain_graph=True`.

# %%
with autograd.record():
    y = x * x
    a = y * 2
    b = y + x
a.backward(retain_graph=True)
print(x.grad)
b.backward()
print(x.grad)

# %% [markdown]
# *Try this:* take `retain_graph=True` out of the last cell and read the message. Then write
# `a = y.detach() * x` there: predict the first line it prints, and why nothing has to be retained.
