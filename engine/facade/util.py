"""`mx.util`: which array namespace code written for both works in, switched by `npx.set_np()`.

Both kinds of arrays work at any time. The switch decides what Gluon makes when nothing else tells:
parameters, batches of plain data and random draws of initializers are `mx.np` arrays while it is
on, and `mx.nd` arrays while it is off, as in MXNet.
"""

import functools
import inspect
import os
import tempfile

__all__ = [
    "TemporaryDirectory",
    "getenv",
    "is_np_array",
    "is_np_shape",
    "np_array",
    "np_shape",
    "reset_np",
    "set_module",
    "set_np",
    "set_np_shape",
    "setenv",
    "use_np",
    "use_np_array",
    "use_np_shape",
]


class Semantics:
    """What the running program has switched on."""

    __slots__ = ("array", "shape")

    def __init__(self):
        self.array = self.shape = False


semantics = Semantics()


def set_np(shape=True, array=True, dtype=False):
    """Switches NumPy semantics on: Gluon works with `mx.np` arrays from here on."""
    if array and not shape:
        raise ValueError("NumPy Shape semantics is required in using NumPy array semantics.")
    semantics.shape, semantics.array = bool(shape), bool(array)


def reset_np():
    """Switches NumPy semantics off: Gluon works with `mx.nd` arrays from here on."""
    semantics.shape = semantics.array = False


def is_np_array():
    """Whether NumPy semantics are on."""
    return semantics.array


def is_np_shape():
    """Whether -1, and not 0, stands for an unknown size; 0-d arrays work at any time here."""
    return semantics.shape


def set_np_shape(active):
    """Switches shape semantics; returns what they were."""
    before, semantics.shape = semantics.shape, bool(active)
    return before


class _Scope:
    """A `with` block in which some semantics are as given."""

    def __init__(self, **wanted):
        self._wanted = wanted

    def __enter__(self):
        self._before = {name: getattr(semantics, name) for name in self._wanted}
        for name, value in self._wanted.items():
            setattr(semantics, name, value)
        return self

    def __exit__(self, *_):
        for name, value in self._before.items():
            setattr(semantics, name, value)


def np_array(active=True):
    """A `with` block in which array semantics are `active`."""
    return _Scope(array=active)


def np_shape(active=True):
    """A `with` block in which shape semantics are `active`."""
    return _Scope(shape=active)


def _under(target, **wanted):
    """`target`, a function or all methods of a class, run inside a scope."""
    if inspect.isclass(target):
        for name, method in list(vars(target).items()):
            if inspect.isfunction(method):
                setattr(target, name, _under(method, **wanted))
        return target
    if not callable(target):
        raise TypeError(
            f"use_np decorates functions and classes; got {type(target).__name__}. "
            "Write `@use_np` above a `def` or a `class`."
        )

    @functools.wraps(target)
    def call(*args, **given):
        with _Scope(**wanted):
            return target(*args, **given)

    return call


def use_np_shape(func):
    """Decorator: the function, or the class's methods, run with shape semantics on."""
    return _under(func, shape=True)


def use_np_array(func):
    """Decorator: the function, or the class's methods, run with array semantics on."""
    return _under(func, array=True)


def use_np(func):
    """Decorator: the function, or the class's methods, run with NumPy semantics on."""
    return _under(func, shape=True, array=True)


def set_module(module):
    """Decorator that says which module a function belongs to."""

    def decorator(func):
        if module is not None:
            func.__module__ = module
        return func

    return decorator


def getenv(name):
    """An environment variable, None when it is not set."""
    return os.environ.get(name)


def setenv(name, value):
    """Sets an environment variable; None takes it away."""
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


class TemporaryDirectory(tempfile.TemporaryDirectory):
    """A `with` block with a directory of its own, gone afterwards."""

    def __init__(self, suffix="", prefix="", dir=None):
        super().__init__(suffix, prefix, dir, ignore_cleanup_errors=True)
