"""Operators beyond the rows' own samples: recurrent layers, alignments, images, densities, steps.

`cases()` gives name -> (function, operands). Read by Python 3.8 too (`record_wider.py`, which runs
the real MXNet 1.9.1) and by the engine's tests. Operands are drawn with NumPy, by the case's name.
"""

import zlib

import numpy

GATES = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}
FEW = [[0, 1, 2], [3, 1, 0]]
ROIS = [[0, 0, 0, 4, 4], [1, 1, 2, 6, 7], [0, 2, 2, 2, 2]]
SCORED = [
    [0, 0.5, 0.1, 0.1, 0.2, 0.2],
    [1, 0.4, 0.1, 0.1, 0.2, 0.2],
    [0, 0.3, 0.1, 0.1, 0.14, 0.14],
    [2, 0.6, 0.5, 0.5, 0.7, 0.8],
]


class Draw:
    """A shape and a range: the operand's numbers come when the case runs."""

    def __init__(self, *shape, low=-1.0, high=1.0):
        self.shape, self.low, self.high = shape, low, high


def positive(*shape):
    """Numbers between 0.3 and 2."""
    return Draw(*shape, low=0.3, high=2.0)


def recurrent(mx):
    """The fused layers: each mode, plain and stacked in both directions."""
    made = {}
    for mode, gates in GATES.items():
        for layers, sides in ((1, 1), (2, 2)):
            size = sum(
                sides * gates * 3 * ((2 if layer == 0 else 3 * sides) + 3 + 2)
                for layer in range(layers)
            )
            states = [Draw(layers * sides, 2, 3) for _ in range(1 + (mode == "lstm"))]
            given = dict(
                state_size=3, num_layers=layers, bidirectional=sides == 2, mode=mode,
                state_outputs=True,
            )  # fmt: skip

            def call(*operands, given=given):
                return mx.nd.RNN(*operands, **given)

            name = f"RNN {mode} layers={layers} directions={sides}"
            made[name] = (call, [Draw(4, 2, 2), Draw(size), *states])
    return made


def differentiable(mx):
    """Functions of arrays, and their operands."""
    nd, contrib = mx.nd, mx.nd.contrib
    first = nd.array([[1, 2, 2, 0], [3, 0, 0, 0]])
    last = nd.array([[0, 1, 1, -1], [2, 3, 0, 1]])
    rois, few = nd.array(ROIS), nd.array(FEW)
    lengths = dict(use_data_lengths=True, use_label_lengths=True, blank_label="last")
    near = dict(kernel_size=1, max_displacement=2, stride1=1, stride2=1, pad_size=2)
    far = dict(kernel_size=3, max_displacement=2, stride1=2, stride2=2, pad_size=3)
    image, theta = Draw(2, 3, 4, 5), Draw(2, 6, low=-0.5, high=0.5)
    grid = Draw(2, 2, 3, 4, low=-1.2, high=1.2)
    return {
        "CTCLoss": (lambda x: nd.CTCLoss(x, first), [Draw(7, 2, 5)]),
        "CTCLoss blank last": (
            lambda x: nd.CTCLoss(x, last, blank_label="last"), [Draw(9, 2, 5)]),
        "CTCLoss lengths": (
            lambda x: nd.CTCLoss(x, last, nd.array([5, 9]), nd.array([2, 4]), **lengths),
            [Draw(9, 2, 5)]),
        "BilinearSampler": (nd.BilinearSampler, [image, grid]),
        "GridGenerator affine": (
            lambda g: nd.GridGenerator(g, transform_type="affine", target_shape=(3, 4)), [theta]),
        "GridGenerator warp": (
            lambda g: nd.GridGenerator(g, transform_type="warp"), [Draw(2, 2, 3, 4)]),
        "SpatialTransformer": (
            lambda x, g: nd.SpatialTransformer(x, g, target_shape=(3, 4), transform_type="affine",
                                               sampler_type="bilinear"), [image, theta]),
        "ROIPooling": (
            lambda x: nd.ROIPooling(x, rois, pooled_size=(2, 2), spatial_scale=0.7),
            [Draw(2, 2, 6, 6)]),
        "ROIAlign": (
            lambda x: contrib.ROIAlign(x, rois, pooled_size=(2, 2), spatial_scale=0.7,
                                       sample_ratio=2), [Draw(2, 2, 6, 6)]),
        "Correlation": (
            lambda a, b: nd.Correlation(a, b, is_multiply=True, **near),
            [Draw(1, 2, 5, 6), Draw(1, 2, 5, 6)]),
        "Correlation distances": (
            lambda a, b: nd.Correlation(a, b, is_multiply=False, **far),
            [Draw(1, 2, 7, 8), Draw(1, 2, 7, 8)]),
        "Crop": (lambda a: nd.Crop(a, offset=(1, 2), h_w=(2, 3)), [Draw(1, 2, 5, 6)]),
        "Crop like": (
            lambda a, b: nd.Crop(a, b, center_crop=True, num_args=2),
            [Draw(1, 2, 5, 6), Draw(1, 1, 3, 2)]),
        "BilinearResize2D": (
            lambda a: contrib.BilinearResize2D(a, height=5, width=7), [Draw(1, 2, 3, 4)]),
        "BilinearResize2D edges": (
            lambda a: contrib.BilinearResize2D(a, height=2, width=3, align_corners=False),
            [Draw(1, 2, 4, 5)]),
        "AdaptiveAvgPooling2D": (
            lambda a: contrib.AdaptiveAvgPooling2D(a, output_size=(2, 3)), [Draw(1, 2, 5, 7)]),
        "pdf uniform": (
            lambda x, a, b: nd.random_pdf_uniform(x, a, b + 2),
            [positive(2, 3), positive(2), positive(2)]),
        "pdf normal": (nd.random_pdf_normal, [positive(2, 3), positive(2), positive(2)]),
        "pdf normal log": (
            lambda x, a, b: nd.random_pdf_normal(x, a, b, is_log=True),
            [positive(2, 3), positive(2), positive(2)]),
        "pdf gamma": (nd.random_pdf_gamma, [positive(2, 3), positive(2), positive(2)]),
        "pdf exponential": (nd.random_pdf_exponential, [positive(2, 3), positive(2)]),
        "pdf poisson": (lambda a: nd.random_pdf_poisson(few, a), [positive(2)]),
        "pdf negative binomial": (
            lambda a, b: nd.random_pdf_negative_binomial(few, a, b),
            [positive(2), Draw(2, low=0.2, high=0.8)]),
        "pdf generalized negative binomial": (
            lambda a, b: nd.random_pdf_generalized_negative_binomial(few, a, b),
            [positive(2), positive(2)]),
        "pdf dirichlet": (
            lambda a: nd.random_pdf_dirichlet(nd.array([[[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]]]), a),
            [positive(1, 3)]),
        "selfatt qk": (
            lambda q: contrib.interleaved_matmul_selfatt_qk(q, heads=2), [Draw(4, 2, 18)]),
        "selfatt valatt": (
            lambda q, a: contrib.interleaved_matmul_selfatt_valatt(q, a, heads=2),
            [Draw(4, 2, 18), Draw(4, 4, 4)]),
        "encdec qk": (
            lambda q, k: contrib.interleaved_matmul_encdec_qk(q, k, heads=2),
            [Draw(4, 2, 6), Draw(5, 2, 12)]),
        "encdec valatt": (
            lambda k, a: contrib.interleaved_matmul_encdec_valatt(k, a, heads=2),
            [Draw(5, 2, 12), Draw(4, 4, 5)]),
        "div_sqrt_dim": (contrib.div_sqrt_dim, [Draw(2, 3)]),
        "quadratic": (lambda a: contrib.quadratic(a, a=1, b=2, c=3), [Draw(2, 3)]),
        "index_copy": (
            lambda a, b: contrib.index_copy(a, nd.array([2, 0]), b), [Draw(3, 2), Draw(2, 2)]),
        "boolean_mask": (
            lambda a: contrib.boolean_mask(a, nd.array([1, 0, 1])), [Draw(3, 2)]),
        "gradientmultiplier": (
            lambda a: contrib.gradientmultiplier(a, scalar=0.3), [Draw(3, 2)]),
        "foreach": (
            lambda a, b: contrib.foreach(lambda x, s: (x * s, s + x), a, b)[0],
            [Draw(3, 2), Draw(2)]),
        "while_loop": (
            lambda a: contrib.while_loop(lambda i, s: i < 3, lambda i, s: (s * i, [i + 1, s * 2]),
                                         [nd.array([0]), a], max_iterations=3)[0], [Draw(1)]),
    }  # fmt: skip


def plain(mx):
    """Functions without a gradient; optimizer steps change their operands."""
    nd, contrib = mx.nd, mx.nd.contrib
    prior = dict(sizes=(0.4, 0.6), ratios=(1, 2, 0.5))
    nms = dict(overlap_thresh=0.1, coord_start=2, score_index=1, id_index=0)

    def steps(name, **given):
        def call(weight, *grads):
            optimizer = mx.optimizer.create(name, **given)
            state = optimizer.create_state(0, weight)
            for grad in grads:
                optimizer.update_multi_precision(0, weight, grad, state)
            return weight

        return call, [Draw(3, 2) for _ in range(4)]

    return {
        "MultiBoxPrior": (lambda x: contrib.MultiBoxPrior(x, **prior), [Draw(1, 2, 3, 4)]),
        "box_iou": (
            lambda: contrib.box_iou(nd.array([[0, 0, 2, 2], [1, 1, 3, 4]]),
                                    nd.array([[0, 1, 2, 3]])), []),
        "box_nms": (lambda: contrib.box_nms(nd.array(SCORED), **nms), []),
        "histogram": (
            lambda: nd.histogram(nd.array([1.0, 2, 3, 4, 4.5]), bins=3, range=(0, 5)), []),
        "index_array": (lambda: contrib.index_array(nd.ones((2, 2))), []),
        "multi_sum_sq": (
            lambda a, b: nd.multi_sum_sq(a, b, num_arrays=2), [Draw(3), Draw(2, 2)]),
        "multi_lars": (
            lambda: nd.multi_lars(nd.array([0.1, 0.2]), nd.array([4, 9.0]), nd.array([1.0, 2]),
                                  nd.array([0.1, 0.1]), eta=0.01, eps=1e-5), []),
        "fill_element_0index": (
            lambda: nd.fill_element_0index(nd.zeros((2, 3)), nd.array([5, 6]), nd.array([1, 2])),
            []),
        "onehot_encode": (lambda: nd.onehot_encode(nd.array([1, 0]), nd.zeros((2, 3))), []),
        "ftml_update": (
            lambda w, *rest: nd.ftml_update(w, *rest, lr=0.1, t=2, wd=0.01, out=w),
            [positive(4) for _ in range(5)]),
        "adamw_update": (
            lambda w, *rest: contrib.adamw_update(w, *rest, nd.array([1.0]), lr=0.1, eta=0.5,
                                                  wd=0.01, out=w), [positive(4) for _ in range(4)]),
        "multi_sgd_update": (
            lambda w, g, v, h: nd.multi_sgd_update(w, g, v, h, lrs=(0.1, 0.2), wds=(0.01, 0.02),
                                                   num_weights=2, out=[w, v]),
            [positive(4) for _ in range(4)]),
        "preloaded_multi_sgd_mom_update": (
            lambda w, g, m, v, h, n: nd.preloaded_multi_sgd_mom_update(
                w, g, m, v, h, n, nd.array([0.1, 0.2]), nd.array([0.01, 0.02]), momentum=0.9,
                num_weights=2, out=[w, v]), [positive(4) for _ in range(6)]),
        "optimizer ftml": steps("ftml"),
        "optimizer lamb": steps("lamb"),
        "optimizer lars": steps("lars", learning_rate=0.1, momentum=0.9),
        "optimizer dcasgd": steps("dcasgd", learning_rate=0.1),
        "optimizer lbsgd": steps("lbsgd", learning_rate=0.1, momentum=0.9),
        "optimizer groupadagrad": steps("groupadagrad"),
    }  # fmt: skip


def operands(mx, name, draws):
    """The arrays of a case, drawn by its name."""
    source = numpy.random.RandomState(zlib.crc32(name.encode()) % 2**32)
    return [mx.nd.array(source.uniform(d.low, d.high, d.shape).astype("float32")) for d in draws]


def listed(value):
    """Results as a list."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def run(mx, name, function, draws, gradients):
    """What a case gives: results, then operands' gradients (or the operands afterwards)."""
    xs = operands(mx, name, draws)
    if not gradients:
        return [v.asnumpy() for v in listed(function(*xs)) + xs]
    for x in xs:
        x.attach_grad()
    with mx.autograd.record():
        ys = listed(function(*xs))
        heads = [mx.nd.array(numpy.cos(numpy.arange(y.size)).reshape(y.shape)) for y in ys]
        mx.autograd.backward(ys, heads)
    return [v.asnumpy() for v in ys] + [x.grad.asnumpy() for x in xs]


def cases(mx):
    """(name, function, draws, whether it has gradients) of all cases."""
    for made, gradients in ((recurrent(mx), True), (differentiable(mx), True), (plain(mx), False)):
        for name, (function, draws) in made.items():
            yield name, function, draws, gradients
