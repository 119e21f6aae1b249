"""Methods of the two array classes: made from the rows where they are functions of the array."""

import inspect
import re

from .. import autograd, elsewhere, shapes, views
from ..array import Array, MXNetError, NDArray, Raw, invoke, ndarray, watch, wrap
from ..errors import INPLACE, message
from ..registry import OPS
from ..tape import state
from . import device, images, layers, order, sequences, statistics
from .generate import dtype_name, plain

#: Rows whose functions are methods too.
METHODS = (
    "abs",
    "all",
    "any",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctanh",
    "argmax",
    "argmin",
    "broadcast_to",
    "cbrt",
    "ceil",
    "clip",
    "cos",
    "cosh",
    "cumsum",
    "degrees",
    "exp",
    "expm1",
    "flip",
    "floor",
    "log",
    "log10",
    "log1p",
    "log2",
    "max",
    "mean",
    "min",
    "norm",
    "one_hot",
    "ones_like",
    "pick",
    "prod",
    "radians",
    "rcbrt",
    "reciprocal",
    "relu",
    "repeat",
    "rint",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "std",
    "sum",
    "swapaxes",
    "tan",
    "tanh",
    "tile",
    "trunc",
    "var",
    "zeros_like",
)

#: Functions of nd and np (or npx) that are methods too, where the two differ.
FUNCTIONS = ("sort", "argsort", "take", "dot", "split")
#: Functions of both namespaces that are methods.
SHARED = {
    "topk": order.topk,
    "softmax": layers.softmax,
    "log_softmax": layers.log_softmax,
    "softmin": layers.softmin,
    "argmax_channel": sequences.argmax_channel,
    "broadcast_axes": sequences.broadcast_axis,
    "broadcast_like": sequences.broadcast_like,
    "depth_to_space": images.depth_to_space,
    "diag": sequences.diag,
    "nanprod": statistics.nanprod,
    "nansum": statistics.nansum,
    "pad": sequences.nd_pad,
    "reshape_like": sequences.reshape_like,
    "shape_array": sequences.shape_array,
    "size_array": sequences.size_array,
    "slice_axis": layers.slice_axis,
    "slice_like": sequences.slice_like,
    "space_to_depth": images.space_to_depth,
    "split_v2": sequences.split_v2,
    "slice": layers.slice_parts,
}


def _method(row):
    names = tuple(row.attrs)
    extra = row.operands[1:]

    usual = row.attrs or None

    def call(self, *args, out=None, dtype=None, **given):
        if not (args or given or extra) and out is None and dtype is None:
            return invoke(row, (self,), usual)
        operands = (self, *args[: len(extra)])
        if len(operands) <= len(extra):  # by name
            operands += tuple(given.pop(n) for n in extra[len(operands) - 1 :] if n in given)
        attrs = {**row.attrs, **dict(zip(names, map(plain, args[len(extra) :]), strict=False))}
        for key, value in given.items():
            if key not in attrs:
                raise TypeError(f"{row.name}() got an unexpected keyword argument {key!r}")
            attrs[key] = plain(value)
        result = invoke(row, operands, attrs or None)
        if dtype is not None:
            result = result.astype(dtype)
        if out is None:
            return result
        out[...] = result
        return out

    call.__name__ = row.name
    call.__doc__ = row.doc
    call.__signature__ = _signature(["self", *extra], {**row.attrs, "out": None, "dtype": None})
    return call


def _signature(operands, options):
    """A signature with arguments `operands` and, by keyword or place, `options`."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature(
        [
            *(inspect.Parameter(name, kind) for name in operands),
            *(inspect.Parameter(name, kind, default=value) for name, value in options.items()),
        ]
    )


for _name in METHODS:
    setattr(Array, _name, _method(OPS[_name]))


def _excluding(usual):
    """A reduction with `exclude`, which only NDArrays have."""

    def call(self, *args, exclude=False, **given):
        if not exclude:
            return usual(self, *args, **given)
        from . import nd

        return getattr(nd, usual.__name__)(self, *args, exclude=True, **given)

    call.__name__, call.__doc__ = usual.__name__, usual.__doc__
    call.__signature__ = _signature(
        ["self"], {"axis": None, "keepdims": False, "exclude": False, "out": None, "dtype": None}
    )
    return call


for _name in ("sum", "mean", "prod", "max", "min"):
    setattr(NDArray, _name, _excluding(getattr(Array, _name)))


def _namespaced(name):
    def call(self, *args, **given):
        from . import nd, np

        return getattr(nd if isinstance(self, NDArray) else np, name)(self, *args, **given)

    call.__name__ = name
    call.__doc__ = f"As the function `{name}` of the array's namespace."
    return call


for _name in FUNCTIONS:
    setattr(Array, _name, _namespaced(_name))
for _name, _function in SHARED.items():
    setattr(Array, _name, device.beside(_function))


def _sizes(args):
    """A shape given as one tuple or as several numbers."""
    sizes = args[0] if len(args) == 1 and not isinstance(args[0], int) else args
    return plain(sizes) if isinstance(sizes, int) else tuple(plain(n) for n in sizes)


def _reshape(self, *newshape, shape=None, order="C", reverse=False, **_):
    """The same elements in another shape, given as numbers or as a tuple; -1 is inferred.

    On NDArrays 0 copies an axis, and -2, -3 and -4 mean what they mean in MXNet; with `reverse`
    they are read from the right.
    """
    _in_order(order)
    if not newshape and shape is None:
        raise TypeError("reshape() needs the new shape: `x.reshape((2, 3))`")
    new = _sizes(newshape or (shape,))
    if isinstance(self, NDArray):
        new = shapes.resolved("reshape", self.shape, new, reverse)
    result = invoke(OPS["reshape"], (self,), {"newshape": new})
    if isinstance(self, NDArray) and result._entry is None:
        views.share(self, result, ("reshape", result.shape))
    return result


def _transpose(self, *order, axes=None):
    """Axes in another order (reversed when none are given)."""
    axes = axes or (order[0] if len(order) == 1 and not isinstance(order[0], int) else order)
    return invoke(OPS["transpose"], (self,), {"axes": plain(axes) if axes else None})


def _in_order(order):
    if order not in ("C", "K", "A"):
        raise NotImplementedError(
            message("order", f"got {order!r}", "Elements lie in C order here, rows together")
        )


def _flatten(self, order="C", inplace=False):
    """All elements in one axis; of an NDArray, all axes but the first joined into one."""
    rows = (self.shape[0], -1) if isinstance(self, NDArray) else (-1,)
    return _placed(self, invoke(OPS["reshape"], (self,), {"newshape": rows}), inplace)


def _placed(self, result, inplace):
    """`result`, sharing the memory of the NDArray it is a new shape of where that was asked for."""
    if inplace and isinstance(self, NDArray) and result._entry is None:
        views.share(self, result, ("reshape", result.shape))
    return result


def _expand_dims(self, axis, inplace=False):
    """The array with a new axis of one element; `inplace` shares an NDArray's memory."""
    return _placed(self, invoke(OPS["expand_dims"], (self,), {"axis": plain(axis)}), inplace)


def _squeeze(self, axis=None, inplace=False):
    """The array without its axes of one element; `inplace` shares an NDArray's memory."""
    return _placed(self, invoke(OPS["squeeze"], (self,), {"axis": plain(axis)}), inplace)


def _astype(self, dtype, copy=True):
    """The same values in another dtype; `copy=False` gives the array itself when it has it."""
    name = dtype_name(dtype)
    if not copy and self._data.dtype.name == name:
        return self
    return invoke(OPS["cast"], (self,), {"dtype": name})


def _copy(self, order="C"):
    """The same values in new memory."""
    _in_order(order)
    return invoke(OPS["copy"], (self,))


def _copyto(self, other):
    """Copies the values into another array, or to a context (which gives a new array)."""
    if isinstance(other, Array):
        if state.recording and other._entry is not None:
            raise MXNetError(INPLACE)
        other[...] = self
        return other
    wanted = device.place(other)
    return self.copy() if elsewhere.place_of(self._data) is wanted else _moved(self, wanted)


def _moved(self, wanted):
    """A new array with the values on another device (None: the host)."""
    if state.recording and self._entry is not None:
        raise MXNetError(
            message(
                "as_in_ctx",
                f"moving a recorded array from {self.context} to {wanted or 'cpu(0)'}",
                "A recorded computation stays on one device",
                "Move the data before `record()`, or `x.detach()` first.",
            )
        )
    result = wrap(type(self), elsewhere.moved(self._data, wanted))
    if watch.observer is not None:
        watch.observer.operation(OPS["copy"], (self,), None, result, None)
    return result


def _as_in_context(self, context):
    """The array on a context: itself when it is there already."""
    wanted = device.place(context)
    return self if elsewhere.place_of(self._data) is wanted else _moved(self, wanted)


def _backward(self, out_grad=None, retain_graph=False, train_mode=True):
    """Computes the gradient of this array and leaves it in `x.grad` of the arrays it came from.

    `out_grad` is the head gradient, of this array's shape (None: ones).
    """
    head_grads = None if out_grad is None else [out_grad]
    autograd.backward([self], head_grads, retain_graph, train_mode)


def _converted(cls, name):
    def call(self):
        """The same array, sharing its memory, as one of the other namespace."""
        if type(self) is cls:
            return self
        view = wrap(cls, self._data, self._entry)
        views.share(self, view)
        if watch.observer is not None:
            watch.observer.replaced(view, self)
        return view

    call.__name__ = name
    return call


def _wait_to_read(self):
    """Waits for the value. On a server it is computed then, and errors of it are raised."""
    if elsewhere.is_elsewhere(self._data):
        elsewhere.host(self._data.reshape(-1)[:1])


def _ravel(self, order="C"):
    """The elements in one axis."""
    return self.reshape(-1)


def _zero_grad(self):
    """Sets the gradient to zero."""
    if self.grad is not None:
        self.grad[...] = 0


def _tostype(self, stype):
    """The array itself: storage is always dense here."""
    if stype != "default":
        raise MXNetError(f"tostype: sparse storage {stype!r} is left out. Arrays are dense here.")
    return self


def _slice_assign(self, rhs, begin, end, step=None):
    """A copy in which the part from `begin` to `end` is the array `rhs`."""
    step = step or (None,) * len(begin)
    key = tuple(slice(*part) for part in zip(begin, end, step, strict=True))
    return invoke(OPS["setitem"], (self, rhs), {"key": key})


def _slice_assign_scalar(self, scalar, begin, end, step=None):
    """A copy in which the part from `begin` to `end` is one number."""
    return _slice_assign(self, scalar, begin, end, step)


def _no_dlpack(name):
    def call(self):
        raise MXNetError(f"{name}: DLPack is left out. Pass `x.asnumpy()` on.")

    call.__name__ = call.__qualname__ = name
    call.__doc__ = "DLPack is left out: pass `x.asnumpy()` on."
    return call


def _nonzero(self):
    """Where the elements are not zero: one array of indices for each axis."""
    from . import np

    return np.nonzero(self)


Array.reshape = _reshape
Array.tostype = _tostype
Array.slice_assign, Array.slice_assign_scalar = _slice_assign, _slice_assign_scalar
Array.to_dlpack_for_read = _no_dlpack("to_dlpack_for_read")
Array.to_dlpack_for_write = _no_dlpack("to_dlpack_for_write")
ndarray.reshape_view = _reshape
Array.fix = Array.trunc
ndarray.nonzero = _nonzero
Array.transpose = _transpose
Array.flatten = _flatten
Array.expand_dims = _expand_dims
Array.squeeze = _squeeze
Array.astype = _astype
Array.copy = _copy
Array.copyto = _copyto
Array.as_in_context = Array.as_in_ctx = Array.to_device = _as_in_context
Array.backward = _backward
Array.zero_grad = _zero_grad
Array.as_np_ndarray = _converted(ndarray, "as_np_ndarray")
Array.as_nd_ndarray = _converted(NDArray, "as_nd_ndarray")
Array.wait_to_read = _wait_to_read
Array.T = property(lambda self: self.transpose(), doc="The axes reversed.")
Array.context = Array.ctx = Array.device = property(device.context_of, doc="Where the array lives.")
Array.stype = property(lambda self: "default", doc="How the array is stored.")
ndarray.ravel = _ravel

# ----- How arrays are shown -----


def _nd_repr(self):
    size = "x".join(map(str, self.shape))
    return f"\n{elsewhere.host(self._data)!s}\n<NDArray {size} @{self.context}>"


def _np_repr(self):
    text = _host_repr(elsewhere.host(self._data))
    there = elsewhere.place_of(self._data)
    return text if there is None else f"{text[:-1]}, ctx={there})"


def _host_repr(raw):
    text = repr(raw)
    if "..." in text:  # newer versions of NumPy tell the shape of what they abbreviate
        text = re.sub(r",\s+shape=\([\d, ]*\)", "", text)
    name = raw.dtype.name
    if "dtype=" in text:
        return text[: text.rindex(",")] + ")" if name == "float32" else text
    return text if name in ("float32", "bool") else f"{text[:-1]}, dtype={name})"


NDArray.__repr__ = NDArray.__str__ = _nd_repr
ndarray.__repr__ = _np_repr


def _np_str(self):
    text = str(elsewhere.host(self._data))
    return text if type(self._data) is Raw else f"{text} @{self.context}"


ndarray.__str__ = _np_str
ndarray.__format__ = lambda self, spec: (
    format(self.item(), spec)
    if spec and not self.ndim
    else str(self)
    if not spec
    else object.__format__(self, spec)
)
