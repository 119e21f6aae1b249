"""Who may write: a page of this very server, or a program that is no browser.

The Host header is checked because a name can be made to point at 127.0.0.1 (DNS rebinding): then
the attacker's page *is* of this origin. An address in digits cannot be rebound, so those may pass.
"""

import hmac
import ipaddress
import socket
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from .problems import Problem


def check_host(host: str, allowed: Collection[str]) -> None:
    """`host` is the header, with its port; `allowed` are names in lower case."""
    name = _name(host)
    if name in ("localhost", *own_names()) or name.endswith(".localhost") or name in allowed:
        return
    try:
        ipaddress.ip_address(name)
    except ValueError:
        raise Problem(
            403,
            "foreign-host",
            "this server does not know that name as its own: start it with --public-url",
        ) from None


def check_origin(headers: Mapping[str, str], origins: Collection[str]) -> None:
    """A browser says where a request comes from; pages of other origins, and opaque ones, may not.

    `origins` are this server's own, like `http://127.0.0.1:8000`.
    """
    origin = headers.get("Origin")
    site = headers.get("Sec-Fetch-Site")
    if origin is not None and origin not in origins:
        raise Problem(403, "foreign-origin", "only a page of this server may make short links")
    if site is not None and site not in ("same-origin", "none"):
        raise Problem(403, "foreign-origin", "only a page of this server may make short links")


def check_json(media_type: str) -> None:
    """Nothing that a form can send: what another site's page posts is asked about first (CORS)."""
    if media_type != "application/json":
        raise Problem(415, "not-json", "send Content-Type: application/json")


def check_token(header: str, token: str | None) -> None:
    """`Authorization: Bearer <token>`."""
    if token is None:
        raise Problem(
            403, "no-token", "this server takes links down on its own machine only (links takedown)"
        )
    kind, _, given = header.partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(given.encode(), token.encode()):
        raise Problem(401, "bad-token", "the token is not right", WWW_Authenticate="Bearer")


def own_names() -> set[str]:
    """What this machine calls itself, also on a local network."""
    name = socket.gethostname().lower().rstrip(".")
    return {name, f"{name.split('.')[0]}.local"} - {""}


def _name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""
