"""Optimizers that give every element a step of its own size."""

from .. import nd
from .base import Optimizer, bias_corrections, register, zeros

__all__ = [
    "FTML",
    "AdaBelief",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "GroupAdaGrad",
    "Nadam",
    "RMSProp",
]


@register
class Adam(Optimizer):
    """Steps by the mean gradient over the root of the mean squared gradient."""

    def __init__(
        self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, lazy_update=True, **kwargs
    ):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def create_state(self, index, weight):
        """Mean gradient and mean squared gradient."""
        return zeros(weight, 2)

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, t = self._begin(index)
        lr *= bias_corrections(self.beta1, self.beta2, t)[2]
        grad = self._scaled(grad, weight, wd)
        self._move(weight, grad, state, lr)

    def _move(self, weight, grad, state, lr):
        mean, square = state
        mean[:] = self.beta1 * mean + (1.0 - self.beta1) * grad
        square[:] = self.beta2 * square + (1.0 - self.beta2) * nd.square(grad)
        weight -= lr * mean / (nd.sqrt(square) + self.epsilon)


@register
class AdamW(Adam):
    """Adam with weight decay apart from the gradient."""

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, t = self._begin(index)
        grad = self._scaled(grad)
        if wd:
            weight -= lr * wd * weight
        self._move(weight, grad, state, lr * bias_corrections(self.beta1, self.beta2, t)[2])


@register
class AdaGrad(Optimizer):
    """Steps over the root of the sum of all squared gradients so far."""

    def __init__(self, eps=1e-7, **kwargs):
        super().__init__(**kwargs)
        self.float_stable_eps = eps

    def create_state(self, index, weight):
        """The sum of squared gradients."""
        return zeros(weight)

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, _ = self._begin(index)
        grad = self._scaled(grad)
        state += nd.square(grad)
        weight += (grad / nd.sqrt(state + self.float_stable_eps) + weight * wd) * -lr


@register
class RMSProp(Optimizer):
    """Steps over the root of the mean squared gradient; `centered` subtracts the mean's square."""

    def __init__(
        self,
        learning_rate=0.001,
        gamma1=0.9,
        gamma2=0.9,
        epsilon=1e-8,
        centered=False,
        clip_weights=None,
        **kwargs,
    ):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.gamma1, self.gamma2, self.epsilon = gamma1, gamma2, epsilon
        self.centered, self.clip_weights = centered, clip_weights

    def create_state(self, index, weight):
        """Mean squared gradient; if centered, mean gradient and velocity too."""
        return zeros(weight, 3) if self.centered else (zeros(weight),)

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, _ = self._begin(index)
        grad = self._scaled(grad, weight, wd)
        square = state[0]
        square[:] = (1.0 - self.gamma1) * nd.square(grad) + self.gamma1 * square
        if self.centered:
            _, mean, velocity = state
            mean[:] = (1.0 - self.gamma1) * grad + self.gamma1 * mean
            spread = nd.sqrt(square - nd.square(mean) + self.epsilon)
            velocity[:] = self.gamma2 * velocity - lr * grad / spread
            weight += velocity
        else:
            weight -= lr * grad / nd.sqrt(square + self.epsilon)
        if self.clip_weights:
            weight[:] = nd.clip(weight, -self.clip_weights, self.clip_weights)


@register
class AdaDelta(Optimizer):
    """Steps of the size that steps had so far; 1.9.1 knows no learning rate here."""

    def __init__(self, rho=0.9, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.rho, self.epsilon = rho, epsilon

    def create_state(self, index, weight):
        """Mean squared gradient and mean squared step."""
        return zeros(weight, 2)

    def update(self, index, weight, grad, state):
        """One step."""
        _, wd, _ = self._begin(index)
        grad = self._scaled(grad)
        squares, steps = state
        squares[:] = self.rho * squares + (1.0 - self.rho) * grad * grad
        step = nd.sqrt(steps + self.epsilon) / nd.sqrt(squares + self.epsilon) * grad
        steps[:] = self.rho * steps + (1.0 - self.rho) * step * step
        weight -= step + wd * weight


@register
class Adamax(Optimizer):
    """Adam with the largest gradient in place of the mean squared one."""

    def __init__(self, learning_rate=0.002, beta1=0.9, beta2=0.999, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1, self.beta2 = beta1, beta2

    def create_state(self, index, weight):
        """Mean gradient and largest gradient."""
        return zeros(weight, 2)

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, t = self._begin(index)
        lr /= 1.0 - self.beta1**t
        grad = self._scaled(grad, weight, wd)
        mean, largest = state
        mean[:] = self.beta1 * mean + (1.0 - self.beta1) * grad
        largest[:] = nd.maximum(self.beta2 * largest, nd.abs(grad))
        weight -= lr * mean / largest


@register
class Nadam(Optimizer):
    """Adam with Nesterov's momentum."""

    def __init__(
        self,
        learning_rate=0.001,
        beta1=0.9,
        beta2=0.999,
        epsilon=1e-8,
        schedule_decay=0.004,
        **kwargs,
    ):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.schedule_decay = schedule_decay
        self.m_schedule = 1.0

    def create_state(self, index, weight):
        """Mean gradient and mean squared gradient."""
        return zeros(weight, 2)

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, t = self._begin(index)
        grad = self._scaled(grad, weight, wd)
        now = self.beta1 * (1.0 - 0.5 * 0.96 ** (t * self.schedule_decay))
        then = self.beta1 * (1.0 - 0.5 * 0.96 ** ((t + 1) * self.schedule_decay))
        self.m_schedule *= now
        mean, square = state
        mean[:] = self.beta1 * mean + (1.0 - self.beta1) * grad
        square[:] = self.beta2 * square + (1.0 - self.beta2) * grad * grad
        ahead = (1.0 - now) * (grad / (1.0 - self.m_schedule))
        ahead = ahead + then * (mean / (1.0 - self.m_schedule * then))
        spread = nd.sqrt(square / (1.0 - self.beta2**t)) + self.epsilon
        weight -= lr * ahead / spread


@register
class Ftrl(Optimizer):
    """Follow the regularized leader: small weights become 0."""

    def __init__(self, lamda1=0.01, learning_rate=0.1, beta=1, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.lamda1, self.beta = lamda1, beta

    def create_state(self, index, weight):
        """The leader's z and the sum of squared gradients."""
        return zeros(weight, 2)

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, _ = self._begin(index)
        grad = self._scaled(grad)
        z, n = state
        more = n + nd.square(grad)
        z += grad - (nd.sqrt(more) - nd.sqrt(n)) * weight / lr
        n[:] = more
        pull = nd.sign(z) * self.lamda1 - z
        weight[:] = pull / ((self.beta + nd.sqrt(n)) / lr + wd) * (nd.abs(z) > self.lamda1)


@register
class FTML(Optimizer):
    """Follows the moving leader: each weight is the best for a mean of all gradients so far."""

    def __init__(self, beta1=0.6, beta2=0.999, epsilon=1e-8, **kwargs):
        super().__init__(**kwargs)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def create_state(self, index, weight):
        """Scale, mean squared gradient and weighted sum."""
        return zeros(weight, 3)

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, t = self._begin(index)
        grad = self._scaled(grad, weight, wd)
        scale, square, total = state
        first, second, _ = bias_corrections(self.beta1, self.beta2, t)
        square[:] = self.beta2 * square + (1 - self.beta2) * nd.square(grad)
        new = first / lr * (nd.sqrt(square / second) + self.epsilon)
        total[:] = (
            self.beta1 * total + (1 - self.beta1) * grad - (new - self.beta1 * scale) * weight
        )
        scale[:] = new
        weight[:] = -total / new


@register
class AdaBelief(Adam):
    """Adam with the mean squared distance of gradients from their mean instead of their square."""

    def __init__(
        self,
        learning_rate=0.001,
        beta1=0.9,
        beta2=0.999,
        epsilon=1e-6,
        correct_bias=True,
        **kwargs,
    ):
        super().__init__(learning_rate, beta1, beta2, epsilon, **kwargs)
        self.correct_bias = correct_bias

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, t = self._begin(index)
        grad = self._scaled(grad, weight, wd)
        if self.correct_bias:
            lr *= bias_corrections(self.beta1, self.beta2, t)[2]
        mean, spread = state
        mean[:] = self.beta1 * mean + (1.0 - self.beta1) * grad
        spread[:] = self.beta2 * spread + (1.0 - self.beta2) * nd.square(grad - mean) + self.epsilon
        weight -= lr * mean / (nd.sqrt(spread) + self.epsilon)


@register
class GroupAdaGrad(Optimizer):
    """AdaGrad with one history for each row of a matrix; it has no weight decay."""

    def __init__(self, eps=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.float_stable_eps = eps

    def create_state(self, index, weight):
        """The sum of mean squared gradients of each row."""
        return zeros(weight[:, :1])

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, _ = self._begin(index)
        assert wd == 0, "Weight decay is not supported for GroupAdaGrad"
        grad = self._scaled(grad)
        state += nd.mean(nd.square(grad), axis=1, keepdims=True)
        weight -= lr * grad / nd.sqrt(state + self.float_stable_eps)
