"""The library's second row: against NumPy, against finite differences, and its errors."""

import io

import numpy
import pytest

from engine import gradcheck
from engine.errors import MXNetError, ShapeError
from tests.engine.helpers import autograd, nd, np, npx

RNG = numpy.random.default_rng(3)
X = RNG.standard_normal((3, 4))
V = RNG.standard_normal(5)
M = X[:, :3] @ X[:, :3].T + 3 * numpy.eye(3)
NANS = numpy.where(X > 1, numpy.nan, X)

#: Calls that read the same in both libraries: `m` is np or numpy.
SAME = {
    "median": lambda m, x, v, s: m.median(x, axis=1),
    "quantile": lambda m, x, v, s: m.quantile(x, 0.3, axis=0),
    "percentile of all": lambda m, x, v, s: m.percentile(x, 77),
    "average": lambda m, x, v, s: m.average(x, axis=1),
    "ptp": lambda m, x, v, s: m.ptp(x, axis=0),
    "cov": lambda m, x, v, s: m.cov(x),
    "corrcoef": lambda m, x, v, s: m.corrcoef(x),
    "diff": lambda m, x, v, s: m.diff(x, n=2, axis=1),
    "ediff1d": lambda m, x, v, s: m.ediff1d(v),
    "vander": lambda m, x, v, s: m.vander(v, 3),
    "polyval": lambda m, x, v, s: m.polyval(v, x),
    "rot90": lambda m, x, v, s: m.rot90(x, 3),
    "roll": lambda m, x, v, s: m.roll(x, (1, -2), axis=(0, 1)),
    "rollaxis": lambda m, x, v, s: m.rollaxis(x, 1),
    "tril": lambda m, x, v, s: m.tril(x, 1),
    "triu": lambda m, x, v, s: m.triu(x),
    "diag": lambda m, x, v, s: m.diag(v, -1),
    "diagonal": lambda m, x, v, s: m.diagonal(x, 1),
    "diagonal of the first axis": lambda m, x, v, s: m.diagonal(x.reshape(2, 2, 3), 0, 2, 0),
    "trace": lambda m, x, v, s: m.trace(x, -1),
    "kron": lambda m, x, v, s: m.kron(x[:2, :2], s),
    "cross": lambda m, x, v, s: m.cross(s[0], s[1]),
    "hstack": lambda m, x, v, s: m.hstack((x, s)),
    "vstack": lambda m, x, v, s: m.vstack((x[:, 0], s)),
    "dstack": lambda m, x, v, s: m.dstack((x, x)),
    "column_stack": lambda m, x, v, s: m.column_stack((x[:, 0], s)),
    "append": lambda m, x, v, s: m.append(x, s),
    "delete": lambda m, x, v, s: m.delete(x, 1, axis=1),
    "insert a number": lambda m, x, v, s: m.insert(v, 2, 7.0),
    "insert a row": lambda m, x, v, s: m.insert(x, 1, x[0], axis=0),
    "array_split": lambda m, x, v, s: m.array_split(v, 3)[1],
    "hsplit": lambda m, x, v, s: m.hsplit(x, 2)[1],
    "resize": lambda m, x, v, s: m.resize(v, (3, 4)),
    "meshgrid": lambda m, x, v, s: m.meshgrid(v, x[0])[1],
    "pad": lambda m, x, v, s: m.pad(x, ((1, 0), (2, 1)), mode="constant"),
    "pad edge": lambda m, x, v, s: m.pad(x, ((1, 0), (2, 1)), mode="edge"),
    "pad reflect": lambda m, x, v, s: m.pad(x, ((1, 0), (2, 1)), mode="reflect"),
    "pad wrap": lambda m, x, v, s: m.pad(x, ((1, 0), (2, 1)), mode="wrap"),
    "compress": lambda m, x, v, s: m.compress([True, False, True], x, axis=0),
    "select": lambda m, x, v, s: m.select([x > 1, x > 0], [x * x, -x], 0.5),
    "fmod": lambda m, x, v, s: m.fmod(x, 0.7),
    "logaddexp": lambda m, x, v, s: m.logaddexp(x, x * x),
    "matmul chain": lambda m, x, v, s: m.linalg.multi_dot([s, x, x.T]),
    "inv": lambda m, x, v, s: m.linalg.inv(s),
    "det": lambda m, x, v, s: m.linalg.det(s),
    "solve": lambda m, x, v, s: m.linalg.solve(s, x[:, 0]),
    "cholesky": lambda m, x, v, s: m.linalg.cholesky(s @ s.T),
    "eigvalsh": lambda m, x, v, s: m.linalg.eigvalsh(s + s.T),
    "pinv": lambda m, x, v, s: m.linalg.pinv(x),
    "matrix_power": lambda m, x, v, s: m.linalg.matrix_power(s, 5),
    "matrix_power, negative": lambda m, x, v, s: m.linalg.matrix_power(s, -2),
    "tensorsolve": lambda m, x, v, s: m.linalg.tensorsolve(s.reshape(3, 1, 3), x[:, :1]),
    "norm 3": lambda m, x, v, s: m.linalg.norm(v, 3),
    "norm inf": lambda m, x, v, s: m.linalg.norm(x, numpy.inf),
    "norm nuc": lambda m, x, v, s: m.linalg.norm(x, "nuc"),
    "norm 2 of a matrix": lambda m, x, v, s: m.linalg.norm(x, 2),
    "norm over axes": lambda m, x, v, s: m.linalg.norm(x.reshape(3, 2, 2), 1, axis=(2, 0)),
    "cond": lambda m, x, v, s: m.linalg.cond(s),
    "einsum": lambda m, x, v, s: m.einsum("ij,kj->ik", x, x),
    "einsum, a label summed away": lambda m, x, v, s: m.einsum("ij,k->j", x, v),
    "einsum, a diagonal": lambda m, x, v, s: m.einsum("ii,ij->j", s, x),
    "einsum, ellipsis": lambda m, x, v, s: m.einsum("...i,ij", x[:, :3], s),
    "einsum, three": lambda m, x, v, s: m.einsum("ij,jk,kl->li", s, s, x),
    "einsum, batches that broadcast": lambda m, x, v, s: m.einsum(
        "...ij,...jk", s.reshape(1, 3, 3), x.reshape(1, 3, 4)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_values_are_numpys(name):
    ours = SAME[name](np, *(np.array(a, dtype="float64") for a in (X, V, M)))
    theirs = SAME[name](numpy, X, V, M)
    assert ours.shape == numpy.shape(theirs)
    numpy.testing.assert_allclose(ours.asnumpy(), theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", SAME)
def test_functions_made_of_rows_are_differentiable_twice(name):
    def f(*arrays):
        return SAME[name](np, *arrays) + sum((a * a * a).sum() for a in arrays)

    raws = [X.copy(), V.copy(), M.copy()]
    assert gradcheck.mismatch(f, raws, numpy.random.default_rng(0)) < 1e-5
    assert gradcheck.mismatch(f, raws, numpy.random.default_rng(1), order=2) < 1e-4


@pytest.mark.parametrize(
    "name", ["nansum", "nanmean", "nanprod", "nanmax", "nanmin", "nanvar", "nanstd", "nanmedian"]
)
@pytest.mark.parametrize("axis", [None, 0])
def test_nan_is_left_out(name, axis):
    ours = getattr(np, name)(np.array(NANS, dtype="float64"), axis=axis).asnumpy()
    numpy.testing.assert_allclose(ours, getattr(numpy, name)(NANS, axis=axis), rtol=1e-12)


def test_nan_gets_no_gradient():
    x = np.array([1.0, numpy.nan, 3.0])
    x.attach_grad()
    with autograd.record():
        y = np.nansum(x * x)
    y.backward()
    assert x.grad.tolist()[::2] == [2.0, 6.0]


IMAGES = RNG.standard_normal((2, 4, 5, 6))
FILTERS = RNG.standard_normal((6, 4, 3, 2))


def direct_convolution(x, w, stride, pad, dilate, groups):
    x = numpy.pad(x, ((0, 0), (0, 0), (pad[0],) * 2, (pad[1],) * 2))
    sizes = [(n - d * (k - 1) - 1) // s + 1
             for n, k, s, d in zip(x.shape[2:], w.shape[2:], stride, dilate)]  # fmt: skip
    out = numpy.zeros((len(x), len(w), *sizes))
    each_in, each_out = x.shape[1] // groups, len(w) // groups
    for f in range(len(w)):
        first = f // each_out * each_in
        for i in range(sizes[0]):
            for j in range(sizes[1]):
                a, b = i * stride[0], j * stride[1]
                seen = x[:, first : first + each_in,
                         a : a + dilate[0] * w.shape[2] : dilate[0],
                         b : b + dilate[1] * w.shape[3] : dilate[1]]  # fmt: skip
                out[:, f, i, j] = (seen[..., : w.shape[2], : w.shape[3]] * w[f]).sum((1, 2, 3))
    return out


@pytest.mark.parametrize(
    ("stride", "pad", "dilate", "groups"),
    [((1, 1), (0, 0), (1, 1), 1), ((2, 1), (1, 2), (1, 1), 1), ((1, 2), (2, 0), (2, 1), 2)],
)
def test_convolution(stride, pad, dilate, groups):
    w = FILTERS[:, : 4 // groups]
    given = {"kernel": (3, 2), "stride": stride, "pad": pad, "dilate": dilate,
             "num_group": groups, "num_filter": 6}  # fmt: skip
    bias = RNG.standard_normal(6)

    def f(x, w, b):
        return npx.convolution(x, w, b, **given)

    ours = f(*(np.array(a, dtype="float64") for a in (IMAGES, w, bias)))
    wanted = direct_convolution(IMAGES, w, stride, pad, dilate, groups) + bias.reshape(-1, 1, 1)
    numpy.testing.assert_allclose(ours.asnumpy(), wanted, rtol=1e-10, atol=1e-12)
    assert gradcheck.mismatch(f, [IMAGES, w, bias], numpy.random.default_rng(0)) < 1e-6


@pytest.mark.parametrize("kind", ["max", "avg", "sum"])
@pytest.mark.parametrize("convention", ["valid", "full"])
def test_pooling_is_differentiable(kind, convention):
    def f(x):
        return npx.pooling(x, kernel=(3, 2), stride=(2, 2), pad=(1, 0), pool_type=kind,
                           pooling_convention=convention)  # fmt: skip

    assert gradcheck.mismatch(f, [IMAGES], numpy.random.default_rng(0)) < 1e-6


def test_deconvolution_is_the_gradient_of_convolution():
    x = np.array(IMAGES, dtype="float64")
    w = np.array(FILTERS, dtype="float64")
    given = {"kernel": (3, 2), "stride": (2, 2), "pad": (1, 0)}
    x.attach_grad()
    with autograd.record():
        y = npx.convolution(x, w, num_filter=6, no_bias=True, **given)
    head = np.array(RNG.standard_normal(y.shape), dtype="float64")
    y.backward(head)
    back = npx.deconvolution(head, w, num_filter=4, target_shape=x.shape[2:], **given)
    numpy.testing.assert_allclose(back.asnumpy(), x.grad.asnumpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, g, b: npx.layer_norm(x, g, b, axis=1),
        lambda x, g, b: npx.instance_norm(x, g, b),
        lambda x, g, b: npx.group_norm(x, g, b, num_groups=2),
        lambda x, g, b: npx.batch_norm(x, g, b, np.zeros(4), np.ones(4), fix_gamma=False),
        lambda x, g, b: nd.L2Normalization(x) * g.reshape(1, 4, 1, 1) + b.reshape(1, 4, 1, 1),
        lambda x, g, b: nd.LRN(x, nsize=3, alpha=0.5) * g.reshape(1, 4, 1, 1) + b.sum(),
    ],
)
def test_normalizations_are_differentiable(f):
    raws = [IMAGES, RNG.standard_normal(4), RNG.standard_normal(4)]
    with autograd.train_mode():
        assert gradcheck.mismatch(f, raws, numpy.random.default_rng(0)) < 1e-5


# ----- Files -----


def test_saved_arrays_come_back(tmp_path):
    name = str(tmp_path / "arrays")
    npx.save(name, {"w": np.ones((2, 3)), "b": np.array([1, 2], dtype="int32")})
    found = npx.load(name)
    assert found["w"].shape == (2, 3) and found["b"].dtype == "int32"
    nd.save(name, [nd.ones(2), nd.zeros(3)])
    assert [x.shape for x in nd.load(name)] == [(2,), (3,)]
    assert numpy.load(name)["arr_1"].tolist() == [0, 0, 0]


def test_a_pickle_is_not_read(tmp_path):
    name = tmp_path / "evil.npy"
    numpy.save(name, numpy.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(MXNetError, match="cannot be read"):
        npx.load(str(name))
    with pytest.raises(MXNetError, match="cannot be read"):
        npx.load(io.BytesIO(b"not a file of arrays"))


# ----- Draws -----

DRAWS = {
    "exponential": (lambda r, n: r.exponential(2.0, n), 2.0, 4.0),
    "gamma": (lambda r, n: r.gamma(3.0, 2.0, n), 6.0, 12.0),
    "beta": (lambda r, n: r.beta(2.0, 3.0, n), 0.4, 0.04),
    "chisquare": (lambda r, n: r.chisquare(3.0, n), 3.0, 6.0),
    "gumbel": (lambda r, n: r.gumbel(1.0, 2.0, n), 2.1544, 6.5797),
    "logistic": (lambda r, n: r.logistic(1.0, 2.0, n), 1.0, 13.1595),
    "laplace": (lambda r, n: r.laplace(1.0, 2.0, n), 1.0, 8.0),
    "lognormal": (lambda r, n: r.lognormal(0.0, 0.5, n), 1.1331, 0.3647),
    "pareto": (lambda r, n: r.pareto(6.0, n), 0.2, 0.06),
    "power": (lambda r, n: r.power(3.0, n), 0.75, 0.0375),
    "rayleigh": (lambda r, n: r.rayleigh(2.0, n), 2.5066, 1.7168),
    "weibull": (lambda r, n: r.weibull(2.0, n), 0.8862, 0.2146),
    "poisson": (lambda r, n: r.poisson(4.0, n), 4.0, 4.0),
}


@pytest.mark.parametrize("name", DRAWS)
def test_draws_have_their_distributions_moments_and_repeat(name):
    draw, mean, variance = DRAWS[name]
    npx.random.seed(7)
    found = draw(np.random, 40000).asnumpy()
    assert abs(found.mean() - mean) < 5 * (variance / 40000) ** 0.5 + 1e-3
    assert abs(found.var() / variance - 1) < 0.15
    npx.random.seed(7)
    assert draw(np.random, 40000).asnumpy().tobytes() == found.tobytes()


def test_choice_and_multinomial():
    npx.random.seed(1)
    assert sorted(np.random.choice(5, 5, replace=False).tolist()) == [0, 1, 2, 3, 4]
    assert set(np.random.choice(np.array([3.0, 4.0]), 20).tolist()) == {3.0, 4.0}
    assert np.random.multinomial(10, [0.5, 0.5]).sum().item() == 10
    assert sorted(np.random.permutation(4).tolist()) == [0, 1, 2, 3]
    found = nd.random.multinomial(nd.array([[0.0, 1.0], [1.0, 0.0]]), shape=3)
    assert found.asnumpy().tolist() == [[1, 1, 1], [0, 0, 0]]
    assert nd.random.poisson(nd.array([1.0, 50.0]), shape=2).shape == (2, 2)
    assert nd.random.gamma(2, 3, shape=(2, 2)).shape == (2, 2)
    assert npx.random.bernoulli(0.5, size=4).shape == (4,)


# ----- Errors -----


@pytest.mark.parametrize(
    ("f", "kind", "text"),
    [
        (lambda: np.einsum("ij,jk", np.ones((2, 3))), MXNetError, "2 operands, got 1"),
        (lambda: np.einsum("ij", np.ones(3)), ShapeError, "does not fit"),
        (lambda: np.einsum("ij,jk", np.ones((2, 3)), np.ones((2, 3))), ShapeError, "labels"),
        (lambda: np.linalg.inv(np.ones((2, 3))), ShapeError, "square"),
        (lambda: np.linalg.inv(np.ones((2, 2))), MXNetError, "inv.*[Ss]ingular"),
        (lambda: np.linalg.cholesky(-np.eye(2)), MXNetError, "positive definite"),
        (lambda: np.linalg.norm(np.ones((2, 2)), 5), ValueError, "ord 5"),
        (lambda: np.pad(np.ones(2), 1, mode="odd"), MXNetError, "mode 'odd'"),
        (lambda: npx.pooling(np.ones((1, 1, 2, 2)), (1, 1), "odd"), MXNetError, "pool_type"),
        (
            lambda: npx.convolution(np.ones((1, 2, 3, 3)), np.ones((1, 1, 2, 2)), no_bias=True),
            ShapeError,
            "num_filter, channels",
        ),
        (lambda: nd.batch_take([1], nd.ones(1)), TypeError, "pick"),
    ],
)
def test_errors_say_what_is_needed(f, kind, text):
    with pytest.raises(kind, match=text):
        f()


def test_what_has_no_gradient_is_refused_on_the_tape():
    x = np.array([1.0, 2.0])
    x.attach_grad()
    with autograd.record(), pytest.raises(MXNetError, match=r"spacing.*no gradient.*detach"):
        np.spacing(x)


def test_tiers_two_and_three_are_there():
    """A spread of names of every namespace; what is left out says so."""
    import mxnet as mx

    names = {
        mx.np: "einsum median nanmax histogram unique take_along_axis pad insert tril_indices kron",
        mx.np.linalg: "inv det svd qr eigh lstsq pinv matrix_rank tensorinv multi_dot cond eig",
        mx.np.random: "beta choice gamma multinomial poisson weibull permutation",
        mx.npx: "convolution pooling batch_norm layer_norm embedding smooth_l1 erf save load",
        mx.nd: "Convolution Pooling BatchNorm SoftmaxOutput SequenceMask linalg_gemm2 adam_update",
        mx.nd.linalg: "gemm potrf trsm syrk makediag syevd gelqf",
        mx.nd.NDArray: "slice_like depth_to_space zeros_like nansum fix tostype diag",
    }
    for space, found in names.items():
        assert [n for n in found.split() if not hasattr(space, n)] == []
    for left_out in ("cast_storage", "from_dlpack", "imdecode"):
        with pytest.raises(AttributeError, match="left out"):
            getattr(mx.nd, left_out)


def test_sets_and_searching_are_numpys():
    x = np.array([3.0, 1.0, 3.0, 2.0])
    assert np.unique(x).tolist() == [1, 2, 3]
    assert np.searchsorted(np.array([1.0, 2.0, 3.0]), x).tolist() == [2, 0, 2, 1]
    counts, edges = np.histogram(x, bins=2)
    assert counts.tolist() == [1, 3] and edges.dtype == "float32"
    assert np.bincount(x).tolist() == [0, 1, 1, 2]
    assert x.nonzero()[0].tolist() == [0, 1, 2, 3]
    places = np.argsort(x)
    assert np.take_along_axis(x, places, 0).tolist() == [1, 2, 3, 3]


def test_half_precision_weights_step_with_their_exact_copies():
    w = nd.array([1.0, 2.0], dtype="float16")
    exact = w.astype("float32")
    nd.mp_sgd_update(w, nd.ones(2, dtype="float16"), exact, lr=0.1, out=w)
    assert exact.asnumpy().tolist() == pytest.approx([0.9, 1.9]) and w.dtype == numpy.float16


def test_operators_on_integers_work_on_bits_and_floors():
    i = np.array([6, 3], dtype="int32")
    assert (i & 3).tolist() == [2, 3] and (1 | i).tolist() == [7, 3] and (i ^ i).tolist() == [0, 0]
    assert (~i).tolist() == [-7, -4] and (i // 2).tolist() == [3, 1] and (7 // i).tolist() == [1, 2]
    assert ((i > 3) & (i < 9)).tolist() == [True, False] and (~(i > 3)).tolist() == [False, True]
    assert (i & i).dtype == "int32" and (np.array([-7.5]) // 2).tolist() == [-4.0]


def test_counts_with_weights_are_sums_of_the_weights():
    counted = np.bincount(np.array([0, 1, 1], dtype="int32"), np.array([0.5, 0.25, 0.5]))
    assert counted.tolist() == [0.5, 0.75]
    assert np.bincount(np.array([3, 1, 1])).tolist() == [0, 2, 0, 1]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: np.random.exponential(-1.0),
        lambda: np.random.lognormal(0.0, -1.0),
        lambda: np.random.gamma(-1.0),
        lambda: np.random.rayleigh(np.array([-1.0])),
        lambda: np.random.weibull(-1.0),
        lambda: npx.random.bernoulli(prob=1.5),
    ],
)
def test_parameters_of_distributions_are_checked(draw):
    with pytest.raises(ValueError, match="0"):
        draw()


def test_payments_over_time_agree_with_one_another():
    months, rate = 24, 0.01
    paid = [float(np.ppmt(rate, k, months, 2500.0)) for k in range(1, months + 1)]
    assert abs(sum(paid) + 2500) < 0.01
    payment = paid[0] - 2500 * rate
    assert abs(float(np.pv(rate, months, payment)) - 2500) < 0.05
    assert abs(float(np.rate(months, payment, 2500.0, 0.0)) - rate) < 1e-5
    flows = np.array([-100.0, 39.0, 59.0, 55.0, 20.0])
    assert abs(float(np.npv(0.281, flows)) + 0.0085) < 0.001
    assert abs(float(np.mirr(flows, 0.1, 0.1)) - 0.19) < 0.02
