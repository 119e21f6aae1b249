"""Gradient descent, with momentum and with Nesterov's, and by signs."""

from .. import nd
from .base import Optimizer, register, zeros

__all__ = ["NAG", "SGD", "SGLD", "Signum"]


@register
class SGD(Optimizer):
    """w ← w - lr · (g + wd · w); with momentum m: v ← m · v - lr · (g + wd · w), w ← w + v."""

    MASTER_LAST = True

    def __init__(self, momentum=0.0, lazy_update=True, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum

    def create_state(self, index, weight):
        """The velocity, if there is momentum."""
        return zeros(weight) if self.momentum else None

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, _ = self._begin(index)
        grad = self._scaled(grad)
        if wd:
            grad = grad + wd * weight
        if state is None:
            weight -= lr * grad
        else:
            state[:] = self.momentum * state - lr * grad
            weight += state


@register
class NAG(SGD):
    """SGD with Nesterov's momentum: the gradient counts once more, ahead of the velocity."""

    def update(self, index, weight, grad, state):
        """One step."""
        if state is None:
            super().update(index, weight, grad, state)
            return
        lr, wd, _ = self._begin(index)
        grad = self._scaled(grad)
        slowed = self.momentum * state
        step = slowed - lr * (grad + wd * weight if wd else grad)
        weight += (1 + self.momentum) * step - slowed
        # As MXNet, whose kernel has written the new weight by now.
        state[:] = slowed - lr * (grad + wd * weight if wd else grad)


@register
class Signum(Optimizer):
    """Steps of one size, in the direction of the (mean) gradient's signs."""

    def __init__(self, learning_rate=0.01, momentum=0.9, wd_lh=0.0, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.momentum, self.wd_lh = momentum, wd_lh

    def create_state(self, index, weight):
        """The mean gradient, if there is momentum."""
        return zeros(weight) if self.momentum else None

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, _ = self._begin(index)
        grad = self._scaled(grad)
        if state is None:
            weight[:] = (1 - lr * wd) * weight - lr * nd.sign(grad)
            return
        state[:] = self.momentum * state - (1 - self.momentum) * (grad + wd * weight)
        weight[:] = (1 - lr * self.wd_lh) * weight + lr * nd.sign(state)


@register
class SGLD(Optimizer):
    """SGD with noise: stochastic gradient Riemannian Langevin dynamics."""

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, _ = self._begin(index)
        noise = nd.random.normal(0, lr**0.5, shape=weight.shape, dtype=weight.dtype)
        if type(noise) is not type(weight):
            noise = noise.as_np_ndarray()
        weight[:] = weight - lr / 2 * (self._scaled(grad) + wd * weight) + noise
