# %% [markdown]
# # Look closer: every number of a node
# See what each line made without printing anything, and open any array or operation to find its
# numbers, its neighbours, its local derivative, and what the tape keeps of it.

# %% [markdown]
# Run the lesson. At the end of each line stands what the line made: its value in blue, its gradient
# in orange, its shape. Nothing was printed for that. *Values in the code*, under the editor, takes
# them away and brings them back.

# %%
from mxnet import np, npx, autograd
npx.set_np()

x = np.array([[1.0, -2.0], [0.0, 3.0]])
x.attach_grad()
with autograd.record():
    y = np.exp(x) * x
    z = y.sum()
z.backward()
x.grad

# %% [markdown]
# Point at `np.exp(x)` in the code: its node lights up in the graph. Point at a node, and the code
# answers. With the keyboard, put the cursor into an expression and press Alt+Enter.
#
# Now select the node ×. The **inspector** shows its value and gradient as heat-maps: the stronger the
# colour, the larger the number; what is below zero is grey. A dot marks zeros. Under the map stand the
# least and the largest number, mean and standard deviation, and how many elements are zero, NaN or
# infinite. *Local derivative* gives the rule for each operand, and its numbers: $\bar{a}$ is $\bar{y}$
# times the *other* factor.

# %% [markdown]
# Select $x$. It stands in two places of the line, so **two contributions** meet in its gradient, and
# the inspector adds them up:
#
# $$\bar{x} = e^{x} \odot \bar{y} + (x\, e^{x}) \odot \bar{y}$$

# %%
np.abs(x.grad - np.exp(x) * (1 + x)).max() < 1e-5

# %% [markdown]
# **What is no number.** The logarithm of a negative number is NaN, that of zero is $-\infty$. Both have
# patterns of their own in the heat-map, and they are counted:

# %%
with autograd.record():
    w = np.log(x)
    v = np.where(x > 0, w, np.zeros_like(x)).sum()
v.backward()
x.grad

# %% [markdown]
# Do you see the NaN in the gradient? `where` sends a 0 back for the elements that it did not choose,
# but the rule of `log` divides by $x$, and $0 / 0$ is NaN. Select $w$ and $x$, read *Why*, and choose
# a safe operand *before* the logarithm is taken:

# %%
with autograd.record():
    safe = np.where(x > 0, x, np.ones_like(x))
    v = np.log(safe).sum()
v.backward()
x.grad

# %% [markdown]
# **Larger arrays.** A heat-map of a large array shows samples; *Numbers* opens a table of all its
# elements, page by page. *Saved for backward* says what the tape keeps for the way back, in bytes:

# %%
W = np.arange(320).reshape(20, 16) % 16 - 8
W.attach_grad()
with autograd.record():
    h = npx.relu(W)
    total = h.sum()
total.backward()
W.grad.shape

# %% [markdown]
# *Try this:* press ◇ in the inspector to **pin** $h$, then pin $W$: they stand side by side under the
# graph. Where is the gradient of $W$ zero, and which kind of cell is it there? Change the 8 to 4 and run
# again: the pins stay. Then walk back through the steps with ◂ and watch both pins empty.
