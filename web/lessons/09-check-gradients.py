# %% [markdown]
# # Check: is this gradient right?
# Compare every gradient of a program with what tiny changes of its arrays do, and find the one
# backward rule that is wrong.

# %% [markdown]
# A derivative says how the result changes when an array changes a little. That can be tried: add a
# small $h$, subtract it, and divide the difference by $2h$,
#
# $$\frac{\partial z}{\partial x} \approx \frac{z(x + h) - z(x - h)}{2h}.$$
#
# Run the lesson, then press **Check gradients** in the bar under the graph. It does this for every
# node, in double precision, and puts a sign on each: ✓ when both agree.

# %%
from mxnet import nd, autograd

x = nd.array([0.5, 1.0, -2.0])
x.attach_grad()
with autograd.record():
    y = nd.sin(x) * x
    z = y.sum()
z.backward()
x.grad

# %% [markdown]
# **By hand.** For one element it is a line of code. In single precision $h$ must not be too small: the
# difference of two nearly equal numbers keeps few digits.

# %%
def f(x):
    return (nd.sin(x) * x).sum()

h = nd.array([0.01, 0, 0])
nd.abs((f(x + h) - f(x - h)) / 0.02 - x.grad[0]) < 0.001

# %% [markdown]
# **A wrong rule.** Whoever writes a `Function` writes its derivative too, and can be wrong. This one
# forgot that the derivative of $x^3$ is $3x^2$:

# %%
class Cube(autograd.Function):
    """x * x * x, with a mistake in its backward pass."""

    def forward(self, x):
        self.save_for_backward(x)
        return x * x * x

    def backward(self, dy):
        (x,) = self.saved_tensors
        return 2 * x * dy

a = nd.array([0.5, 1.0, 2.0])
a.attach_grad()
with autograd.record():
    b = nd.exp(a)
    c = Cube()(b)
    d = (c * 3).sum()
d.backward()
a.grad

# %% [markdown]
# The program runs, and the numbers look like numbers. Check it: *Cube* has a ✗. The gradients of $b$
# and $a$ are wrong as well, but they are only **spoiled** (↯): their own rules are right, and the
# inspector leads to the culprit. That is because the check looks at each operation *alone* as well:
# its backward against the differences of its own forward. Here $d = 3e^{3a}$ element by element, so the
# gradient of $a$ should be

# %%
9 * nd.exp(3 * a)

# %% [markdown]
# Repair the rule and check again.

# %% [markdown]
# **Where there is nothing to compare.** At a kink the slopes of the two sides differ, so there is no
# derivative; each library has its convention. The check says so (?) instead of calling it wrong:

# %%
k = nd.array([-1.0, 0.0, 2.0])
k.attach_grad()
with autograd.record():
    r = nd.relu(k).sum()
r.backward()
k.grad

# %% [markdown]
# *Try this:* in which of the three elements is the kink? Open the *Table* of the check, and change the
# number a little: the ? becomes a ✓. Then give `Cube.backward` a rule that is right for 1.0 alone.
# Does the check notice?
