"""`gluon.Trainer`: lets an optimizer change parameters along their gradients."""

from ...errors import message
from .. import optimizer as opt
from .parameter import Parameter, ParameterDict

__all__ = ["Trainer"]


class Trainer:
    """Updates parameters: `trainer = Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})`.

    After `loss.backward()`, `trainer.step(batch_size)` divides the gradients by the batch size and
    updates every parameter.
    """

    def __init__(
        self,
        params,
        optimizer,
        optimizer_params=None,
        kvstore="device",
        compression_params=None,
        update_on_kvstore=None,
    ):
        if isinstance(params, dict | ParameterDict):
            params = [params[key] for key in sorted(params.keys())]
        if not isinstance(params, list | tuple):
            raise ValueError(_given(type(params).__name__))
        for param in params:
            if not isinstance(param, Parameter):
                raise ValueError(_given(f"a list with {type(param).__name__}"))
        self._params = list(params)
        for param in self._params:
            param.list_ctx()  # raises when the parameter was not initialized
        by_index = dict(enumerate(self._params))
        if isinstance(optimizer, opt.Optimizer):
            if optimizer_params:
                raise AssertionError(
                    "optimizer_params must be None if optimizer is an instance of Optimizer "
                    "instead of str"
                )
            self._optimizer = optimizer
            optimizer.param_dict = by_index
        else:
            self._optimizer = opt.create(optimizer, param_dict=by_index, **(optimizer_params or {}))
        self._updater = opt.get_updater(self._optimizer)
        self._scale = self._optimizer.rescale_grad

    @property
    def optimizer(self):
        """The optimizer."""
        return self._optimizer

    @property
    def learning_rate(self):
        """The learning rate, as the scheduler has it if there is one."""
        return self._optimizer.learning_rate

    def set_learning_rate(self, lr):
        """Changes the learning rate."""
        self._optimizer.set_learning_rate(lr)

    def step(self, batch_size, ignore_stale_grad=False):
        """One update of every parameter, with gradients divided by `batch_size`.

        Gradients that no backward pass has renewed since the last step raise `UserWarning`, or
        are left out when `ignore_stale_grad`.
        """
        self.allreduce_grads()
        self.update(batch_size, ignore_stale_grad)

    def allreduce_grads(self):
        """Sums gradients over devices; there is one."""

    def update(self, batch_size, ignore_stale_grad=False):
        """The second half of `step`: changes the parameters."""
        if batch_size == 0:
            raise ZeroDivisionError("Trainer.step: batch_size is 0; it is the number of samples")
        self._optimizer.rescale_grad = self._scale / batch_size
        fresh = []
        for index, param in enumerate(self._params):
            if param.grad_req == "null":
                continue
            param.data()
            if param._data._fresh_grad:
                fresh.append((index, param))
            elif not ignore_stale_grad:
                raise UserWarning(_stale(param))
        for index, param in fresh:
            self._updater(index, param.grad(), param.data())
            param._data._fresh_grad = False

    def save_states(self, fname):
        """Saves the optimizer's momenta and counts in NumPy's `.npz` form."""
        self._updater.save(fname)

    def load_states(self, fname):
        """Loads what `save_states` wrote."""
        self._updater.load(fname)


def _given(what):
    return message(
        "Trainer",
        f"First argument must be a list or dict of Parameters, got {what}",
        "The optimizer needs to know what to update",
        "Write `Trainer(net.collect_params(), …)`.",
    )


def _stale(param):
    return message(
        f"Gradient of Parameter `{param.name}` on context {param.list_ctx()[0]}",
        "it has not been updated by backward since last `step`",
        "Every parameter needs a new gradient before each step",
        "Call `loss.backward()` first; if the loss uses a part of the parameters only, call "
        "step with ignore_stale_grad=True.",
    )
