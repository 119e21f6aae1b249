"""`mx.np.linalg`: linear algebra, made of the rows of ops/linalg.py."""

import numpy

from .. import shapes
from ..errors import MXNetError, ShapeError, message
from .arrange import diagonal
from .calls import array_of, floats, made, op, raw
from .fallback import taken
from .generate import plain


def _matrix(thing, a):
    return floats(array_of(thing, a))


def inv(a):
    """Inverse of a square matrix."""
    return op("inv", _matrix("inv", a))


def det(a):
    """Determinant of a square matrix."""
    return op("det", _matrix("det", a))


def slogdet(a):
    """Sign of the determinant and logarithm of its absolute value."""
    return op("slogdet", _matrix("slogdet", a))


def solve(a, b):
    """The solution x of a·x = b for a square matrix `a`."""
    a, b = _matrix("solve", a), _matrix("solve", b)
    if b.ndim == 1:
        return op("solve", a, b.reshape(-1, 1)).reshape((*a.shape[:-2], -1))
    return op("solve", a, b)


def cholesky(a):
    """Lower triangle L with L·Lᵀ = a, for a symmetric, positive definite matrix."""
    return op("cholesky", _matrix("cholesky", a))


def eigh(a, UPLO="L"):
    """Eigenvalues, smallest first, and eigenvectors (columns) of a symmetric matrix."""
    return tuple(op("eigh", _matrix("eigh", a)))


def eigvalsh(a, UPLO="L"):
    """Eigenvalues of a symmetric matrix, smallest first."""
    return eigh(a)[0]


def _real(name):
    def call(a):
        return taken(getattr(numpy.linalg, name)(raw(_matrix(name, a))))

    call.__doc__ = {
        "eig": "Eigenvalues and eigenvectors of a square matrix; no gradient.",
        "eigvals": "Eigenvalues of a square matrix; no gradient.",
    }[name]
    return call


def qr(a, mode="reduced"):
    """Orthonormal columns Q and upper triangle R with Q·R = a."""
    if mode not in ("reduced", "r"):
        raise NotImplementedError(f"qr: mode {mode!r} is not offered. Use 'reduced' or 'r'.")
    q, r = op("qr", _matrix("qr", a))
    return r if mode == "r" else (q, r)


def svd(a):
    """U, L (largest first) and V with U·diag(L)·V = a."""
    return tuple(op("svd", _matrix("svd", a)))


def pinv(a, rcond=1e-15, hermitian=False):
    """Pseudo-inverse; its gradient is that of a matrix of full rank."""
    return op("pinv", _matrix("pinv", a))


def matrix_rank(M, tol=None, hermitian=False):
    """Number of linearly independent rows; no gradient."""
    return made(numpy.asarray(numpy.linalg.matrix_rank(raw(M), tol, hermitian)))


def matrix_power(a, n):
    """A square matrix multiplied by itself `n` times (negative: its inverse)."""
    a = array_of("matrix_power", a)
    if not isinstance(n, int):
        raise TypeError(message("matrix_power", f"got n {n!r}", "It must be a whole number"))
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ShapeError(
            message("matrix_power", f"got shape {a.shape}", "It needs square matrices")
        )
    if n < 0:
        a, n = inv(a), -n
    result = None
    while n:
        if n & 1:
            result = a if result is None else op("matmul", result, a)
        n >>= 1
        a = op("matmul", a, a) if n else a
    if result is None:
        eye = made(numpy.eye(a.shape[-1], dtype=a._data.dtype), type(a))
        return op("broadcast_to", eye, shape=a.shape)
    return result


def multi_dot(arrays, out=None):
    """Product of several matrices, in the order that takes the fewest multiplications."""
    arrays = [array_of("multi_dot", x) for x in arrays]
    if len(arrays) < 2:
        raise ValueError(message("multi_dot", f"got {len(arrays)} arrays", "It needs two or more"))
    sizes = [1 if arrays[0].ndim == 1 else arrays[0].shape[0]]
    sizes += [x.shape[0] if x.ndim == 1 and k else x.shape[-1] for k, x in enumerate(arrays[:-1])]
    sizes.append(1 if arrays[-1].ndim == 1 else arrays[-1].shape[-1])
    count = len(arrays)
    cost = {(i, i): (0, None) for i in range(count)}
    for span in range(1, count):
        for i in range(count - span):
            j = i + span
            cost[i, j] = min(
                (cost[i, k][0] + cost[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k)
                for k in range(i, j)
            )

    def product(i, j):
        if i == j:
            return arrays[i]
        k = cost[i, j][1]
        return op("dot", product(i, k), product(k + 1, j))

    result = product(0, count - 1)
    return result if out is None else out._become(result)


def tensorinv(a, ind=2):
    """The inverse under `tensordot` over the first `ind` axes."""
    head, tail = a.shape[:ind], a.shape[ind:]
    size = int(numpy.prod(tail))
    return inv(a.reshape((size, -1))).reshape((*tail, *head))


def tensorsolve(a, b, axes=None):
    """The solution x of tensordot(a, x, x.ndim) = b."""
    if axes is not None:
        last = tuple(shapes.axis_of("tensorsolve", k, a.ndim) for k in plain(axes))
        kept = [k for k in range(a.ndim) if k not in last]
        a = op("transpose", a, axes=(*kept, *last))
    shape = a.shape[b.ndim :]
    flat = b.reshape(-1)
    return solve(a.reshape((flat.size, -1)), flat).reshape(shape)


def lstsq(a, b, rcond="warn"):
    """The x with the least |a·x - b|: it, the squared errors, the rank, the singular values."""
    a, b = _matrix("lstsq", a), _matrix("lstsq", b)
    found = numpy.linalg.lstsq(raw(a), raw(b), rcond=None if rcond == "warn" else rcond)
    x = op("matmul", pinv(a), b)
    return x, made(found[1]), int(found[2]), made(found[3])


def norm(x, ord=None, axis=None, keepdims=False):
    """Length of vectors, or norm of matrices.

    `ord` for vectors: any number, inf, -inf (None: 2); for matrices 'fro', 'nuc', inf, -inf, 1,
    -1, 2 and -2 (None: 'fro').
    """
    x = floats(array_of("norm", x))
    axis = plain(axis)
    if ord is None:
        return op("norm", x, ord=2, axis=axis, keepdims=keepdims)
    axes = shapes.axes_of("norm", axis, x.ndim)
    if len(axes) == 1:
        return _vector_norm(x, ord, axes[0], keepdims)
    if len(axes) != 2:
        raise ValueError(
            message("norm", f"got ord {ord!r} over {len(axes)} axes", "It works on one or two axes")
        )
    if axis is not None:
        axes = tuple(shapes.axis_of("norm", k, x.ndim) for k in axis)
    if ord == "fro":
        return op("norm", x, ord=2, axis=axes, keepdims=keepdims)
    rest = tuple(k for k in range(x.ndim) if k not in axes)
    moved = op("transpose", x, axes=(*rest, *axes))
    result = _matrix_norm(moved, ord)
    return result.reshape(shapes.reduced("norm", x.shape, axes, keepdims))


def _vector_norm(x, ord, axis, keepdims):
    given = {"axis": axis, "keepdims": keepdims}
    if ord in ("inf", "-inf"):
        ord = float(ord)
    if isinstance(ord, str):
        raise ValueError(message("norm", f"got ord {ord!r} for vectors", "It must be a number"))
    if ord in (1, 2):
        return op("norm", x, ord=ord, **given)
    if ord in (numpy.inf, -numpy.inf):
        return op("max" if ord > 0 else "min", op("abs", x), **given)
    if ord == 0:
        return op("sum", op("not_equal", x, 0).astype(x.dtype), **given)
    total = op("sum", op("power", op("abs", x), ord), **given)
    return op("power", total, 1.0 / ord)


def _matrix_norm(x, ord):
    if ord in (1, -1, numpy.inf, -numpy.inf):
        sums = op("sum", op("abs", x), axis=-2 if abs(ord) == 1 else -1)
        return op("max" if ord > 0 else "min", sums, axis=-1)
    if ord in (2, -2, "nuc"):
        values = op("svd", x)[1]
        row = {2: "max", -2: "min", "nuc": "sum"}[ord]
        return op(row, values, axis=-1)
    raise ValueError(
        message(
            "norm", f"got ord {ord!r} for matrices", "It is 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2"
        )
    )


def cond(x, p=None):
    """How much a matrix magnifies errors: its norm times that of its inverse."""
    if p in (None, 2, -2):
        values = op("svd", _matrix("cond", x))[1]
        large, small = op("max", values, axis=-1), op("min", values, axis=-1)
        return small / large if p == -2 else large / small
    return norm(x, p, (-2, -1)) * norm(inv(x), p, (-2, -1))


FUNCTIONS = {
    "cholesky": cholesky,
    "cond": cond,
    "det": det,
    "eig": _real("eig"),
    "eigh": eigh,
    "eigvals": _real("eigvals"),
    "eigvalsh": eigvalsh,
    "inv": inv,
    "lstsq": lstsq,
    "matrix_power": matrix_power,
    "matrix_rank": matrix_rank,
    "multi_dot": multi_dot,
    "norm": norm,
    "pinv": pinv,
    "qr": qr,
    "slogdet": slogdet,
    "solve": solve,
    "svd": svd,
    "tensorinv": tensorinv,
    "tensorsolve": tensorsolve,
}

# ----- mx.nd.linalg -----


def _t(x, really=True):
    return op("swapaxes", x, axis1=-1, axis2=-2) if really else x


def gemm2(A, B, transpose_a=False, transpose_b=False, alpha=1.0, axis=-2, **_):
    """alpha · A · B, each transposed when asked."""
    result = op("matmul", _t(A, transpose_a), _t(B, transpose_b))
    return result if alpha == 1 else result * alpha


def gemm(A, B, C, transpose_a=False, transpose_b=False, alpha=1.0, beta=1.0, axis=-2, **_):
    """alpha · A · B + beta · C, A and B each transposed when asked."""
    return gemm2(A, B, transpose_a, transpose_b, alpha) + C * beta


def potrf(A, **_):
    """Lower triangle L with L·Lᵀ = A, for a symmetric, positive definite matrix."""
    return op("cholesky", array_of("potrf", A))


def potri(A, **_):
    """The inverse of L·Lᵀ from its triangle L."""
    A = op("tril", A)
    return op("inv", op("matmul", A, _t(A)))


def _triangle(A, lower):
    return op("tril" if lower else "triu", A)


def trmm(A, B, transpose=False, rightside=False, lower=True, alpha=1.0, **_):
    """alpha · A · B (or B · A) for a triangle A."""
    A = _t(_triangle(A, lower), transpose)
    return (op("matmul", B, A) if rightside else op("matmul", A, B)) * alpha


def trsm(A, B, transpose=False, rightside=False, lower=True, alpha=1.0, **_):
    """The X with A · X = alpha · B (or X · A) for a triangle A."""
    A = _t(_triangle(A, lower), transpose)
    if rightside:
        return _t(op("solve", _t(A), _t(B * alpha)))
    return op("solve", A, B * alpha)


def syrk(A, transpose=False, alpha=1.0, **_):
    """alpha · A · Aᵀ (transposed: Aᵀ · A)."""
    return op("matmul", _t(A, transpose), _t(A, not transpose)) * alpha


def extractdiag(A, offset=0, **_):
    """A diagonal of each matrix."""
    return diagonal(A, offset, -2, -1)


def sumlogdiag(A, **_):
    """Sum of the logarithms of each matrix's diagonal."""
    return op("sum", op("log", extractdiag(A)), axis=-1)


def makediag(A, offset=0, **_):
    """Matrices with vectors on a diagonal."""
    steps = numpy.arange(A.shape[-1])
    key = (Ellipsis, steps - min(offset, 0), steps + max(offset, 0))
    size = A.shape[-1] + abs(offset)
    return op("scatter_add", A, shape=(*A.shape[:-1], size, size), key=key)


def _places(size, offset, lower):
    if offset:  # with an offset, the triangle lies on that side
        lower = offset < 0
    return numpy.tril_indices(size, offset) if lower else numpy.triu_indices(size, offset)


def extracttrian(A, offset=0, lower=True, **_):
    """The elements of a triangle of each matrix, row by row."""
    return op("getitem", A, key=(Ellipsis, *_places(A.shape[-1], offset, lower)))


def maketrian(A, offset=0, lower=True, **_):
    """Triangles from their elements, row by row."""
    count = A.shape[-1]
    side = round(((8 * count + 1) ** 0.5 - 1) / 2)
    if side * (side + 1) // 2 != count:
        raise MXNetError(
            message("maketrian", f"got {count} elements", "They must fill a triangle: n(n + 1) / 2")
        )
    size = side + abs(offset)
    key = (Ellipsis, *_places(size, offset, lower))
    return op("scatter_add", A, shape=(*A.shape[:-1], size, size), key=key)


def gelqf(A, **_):
    """Orthonormal rows Q and a lower triangle L with L·Q = A: a list [Q, L]."""
    q, r = op("qr", _t(array_of("gelqf", A)))
    # LAPACK's signs may differ; MXNet's diagonal is as LAPACK leaves it too.
    return [_t(q), _t(r)]


def syevd(A, **_):
    """Eigenvectors (rows) and eigenvalues of a symmetric matrix: a list [U, L]."""
    values, vectors = op("eigh", array_of("syevd", A))
    return [_t(vectors), values]


def nd_det(A, **_):
    """Determinant of each square matrix."""
    return op("det", array_of("det", A))


def nd_slogdet(A, **_):
    """Sign and logarithm of the determinant of each square matrix: a list."""
    return op("slogdet", array_of("slogdet", A))


def inverse(A, **_):
    """Inverse of each square matrix."""
    return op("inv", array_of("inverse", A))


ND_FUNCTIONS = {
    "det": nd_det,
    "extractdiag": extractdiag,
    "extracttrian": extracttrian,
    "gelqf": gelqf,
    "gemm": gemm,
    "gemm2": gemm2,
    "inverse": inverse,
    "makediag": makediag,
    "maketrian": maketrian,
    "potrf": potrf,
    "potri": potri,
    "slogdet": nd_slogdet,
    "sumlogdiag": sumlogdiag,
    "syevd": syevd,
    "syrk": syrk,
    "trmm": trmm,
    "trsm": trsm,
}
