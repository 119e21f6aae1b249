"""Errors of the API as problem documents (RFC 9457), and the headers of all its answers."""

import json
from http import HTTPStatus

from flask import Response
from werkzeug.exceptions import HTTPException

#: No page is ever made of an answer of the API.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


class Problem(Exception):
    """Ends a request; `code` is for programs, `detail` for people."""

    def __init__(self, status: int, code: str, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def answer(problem: Problem) -> Response:
    """The document of a problem; its kind is `code`, so its `type` is left to be about:blank."""
    said = {
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    response = Response(json.dumps(said), problem.status, mimetype="application/problem+json")
    response.headers.update(HEADERS)
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(problem.headers)
    return response


def of_http(error: HTTPException) -> Response:
    """For what Flask itself refuses below `/api/`."""
    status = error.code or 500
    code = HTTPStatus(status).phrase.lower().replace(" ", "-")
    response = answer(Problem(status, code, error.description or code))
    methods = getattr(error, "valid_methods", None)
    if methods:
        response.headers["Allow"] = ", ".join(sorted(methods))
    return response
