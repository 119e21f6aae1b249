"""Convolutions as layers, and their transposes."""

from ....errors import message
from .. import spatial
from ..block import HybridBlock
from .activations import Activation

__all__ = [
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
]

LAYOUTS = {1: ("NCW", "NWC"), 2: ("NCHW", "NHWC"), 3: ("NCDHW", "NDHWC")}


def tuple_of(value, count, thing):
    """`value` for each of `count` axes."""
    if isinstance(value, int):
        return (value,) * count
    if len(value) != count:
        raise AssertionError(
            message(thing, f"got {value!r}", f"It must be a number or a list of {count} ints")
        )
    return tuple(value)


def check_layout(layout, count, thing):
    """Whether channels come last; raises `AssertionError` for an unknown layout."""
    if layout not in LAYOUTS[count]:
        raise AssertionError(
            message(thing, f"got layout {layout!r}", f"It is {' or '.join(LAYOUTS[count])}")
        )
    return layout[-1] == "C"


def channels_second(x):
    """From channels last to channels second."""
    return x.transpose((0, x.ndim - 1, *range(1, x.ndim - 1)))


def channels_last(x):
    """From channels second to channels last."""
    return x.transpose((0, *range(2, x.ndim), 1))


class _Conv(HybridBlock):
    """A convolution with `COUNT` spatial axes."""

    COUNT = 2
    TRANSPOSED = False

    def __init__(
        self,
        channels,
        kernel_size,
        strides=1,
        padding=0,
        dilation=1,
        groups=1,
        layout=None,
        activation=None,
        use_bias=True,
        weight_initializer=None,
        bias_initializer="zeros",
        in_channels=0,
        prefix=None,
        params=None,
        output_padding=0,
    ):
        super().__init__(prefix=prefix, params=params)
        n, thing = self.COUNT, type(self).__name__
        layout = layout or LAYOUTS[n][0]
        self._last = check_layout(layout, n, thing)
        self._channels, self._in_channels = channels, in_channels
        self._kwargs = {
            "kernel": tuple_of(kernel_size, n, f"{thing} kernel_size"),
            "stride": tuple_of(strides, n, f"{thing} strides"),
            "dilate": tuple_of(dilation, n, f"{thing} dilation"),
            "pad": tuple_of(padding, n, f"{thing} padding"),
            "num_filter": channels,
            "num_group": groups,
            "no_bias": not use_bias,
            "layout": layout,
        }
        self._adj = tuple_of(output_padding, n, f"{thing} output_padding")
        with self.name_scope():
            self.weight = self.params.get(
                "weight",
                shape=self._weight_shape(in_channels),
                init=weight_initializer,
                allow_deferred_init=True,
            )
            self.bias = None
            if use_bias:
                self.bias = self.params.get(
                    "bias", shape=(channels,), init=bias_initializer, allow_deferred_init=True
                )
            self.act = None
            if activation is not None:
                self.act = Activation(activation, prefix=activation + "_")

    def _alias(self):
        return "conv"

    def _weight_shape(self, inputs):
        outer, inner = (inputs, self._channels) if self.TRANSPOSED else (self._channels, inputs)
        inner = max(inner, 0) // self._kwargs["num_group"]
        kernel = self._kwargs["kernel"]
        return (outer, *kernel, inner) if self._last else (outer, inner, *kernel)

    def infer_shape(self, x, *args):
        """Sets the number of input channels."""
        self.weight.shape = self._weight_shape(x.shape[-1 if self._last else 1])

    def hybrid_forward(self, F, x, weight, bias=None):
        """activation(weight * x + bias), where * is the convolution."""
        given = self._kwargs
        if self._last:
            x, weight = channels_second(x), channels_second(weight)
        numbers = (given["kernel"], given["stride"], given["dilate"], given["pad"])
        if self.TRANSPOSED:
            y = spatial.deconvolution(x, weight, bias, *numbers, self._adj, given["num_group"])
        else:
            y = spatial.convolution(x, weight, bias, *numbers, given["num_group"])
        y = channels_last(y) if self._last else y
        return y if self.act is None else self.act(y)

    def __repr__(self):
        given, n = self._kwargs, self.COUNT
        shape = self.weight.shape
        text = f"{type(self).__name__}({shape[1] or None} -> {shape[0]}"
        text += f", kernel_size={given['kernel']}, stride={given['stride']}"
        if given["pad"] != (0,) * n:
            text += f", padding={given['pad']}"
        if given["dilate"] != (1,) * n:
            text += f", dilation={given['dilate']}"
        if given["num_group"] != 1:
            text += f", groups={given['num_group']}"
        if self.bias is None:
            text += ", bias=False"
        return text + (f", {self.act})" if self.act else ")")


class _Transposed(_Conv):
    """A transposed convolution; `output_padding` comes after `padding`, as in MXNet."""

    TRANSPOSED = True

    def __init__(
        self, channels, kernel_size, strides=1, padding=0, output_padding=0, dilation=1, **kwargs
    ):
        super().__init__(
            channels,
            kernel_size,
            strides,
            padding,
            dilation,
            output_padding=output_padding,
            **kwargs,
        )


class Conv1D(_Conv):
    """Convolution over sequences: data of shape (batch, channel, width)."""

    COUNT = 1


class Conv2D(_Conv):
    """Convolution over images: data of shape (batch, channel, height, width)."""


class Conv3D(_Conv):
    """Convolution over volumes: data of shape (batch, channel, depth, height, width)."""

    COUNT = 3


class Conv1DTranspose(_Transposed):
    """Transposed convolution over sequences."""

    COUNT = 1


class Conv2DTranspose(_Transposed):
    """Transposed convolution over images."""


class Conv3DTranspose(_Transposed):
    """Transposed convolution over volumes."""

    COUNT = 3
