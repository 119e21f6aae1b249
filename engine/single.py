"""`asnumpy()` of one element: a NumPy array that still converts to a Python number.

NumPy 2.4 refuses `float(numpy.ones(1))`, which programs for MXNet rely on:
`print("loss %f" % loss.mean().asnumpy())`. Up to 2.3 it converts, and plain arrays are given.
"""

import warnings

import numpy


def _converts() -> bool:
    """Whether this NumPy converts arrays of shape (1,) itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            float(numpy.ones(1))
        except TypeError:
            return False
    return True


class Single(numpy.ndarray):
    """An array of one element with axes. What is computed with it is a plain array again."""

    def __float__(self):
        return float(self.item())

    def __int__(self):
        return int(self.item())

    def __repr__(self):
        return repr(self.view(numpy.ndarray))

    def __reduce__(self):
        return self.view(numpy.ndarray).__reduce__()

    def __array_wrap__(self, made, context=None, return_scalar=False):
        made = numpy.asarray(made)
        return made[()] if return_scalar else made

    def __getitem__(self, key):
        return self.view(numpy.ndarray)[key]


Single.__name__ = Single.__qualname__ = "ndarray"
Single.__module__ = "numpy"


def single(raw):
    """`raw`, of one element, so that it converts to a number; itself where NumPy does that."""
    return raw if CONVERTS or not raw.ndim else raw.view(Single)


CONVERTS = _converts()
