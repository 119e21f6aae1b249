"""Contexts (devices): `mx.cpu()`, `mx.gpu(i)`, `mx.Context`, `mx.current_context()`."""

from ..errors import MXNetError, message

__all__ = [
    "Context",
    "Device",
    "cpu",
    "cpu_pinned",
    "cpu_shared",
    "current_context",
    "current_device",
    "gpu",
    "gpu_memory_info",
    "num_gpus",
]


KINDS = ("cpu", "gpu", "cpu_pinned", "cpu_shared")


class Context:
    """A device by type and number; usable as `with ctx:`."""

    def __init__(self, device_type, device_id: int = 0):
        if isinstance(device_type, Context):
            device_type, device_id = device_type.device_type, device_type.device_id
        if device_type not in KINDS:
            raise ValueError(
                message("Context", f"got {device_type!r}", f"It is one of {', '.join(KINDS)}")
            )
        if isinstance(device_id, bool) or not hasattr(device_id, "__index__"):
            needed = "It is a number, 0 for the first"
            raise TypeError(message(device_type, f"got the device number {device_id!r}", needed))
        self.device_type = device_type
        self.device_id = device_id

    def __repr__(self):
        return f"{self.device_type}({self.device_id})"

    def __eq__(self, other):
        return isinstance(other, Context) and repr(self) == repr(other)

    def __hash__(self):
        return hash(repr(self))

    def __enter__(self):
        check(self)
        return self

    def __exit__(self, *_):
        pass

    def empty_cache(self):
        """Nothing is cached here."""


def cpu(device_id: int = 0) -> Context:
    """The processor."""
    return Context("cpu", device_id)


def cpu_pinned(device_id: int = 0) -> Context:
    """The processor; pinned memory does not exist here."""
    return Context("cpu_pinned", device_id)


def gpu(device_id: int = 0) -> Context:
    """A GPU. Naming it is possible everywhere; arrays on it need a server that has one."""
    return Context("gpu", device_id)


def num_gpus() -> int:
    """How many GPUs arrays can live on."""
    return 0


def current_context() -> Context:
    """Where new arrays go."""
    return cpu()


def cpu_shared(device_id: int = 0) -> Context:
    """The processor; memory shared by processes does not exist here."""
    return Context("cpu_shared", device_id)


def gpu_memory_info(device_id: int = 0):
    """Raises `MXNetError`: there is no GPU."""
    check(gpu(device_id))


Device, current_device = Context, current_context  # their names in 2.x


def check(ctx) -> None:
    """Raises `MXNetError` for a device that arrays cannot live on here."""
    if ctx is not None and Context(ctx).device_type.startswith("gpu"):
        raise MXNetError(
            message(
                f"context {ctx}",
                "there is no GPU here",
                "Arrays live on mx.cpu()",
                "Leave `ctx` out, or write `ctx = mx.gpu(0) if npx.num_gpus() else mx.cpu()`.",
            )
        )
