"""Normalization layers: batch, layer, instance, group."""

from .... import autograd
from ....function import Function
from ..block import HybridBlock

__all__ = ["BatchNorm", "BatchNormReLU", "GroupNorm", "InstanceNorm", "LayerNorm", "SyncBatchNorm"]


class _Norm(HybridBlock):
    """What the layers share: gamma and beta, whose size follows from the data."""

    _axis = 1

    def _scales(self, size, scale, center, gamma_initializer, beta_initializer, fixed=False):
        for name, learned, init in (
            ("gamma", scale, gamma_initializer),
            ("beta", center, beta_initializer),
        ):
            param = self.params.get(
                name,
                grad_req="write" if learned else "null",
                shape=(size,),
                init=init,
                allow_deferred_init=True,
                differentiable=learned or not fixed,
            )
            setattr(self, name, param)

    def infer_shape(self, x, *args):
        """Sets the number of channels."""
        for param in self._reg_params.values():
            param.shape = (x.shape[self._axis],)

    def __repr__(self):
        content = ", ".join(f"{key}={value!r}" for key, value in self._kwargs.items())
        return f"{type(self).__name__}({content}, in_channels={self._channels()})"

    def _channels(self):
        return self.gamma.shape[0]


def along(vector, ndim, axis):
    """`vector` shaped so that it broadcasts along one axis of an array."""
    shape = [1] * ndim
    shape[axis] = -1
    return vector.reshape(tuple(shape))


def standardized(x, axes, eps):
    """`x` with mean 0 and variance 1 over the axes."""
    centered = x - x.mean(axis=axes, keepdims=True)
    variance = (centered * centered).mean(axis=axes, keepdims=True)
    return centered / (variance + eps).sqrt()


class _Remember(Function):
    """Passes `y` on; in the backward pass running statistics take in those of the batch.

    So does MXNet: they change when the gradient is computed, not before.
    """

    def __init__(self, running, batch, momentum):
        super().__init__()
        self._what = running, batch, momentum

    def forward(self, y):
        """`y`."""
        return y

    def backward(self, dy):
        """`dy`."""
        running, batch, momentum = self._what
        with autograd.pause():
            for kept, new in zip(running, batch, strict=True):
                kept[:] = (momentum * kept + (1 - momentum) * new).asnumpy()
        return dy


class BatchNorm(_Norm):
    """Makes each channel of a batch have mean 0 and variance 1, then scales and shifts it.

    Outside training it uses running statistics, which training has gathered.
    """

    def __init__(
        self,
        axis=1,
        momentum=0.9,
        epsilon=1e-5,
        center=True,
        scale=True,
        use_global_stats=False,
        beta_initializer="zeros",
        gamma_initializer="ones",
        running_mean_initializer="zeros",
        running_variance_initializer="ones",
        in_channels=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._kwargs = {
            "axis": axis,
            "eps": epsilon,
            "momentum": momentum,
            "fix_gamma": not scale,
            "use_global_stats": use_global_stats,
        }
        self._axis = axis
        self._scales(in_channels, scale, center, gamma_initializer, beta_initializer, fixed=True)
        for name, init in (
            ("running_mean", running_mean_initializer),
            ("running_var", running_variance_initializer),
        ):
            param = self.params.get(
                name,
                grad_req="null",
                shape=(in_channels,),
                init=init,
                allow_deferred_init=True,
                differentiable=False,
            )
            setattr(self, name, param)

    def _channels(self):
        return self.gamma.shape[0] or None

    def hybrid_forward(self, F, x, gamma, beta, running_mean, running_var):
        """`x` normalized, scaled and shifted."""
        axis, eps = self._axis % x.ndim, self._kwargs["eps"]
        batch = autograd.is_training() and not self._kwargs["use_global_stats"]
        if batch:
            axes = tuple(k for k in range(x.ndim) if k != axis)
            mean = x.mean(axis=axes, keepdims=True)
            centered = x - mean
            variance = (centered * centered).mean(axis=axes, keepdims=True)
        else:
            centered = x - along(running_mean, x.ndim, axis)
            variance = along(running_var, x.ndim, axis)
        y = centered / (variance + eps).sqrt()
        if not self._kwargs["fix_gamma"]:
            y = y * along(gamma, x.ndim, axis)
        y = y + along(beta, x.ndim, axis)
        if batch and autograd.is_recording():
            flat = [s.detach().reshape((-1,)) for s in (mean, variance)]
            y = _Remember((running_mean, running_var), flat, self._kwargs["momentum"])(y)
        return y


class BatchNormReLU(BatchNorm):
    """BatchNorm followed by ReLU."""

    def hybrid_forward(self, F, x, **params):
        """The positive part of `x` normalized, scaled and shifted."""
        return super().hybrid_forward(F, x, **params).relu()


class SyncBatchNorm(BatchNorm):
    """BatchNorm over all devices: there is one here."""

    def __init__(self, in_channels=0, num_devices=None, **kwargs):
        super().__init__(in_channels=in_channels, **kwargs)


class LayerNorm(_Norm):
    """Makes each sample have mean 0 and variance 1 along an axis, then scales and shifts it."""

    def __init__(
        self,
        axis=-1,
        epsilon=1e-5,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        in_channels=0,
        prefix=None,
        params=None,
    ):
        super().__init__(prefix=prefix, params=params)
        self._kwargs = {"eps": epsilon, "axis": axis, "center": center, "scale": scale}
        self._axis = axis
        self._scales(in_channels, scale, center, gamma_initializer, beta_initializer)

    def hybrid_forward(self, F, x, gamma, beta):
        """`x` normalized, scaled and shifted."""
        y = standardized(x, self._axis, self._kwargs["eps"])
        return y * along(gamma, x.ndim, self._axis) + along(beta, x.ndim, self._axis)


class InstanceNorm(_Norm):
    """Makes each channel of each sample have mean 0 and variance 1, then scales and shifts it."""

    def __init__(
        self,
        axis=1,
        epsilon=1e-5,
        center=True,
        scale=False,
        beta_initializer="zeros",
        gamma_initializer="ones",
        in_channels=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._kwargs = {"eps": epsilon, "axis": axis, "center": center, "scale": scale}
        self._axis = axis
        self._scales(in_channels, scale, center, gamma_initializer, beta_initializer)

    def hybrid_forward(self, F, x, gamma, beta):
        """`x` normalized, scaled and shifted."""
        channel = self._axis % x.ndim
        axes = tuple(k for k in range(1, x.ndim) if k != channel)
        y = standardized(x, axes, self._kwargs["eps"])
        return y * along(gamma, x.ndim, channel) + along(beta, x.ndim, channel)


class GroupNorm(_Norm):
    """Makes groups of channels of each sample have mean 0 and variance 1, scales and shifts."""

    def __init__(
        self,
        num_groups=1,
        epsilon=1e-5,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        prefix=None,
        params=None,
    ):
        super().__init__(prefix=prefix, params=params)
        self._kwargs = {
            "eps": epsilon,
            "num_groups": num_groups,
            "center": center,
            "scale": scale,
        }
        self._scales(num_groups, scale, center, gamma_initializer, beta_initializer)

    def hybrid_forward(self, F, x, gamma, beta):
        """`x` normalized, scaled and shifted, group by group."""
        groups = self._kwargs["num_groups"]
        grouped = x.reshape((x.shape[0], groups, -1))
        y = standardized(grouped, 2, self._kwargs["eps"])
        return (y * along(gamma, 3, 1) + along(beta, 3, 1)).reshape(x.shape)

    def __repr__(self):
        content = ", ".join(f"{key}={value!r}" for key, value in self._kwargs.items())
        return f"{type(self).__name__}({content})"
