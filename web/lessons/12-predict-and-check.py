# %% [markdown]
# # Predict and check
# Say what a gradient will be before you see it, then write code that makes one. The picture waits
# for your answer, and hidden checks tell you how far you are.

# %% [markdown]
# **Predict.** Run the lesson. In the picture, what is marked with `# predict:` shows `?`. The first
# block computes $z = \sum_i x_i^2 \cdot w_i$. Work out each covered number by hand from the others,
# type it under the picture, and it is uncovered. An array is written as `[1, 2]`, a shape as `(2,)`.

# %%
from mxnet import np, npx, autograd
npx.set_np()

x = np.array([1.0, 3.0])
w = np.array([2.0, -1.0])
x.attach_grad()
with autograd.record():
    s = x * x
    y = s * w  # predict: y
    z = y.sum()
z.backward()  # predict: x.grad
z

# %% [markdown]
# **Predict a shape.** Multiplying a matrix by a vector sums over the axis that both have. What is
# left?

# %%
A = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])
v = np.array([1.0, 2.0, 3.0])
v.attach_grad()
with autograd.record():
    p = np.dot(A, v)  # predict: p.shape
    q = p.sum()
q.backward()  # predict: v.grad
q

# %% exercise A function with a given slope
# Change the line that computes `f`, so that the gradient of `t` is $3t^2$ for every `t`. Press
# *Check* as often as you like.
t = np.array([1.0, 2.0, -1.0])
t.attach_grad()
with autograd.record():
    f = t * 2
f.backward()
t.grad

# %% hint
# The rule for powers: the derivative of $t^n$ is $n\,t^{n-1}$.

# %% hint
# Which $n$ gives $3t^2$? In Python, a power is written with `**`.

# %% solution
t = np.array([1.0, 2.0, -1.0])
t.attach_grad()
with autograd.record():
    f = t ** 3
f.backward()
t.grad

# %% check
from playground import close
assert t.grad.shape == t.shape, "t.grad must have the shape of t"
assert close(t.grad, 3 * t ** 2)

# %% [markdown]
# **A head gradient** says how much each element of the head counts. Without one they all count 1.

# %% exercise Only the second element counts
# `m` has three elements. Hand `backward` a head gradient, so that `u.grad` is the gradient of the
# *second* element of `m` alone.
u = np.array([1.0, 2.0, 3.0])
u.attach_grad()
with autograd.record():
    m = u * u
m.backward()
u.grad

# %% hint
# `m.backward(...)` takes an array of the shape of `m`: 1 where an element counts, 0 where not.

# %% solution
u = np.array([1.0, 2.0, 3.0])
u.attach_grad()
with autograd.record():
    m = u * u
m.backward(np.array([0.0, 1.0, 0.0]))
u.grad

# %% check
from playground import expect
expect(u.grad, [0.0, 4.0, 0.0], "u.grad")

# %% [markdown]
# **Gradient descent by hand.** A step against the gradient makes a loss smaller, unless it is too
# long.

# %% exercise One step down
# `k` is a guess, and `loss` says how far it is from 3. Compute `better`: `k` after one step against
# its gradient, with a learning rate of 0.25.
k = np.array([0.0, 5.0])
k.attach_grad()
with autograd.record():
    loss = ((k - 3) ** 2).sum()
loss.backward()
better = k
better

# %% hint
# Against the gradient means minus: new is old minus rate times gradient.

# %% solution
k = np.array([0.0, 5.0])
k.attach_grad()
with autograd.record():
    loss = ((k - 3) ** 2).sum()
loss.backward()
better = k - 0.25 * k.grad
better

# %% check
from playground import close, expect
assert not close(better, k), "better is still k"
expect(better, [1.5, 4.0], "better")

# %% [markdown]
# *Try this:* in the last exercise, which learning rate reaches 3 in one step? What happens beyond
# twice that rate?
