"""`runner-device.html`: the page's runner, whose policy lets it reach sessions of this server.

The site's own `runner.html` has no network at all. This copy of it is for programs whose arrays
are to live on the device: it may ask for what lies below `api/v1/sessions/`, which takes a
session's name, and for nothing else. Sessions are opened one address higher up, by the page.
"""

import hashlib
import re
from pathlib import Path

from flask import Blueprint, Response, current_app, request

from .. import headers
from ..short import problems
from ..short.problems import Problem
from . import service

NAME = "runner-device.html"

runner = Blueprint("compute-runner", __name__)
runner.register_error_handler(Problem, problems.answer)

#: Where the policy of the site's own runner ends its list of addresses to connect to.
NO_NETWORK = b"connect-src blob:"
#: What may stand in a policy: no space, no semicolon, no quotation mark.
ADDRESS = re.compile(r"https?://[\w.:\[\]-]{1,260}(/[\w./~-]{0,200})?/")


@runner.get(f"/{NAME}")
def page() -> Response:
    """The site's runner with the address of the sessions in its policy."""
    site: Path = current_app.config["SITE"]
    at = _sessions()
    before, found, after = (site / headers.RUNNER).read_bytes().partition(NO_NETWORK)
    if not found or NO_NETWORK in after:
        raise Problem(500, "runner", "the built runner has another policy than this server knows")
    text = before + found + b" " + at.encode() + after
    response = Response(text)
    response.headers["Content-Type"] = headers.media_type(NAME)
    response.headers.update(headers.security(headers.RUNNER))
    response.headers["Cache-Control"] = headers.ASK_FIRST
    response.set_etag(hashlib.sha256(text).hexdigest())
    return response.make_conditional(request)


def _sessions() -> str:
    """The address below which sessions are, as the reader's browser sees it."""
    known = service.here().settings.public_url or request.url_root
    root = known if known.endswith("/") else known + "/"
    if not ADDRESS.fullmatch(root):
        raise Problem(400, "bad-host", "this address cannot be named in a policy")
    return f"{root}api/v1/sessions/"
