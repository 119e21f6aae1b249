"""`/api/v1/links`: keeps a program under a name of its contents, gives it back, takes it down."""

import json
from typing import Any

from flask import Blueprint, Response, request

from . import documents, guard, problems, service
from .problems import Problem
from .store import Entry

api = Blueprint("short-links-api", __name__)

#: Contents under an id never change, but may be taken down: caches let go after a day.
A_DAY = "public, max-age=86400, immutable"
MOST_REASON = 200


@api.post("/api/v1/links")
def make() -> Response:
    """201 for a new link, 200 for one that is kept already."""
    service.check_writer()
    guard.check_json(request.mimetype)
    service.limit(service.here().writes)
    kept = documents.from_request(_body())
    entry, fresh = service.stored(lambda store: store.put(*kept))
    if entry.link is None:
        raise service.withdrawn(entry)
    url = f"{service.root()}s/{entry.id}"
    response = _json({"id": entry.id, "url": url}, 201 if fresh else 200)
    response.headers["Location"] = url
    return response


@api.get("/api/v1/links/<id>")
def show(id: str) -> Response:
    """The document, its link and its age."""
    service.limit(service.here().reads)
    entry = service.entry(id)
    response = _json(
        {
            "id": entry.id,
            "link": f"#{entry.link}",
            "document": documents.read(entry.link or ""),
            "created": entry.created,
        }
    )
    response.headers["Cache-Control"] = A_DAY
    response.set_etag(entry.name)
    return response.make_conditional(request)


@api.delete("/api/v1/links/<id>")
def take_down(id: str) -> Response:
    """`{"reason": "…"}`, with the token of this server. Only id and reason are left."""
    service.check_writer()
    service.limit(service.here().writes)
    guard.check_token(request.headers.get("Authorization", ""), service.here().settings.token)
    guard.check_json(request.mimetype)
    reason = reason_of(_parsed(_body()).get("reason"))
    found = service.entry(id)
    gone: Entry = service.stored(lambda store: store.withdraw(found.id, reason))
    return _json({"id": gone.id, "withdrawn": gone.withdrawn, "reason": gone.reason})


@api.errorhandler(Problem)
def problem(error: Problem) -> Response:
    return problems.answer(error)


@api.errorhandler(documents.Refused)
def refused(error: documents.Refused) -> Response:
    too_big = error.code in ("too-long", "too-large")
    return problems.answer(Problem(413 if too_big else 422, error.code, str(error)))


def reason_of(given: object) -> str:
    """Why a link is taken down: everybody who opens it reads that."""
    if not isinstance(given, str) or not 1 <= len(given.strip()) <= MOST_REASON:
        raise Problem(422, "no-reason", f'"reason" must be a text of 1 to {MOST_REASON} characters')
    try:
        given.encode()
    except UnicodeEncodeError:
        raise Problem(422, "no-reason", '"reason" must be whole characters') from None
    return given.strip().replace("\0", "")


def _body() -> bytes:
    """At most `MOST_BODY` bytes of a request; Flask answers 413 for more."""
    request.max_content_length = documents.MOST_BODY
    return request.get_data(cache=False)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body.decode())
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Problem(422, "bad-content", "the request must be a JSON object")
    return given


def _json(value: object, status: int = 200) -> Response:
    # In ASCII, as half a character of UTF-16 may stand in a program.
    response = Response(json.dumps(value), status, mimetype="application/json")
    response.headers.update(problems.HEADERS)
    response.headers["Cache-Control"] = "no-store"
    return response
