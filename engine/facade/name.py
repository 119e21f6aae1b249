"""`mx.name`: names of operations; nothing here needs them, programs may ask for them."""

__all__ = ["NameManager", "Prefix"]


class NameManager:
    """A `with` block in which `get(None, "dot")` gives "dot0", "dot1", …"""

    def __init__(self):
        self._counts = {}

    def get(self, name, hint):
        """The name itself, or a new one made of `hint`."""
        if name:
            return name
        number = self._counts.get(hint, 0)
        self._counts[hint] = number + 1
        return f"{hint}{number}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Prefix(NameManager):
    """A manager whose names begin with `prefix`."""

    def __init__(self, prefix):
        super().__init__()
        self._prefix = prefix

    def get(self, name, hint):
        """The name with the prefix."""
        return self._prefix + super().get(name, hint)
