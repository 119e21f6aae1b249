"""What the addresses of short links share: the store, the limits, who asks, the own address."""

from typing import NamedTuple
from urllib.parse import urlsplit

from flask import current_app, request

from . import guard
from .limits import Limiter, Rate, client_of
from .names import tidy
from .problems import Problem
from .settings import Settings
from .store import Entry, Full, Store, StoreError

#: Key of the service in `app.extensions`.
KEY = "short-links"

#: Reading is cheap; this bounds guessing at ids and drawing of pictures.
READS = Rate(600, 600)
#: All clients together may do this many times what one may.
CROWD = 20


class Service(NamedTuple):
    """One for each application."""

    settings: Settings
    store: Store
    writes: Limiter
    reads: Limiter


def make(settings: Settings) -> Service:
    own = Rate(2 * settings.per_minute, settings.per_minute)

    def limiter(rate: Rate) -> Limiter:
        return Limiter(rate, Rate(CROWD * rate.burst, CROWD * rate.per_minute))

    return Service(
        settings, Store(settings.database, settings.most_bytes), limiter(own), limiter(READS)
    )


def here() -> Service:
    """The service of the application that is answering."""
    return current_app.extensions[KEY]


def limit(limiter: Limiter) -> None:
    """One request of this client; 429 when there were too many."""
    wait = limiter.ask(client_of(request.remote_addr))
    if wait:
        raise Problem(
            429, "too-many", f"too many requests: try again in {wait} s", Retry_After=str(wait)
        )


def root() -> str:
    """Address of the playground, with its slash at the end, as readers use it."""
    known = here().settings.public_url
    return known.rstrip("/") + "/" if known else request.root_url


def check_writer() -> None:
    """The request was made by a page of this server, or by no browser."""
    known = here().settings.public_url
    hosts, origins = {*here().settings.hosts}, {request.host_url.rstrip("/")}
    if known:
        parts = urlsplit(known)
        hosts.add(parts.hostname or "")
        origins.add(f"{parts.scheme}://{parts.netloc}")
    guard.check_host(request.host, hosts)
    guard.check_origin(request.headers, origins)


def entry(given: str) -> Entry:
    """The row that an id means; 404 and 410 as problems."""
    id = tidy(given)
    found = id and stored(lambda store: store.get(id))
    if not found:
        raise Problem(404, "no-such-link", "no program is kept under this name")
    if found.link is None:
        raise withdrawn(found)
    return found


def withdrawn(found: Entry) -> Problem:
    return Problem(410, "taken-down", f"this program was taken down: {found.reason}")


def stored(act):
    """What `act(store)` gives; a database that fails is a problem, not a crash."""
    try:
        return act(here().store)
    except Full as error:
        raise Problem(507, "full", str(error)) from error
    except StoreError as error:
        current_app.logger.error("%s", error)
        raise Problem(503, "no-database", "short links cannot be kept at the moment") from error
