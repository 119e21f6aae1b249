"""Sequences as one array or as a list of steps, and steps beyond a sample's own length."""

from ....array import Array, NDArray, ndarray
from ... import nd, np


def axes_of(layout):
    """The axes of time and of samples in a layout ("NTC" or "TNC")."""
    return layout.find("T"), layout.find("N")


def as_steps(length, inputs, layout):
    """A sequence as a list of steps, and the number of samples."""
    time, batch = axes_of(layout)
    if not isinstance(inputs, Array):
        inputs = list(inputs)
        if length is not None and len(inputs) != length:
            raise AssertionError(f"unroll: got {len(inputs)} steps, length is {length}")
        return inputs, inputs[0].shape[0]
    if length is not None and inputs.shape[time] != length:
        raise AssertionError(
            f"unroll: got data of shape {inputs.shape}, whose time axis has {inputs.shape[time]} "
            f"steps in layout {layout!r}; length is {length}"
        )
    before = (slice(None),) * time
    return [inputs[(*before, k)] for k in range(inputs.shape[time])], inputs.shape[batch]


def as_one(steps, layout):
    """A list of steps as one array."""
    return nd.stack(*steps, axis=axes_of(layout)[0])


def zeros_like_kind(x):
    """The function `zeros` of the namespace that `x` belongs to."""
    return np.zeros if isinstance(x, ndarray) else nd.zeros


def _positions(valid_length, length):
    """For each step and sample, whether the step is within the sample's length."""
    space = nd if isinstance(valid_length, NDArray) else np
    steps = space.arange(length, dtype=valid_length.dtype).reshape((-1, 1))
    return steps, valid_length.reshape((1, -1))


def masked(steps, valid_length):
    """The steps with zeros where a sample has ended."""
    rows, ends = _positions(valid_length, len(steps))
    within = (rows < ends).astype(steps[0].dtype)
    return [
        step * within[k].reshape((-1,) + (1,) * (step.ndim - 1)) for k, step in enumerate(steps)
    ]


def last(steps, valid_length):
    """For each sample, its own last step."""
    rows, ends = _positions(valid_length, len(steps))
    at_end = (rows == ends - 1).astype(steps[0].dtype)
    total = 0
    for k, step in enumerate(steps):
        total = total + step * at_end[k].reshape((-1,) + (1,) * (step.ndim - 1))
    return total


def reversed_steps(steps, valid_length=None):
    """The steps in reverse order; each sample's own steps when lengths are given."""
    if valid_length is None:
        return list(reversed(steps))
    length = len(steps)
    rows, ends = _positions(valid_length, length)
    source = nd.where(rows < ends, ends - 1 - rows, rows + 0 * ends).astype("int32")
    samples = zeros_like_kind(source)((1, steps[0].shape[0]), dtype="int32")
    space = nd if isinstance(source, NDArray) else np
    samples = samples + space.arange(steps[0].shape[0], dtype="int32").reshape((1, -1))
    turned = nd.stack(*steps, axis=0)[source, samples]
    return [turned[k] for k in range(length)]
