# %% [markdown]
# # Control flow
# A program with `if`, `for` and `while` has a gradient too. The tape keeps what *happened*, and
# what happened is always a plain chain of operations.

# %% [markdown]
# **A branch.** `bend` squares its input or multiplies it by $-3$; which of the two is decided
# while the program runs.

# %%
from mxnet import np, npx, autograd
npx.set_np()

def bend(x):
    if x.sum() > 0:
        return x * x
    return -3 * x

x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    y = bend(x)
y.backward()
x.grad

# %% [markdown]
# The first branch ran, so the gradient is $2x$. With a negative sum the other one runs, and its
# derivative is $-3$ whatever $x$ is.

# %%
x = np.array([1.0, -5.0])
x.attach_grad()
with autograd.record():
    y = bend(x)
y.backward()
x.grad

# %% [markdown]
# Look at the graph: `x.sum() > 0` was computed, but no path leads from it to `y`. A decision has
# no derivative, and backward never visits it.
#
# **A for loop.** Horner's rule computes $p(x) = 3x^2 + 2x + 1$ with one multiplication per
# coefficient. Each turn of the loop adds its operations to the tape.

# %%
def horner(coefficients, x):
    total = 0 * x
    for c in coefficients:
        total = total * x + c
    return total

x = np.array([2.0])
x.attach_grad()
with autograd.record():
    y = horner([3, 2, 1], x)
y.backward()
y, x.grad

# %% [markdown]
# $p(2) = 17$ and $p'(2) = 6 \cdot 2 + 2 = 14$: nobody had to write $p'$ down.
#
# **A while loop.** Savings grow by half every year until they reach 100. How many years that
# takes depends on the start. For *this* start the program was a multiplication by $1.5^n$, a
# straight line through the origin, so the gradient must be $y / x$.

# %%
def save(x):
    while x < 100:
        x = x * 1.5
    return x

x = np.array([20.0])
x.attach_grad()
with autograd.record():
    y = save(x)
y.backward()
y, x.grad, y / x

# %% [markdown]
# **An algorithm.** Heron found square roots by averaging: if $s$ is too large for $\sqrt{a}$, then
# $a / s$ is too small, and their mean is better than both. The loop stops when $s^2$ is close
# to $a$.

# %%
def heron(a):
    s = a
    while np.abs(s * s - a) > 1e-4:
        s = (s + a / s) / 2
    return s

a = np.array([9.0])
a.attach_grad()
with autograd.record():
    s = heron(a)
s.backward()
s

# %% [markdown]
# Backward went through every turn of Heron's loop. It never heard of square roots, and still it
# finds $\frac{\mathrm{d}\sqrt a}{\mathrm{d}a} = \frac{1}{2\sqrt a}$:

# %%
a.grad, 1 / (2 * s)

# %% [markdown]
# **Picking one element.** `largest` returns one of its inputs. The one it picked gets the whole
# gradient; the others had no part in the result and get zero.

# %%
def largest(x):
    best = x[0]
    for k in range(1, 3):
        if x[k] > best:
            best = x[k]
    return best

x = np.array([4.0, 7.0, 5.0])
x.attach_grad()
with autograd.record():
    y = largest(x)
y.backward()
x.grad

# %% [markdown]
# *Try this:* start Heron's loop with `a = np.array([100.0])`. How many turns does the graph show
# now? And what happens to the gradient of `largest` when two elements are equal?
