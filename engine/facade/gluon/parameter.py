"""`gluon.Parameter`: an array that training changes, with its gradient and its initializer."""

import re
import warnings

import numpy

from ... import autograd, elsewhere
from ...array import Array, wrap
from ...errors import MXNetError, message
from .. import device, initializer, nd, np, util
from . import storage

__all__ = ["Constant", "DeferredInitializationError", "Parameter", "ParameterDict"]


class DeferredInitializationError(MXNetError):
    """The parameter's shape is known only when data goes through the network."""


def known(shape):
    """Whether all sizes of a shape are known; 0, -1 and None stand for unknown ones."""
    return shape is not None and all(n is not None and n > 0 for n in shape)


def unknown(size):
    """Whether a size is still to be found out."""
    return size in (None, 0, -1)


class Parameter:
    """An array that training changes.

    `grad_req` is "write", "add" or "null". Sizes of `shape` that are 0 or -1 are found out when
    the first batch goes through the network, if `allow_deferred_init`. `lr_mult` and `wd_mult`
    multiply the optimizer's learning rate and weight decay for this parameter.
    """

    def __init__(
        self,
        name="weight",
        grad_req="write",
        shape=None,
        dtype=numpy.float32,
        lr_mult=1.0,
        wd_mult=1.0,
        init=None,
        allow_deferred_init=False,
        differentiable=True,
        stype="default",
        grad_stype="default",
    ):
        if (stype, grad_stype) != ("default", "default"):
            raise MXNetError(f"Parameter {name!r}: sparse storage is not supported here")
        self.name = name
        self.lr_mult, self.wd_mult = lr_mult, wd_mult
        self.init = init
        self._shape = (shape,) if isinstance(shape, int) else shape and tuple(shape)
        self._dtype = dtype
        self._allow_deferred_init = allow_deferred_init
        self._differentiable = differentiable
        self._data = None
        self._contexts = None
        self._deferred_init = ()
        self._grad_req = None
        self.grad_req = grad_req

    def __repr__(self):
        return f"Parameter {self.name} (shape={self.shape}, dtype={self.dtype})"

    # ----- What it is -----

    @property
    def grad_req(self):
        """What a backward pass does with the gradient: "write", "add" or "null"."""
        return self._grad_req

    @grad_req.setter
    def grad_req(self, req):
        if req not in ("write", "add", "null"):
            raise ValueError(
                message(
                    f"Parameter {self.name!r}",
                    f"got grad_req {req!r}",
                    "It must be one of 'write', 'add', or 'null'",
                )
            )
        req = req if self._differentiable else "null"
        if req != self._grad_req:
            self._grad_req = req
            if self._data is not None:
                self._attach()

    @property
    def dtype(self):
        """The type of the elements."""
        return self._dtype

    @dtype.setter
    def dtype(self, dtype):
        self.cast(dtype)

    @property
    def shape(self):
        """The sizes of the axes, 0 (-1 under NumPy semantics) where not known yet."""
        if self._shape is None:
            return None
        free = -1 if util.is_np_shape() else 0
        return tuple(free if unknown(n) else n for n in self._shape)

    @shape.setter
    def shape(self, new):
        old = self._shape
        if old is not None and (
            len(old) != len(new)
            or any(not unknown(a) and a != b for a, b in zip(old, new, strict=True))
        ):
            raise AssertionError(
                message(
                    f"Parameter {self.name!r}",
                    f"Expected shape {tuple(old)} is incompatible with given shape {tuple(new)}",
                    "The layer was made, or has been used, for data of another shape",
                )
            )
        self._shape = tuple(new)

    # ----- Making its values -----

    def initialize(self, init=None, ctx=None, default_init=None, force_reinit=False):
        """Fills the parameter: by `init`, else by its own initializer, else by `default_init`."""
        if self._data is not None and not force_reinit:
            warnings.warn(
                f"Parameter {self.name!r} is already initialized, ignoring. "
                "Set force_reinit=True to re-initialize.",
                stacklevel=2,
            )
            return
        default_init = initializer.Uniform() if default_init is None else default_init
        self._data = None
        if init is None:
            init = default_init if self.init is None else self.init
        self._deferred_init = (init, contexts(ctx, self.name), default_init, None)
        if known(self._shape):
            self._finish_deferred_init()
        elif not self._allow_deferred_init:
            self._deferred_init = ()
            raise ValueError(
                message(
                    f"Parameter {self.name!r}",
                    f"Cannot initialize it because it has invalid shape: {self.shape}",
                    "All sizes must be known",
                    "Give them, or `allow_deferred_init=True` to find them out from the data.",
                )
            )

    def _finish_deferred_init(self):
        if not self._deferred_init:
            return
        if not known(self._shape):
            raise ValueError(
                message(
                    f"Parameter {self.name!r}",
                    f"Cannot initialize it because it has invalid shape: {self.shape}",
                    "All sizes must be known",
                    "Please specify in_units, in_channels, etc for `Block`s.",
                )
            )
        init, ctx, default_init, data = self._deferred_init
        self._deferred_init = ()
        # As in MXNet, the initial values are drawn on the CPU and then moved.
        with autograd.pause(), device.cpu():
            if data is None:
                space = np if util.is_np_array() else nd
                data = space.zeros(self._shape, dtype=self._dtype)
                desc = initializer.InitDesc(self.name, {"__init__": init})
                initializer.create(default_init)(desc, data)
            self._place(data, ctx)

    def _place(self, data, ctx):
        self._contexts = ctx
        self._data = elsewhere.move(data.copy(), device.place(ctx[0]))
        self._attach()

    def _attach(self):
        if self._grad_req == "null":
            self._data = self._data.detach()
        else:
            self._data.attach_grad(self._grad_req)

    def _turned(self, cls):
        """Its data as an array of the other class from here on: the input decides, as in 2.x."""
        data = self._checked()
        if type(data) is cls:
            return data
        self._data = wrap(cls, data._data, data._entry)
        if data._entry is not None and data._entry.grad is not None:
            gradient = data._entry.grad
            gradient.buffer = wrap(cls, gradient.buffer._data)
        return self._data

    def _load(self, data, cast_dtype=False, dtype_source="current"):
        """Takes over a saved array; raises `AssertionError` where shape or dtype differ."""
        self.shape = data.shape
        if numpy.dtype(self._dtype) != numpy.dtype(data.dtype):
            if not cast_dtype:
                raise AssertionError(
                    message(
                        f"Parameter {self.name!r}",
                        f"it has dtype {numpy.dtype(self._dtype)}, the saved array "
                        f"{numpy.dtype(data.dtype)}",
                        "They must be equal",
                        "Set cast_dtype=True to cast the saved array.",
                    )
                )
            if dtype_source == "saved":
                self._dtype = numpy.dtype(data.dtype).type
            else:
                data = data.astype(self._dtype)
        if self._data is None:
            ctx = self._deferred_init[1] if self._deferred_init else [device.cpu()]
            self._deferred_init = ()
            with autograd.pause():
                self._place(data, ctx)
        else:
            self.set_data(data)

    # ----- Its values -----

    def _checked(self):
        if self._data is not None:
            return self._data
        if self._deferred_init:
            raise DeferredInitializationError(
                message(
                    f"Parameter {self.name!r}",
                    "it has not been initialized yet because initialization was deferred",
                    "Actual initialization happens during the first forward pass",
                    "Please pass one batch of data through the network before accessing "
                    "Parameters, or give the sizes (`in_units`, `in_channels`).",
                )
            )
        raise RuntimeError(
            message(
                f"Parameter {self.name!r}",
                "it has not been initialized",
                "Parameters need values before they are used",
                "Write `net.initialize()` before the first `net(x)`, and give Trainer "
                "`net.collect_params()`.",
            )
        )

    def data(self, ctx=None):
        """The array itself. Writing to it changes the parameter."""
        return self._checked() if self._data is None else self._data

    def list_data(self):
        """The array, in a list: one for each context."""
        return [self._checked()]

    def grad(self, ctx=None):
        """The gradient that backward passes leave."""
        gradient = self._checked().grad
        if gradient is None:
            raise RuntimeError(
                f"Cannot get gradient array for Parameter {self.name!r} because grad_req='null'"
            )
        return gradient

    def list_grad(self):
        """The gradient, in a list: one for each context."""
        return [self.grad()]

    def list_ctx(self):
        """Where the parameter lives."""
        if self._data is None:
            if self._deferred_init:
                return self._deferred_init[1]
            self._checked()
        return self._contexts

    def reset_ctx(self, ctx):
        """Moves the parameter to another context."""
        ctx = contexts(ctx, self.name)
        if self._data is not None:
            with autograd.pause():
                self._place(self._data, ctx)
        elif self._deferred_init:
            init, _, default_init, data = self._deferred_init
            self._deferred_init = (init, ctx, default_init, data)
        else:
            raise ValueError(
                f"Cannot reset context for Parameter {self.name!r} because it has not been "
                "initialized. Call `initialize()` first."
            )

    def set_data(self, data):
        """Sets the values."""
        data = _as_array(data)
        self.shape = data.shape
        if self._data is None:
            if not self._deferred_init:
                self._checked()
            self._deferred_init = (*self._deferred_init[:3], data)
            return
        with autograd.pause():
            self._data[...] = data.asnumpy()

    def zero_grad(self):
        """Sets the gradient to zero."""
        if self._data is not None and self._data.grad is not None:
            self._data.grad[...] = 0

    def cast(self, dtype):
        """Changes the type of the elements."""
        self._dtype = dtype
        if self._data is not None:
            with autograd.pause():
                self._place(self._data.astype(dtype), self._contexts)

    def var(self):
        """Symbols are left out; raises `NotImplementedError`."""
        raise NotImplementedError("Symbols are left out: use `parameter.data()`")


def contexts(ctx, name):
    """A list with the one context that arrays can live on here."""
    found = [ctx or device.current_context()] if not isinstance(ctx, list | tuple) else list(ctx)
    for one in found:
        device.check(one)
    if len(set(map(repr, found))) > 1:
        raise MXNetError(
            message(
                f"Parameter {name!r}",
                f"got the contexts {found}",
                "A parameter lives on one device here",
                "Leave `ctx` out.",
            )
        )
    return found[:1]


def _as_array(value):
    if isinstance(value, Array):
        return value
    return (np if util.is_np_array() else nd).array(value)


class Constant(Parameter):
    """A parameter that training leaves as it is."""

    def __init__(self, name, value=None):
        if value is None:  # MXNet 2.x: Constant(value)
            name, value = "const", name
        self.value = _as_array(value)
        super().__init__(
            name,
            grad_req="null",
            shape=self.value.shape,
            dtype=self.value.dtype,
            init=initializer.Constant(self.value),
            differentiable=False,
        )

    def __repr__(self):
        return f"Constant {self.name} (shape={self.shape}, dtype={self.dtype})"


class ParameterDict:
    """Parameters by name, in the order in which they were made."""

    def __init__(self, prefix="", shared=None):
        self._prefix = prefix
        self._params = {}
        self._shared = shared

    def __repr__(self):
        name = self._prefix + " " if self._prefix else ""
        content = "\n".join(f"  {v}".replace("\n", "\n  ") for v in self.values())
        return f"{name}(\n{content}\n)"

    def __getitem__(self, key):
        return self._params[key]

    def __iter__(self):
        return iter(self._params)

    def __len__(self):
        return len(self._params)

    def __contains__(self, key):
        return key in self._params

    def items(self):
        """Pairs of name and parameter."""
        return self._params.items()

    def keys(self):
        """The names."""
        return self._params.keys()

    def values(self):
        """The parameters."""
        return self._params.values()

    @property
    def prefix(self):
        """What the names begin with."""
        return self._prefix

    def _find(self, name):
        if name not in self._params and self._shared is not None and name in self._shared:
            self._params[name] = self._shared[name]
        return self._params.get(name)

    def get(self, name, **given):
        """The parameter `prefix + name`, made when there is none."""
        name = self._prefix + name
        found = self._find(name)
        if found is None:
            found = self._params[name] = Parameter(name, **given)
            return found
        for key, wanted in given.items():
            if key == "shape":
                wanted = (wanted,) if isinstance(wanted, int) else wanted
                if wanted is not None and found._shape is None:
                    found._shape = tuple(wanted)
                elif wanted is not None:
                    pairs = zip(found._shape, wanted, strict=False)
                    if len(wanted) != len(found._shape) or any(
                        not unknown(a) and not unknown(b) and a != b for a, b in pairs
                    ):
                        raise AssertionError(_differs(name, key, wanted, found.shape))
                    found._shape = tuple(
                        b if unknown(a) else a for a, b in zip(found._shape, wanted, strict=True)
                    )
            elif key == "dtype":
                if numpy.dtype(wanted) != numpy.dtype(found.dtype):
                    raise AssertionError(_differs(name, key, wanted, found.dtype))
            elif key in ("init", "grad_req", "lr_mult", "wd_mult"):
                stored = getattr(found, key)
                if stored is None:
                    setattr(found, key, wanted)
                elif wanted is not None and wanted != stored:
                    raise AssertionError(_differs(name, key, wanted, stored))
        return found

    def get_constant(self, name, value=None):
        """The constant `prefix + name`, made from `value` when there is none."""
        name = self._prefix + name
        found = self._find(name)
        if found is None:
            if value is None:
                raise KeyError(
                    f"No constant named '{name}'. Please specify value if you want to create a "
                    "new constant."
                )
            found = self._params[name] = Constant(name, value)
        return found

    def update(self, other):
        """Takes over the parameters of another dictionary."""
        for name, param in other.items():
            if self._params.setdefault(name, param) is not param:
                raise AssertionError(
                    message(
                        "ParameterDict.update",
                        f"both have a parameter named {name!r}",
                        "Names must tell parameters apart",
                        "Make child blocks inside `with self.name_scope():`.",
                    )
                )

    def initialize(self, init=None, ctx=None, verbose=False, force_reinit=False):
        """Fills all parameters; `init` is for those without an initializer of their own."""
        init = initializer.Uniform() if init is None else init
        for param in self.values():
            param.initialize(None, ctx, init, force_reinit=force_reinit)

    def zero_grad(self):
        """Sets all gradients to zero."""
        for param in self.values():
            param.zero_grad()

    def reset_ctx(self, ctx):
        """Moves all parameters to another context."""
        for param in self.values():
            param.reset_ctx(ctx)

    def list_ctx(self):
        """The contexts of all parameters."""
        found = []
        for param in self.values():
            found += [ctx for ctx in param.list_ctx() if ctx not in found]
        return found

    def setattr(self, name, value):
        """Sets an attribute of all parameters: `net.collect_params().setattr("lr_mult", 0.1)`."""
        for param in self.values():
            setattr(param, name, value)

    def select(self, pattern):
        """The parameters whose names match a regular expression from their beginning."""
        made = ParameterDict(self._prefix)
        compiled = re.compile(pattern)
        made.update({name: param for name, param in self.items() if compiled.match(name)})
        return made

    def save(self, filename, strip_prefix=""):
        """Saves all parameters to a file."""
        for name in self.keys():
            if not name.startswith(strip_prefix):
                raise ValueError(
                    f"Prefix {strip_prefix!r} is to be stripped before saving, but Parameter's "
                    f"name {name!r} does not start with it"
                )
        storage.save(filename, {p.name[len(strip_prefix) :]: p.data() for p in self.values()})

    def load(
        self,
        filename,
        ctx=None,
        allow_missing=False,
        ignore_extra=False,
        restore_prefix="",
        cast_dtype=False,
        dtype_source="current",
    ):
        """Loads parameters from a file."""
        loaded = {restore_prefix + name: v for name, v in storage.load(filename).items()}
        load_into(
            self._params, loaded, filename, allow_missing, ignore_extra, cast_dtype, dtype_source
        )


def load_into(params, loaded, filename, allow_missing, ignore_extra, cast_dtype, dtype_source):
    """Gives parameters (by name) the arrays of a file; raises when the two do not match."""
    same = {}
    for name, param in params.items():
        same.setdefault(id(param), []).append(name)
    missing = [n for n, p in params.items() if not any(m in loaded for m in same[id(p)])]
    if missing and not allow_missing:
        raise AssertionError(
            message(
                f"Parameter {missing[0]!r}",
                f"it is missing in file {str(filename)!r}, which contains {', '.join(loaded)}",
                "Each parameter needs its array",
                "Set allow_missing=True to ignore missing parameters.",
            )
        )
    extra = [name for name in loaded if name not in params]
    if extra and not ignore_extra:
        raise ValueError(
            message(
                f"Parameter {extra[0]!r} loaded from file {str(filename)!r}",
                f"the network has no such parameter but {', '.join(params)}",
                "Each array needs its parameter",
                "Set ignore_extra=True to ignore it.",
            )
        )
    for name, value in loaded.items():
        if name in params:
            params[name]._load(value, cast_dtype, dtype_source)


def _differs(name, key, wanted, stored):
    return message(
        f"Parameter {name!r}",
        f"desired {key} {wanted!r}, stored {stored!r}",
        "A shared parameter has one set of attributes",
    )
