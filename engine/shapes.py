"""Shape arithmetic as pure functions on tuples of Python integers; errors name the operation."""

from math import prod

from .errors import ShapeError, message, shapes_text

Shape = tuple[int, ...]


def broadcast(thing: str, *shapes: Shape) -> Shape:
    """Shape of operands of `shapes` broadcast together; raises `ShapeError` if they do not fit."""
    if len(set(shapes)) == 1:
        return shapes[0]
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(s)) + tuple(s) for s in shapes]
    out = []
    for sizes in zip(*padded, strict=True):
        wide = {n for n in sizes if n != 1}
        if len(wide) > 1:
            raise ShapeError(
                message(
                    thing,
                    f"cannot broadcast shapes {shapes_text(shapes)}",
                    "Sizes must be equal or 1 in every axis, counted from the last",
                    "Use `reshape` or `expand_dims` to line the axes up.",
                )
            )
        out.append(wide.pop() if wide else 1)
    return tuple(out)


def axis_of(thing: str, axis: int, rank: int) -> int:
    """`axis` counted from the front; raises `ShapeError` outside `-rank .. rank - 1`."""
    if not -rank <= axis < rank:
        raise ShapeError(
            message(
                thing,
                f"axis {axis} does not exist in an array of {rank} axes",
                f"axis must be between {-rank} and {rank - 1}",
            )
        )
    return axis % rank


def axes_of(thing: str, axis, rank: int) -> tuple[int, ...]:
    """The axes that `axis` (None, an integer or a tuple) means, counted from the front, sorted."""
    if axis is None:
        return tuple(range(rank))
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    found = tuple(sorted(axis_of(thing, int(a), rank) for a in axes))
    if len(set(found)) < len(found):
        raise ShapeError(message(thing, f"axis {axis} names one axis twice", "Each only once"))
    return found


def reduced(thing: str, shape: Shape, axis, keepdims: bool) -> Shape:
    """Shape after reducing `shape` over `axis`."""
    axes = axes_of(thing, axis, len(shape))
    if keepdims:
        return tuple(1 if i in axes else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)


def expanded(shape: Shape, axis) -> Shape:
    """`shape`'s reduction over `axis` with the reduced axes kept as 1: what undoes a reduction."""
    return reduced("reduction", shape, axis, True)


def summed_axes(wide: Shape, narrow: Shape) -> tuple[int, ...]:
    """Axes of `wide` over which a cotangent is summed to fit an operand of shape `narrow`."""
    lead = len(wide) - len(narrow)
    stretched = tuple(lead + i for i, n in enumerate(narrow) if n == 1 and wide[lead + i] != 1)
    return tuple(range(lead)) + stretched


def matmul(thing: str, a: Shape, b: Shape) -> Shape:
    """Shape of the matrix product of operands of shapes `a` and `b` (NumPy's rules for matmul)."""
    if not a or not b:
        raise ShapeError(
            message(
                thing,
                f"got shapes {shapes_text((a, b))}",
                "Both operands need at least one axis",
                "Write `*` to multiply by a number.",
            )
        )
    left, right = (1, *a) if len(a) == 1 else a, (*b, 1) if len(b) == 1 else b
    if left[-1] != right[-2]:
        raise ShapeError(
            message(
                thing,
                f"cannot multiply shapes {shapes_text((a, b))}",
                f"The inner sizes must agree, but {left[-1]} is not {right[-2]}",
                "Transpose one operand (`x.T`) or reshape it.",
            )
        )
    out = broadcast(thing, left[:-2], right[:-2])
    return out + (left[-2:-1] if len(a) > 1 else ()) + (right[-1:] if len(b) > 1 else ())


def dot(thing: str, a: Shape, b: Shape) -> Shape:
    """Shape of `np.dot`: scalars multiply, else last axis of `a` with last-but-one of `b`."""
    if not a or not b:
        return a or b
    inner = b[0] if len(b) == 1 else b[-2]
    if a[-1] != inner:
        raise ShapeError(
            message(
                thing,
                f"cannot multiply shapes {shapes_text((a, b))}",
                f"The inner sizes must agree, but {a[-1]} is not {inner}",
                "Transpose one operand (`x.T`) or reshape it.",
            )
        )
    return a[:-1] + (() if len(b) == 1 else b[:-2] + b[-1:])


def tensordot_axes(thing: str, a: Shape, b: Shape, axes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The contracted axes of each operand of `tensordot`, counted from the front."""
    if isinstance(axes, int):
        left, right = tuple(range(len(a) - axes, len(a))), tuple(range(axes))
    else:
        left, right = ((x,) if isinstance(x, int) else tuple(x) for x in axes)
        left = tuple(axis_of(thing, x, len(a)) for x in left)
        right = tuple(axis_of(thing, x, len(b)) for x in right)
    if [a[i] for i in left] != [b[i] for i in right]:
        raise ShapeError(
            message(
                thing,
                f"cannot contract shapes {shapes_text((a, b))} over axes {axes}",
                "The contracted sizes must agree",
            )
        )
    return left, right


def resolved(thing: str, shape: Shape, new, reverse: bool = False) -> Shape:
    """`reshape`; with `reverse` the codes are read from the right, sizes after -4 in order."""
    if not reverse:
        return reshape(thing, shape, new)
    new = [new] if isinstance(new, int) else list(new)
    groups = []
    while new:
        count = 3 if new[0] == -4 else 1
        groups.append([-4, *new[1:3][::-1]] if count == 3 else new[:1])
        new = new[count:]
    flat = tuple(n for group in reversed(groups) for n in group)
    return reshape(thing, tuple(shape[::-1]), flat)[::-1]


def reshape(thing: str, shape: Shape, new) -> Shape:
    """Resolves a reshape with MXNet's codes.

    -1 is inferred, 0 copies the axis, -2 copies all the rest, -3 joins two axes, -4 splits one
    into the next two numbers (one of which may be -1).
    """
    new = (new,) if isinstance(new, int) else tuple(int(n) for n in new)
    out, at, k = [], 0, 0
    while k < len(new):
        n = new[k]
        if n == 0 and at < len(shape):
            out.append(shape[at])
            at += 1
        elif n == -2:
            out.extend(shape[at:])
            at = len(shape)
        elif n == -3:
            out.append(prod(shape[at : at + 2]))
            at += 2
        elif n == -4:
            left, right = (*new[k + 1 : k + 3], 0, 0)[:2]
            if at >= len(shape) or 0 in (left, right):
                raise ShapeError(
                    message(
                        thing,
                        f"cannot reshape {shape} to {new}",
                        "After -4 come the two sizes into which an axis is split",
                    )
                )
            if left == -1:
                left = shape[at] // right
            if right == -1:
                right = shape[at] // left
            out += [left, right]
            at += 1
            k += 2
        else:
            out.append(n)
            at += 1
        k += 1
    size = prod(shape)
    if out.count(-1) > 1:
        raise ShapeError(message(thing, f"got shape {new}", "Only one size may be -1"))
    if -1 in out:
        rest = prod(n for n in out if n != -1)
        out[out.index(-1)] = size // rest if rest else 0
    if prod(out) != size:
        raise ShapeError(
            message(
                thing,
                f"cannot reshape {shape} ({size} elements) to {new}",
                "The number of elements must stay the same",
                "Use -1 for one size to have it inferred.",
            )
        )
    return tuple(out)
