# %% [markdown]
# # Why is it zero?
# Find out why a gradient is zero, NaN, huge or missing, by asking the picture; then take the answer
# away as a file or a link.

# %% [markdown]
# Run the lesson. In each picture below select the leaf named in the text and read the line **Why** at
# the end of its card. It walks along the tape, finds the operation that decided, and names the numbers.

# %%
from mxnet import np, npx, autograd
npx.set_np()

x = np.array([-1.0, 2.0, -3.0])
x.attach_grad()
with autograd.record():
    y = npx.relu(x).sum()
y.backward()
x.grad

# %% [markdown]
# **Dead.** Two elements of $x$ are below zero. There `relu` is flat, its local derivative is 0, and
# whatever gradient comes from behind is multiplied by that 0.

# %%
s = np.array([0.0, 12.0, 40.0])
s.attach_grad()
with autograd.record():
    p = npx.sigmoid(s).sum()
p.backward()
s.grad

# %% [markdown]
# **Saturated.** Far from zero the sigmoid is nearly flat. At 40 single precision cannot tell it from 1
# any more, and the gradient is exactly zero: a network that starts there never learns.

# %%
a = np.array([1.0, 2.0])
a.attach_grad()
with autograd.record():
    b = (a * 3 - a.detach() * 3 + a - a).sum()
b.backward()
a.grad

# %% [markdown]
# **Cancelled, and cut.** The value of $b$ is zero for every $a$, but its gradient is 3: along
# `detach` nothing comes back, and the last two contributions, $+1$ and $-1$, cancel.

# %%
w = np.array([0.0, 4.0])
w.attach_grad()
with autograd.record():
    z = np.sqrt(w * w).sum()
z.backward()
w.grad

# %% [markdown]
# **NaN.** The length of $w$ has a corner at 0. `sqrt` divides by zero there, and $\infty \cdot 0$ is not a
# number. One NaN spreads to everything that it meets: look for the operation where it began.

# %%
h = np.array([1.0])
h.attach_grad()
with autograd.record():
    g = h
    for _ in range(6):
        g = g * 50
g.backward()
h.grad

# %% [markdown]
# **Exploding.** Six factors of 50 make a gradient of $1.6 \cdot 10^{10}$. Ask the leaf why, and see which path
# it came along; a loop like this is why deep and recurrent networks are trained with care.
#
# **Take it away.** **Share** writes a link that holds the program, if you like with its picture and the
# step you stand at: whoever opens it sees what you see, before any Python has started. Below it the
# picture is saved as SVG, PNG or DOT, every step worked out as *Derivation*, and the program as a notebook.
#
# *Try this:* add a small number inside the square root of the fourth picture, `np.sqrt(w * w + 1e-6)`, and ask
# the leaf again.
