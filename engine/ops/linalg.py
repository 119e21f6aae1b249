"""Linear algebra on matrices and batches of matrices: inverses, determinants, factorizations.

Cholesky and the symmetric eigenproblem read the symmetric part of their operand, so that their
gradients are symmetric, as the textbooks have them.
"""

from math import prod

from .. import shapes
from ..errors import ShapeError, message
from ..registry import Sample, general


def square(name, x):
    """The size n of a matrix (or batch) of shape (…, n, n); raises `ShapeError` for others."""
    if len(x) < 2 or x[-1] != x[-2]:
        raise ShapeError(message(
            name, f"got shape {x}", "The last two axes must have one size: square matrices",
            "For other matrices see np.linalg.pinv and np.linalg.lstsq."))
    return x[-1]


def _like(name):
    def shape(x):
        square(name, x)
        return x

    return shape


def _cubic(out, *given, **_):
    return 2 * prod(given[0]) * (given[0][-1] if given[0] else 1)


def _t(F, x):
    return F.swapaxes(x, -1, -2)


def _symmetric(F, x):
    return (x + _t(F, x)) * 0.5


def _columns(F, x):
    """A vector of numbers, each of which belongs to a column."""
    return F.expand_dims(x, -2)


def _eye(F, x):
    """The identity in the shape of `x`."""
    ones = F.zeros_like(x) + 1
    return F.tril(ones) - F.tril(ones, k=-1)


SQUARE = (Sample(((3, 3),), {}, dominant=True), Sample(((2, 2, 2),), {}, dominant=True))


# ----- Inverse, determinant, equations -----

general("inv", lambda xp, x: xp.linalg.inv(x),
        (lambda F, g, y, x: -F.matmul(F.matmul(_t(F, y), g), _t(F, y)),), _like("inv"),
        dtype="float", family="linalg", flops=_cubic, samples=SQUARE, symbol="inv",
        doc="Inverse of a square matrix.", latex=r"{x}^{-1}",
        latex_vjps=(r"-y^\top \bar{y} y^\top",))


def _unit(F, g):
    return F.expand_dims(F.expand_dims(g, -1), -1)


def _first_axes(name):
    def shape(x):
        square(name, x)
        return x[:-2]

    return shape


general("det", lambda xp, x: xp.linalg.det(x),
        (lambda F, g, y, x: _unit(F, F.reshape(g * y, x.shape[:-2])) * _t(F, F.inv(x)),),
        _first_axes("det"), dtype="float", family="linalg", flops=_cubic, samples=SQUARE,
        doc="Determinant of a square matrix.", latex=r"\det {x}",
        latex_vjps=(r"\bar{y}\, y\, {x}^{-\top}",))


def _slogdet_shape(x):
    square("slogdet", x)
    return [x[:-2], x[:-2]]


general("slogdet", lambda xp, x: tuple(xp.linalg.slogdet(x)),
        (lambda F, g, y, x: _unit(F, F.reshape(g[1], x.shape[:-2])) * _t(F, F.inv(x)),),
        _slogdet_shape, dtype="float", family="linalg", flops=_cubic, samples=SQUARE, outputs=2,
        doc="Sign of the determinant, and logarithm of its absolute value.",
        latex=r"\ln |\det {x}|", latex_vjps=(r"\bar{y}\, {x}^{-\top}",))


def _solve_shape(a, b):
    n = square("solve", a)
    if len(b) < 2 or b[-2] != n:
        raise ShapeError(message(
            "solve", f"got shapes {a} and {b}",
            "The right-hand side must have as many rows as the matrix"))
    return (*shapes.broadcast("solve", a[:-2], b[:-2]), n, b[-1])


general("solve", lambda xp, a, b: xp.linalg.solve(a, b),
        (lambda F, g, y, a, b: -F.matmul(F.solve(_t(F, a), g), _t(F, y)),
         lambda F, g, y, a, b: F.solve(_t(F, a), g)),
        _solve_shape, operands=("a", "b"), dtype="float", family="linalg", flops=_cubic,
        samples=(Sample(((3, 3), (3, 2)), {}, dominant=True),
                 Sample(((2, 3, 3), (3, 1)), {}, dominant=True)),
        doc="The solution x of a·x = b for square `a` and columns `b`.", latex=r"{a}^{-1} {b}",
        latex_vjps=(r"-{a}^{-\top} \bar{y} y^\top", r"{a}^{-\top} \bar{y}"))


def _pinv_shape(x):
    if len(x) < 2:
        raise ShapeError(message("pinv", f"got shape {x}", "It needs a matrix"))
    return (*x[:-2], x[-1], x[-2])


def _pinv_vjp(F, g, y, x):
    p, pt, gt = y, _t(F, y), _t(F, g)
    rows, columns = F.matmul(x, p), F.matmul(p, x)
    # The parts outside the range and the null space of x.
    left = F.matmul(_eye(F, rows) - rows, F.matmul(gt, F.matmul(p, pt)))
    right = F.matmul(F.matmul(F.matmul(pt, p), gt), _eye(F, columns) - columns)
    return left + right - F.matmul(F.matmul(pt, g), pt)


general("pinv", lambda xp, x: xp.linalg.pinv(x), (_pinv_vjp,), _pinv_shape, dtype="float",
        family="linalg", flops=lambda out, x, **_: 20 * prod(x) * max(x[-2:]),
        samples=(Sample(((3, 2),)), Sample(((2, 3),)), Sample(((2, 2),), {}, dominant=True)),
        doc="Pseudo-inverse of a matrix of full rank (Moore and Penrose).", latex=r"{x}^+",
        latex_vjps=(r"-y^\top \bar{y} y^\top + \cdots",))

# ----- Factorizations -----


def _cholesky_vjp(F, g, y, x):
    inner = F.matmul(_t(F, y), g)
    half = (F.tril(inner) + F.tril(inner, k=-1)) * 0.5  # lower triangle, the diagonal halved
    back = F.inv(y)
    return _symmetric(F, F.matmul(F.matmul(_t(F, back), half), back))


general("cholesky", lambda xp, x: xp.linalg.cholesky((x + xp.swapaxes(x, -1, -2)) * 0.5),
        (_cholesky_vjp,), _like("cholesky"), dtype="float", family="linalg", flops=_cubic,
        samples=SQUARE, symbol="chol",
        doc="Lower triangle L with L·Lᵀ = x, for a symmetric, positive definite x.",
        latex=r"\operatorname{chol} {x}",
        latex_vjps=(r"L^{-\top} \Phi(L^\top \bar{y}) L^{-1}",))


def _gaps(F, w):
    """1 / (w_j - w_i) off the diagonal, 0 on it."""
    gap = _columns(F, w) - F.expand_dims(w, -1)
    eye = _eye(F, gap)
    return (1 - eye) / (gap + eye)


def _eigh_vjp(F, g, y, x):
    w, v = y
    inner = _gaps(F, w) * F.matmul(_t(F, v), g[1])
    inner = inner + _eye(F, inner) * _columns(F, F.reshape(g[0], x.shape[:-1]))
    return _symmetric(F, F.matmul(F.matmul(v, inner), _t(F, v)))


def _eigh_shape(x):
    square("eigh", x)
    return [x[:-1], x]


general("eigh", lambda xp, x: tuple(xp.linalg.eigh((x + xp.swapaxes(x, -1, -2)) * 0.5)),
        (_eigh_vjp,), _eigh_shape, dtype="float", family="linalg", outputs=2,
        flops=lambda out, x: 9 * prod(x) * x[-1], samples=SQUARE,
        doc="Eigenvalues, smallest first, and eigenvectors (columns) of a symmetric matrix.",
        latex=r"\operatorname{eigh} {x}",
        latex_vjps=(r"V (\operatorname{diag} \bar{w} + F \odot V^\top \bar{V}) V^\top",))


def _qr_shape(x):
    if len(x) < 2:
        raise ShapeError(message("qr", f"got shape {x}", "It needs a matrix"))
    k = min(x[-2:])
    return [(*x[:-1], k), (*x[:-2], k, x[-1])]


def _qr_vjp(F, g, y, x):
    if x.shape[-2] < x.shape[-1]:
        raise ShapeError(message(
            "qr", f"its gradient at shape {x.shape} is not offered",
            "The matrix needs at least as many rows as columns"))
    q, r = y
    inner = F.matmul(r, _t(F, g[1])) - F.matmul(_t(F, g[0]), q)
    mirrored = F.tril(inner) + _t(F, F.tril(inner, k=-1))
    return F.matmul(g[0] + F.matmul(q, mirrored), _t(F, F.inv(r)))


general("qr", lambda xp, x: tuple(xp.linalg.qr(x)), (_qr_vjp,), _qr_shape, dtype="float",
        family="linalg", outputs=2, flops=lambda out, x: 4 * prod(x) * x[-1],
        samples=(Sample(((3, 2),)), Sample(((3, 3),), {}, dominant=True)),
        doc="Orthonormal columns Q and upper triangle R with Q·R = x.",
        latex=r"\operatorname{qr} {x}",
        latex_vjps=(r"(\bar{Q} + Q \operatorname{sym}(\cdots)) R^{-\top}",))


def _svd_shape(x):
    if len(x) < 2:
        raise ShapeError(message("svd", f"got shape {x}", "It needs a matrix"))
    k = min(x[-2:])
    return [(*x[:-1], k), (*x[:-2], k), (*x[:-2], k, x[-1])]


def _svd_vjp(F, g, y, x):
    u, s, vt = y
    ut, v = _t(F, u), _t(F, vt)
    gu, gv = g[0], _t(F, g[2])
    s = F.reshape(s, u.shape[:-2] + u.shape[-1:])
    gaps = _gaps(F, s * s)
    by_columns, by_rows = _columns(F, s), F.expand_dims(s, -1)
    left, right = F.matmul(ut, gu), F.matmul(vt, gv)
    core = gaps * (left - _t(F, left)) * by_columns + by_rows * gaps * (right - _t(F, right))
    core = core + _eye(F, core) * _columns(F, F.reshape(g[1], s.shape))
    total = F.matmul(F.matmul(u, core), vt)
    if x.shape[-2] > x.shape[-1]:
        total = total + F.matmul((gu - F.matmul(u, left)) / by_columns, vt)
    if x.shape[-2] < x.shape[-1]:
        total = total + F.matmul(u, _t(F, (gv - F.matmul(v, right)) / by_columns))
    return total


general("svd", lambda xp, x: tuple(xp.linalg.svd(x, full_matrices=False)), (_svd_vjp,), _svd_shape,
        dtype="float", family="linalg", outputs=3,
        flops=lambda out, x: 20 * prod(x) * max(x[-2:]),
        samples=(Sample(((2, 3),)), Sample(((3, 2),)), Sample(((2, 2),), {}, dominant=True)),
        doc="U, singular values (largest first) and V with U·diag(L)·V = x.",
        latex=r"\operatorname{svd} {x}", latex_vjps=(r"U (\cdots) V",))
