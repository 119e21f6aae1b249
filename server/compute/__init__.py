"""Arrays on the server's device: runs program frames, never code. Optional; README.md says how.

`Settings` say which device and how much; `attach(app, settings)` adds the addresses to an
application. Nothing of the engine is loaded before that.
"""

from .settings import Settings

__all__ = ["Settings", "attach"]


def attach(app, settings: Settings) -> None:
    """Adds `/api/v1/hello`, `/api/v1/sessions`, `/readyz` and `/metrics` to an application."""
    from .wiring import attach

    attach(app, settings)
