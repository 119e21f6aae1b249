"""`gluon.Block`: a part of a network, with parameters and child blocks."""

import warnings

from ...array import Array
from ...errors import MXNetError, message
from .. import device, initializer, nd
from . import deferred, storage
from .hooks import HookHandle
from .naming import BlockScope, prefix_for
from .parameter import Parameter, ParameterDict, load_into

__all__ = ["Block", "HybridBlock", "SymbolBlock"]


def indent(text, spaces=2):
    """`text` with all lines but the first moved to the right."""
    return text.replace("\n", "\n" + " " * spaces)


def listing(name, children):
    """The repr of a block as MXNet writes it: one line for each child."""
    lines = "\n".join(f"  ({key}): {indent(repr(child))}" for key, child in children)
    return f"{name}(\n{lines}\n)"


class Block:
    """A part of a network. Subclasses make children and parameters, and write `forward`.

    Blocks and parameters assigned to attributes are found by `collect_params()`; blocks in lists
    are not: use `nn.Sequential`.
    """

    LAYER = True  # whether `summary` has a line for it

    def __init__(self, prefix=None, params=None):
        self._empty_prefix = prefix == ""
        own, parent = prefix_for(prefix, self._alias())
        self._prefix = own if parent is None else parent.prefix + own
        if params is not None:
            self._params = ParameterDict(params.prefix, params)
        elif parent is not None:
            self._params = ParameterDict(parent.params.prefix + own, parent.params._shared)
        else:
            self._params = ParameterDict(own)
        self._name = self._prefix.removesuffix("_")
        self._scope = BlockScope(self)
        self._children = {}
        self._reg_params = {}
        self._forward_hooks = {}
        self._forward_pre_hooks = {}

    def _alias(self):
        return type(self).__name__.lower()

    def __repr__(self):
        children = [(key, v) for key, v in vars(self).items() if isinstance(v, Block)]
        return listing(type(self).__name__, children)

    def __setattr__(self, name, value):
        existing = getattr(self, name, None)
        if isinstance(existing, Parameter | Block) and not isinstance(value, type(existing)):
            raise TypeError(
                f"Changing attribute type for {name} from {type(existing)} to {type(value)} "
                "is not allowed."
            )
        if isinstance(value, Block):
            self._ready(name)
            self.register_child(value, name)
        elif isinstance(value, Parameter):
            self._ready(name)
            self._reg_params[name] = value
            if value not in self._params.values():  # made directly, not by `self.params.get`
                if value.name in self._params or not value.name.startswith(self._prefix):
                    value.name = self._prefix + (name if value.name == "weight" else value.name)
                self._params._params[value.name] = value
        super().__setattr__(name, value)

    def _ready(self, name):
        if "_children" not in vars(self):
            raise AttributeError(
                message(
                    type(self).__name__,
                    f"cannot assign {name!r} yet",
                    "The block must be set up first",
                    "Call `super().__init__()` at the beginning of `__init__`.",
                )
            )

    # ----- Names -----

    @property
    def prefix(self):
        """What the names of the block's parameters begin with."""
        return self._prefix

    @property
    def name(self):
        """The block's name."""
        return self._name

    def name_scope(self):
        """`with self.name_scope():` names the blocks made inside after this one."""
        return self._scope

    # ----- Parameters -----

    @property
    def params(self):
        """The block's own parameters, without its children's."""
        return self._params

    def collect_params(self, select=None):
        """All parameters of the block and its children; `select` is a regular expression."""
        self._warn_of_containers()
        found = ParameterDict(self._params.prefix)
        found.update(self.params.select(select) if select else self.params)
        for child in self._children.values():
            found.update(child.collect_params(select))
        return found

    def _warn_of_containers(self):
        children = set(self._children.values())

        def strays(held):
            if isinstance(held, list | tuple):
                return any(map(strays, held))
            if isinstance(held, dict):
                return any(map(strays, held.values()))
            return isinstance(held, Block) and held not in children

        for name, held in vars(self).items():
            if isinstance(held, list | tuple | dict) and name != "_children" and strays(held):
                warnings.warn(
                    f'"{type(self).__name__}.{name}" is an unregistered container with Blocks. '
                    "Note that Blocks inside the list, tuple or dict will not be registered "
                    "automatically. Make sure to register them using register_child() or "
                    "switching to nn.Sequential/nn.HybridSequential instead.",
                    stacklevel=3,
                )

    def _by_path(self, prefix=""):
        """All parameters by where they stand: `0.weight`, `output.bias`."""
        dot = prefix + "." if prefix else ""
        found = {dot + name: param for name, param in self._reg_params.items()}
        for name, child in self._children.items():
            found.update(child._by_path(dot + name))
        return found

    _collect_params_with_prefix = _by_path

    def initialize(self, init=None, ctx=None, verbose=False, force_reinit=False):
        """Fills all parameters: by their own initializers, else by `init` (Uniform(0.07))."""
        init = initializer.Uniform() if init is None else initializer.create(init)
        self.collect_params().initialize(init, ctx, verbose, force_reinit)

    def zero_grad(self):
        """Sets the gradients of all parameters to zero."""
        self.collect_params().zero_grad()

    def setattr(self, name, value):
        """Sets an attribute of all parameters."""
        self.collect_params().setattr(name, value)

    def reset_ctx(self, ctx):
        """Moves all parameters to another context."""
        self.collect_params().reset_ctx(ctx)

    def cast(self, dtype):
        """Changes the dtype of all parameters."""
        for child in self._children.values():
            child.cast(dtype)
        for param in self.params.values():
            param.cast(dtype)

    def save_parameters(self, filename, deduplicate=False):
        """Saves all parameters to a file in NumPy's `.npz` form."""
        params = self._by_path()
        if deduplicate:
            params = {name: p for p, name in {p: name for name, p in params.items()}.items()}
        storage.save(filename, {name: param.data() for name, param in params.items()})

    def load_parameters(
        self,
        filename,
        ctx=None,
        allow_missing=False,
        ignore_extra=False,
        cast_dtype=False,
        dtype_source="current",
    ):
        """Loads parameters that `save_parameters` of such a network wrote."""
        device.check(ctx if not isinstance(ctx, list | tuple) else ctx[0])
        params = self._by_path()
        loaded = storage.load(filename)
        if loaded and not any("." in name for name in loaded) and set(loaded) - set(params):
            loaded = {self.prefix + name: value for name, value in loaded.items()}
            params = dict(self.collect_params().items())
        load_into(params, loaded, filename, allow_missing, ignore_extra, cast_dtype, dtype_source)

    def share_parameters(self, shared):
        """Uses the parameters of another block, given as `other.collect_params()`."""
        ours = self._by_path()
        theirs = shared if isinstance(shared, dict) else dict(shared.items())
        by_ending = dict(zip(ours, theirs.values(), strict=False)) if theirs else {}
        for path, param in by_ending.items():
            *parts, name = path.split(".")
            block = self
            for part in parts:
                block = block._children[part]
            old = block._reg_params[name]
            block._reg_params[name] = param
            block._params._params = {
                param.name if p is old else key: param if p is old else p
                for key, p in block._params.items()
            }
            object.__setattr__(block, name, param)
        return self

    # ----- Children -----

    def register_child(self, block, name=None):
        """Makes `block` a child."""
        if not isinstance(block, Block):
            raise TypeError(
                message(
                    type(self).__name__,
                    f"got a {type(block).__name__} as a child",
                    "Children are Blocks",
                    "Wrap a function in `nn.Lambda`.",
                )
            )
        self._children[str(len(self._children)) if name is None else name] = block

    def apply(self, fn):
        """Calls `fn` with every child, and then with the block itself."""
        for child in self._children.values():
            child.apply(fn)
        fn(self)
        return self

    def hybridize(self, active=True, **kwargs):
        """Accepted for MXNet's sake: everything here runs as it is written."""
        for child in self._children.values():
            child.hybridize(active, **kwargs)

    def register_forward_hook(self, hook):
        """Calls `hook(block, inputs, output)` after each forward pass."""
        return HookHandle(self._forward_hooks, hook)

    def register_forward_pre_hook(self, hook):
        """Calls `hook(block, inputs)` before each forward pass."""
        return HookHandle(self._forward_pre_hooks, hook)

    # ----- Running -----

    def __call__(self, *args, **given):
        """Runs the block on arrays."""
        for hook in list(self._forward_pre_hooks.values()):
            hook(self, args)
        out = self.forward(*args, **given)
        for hook in list(self._forward_hooks.values()):
            hook(self, args, out)
        return out

    def forward(self, *args):
        """What the block computes; subclasses write it."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `forward(self, x)`")

    def summary(self, *inputs):
        """Prints the output shape and the number of parameters of each layer."""
        from .summary import summarize

        summarize(self, inputs)


class HybridBlock(Block):
    """A block written as `hybrid_forward(self, F, x, …)` or as `forward(self, x)`.

    `F` is the namespace of functions (`mx.nd`, with `F.np` and `F.npx`); parameters come as
    keywords. `hybridize()` is accepted; blocks run as they are written.
    """

    def __init__(self, prefix=None, params=None):
        super().__init__(prefix, params)
        self._active = False

    def hybridize(self, active=True, **kwargs):
        """Accepted for MXNet's sake: everything here runs as it is written."""
        self._active = active
        super().hybridize(active, **kwargs)

    def register_child(self, block, name=None):
        """Makes `block`, a HybridBlock, a child."""
        if not isinstance(block, HybridBlock):
            raise ValueError(
                message(
                    type(self).__name__,
                    f"got a {type(block).__name__} as a child",
                    "Children of HybridBlock must also be HybridBlock",
                    "Use HybridBlock, or make the parent a Block (`nn.Sequential`).",
                )
            )
        super().register_child(block, name)

    def infer_shape(self, *args):
        """Sets the shapes of parameters that depend on the inputs: by a trial run of
        `hybrid_forward`, unless a layer writes it.
        """
        deferred.infer(self, nd, args)

    def _finish(self, args):
        """Gives deferred parameters their shapes and values, from the first inputs."""
        if any(p._deferred_init for p in self._reg_params.values()):
            self.infer_shape(*args)
            for param in self.params.values():
                deferred.finish(param)

    def __call__(self, *args, **given):
        """Runs the block on arrays."""
        for param in self._reg_params.values():
            if param._deferred_init:
                self._finish(args)
                break
        return super().__call__(*args, **given)

    def forward(self, x, *args, **given):
        """Runs `hybrid_forward` with the block's parameters."""
        held = x[0] if isinstance(x, list | tuple) and x else x
        if not isinstance(held, Array):  # an input may be left out, or be a number
            held = next((v for v in (*args, *given.values()) if isinstance(v, Array)), held)
        if not isinstance(held, Array):
            raise ValueError(
                message(
                    f"{type(self).__name__} {self.name!r}",
                    f"got a {type(held).__name__}",
                    "In HybridBlock, there must be one array (NDArray or mx.np.ndarray)",
                    "Convert it with `mx.np.array(…)` or `mx.nd.array(…)` first.",
                )
            )
        params = {}
        for name, param in self._reg_params.items():
            value = param.data()
            if type(value) is not type(held):
                value = param._turned(type(held))
            params[name] = value
        return self.hybrid_forward(nd, x, *args, **given, **params)

    def hybrid_forward(self, F, x, *args, **kwargs):
        """What the block computes with the functions of `F`; subclasses write it."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method `hybrid_forward(self, F, x)` "
            "or `forward(self, x)`"
        )

    def export(self, path, epoch=0, remove_amp_cast=True):
        """Symbols are left out; raises `NotImplementedError`."""
        raise NotImplementedError(
            "export: symbols are left out. Use `net.save_parameters(…)` and the network's code."
        )


class SymbolBlock(HybridBlock):
    """Symbols are left out; raises `MXNetError`."""

    def __init__(self, *args, **kwargs):
        raise MXNetError("SymbolBlock: symbols are left out. Write the network as a Block.")
