"""`/api/v1/openapi.json`: the API in writing. The file is written by hand; tests hold the routes
and the answers to it (`tests/server/test_described.py`)."""

from pathlib import Path

from flask import Blueprint, Response

described = Blueprint("described", __name__)

DOCUMENT = Path(__file__).with_name("openapi.json")


@described.get("/api/v1/openapi.json")
def openapi() -> Response:
    """The same on every server; what a server does not offer answers 404."""
    response = Response(DOCUMENT.read_bytes(), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Tools that read such documents are pages of other origins.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
