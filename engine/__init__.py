"""Autograd engine: MXNet's `nd`, `np`, `npx` and `autograd` in pure Python on NumPy.

>>> import engine
>>> engine.install()
>>> from mxnet import np, autograd
"""

__version__ = "0.1.0"
__all__ = ["__version__", "install"]


def install() -> None:
    """Makes `import mxnet` in this process resolve to this engine."""
    from . import facade

    facade.install()
