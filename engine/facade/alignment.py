"""Connectionist temporal classification: the loss of all alignments of a label sequence."""

import numpy

from ..elsewhere import host
from ..errors import MXNetError, ShapeError, message
from .calls import array_of, made, op

#: Stands for the logarithm of 0: finite, so that differences of two of them are 0 and not NaN.
NEVER = -1e30


def _labels(label, blank_label, blank, lengths):
    """Labels as integers, and how many of each row count; paddings are 0 ("first") or -1."""
    values = host(label._data).astype("int64")
    if lengths is None:
        padding = values <= 0 if blank_label == "first" else values < 0
        ended = numpy.cumsum(padding, axis=1) > 0
        lengths = (~ended).sum(axis=1)
    else:
        lengths = host(lengths._data).astype("int64")
    inside = numpy.arange(values.shape[1]) < lengths[:, None]
    return numpy.where(inside, values, blank), lengths


def ctc_loss(
    data,
    label,
    data_lengths=None,
    label_lengths=None,
    use_data_lengths=False,
    use_label_lengths=False,
    blank_label="first",
    **_,
):
    """Minus the log-probability of `label` (batch, length) under `data` (time, batch, classes).

    `data` is not normalized. Class 0 is the blank, and 0 pads the labels; with `blank_label="last"`
    the last class is, and -1 pads. The result has shape (batch,).
    """
    if blank_label not in ("first", "last"):
        raise MXNetError(
            message("ctc_loss", f"got blank_label {blank_label!r}", "It is 'first' or 'last'")
        )
    data = array_of("ctc_loss", data)
    if data.ndim != 3 or label.ndim != 2 or label.shape[0] != data.shape[1]:
        raise ShapeError(
            message(
                "ctc_loss",
                f"got data of shape {data.shape} and labels of shape {label.shape}",
                "They must be (time, batch, classes) and (batch, length)",
            )
        )
    times, batch, classes = data.shape
    blank = 0 if blank_label == "first" else classes - 1
    # In gluon the lengths come without the flags; in nd the flags say which operand is meant.
    if use_label_lengths and label_lengths is None and not use_data_lengths:
        data_lengths, label_lengths = None, data_lengths
    values, counts = _labels(label, blank_label, blank, label_lengths)
    states = 2 * values.shape[1] + 1
    path = numpy.full((batch, states), blank)
    path[:, 1::2] = values
    skips = numpy.zeros((batch, states), bool)  # where the blank between two labels may be left out
    skips[:, 3::2] = values[:, 1:] != values[:, :-1]
    dtype = data._data.dtype

    def given(mask):
        return made(mask.astype(dtype), type(data))

    ends = None if data_lengths is None else host(data_lengths._data).astype("int64")
    if ends is not None:  # what comes after the end may be NaN, and must not reach the gradient
        inside = given(numpy.arange(times)[:, None] < ends)[:, :, None]
        data = op("where", inside, data, op("zeros_like", data))
    logs = op("log_softmax", data, axis=-1)
    key = (slice(None), numpy.arange(batch)[:, None], path)
    seen = op("getitem", logs, key=key)  # (time, batch, states)
    barred = made(numpy.where(skips, 0, NEVER).astype(dtype), type(data))
    first = made(numpy.where(numpy.arange(states) < 2, 0, NEVER).astype(dtype), type(data))
    alpha = op("getitem", seen, key=0) + first
    edge = made(numpy.full((batch, 2), NEVER, dtype), type(data))
    for t in range(1, times):
        wide = op("concatenate", edge, alpha, axis=1)
        one = op("getitem", wide, key=(slice(None), slice(1, -1)))
        two = op("getitem", wide, key=(slice(None), slice(0, -2))) + barred
        new = op("logaddexp", op("logaddexp", alpha, one), two) + op("getitem", seen, key=t)
        alpha = new if ends is None else op("where", given(t < ends)[:, None] > 0, new, alpha)
    rows = numpy.arange(batch)
    last = op("getitem", alpha, key=(rows, 2 * counts))
    before = op("getitem", alpha, key=(rows, numpy.maximum(2 * counts - 1, 0)))
    before = before + made(numpy.where(counts > 0, 0, NEVER).astype(dtype), type(data))
    return -op("logaddexp", last, before)
