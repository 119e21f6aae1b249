"""Adds short links to an application."""

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from . import problems, service
from .api import api
from .doors import doors
from .settings import Settings


def attach(app: Flask, settings: Settings) -> None:
    """Addresses, what the page is told, and problem documents for what Flask refuses."""
    app.extensions[service.KEY] = service.make(settings)
    app.register_blueprint(api)
    app.register_blueprint(doors)
    app.register_error_handler(HTTPException, _refused)
    # The page looks for this: it asks a server for nothing that was not offered.
    app.config["OFFERS"]["short-links"] = "api/v1/links"


def _refused(error: HTTPException) -> Response | HTTPException:
    return problems.of_http(error) if request.path.startswith("/api/") else error
