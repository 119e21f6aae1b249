"""The fused recurrent layer (`nd.RNN`, `npx.rnn`): whole sequences through stacked cells."""

import numpy

from ..errors import MXNetError, ShapeError, message
from ..tape import state as modes
from . import layers
from .calls import array_of, made, op, raw

#: Gates of a cell by mode.
GATES = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}


def _affine(x, weight, bias):
    return op("fully_connected", x, weight) + bias


def _parts(x, count, axis=-1):
    return op("split", x, indices_or_sections=count, axis=axis)


def _plain_step(name):
    def step(seen, h, c, recur):
        return op(name, seen + recur(h)), None

    return step


def _lstm_step(seen, h, c, recur):
    i, f, g, o = _parts(seen + recur(h), 4)
    c = op("sigmoid", f) * c + op("sigmoid", i) * op("tanh", g)
    return op("sigmoid", o) * op("tanh", c), c


def _gru_step(seen, h, c, recur):
    r, z, n = _parts(seen, 3)
    hr, hz, hn = _parts(recur(h), 3)
    update = op("sigmoid", z + hz)
    fresh = op("tanh", n + op("sigmoid", r + hr) * hn)
    return (1 - update) * fresh + update * h, None


STEPS = {
    "rnn_relu": _plain_step("relu"),
    "rnn_tanh": _plain_step("tanh"),
    "lstm": _lstm_step,
    "gru": _gru_step,
}


def _unpacked(parameters, mode, inputs, size, layers_, sides, projection):
    """Weights and biases of each layer and side, cut from the vector that holds them all."""
    gates, out = GATES[mode] * size, projection or size
    shapes = []
    for layer in range(layers_):
        width = inputs if layer == 0 else out * sides
        for _ in range(sides):
            shapes += [(gates, width), (gates, out)] + ([(projection, size)] if projection else [])
    shapes += [(gates,)] * (2 * layers_ * sides)
    needed = sum(int(numpy.prod(shape)) for shape in shapes)
    if parameters.ndim != 1 or parameters.shape[0] != needed:
        raise ShapeError(
            message(
                "RNN",
                f"got parameters of shape {parameters.shape} for mode {mode!r}, {inputs} inputs, "
                f"state_size {size}, {layers_} layers, {sides} direction(s)",
                f"They must be one vector of {needed} numbers: all weights, then all biases",
            )
        )
    cut, at = [], 0
    for shape in shapes:
        count = int(numpy.prod(shape))
        part = op("getitem", parameters, key=(slice(at, at + count),))
        cut.append(part.reshape(shape) if len(shape) > 1 else part)
        at += count
    each = 3 if projection else 2
    weights = [cut[k : k + each] for k in range(0, each * layers_ * sides, each)]
    biases = cut[each * layers_ * sides :]
    return [(*w, *biases[2 * k : 2 * k + 2]) for k, w in enumerate(weights)]


def _run(x, h, c, parts, mode, backwards, lengths, clips):
    """One layer in one direction over x (time, batch, inputs): outputs and last states."""
    *projection, bias_in, bias_state = parts[2:]
    weight_in, weight_state = parts[:2]
    seen, steps = _affine(x, weight_in, bias_in), x.shape[0]
    outputs = [None] * steps

    def recur(h):
        return _affine(h, weight_state, bias_state)

    for t in reversed(range(steps)) if backwards else range(steps):
        new, cell = STEPS[mode](op("getitem", seen, key=t), h, c, recur)
        if clips is not None and cell is not None:
            cell = op("clip", cell, a_min=clips[0], a_max=clips[1])
        if projection:
            new = op("fully_connected", new, projection[0])
        if lengths is None:
            h, c, outputs[t] = new, cell, new
        else:
            going = made((t < lengths).astype(x._data.dtype).reshape(-1, 1), type(x))
            outputs[t] = new * going
            h = new * going + h * (1 - going)
            c = cell if cell is None else cell * going + c * (1 - going)
    return op("stack", *outputs, axis=0), h, c


def rnn(
    data=None,
    parameters=None,
    state=None,
    state_cell=None,
    sequence_length=None,
    state_size=None,
    num_layers=1,
    bidirectional=False,
    mode=None,
    p=0.0,
    state_outputs=False,
    projection_size=None,
    lstm_state_clip_min=None,
    lstm_state_clip_max=None,
    use_sequence_length=False,
    **_,
):
    """Stacked recurrent layers over data of shape (time, batch, inputs).

    `mode` is "rnn_relu", "rnn_tanh", "lstm" or "gru"; `parameters` one vector with all weights,
    then all biases; `state` (and `state_cell` of an LSTM) of shape (layers · directions, batch,
    state_size). With `state_outputs` the last states come too. Elements between layers are dropped
    with probability `p` while training.
    """
    if mode not in GATES:
        raise MXNetError(message("RNN", f"got mode {mode!r}", f"It is one of {', '.join(GATES)}"))
    if mode == "lstm" and state_cell is None:
        raise MXNetError(message("RNN", "there is no state_cell", "An LSTM has two states"))
    if projection_size and mode != "lstm":
        raise MXNetError(message("RNN", f"projection in mode {mode!r}", "Only an LSTM has it"))
    data = array_of("RNN", data)
    if data.ndim != 3:
        raise ShapeError(
            message("RNN", f"got data of shape {data.shape}", "It must be (time, batch, inputs)")
        )
    sides = 2 if bidirectional else 1
    cells = _unpacked(
        parameters, mode, data.shape[2], state_size, num_layers, sides, projection_size
    )
    batch, out = data.shape[1], projection_size or state_size
    if state.shape[1] == 1 != batch:
        state = op("broadcast_to", state, shape=(state.shape[0], batch, state.shape[2]))
    if state.shape != (num_layers * sides, batch, out):
        needed = (num_layers * sides, batch, out)
        raise ShapeError(message("RNN", f"got a state of shape {state.shape}", f"It is {needed}"))
    lengths = None
    if use_sequence_length and sequence_length is not None:
        lengths = raw(sequence_length)
    clips = None
    if lstm_state_clip_min is not None or lstm_state_clip_max is not None:
        clips = (
            -numpy.inf if lstm_state_clip_min is None else lstm_state_clip_min,
            numpy.inf if lstm_state_clip_max is None else lstm_state_clip_max,
        )
    x, last, last_cells = data, [], []
    for layer in range(num_layers):
        if layer and p and modes.training:
            x = layers.dropout(x, p=p)
        both = []
        for side in range(sides):
            k = layer * sides + side
            h = op("getitem", state, key=k)
            c = op("getitem", state_cell, key=k) if mode == "lstm" else None
            y, h, c = _run(x, h, c, cells[k], mode, side == 1, lengths, clips)
            both.append(y)
            last.append(h)
            last_cells.append(c)
        x = both[0] if sides == 1 else op("concatenate", *both, axis=2)
    if not state_outputs:
        return x
    states = [op("stack", *last, axis=0)]
    if mode == "lstm":
        states.append(op("stack", *last_cells, axis=0))
    return [x, *states]
