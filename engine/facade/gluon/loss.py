"""`gluon.loss`: one number for each sample, the mean over everything else."""

import math

from ...array import Array, NDArray
from ...errors import ShapeError, message
from .. import nd
from .block import HybridBlock

__all__ = [
    "CTCLoss",
    "CosineEmbeddingLoss",
    "HingeLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "L2Loss",
    "LogisticLoss",
    "Loss",
    "PoissonNLLLoss",
    "SDMLLoss",
    "SigmoidBCELoss",
    "SigmoidBinaryCrossEntropyLoss",
    "SoftmaxCELoss",
    "SoftmaxCrossEntropyLoss",
    "SquaredHingeLoss",
    "TripletLoss",
]


def softplus(x):
    """ln(1 + exp(x))."""
    return nd.Activation(x, act_type="softrelu")


class Loss(HybridBlock):
    """A loss: `hybrid_forward(self, F, pred, label, sample_weight=None)`.

    `weight` multiplies it, `sample_weight` (an array that broadcasts) weighs samples, and
    `batch_axis` is the axis of the samples.
    """

    def __init__(self, weight=None, batch_axis=0, **kwargs):
        super().__init__(**kwargs)
        self._weight, self._batch_axis = weight, batch_axis

    def __repr__(self):
        return f"{type(self).__name__}(batch_axis={self._batch_axis}, w={self._weight})"

    def _like(self, label, pred):
        """`label` in the shape of `pred`; raises `ShapeError` when it has other elements."""
        if not isinstance(label, Array) or label.size != pred.size:
            found = label.shape if isinstance(label, Array) else type(label).__name__
            raise ShapeError(
                message(
                    type(self).__name__,
                    f"got predictions of shape {pred.shape} and labels of shape {found}",
                    "Both must have as many elements",
                )
            )
        return label.reshape(pred.shape)

    def _weighted(self, loss, sample_weight=None, weight=None):
        if sample_weight is not None:
            loss = loss * sample_weight
        weight = self._weight if weight is None else weight
        return loss if weight is None else loss * weight

    def _others(self, loss):
        axis = self._batch_axis if isinstance(loss, NDArray) else 0
        return tuple(k for k in range(loss.ndim) if k != axis % max(loss.ndim, 1))

    def _mean(self, loss, sample_weight=None, weight=None):
        """The weighted loss of each sample: its mean over all other axes."""
        loss = self._weighted(loss, sample_weight, weight)
        axes = self._others(loss)
        return loss.mean(axis=axes) if axes else loss


class L2Loss(Loss):
    """Half the squared difference."""

    def __init__(self, weight=1.0, batch_axis=0, **kwargs):
        super().__init__(weight, batch_axis, **kwargs)

    def hybrid_forward(self, F, pred, label, sample_weight=None):
        """weight / 2 · mean((label - pred)²)."""
        loss = nd.square(self._like(label, pred) - pred)
        return self._mean(loss, sample_weight, self._weight / 2)


class L1Loss(Loss):
    """The absolute difference."""

    def hybrid_forward(self, F, pred, label, sample_weight=None):
        """mean(|label - pred|)."""
        return self._mean(nd.abs(self._like(label, pred) - pred), sample_weight)


class SigmoidBinaryCrossEntropyLoss(Loss):
    """Cross-entropy of labels 0 and 1; predictions are probabilities if `from_sigmoid`."""

    def __init__(self, from_sigmoid=False, weight=None, batch_axis=0, **kwargs):
        super().__init__(weight, batch_axis, **kwargs)
        self._from_sigmoid = from_sigmoid

    def hybrid_forward(self, F, pred, label, sample_weight=None, pos_weight=None):
        """-mean(label · ln p + (1 - label) · ln(1 - p))."""
        label = self._like(label, pred)
        if self._from_sigmoid:
            positive = nd.log(pred + 1e-12) * label
            if pos_weight is not None:
                positive = positive * pos_weight
            loss = -(positive + nd.log(1.0 - pred + 1e-12) * (1.0 - label))
        elif pos_weight is None:
            loss = nd.relu(pred) - pred * label + softplus(-nd.abs(pred))
        else:
            log_weight = 1 + (pos_weight - 1) * label
            rest = softplus(-nd.abs(pred)) + nd.relu(-pred)
            loss = pred - pred * label + log_weight * rest
        return self._mean(loss, sample_weight)


class SoftmaxCrossEntropyLoss(Loss):
    """Cross-entropy of classes: labels are class numbers, or probabilities if not `sparse_label`.

    Predictions are scores; log-probabilities if `from_logits`.
    """

    def __init__(
        self,
        axis=-1,
        sparse_label=True,
        from_logits=False,
        weight=None,
        batch_axis=0,
        **kwargs,
    ):
        super().__init__(weight, batch_axis, **kwargs)
        self._axis, self._sparse_label, self._from_logits = axis, sparse_label, from_logits

    def hybrid_forward(self, F, pred, label, sample_weight=None):
        """-ln of the label's probability."""
        if not self._from_logits:
            pred = nd.log_softmax(pred, axis=self._axis)
        if self._sparse_label:
            loss = -nd.pick(pred, label, axis=self._axis, keepdims=True)
        else:
            loss = -(pred * self._like(label, pred)).sum(axis=self._axis, keepdims=True)
        return self._mean(loss, sample_weight)


class KLDivLoss(Loss):
    """The Kullback-Leibler divergence from predictions (log-probabilities) to labels."""

    def __init__(self, from_logits=True, axis=-1, weight=None, batch_axis=0, **kwargs):
        super().__init__(weight, batch_axis, **kwargs)
        self._from_logits, self._axis = from_logits, axis

    def hybrid_forward(self, F, pred, label, sample_weight=None):
        """Σ label · (ln label - pred): the sum, as in MXNet 1.9.1, not the mean."""
        if not self._from_logits:
            pred = nd.log_softmax(pred, axis=self._axis)
        loss = self._weighted(label * (nd.log(label + 1e-12) - pred), sample_weight)
        axes = self._others(loss)
        return loss.sum(axis=axes) if axes else loss


class HuberLoss(Loss):
    """Squared for differences up to `rho`, linear beyond."""

    def __init__(self, rho=1, weight=None, batch_axis=0, **kwargs):
        super().__init__(weight, batch_axis, **kwargs)
        self._rho = rho

    def hybrid_forward(self, F, pred, label, sample_weight=None):
        """mean of |d| - rho/2 where |d| > rho, d²/(2 rho) elsewhere."""
        size, rho = nd.abs(self._like(label, pred) - pred), self._rho
        loss = nd.where(size > rho, size - 0.5 * rho, (0.5 / rho) * nd.square(size))
        return self._mean(loss, sample_weight)


class HingeLoss(Loss):
    """For labels -1 and 1: how far predictions are from the right side of the margin."""

    def __init__(self, margin=1, weight=None, batch_axis=0, **kwargs):
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F, pred, label, sample_weight=None):
        """mean(max(0, margin - pred · label))."""
        return self._mean(nd.relu(self._margin - pred * self._like(label, pred)), sample_weight)


class SquaredHingeLoss(HingeLoss):
    """The hinge loss, squared element by element."""

    def hybrid_forward(self, F, pred, label, sample_weight=None):
        """mean(max(0, margin - pred · label)²)."""
        loss = nd.square(nd.relu(self._margin - pred * self._like(label, pred)))
        return self._mean(loss, sample_weight)


class LogisticLoss(Loss):
    """ln(1 + exp(-pred · label)) for labels -1 and 1 ("signed") or 0 and 1 ("binary")."""

    def __init__(self, weight=None, batch_axis=0, label_format="signed", **kwargs):
        super().__init__(weight, batch_axis, **kwargs)
        if label_format not in ("signed", "binary"):
            raise ValueError(
                message(
                    "LogisticLoss",
                    f"got label_format {label_format!r}",
                    "label_format can only be signed or binary",
                )
            )
        self._label_format = label_format

    def hybrid_forward(self, F, pred, label, sample_weight=None):
        """mean(ln(1 + exp(-pred · label)))."""
        label = self._like(label, pred)
        if self._label_format == "signed":
            label = (label + 1.0) / 2.0
        loss = nd.relu(pred) - pred * label + softplus(-nd.abs(pred))
        return self._mean(loss, sample_weight)


class TripletLoss(Loss):
    """How much nearer `pred` should be to `positive` than to `negative`."""

    def __init__(self, margin=1, weight=None, batch_axis=0, **kwargs):
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F, pred, positive, negative):
        """max(0, Σ((positive - pred)² - (negative - pred)²) + margin)."""
        positive, negative = self._like(positive, pred), self._like(negative, pred)
        loss = nd.square(positive - pred) - nd.square(negative - pred)
        axes = self._others(loss)
        loss = loss.sum(axis=axes) if axes else loss
        return self._weighted(nd.relu(loss + self._margin))


class PoissonNLLLoss(Loss):
    """Negative log-likelihood of counts; `compute_full` adds Stirling's term of the target."""

    def __init__(self, weight=None, from_logits=True, batch_axis=0, compute_full=False, **kwargs):
        super().__init__(weight, batch_axis, **kwargs)
        self._from_logits, self._compute_full = from_logits, compute_full

    def hybrid_forward(self, F, pred, target, sample_weight=None, epsilon=1e-08):
        """mean(exp(pred) - target · pred), over everything."""
        target = self._like(target, pred)
        if self._from_logits:
            loss = nd.exp(pred) - target * pred
        else:
            loss = pred - target * nd.log(pred + epsilon)
        if self._compute_full:
            stirling = target * nd.log(target) - target + 0.5 * nd.log(2 * target * math.pi)
            loss = loss + stirling * (target > 1)
        return self._weighted(loss, sample_weight).mean()


class CTCLoss(Loss):
    """Minus the log-probability of label sequences under all alignments; the last class is blank.

    `layout` is "NTC" or "TNC", `label_layout` "NT" or "TN"; labels are padded with -1 unless
    `label_lengths` are given.
    """

    def __init__(self, layout="NTC", label_layout="NT", weight=None, **kwargs):
        for given, known in ((layout, ("NTC", "TNC")), (label_layout, ("NT", "TN"))):
            if given not in known:
                needed = f"It is {known[0]!r} or {known[1]!r}"
                raise AssertionError(message("CTCLoss", f"got layout {given!r}", needed))
        super().__init__(weight, label_layout.find("N"), **kwargs)
        self._layout, self._label_layout = layout, label_layout

    def hybrid_forward(
        self, F, pred, label, pred_lengths=None, label_lengths=None, sample_weight=None
    ):
        """One number for each sequence."""
        pred = pred.swapaxes(0, 1) if self._layout == "NTC" else pred
        label = label.swapaxes(0, 1) if self._label_layout == "TN" else label
        loss = nd.CTCLoss(
            pred,
            label,
            data_lengths=pred_lengths,
            label_lengths=label_lengths,
            use_data_lengths=pred_lengths is not None,
            use_label_lengths=label_lengths is not None,
            blank_label="last",
        )
        return self._weighted(loss, sample_weight)


class CosineEmbeddingLoss(Loss):
    """For pairs of vectors: 1 - cosine where the label is 1, max(0, cosine - margin) where -1."""

    def __init__(self, weight=None, batch_axis=0, margin=0, **kwargs):
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F, input1, input2, label, sample_weight=None):
        """One number for each pair, as a column."""
        input1 = self._like(input1, input2)
        label = label.reshape((-1, 1))
        cosine = _cosine(input1, input2)
        alike = (1 - cosine) * (label == 1)
        unlike = nd.relu((label == -1) * (cosine - self._margin))
        return self._weighted(alike + unlike, sample_weight)


def _cosine(x, y):
    lengths = _length(x) * _length(y)
    return (x * y).sum(axis=-1).reshape((-1, 1)) / nd.maximum(lengths, 1e-12)


def _length(x):
    return nd.norm(x, axis=-1).reshape((-1, 1))


class SDMLLoss(Loss):
    """Smoothed deep metric learning: row k of the first input belongs to row k of the second."""

    def __init__(self, smoothing_parameter=0.3, weight=1.0, batch_axis=0, **kwargs):
        super().__init__(weight, batch_axis, **kwargs)
        self.kl_loss = KLDivLoss(from_logits=True)
        self.smoothing_parameter = smoothing_parameter

    def hybrid_forward(self, F, x1, x2):
        """The divergence of distances' softmax from the smoothed identity."""
        n, smooth = x1.shape[0], self.smoothing_parameter
        differences = x1.expand_dims(1) - x2.expand_dims(0)
        distances = nd.square(differences).sum(axis=2)
        gold = nd.eye(n)
        gold = gold if isinstance(x1, NDArray) else gold.as_np_ndarray()
        labels = gold * (1 - smooth) + (1 - gold) * smooth / (n - 1)
        return self.kl_loss(nd.log_softmax(-distances, axis=1), labels)


SigmoidBCELoss = SigmoidBinaryCrossEntropyLoss
SoftmaxCELoss = SoftmaxCrossEntropyLoss
