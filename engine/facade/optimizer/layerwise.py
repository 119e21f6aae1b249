"""Optimizers for large batches and many workers: steps scaled by the norms of a layer's weights."""

import math

from ...elsewhere import host
from .. import nd
from .base import Optimizer, bias_corrections, register, zeros
from .descent import SGD

__all__ = ["DCASGD", "LAMB", "LANS", "LARS", "LBSGD"]


def _norm(x):
    return math.sqrt(float((host(x._data).astype("float64") ** 2).sum()))


class _Trusted(Optimizer):
    """Adam's direction, scaled so that a step's length is in proportion to the weight's."""

    def __init__(
        self,
        learning_rate=0.001,
        beta1=0.9,
        beta2=0.999,
        epsilon=1e-6,
        lower_bound=None,
        upper_bound=None,
        bias_correction=True,
        **kwargs,
    ):
        kwargs.pop("aggregate_num", None)
        kwargs.pop("use_fused_step", None)
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.lower_bound, self.upper_bound = lower_bound, upper_bound
        self.bias_correction = bias_correction

    def create_state(self, index, weight):
        """Mean gradient and mean squared gradient."""
        return zeros(weight, 2)

    def _means(self, grad, state, t):
        mean, square = state
        mean[:] = self.beta1 * mean + (1.0 - self.beta1) * grad
        square[:] = self.beta2 * square + (1.0 - self.beta2) * nd.square(grad)
        if not self.bias_correction:
            return mean, square
        first, second, _ = bias_corrections(self.beta1, self.beta2, t)
        return mean / first, square / second

    def _length(self, weight):
        norm = _norm(weight)
        if self.lower_bound:
            norm = max(norm, self.lower_bound)
        return min(norm, self.upper_bound) if self.upper_bound else norm

    def _trust(self, length, step):
        size = _norm(step)
        return length / size if length and size else 1.0


@register
class LAMB(_Trusted):
    """Adam with weight decay apart, each layer's step scaled to its weights."""

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, t = self._begin(index)
        mean, square = self._means(self._scaled(grad), state, t)
        step = mean / (nd.sqrt(square) + self.epsilon) + wd * weight
        weight -= lr * self._trust(self._length(weight), step) * step


@register
class LANS(_Trusted):
    """LAMB on gradients of length 1, with a step along the gradient besides that of the mean."""

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, t = self._begin(index)
        grad = grad * self.rescale_grad
        grad = self._cut(grad / (_norm(grad) or 1.0))
        mean, square = self._means(grad, state, t)
        spread = nd.sqrt(square) + self.epsilon
        length = self._length(weight)
        for part, direction in ((self.beta1, mean), (1 - self.beta1, grad)):
            step = direction / spread + wd * weight
            weight -= lr * part * self._trust(length, step) * step


@register
class LARS(SGD):
    """SGD with the learning rate of each layer scaled by its weights' norm over its gradient's."""

    def __init__(self, momentum=0.0, eta=0.001, eps=0, momentum_correction=True, **kwargs):
        kwargs.setdefault("learning_rate", 0.1)
        super().__init__(momentum=momentum, **kwargs)
        self.eta, self.eps, self.momentum_correction = eta, eps, momentum_correction
        self._last = None

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, _ = self._begin(index)
        now = self.learning_rate
        last = now if self._last is None else self._last
        if not str(self.idx2name.get(index, index)).endswith(("gamma", "beta", "bias")):
            length, slope = _norm(weight), _norm(grad) * self.rescale_grad
            if length > 0 and slope > 0:
                lr *= self.eta * length / (slope + wd * length + self.eps)
        step = lr * (self._scaled(grad) + wd * weight)
        if state is None:
            weight -= step
        else:
            corrected = self.momentum_correction and last
            keep = self.momentum * now / last if corrected else self.momentum
            state[:] = keep * state - step
            weight += state
        self._last = now


@register
class LBSGD(SGD):
    """SGD for large batches: gradients of `batch_scale` batches add up, the rate warms up."""

    def __init__(
        self,
        momentum=0.0,
        multi_precision=False,
        warmup_strategy="linear",
        warmup_epochs=5,
        batch_scale=1,
        updates_per_epoch=32,
        begin_epoch=0,
        num_epochs=60,
        **kwargs,
    ):
        super().__init__(momentum=momentum, multi_precision=multi_precision, **kwargs)
        self.warmup_strategy, self.batch_scale = warmup_strategy, batch_scale
        self._warmup = warmup_epochs * updates_per_epoch
        self._first = begin_epoch * updates_per_epoch
        self._gathered = {}

    def _factor_at(self, count):
        if count >= self._warmup:
            return float(self.batch_scale)
        if self._warmup <= 1:
            return 1.0
        share = count / self._warmup
        rises = {"linear": share, "power2": share * share, "sqrt": math.sqrt(share)}
        return 1.0 + (self.batch_scale - 1) * rises.get(self.warmup_strategy, 0.0)

    def update(self, index, weight, grad, state):
        """Gathers a gradient, and makes a step when there are enough."""
        lr, wd, _ = self._begin(index)
        total, count = self._gathered.get(index, (None, self._first))
        total, count = grad.copy() if total is None else total + grad, count + 1
        if count % self.batch_scale:
            self._gathered[index] = total, count
            return
        self._gathered[index] = None, count
        grad = total / self.batch_scale
        if self.warmup_strategy == "lars":
            squares = _norm(weight) ** 2, _norm(grad) ** 2
            ratio = math.sqrt(squares[0] / (squares[1] + wd * squares[0] + 1e-18))
            lr *= min(max(ratio, 0.01), 100)
        else:
            lr *= self._factor_at(count)
        step = lr * (self._scaled(grad) + wd * weight)
        if state is None:
            weight -= step
        else:
            state[:] = self.momentum * state - step
            weight += state


@register
class DCASGD(Optimizer):
    """SGD that makes up for old gradients, by their square and the way since then."""

    def __init__(self, momentum=0.0, lamda=0.04, **kwargs):
        super().__init__(**kwargs)
        self.momentum, self.lamda = momentum, lamda

    def create_state(self, index, weight):
        """The velocity, if there is momentum, and the previous weight."""
        return (zeros(weight) if self.momentum else None, weight.copy())

    def update(self, index, weight, grad, state):
        """One step."""
        lr, wd, _ = self._begin(index)
        grad = self._scaled(grad)
        velocity, previous = state
        behind = self.lamda * grad * grad * (weight - previous)
        step = -lr * (grad + wd * weight + behind)
        if velocity is not None:
            velocity[:] = self.momentum * velocity + step
            step = velocity
        previous[:] = weight
        weight += step
