"""Recurrent cells: one step of a network with a state, and how it runs over a sequence."""

from ....array import Array
from ....errors import message
from ... import nd, np, util
from ..block import Block, HybridBlock
from ..nn import LeakyReLU
from . import sequences

__all__ = ["GRUCell", "HybridRecurrentCell", "LSTMCell", "RNNCell", "RecurrentCell"]


class RecurrentCell(Block):
    """A step `output, states = cell(input, states)`; `begin_state` makes the first states."""

    def __init__(self, prefix=None, params=None):
        super().__init__(prefix=prefix, params=params)
        self._modified = False
        self.reset()

    def reset(self):
        """Forgets what was kept from a former sequence."""
        self._counter = -1
        for cell in self._children.values():
            if hasattr(cell, "reset"):
                cell.reset()

    def state_info(self, batch_size=0):
        """Shapes and layouts of the states."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `state_info`")

    def begin_state(self, batch_size=0, func=None, **kwargs):
        """States for the first step: zeros unless `func` makes something else."""
        if self._modified:
            raise AssertionError(
                message(
                    type(self).__name__,
                    "After applying modifier cells the base cell cannot be called directly",
                    "The modifier has taken the cell over",
                    "Call the modifier cell instead.",
                )
            )
        func = func or (np.zeros if util.is_np_array() else nd.zeros)
        given = {key: value for key, value in kwargs.items() if key in ("ctx", "dtype")}
        return [func(shape=info["shape"], **given) for info in self.state_info(batch_size)]

    def _states(self, begin_state, like, batch_size):
        if begin_state is not None:
            return begin_state
        zeros = sequences.zeros_like_kind(like)
        return self.begin_state(batch_size, func=zeros, dtype=like.dtype)

    def unroll(
        self,
        length,
        inputs,
        begin_state=None,
        layout="NTC",
        merge_outputs=None,
        valid_length=None,
    ):
        """Runs the cell over a sequence: outputs of all steps, and the last states.

        Outputs are a list, or one array if `merge_outputs`. `valid_length` holds each sample's
        own length: later outputs are zeros, and the states are those at its end.
        """
        self.reset()
        steps, batch_size = sequences.as_steps(length, inputs, layout)
        states = self._states(begin_state, steps[0], batch_size)
        outputs, passed = [], []
        for step in steps:
            output, states = self(step, states)
            outputs.append(output)
            passed.append(states)
        if valid_length is not None:
            states = [
                sequences.last(list(each), valid_length) for each in zip(*passed, strict=True)
            ]
            outputs = sequences.masked(outputs, valid_length)
            merge_outputs = True if merge_outputs is None else merge_outputs
        return (sequences.as_one(outputs, layout) if merge_outputs else outputs), states

    def __call__(self, inputs, states):
        """One step."""
        self._counter += 1
        return super().__call__(inputs, states)


class HybridRecurrentCell(RecurrentCell, HybridBlock):
    """A recurrent cell written as `hybrid_forward(self, F, inputs, states, …)`."""


def activated(x, activation):
    """An activation given by name, as a layer, or as a function."""
    if isinstance(activation, str):
        return nd.Activation(x, act_type=activation)
    if isinstance(activation, LeakyReLU):
        return nd.LeakyReLU(x, act_type="leaky", slope=activation._alpha)
    return activation(x)


class _Gated(HybridRecurrentCell):
    """A cell with weights from input and from state to `GATES` gates."""

    GATES, STATES, ALIAS = 1, 1, "rnn"

    def _make(self, hidden_size, input_size, initializers):
        self._hidden_size, self._input_size = hidden_size, input_size
        gates = self.GATES * hidden_size
        shapes = ((gates, input_size), (gates, hidden_size), (gates,), (gates,))
        names = ("i2h_weight", "h2h_weight", "i2h_bias", "h2h_bias")
        for name, shape, init in zip(names, shapes, initializers, strict=True):
            param = self.params.get(name, shape=shape, init=init, allow_deferred_init=True)
            setattr(self, name, param)

    def _alias(self):
        return self.ALIAS

    def infer_shape(self, inputs, *args):
        """Sets the number of inputs."""
        self.i2h_weight.shape = (self.GATES * self._hidden_size, inputs.shape[-1])

    def state_info(self, batch_size=0):
        """Shapes and layouts of the states."""
        shape = (batch_size, self._hidden_size)
        return [{"shape": shape, "__layout__": "NC"} for _ in range(self.STATES)]

    def _mapping(self):
        gates, inputs = self.i2h_weight.shape
        return f"{inputs or None} -> {gates}"

    def __repr__(self):
        return f"{type(self).__name__}({self._mapping()})"


class RNNCell(_Gated):
    """h' = activation(W_i · x + b_i + W_h · h + b_h)."""

    def __init__(
        self,
        hidden_size,
        activation="tanh",
        i2h_weight_initializer=None,
        h2h_weight_initializer=None,
        i2h_bias_initializer="zeros",
        h2h_bias_initializer="zeros",
        input_size=0,
        prefix=None,
        params=None,
    ):
        super().__init__(prefix=prefix, params=params)
        self._activation = activation
        self._make(
            hidden_size,
            input_size,
            (
                i2h_weight_initializer,
                h2h_weight_initializer,
                i2h_bias_initializer,
                h2h_bias_initializer,
            ),
        )

    def __repr__(self):
        return f"{type(self).__name__}({self._mapping()}, {self._activation})"

    def hybrid_forward(self, F, inputs, states, i2h_weight, h2h_weight, i2h_bias, h2h_bias):
        """One step: the new hidden state is the output too."""
        i2h = nd.FullyConnected(inputs, i2h_weight, i2h_bias)
        h2h = nd.FullyConnected(states[0], h2h_weight, h2h_bias)
        output = activated(i2h + h2h, self._activation)
        return output, [output]


class LSTMCell(_Gated):
    """Long short-term memory: gates decide what the cell takes in, forgets and shows."""

    GATES, STATES, ALIAS = 4, 2, "lstm"

    def __init__(
        self,
        hidden_size,
        i2h_weight_initializer=None,
        h2h_weight_initializer=None,
        i2h_bias_initializer="zeros",
        h2h_bias_initializer="zeros",
        input_size=0,
        prefix=None,
        params=None,
        activation="tanh",
        recurrent_activation="sigmoid",
    ):
        super().__init__(prefix=prefix, params=params)
        self._activation, self._recurrent = activation, recurrent_activation
        self._make(
            hidden_size,
            input_size,
            (
                i2h_weight_initializer,
                h2h_weight_initializer,
                i2h_bias_initializer,
                h2h_bias_initializer,
            ),
        )

    def hybrid_forward(self, F, inputs, states, i2h_weight, h2h_weight, i2h_bias, h2h_bias):
        """One step: the output, and the new hidden and cell states."""
        gates = nd.FullyConnected(inputs, i2h_weight, i2h_bias)
        gates = gates + nd.FullyConnected(states[0], h2h_weight, h2h_bias)
        taken, kept, fresh, shown = nd.split(gates, num_outputs=4, axis=1)
        taken, kept, shown = (activated(gate, self._recurrent) for gate in (taken, kept, shown))
        cell = kept * states[1] + taken * activated(fresh, self._activation)
        hidden = shown * activated(cell, self._activation)
        return hidden, [hidden, cell]


class GRUCell(_Gated):
    """Gated recurrent unit: gates decide how much of the old state is used and kept."""

    GATES, STATES, ALIAS = 3, 1, "gru"

    def __init__(
        self,
        hidden_size,
        i2h_weight_initializer=None,
        h2h_weight_initializer=None,
        i2h_bias_initializer="zeros",
        h2h_bias_initializer="zeros",
        input_size=0,
        prefix=None,
        params=None,
    ):
        super().__init__(prefix=prefix, params=params)
        self._make(
            hidden_size,
            input_size,
            (
                i2h_weight_initializer,
                h2h_weight_initializer,
                i2h_bias_initializer,
                h2h_bias_initializer,
            ),
        )

    def hybrid_forward(self, F, inputs, states, i2h_weight, h2h_weight, i2h_bias, h2h_bias):
        """One step: the new hidden state is the output too."""
        i2h = nd.FullyConnected(inputs, i2h_weight, i2h_bias)
        h2h = nd.FullyConnected(states[0], h2h_weight, h2h_bias)
        i_reset, i_update, i_new = nd.split(i2h, num_outputs=3, axis=1)
        h_reset, h_update, h_new = nd.split(h2h, num_outputs=3, axis=1)
        reset, update = nd.sigmoid(i_reset + h_reset), nd.sigmoid(i_update + h_update)
        fresh = nd.tanh(i_new + reset * h_new)
        hidden = (1 - update) * fresh + update * states[0]
        return hidden, [hidden]


def is_merged(outputs):
    """Whether the outputs of `unroll` are one array."""
    return isinstance(outputs, Array)
