"""Adds the compute server to an application."""

import atexit

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from ..short import problems
from . import service
from .api import api
from .runner import NAME, runner
from .settings import Settings


def attach(app: Flask, settings: Settings) -> None:
    """Addresses, the device, and what the page is told. Raises `place.Unusable`."""
    made = service.Service(settings)
    app.extensions[service.KEY] = made
    atexit.register(made.stop)
    made.sessions.keep_house()
    app.register_blueprint(api)
    app.register_blueprint(runner)
    app.register_error_handler(HTTPException, _refused)
    app.config["OFFERS"]["compute"] = "api/v1"
    app.config["OFFERS"]["compute-device"] = settings.device
    app.config["OFFERS"]["compute-runner"] = NAME
    if made.local_token:
        app.config["OFFERS"]["compute-token"] = made.local_token


def _refused(error: HTTPException) -> Response | HTTPException:
    return problems.of_http(error) if request.path.startswith("/api/") else error
