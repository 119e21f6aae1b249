"""Sums of products over shared axes: dot, matmul, tensordot, batch_dot, einsum."""

from math import prod

from .. import shapes
from ..errors import ShapeError, message, shapes_text
from ..registry import Sample, contraction, general


def _dot_left(F, g, y, a, b):
    if not a.shape or not b.shape:
        return g * b
    if len(a.shape) == len(b.shape) == 2:
        return F.matmul(g, F.transpose(b))
    kept = tuple(i for i in range(len(b.shape)) if i != max(len(b.shape) - 2, 0))
    g = F.reshape(g, a.shape[:-1] + tuple(b.shape[i] for i in kept))
    return F.tensordot(g, b, axes=(tuple(range(len(a.shape) - 1, len(g.shape))), kept))


def _dot_right(F, g, y, a, b):
    if not a.shape or not b.shape:
        return g * a
    if len(a.shape) == len(b.shape) == 2:
        return F.matmul(F.transpose(a), g)
    lead = tuple(range(len(a.shape) - 1))
    inner = max(len(b.shape) - 2, 0)
    g = F.reshape(g, a.shape[:-1] + b.shape[:inner] + b.shape[inner + 1 :])
    moved = F.tensordot(a, g, axes=(lead, lead))  # the contracted axis comes out first
    order = (*range(1, inner + 1), 0, *range(inner + 1, len(b.shape)))
    return F.transpose(moved, order)


def _matmul_left(F, g, y, a, b):
    if len(b.shape) == 1:
        return F.expand_dims(g, -1) * b
    if len(a.shape) == 1:
        g = F.expand_dims(g, -2)
        wide = F.matmul(g, F.swapaxes(b, -1, -2))
        return F.reshape(F.sum(F.reshape(wide, (-1, a.shape[0])), axis=0), a.shape)
    return F.matmul(g, F.swapaxes(b, -1, -2))


def _matmul_right(F, g, y, a, b):
    if len(a.shape) == len(b.shape) == 1:
        return g * a
    if len(a.shape) == 1:
        return F.reshape(a, (a.shape[0], 1)) * F.expand_dims(g, -2)
    if len(b.shape) == 1:
        wide = F.expand_dims(g, -1) * a
        return F.sum(F.reshape(wide, (-1, b.shape[0])), axis=0)
    return F.matmul(F.swapaxes(a, -1, -2), g)


def _tensordot_left(F, g, y, a, b, *, axes):
    left, right = shapes.tensordot_axes("tensordot", a.shape, b.shape, axes)
    free = tuple(i for i in range(len(b.shape)) if i not in right)
    kept = tuple(i for i in range(len(a.shape)) if i not in left)
    got = F.tensordot(g, b, axes=(tuple(range(len(kept), len(kept) + len(free))), free))
    # got's axes: a's free ones in order, then a's contracted ones in the order of b's
    order = kept + tuple(left[right.index(r)] for r in sorted(right))
    return F.transpose(got, tuple(order.index(i) for i in range(len(a.shape))))


def _tensordot_right(F, g, y, a, b, *, axes):
    left, right = shapes.tensordot_axes("tensordot", a.shape, b.shape, axes)
    kept = tuple(i for i in range(len(a.shape)) if i not in left)
    free = tuple(i for i in range(len(b.shape)) if i not in right)
    got = F.tensordot(a, g, axes=(kept, tuple(range(len(kept)))))
    # got's axes: b's contracted ones in the order of a's, then b's free ones
    order = tuple(right[left.index(i)] for i in sorted(left)) + free
    return F.transpose(got, tuple(order.index(i) for i in range(len(b.shape))))


def _tensordot_shape(a, b, *, axes):
    left, right = shapes.tensordot_axes("tensordot", a, b, axes)
    return tuple(n for i, n in enumerate(a) if i not in left) + tuple(
        n for i, n in enumerate(b) if i not in right
    )


contraction("dot", lambda xp, a, b: xp.dot(a, b), (_dot_left, _dot_right),
            lambda a, b: shapes.dot("dot", a, b),
            lambda out, a, b: 2 * prod(out) * (a[-1] if a else 1), symbol="·",
            samples=(Sample(((3,), (3,))), Sample(((2, 3), (3,))), Sample(((3,), (3, 2))),
                     Sample(((2, 3), (3, 4))), Sample(((2, 2, 3), (3, 2))), Sample(((), (2,))),
                     Sample(((2, 3), (2, 3, 2))), Sample(((2, 3), (4, 3, 2)))),
            doc="Dot product: of vectors, of matrices, of an array with a vector.",
            latex=r"{a} \cdot {b}", latex_vjps=(r"\bar{y} {b}^\top", r"{a}^\top \bar{y}"))
contraction("matmul", "matmul", (_matmul_left, _matmul_right),
            lambda a, b: shapes.matmul("matmul", a, b),
            lambda out, a, b: 2 * prod(out) * a[-1], symbol="@", nd=False,
            samples=(Sample(((3,), (3,))), Sample(((2, 3), (3,))), Sample(((3,), (3, 2))),
                     Sample(((2, 3), (3, 4))), Sample(((5, 2, 3), (3, 2))),
                     Sample(((3,), (5, 3, 2))), Sample(((5, 2, 3), (3,))),
                     Sample(((5, 1, 2, 3), (4, 3, 2)))),
            doc="Matrix product; leading axes are batches and broadcast.",
            latex=r"{a} {b}", latex_vjps=(r"\bar{y} {b}^\top", r"{a}^\top \bar{y}"))


def _rows_right(F, g, y, x, w):
    lead = tuple(range(len(x.shape) - 1))
    return F.tensordot(g, x, axes=(lead, lead))


contraction("fully_connected", lambda xp, x, w: xp.matmul(x, w.T),
            (lambda F, g, y, x, w: F.matmul(g, w), _rows_right),
            lambda x, w: shapes.matmul("fully_connected", x, w[::-1]),
            lambda out, x, w: 2 * prod(out) * w[1], symbol="FC", nd=False, np=False,
            samples=(Sample(((2, 3), (4, 3))), Sample(((2, 5, 3), (4, 3))),
                     Sample(((3,), (4, 3)))),
            doc="Inputs times the transposed weight: one row of weights for each result.",
            latex=r"{a} {b}^\top", latex_vjps=(r"\bar{y} {b}", r"\bar{y}^\top {a}"))
contraction("tensordot", lambda xp, a, b, *, axes: xp.tensordot(a, b, axes=axes),
            (_tensordot_left, _tensordot_right), _tensordot_shape,
            lambda out, a, b, *, axes: 2 * prod(out) * prod(
                a[i] for i in shapes.tensordot_axes("tensordot", a, b, axes)[0]),
            symbol="⊗", nd=False, attrs={"axes": 2},
            samples=(Sample(((2, 3), (3, 4)), {"axes": 1}), Sample(((2,), (3,)), {"axes": 0}),
                     Sample(((2, 3, 4), (4, 3)), {"axes": ((1, 2), (1, 0))}),
                     Sample(((3, 2), (2, 3)), {"axes": ((1, 0), (0, 1))})),
            doc="Sum of products over the given axes of both arrays.",
            latex=r"{a} \cdot_{\text{axes}} {b}",
            latex_vjps=(r"\bar{y} \cdot {b}", r"{a} \cdot \bar{y}"))
contraction("batch_dot", lambda xp, a, b: xp.matmul(a, b), (_matmul_left, _matmul_right),
            lambda a, b: shapes.matmul("batch_dot", a, b),
            lambda out, a, b: 2 * prod(out) * a[-1], symbol="@", np=False, npx=True,
            samples=(Sample(((5, 2, 3), (5, 3, 2))),),
            doc="Matrix product of each pair of matrices in two batches.",
            latex=r"{a}_i {b}_i", latex_vjps=(r"\bar{y}_i {b}_i^\top", r"{a}_i^\top \bar{y}_i"))


def _einsum_sizes(*xs, labels):
    """Size of each label; raises `ShapeError` where operands and labels do not fit."""
    fits = len(labels) == len(xs) + 1
    sizes = {}
    for x, names in zip(xs, labels, strict=False):
        fits = fits and len(x) == len(names) == len(set(names))
        for name, size in zip(names, x, strict=False):
            fits = fits and 0 <= name < 52 and (size == 1 or sizes.get(name, 1) in (1, size))
            sizes[name] = max(size, sizes.get(name, 1)) if size else 0
    if not fits or not set(labels[-1]) <= set(sizes) or len(set(labels[-1])) < len(labels[-1]):
        raise ShapeError(message(
            "einsum", f"labels {labels} do not fit operands of shapes {shapes_text(xs)}",
            "Each operand needs one label for each axis, and axes of one label equal sizes"))
    return sizes


def _einsum_shape(*xs, labels):
    sizes = _einsum_sizes(*xs, labels=labels)
    return tuple(sizes[name] for name in labels[-1])


def _einsum_vjp(F, g, y, *xs, arg, labels):
    """The same sum with the result's labels and the operand's exchanged."""
    others = [k for k in range(len(xs)) if k != arg]
    wanted = labels[arg]
    known = set(labels[-1]).union(*(labels[k] for k in others))
    got = F.einsum(g, *(xs[k] for k in others), labels=(
        labels[-1], *(labels[k] for k in others), tuple(n for n in wanted if n in known)))
    # A label of this operand alone was summed away: its cotangent is the same all along it.
    key = tuple(slice(None) if n in known else None for n in wanted)
    full = tuple(got_size if n in known else size for n, size, got_size in zip(
        wanted, xs[arg].shape, _spread(got.shape, wanted, known), strict=True))
    return F.broadcast_to(F.getitem(got, key=key), full) if None in key else got


def _spread(shape, wanted, known):
    sizes = iter(shape)
    return tuple(next(sizes) if n in known else 1 for n in wanted)


general("einsum", lambda xp, *xs, labels: xp.einsum(*xs, labels=labels), (_einsum_vjp,),
        _einsum_shape, attrs={"labels": ()}, variadic=True,
        operands=("operands",), family="contraction", symbol="Σ", grows=True,
        flops=lambda out, *xs, labels: 2 * prod(_einsum_sizes(*xs, labels=labels).values()),
        samples=(Sample(((2, 3), (3, 4)), {"labels": ((0, 1), (1, 2), (0, 2))}),
                 Sample(((2, 3),), {"labels": ((0, 1), (1,))}),
                 Sample(((3,), (3,), (2, 3)), {"labels": ((0,), (0,), (1, 0), (1,))}),
                 Sample(((2, 1), (2, 3)), {"labels": ((0, 1), (0, 1), (1, 0))}),
                 Sample(((2,), (3,)), {"labels": ((0,), (1,), (1, 0))})),
        doc="Sum of products, with a label for each axis (Einstein's convention).",
        latex=r"\textstyle\sum {operands}", latex_vjps=(r"\textstyle\sum \bar{y} \cdots",))
