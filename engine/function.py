"""`autograd.Function`: differentiable functions with a backward pass of the user's own.

On the tape a call is an entry of the row "function" whose attribute is the user's instance.
"""

from .array import ARRAYS, Array, watch, wrap
from .autograd import _Scope
from .errors import CalledTwice, MXNetError, ShapeError, message
from .registry import Op
from .tape import pick_entry, state, tape_entry

__all__ = ["Function"]


class Function:
    """A differentiable function with a backward pass of one's own.

    Subclass it, write `forward(self, *inputs)` and `backward(self, *output_gradients)` on arrays,
    and call an instance inside `record()`. `backward` returns one gradient for each input.
    """

    _outputs = None
    saved_tensors = ()

    def __init__(self):
        """Nothing to set up; subclasses may have parameters of their own."""

    def save_for_backward(self, *arrays):
        """Keeps arrays for `backward`, which finds them in `self.saved_tensors`."""
        self.saved_tensors = arrays

    def forward(self, *inputs):
        """Computes the outputs; operations here stay off the tape."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `forward(self, *inputs)`")

    def backward(self, *output_grads):
        """Computes one gradient for each input from one gradient for each output."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method `backward(self, *output_grads)`"
        )

    def __call__(self, *inputs):
        name = type(self).__name__
        if self._outputs is not None:
            raise CalledTwice(
                message(
                    name,
                    "this instance was called before",
                    "Each Function instance can only be called once",
                    f"Make a new one for each call: `{name}()(…)`.",
                )
            )
        for x in inputs:
            if type(x) not in ARRAYS:
                raise TypeError(
                    message(
                        name, f"got an input of type {type(x).__name__}", "Inputs must be arrays"
                    )
                )
        with _OwnCode(False):
            outputs = self.forward(*inputs)
        single = type(outputs) in ARRAYS
        self._outputs = (outputs,) if single else _arrays(f"{name}.forward", outputs)
        results = _on_tape(self, inputs)
        return results[0] if single else tuple(results)


class _OwnCode(_Scope):
    """Inside a Function's own methods: the call is one step of the program, so nobody watches.

    A `backward` that is recorded is watched: its operations lead to the next derivative.
    """

    def __init__(self, recording):
        super().__init__(None, None)
        self._wanted = recording

    def __enter__(self):
        super().__enter__()
        state.recording = self._wanted
        self._observer = watch.observer
        if not self._wanted:
            watch.observer = None

    def __exit__(self, *problem):
        watch.observer = self._observer
        super().__exit__(*problem)


def _arrays(thing, values):
    """`values` as a tuple of arrays; raises `TypeError` naming what else it was."""
    values = tuple(values) if isinstance(values, list | tuple) else (values,)
    for value in values:
        if type(value) not in ARRAYS and value is not None:
            raise TypeError(
                message(thing, f"returned {type(value).__name__}", "It must return arrays")
            )
    return values


def _on_tape(function, inputs):
    """New arrays for what `forward` returned, on the tape when an input has a past.

    The returned objects themselves may be saved in the function, to which the entry points: they
    get no entry, so that no cycle arises.
    """
    outputs = function._outputs
    raws = [y._data for y in outputs]
    parents = [x._entry for x in inputs]
    attrs = {"function": function}
    entry = None
    if state.recording and any(parent is not None for parent in parents):
        primals = [x._data for x in inputs]
        entry = tape_entry(FUNCTION, parents, primals, raws if len(raws) > 1 else raws[0], attrs)
    if len(raws) == 1:
        results = [wrap(type(outputs[0]), raws[0], entry)]
    else:
        results = [
            wrap(type(y), raw, entry and pick_entry(entry, k, raw))
            for k, (y, raw) in enumerate(zip(outputs, raws, strict=True))
        ]
    if watch.observer is not None:
        watch.observer.operation(
            FUNCTION, inputs, attrs, results if len(results) > 1 else results[0], entry
        )
    return results


def _input_grads(F, g, y, *primals, function):
    """Runs the user's `backward`: one contribution for each input."""
    name = f"{type(function).__name__}.backward"
    recorded = state.recording
    cotangents = g if type(g) is list else [g]
    outputs = y if type(y) is list else [y]
    given = [
        _seen_as(type(old), c) if isinstance(c, Array) else wrap(type(old), c)
        for old, c in zip(function._outputs, cotangents, strict=True)
    ]
    saved = function.saved_tensors
    if recorded:
        # A saved output stands for the recorded one, so that the second derivative sees it.
        place = {id(old): new for old, new in zip(function._outputs, outputs, strict=True)}
        function.saved_tensors = tuple(
            _seen_as(type(s), place[id(s)]) if id(s) in place else s for s in saved
        )
    try:
        with _OwnCode(recorded):
            grads = _arrays(name, function.backward(*given))
    finally:
        function.saved_tensors = saved
    if len(grads) != len(primals):
        raise MXNetError(
            message(
                name,
                f"returned {len(grads)} gradients for {len(primals)} inputs",
                "It must return one gradient for each input of forward",
            )
        )
    found = []
    for k, (c, primal) in enumerate(zip(grads, primals, strict=True)):
        if c is not None and c.shape != primal.shape:
            raise ShapeError(
                message(
                    name,
                    f"gradient {k} has shape {c.shape}, input {k} has shape {primal.shape}",
                    "A gradient must have its input's shape",
                )
            )
        if c is None:
            found.append(F.zeros_like(primal))
        else:
            found.append(_seen_as(type(primal), c) if recorded else c._data)
    return found


def _seen_as(cls, array):
    """`array` as one of class `cls`, with the same past."""
    if type(array) is cls:
        return array
    same = wrap(cls, array._data, array._entry)
    if hasattr(array, "_mark"):
        same._mark = array._mark
    return same


def copied(function):
    """Another instance with the same attributes; no code of the user's runs."""
    other = object.__new__(type(function))
    other.__dict__.update(function.__dict__)
    return other


def light_copy(function):
    """A copy without what a call left in it: it keeps no arrays of the call alive."""
    light = copied(function)
    light._outputs = None
    light.saved_tensors = ()
    return light


#: The row for every call of a user's function; the instance is its attribute.
FUNCTION = Op(
    "function",
    "function",
    "copy",
    (_input_grads,),
    lambda *shapes, function: shapes[0],
    "same",
    lambda *_, **__: 0,
    {"function": None},
    ("inputs",),
    {},
    "function",
    r"\operatorname{function}({inputs})",
    (r"\text{the user's backward}",),
    "A function with a backward pass of the user's own.",
    (),
    variadic=True,
    joint=True,
)
