"""Dense, Dropout, Embedding, Flatten, and layers made of functions."""

import math

from ....array import ndarray
from ....errors import message
from ... import nd, np
from ..block import Block, HybridBlock
from .activations import Activation

__all__ = ["Dense", "Dropout", "Embedding", "Flatten", "HybridLambda", "Identity", "Lambda"]


class Dense(HybridBlock):
    """A fully connected layer: activation(x · weightᵀ + bias).

    All axes of the input but the first are joined when `flatten`; `in_units` follows from the
    first batch when it is left out.
    """

    def __init__(
        self,
        units,
        activation=None,
        use_bias=True,
        flatten=True,
        dtype="float32",
        weight_initializer=None,
        bias_initializer="zeros",
        in_units=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not isinstance(units, int) or units < 0:
            raise ValueError(
                message(
                    "Dense", f"got units={units!r}", "It is the number of outputs, not negative"
                )
            )
        self._flatten, self._units, self._in_units = flatten, units, in_units
        with self.name_scope():
            self.weight = self.params.get(
                "weight",
                shape=(units, in_units),
                init=weight_initializer,
                dtype=dtype,
                allow_deferred_init=True,
            )
            self.bias = None
            if use_bias:
                self.bias = self.params.get(
                    "bias",
                    shape=(units,),
                    init=bias_initializer,
                    dtype=dtype,
                    allow_deferred_init=True,
                )
            self.act = None
            if activation is not None:
                self.act = Activation(activation, prefix=activation + "_")

    def infer_shape(self, x, *args):
        """Sets the number of inputs."""
        inputs = math.prod(x.shape[1:]) if self._flatten else x.shape[-1]
        self.weight.shape = (self._units, inputs)

    def hybrid_forward(self, F, x, weight, bias=None):
        """activation(x · weightᵀ + bias)."""
        y = nd.FullyConnected(x, weight, bias, no_bias=bias is None, flatten=self._flatten)
        return y if self.act is None else self.act(y)

    def __repr__(self):
        units, inputs = self.weight.shape
        layout = f"{inputs or None} -> {units}"
        return f"{type(self).__name__}({layout}, {self.act if self.act else 'linear'})"


class Dropout(HybridBlock):
    """Sets elements to 0 with probability `rate` while training, and scales the others up."""

    def __init__(self, rate, axes=(), **kwargs):
        super().__init__(**kwargs)
        self._rate, self._axes = rate, axes

    def hybrid_forward(self, F, x):
        """`x` with elements dropped."""
        return nd.Dropout(x, p=self._rate, axes=self._axes) if self._rate > 0 else x.copy()

    def __repr__(self):
        return f"{type(self).__name__}(p = {self._rate}, axes={self._axes})"


class Embedding(HybridBlock):
    """A vector for each index: the rows of a matrix."""

    def __init__(
        self,
        input_dim,
        output_dim,
        dtype="float32",
        weight_initializer=None,
        sparse_grad=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._text = f"{input_dim} -> {output_dim}, {dtype}"
        self.weight = self.params.get(
            "weight",
            shape=(input_dim, output_dim),
            init=weight_initializer,
            dtype=dtype,
            allow_deferred_init=True,
        )

    def hybrid_forward(self, F, x, weight):
        """The rows of the matrix at the indices `x`."""
        return nd.Embedding(x, weight)

    def __repr__(self):
        return f"{type(self).__name__}({self._text})"


class Flatten(HybridBlock):
    """All axes but the first joined into one."""

    def hybrid_forward(self, F, x):
        """`x` as a matrix."""
        return x.reshape((x.shape[0], -1))

    def __repr__(self):
        return type(self).__name__


class Identity(HybridBlock):
    """The input itself."""

    def hybrid_forward(self, F, x):
        """`x`."""
        return x


def _named(function, thing):
    """A function given by name, of the namespace of the array it is called with."""
    if not hasattr(nd, function) and not hasattr(np, function):
        raise AssertionError(
            message(thing, f"got {function!r}", "Function name is not found in mx.nd")
        )

    def call(x, *args):
        space = np if isinstance(x, ndarray) and hasattr(np, function) else nd
        return getattr(space, function)(x, *args)

    call.__name__ = function
    return call


def _checked(function, thing):
    if not callable(function):
        raise ValueError(
            message(
                thing,
                f"Unrecognized function in lambda: {function!r}",
                "It must be a function, or the name of one in mx.nd",
            )
        )
    return function


class Lambda(Block):
    """A function as a block: `nn.Lambda(lambda x: x * 2)` or `nn.Lambda("tanh")`."""

    def __init__(self, function, prefix=None):
        super().__init__(prefix=prefix)
        found = _named(function, "Lambda") if isinstance(function, str) else function
        self._func_impl = _checked(found, "Lambda")

    def forward(self, *args):
        """The function of the inputs."""
        return self._func_impl(*args)

    def __repr__(self):
        return f"{type(self).__name__}({self._func_impl.__name__})"


class HybridLambda(HybridBlock):
    """A function of F and arrays as a block: `nn.HybridLambda(lambda F, x: F.tanh(x))`."""

    def __init__(self, function, prefix=None):
        super().__init__(prefix=prefix)
        if isinstance(function, str):
            named = _named(function, "HybridLambda")
            self._func = lambda F, *args: named(*args)
            self._func_name = function
        else:
            self._func = _checked(function, "HybridLambda")
            self._func_name = function.__name__

    def hybrid_forward(self, F, x, *args):
        """The function of the inputs."""
        return self._func(F, x, *args)

    def __repr__(self):
        return f"{type(self).__name__}({self._func_name})"
