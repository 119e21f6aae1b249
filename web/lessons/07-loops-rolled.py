# %% [markdown]
# # Loops rolled up
# A loop of many turns leaves hundreds of operations. Drawn one by one nobody can read them; rolled up they are one
# body with a count. Which gradient reaches the first turn, and which is lost on the way?

# %% [markdown]
# **One body, eight turns.** A recurrent step takes the state $h$ of the turn before. The frame holds what every
# turn does; the dashed edge on its right leads to the next turn. Move the slider under the graph: the numbers are
# those of the turn that you look at. The curve in the frame is the norm of $\partial h$, turn by turn.

# %%
from mxnet import np, autograd

w = np.array(0.8)
u = np.array(0.5)
w.attach_grad()
u.attach_grad()
with autograd.record():
    h = np.array(0.0)
    for t in range(8):
        h = np.tanh(w * h + u)
h.backward()
w.grad, u.grad

# %% [markdown]
# The gradient starts at the last turn with 1 and is multiplied by $w\,(1 - h^2)$ in every turn on its way back.
# Here that is about 0.2, so after eight turns almost nothing is left: the first inputs can hardly teach this network nothing.
#
# **And without tanh?** A factor above 1 does the opposite. Look at the curve of this loop:

# %%
a = np.array(1.5)
a.attach_grad()
with autograd.record():
    y = np.array(1.0)
    for t in range(8):
        y = y * a
y.backward()
y, a.grad

# %% [markdown]
# **A loop in a loop** is a frame in a frame, each with its own slider.

# %%
v = np.array(1.1)
v.attach_grad()
with autograd.record():
    s = v * 1
    for i in range(4):
        for j in range(4):
            s = s * v
        s = s + 1
s.backward()
v.grad

# %% [markdown]
# **Functions** that are called more than three times are rolled up in the same way, also those that call themselves.

# %%
def power(n, x):
    return x if n == 1 else x * power(n - 1, x)

x = np.array(2.0)
x.attach_grad()
with autograd.record():
    z = power(5, x)
z.backward()
z, x.grad

# %% [markdown]
# That is $x^5$, so the gradient must be $5\,x^4 = 80$. "Unroll" on a frame shows its turns one by one.
#
# **A loop of recordings.** Training records anew in every turn. That is one picture too, with the weight, its
# gradient and the loss of the turn that you look at; the curve shows how the gradient dies away as the loss nears
# its minimum.

# %%
X = np.array(2.0)
target = np.array(4.0)
k = np.array(0.0)
k.attach_grad()
for epoch in range(5):
    with autograd.record():
        e = X * k - target
        loss = e * e
    loss.backward()
    k -= 0.05 * k.grad
k, loss

# %% [markdown]
# *Try this:* press *Unroll* on the first loop's frame, then roll it up again. Set `w` to 4 and look at the curve: does a
# larger weight save the gradient? Then take a step back from the end and watch the slider follow.
#
# **Many nodes.** Lesson 13 is about graphs that are larger than their window.
