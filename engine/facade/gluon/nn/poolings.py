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


def _layer(base, name, count, kind, doc):
    made = type(name, (base,), {"COUNT": count, "KIND": kind, "__doc__": doc})
    made.__module__ = __name__
    return made


_DATA = {1: "sequences", 2: "images", 3: "volumes"}
for _n, _what in _DATA.items():
    for _kind, _word, _base in (("max", "largest element", _MaxPool), ("avg", "mean", _AvgPool)):
        _title = _kind.capitalize()
        _doc = f"The {_word} of each window of {_what}."
        globals()[f"{_title}Pool{_n}D"] = _layer(_base, f"{_title}Pool{_n}D", _n, _kind, _doc)
        _doc = f"The {_word} of each channel of {_what}."
        _name = f"Global{_title}Pool{_n}D"
        globals()[_name] = _layer(_Whole, _name, _n, _kind, _doc)


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
