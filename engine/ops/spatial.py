"""Windows of images as columns (im2col) and back (col2im): what convolution and pooling need.

Each is the other's VJP. Arrays are (batch, channels, *space); space may have any number of axes.
"""

from itertools import product
from math import prod

from ..errors import ShapeError, message
from ..registry import Sample, general


def window_count(size, kernel, stride, dilate, pad) -> int:
    """How many windows lie along an axis."""
    return (size + 2 * pad - dilate * (kernel - 1) - 1) // stride + 1


def _checked(name, rank, kernel, stride, dilate, pad):
    """The four settings with one number for each axis of space, checked."""
    fits = all(len(part) == rank for part in (kernel, stride, dilate, pad))
    if not fits or min((*kernel, *stride, *dilate), default=0) < 1 or min(pad) < 0:
        raise ShapeError(message(
            name, f"got kernel {kernel}, stride {stride}, dilate {dilate}, pad {pad} for {rank} "
            "axes of space", "Each needs one number for each axis, 1 or more (pad: 0 or more)"))


def _columns_shape(x, *, kernel, stride, dilate, pad):
    if len(x) < 3:
        raise ShapeError(message(
            "im2col", f"got shape {x}", "It needs (batch, channels, *space)"))
    _checked("im2col", len(x) - 2, kernel, stride, dilate, pad)
    counts = [window_count(*each) for each in zip(x[2:], kernel, stride, dilate, pad, strict=True)]
    if min(counts) < 1:
        raise ShapeError(message(
            "im2col", f"a kernel of shape {kernel} (dilate {dilate}, pad {pad}) on space {x[2:]}",
            "The kernel must not be larger than the padded image"))
    return (x[0], x[1] * prod(kernel), prod(counts))


def _places(space, kernel, stride, dilate, pad):
    """For each place in the kernel, the slices of the padded image that its windows see."""
    counts = [window_count(*each) for each in zip(space, kernel, stride, dilate, pad, strict=True)]
    for at in product(*(range(k) for k in kernel)):
        starts = [i * d for i, d in zip(at, dilate, strict=True)]
        yield tuple(slice(a, a + s * (n - 1) + 1, s)
                    for a, s, n in zip(starts, stride, counts, strict=True))


def _im2col(xp, x, *, kernel, stride, dilate, pad):
    out = _columns_shape(x.shape, kernel=kernel, stride=stride, dilate=dilate, pad=pad)
    space = x.shape[2:]
    if any(pad):
        x = xp.pad(x, ((0, 0), (0, 0), *((p, p) for p in pad)))
    every = slice(None)
    parts = [xp.reshape(x[(every, every, *place)], (*x.shape[:2], out[2]))
             for place in _places(space, kernel, stride, dilate, pad)]
    return xp.reshape(xp.stack(parts, axis=2), out)


def _image_shape(x, *, space, kernel, stride, dilate, pad):
    _checked("col2im", len(space), kernel, stride, dilate, pad)
    counts = [window_count(*each) for each in zip(space, kernel, stride, dilate, pad, strict=True)]
    if len(x) != 3 or x[1] % prod(kernel) or min(counts) < 1 or x[2] != prod(counts):
        raise ShapeError(message(
            "col2im", f"columns of shape {x} do not make an image of {space} with kernel {kernel}",
            "They must have shape (batch, channels * kernel size, windows)"))
    return (x[0], x[1] // prod(kernel), *space)


def _col2im(xp, x, *, space, kernel, stride, dilate, pad):
    shape = _image_shape(x.shape, space=space, kernel=kernel, stride=stride, dilate=dilate, pad=pad)
    counts = [window_count(*each) for each in zip(space, kernel, stride, dilate, pad, strict=True)]
    wide = tuple(n + 2 * p for n, p in zip(space, pad, strict=True))
    image = xp.zeros((*shape[:2], *wide), dtype=x.dtype)
    x = xp.reshape(x, (*shape[:2], prod(kernel), *counts))
    every = slice(None)
    for k, place in enumerate(_places(space, kernel, stride, dilate, pad)):
        image[(every, every, *place)] += x[:, :, k]
    return image[(every, every, *(slice(p, p + n) for p, n in zip(pad, space, strict=True)))]


_ONE = {"kernel": (2,), "stride": (2,), "dilate": (1,), "pad": (1,)}
_TWO = {"kernel": (2, 2), "stride": (1, 2), "dilate": (2, 1), "pad": (0, 1)}
_NONE = {"kernel": (), "stride": (), "dilate": (), "pad": ()}

general("im2col", _im2col,
        (lambda F, g, y, x, *, kernel, stride, dilate, pad: F.col2im(
            g, space=x.shape[2:], kernel=kernel, stride=stride, dilate=dilate, pad=pad),),
        _columns_shape, attrs=_NONE, family="movement", grows=True,
        samples=(Sample(((2, 2, 4),), _ONE), Sample(((1, 2, 4, 3),), _TWO)),
        flops=lambda *_, **__: 0,
        doc="The windows of images that a kernel sees, each as a column.",
        latex=r"\operatorname{im2col} {x}", latex_vjps=(r"\operatorname{col2im} \bar{y}",))
general("col2im", _col2im,
        (lambda F, g, y, x, *, space, kernel, stride, dilate, pad: F.im2col(
            g, kernel=kernel, stride=stride, dilate=dilate, pad=pad),),
        _image_shape, attrs={"space": (), **_NONE}, family="movement", grows=True,
        samples=(Sample(((2, 4, 3),), {"space": (4,), **_ONE}),
                 Sample(((1, 8, 4),), {"space": (4, 3), **_TWO})),
        flops=lambda out, x, **_: prod(x),
        doc="Columns added up where their windows lie in the image.",
        latex=r"\operatorname{col2im} {x}", latex_vjps=(r"\operatorname{im2col} \bar{y}",))
