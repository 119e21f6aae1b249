"""`foreach`, `while_loop` and `cond`: control flow as functions; here they are Python's own."""

import numpy

from ..elsewhere import host
from ..errors import MXNetError, message
from .calls import made, op

__all__ = ["cond", "foreach", "while_loop"]


def _listed(value):
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _flat(value):
    """The arrays of nested lists, in order."""
    if isinstance(value, list | tuple):
        return [x for part in value for x in _flat(part)]
    return [value]


def _like(form, arrays):
    """The arrays of the iterator `arrays` nested as `form`."""
    if isinstance(form, list | tuple):
        return [_like(part, arrays) for part in form]
    return next(arrays)


def foreach(body, data, init_states, name="foreach"):
    """`out, states = body(slice, states)` for each slice of `data` along its first axis.

    Returns the outputs stacked, and the last states. `data`, states and outputs are arrays or
    nested lists of arrays.
    """
    whole = _flat(data)
    states, found, form = init_states, [], None
    for k in range(whole[0].shape[0]):
        parts = iter([op("getitem", x, key=k) for x in whole])
        out, states = body(_like(data, parts), states)
        form = out
        found.append(_flat(out))
    stacked = [op("stack", *column, axis=0) for column in zip(*found)]
    return (_like(form, iter(stacked)) if stacked else []), states


def _true(value):
    return bool(host(value._data).reshape(-1)[0]) if hasattr(value, "_data") else bool(value)


def while_loop(cond, func, loop_vars, max_iterations=None, name="while_loop"):
    """`out, vars = func(*vars)` as long as `cond(*vars)`, at most `max_iterations` times.

    Returns the outputs stacked (zeros fill the rows that no step made) and the last variables.
    """
    if max_iterations is None:
        raise ValueError(message("while_loop", "got no max_iterations", "It is needed"))
    held, found, form, steps = _listed(loop_vars), [], None, 0
    if not held:
        raise ValueError(message("while_loop", "got no loop_vars", "There must be at least one"))
    while steps < max_iterations and _true(cond(*held)):
        out, new = func(*held)
        new = _listed(new)
        if len(new) != len(held):
            raise ValueError(
                message(
                    "while_loop",
                    f"func returned {len(new)} variables",
                    f"There are {len(held)} loop_vars",
                )
            )
        held, form = new, out
        found.append(_flat(out) if out is not None else [])
        steps += 1
    stacked = []
    for column in zip(*found):
        x = op("stack", *column, axis=0)
        if steps < max_iterations:
            rest = (max_iterations - steps, *x.shape[1:])
            x = op("concatenate", x, made(numpy.zeros(rest, x._data.dtype), type(x)), axis=0)
        stacked.append(x)
    outputs = _like(form, iter(stacked)) if stacked else []
    return outputs, (held if isinstance(loop_vars, list | tuple) else held[0])


def cond(pred, then_func, else_func, inputs=None, name="cond"):
    """What `then_func()` gives if `pred` is not 0, else what `else_func()` gives."""
    given = _listed(inputs)
    if callable(pred):
        pred = pred(*given)
    if hasattr(pred, "size") and pred.size != 1:
        raise MXNetError(
            message("cond", f"the condition has shape {pred.shape}", "It must be one number")
        )
    return then_func(*given) if _true(pred) else else_func(*given)
