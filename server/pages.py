"""The site's files, each with the headers that it needs, compressed when the browser takes that."""

import hashlib
from html import escape
from pathlib import Path

from flask import Blueprint, Response, current_app, make_response, redirect, request, send_file
from werkzeug.exceptions import HTTPException
from werkzeug.routing import PathConverter

from . import files, headers, notices

pages = Blueprint("pages", __name__)

#: Fewer digits than this do not name contents.
SHORTEST_VERSION = 8


class Site(PathConverter):
    """Addresses of files. Those of the API are no pages, so that a method which they do not have is
    answered as such (405)."""

    regex = "(?!api/).*?"


@pages.get("/", defaults={"address": ""})
@pages.get("/<site:address>")
def page(address: str) -> Response:
    """Serves one file of the site."""
    site: Path = current_app.config["SITE"]
    if not (site / "index.html").is_file():
        return _notice(notices.not_built(site), 503)
    name = files.find(site, address)
    if name is None:
        if address and files.find(site, address + "/"):
            return redirect(address.rsplit("/", 1)[-1] + "/")
        return not_found()
    return _file(site, name) if name != "index.html" else _app_page(site)


def not_found(error: HTTPException | None = None) -> Response:
    """The page for an address that means nothing: the site's own 404.html, or a plain one."""
    site: Path = current_app.config["SITE"]
    own = site / "404.html"
    if not own.is_file():
        return _notice(notices.not_found(request.script_root), 404)
    response = make_response(own.read_text("utf-8"), 404)
    response.headers.update(headers.security("404.html"))
    response.headers["Cache-Control"] = headers.ASK_FIRST
    return response


def _app_page(site: Path) -> Response:
    """The app's page: told what this server offers, as the same page stands on servers that offer
    nothing and must not have to ask."""
    offers: dict[str, str] = current_app.config["OFFERS"]
    before, end, after = (site / "index.html").read_bytes().partition(b"</head>")
    if not offers or not end:
        return _file(site, "index.html")
    told = "".join(
        f'<meta name="playground-{escape(name)}" content="{escape(value)}">\n'
        for name, value in offers.items()
    )
    text = before + told.encode() + end + after
    response = make_response(text)
    response.set_etag(hashlib.sha256(text).hexdigest())
    response.headers["Content-Type"] = headers.media_type("index.html")
    response.headers.update(headers.security("index.html"))
    response.headers["Cache-Control"] = headers.ASK_FIRST
    return response.make_conditional(request)


def _file(site: Path, name: str) -> Response:
    path = site / name
    digest = files.digest(path)
    twins = files.twins(path)
    # A range counts bytes of the plain file, so a request for one is not answered with a twin.
    taken = {} if "Range" in request.headers else twins
    coding = next((coding for coding in taken if request.accept_encodings[coding] > 0), None)
    response = send_file(
        path if coding is None else twins[coding],
        mimetype="application/octet-stream",
        conditional=True,
        etag=digest if coding is None else f"{digest}-{coding}",
    )
    response.headers["Content-Type"] = headers.media_type(name)
    response.headers.pop("Content-Disposition", None)
    response.headers.update(headers.security(name))
    response.headers["Cache-Control"] = headers.caching(name, versioned=_is_versioned(digest))
    if twins:
        response.vary.add("Accept-Encoding")
    if coding is not None and response.status_code == 200:
        response.headers["Content-Encoding"] = coding
        response.headers.pop("Accept-Ranges", None)
    return response


def _is_versioned(digest: str) -> bool:
    """Whether the address carries this file's own hash: then its contents can never change."""
    version = request.args.get("v", "")
    return len(version) >= SHORTEST_VERSION and digest.startswith(version)


def _notice(text: str, status: int) -> Response:
    response = make_response(text, status)
    response.headers.update(headers.security("notice.html"))
    response.headers["Cache-Control"] = "no-store"
    return response
