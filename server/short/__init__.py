"""Short links: programs kept by the server under a name made of their own contents. Optional.

`Settings` say where and how much; `attach(app, settings)` adds the addresses to an application.
Importing this loads no database library: that happens when short links are switched on.
"""

from .settings import NOT_INSTALLED, Settings, default_database, is_possible

__all__ = ["NOT_INSTALLED", "Settings", "attach", "default_database", "is_possible"]


def attach(app, settings: Settings) -> None:
    """Adds `/api/v1/links`, `/s/<id>` and `/oembed` to a Flask application."""
    from .wiring import attach

    attach(app, settings)
