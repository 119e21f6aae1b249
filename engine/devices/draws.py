"""Random draws for devices without a generator of their own: made on the host, then moved."""

from .host import HOST

__all__ = ["HostDraws"]


class HostDraws:
    """The host's generator, whose draws become arrays of another device: the same numbers."""

    def __init__(self, device):
        self._device = device

    def __getattr__(self, method):
        if method.startswith("__"):
            raise AttributeError(method)
        draw = getattr(HOST.xp.random, method)

        def moved(*parameters, **named):
            made = draw(
                *map(self._host, parameters), **{k: self._host(v) for k, v in named.items()}
            )
            return self._device.array(made)

        return moved

    def _host(self, value):
        return self._device.asnumpy(value) if self._device.is_raw(value) else value
