"""`mx.operator`: operators of one's own as a pair of classes, called by name with `nd.Custom`.

A call is one of `autograd.Function`; that class is the shorter way to write the same.
"""

import numpy

from .. import autograd
from ..array import wrap
from ..errors import MXNetError, ShapeError, message
from ..function import Function
from ..tape import state
from . import device
from .calls import array_of, made

__all__ = ["Custom", "CustomOp", "CustomOpProp", "register"]

REGISTRY = {}
FIRST_ORDER = "its gradient was written in place or computed outside of the arrays"


class CustomOp:
    """What a custom operator computes: `forward` and `backward` fill the arrays they are given."""

    def forward(self, is_train, req, in_data, out_data, aux):
        """Fills `out_data`: `self.assign(out_data[0], req[0], …)`."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `forward`")

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        """Fills `in_grad` from the gradients of the outputs; without it they are zero."""

    def assign(self, dst, req, src):
        """Puts `src` into the array `dst`, or adds it, as the request `req` says."""
        if req not in ("write", "inplace", "add"):
            return
        value = dst + src if req == "add" else src
        if state.recording and value.shape == dst.shape:  # the way to the next derivative
            dst._data, dst._entry = value._data, value._entry
        else:
            dst[:] = value


class CustomOpProp:
    """What a custom operator is: its arguments, outputs, shapes and dtypes.

    With `need_top_grad=False` it stands at the end of a network and gets no gradient (a loss).
    """

    def __init__(self, need_top_grad=True):
        self.need_top_grad_ = need_top_grad

    def list_arguments(self):
        """Names of the inputs."""
        return ["data"]

    def list_outputs(self):
        """Names of the outputs."""
        return ["output"]

    def list_auxiliary_states(self):
        """Names of states that are changed but not trained."""
        return []

    def infer_shape(self, in_shape):
        """Shapes of inputs, outputs and states from the shapes of the inputs."""
        return in_shape, [in_shape[0]] * len(self.list_outputs()), []

    def infer_type(self, in_type):
        """The same for dtypes."""
        outputs, states = self.list_outputs(), self.list_auxiliary_states()
        return in_type, [in_type[0]] * len(outputs), [in_type[0]] * len(states)

    def declare_backward_dependency(self, out_grad, in_data, out_data):
        """What the backward pass needs; accepted for MXNet's sake, as it may use all here."""
        return [*(out_grad if self.need_top_grad_ else ()), *in_data, *out_data]

    def create_operator(self, ctx, in_shapes, in_dtypes):
        """The operator itself, a `CustomOp`."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `create_operator`")


def register(reg_name):
    """Decorator of a `CustomOpProp`: `nd.Custom(…, op_type=reg_name)` calls the operator."""

    def decorator(prop_cls):
        if not (isinstance(prop_cls, type) and issubclass(prop_cls, CustomOpProp)):
            given = getattr(prop_cls, "__name__", type(prop_cls).__name__)
            raise TypeError(
                message("operator.register", f"got {given}", "It takes a class of CustomOpProp")
            )
        REGISTRY[reg_name] = prop_cls
        return prop_cls

    return decorator


class _Call(Function):
    """One call of a custom operator."""

    def __init__(self, operator, outputs, states, top):
        self._operator, self._made, self._states, self._top = operator, outputs, states, top

    def forward(self, *inputs):
        """Runs the operator's `forward`."""
        cls = type(inputs[0])
        outputs = [made(numpy.zeros(shape, dtype), cls) for shape, dtype in self._made]
        requests = ["write"] * len(outputs)
        training = autograd.is_training()
        self._operator.forward(training, requests, list(inputs), outputs, self._states)
        self._count = len(inputs)
        self.save_for_backward(*inputs, *outputs)
        return outputs if len(outputs) > 1 else outputs[0]

    def backward(self, *out_grads):
        """Runs the operator's `backward`."""
        inputs, outputs = self.saved_tensors[: self._count], self.saved_tensors[self._count :]
        found = [wrap(type(x), numpy.zeros(x.shape, x.dtype)) for x in inputs]
        given = list(out_grads) if self._top else []
        requests = ["write"] * len(found)
        self._operator.backward(requests, given, list(inputs), list(outputs), found, self._states)
        if state.recording and any(g._entry is None for g in found):
            raise MXNetError(
                message(
                    f"Custom {type(self).__name__!r}",
                    FIRST_ORDER,
                    "Higher derivatives need it in operations on arrays and `self.assign`",
                    "Use both in `backward`, or write the operator as an `autograd.Function`.",
                )
            )
        return found if len(found) > 1 else found[0]


def Custom(*inputs, op_type=None, name=None, **given):
    """Calls the operator that `mx.operator.register(op_type)` named, on arrays.

    Inputs come in the order of its `list_arguments()`, or by name; all else goes to the class
    that was registered, as texts.
    """
    if op_type not in REGISTRY:
        known = ", ".join(sorted(REGISTRY)) or "none yet"
        raise MXNetError(
            message(
                "Custom",
                f"got op_type {op_type!r}",
                f"The names registered are: {known}",
                "Put `@mx.operator.register('name')` above the class of CustomOpProp.",
            )
        )
    prop_cls = REGISTRY[op_type]
    named = {k: v for k, v in given.items() if hasattr(v, "_data")}
    prop = prop_cls(**{k: str(v) for k, v in given.items() if k not in named})
    arguments, states = prop.list_arguments(), prop.list_auxiliary_states()
    order = [*arguments, *states]
    held = [*inputs, *(named[n] for n in order[len(inputs) :] if n in named)]
    if len(held) != len(order):
        raise MXNetError(
            message(
                f"Custom {op_type!r}",
                f"got {len(held)} arrays",
                f"It needs {len(order)}: {', '.join(order)}",
            )
        )
    held = [array_of(f"Custom {op_type!r}", x) for x in held]
    data, aux = held[: len(arguments)], held[len(arguments) :]
    shapes = prop.infer_shape([list(x.shape) for x in data])
    wanted = [tuple(shape) for shape in shapes[0]]
    if wanted != [x.shape for x in data]:
        raise ShapeError(
            message(
                f"Custom {op_type!r}",
                f"got inputs of shapes {', '.join(str(x.shape) for x in data)}",
                f"Its infer_shape wants {', '.join(map(str, wanted))}",
            )
        )
    types = [numpy.dtype(x.dtype).type for x in data]
    out_types = prop.infer_type(types)[1]
    operator = prop.create_operator(device.current_context(), wanted, types)
    outputs = [(tuple(s), t) for s, t in zip(shapes[1], out_types, strict=True)]
    kind = type(op_type, (_Call,), {"__doc__": prop_cls.__doc__ or type(operator).__doc__})
    return kind(operator, outputs, aux, prop.need_top_grad_)(*data)
