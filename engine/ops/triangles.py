"""Rows that keep a triangle, turn an array round in itself, or put a border about it."""

from .. import shapes
from ..errors import ShapeError, message
from ..registry import Sample, movement


def _matrix(name):
    def shape(x, *, k):
        if not x:
            raise ShapeError(message(
                name, f"got shape {x}", "It needs a matrix, or a batch of matrices"))
        return x if len(x) > 1 else x * 2  # of a vector, the matrix whose rows it is

    return shape


def _triangle(name):
    return lambda xp, x, *, k: getattr(xp, name)(x, max(-(2**31), min(2**31 - 1, k)))


def _tril_vjp(F, g, y, x, *, k):
    return F.tril(g, k=k)


def _triu_vjp(F, g, y, x, *, k):
    return F.triu(g, k=k)


_TRIANGLES = (Sample(((3, 4),), {"k": 0}), Sample(((2, 3, 3),), {"k": -1}))
movement("tril", _triangle("tril"), _tril_vjp, _matrix("tril"), nd=False, attrs={"k": 0},
         samples=_TRIANGLES, doc="The elements on and below diagonal `k`; zeros above.",
         latex=r"\operatorname{tril} {x}", latex_vjp=r"\operatorname{tril} \bar{y}")
movement("triu", _triangle("triu"), _triu_vjp, _matrix("triu"), nd=False, attrs={"k": 0},
         samples=_TRIANGLES, doc="The elements on and above diagonal `k`; zeros below.",
         latex=r"\operatorname{triu} {x}", latex_vjp=r"\operatorname{triu} \bar{y}")


def _steps(x, shift, axis):
    """Steps forward for each axis, each below the axis's size; None for the flattened array."""
    if axis is None:
        if not isinstance(shift, int):
            raise ShapeError(message("roll", f"got shift {shift} without an axis",
                                     "Several shifts need as many axes"))
        return None
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    by = (shift,) * len(axes) if isinstance(shift, int) else tuple(shift)
    if len(by) != len(axes):
        raise ShapeError(message("roll", f"got shift {shift} for axis {axis}",
                                 "There must be one shift for each axis"))
    steps = [0] * len(x)
    for n, a in zip(by, axes, strict=True):
        steps[shapes.axis_of("roll", a, len(x))] += n
    return tuple(n % size if size else 0 for n, size in zip(steps, x, strict=True))


def _roll(xp, x, *, shift, axis):
    steps = _steps(x.shape, shift, axis)
    if steps is None:
        return xp.roll(x, shift % (x.size or 1))
    return xp.roll(x, steps, tuple(range(len(steps))))


def _roll_vjp(F, g, y, x, *, shift, axis):
    back = -shift if isinstance(shift, int) else tuple(-n for n in shift)
    return F.roll(g, shift=back, axis=axis)


def _rolled_shape(x, *, shift, axis):
    _steps(x, shift, axis)
    return x


movement("roll", _roll, _roll_vjp, _rolled_shape, nd=False, attrs={"shift": 0, "axis": None},
         samples=(Sample(((2, 3),), {"shift": 2, "axis": None}),
                  Sample(((2, 3),), {"shift": (1, -2), "axis": (0, 1)})),
         doc="Elements moved on along an axis; those pushed out come in again at the other end.",
         latex=r"\operatorname{roll} {x}", latex_vjp=r"\operatorname{roll}^{-1} \bar{y}")


def _pairs(x, widths):
    """Pairs of the border before and after each axis."""
    if len(widths) != 2 * len(x) or any(n < 0 for n in widths):
        raise ShapeError(message(
            "pad", f"got widths {widths} for an array of shape {x}",
            "There must be two widths, 0 or more, for each axis: before and after"))
    return tuple(zip(widths[::2], widths[1::2], strict=True))


def _pad_vjp(F, g, y, x, *, widths, constant_value):
    inner = tuple(slice(a, a + n) for (a, _), n in zip(_pairs(x.shape, widths), x.shape,
                                                      strict=True))
    return F.getitem(g, key=inner)


movement("pad_constant",
         lambda xp, x, *, widths, constant_value: xp.pad(
             x, _pairs(x.shape, widths), constant_values=constant_value),
         _pad_vjp,
         lambda x, *, widths, constant_value: tuple(
             a + n + b for (a, b), n in zip(_pairs(x, widths), x, strict=True)),
         nd=False, np=False, attrs={"widths": (), "constant_value": 0}, grows=True, symbol="pad",
         samples=(Sample(((2, 3),), {"widths": (1, 0, 2, 1), "constant_value": 0.5}),),
         doc="A border of one number about the array.", latex=r"\operatorname{pad} {x}",
         latex_vjp=r"\bar{y} \text{ without the border}")
