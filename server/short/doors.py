"""`/s/<id>`: a short link as people open it, its picture, and `/oembed` for pages that show it."""

import json
from html import escape
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, current_app, make_response, redirect, request

from .. import files, headers, notices
from . import documents, door, problems, service
from .about import title_of
from .api import A_DAY
from .card import HEIGHT, WIDTH, picture
from .names import tidy
from .problems import Problem

doors = Blueprint("short-links", __name__)

#: The page for frames on other sites, and how large a frame of it is at most.
EMBED = "embed.html"
WIDEST, HIGHEST = 900, 560

#: What the page says may change with the playground; what it holds may not.
FIVE_MINUTES = "public, max-age=300"


@doors.get("/s/<id>")
def open_link(id: str) -> Response:
    """The page that leads to the playground."""
    try:
        service.limit(service.here().reads)
        meant = tidy(id)
        if meant and meant != id:
            # O for 0: one program, one address.
            return redirect(meant, 301)
        entry = service.entry(id)
        link = entry.link or ""
        text = door.page(link, documents.read(link), _urls(entry.id))
    except (Problem, documents.Refused) as error:
        return _sorry(error)
    response = make_response(text)
    response.headers.update(headers.security("door.html"))
    response.headers["Content-Security-Policy"] = door.POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = FIVE_MINUTES
    return response


@doors.get("/s/<id>.png")
def show_picture(id: str) -> Response:
    """Title, first lines and graph, for previews in chats and feeds."""
    service.limit(service.here().reads)
    entry = service.entry(id)
    document = documents.read(entry.link or "")
    response = Response(picture(document["code"], document.get("trace")), mimetype="image/png")
    response.headers.update(problems.HEADERS)
    # Previews stand on other sites.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = A_DAY
    response.set_etag(entry.name)
    return response.make_conditional(request)


@doors.get("/oembed")
def oembed() -> Response:
    """oEmbed 1.0, for short links of this server."""
    service.limit(service.here().reads)
    if request.args.get("format", "json") != "json":
        raise Problem(501, "json-only", "oEmbed is given as JSON only")
    width, height = (_most(key, top) for key, top in (("maxwidth", WIDEST), ("maxheight", HIGHEST)))
    entry = service.entry(_id_of(request.args.get("url", "")))
    urls = _urls(entry.id)
    title = title_of(documents.read(entry.link or "")["code"])
    said: dict[str, object] = {
        "version": "1.0",
        "type": "link",
        "title": title,
        "provider_name": "autograd playground",
        "provider_url": service.root(),
        "cache_age": 86400,
    }
    if (width or WIDTH) >= WIDTH and (height or HEIGHT) >= HEIGHT:
        said |= {
            "thumbnail_url": urls["picture"],
            "thumbnail_width": WIDTH,
            "thumbnail_height": HEIGHT,
        }
    if files.find(current_app.config["SITE"], EMBED):
        size = {"width": min(width or WIDEST, WIDEST), "height": min(height or HIGHEST, HIGHEST)}
        said |= {"type": "rich", **size, "html": _frame(entry.link or "", title, **size)}
    response = Response(json.dumps(said), mimetype="application/json")
    response.headers.update(problems.HEADERS)
    # Public, and asked for by scripts of other sites: no cookie, no token is involved.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = FIVE_MINUTES
    return response


@doors.errorhandler(Problem)
def problem(error: Problem) -> Response:
    return problems.answer(error)


@doors.errorhandler(documents.Refused)
def refused(error: documents.Refused) -> Response:
    """Only when the database was changed by another hand."""
    return problems.answer(Problem(500, error.code, str(error)))


def _urls(id: str) -> dict[str, str]:
    own = f"{service.root()}s/{id}"
    asked = f"{service.root()}oembed?format=json&url={quote(own, safe='')}"
    return {"self": own, "picture": f"{own}.png", "oembed": asked}


def _frame(link: str, title: str, width: int, height: int) -> str:
    return (
        f'<iframe src="{escape(service.root())}{EMBED}#{link}" width="{width}" height="{height}" '
        f'title="{escape(title)}" style="border:0" loading="lazy" allow="fullscreen" '
        'sandbox="allow-scripts allow-same-origin allow-downloads allow-popups"></iframe>'
    )


def _id_of(url: str) -> str:
    """The id in an address of this server; 400 without one, 404 for anything else."""
    if not url:
        raise Problem(400, "no-url", "say which: /oembed?url=<address of a short link>")
    foreign = Problem(404, "foreign-url", "this is not a short link of this server")
    try:
        parts, own = urlsplit(url), urlsplit(service.root())
    except ValueError:
        raise foreign from None
    before = f"{own.path}s/"
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc) or not parts.path.startswith(
        before
    ):
        raise foreign
    return parts.path[len(before) :]


def _most(key: str, top: int) -> int | None:
    given = request.args.get(key)
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 6 and int(given) > 0):
        raise Problem(400, "bad-size", f"{key} must be a whole number of pixels")
    return int(given)


def _sorry(error: Exception) -> Response:
    """For people, what a problem document is for programs."""
    status = error.status if isinstance(error, Problem) else 500
    response = make_response(notices.no_link(status, str(error), request.script_root), status)
    response.headers.update(headers.security("notice.html"))
    response.headers["Cache-Control"] = "no-store"
    if isinstance(error, Problem):
        response.headers.update(error.headers)
    return response
