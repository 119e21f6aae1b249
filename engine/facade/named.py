"""Classes that can be asked for by name: initializers, metrics, optimizers."""

__all__ = ["Named"]


class Named(dict):
    """Classes by their names in small letters."""

    def register(self, klass):
        """Decorator: `klass` can be asked for by its own name."""
        self[klass.__name__.lower()] = klass
        return klass

    def alias(self, *names):
        """Decorator: further names for a class."""

        def decorator(klass):
            self.update({name.lower(): klass for name in names})
            return klass

        return decorator
