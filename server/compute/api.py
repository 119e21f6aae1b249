"""`/api/v1/…`: opens sessions, takes program frames, gives reply frames. `README.md` has the table.

Who may: a session is opened by who has the token, from a page of this server or from no browser.
The name of a session is a secret of 128 bits; who has it may use the session, and nothing else, so
the page's runner, an opaque origin, is given only that.
"""

import hmac
import json
import re
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from engine.program import LIMITS

from ..short import guard, problems
from ..short.problems import Problem
from . import metrics, service
from .place import Refused
from .service import CHUNK

api = Blueprint("compute", __name__)

FRAME = "application/octet-stream"

RANGE = re.compile(r"bytes=(\d{1,12})-(\d{1,12})")
CONTENT_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")


@api.get("/api/v1/hello")
def hello() -> Response:
    """Versions, the operations' hash, the device, the limits."""
    _check_host()
    return _json(service.here().hello())


@api.post("/api/v1/sessions")
def open_session() -> Response:
    """201 with the session's name."""
    _check_host()
    _check_own_origin()
    _check_token()
    here = service.here()
    wait = here.opens.ask(service.client_of(request.remote_addr))
    if wait:
        raise Refused(429, "TOO_MANY", f"too many sessions: try again in {wait} s", wait=wait)
    sid = here.open()
    said = here.hello()
    told = {
        "sid": sid,
        "opset": said["opset"],
        "limits": said["limits"],
        "devices": said["devices"],
    }
    return _json(told, 201)


@api.post("/api/v1/sessions/<sid>/programs")
def run_program(sid: str) -> Response:
    """One frame in, one frame out."""
    _check_bearer_of_name()
    if request.mimetype != FRAME:
        raise Problem(415, "not-a-frame", f"send Content-Type: {FRAME}")
    _, reply = service.here().ask(sid, {"do": "answer"}, _body(LIMITS.frame_bytes))
    return _bytes(reply)


@api.put("/api/v1/sessions/<sid>/tensors/<int:handle>")
def put_tensor(sid: str, handle: int) -> Response:
    """One chunk of an array that is too large for a frame: `Content-Range: bytes 0-4194303/…`,
    its dtype and shape in the address (`?dtype=float32&shape=4096,4096`)."""
    _check_bearer_of_name()
    found = CONTENT_RANGE.fullmatch(request.headers.get("Content-Range", ""))
    shape = _shape(request.args.get("shape", ""))
    dtype = request.args.get("dtype", "")
    if not found or dtype not in _dtypes() or not 0 < handle < 2**32 - 1:
        raise Problem(400, "bad-chunk", "a chunk has a Content-Range, a dtype and a shape")
    start, last, total = map(int, found.groups())
    body = _body(CHUNK)
    size = _dtypes()[dtype]
    for n in shape:
        size *= n
    if last - start + 1 != len(body) or total != size:
        raise Problem(400, "bad-chunk", "the sizes of the chunk and of the array do not fit")
    head = {"do": "put", "handle": handle, "dtype": dtype, "shape": shape, "start": start}
    said, _ = service.here().ask(sid, head, body)
    return _json({"have": said["have"]})


@api.get("/api/v1/sessions/<sid>/tensors/<int:handle>")
def get_tensor(sid: str, handle: int) -> Response:
    """A part of an array: `Range: bytes=0-4194303`, at most one chunk."""
    _check_bearer_of_name()
    found = RANGE.fullmatch(request.headers.get("Range", ""))
    if not found or not handle < 2**32:
        raise Problem(400, "bad-range", "say which bytes: Range: bytes=0-4194303")
    if not 0 <= int(found[2]) - int(found[1]) < CHUNK:
        raise Problem(416, "bad-range", f"ask for at most {CHUNK} bytes: Range: bytes=0-4194303")
    start, stop = int(found[1]), int(found[2]) + 1
    head = {"do": "get", "handle": handle, "start": start, "stop": stop}
    said, data = service.here().ask(sid, head)
    total = said["total"]
    if start >= total:
        raise Problem(416, "bad-range", f"the array has {total} bytes")
    response = _bytes(data, 206)
    response.headers["Content-Range"] = f"bytes {start}-{start + len(data) - 1}/{total}"
    return response


@api.post("/api/v1/sessions/<sid>/cancel")
def cancel(sid: str) -> Response:
    """Stops the program that runs, before its next call."""
    _check_bearer_of_name()
    service.here().cancel(sid)
    return _empty()


@api.delete("/api/v1/sessions/<sid>")
def close(sid: str) -> Response:
    """Ends a session and frees its arrays."""
    _check_bearer_of_name()
    service.here().close(sid)
    return _empty()


@api.get("/readyz")
def ready() -> Response:
    """200 when the device answers, or works."""
    _check_host()
    try:
        return _json({"ready": True, **(service.here().glance() or {"busy": True})})
    except Refused as problem:
        return _json({"ready": False, "why": problem.text}, 503)


@api.get("/metrics")
def show_metrics() -> Response:
    """For Prometheus: from this machine, or with the token."""
    here = service.here()
    _check_host()
    if not _is_from_here():
        _check_token()
    try:
        status, up = here.glance(), True
    except Refused:
        status, up = None, False
    return Response(metrics.text(here, status, up), mimetype="text/plain")


# ----- Who may -----


def _is_from_here() -> bool:
    """Whether a request came from this machine, and was meant for it. (What a proxy here passes on
    comes from here too, but names another host.)"""
    name = (urlsplit(f"//{request.host}").hostname or "").rstrip(".")
    return _is_loopback(request.remote_addr) and (name == "localhost" or _is_loopback(name))


def _is_loopback(address: str | None) -> bool:
    return service.client_of(address).startswith("127.") or address == "::1"


def _names() -> tuple[set[str], set[str]]:
    """Hosts and origins of this server."""
    known = service.here().settings.public_url
    hosts, origins = set(), {request.host_url.rstrip("/")}
    if known:
        parts = urlsplit(known)
        hosts.add(parts.hostname or "")
        origins.add(f"{parts.scheme}://{parts.netloc}")
    return hosts, origins


def _check_host() -> None:
    guard.check_host(request.host, _names()[0])


def _check_own_origin() -> None:
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if (origin is not None and origin not in _names()[1]) or site not in (
        None,
        "same-origin",
        "none",
    ):
        raise Problem(403, "foreign-origin", "only a page of this server may open sessions")


def _check_bearer_of_name() -> None:
    """Pages of this server, opaque origins (the runner), and what is no browser."""
    _check_host()
    origin = request.headers.get("Origin")
    if origin is not None and origin != "null" and origin not in _names()[1]:
        raise Problem(403, "foreign-origin", "only a page of this server may use its sessions")


def _check_token() -> None:
    here = service.here()
    wanted = here.settings.token or here.local_token
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Problem(
            401,
            "bad-token",
            "the compute server wants its token: the one it was started with, or else the one that "
            "it printed",
            WWW_Authenticate="Bearer",
        )


# ----- Bodies and answers -----


def _body(most: int) -> bytes:
    """The bytes of a request, at most so many. What is packed is not unpacked: small things can be
    made of which very large ones come."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "encoded", "send the bytes as they are, without Content-Encoding")
    request.max_content_length = most
    return request.get_data(cache=False)


def _shape(text: str) -> list[int]:
    parts = text.split(",") if text else []
    if len(parts) > LIMITS.rank or not all(p.isascii() and p.isdecimal() for p in parts):
        raise Problem(400, "bad-shape", "a shape is 2,3,4: whole numbers, 8 at most")
    if any(len(p) > 12 for p in parts):
        raise Problem(413, "QUOTA_BYTES", "the array is too large")
    return [int(p) for p in parts]


def _dtypes() -> dict[str, int]:
    from engine.program import ITEMSIZES

    return ITEMSIZES


def _bytes(data: bytes, status: int = 200) -> Response:
    return Response(data, status, mimetype=FRAME)


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, mimetype="application/json")


def _empty() -> Response:
    return Response(status=204)


@api.after_request
def headers(response: Response) -> Response:
    """No answer is kept or shown; the runner, and no other page, may read those about a session."""
    for name, value in problems.HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Cache-Control"] = "no-store"
    if request.path.startswith("/api/v1/sessions/") and request.headers.get("Origin") == "null":
        response.headers["Access-Control-Allow-Origin"] = "null"
        response.headers["Access-Control-Expose-Headers"] = "Retry-After, Content-Range"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Vary"] = "Origin"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "POST, PUT, GET, DELETE"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type, Content-Range, Range"
            response.headers["Access-Control-Max-Age"] = "7200"
    return response


@api.errorhandler(Problem)
def problem(error: Problem) -> Response:
    service.here().counters["refused"] += 1
    return problems.answer(error)


@api.errorhandler(Refused)
def refused(error: Refused) -> Response:
    """A problem document; `expected` is the number of the next frame, where order was broken."""
    service.here().counters["refused"] += 1
    response = problems.answer(Problem(error.status, error.code, error.text))
    if error.expected:
        told = json.loads(response.get_data()) | {"expected": error.expected}
        response.set_data(json.dumps(told))
    if error.wait:
        response.headers["Retry-After"] = str(error.wait)
    return response
