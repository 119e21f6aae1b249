# %% [markdown]
# # Find your way
# Walk along the edges of a graph, search one of many nodes, and read off what no line of the program prints.

# %% [markdown]
# **Walk.** Run the lesson and choose *line 14* above the graph. Select a node: the arrow keys go up to what it was made
# of, down to what is made of it, and left and right to its neighbours. `0` shows the whole graph, `Z` goes close.

# %%
from mxnet import autograd, np, npx
npx.set_np()
x = np.array([1.0, 2.0, 3.0])
x.attach_grad()
with autograd.record():
    y = (x * x).sum()
    z = np.log(y)
z.backward()
x.grad

# %% [markdown]
# **Search.** *find* (or `/`) looks for a name, an operation, a line such as `line 29`, or a shape: here `(2, 4)` is one
# box. Enter goes from one match to the next, Shift+Enter back, Escape leaves.

# %%
a = np.ones((2, 3))
b = np.ones((3, 4))
a.attach_grad()
with autograd.record():
    c = np.dot(a, b)
    m = c.mean()
m.backward()
m

# %% [markdown]
# **Keep your place.** As soon as a graph is larger than its window, a small picture of it stands in the corner. Press in
# it, or move its frame with the arrow keys. Unroll this loop and try it.

# %%
h = np.array(0.5)
h.attach_grad()
with autograd.record():
    g = h * 1
    for k in range(10):
        g = np.sin(g) + h
g.backward()
h.grad

# %% [markdown]
# **What only the run knows.** This loop multiplies, and takes a square root wherever the number has grown too large. The
# code does not say where that is.

# %% exercise Where are the roots?
# Unroll the loop and *find* `sqrt`. How often did it run, and what is the largest number that it was given? Write both
# into the line before the last.
p = np.array(1.5)
p.attach_grad()
with autograd.record():
    q = p * 1
    for t in range(24):
        q = q * p if q < 9 + t else np.sqrt(q)
q.backward()
roots, largest = 0, 0.0
roots, largest

# %% hint
# *find* says how many matches there are: `1 of 6` is the first of six. The small picture shows where they are.

# %% hint
# The box above a square root is what it was given; its card lists it under "Comes from, goes to".

# %% solution
p = np.array(1.5)
p.attach_grad()
with autograd.record():
    q = p * 1
    for t in range(24):
        q = q * p if q < 9 + t else np.sqrt(q)
q.backward()
roots, largest = 4, 44.76
roots, largest

# %% check
from playground import close
number, taken = 1.5, []
for t in range(24):
    if number >= 9 + t:
        taken.append(number)
        number = number ** 0.5
    else:
        number = number * 1.5
assert roots == len(taken), "sqrt did not run so often"
assert close(largest, max(taken), rtol=0.01), "sqrt was given a larger one"

# %% [markdown]
# The leaf `p` is an operand of every product. In a large graph it is not drawn with an edge to each: small plates with its
# name stand for it.

# %%
p.grad

# %% [markdown]
# *Try this:* roll the last loop up again. The box of the square root says in how many turns it ran, and the slider leads
# through them. Which of the two ways finds the largest number faster?
