"""/healthz: whether the server runs, whether it has a page, and which engine that page carries."""

import json
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """Always answers while the server runs; `site` is false until the page is built."""
    site = current_app.config["SITE"]
    response = jsonify(ok=True, site=(site / "index.html").is_file(), engine=_engine(site))
    response.headers["Cache-Control"] = "no-store"
    return response


def _engine(site: Path) -> str | None:
    try:
        return json.loads((site / "py" / "manifest.json").read_text("utf-8"))["engineVersion"]
    except (OSError, ValueError, KeyError):
        return None
