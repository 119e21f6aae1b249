# %% [markdown]
# # Step by step
# Walk through a program one operation at a time, forward and back, and see where every number of a
# gradient comes from.

# %% [markdown]
# Run the lesson, then look at the bar with the ticks. Blue ticks compute a value, orange ones send a
# gradient back. Press ▸ to go one step on and ◂ to go one back; ← and → do the same once the bar has
# the focus, and the space bar plays. Above the bar stands what the step does: in one sentence, as a
# rule, with the names of this program, and with its numbers.

# %%
from mxnet import np, npx, autograd
npx.set_np()

x = np.array([1.0, 2.0, 3.0])
x.attach_grad()
with autograd.record():
    y = x * x
    z = y.sum()
z.backward()
x.grad

# %% [markdown]
# Go to the first orange tick of this block. The head $z$ starts with gradient 1, and the rule of
# `sum` hands that 1 to every element of $y$. The next two ticks belong to the *same* product: $x$
# stands in it twice, so two contributions meet at $x$. Watch its orange number grow: first
# $[1\ 2\ 3]$, then $[2\ 4\ 6]$. That is $\bar{x} \mathrel{+}= \bar{y} \odot x$, done twice.

# %% [markdown]
# **One array, several ways.** Here $w$ reaches the head along two ways of different length. A
# gradient goes further back only when *all* its contributions are there:

# %%
w = np.array([0.5, -1.0])
w.attach_grad()
with autograd.record():
    u = w * 3
    v = u * u + w
v.backward()
w.grad

# %% [markdown]
# The plus sends a 1 straight to $w$. That is only a part of its gradient: the way through $u$ brings
# the rest, $3 \cdot 2u = 18 w$. At the last orange tick you read $1 + 18w$ as a sum of numbers.

# %% [markdown]
# **Sums that nobody wrote.** The two numbers of `b` were used for every row. So every row sends a
# gradient back, and the step says that they are summed over axis 0:

# %%
X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
b = np.array([10.0, 20.0])
b.attach_grad()
with autograd.record():
    total = (X * b).sum()
total.backward()
b.grad

# %%
X.sum(axis=0)

# %% [markdown]
# **Around a loop.** A loop leaves one step per visit, and the sentence counts them. On the way back the
# visits come in the opposite order, and each sends two contributions to the visit before it:

# %%
t = np.array(1.1)
t.attach_grad()
with autograd.record():
    h = t
    for k in range(4):
        h = h * h
h.backward()
print(h)
t.grad

# %% [markdown]
# That is $h = t^{16}$, so the gradient must be $16\,t^{15}$:

# %%
np.abs(t.grad - 16 * t ** 15) < 1e-4

# %% [markdown]
# *Try this:* press *Steps* to read all steps as a list; a click or Enter on a row goes there. Then
# select a node of the graph and press the cross-hair button: the walk goes on from that node. How many
# orange ticks does the loop have when you let it run eight times?
