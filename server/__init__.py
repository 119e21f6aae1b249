"""The web server of the playground: `create_app()` gives the Flask application.

It serves the page, a folder that `make site` writes, with the headers that the page's security and
speed rest on, keeps short links and offers a device where that is switched on. User code runs in
the browser and nowhere else: a device gets programs of known operations.
"""

from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from . import compute, short
from .described import described
from .health import health
from .pages import Site, not_found, pages
from .short import problems

__all__ = ["create_app"]


def create_app(
    site: Path | None = None,
    *,
    links: short.Settings | None = None,
    device: compute.Settings | None = None,
) -> Flask:
    """The application that serves `site`; without one, the page of this package or of this clone.

    `links` switches short links on (`server.short.Settings`), `device` arrays on a device of this
    machine (`server.compute.Settings`); the latter raises `RuntimeError` where there is none.

    >>> create_app().test_client().get("/healthz").json["ok"]
    True
    """
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config["SITE"] = Path(site).resolve() if site else default_site()
    #: What the page is told in its <meta> elements.
    app.config["OFFERS"] = {}
    app.url_map.converters["site"] = Site
    app.register_blueprint(health)
    app.register_blueprint(described)
    app.register_blueprint(pages)
    app.register_error_handler(404, _missing)
    if links:
        short.attach(app, links)
    if device:
        compute.attach(app, device)
    return app


def _missing(error: NotFound) -> Response:
    """A page for people, a document for programs."""
    return problems.of_http(error) if request.path.startswith("/api/") else not_found(error)


def default_site() -> Path:
    """An installed wheel carries the page in `server/site`; a clone builds it in `build/site`."""
    here = Path(__file__).resolve().parent
    carried = here / "site"
    return carried if carried.is_dir() else here.parent / "build" / "site"
