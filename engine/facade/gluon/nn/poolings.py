"""Pooling as layers: the largest element or the mean of windows, or of whole channels."""

from .. import spatial
from ..block import HybridBlock
from .convolutions import LAYOUTS, channels_last, channels_second, check_layout, tuple_of

__all__ = [
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "ReflectionPad2D",
]


class _Pooling(HybridBlock):
    """Pooling over `COUNT` spatial axes."""

    COUNT, KIND, WHOLE = 2, "max", False

    def _set(self, pool_size, strides, padding, ceil_mode, layout):
        n, thing = self.COUNT, type(self).__name__
        layout = layout or LAYOUTS[n][0]
        self._last = check_layout(layout, n, thing)
        kernel = tuple_of(pool_size, n, f"{thing} pool_size")
        self._kwargs = {
            "kernel": kernel,
            "stride": kernel if strides is None else tuple_of(strides, n, f"{thing} strides"),
            "pad": tuple_of(padding, n, f"{thing} padding"),
            "global_pool": self.WHOLE,
            "pool_type": self.KIND,
            "layout": layout,
            "pooling_convention": "full" if ceil_mode else "valid",
        }
        self._count_pad = True

    def _alias(self):
        return "pool"

    def hybrid_forward(self, F, x):
        """One number for each window of each channel."""
        given = self._kwargs
        x = channels_second(x) if self._last else x
        if self.WHOLE:
            y = spatial.global_pooling(x, self.KIND)
        else:
            ceil = given["pooling_convention"] == "full"
            numbers = (given["kernel"], given["stride"], given["pad"])
            y = spatial.pooling(x, *numbers, self.KIND, ceil, self._count_pad)
        return channels_last(y) if self._last else y

    def __repr__(self):
        given = self._kwargs
        ceil = given["pooling_convention"] == "full"
        return (
            f"{type(self).__name__}(size={given['kernel']}, stride={given['stride']}, "
            f"padding={given['pad']}, ceil_mode={ceil}, global_pool={given['global_pool']}, "
            f"pool_type={given['pool_type']}, layout={given['layout']})"
        )


class _MaxPool(_Pooling):
    def __init__(
        self, pool_size=2, strides=None, padding=0, layout=None, ceil_mode=False, **kwargs
    ):
        super().__init__(**kwargs)
        self._set(pool_size, strides, padding, ceil_mode, layout)


class _AvgPool(_Pooling):
    KIND = "avg"

    def __init__(
        self,
        pool_size=2,
        strides=None,
        padding=0,
        ceil_mode=False,
        layout=None,
        count_include_pad=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._set(pool_size, strides, padding, ceil_mode, layout)
        self._count_pad = count_include_pad


class _Whole(_Pooling):
    WHOLE = True

    def __init__(self, layout=None, **kwargs):
        super().__init__(**kwargs)
        self._set(1, None, 0, True, layout)


class MaxPool1D(_MaxPool):
    """The largest element of each window of sequences."""

    COUNT = 1


class GlobalMaxPool1D(_Whole):
    """The largest element of each channel of sequences."""

    COUNT = 1


class AvgPool1D(_AvgPool):
    """The mean of each window of sequences."""

    COUNT = 1


class GlobalAvgPool1D(_Whole):
    """The mean of each channel of sequences."""

    COUNT = 1
    KIND = "avg"


class MaxPool2D(_MaxPool):
    """The largest element of each window of images."""


class GlobalMaxPool2D(_Whole):
    """The largest element of each channel of images."""


class AvgPool2D(_AvgPool):
    """The mean of each window of images."""


class GlobalAvgPool2D(_Whole):
    """The mean of each channel of images."""

    KIND = "avg"


class MaxPool3D(_MaxPool):
    """The largest element of each window of volumes."""

    COUNT = 3


class GlobalMaxPool3D(_Whole):
    """The largest element of each channel of volumes."""

    COUNT = 3


class AvgPool3D(_AvgPool):
    """The mean of each window of volumes."""

    COUNT = 3


class GlobalAvgPool3D(_Whole):
    """The mean of each channel of volumes."""

    COUNT = 3
    KIND = "avg"


class ReflectionPad2D(HybridBlock):
    """Images mirrored at their edges."""

    def __init__(self, padding=0, **kwargs):
        super().__init__(**kwargs)
        if isinstance(padding, int):
            padding = (0, 0, 0, 0, padding, padding, padding, padding)
        if len(padding) != 8:
            raise AssertionError("ReflectionPad2D: padding must be a number or 8 numbers")
        self._padding = tuple(padding)

    def hybrid_forward(self, F, x):
        """`x` with its mirror image around it."""
        return spatial.reflected(x, (self._padding[4:6], self._padding[6:8]))
