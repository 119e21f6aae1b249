"""The application for other WSGI servers than waitress; gunicorn takes literal arguments only:

gunicorn --workers 1 --threads 32 --max-requests 0 'server.wsgi:application(device="cuda")'
"""

import os
from pathlib import Path

from flask import Flask

from . import compute, create_app, short
from .__main__ import COMPUTE_TOKEN, TOKEN


def application(
    device: str | None = None,
    links: str | None = None,
    public_url: str | None = None,
    site: str | None = None,
) -> Flask:
    """The playground with a device (`"cuda"`, `"cuda:1"`, `"cpu"`, `"fake"`), and with short links
    in a database (its URL). Tokens come from the environment; a device needs one, as nobody knows
    here who can reach the server. Raises `ValueError` without it.

    >>> application().test_client().get("/healthz").json["ok"]
    True
    """
    token = os.environ.get(COMPUTE_TOKEN) or None
    if device and token is None:
        raise ValueError(f"a device needs a token here: set {COMPUTE_TOKEN}")
    return create_app(
        Path(site) if site else None,
        links=short.Settings(links, public_url=public_url, token=os.environ.get(TOKEN) or None)
        if links
        else None,
        device=compute.Settings(device, token, public_url=public_url) if device else None,
    )
