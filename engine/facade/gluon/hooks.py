"""Functions that run before or after a block's forward pass."""


class HookHandle:
    """What registering a hook returns: `detach()` takes the hook away again."""

    def __init__(self, hooks, hook):
        self._hooks = hooks
        hooks[id(self)] = hook

    def detach(self):
        """Takes the hook away."""
        self._hooks.pop(id(self), None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.detach()
