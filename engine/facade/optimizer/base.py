"""What optimizers share: learning rates, weight decay, counts of updates, states."""

import math
import os

import numpy

from ...array import NDArray
from ...errors import message
from .. import nd, np
from ..named import Named

REGISTRY = Named()


class Optimizer:
    """Changes weights along gradients. Subclasses write `create_state` and `update`.

    Gradients are multiplied by `rescale_grad` and cut to `clip_gradient` before use; `wd` is the
    weight decay. Multipliers for single parameters come from `param_dict` or by name.
    """

    opt_registry = REGISTRY
    MASTER_LAST = False  # whether the float32 copy of a weight comes after its state

    def __init__(
        self,
        rescale_grad=1.0,
        param_idx2name=None,
        wd=0.0,
        clip_gradient=None,
        learning_rate=None,
        lr_scheduler=None,
        sym=None,
        begin_num_update=0,
        multi_precision=False,
        param_dict=None,
        aggregate_num=None,
        use_fused_step=None,
    ):
        self.rescale_grad, self.wd, self.clip_gradient = rescale_grad, wd, clip_gradient
        self.lr_scheduler = lr_scheduler
        self.multi_precision = multi_precision
        if lr_scheduler is None and learning_rate is None:
            learning_rate = 0.01
        if lr_scheduler is not None and learning_rate is not None:
            lr_scheduler.base_lr = learning_rate
        self.lr = learning_rate
        self.begin_num_update = self.num_update = begin_num_update
        self._counts = {}
        self.idx2name = dict(param_idx2name or {})
        self.param_dict = param_dict or {}
        self.set_lr_mult({})
        self.set_wd_mult({})

    # ----- Names -----

    @staticmethod
    def register(klass):
        """Decorator: the optimizer can be asked for by its class's name, in small letters."""
        return REGISTRY.register(klass)

    @staticmethod
    def create_optimizer(name, **kwargs):
        """The optimizer of a name ("sgd", "adam", …)."""
        if not isinstance(name, str) or name.lower() not in REGISTRY:
            raise ValueError(
                message(
                    "Trainer",
                    f"Cannot find optimizer {name!r}",
                    f"It is one of {', '.join(sorted(REGISTRY))}",
                )
            )
        try:
            return REGISTRY[name.lower()](**kwargs)
        except TypeError as problem:
            raise TypeError(f"optimizer {name!r}: {problem}") from None

    # ----- Learning rate and weight decay -----

    @property
    def learning_rate(self):
        """The learning rate, as the scheduler has it if there is one."""
        return self.lr if self.lr_scheduler is None else self.lr_scheduler(self.num_update)

    def set_learning_rate(self, lr):
        """Changes the learning rate."""
        if self.lr_scheduler is not None:
            raise UserWarning(
                "LRScheduler of the optimizer has already been defined. Note that "
                "set_learning_rate can mutate the value of the learning rate of the optimizer "
                "only when the LRScheduler of the optimizer is undefined."
            )
        self.lr = lr

    def set_lr_mult(self, args_lr_mult):
        """Multipliers of the learning rate by name or index."""
        self.lr_mult = dict(args_lr_mult)

    def set_wd_mult(self, args_wd_mult):
        """Multipliers of the weight decay; biases named in `param_idx2name` have none."""
        plain = [n for n in self.idx2name.values() if not n.endswith(("_weight", "_gamma"))]
        self.wd_mult = {**dict.fromkeys(plain, 0.0), **args_wd_mult}

    def _factor(self, index, attribute):
        if index in self.param_dict:
            return getattr(self.param_dict[index], attribute)
        factors = getattr(self, attribute)
        return factors.get(index, factors.get(self.idx2name.get(index), 1.0))

    def _get_lr(self, index):
        return self.learning_rate * self._factor(index, "lr_mult")

    def _get_wd(self, index):
        return self.wd * self._factor(index, "wd_mult")

    def _update_count(self, index):
        self._counts[index] = self._counts.get(index, self.begin_num_update) + 1
        self.num_update = max(self._counts[index], self.num_update)

    @property
    def _index_update_count(self):
        return self._counts

    # ----- Updating -----

    def create_state(self, index, weight):
        """What the optimizer keeps for a weight: None, an array, or a tuple of arrays."""

    def create_state_multi_precision(self, index, weight):
        """As `create_state`; with `multi_precision` a half precision weight has a float32 copy too.

        The result is the copy, which takes the updates, and what `create_state` gives for it.
        """
        if not self._has_master(weight):
            return self.create_state(index, weight)
        master = weight.astype("float32")
        held = (master, self.create_state(index, master))
        return held[::-1] if self.MASTER_LAST else held

    def _has_master(self, weight):
        return self.multi_precision and weight._data.dtype.name == "float16"

    def update(self, index, weight, grad, state):
        """Changes `weight` in place."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `update`")

    def update_multi_precision(self, index, weight, grad, state):
        """As `update`; lists of weights are updated one after another."""
        if isinstance(index, list | tuple):
            for each in zip(index, weight, grad, state, strict=True):
                self.update_multi_precision(*each)
        elif self._has_master(weight):
            master, held = state[::-1] if self.MASTER_LAST else state
            self.update(index, master, grad.astype("float32"), held)
            weight[:] = master.astype("float16")
        else:
            self.update(index, weight, grad, state)

    def _begin(self, index):
        """Counts an update: learning rate, weight decay, and number of this update."""
        self._update_count(index)
        return self._get_lr(index), self._get_wd(index), self._counts[index]

    def _scaled(self, grad, weight=None, wd=0.0):
        """The gradient rescaled, with weight decay added if a weight is given, and cut."""
        grad = grad * self.rescale_grad
        if weight is not None:
            grad = grad + wd * weight
        return self._cut(grad)

    def _cut(self, grad):
        if self.clip_gradient is None or self.clip_gradient < 0:
            return grad
        return nd.clip(grad, -self.clip_gradient, self.clip_gradient)


register, create = Optimizer.register, Optimizer.create_optimizer


def zeros(weight, count=1):
    """`count` arrays of zeros like a weight; one array alone when `count` is 1."""
    space = nd if isinstance(weight, NDArray) else np
    ctx = weight.context
    made = [space.zeros(weight.shape, ctx=ctx, dtype=weight.dtype) for _ in range(count)]
    return made[0] if count == 1 else tuple(made)


def _leaves(state, path=""):
    """The arrays of nested tuples, each with the places that lead to it: `_1_0`."""
    if not isinstance(state, tuple):
        yield path, state
        return
    for k, part in enumerate(state):
        yield from _leaves(part, f"{path}_{k}")


def _tree(leaves):
    """The nested tuples of which `_leaves` gave the parts."""
    if "" in leaves:
        return leaves[""]
    branches = {}
    for path, part in leaves.items():
        place, _, rest = path[1:].partition("_")
        branches.setdefault(int(place), {})["_" + rest if rest else ""] = part
    return tuple(_tree(branches[k]) for k in sorted(branches))


class Updater:
    """An optimizer with the states of all weights: `updater(index, grad, weight)`."""

    def __init__(self, optimizer):
        self.optimizer = optimizer
        self.states = {}

    def __call__(self, index, grad, weight):
        """Updates a weight, or lists of them."""
        if isinstance(index, list | tuple):
            for each in zip(index, grad, weight, strict=True):
                self(*each)
            return
        if index not in self.states:
            self.states[index] = self.optimizer.create_state_multi_precision(index, weight)
        self.optimizer.update_multi_precision(index, weight, grad, self.states[index])

    def save(self, filename):
        """Writes states and counts to a file in NumPy's `.npz` form."""
        held = {}
        for index, state in self.states.items():
            for path, part in _leaves(state):
                kind = "none" if part is None else "nd" if isinstance(part, NDArray) else "np"
                held[f"{index}.{path}.{kind}"] = [] if part is None else part.asnumpy()
        counts = self.optimizer._counts
        held["counts"] = numpy.array([[k, n] for k, n in counts.items()]).reshape(-1, 2)
        with open(os.fspath(filename), "wb") as file:
            numpy.savez(file, **held)

    def load(self, filename):
        """Reads what `save` wrote."""
        with numpy.load(os.fspath(filename), allow_pickle=False) as file:
            held = {name: file[name] for name in file.files}
        counts = {int(k): int(n) for k, n in held.pop("counts")}
        found = {}
        for name, value in held.items():
            index, path, kind = name.split(".")
            space = {"nd": nd, "np": np}.get(kind)
            part = space and space.array(value, dtype=value.dtype)
            found.setdefault(int(index), {})[path] = part
        states = {index: _tree(leaves) for index, leaves in found.items()}
        self.states = {index: states.get(index) for index in {**dict.fromkeys(counts), **states}}
        self.optimizer._counts = counts
        self.optimizer.num_update = max(counts.values(), default=self.optimizer.num_update)


def get_updater(optimizer):
    """The optimizer with states."""
    return Updater(optimizer)


def bias_corrections(beta1, beta2, t):
    """1 - beta1ᵗ and 1 - beta2ᵗ, and the factor sqrt(second) / first."""
    first, second = 1.0 - beta1**t, 1.0 - beta2**t
    return first, second, math.sqrt(second) / first
