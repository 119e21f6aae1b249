"""`rnn.RNN`, `rnn.LSTM`, `rnn.GRU`: stacked layers of cells over whole sequences."""

from ....errors import message
from ... import nd, np, util
from ..block import HybridBlock
from . import sequences
from .cells import GRUCell, LSTMCell, RNNCell

__all__ = ["GRU", "LSTM", "RNN"]

NAMES = ("i2h_weight", "h2h_weight", "i2h_bias", "h2h_bias")


class _Layers(HybridBlock):
    """Layers of cells; with `bidirectional` each layer has one cell for each direction.

    Data has layout "TNC" or "NTC". Called with states it returns outputs and the new states
    (layers, samples, hidden units), called without them the outputs alone.
    """

    CELL = RNNCell

    def __init__(
        self,
        hidden_size,
        num_layers=1,
        layout="TNC",
        dropout=0,
        bidirectional=False,
        input_size=0,
        i2h_weight_initializer=None,
        h2h_weight_initializer=None,
        i2h_bias_initializer="zeros",
        h2h_bias_initializer="zeros",
        dtype="float32",
        prefix=None,
        params=None,
    ):
        super().__init__(prefix=prefix, params=params)
        if layout not in ("TNC", "NTC"):
            raise AssertionError(
                message(type(self).__name__, f"got layout {layout!r}", "It is 'TNC' or 'NTC'")
            )
        self._hidden_size, self._num_layers, self._layout = hidden_size, num_layers, layout
        self._dropout, self._input_size = dropout, input_size
        self._dirs = ("l", "r") if bidirectional else ("l",)
        gates = self.CELL.GATES * hidden_size
        initializers = (
            i2h_weight_initializer,
            h2h_weight_initializer,
            i2h_bias_initializer,
            h2h_bias_initializer,
        )
        size = input_size
        for layer in range(num_layers):
            for side in self._dirs:
                shapes = ((gates, size), (gates, hidden_size), (gates,), (gates,))
                for name, shape, init in zip(NAMES, shapes, initializers, strict=True):
                    own = f"{side}{layer}_{name}"
                    param = self.params.get(
                        own, shape=shape, init=init, allow_deferred_init=True, dtype=dtype
                    )
                    setattr(self, own, param)
            size = hidden_size * len(self._dirs)

    def infer_shape(self, inputs, *args):
        """Sets the number of inputs of the lowest layer."""
        for side in self._dirs:
            weight = getattr(self, f"{side}0_i2h_weight")
            weight.shape = (weight.shape[0], inputs.shape[2])

    def state_info(self, batch_size=0):
        """Shapes and layouts of the states."""
        shape = (self._num_layers * len(self._dirs), batch_size, self._hidden_size)
        return [{"shape": shape, "__layout__": "LNC"} for _ in range(self.CELL.STATES)]

    def begin_state(self, batch_size=0, func=None, **kwargs):
        """States for the first step: zeros unless `func` makes something else."""
        func = func or (np.zeros if util.is_np_array() else nd.zeros)
        given = {key: value for key, value in kwargs.items() if key in ("ctx", "dtype")}
        return [func(shape=info["shape"], **given) for info in self.state_info(batch_size)]

    def __call__(self, inputs, states=None, sequence_length=None):
        """Runs all layers over the sequence."""
        single = states is not None and not isinstance(states, list | tuple)
        given = [states] if single else states
        begin = given
        if begin is None:
            samples = inputs.shape[self._layout.find("N")]
            zeros = sequences.zeros_like_kind(inputs)
            begin = self.begin_state(samples, func=zeros, dtype=inputs.dtype)
        output, following = super().__call__(inputs, begin)
        return output if given is None else (output, following)

    def hybrid_forward(self, F, inputs, states, **params):
        """Outputs of the highest layer, and the last states of all."""
        steps, _ = sequences.as_steps(None, inputs, self._layout)
        ends = [[] for _ in states]
        for layer in range(self._num_layers):
            if layer and self._dropout:
                steps = list(_dropped(steps, self._dropout))
            sides = []
            for k, side in enumerate(self._dirs):
                weights = {name: params[f"{side}{layer}_{name}"] for name in NAMES}
                current = [state[layer * len(self._dirs) + k] for state in states]
                outputs = []
                for step in steps if side == "l" else reversed(steps):
                    output, current = self._step(step, current, weights)
                    outputs.append(output)
                sides.append(outputs if side == "l" else outputs[::-1])
                for kept, state in zip(ends, current, strict=True):
                    kept.append(state)
            steps = sides[0]
            if len(sides) == 2:
                steps = [nd.concat(a, b, dim=1) for a, b in zip(*sides, strict=True)]
        output = sequences.as_one(steps, self._layout)
        return output, [nd.stack(*kept, axis=0) for kept in ends]

    _activation, _recurrent = "tanh", "sigmoid"

    def _step(self, x, states, weights):
        return self.CELL.hybrid_forward(self, nd, x, states, **weights)

    def __repr__(self):
        gates, inputs = self.l0_i2h_weight.shape
        text = f"{type(self).__name__}({inputs or None} -> {gates // self.CELL.GATES}"
        text += f", {self._layout}"
        if self._num_layers != 1:
            text += f", num_layers={self._num_layers}"
        if self._dropout != 0:
            text += f", dropout={self._dropout}"
        return text + (", bidirectional)" if len(self._dirs) == 2 else ")")


def _dropped(steps, rate):
    whole = nd.Dropout(nd.stack(*steps, axis=0), p=rate)
    return (whole[k] for k in range(len(steps)))


class RNN(_Layers):
    """Layers of plain recurrent cells, with activation "relu" or "tanh"."""

    def __init__(self, hidden_size, num_layers=1, activation="relu", **kwargs):
        if activation not in ("relu", "tanh"):
            raise ValueError(
                message("RNN", f"got activation {activation!r}", "It is 'relu' or 'tanh'")
            )
        super().__init__(hidden_size, num_layers, **kwargs)
        self._activation = activation


class LSTM(_Layers):
    """Layers of LSTM cells."""

    CELL = LSTMCell


class GRU(_Layers):
    """Layers of GRU cells."""

    CELL = GRUCell
