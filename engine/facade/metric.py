"""`mx.metric`: how good predictions are, gathered over batches."""

import json
import math

import numpy

from ..array import Array
from ..errors import UnknownName, message
from .named import Named

__all__ = [
    "F1",
    "MAE",
    "MCC",
    "MSE",
    "PCC",
    "RMSE",
    "Accuracy",
    "Caffe",
    "CompositeEvalMetric",
    "CrossEntropy",
    "CustomMetric",
    "EvalMetric",
    "Loss",
    "NegativeLogLikelihood",
    "PearsonCorrelation",
    "Perplexity",
    "TopKAccuracy",
    "Torch",
    "check_label_shapes",
    "create",
    "np",
    "register",
]

REGISTRY = Named()
register, alias = REGISTRY.register, REGISTRY.alias


def create(metric, *args, **kwargs):
    """The metric of a name, of a function, or of a list of them."""
    if isinstance(metric, EvalMetric):
        return metric
    if callable(metric):
        return CustomMetric(metric, *args, **kwargs)
    if isinstance(metric, list | tuple):
        return CompositeEvalMetric([create(each, *args, **kwargs) for each in metric])
    if isinstance(metric, str) and metric.startswith(("{", "[")):  # what `get_config` gave
        given = json.loads(metric)
        if isinstance(given, list):
            return create(given, *args, **kwargs)
        return create(given.pop("metric"), *args, **{**given, **kwargs})
    if isinstance(metric, dict):
        return create({**metric}.pop("metric"), *args,
                      **{k: v for k, v in metric.items() if k != "metric"}, **kwargs)  # fmt: skip
    if not isinstance(metric, str) or metric.lower() not in REGISTRY:
        known = ", ".join(sorted(REGISTRY))
        raise UnknownName(message("metric", f"there is none named {metric!r}", f"Known: {known}"))
    return REGISTRY[metric.lower()](*args, **kwargs)


def check_label_shapes(labels, preds, wrap=False, shape=False):
    """Raises `ValueError` unless there are as many labels as predictions."""
    sizes = (labels.shape, preds.shape) if shape else (len(labels), len(preds))
    if sizes[0] != sizes[1]:
        raise ValueError(
            message(
                "metric",
                f"Shape of labels {sizes[0]} does not match shape of predictions {sizes[1]}",
                "There must be one label for each prediction",
            )
        )
    return (_listed(labels), _listed(preds)) if wrap else (labels, preds)


def _listed(held):
    return list(held) if isinstance(held, list | tuple) else [held]


def _raw(held):
    return held.asnumpy() if isinstance(held, Array) else numpy.asarray(held)


class EvalMetric:
    """A mean over everything that `update(labels, preds)` was given since `reset()`."""

    def __init__(self, name, output_names=None, label_names=None, **kwargs):
        self.name = str(name)
        self.output_names, self.label_names = output_names, label_names
        self._kwargs = kwargs
        self.reset()

    def __str__(self):
        return f"EvalMetric: {dict(self.get_name_value())}"

    def get_config(self):
        """The metric's arguments."""
        return {
            **self._kwargs,
            "metric": type(self).__name__,
            "name": self.name,
            "output_names": self.output_names,
            "label_names": self.label_names,
        }

    def reset(self):
        """Forgets everything."""
        self.num_inst, self.sum_metric = 0, 0.0
        self.global_num_inst, self.global_sum_metric = 0, 0.0

    def reset_local(self):
        """Forgets everything but the values of `get_global`."""
        self.num_inst, self.sum_metric = 0, 0.0

    def _add(self, total, count):
        total = total.item() if isinstance(total, numpy.generic) else total
        self.sum_metric += total
        self.global_sum_metric += total
        self.num_inst += count
        self.global_num_inst += count

    def update(self, labels, preds):
        """Takes in a batch: lists of labels and predictions."""
        labels, preds = check_label_shapes(labels, preds, True)
        for label, pred in zip(labels, preds, strict=True):
            self._add(*self._measure(_raw(label), _raw(pred)))

    def _measure(self, label, pred):
        raise NotImplementedError(f"{type(self).__name__} needs a method `update(labels, preds)`")

    def update_dict(self, label, pred):
        """Takes in a batch given by names."""
        outputs = self.output_names or pred
        labels = self.label_names or label
        self.update([label[name] for name in labels], [pred[name] for name in outputs])

    def _result(self, total, count):
        return total / count if count else float("nan")

    def get(self):
        """Name and value."""
        return self.name, self._result(self.sum_metric, self.num_inst)

    def get_global(self):
        """Name and value since the last `reset()`."""
        return self.name, self._result(self.global_sum_metric, self.global_num_inst)

    def get_name_value(self):
        """Pairs of name and value."""
        return _pairs(*self.get())

    def get_global_name_value(self):
        """Pairs of name and value since the last `reset()`."""
        return _pairs(*self.get_global())


def _pairs(name, value):
    return list(zip(_listed(name), _listed(value), strict=True))


@register
@alias("composite")
class CompositeEvalMetric(EvalMetric):
    """Several metrics at once."""

    def __init__(self, metrics=None, name="composite", output_names=None, label_names=None):
        self.metrics = [create(each) for each in metrics or []]
        super().__init__(name, output_names, label_names)

    def add(self, metric):
        """One more metric."""
        self.metrics.append(create(metric))

    def get_metric(self, index):
        """The metric of a number."""
        return self.metrics[index]

    def update(self, labels, preds):
        """Gives a batch to all metrics."""
        for metric in self.metrics:
            metric.update(labels, preds)

    def update_dict(self, label, pred):
        """Gives a batch to all metrics, by names."""
        for metric in self.metrics:
            metric.update_dict(label, pred)

    def reset(self):
        """Resets all metrics."""
        for metric in self.metrics:
            metric.reset()

    def reset_local(self):
        """Resets the local values of all metrics."""
        for metric in self.metrics:
            metric.reset_local()

    def get(self):
        """Names and values."""
        pairs = [pair for metric in self.metrics for pair in metric.get_name_value()]
        return [name for name, _ in pairs], [value for _, value in pairs]

    def get_global(self):
        """Names and values since the last `reset()`."""
        pairs = [pair for metric in self.metrics for pair in metric.get_global_name_value()]
        return [name for name, _ in pairs], [value for _, value in pairs]


@register
@alias("acc")
class Accuracy(EvalMetric):
    """The share of right predictions: classes, or scores with the classes along `axis`."""

    def __init__(self, axis=1, name="accuracy", output_names=None, label_names=None):
        super().__init__(name, output_names, label_names, axis=axis)
        self.axis = axis

    def _measure(self, label, pred):
        if pred.shape != label.shape:
            pred = pred.argmax(self.axis)
        label, pred = label.astype("int32").ravel(), pred.astype("int32").ravel()
        check_label_shapes(label, pred)
        return int((label == pred).sum()), len(label)


@register
@alias("top_k_accuracy", "top_k_acc")
class TopKAccuracy(EvalMetric):
    """The share of labels among the `top_k` best predictions."""

    def __init__(self, top_k=1, name="top_k_accuracy", output_names=None, label_names=None):
        if top_k < 2:
            raise AssertionError("Please use Accuracy if top_k is no more than 1")
        super().__init__(f"{name}_{top_k}", output_names, label_names, top_k=top_k)
        self.top_k = top_k

    def _measure(self, label, pred):
        if pred.ndim > 2:
            raise AssertionError("Predictions should be no more than 2 dims")
        label = label.astype("int32").ravel()
        check_label_shapes(label, pred)
        if pred.ndim == 1:
            return int((pred.argsort() == label).sum()), len(label)
        best = numpy.argpartition(pred.astype("float32"), -min(self.top_k, pred.shape[1]))
        return int((best[:, -self.top_k :] == label[:, None]).sum()), len(label)


class _Binary(EvalMetric):
    """A score of counts for labels 0 and 1.

    `average` "macro" is the mean over updates, "micro" counts all samples together.
    """

    def __init__(self, name, output_names=None, label_names=None, average="macro"):
        self.average = average
        super().__init__(name, output_names, label_names)

    def reset(self):
        """Forgets everything."""
        super().reset()
        self._all = numpy.zeros(4)
        self.reset_local()

    def reset_local(self):
        """Forgets everything but the values of `get_global`."""
        super().reset_local()
        self._counts = numpy.zeros(4)

    def update(self, labels, preds):
        """Takes in a batch: lists of labels and predictions."""
        labels, preds = check_label_shapes(labels, preds, True)
        counts = numpy.zeros(4)
        for label, pred in zip(labels, preds, strict=True):
            counts += self._counted(_raw(label).astype("int32").ravel(), _raw(pred))
        if self.average == "macro":
            self._add(self._score(counts), 1)
            return
        self._counts += counts
        self._all += counts
        self.num_inst, self.global_num_inst = self._counts.sum(), self._all.sum()
        self.sum_metric = self._score(self._counts) * self.num_inst
        self.global_sum_metric = self._score(self._all) * self.global_num_inst

    def _counted(self, label, pred):
        """True and false positives, false and true negatives."""
        check_label_shapes(label, pred)
        if len(numpy.unique(label)) > 2:
            name = type(self).__name__
            raise ValueError(f"{name} currently only supports binary classification.")
        guess = (pred.argmax(1) if pred.ndim > 1 else pred > 0.5) == 1
        actual = label == 1
        return numpy.array(
            [
                (guess & actual).sum(),
                (guess & ~actual).sum(),
                (~guess & actual).sum(),
                (~guess & ~actual).sum(),
            ],
            float,
        )


@register
class F1(_Binary):
    """The harmonic mean of precision and recall, for labels 0 and 1."""

    def __init__(self, name="f1", output_names=None, label_names=None, average="macro"):
        super().__init__(name, output_names, label_names, average)

    def _score(self, counts):
        hits, wrong, missed, _ = counts
        return float(2 * hits / (2 * hits + wrong + missed)) if hits else 0.0


@register
class MCC(_Binary):
    """The Matthews correlation of labels 0 and 1 with predictions."""

    def __init__(self, name="mcc", output_names=None, label_names=None, average="macro"):
        super().__init__(name, output_names, label_names, average)

    def _score(self, counts):
        hits, wrong, missed, right = counts
        sums = (hits + wrong, hits + missed, right + wrong, right + missed)
        below = math.prod(n for n in sums if n)
        return float((hits * right - wrong * missed) / math.sqrt(below))


@register
class PCC(EvalMetric):
    """The Matthews correlation for any number of classes, of everything since `reset()`."""

    def __init__(self, name="pcc", output_names=None, label_names=None):
        super().__init__(name, output_names, label_names)

    def reset(self):
        """Forgets everything."""
        super().reset()
        self._all = numpy.zeros((2, 2))
        self.reset_local()

    def reset_local(self):
        """Forgets everything but the values of `get_global`."""
        super().reset_local()
        self._table = numpy.zeros((2, 2))

    def update(self, labels, preds):
        """Takes in a batch: lists of labels and predictions."""
        labels, preds = check_label_shapes(labels, preds, True)
        for label, pred in zip(labels, preds, strict=True):
            label, pred = _raw(label).astype("int32"), _raw(pred)
            guess = pred.argmax(1) if pred.shape != label.shape else pred.astype("int32")
            size = max(len(self._all), len(self._table), int(max(guess.max(), label.max())) + 1)
            self._all, self._table = (
                numpy.pad(t, (0, size - len(t))) for t in (self._all, self._table)
            )
            for table in (self._all, self._table):
                numpy.add.at(table, (guess.ravel(), label.ravel()), 1)
        self.num_inst += 1
        self.global_num_inst += 1
        self.sum_metric = _correlation(self._table) * self.num_inst
        self.global_sum_metric = _correlation(self._all) * self.global_num_inst


def _correlation(table):
    """The correlation of rows and columns of a table of counts."""
    n, x, y = table.sum(), table.sum(axis=1), table.sum(axis=0)
    spread = (x * (n - x)).sum() * (y * (n - y)).sum()
    shared = (table.diagonal() * n - x * y).sum()
    return float(shared / spread**0.5) if spread else float("nan")


@register
class Perplexity(EvalMetric):
    """exp of the mean negative log-probability of the labels; `ignore_label` is left out."""

    def __init__(
        self, ignore_label=None, axis=-1, name="perplexity", output_names=None, label_names=None
    ):
        super().__init__(name, output_names, label_names, ignore_label=ignore_label, axis=axis)
        self.ignore_label, self.axis = ignore_label, axis

    def _measure(self, label, pred):
        label = label.astype("int32").ravel()
        pred = pred.reshape(-1, pred.shape[-1])
        check_label_shapes(label, pred)
        kept = numpy.ones(len(label), bool)
        if self.ignore_label is not None:
            kept = label != int(self.ignore_label)
        prob = pred[numpy.arange(len(label)), label][kept]
        return float(-numpy.log(numpy.maximum(1e-10, prob)).sum()), int(kept.sum())

    def _result(self, total, count):
        return math.exp(total / count) if count else float("nan")


class _Distance(EvalMetric):
    """A mean over batches of a distance between labels and predictions."""

    def _measure(self, label, pred):
        label, pred = (x.reshape(-1, 1) if x.ndim == 1 else x for x in (label, pred))
        return self._distance(label - pred), 1


@register
class MAE(_Distance):
    """The mean absolute error."""

    def __init__(self, name="mae", output_names=None, label_names=None):
        super().__init__(name, output_names, label_names)

    def _distance(self, difference):
        return numpy.abs(difference).mean()


@register
class MSE(_Distance):
    """The mean squared error."""

    def __init__(self, name="mse", output_names=None, label_names=None):
        super().__init__(name, output_names, label_names)

    def _distance(self, difference):
        return (difference**2.0).mean()


@register
class RMSE(_Distance):
    """The root of the mean squared error, of each batch."""

    def __init__(self, name="rmse", output_names=None, label_names=None):
        super().__init__(name, output_names, label_names)

    def _distance(self, difference):
        return numpy.sqrt((difference**2.0).mean())


@register
@alias("ce")
class CrossEntropy(EvalMetric):
    """The mean negative log-probability of the labels."""

    def __init__(self, eps=1e-12, name="cross-entropy", output_names=None, label_names=None):
        super().__init__(name, output_names, label_names, eps=eps)
        self.eps = eps

    def _measure(self, label, pred):
        label = label.ravel().astype("int64")
        check_label_shapes(label, pred)
        prob = pred[numpy.arange(len(label)), label]
        return (-numpy.log(prob + self.eps)).sum(), len(label)


@register
@alias("nll_loss")
class NegativeLogLikelihood(CrossEntropy):
    """The mean negative log-probability of the labels."""

    def __init__(self, eps=1e-12, name="nll-loss", output_names=None, label_names=None):
        super().__init__(eps, name, output_names, label_names)


@register
@alias("pearsonr")
class PearsonCorrelation(EvalMetric):
    """The correlation of labels and predictions.

    `average` "macro" is the mean over batches, "micro" takes all samples together.
    """

    def __init__(self, name="pearsonr", output_names=None, label_names=None, average="macro"):
        self.average = average
        super().__init__(name, output_names, label_names)

    def reset(self):
        """Forgets everything."""
        super().reset()
        self._seen = [], []

    def _measure(self, label, pred):
        check_label_shapes(label, pred, shape=True)
        label, pred = (x.ravel().astype("float64") for x in (label, pred))
        if self.average == "macro":
            return float(numpy.corrcoef(pred, label)[0, 1]), 1
        for kept, values in zip(self._seen, (label, pred), strict=True):
            kept.append(values)
        value = numpy.corrcoef(*(numpy.concatenate(kept) for kept in self._seen))[0, 1]
        return float(value) * (self.num_inst + 1) - self.sum_metric, 1


@register
class Loss(EvalMetric):
    """The mean of the predictions, which are losses."""

    def __init__(self, name="loss", output_names=None, label_names=None):
        super().__init__(name, output_names, label_names)

    def update(self, labels, preds):
        """Takes in a batch of losses; labels are ignored."""
        for pred in map(_raw, _listed(preds)):
            self._add(pred.sum(), pred.size)


@register
class Torch(Loss):
    """The mean of losses, under the name of another library."""

    def __init__(self, name="torch", output_names=None, label_names=None):
        super().__init__(name, output_names, label_names)


@register
class Caffe(Loss):
    """The mean of losses, under the name of another library."""

    def __init__(self, name="caffe", output_names=None, label_names=None):
        super().__init__(name, output_names, label_names)


@register
class CustomMetric(EvalMetric):
    """A function of NumPy's labels and predictions: a value, or the pair (sum, count)."""

    def __init__(
        self, feval, name=None, allow_extra_outputs=False, output_names=None, label_names=None
    ):
        if name is None:
            name = feval.__name__
            name = f"custom({name})" if "<" in name else name
        super().__init__(name, output_names, label_names)
        self._feval, self._allow_extra = feval, allow_extra_outputs

    def update(self, labels, preds):
        """Takes in a batch."""
        if not self._allow_extra:
            labels, preds = check_label_shapes(labels, preds, True)
        for pred, label in zip(preds, labels, strict=False):
            value = self._feval(_raw(label), _raw(pred))
            self._add(*(value if isinstance(value, tuple) else (value, 1)))


def np(numpy_feval, name=None, allow_extra_outputs=False):
    """A metric of a function of NumPy arrays."""
    return CustomMetric(numpy_feval, name or numpy_feval.__name__, allow_extra_outputs)
