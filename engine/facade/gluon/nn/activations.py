"""Activations as layers."""

import math

from ....errors import message
from ... import initializer, nd
from ..block import HybridBlock

__all__ = ["ELU", "GELU", "SELU", "Activation", "LeakyReLU", "PReLU", "SiLU", "Swish"]


class Activation(HybridBlock):
    """An activation by name: relu, sigmoid, tanh, softrelu, softsign."""

    def __init__(self, activation, **kwargs):
        self._act_type = activation
        super().__init__(**kwargs)

    def _alias(self):
        return self._act_type

    def hybrid_forward(self, F, x):
        """The activation of each element."""
        return nd.Activation(x, act_type=self._act_type)

    def __repr__(self):
        return f"{type(self).__name__}({self._act_type})"


class LeakyReLU(HybridBlock):
    """x where positive, alpha * x elsewhere."""

    def __init__(self, alpha, **kwargs):
        if alpha < 0:
            raise AssertionError(
                message(
                    "LeakyReLU",
                    f"got alpha={alpha}",
                    "Slope coefficient for LeakyReLU must be no less than 0",
                )
            )
        super().__init__(**kwargs)
        self._alpha = alpha

    def hybrid_forward(self, F, x):
        """The activation of each element."""
        return nd.LeakyReLU(x, act_type="leaky", slope=self._alpha)

    def __repr__(self):
        return f"{type(self).__name__}({self._alpha})"


class PReLU(HybridBlock):
    """x where positive, alpha * x elsewhere, with alpha learned: one, or one for each channel."""

    def __init__(self, alpha_initializer=None, in_channels=1, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            init = initializer.Constant(0.25) if alpha_initializer is None else alpha_initializer
            self.alpha = self.params.get("alpha", shape=(in_channels,), init=init)

    def hybrid_forward(self, F, x, alpha):
        """The activation of each element."""
        return nd.LeakyReLU(x, gamma=alpha, act_type="prelu")


class ELU(HybridBlock):
    """x where positive, alpha * (exp(x) - 1) elsewhere."""

    def __init__(self, alpha=1.0, **kwargs):
        super().__init__(**kwargs)
        self._alpha = alpha

    def hybrid_forward(self, F, x):
        """The activation of each element."""
        return nd.LeakyReLU(x, act_type="elu", slope=self._alpha)


class SELU(HybridBlock):
    """ELU scaled so that signals keep mean 0 and variance 1."""

    def hybrid_forward(self, F, x):
        """The activation of each element."""
        return nd.LeakyReLU(x, act_type="selu")


#: Abramowitz and Stegun 7.1.26: 1 - erf(x) for x >= 0, to 1.5e-7.
ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


def erf(x):
    """The error function, by primitives where the namespace has none."""
    own = vars(nd).get("erf")
    if own is not None:
        return own(x)
    size = nd.abs(x)
    t = 1 / (1 + 0.3275911 * size)
    total = ERF[-1] * t
    for factor in ERF[-2::-1]:
        total = (total + factor) * t
    return nd.sign(x) * (1 - total * nd.exp(-size * size))


class GELU(HybridBlock):
    """x times the normal distribution's probability of being below x."""

    def hybrid_forward(self, F, x):
        """The activation of each element."""
        return 0.5 * x * (1 + erf(x * math.sqrt(0.5)))


class Swish(HybridBlock):
    """x * sigmoid(beta * x)."""

    def __init__(self, beta=1.0, **kwargs):
        super().__init__(**kwargs)
        self._beta = beta

    def hybrid_forward(self, F, x):
        """The activation of each element."""
        return x * nd.sigmoid(self._beta * x)


class SiLU(Swish):
    """x * sigmoid(x)."""

    def __init__(self, **kwargs):
        super().__init__(1.0, **kwargs)
