"""`mx.autograd`: recording, backward passes, gradients of any order, user-written functions."""

import numpy

from . import elsewhere, recorded
from .array import ARRAYS, Array, Raw, mark_variable, watch, wrap
from .devices import HOST
from .errors import NOT_ON_TAPE, MXNetError, NotOnTape, ShapeError, message
from .registry import Op
from .tape import Gradient, leaves_of, pick_entry, state, tape_entry, walk

__all__ = [
    "backward",
    "get_symbol",
    "grad",
    "is_recording",
    "is_training",
    "mark_variables",
    "pause",
    "predict_mode",
    "record",
    "set_recording",
    "set_training",
    "train_mode",
]

# ----- Modes -----


def is_recording() -> bool:
    """Whether operations go on the tape now."""
    return state.recording


def is_training() -> bool:
    """Whether the program is in training mode now (Dropout and the like ask for it)."""
    return state.training


def set_recording(is_recording: bool) -> bool:
    """Switches recording on or off; returns how it was."""
    before, state.recording = state.recording, bool(is_recording)
    return before


def set_training(train_mode: bool) -> bool:
    """Switches training mode on or off; returns how it was."""
    before, state.training = state.training, bool(train_mode)
    return before


class _Scope:
    """Context manager that sets modes and puts the old ones back; None leaves a mode as it is."""

    def __init__(self, recording, training):
        self._recording = recording
        self._training = training
        self._before = []

    def __enter__(self):
        self._before.append((state.recording, state.training))
        if self._recording is not None:
            state.recording = self._recording
        if self._training is not None:
            state.training = self._training
        if self._recording and watch.observer is not None:
            watch.observer.entered(state.training)

    def __exit__(self, *_):
        if self._recording and watch.observer is not None:
            watch.observer.left()
        state.recording, state.training = self._before.pop()


def record(train_mode: bool = True) -> _Scope:
    """Scope whose operations go on the tape, so that `backward` can run.

    >>> with autograd.record():
    ...     y = x * x
    >>> y.backward()
    """
    return _Scope(True, train_mode)


def pause(train_mode: bool = False) -> _Scope:
    """Scope inside `record` whose operations stay off the tape."""
    return _Scope(False, train_mode)


def train_mode() -> _Scope:
    """Scope in training mode."""
    return _Scope(None, True)


def predict_mode() -> _Scope:
    """Scope in prediction mode."""
    return _Scope(None, False)


# ----- Backward passes -----


def mark_variables(variables, gradients, grad_reqs="write") -> None:
    """Makes `variables` leaves whose gradients are left in the arrays `gradients`."""
    variables, gradients = _listed(variables), _listed(gradients)
    reqs = [grad_reqs] * len(variables) if isinstance(grad_reqs, str) else list(grad_reqs)
    if not len(variables) == len(gradients) == len(reqs):
        raise ValueError(
            message(
                "mark_variables",
                f"got {len(variables)} variables, {len(gradients)} gradients and {len(reqs)} reqs",
                "There must be one gradient and one req for each variable",
            )
        )
    for variable, gradient, req in zip(variables, gradients, reqs, strict=True):
        mark_variable(variable, gradient, req)


def backward(heads, head_grads=None, retain_graph=False, train_mode=True) -> None:
    """Computes the gradients of `heads` and leaves them in `x.grad` of the arrays they came from.

    `head_grads` holds one gradient per head of the head's shape (None: ones). The graph is freed
    unless `retain_graph`. Raises `NotOnTape` for a head that was not recorded.
    """
    heads = _listed(heads)
    kept = _run("backward", heads, head_grads, (), retain_graph, False, train_mode)
    written = []
    for entry, cotangent in kept:
        gradient = entry.grad
        if gradient is None or gradient.req == "null":
            continue
        buffer = gradient.buffer
        old, raw = buffer._data, cotangent
        if type(raw) is not Raw:
            raw = elsewhere.zeros_as(old) if raw is None else _as_raw(raw)
        if raw.dtype is not old.dtype:
            raw = raw.astype(old.dtype)
        if gradient.req == "add":
            raw = _as_raw(old + raw)
        if getattr(buffer, "_buffer", None) is None:
            buffer._data = raw if raw.shape == old.shape else raw.reshape(old.shape)
        else:
            buffer._write(Ellipsis, raw)
        gradient.fresh = True
        written.append((entry, buffer))
    if watch.observer is not None:
        watch.observer.pass_ended(written)


def grad(heads, variables, head_grads=None, retain_graph=None, create_graph=False, train_mode=True):
    """The gradients of `heads` with respect to `variables`: always a list, in their order.

    With `create_graph` the results are on the tape themselves, so that they can be differentiated
    again, to any order. `retain_graph` defaults to `create_graph`.
    """
    heads, variables = _listed(heads), _listed(variables)
    entries = []
    for k, variable in enumerate(variables):
        if variable._entry is None:
            raise MXNetError(
                message(
                    "autograd.grad",
                    f"variable {k} (shape {variable.shape}) has no gradient",
                    "Cannot differentiate with respect to it because it does not require gradient",
                    "Call `attach_grad()` on it before `record()`.",
                )
            )
        entries.append(variable._entry)
    if retain_graph is None:
        retain_graph = create_graph
    kept = dict(_run("grad", heads, head_grads, entries, retain_graph, create_graph, train_mode))
    results = []
    for variable, entry in zip(variables, entries, strict=True):
        found = kept.get(entry)
        if found is None:
            found = elsewhere.zeros_as(variable._data)
        results.append(_result(found, variable, entry, create_graph))
    if watch.observer is not None:
        watch.observer.pass_ended(list(zip(entries, results, strict=True)))
    return results


def _as_raw(value):
    """A raw array: NumPy's scalars become arrays."""
    return value if elsewhere.is_elsewhere(value) else numpy.asarray(value)


def _result(found, variable, entry, create_graph):
    """A gradient in its variable's class and dtype, on the tape when the graph was recorded."""
    dtype = variable._data.dtype
    if not isinstance(found, Array):
        result = wrap(type(variable), _as_raw(found).astype(dtype, copy=False))
    else:
        result = wrap(type(variable), found._data.astype(dtype, copy=False), found._entry)
        if hasattr(found, "_mark"):
            result._mark = found._mark
    if create_graph and result._entry is None:
        # A gradient that does not depend on the variable any more: its own derivative is zero.
        result._entry = tape_entry(CONSTANT, (entry,), (variable._data,), result._data, None)
    return result


#: Stands in the entry of a recorded gradient that is constant in its variable.
CONSTANT = Op(
    "constant",
    "nn",
    "copy",
    (None,),
    lambda x: x,
    "same",
    lambda *_, **__: 0,
    {},
    ("x",),
    {},
    "const",
    "{x}",
    (None,),
    "A value that depends on nothing.",
    (),
)


def _run(kind, heads, head_grads, wanted, retain_graph, create_graph, train):
    """One backward pass: pairs of entry and cotangent for leaves, kept results and `wanted`."""
    entries, seeds = [], []
    for head, given in zip(heads, _head_grads(heads, head_grads), strict=True):
        if head._entry is None:
            raise NotOnTape(NOT_ON_TAPE)
        entries.append(head._entry)
        seeds.append(elsewhere.ones_as(head._data) if given is None else given)
    # A result whose gradient is wanted only now is marked as one that keeps it.
    marked = [entry for entry in wanted if entry.grad is None] if wanted else ()
    for entry in marked:
        entry.grad = WANTED
    observer = watch.observer
    if observer is not None:
        observer.pass_began(kind, heads, seeds, retain_graph, create_graph)
    before = state.recording, state.training
    state.recording, state.training = create_graph, train
    try:
        if create_graph:
            space, view = recorded.F, _arrays
            seeds = [s if isinstance(s, Array) else wrap(recorded.ndarray, s) for s in seeds]
            seeds = [wrap(recorded.ndarray, s._data, s._entry) for s in seeds]
        else:
            away = elsewhere.place_of(heads[0]._data) if heads else None
            space, view = (HOST if away is None else away).xp, None
            seeds = [s._data if isinstance(s, Array) else s for s in seeds]
        return walk(
            zip(entries, seeds, strict=True), space, view, free=not retain_graph, watch=observer
        )
    except BaseException:
        if observer is not None:
            observer.pass_failed()
        raise
    finally:
        state.recording, state.training = before
        for entry in marked:
            entry.grad = None


#: Marks a result whose cotangent `autograd.grad` asks for.
WANTED = Gradient(None, "null")


def _arrays(entry):
    """An entry's result and primals as recorded arrays, for passes that go on the tape."""
    y = entry.y
    if type(y) is list:
        y = [wrap(recorded.ndarray, part, pick_entry(entry, k, part)) for k, part in enumerate(y)]
    else:
        y = wrap(recorded.ndarray, y, entry)
    primals = [
        wrap(recorded.ndarray, raw, parent)
        if type(raw) is Raw or elsewhere.is_elsewhere(raw)
        else raw
        for raw, parent in zip(entry.primals, entry.parents, strict=True)
    ]
    if watch.observer is not None:
        watch.observer.viewed(entry, y, primals)
    return y, primals


def _head_grads(heads, head_grads):
    if head_grads is None:
        return [None] * len(heads)
    given = _listed(head_grads)
    if len(given) != len(heads):
        raise ValueError(
            message(
                "backward",
                f"got {len(heads)} heads and {len(given)} head gradients",
                "There must be one head gradient (or None) for each head",
            )
        )
    for head, g in zip(heads, given, strict=True):
        if g is not None and g.shape != head.shape:
            raise ShapeError(
                message(
                    "backward",
                    f"the head has shape {head.shape}, its gradient {g.shape}",
                    "The head gradient must have the head's shape",
                )
            )
    return given


def _listed(value):
    if type(value) in ARRAYS:
        return [value]
    if type(value) is list and len(value) == 1 and type(value[0]) in ARRAYS:
        return value
    found = list(value) if isinstance(value, list | tuple) else [value]
    for x in found:
        if type(x) not in ARRAYS and (x is not None or x is value):
            raise TypeError(
                message("autograd", f"got {type(x).__name__}", "Only arrays can be differentiated")
            )
    return found


def get_symbol(x):
    """The names of the variables that `x` was computed from, as `list_arguments()` gives them."""
    return Symbol(x)


class Symbol:
    """What `get_symbol` returns: a listing of arguments and nothing more."""

    def __init__(self, x):
        if x._entry is None:
            raise NotOnTape(NOT_ON_TAPE)
        self._leaves = len(leaves_of(x._entry))

    def list_arguments(self):
        """`var0`, `var1`, …: one name for each leaf."""
        return [f"var{k}" for k in range(self._leaves)]
