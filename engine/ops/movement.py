"""Operations that rearrange, repeat or join elements; their VJPs put the cotangent back."""

from itertools import pairwise
from math import prod

from .. import shapes
from ..errors import ShapeError, message
from ..registry import Sample, movement


def _transpose_axes(rank, axes):
    """`axes` of a transpose, counted from the front; raises `ShapeError` unless a permutation."""
    if axes is None:
        return tuple(range(rank))[::-1]
    found = tuple(shapes.axis_of("transpose", a, rank) for a in axes)
    if sorted(found) != list(range(rank)):
        raise ShapeError(message(
            "transpose", f"axes {tuple(axes)} for an array of {rank} axes",
            "Each axis must be named exactly once"))
    return found


def _transpose_vjp(F, g, y, x, *, axes):
    order = _transpose_axes(len(x.shape), axes)
    return F.transpose(g, tuple(order.index(i) for i in range(len(order))))


def _expanded_shape(x, *, axis):
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    rank = len(x) + len(axes)
    at = shapes.axes_of("expand_dims", axes, rank)
    rest = iter(x)
    return tuple(1 if i in at else next(rest) for i in range(rank))


def _squeezed_shape(x, *, axis):
    if axis is None:
        return tuple(n for n in x if n != 1)
    at = shapes.axes_of("squeeze", axis, len(x))
    for i in at:
        if x[i] != 1:
            raise ShapeError(message(
                "squeeze", f"axis {i} of shape {x} has size {x[i]}",
                "Only axes of size 1 can be squeezed away"))
    return tuple(n for i, n in enumerate(x) if i not in at)


def _swapped_shape(x, *, axis1, axis2):
    i, j = (shapes.axis_of("swapaxes", a, len(x)) for a in (axis1, axis2))
    out = list(x)
    out[i], out[j] = out[j], out[i]
    return tuple(out)


def _broadcast_shape(x, *, shape):
    out = shapes.broadcast("broadcast_to", x, tuple(shape))
    if out != tuple(shape):
        raise ShapeError(message(
            "broadcast_to", f"cannot broadcast shape {x} to {tuple(shape)}",
            "Every size must be equal to the wanted one, or 1"))
    return out


def _concatenated_shape(*xs, axis):
    if not xs:
        raise ShapeError(message("concatenate", "got no arrays", "It needs at least one"))
    at = shapes.axis_of("concatenate", axis, len(xs[0]))
    for x in xs[1:]:
        if len(x) != len(xs[0]) or any(
            n != m for i, (n, m) in enumerate(zip(x, xs[0], strict=True)) if i != at
        ):
            raise ShapeError(message(
                "concatenate", f"cannot join shapes {xs[0]} and {x} along axis {axis}",
                "All other sizes must agree"))
    return xs[0][:at] + (sum(x[at] for x in xs),) + xs[0][at + 1 :]


def _concatenate_vjp(F, g, y, *xs, arg, axis):
    at = axis % len(y.shape)
    start = sum(x.shape[at] for x in xs[:arg])
    key = (slice(None),) * at + (slice(start, start + xs[arg].shape[at]),)
    return F.getitem(g, key=key)


def _stacked_shape(*xs, axis):
    if not xs:
        raise ShapeError(message("stack", "got no arrays", "It needs at least one"))
    for x in xs[1:]:
        if x != xs[0]:
            raise ShapeError(message(
                "stack", f"cannot stack shapes {xs[0]} and {x}", "All shapes must be equal"))
    at = shapes.axis_of("stack", axis, len(xs[0]) + 1)
    return xs[0][:at] + (len(xs),) + xs[0][at:]


def _stack_vjp(F, g, y, *xs, arg, axis):
    return F.getitem(g, key=(slice(None),) * (axis % len(y.shape)) + (arg,))


def cuts(size, sections):
    """Start and end of each part of an axis of `size` split at or into `sections`."""
    if isinstance(sections, int):
        if sections < 1 or size % sections:
            raise ShapeError(message(
                "split", f"cannot split {size} elements into {sections} equal parts",
                "The number of parts must divide the size"))
        step = size // sections
        return [(i * step, (i + 1) * step) for i in range(sections)]
    # Positions count from the end where they are negative, as bounds of slices do.
    ends = [0, *(slice(int(n), None).indices(size)[0] for n in sections), size]
    if any(a > b for a, b in pairwise(ends)):
        raise ShapeError(message(
            "split", f"cannot split {size} elements at {tuple(sections)}",
            "The positions must not go back"))
    return [*pairwise(ends)]


def _split_shape(x, *, indices_or_sections, axis):
    at = shapes.axis_of("split", axis, len(x))
    return [x[:at] + (b - a,) + x[at + 1 :] for a, b in cuts(x[at], indices_or_sections)]


def _split(xp, x, *, indices_or_sections, axis):
    lead = (slice(None),) * (axis % len(x.shape))
    return [x[(*lead, slice(a, b))] for a, b in cuts(x.shape[axis], indices_or_sections)]


def _split_vjp(F, g, y, x, *, indices_or_sections, axis):
    return F.concatenate(g, axis=axis)


def _repeat_vjp(F, g, y, x, *, repeats, axis):
    if axis is None:
        return F.reshape(F.sum(F.reshape(g, (-1, repeats)), axis=1), x.shape)
    at = axis % len(x.shape)
    split = x.shape[: at + 1] + (repeats,) + x.shape[at + 1 :]
    return F.sum(F.reshape(g, split), axis=at + 1)


def _repeat_shape(x, *, repeats, axis):
    if axis is None:
        return (prod(x) * repeats,)
    at = shapes.axis_of("repeat", axis, len(x))
    return x[:at] + (x[at] * repeats,) + x[at + 1 :]


def _tiles(x, reps):
    reps = (reps,) if isinstance(reps, int) else tuple(reps)
    rank = max(len(x), len(reps))
    return (1,) * (rank - len(x)) + tuple(x), (1,) * (rank - len(reps)) + reps


def _tile_vjp(F, g, y, x, *, reps):
    sizes, times = _tiles(x.shape, reps)
    split = tuple(n for pair in zip(times, sizes, strict=True) for n in pair)
    summed = F.sum(F.reshape(g, split), axis=tuple(range(0, len(split), 2)))
    return F.reshape(summed, x.shape)


def _flipped_shape(x, *, axis):
    shapes.axes_of("flip", axis, len(x))
    return x


def _flip_vjp(F, g, y, x, *, axis):
    return F.flip(g, axis=axis)


def _reshape_shape(x, *, newshape):
    """The row knows NumPy's shapes alone, where 0 is a size; MXNet's codes are resolved before."""
    new = (newshape,) if isinstance(newshape, int) else tuple(newshape)
    if all(n >= 0 for n in new) and prod(new) == prod(x):
        return new
    return shapes.reshape("reshape", x, newshape)


movement("reshape", lambda xp, x, *, newshape: xp.reshape(x, newshape),
         lambda F, g, y, x, *, newshape: F.reshape(g, x.shape),
         _reshape_shape, nd=False, attrs={"newshape": None},
         samples=(Sample(((2, 3),), {"newshape": (3, 2)}), Sample(((2, 3),), {"newshape": (-1,)})),
         doc="Same elements in another shape.", latex=r"\operatorname{reshape} {x}",
         latex_vjp=r"\operatorname{reshape} \bar{y}")
movement("transpose", lambda xp, x, *, axes: xp.transpose(x, axes), _transpose_vjp,
         lambda x, *, axes: tuple(x[i] for i in _transpose_axes(len(x), axes)),
         attrs={"axes": None}, symbol="ᵀ",
         samples=(Sample(((2, 3),), {"axes": None}), Sample(((2, 3, 4),), {"axes": (1, 2, 0)})),
         doc="Axes in another order (reversed when axes is None).", latex=r"{x}^\top",
         latex_vjp=r"\bar{y}^\top")
movement("expand_dims", lambda xp, x, *, axis: xp.expand_dims(x, axis),
         lambda F, g, y, x, *, axis: F.reshape(g, x.shape), _expanded_shape, attrs={"axis": 0},
         samples=(Sample(((2, 3),), {"axis": 1}), Sample(((3,),), {"axis": -1})),
         doc="A new axis of size 1.", latex=r"\operatorname{expand} {x}", latex_vjp=r"\bar{y}")
movement("squeeze", lambda xp, x, *, axis: xp.squeeze(x, axis),
         lambda F, g, y, x, *, axis: F.reshape(g, x.shape), _squeezed_shape, attrs={"axis": None},
         samples=(Sample(((2, 1, 3),), {"axis": None}), Sample(((2, 1, 1),), {"axis": 1})),
         doc="Drops axes of size 1.", latex=r"\operatorname{squeeze} {x}", latex_vjp=r"\bar{y}")
movement("swapaxes", lambda xp, x, *, axis1, axis2: xp.swapaxes(x, axis1, axis2),
         lambda F, g, y, x, *, axis1, axis2: F.swapaxes(g, axis1, axis2), _swapped_shape,
         attrs={"axis1": 0, "axis2": 1},
         samples=(Sample(((2, 3, 4),), {"axis1": 0, "axis2": -1}),),
         doc="Two axes exchanged.", latex=r"{x}^\top", latex_vjp=r"\bar{y}^\top")
movement("broadcast_to", lambda xp, x, *, shape: xp.broadcast_to(x, shape),
         lambda F, g, y, x, *, shape: g, _broadcast_shape, attrs={"shape": ()}, grows=True,
         samples=(Sample(((3,),), {"shape": (2, 3)}), Sample(((2, 1),), {"shape": (2, 3)})),
         doc="The array repeated to a larger shape.", latex=r"\operatorname{broadcast} {x}",
         latex_vjp=r"\sum \bar{y}")
movement("flip", lambda xp, x, *, axis: xp.flip(x, axis), _flip_vjp,
         _flipped_shape,
         attrs={"axis": None},
         samples=(Sample(((2, 3),), {"axis": None}), Sample(((2, 3),), {"axis": 1})),
         doc="Elements in reversed order along an axis.", latex=r"\operatorname{flip} {x}",
         latex_vjp=r"\operatorname{flip} \bar{y}")
movement("repeat", lambda xp, x, *, repeats, axis: xp.repeat(x, repeats, axis), _repeat_vjp,
         _repeat_shape, attrs={"repeats": 1, "axis": None}, grows=True,
         samples=(Sample(((2, 3),), {"repeats": 2, "axis": None}),
                  Sample(((2, 3),), {"repeats": 3, "axis": 1})),
         doc="Each element repeated.", latex=r"\operatorname{repeat} {x}",
         latex_vjp=r"\sum \bar{y}")
movement("tile", lambda xp, x, *, reps: xp.tile(x, reps), _tile_vjp,
         lambda x, *, reps: tuple(n * m for n, m in zip(*_tiles(x, reps), strict=True)),
         attrs={"reps": 1}, grows=True,
         samples=(Sample(((2, 3),), {"reps": 2}), Sample(((2,),), {"reps": (2, 2)})),
         doc="The array repeated as a whole.", latex=r"\operatorname{tile} {x}",
         latex_vjp=r"\sum \bar{y}")
movement("concatenate", lambda xp, *xs, axis: xp.concatenate(xs, axis=axis), _concatenate_vjp,
         _concatenated_shape, attrs={"axis": 0}, variadic=True, operands=("arrays",), nd=False,
         samples=(Sample(((2, 3), (1, 3)), {"axis": 0}),
                  Sample(((2, 1), (2, 2), (2, 3)), {"axis": -1})),
         doc="Arrays joined along an axis.", latex=r"[{arrays}]",
         latex_vjp=r"\text{its part of } \bar{y}")
movement("stack", lambda xp, *xs, axis: xp.stack(xs, axis=axis), _stack_vjp, _stacked_shape,
         attrs={"axis": 0}, variadic=True, operands=("arrays",),
         samples=(Sample(((2, 3), (2, 3)), {"axis": 0}), Sample(((2,), (2,)), {"axis": -1})),
         doc="Arrays of one shape joined along a new axis.", latex=r"[{arrays}]",
         latex_vjp=r"\text{its part of } \bar{y}")
movement("split", _split, _split_vjp, _split_shape, nd=False,
         attrs={"indices_or_sections": 1, "axis": 0}, outputs=None,
         samples=(Sample(((4, 3),), {"indices_or_sections": 2, "axis": 0}),
                  Sample(((2, 5),), {"indices_or_sections": (1, 3), "axis": 1})),
         doc="The array cut into parts along an axis.", latex=r"\operatorname{split} {x}",
         latex_vjp=r"[\bar{y}_1, \bar{y}_2, \dots]")
movement("detach", lambda xp, x: x, None, lambda x: x, nd=False, samples=(Sample(((2, 3),)),),
         np=False, doc="The same memory without a past: no gradient flows back through it.",
         latex=r"\operatorname{detach} {x}")
movement("stop_gradient", lambda xp, x: x.copy(), None, lambda x: x, samples=(Sample(((2, 3),)),),
         nd=("BlockGrad", "stop_gradient"), np="stop_gradient", npx="stop_gradient",
         doc="The same values, through which no gradient flows.",
         latex=r"\operatorname{stop} {x}")
movement("array", lambda xp, **_: None, None, lambda **_: (), nd=False, np=False, samples=(),
         operands=(), doc="An array made from data.", latex=r"{array}")
movement("copy", lambda xp, x: x.copy(), lambda F, g, y, x: g, lambda x: x, nd=False,
         samples=(Sample(((2, 3),)),), doc="The same values in new memory.", latex=r"{x}",
         latex_vjp=r"\bar{y}")
