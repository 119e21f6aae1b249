# %% [markdown]
# # Attach and backward
# How fast does a result change when an input changes a little? Record a computation, walk it
# backward, and read the answer beside the input.

# %% [markdown]
# We take $f(x) = x^3 - 2x$. From class you know $f'(x) = 3x^2 - 2$, so you can check every number
# below by hand. Start with four values of $x$ at once.

# %%
from mxnet import np, npx, autograd
npx.set_np()

x = np.array([[0.5, -1.0], [2.0, 3.0]])
x

# %% [markdown]
# **Attach.** A gradient needs a place to live. `attach_grad` makes `x` a *leaf* of the graphs to
# come, and puts an array of zeros of the same shape beside it.

# %%
x.attach_grad()
x.grad

# %% [markdown]
# **Record.** Inside `record()` every operation also goes on the *tape*: which operation it was,
# what went in, what came out. The picture shows the tape as a graph, one node per operation.

# %%
with autograd.record():
    y = x ** 3 - 2 * x
y

# %% [markdown]
# **Backward.** Now the tape is read from its end to its beginning. Each operation multiplies the
# gradient that reaches it by its own *local derivative* and hands the product on to its inputs.
# That is the chain rule, one step at a time:
#
# $$\frac{\partial y}{\partial x} = 3x^2 - 2$$

# %%
y.backward()
x.grad

# %%
x.grad == 3 * x ** 2 - 2

# %% [markdown]
# **Trust, but verify.** A derivative is a slope, and a slope can be measured: take one small step
# $h$ to each side and divide the change in $f$ by $2h$. No tape is needed for that, so nothing is
# recorded here.

# %%
def f(x):
    return x ** 3 - 2 * x

h = 0.01
slope = (f(x + h) - f(x - h)) / (2 * h)
np.abs(slope - x.grad) < 0.01

# %% [markdown]
# **Two paths to one leaf.** In $x \cdot x + x$ the leaf is used three times. A gradient comes back
# along every edge, and what arrives at the same array is *added*: $x + x + 1$.

# %%
with autograd.record():
    y = x * x + x
y.backward()
x.grad

# %% [markdown]
# That last result shows one more thing: nothing was left of the gradient from before. Each
# backward pass *writes* `x.grad` anew.
#
# *Try this:* change the exponent in the third cell to `4` (and the one in `f`). What must the
# comparison in the fifth cell become so that it shows `True` everywhere?
