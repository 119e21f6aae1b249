"""Cells made of cells: stacked, with dropout or zoneout, with shortcuts, in both directions."""

from ... import nd
from ..block import indent
from . import sequences
from .cells import HybridRecurrentCell, RecurrentCell, is_merged

__all__ = [
    "BidirectionalCell",
    "DropoutCell",
    "HybridSequentialRNNCell",
    "ModifierCell",
    "ResidualCell",
    "SequentialRNNCell",
    "ZoneoutCell",
]


class _Stack:
    """What both kinds of stacks share."""

    def add(self, cell):
        """Puts a cell on top."""
        self.register_child(cell)

    def state_info(self, batch_size=0):
        """Shapes and layouts of all cells' states."""
        return [info for cell in self._children.values() for info in cell.state_info(batch_size)]

    def begin_state(self, batch_size=0, **kwargs):
        """States of all cells for the first step."""
        cells = self._children.values()
        return [state for cell in cells for state in cell.begin_state(batch_size, **kwargs)]

    def forward(self, inputs, states):
        """One step of each cell, from the bottom up."""
        following, place = [], 0
        for cell in self._children.values():
            count = len(cell.state_info())
            inputs, new = cell(inputs, states[place : place + count])
            following += new
            place += count
        return inputs, following

    def unroll(
        self,
        length,
        inputs,
        begin_state=None,
        layout="NTC",
        merge_outputs=None,
        valid_length=None,
    ):
        """Runs one cell after another over the whole sequence."""
        self.reset()
        steps, batch_size = sequences.as_steps(length, inputs, layout)
        states = self._states(begin_state, steps[0], batch_size)
        inputs, following, place = steps, [], 0
        cells = list(self._children.values())
        for cell in cells:
            count = len(cell.state_info())
            inputs, new = cell.unroll(
                length,
                inputs,
                states[place : place + count],
                layout,
                merge_outputs if cell is cells[-1] else False,
                valid_length,
            )
            following += new
            place += count
        return inputs, following

    def __repr__(self):
        lines = "\n".join(f"({key}): {indent(repr(v))}" for key, v in self._children.items())
        return f"{type(self).__name__}(\n{lines}\n)"

    def __getitem__(self, index):
        return list(self._children.values())[index]

    def __len__(self):
        return len(self._children)


class SequentialRNNCell(_Stack, RecurrentCell):
    """Cells on top of each other."""


class HybridSequentialRNNCell(_Stack, HybridRecurrentCell):
    """Cells on top of each other, all of them HybridBlocks."""


class DropoutCell(HybridRecurrentCell):
    """Dropout on the input; it has no state."""

    def __init__(self, rate, axes=(), prefix=None, params=None):
        super().__init__(prefix, params)
        self._rate, self._axes = rate, axes

    def _alias(self):
        return "dropout"

    def state_info(self, batch_size=0):
        """No states."""
        return []

    def hybrid_forward(self, F, inputs, states):
        """The input with elements dropped while training."""
        if self._rate > 0:
            inputs = nd.Dropout(inputs, p=self._rate, axes=self._axes)
        return inputs, states

    def __repr__(self):
        return f"{type(self).__name__}(rate={self._rate}, axes={self._axes})"


class ModifierCell(HybridRecurrentCell):
    """A cell that changes what another cell does."""

    def __init__(self, base_cell):
        if base_cell._modified:
            raise AssertionError(
                f"Cell {base_cell.name} is already modified. One cell cannot be modified twice"
            )
        base_cell._modified = True
        super().__init__(prefix=base_cell.prefix + self._alias(), params=None)
        self.base_cell = base_cell

    @property
    def params(self):
        """The base cell's parameters."""
        return self.base_cell.params

    def state_info(self, batch_size=0):
        """The base cell's."""
        return self.base_cell.state_info(batch_size)

    def begin_state(self, batch_size=0, **kwargs):
        """The base cell's."""
        self.base_cell._modified = False
        try:
            return self.base_cell.begin_state(batch_size, **kwargs)
        finally:
            self.base_cell._modified = True

    def __repr__(self):
        return f"{type(self).__name__}({self.base_cell})"


class ZoneoutCell(ModifierCell):
    """While training, elements of outputs and states stay as they were with some probability."""

    def __init__(self, base_cell, zoneout_outputs=0.0, zoneout_states=0.0):
        super().__init__(base_cell)
        self.zoneout_outputs, self.zoneout_states = zoneout_outputs, zoneout_states
        self._prev_output = None

    def _alias(self):
        return "zoneout"

    def reset(self):
        """Forgets the last output."""
        super().reset()
        self._prev_output = None

    def hybrid_forward(self, F, inputs, states):
        """One step of the base cell, some elements kept."""
        output, following = self.base_cell(inputs, states)
        previous = self._prev_output
        if previous is None:
            previous = nd.zeros_like(output)
        if self.zoneout_outputs:
            output = _kept(self.zoneout_outputs, output, previous)
        if self.zoneout_states:
            pairs = zip(following, states, strict=True)
            following = [_kept(self.zoneout_states, new, old) for new, old in pairs]
        self._prev_output = output
        return output, following

    def __repr__(self):
        return (
            f"{type(self).__name__}(p_out={self.zoneout_outputs}, p_state={self.zoneout_states}, "
            f"{self.base_cell})"
        )


def _kept(probability, new, old):
    return nd.where(nd.Dropout(nd.ones_like(new), p=probability), new, old)


class ResidualCell(ModifierCell):
    """The base cell's output plus its input."""

    def _alias(self):
        return "residualcell"

    def hybrid_forward(self, F, inputs, states):
        """One step of the base cell, plus the input."""
        output, states = self.base_cell(inputs, states)
        return output + inputs, states


class BidirectionalCell(HybridRecurrentCell):
    """One cell runs forward, another backward; their outputs are joined."""

    def __init__(self, l_cell, r_cell, output_prefix="bi_"):
        super().__init__(prefix="", params=None)
        self.register_child(l_cell, "l_cell")
        self.register_child(r_cell, "r_cell")

    def __call__(self, inputs, states):
        raise NotImplementedError("Bidirectional cannot be stepped. Please use unroll")

    def state_info(self, batch_size=0):
        """Both cells' shapes and layouts."""
        return [info for cell in self._children.values() for info in cell.state_info(batch_size)]

    def begin_state(self, batch_size=0, **kwargs):
        """Both cells' first states."""
        cells = self._children.values()
        return [state for cell in cells for state in cell.begin_state(batch_size, **kwargs)]

    def unroll(
        self,
        length,
        inputs,
        begin_state=None,
        layout="NTC",
        merge_outputs=None,
        valid_length=None,
    ):
        """Runs both cells over the sequence: joined outputs, and both cells' last states."""
        self.reset()
        merged = is_merged(inputs) if merge_outputs is None else merge_outputs
        steps, batch_size = sequences.as_steps(length, inputs, layout)
        states = self._states(begin_state, steps[0], batch_size)
        left, right = self._children.values()
        count = len(left.state_info())
        turned = sequences.reversed_steps(steps, valid_length)
        ahead, ahead_states = left.unroll(
            length, steps, states[:count], layout, False, valid_length
        )
        back, back_states = right.unroll(
            length, turned, states[count:], layout, False, valid_length
        )
        back = sequences.reversed_steps(back, valid_length)
        outputs = [nd.concat(a, b, dim=1) for a, b in zip(ahead, back, strict=True)]
        if valid_length is not None:
            outputs = sequences.masked(outputs, valid_length)
        outputs = sequences.as_one(outputs, layout) if merged else outputs
        return outputs, ahead_states + back_states

    def __repr__(self):
        left, right = self._children.values()
        return f"{type(self).__name__}(forward={left}, backward={right})"
