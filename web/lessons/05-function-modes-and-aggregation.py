# %% [markdown]
# # Custom functions, modes and aggregation
# Write an operation with a backward rule of your own, ask the tape what it is doing, and combine
# the gradients of several results.

# %% [markdown]
# **A function of your own.** An `autograd.Function` has two methods. `forward` gets the inputs and
# computes the results; `backward` gets one gradient per *result* and returns one gradient per
# *input*. Here two inputs give two results:
#
# $$p = a \, b, \qquad q = a + b$$
#
# With a bar for the gradient that arrives, the rule is $\bar{a} = \bar{p}\, b + \bar{q}$ and
# $\bar{b} = \bar{p}\, a + \bar{q}$. It needs the inputs again, so `forward` saves them.
# (The arrays are of the older kind, `nd`. Both kinds work here; MXNet 1 wants `nd` for a custom
# function.)

# %%
from mxnet import np, npx, nd, autograd
npx.set_np()

class ProductAndSum(autograd.Function):
    def forward(self, a, b):
        self.save_for_backward(a, b)
        return a * b, a + b

    def backward(self, dp, dq):
        a, b = self.saved_tensors
        return dp * b + dq, dp * a + dq

a = nd.array([1.0, 2.0])
b = nd.array([10.0, 20.0])
a.attach_grad()
b.attach_grad()
with autograd.record():
    p, q = ProductAndSum()(a, b)
    y = 3 * p + q
y.backward()
a.grad, b.grad

# %% [markdown]
# On the tape the whole function is a single node with two slots. What happens inside `forward` is
# not recorded: backward *believes* your rule, right or wrong. So compare it with the same formula
# in plain operations, whose rules are known to be right.

# %%
mine = a.grad.copy()
with autograd.record():
    y = 3 * (a * b) + (a + b)
y.backward()
a.grad == mine

# %% [markdown]
# **Two modes.** Is the tape running? Is the program training? The two questions are separate:
# `record()` answers yes to both, `record(train_mode=False)` only to the first.

# %%
def modes():
    return autograd.is_recording(), autograd.is_training()

print(modes())
with autograd.record():
    print(modes())
with autograd.record(train_mode=False):
    print(modes())

# %% [markdown]
# A layer may behave differently while it trains. This one leaves out the middle element, as
# dropout does (dropout picks by chance; we do not), and scales the others up so that the sum stays
# about the same.

# %%
def thin(x):
    if autograd.is_training():
        return x * np.array([1.5, 0.0, 1.5])
    return x * 1

x = np.array([1.0, 2.0, 3.0])
x.attach_grad()
with autograd.record():
    y = thin(x)
y.backward()
print(x.grad)
with autograd.record(train_mode=False):
    y = thin(x)
y.backward()
print(x.grad)

# %% [markdown]
# **Several results, one gradient.** Three results share the same leaf. Walk back from each in
# turn, and add the gradients up yourself (each pass overwrites `x.grad`):

# %%
with autograd.record():
    parts = 2 * x, x * x, 6 / x
total = 0 * x
for part in parts:
    part.backward()
    print(x.grad)
    total += x.grad
total

# %% [markdown]
# Or put the results side by side in one array. Walking back from it adds up for you, because a
# gradient arrives at `x` from every part:

# %%
def side_by_side(parts):
    rows = [np.expand_dims(part, axis=0) for part in parts]
    return np.concatenate(rows, axis=0)

with autograd.record():
    y = side_by_side([2 * x, x * x, 6 / x])
print(y.shape)
y.backward()
np.abs(x.grad - total) < 1e-5

# %% [markdown]
# To *average* the parts instead of adding them, take the mean over the first axis, or keep the
# array as it is and start backward with a head gradient of $\frac13$ everywhere. Both say the same:

# %%
with autograd.record():
    y = side_by_side([2 * x, x * x, 6 / x])
    average = np.mean(y, axis=0)
average.backward(retain_graph=True)
averaged = x.grad.copy()
y.backward(np.full(y.shape, 1 / 3))
np.abs(x.grad - averaged) < 1e-5

# %% [markdown]
# *Try this:* break the rule in the first cell, for instance with `return dp, dq`. Nothing
# complains, but the comparison in the second cell does. Then make `x` random with
# `np.random.uniform(1, 2, 3)`: the last two cells still agree.
