"""`python -m server` and `autograd-playground`: serves the page with waitress until Ctrl+C.

`python -m server links …` works on the short links instead, `python -m server ray …` on devices
that outlive their servers.
"""

import argparse
import errno
import ipaddress
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from . import compute, create_app, short
from .listening import listen
from .short.command import database_url
from .short.command import main as links_command

#: Where the token of take-downs is read from: arguments are seen by every user of a machine.
TOKEN = "AUTOGRAD_LINKS_TOKEN"
#: Where the token of a device is read from.
COMPUTE_TOKEN = "AUTOGRAD_COMPUTE_TOKEN"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until it is stopped; the status is 1 when it cannot start."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments and arguments[0] == "links":
        return links_command(arguments[1:])
    if arguments and arguments[0] == "ray":
        from .compute.ray_command import main as ray_command  # the engine comes with it

        return ray_command(arguments[1:])
    options = _parser().parse_args(arguments)
    # A page that cannot keep up with its downloads is not worth a warning in a classroom.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        links, device = _links(options), _device(options)
        app = create_app(options.site, links=links, device=device)
        if links and options.links:
            # What was asked for must work now, not at the first link.
            app.extensions["short-links"].store.open()
    except (ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    try:
        server = listen(
            app,
            app.extensions["compute"].large_body if device else lambda _: 0,
            host=options.host,
            port=options.port,
            # Requests for a device wait for it; pages must not wait behind them.
            threads=32 if device else 8,
            **_proxy(options.proxy),
        )
    except OSError as error:
        print(_cannot_listen(options.host, options.port, error), file=sys.stderr)
        return 1
    port = getattr(server, "effective_port", options.port)
    print(f"The playground is at {address(options.host, port)}  (Ctrl+C stops it)", flush=True)
    if device:
        print(_told(device, app.extensions["compute"].local_token), flush=True)
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.close()
        if device:
            app.extensions["compute"].stop()
    return 0


def address(host: str, port: int) -> str:
    """What to type into a browser; a wildcard host is named as this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _links(options: argparse.Namespace) -> short.Settings | None:
    """Short links are on where they were asked for, and on a machine that serves itself alone."""
    if options.links == "off" or (not options.links and not is_loopback(options.host)):
        return None
    if not short.is_possible():
        if options.links:
            raise ValueError(short.NOT_INSTALLED)
        return None
    usual = options.links in (None, "on")
    return short.Settings(
        database=short.default_database() if usual else database_url(options.links),
        public_url=options.public_url,
        token=os.environ.get(TOKEN) or None,
        per_minute=options.links_per_minute,
    )


def _device(options: argparse.Namespace) -> compute.Settings | None:
    """A device is offered where it was asked for. Beyond this machine, with a token only."""
    if options.device == "off":
        return None
    token = os.environ.get(COMPUTE_TOKEN) or None
    if token is None and not is_loopback(options.host):
        raise ValueError(
            f"a device that other machines can reach needs a token of its own: set {COMPUTE_TOKEN} "
            f"to {compute.settings.SHORTEST_TOKEN} characters or more"
        )
    return compute.Settings(
        options.device,
        token,
        place=options.on,
        public_url=options.public_url,
        ray_address=options.ray_address,
        ray_devices=options.ray_devices,
    )


def _told(device: compute.Settings, token: str | None) -> str:
    where = "on Ray" if device.place == "ray" else "here"
    said = f"Arrays on mx.gpu(0) run {where} on the device {device.device!r}."
    return said if token is None else f"{said} Token for notebooks: {token}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _proxy(address: str | None) -> dict[str, object]:
    """Whom to believe about the reader's address; nobody, unless that is said."""
    if not address:
        return {}
    trusted = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
    return {"trusted_proxy": address, "trusted_proxy_headers": trusted}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograd-playground", description="Serve the autograd playground."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port",
        type=_port,
        default=8000,
        help="port to listen on; 0 takes a free one (%(default)s)",
    )
    parser.add_argument("--site", type=Path, help="folder of the built page, when it is elsewhere")
    parser.add_argument(
        "--links",
        metavar="DATABASE",
        help="keep short links: on, off, a file, or a database URL "
        "(on for 127.0.0.1, off for other hosts)",
    )
    parser.add_argument(
        "--device",
        default="off",
        help="offer arrays on a device of this machine: cuda, cuda:1, cpu, fake (%(default)s)",
    )
    parser.add_argument(
        "--on",
        choices=["child", "ray"],
        default="child",
        help="where the device runs: in a process beside this one, or as Ray's actors, one for "
        "each GPU of one machine or more (%(default)s)",
    )
    parser.add_argument(
        "--ray-address",
        metavar="ADDRESS",
        help="a Ray that runs already: auto, or host:port; without it one is started here",
    )
    parser.add_argument(
        "--ray-devices",
        type=_count,
        default=0,
        metavar="N",
        help="devices on Ray (one for each GPU that it has; for cpu 1)",
    )
    parser.add_argument(
        "--links-per-minute",
        type=_count,
        default=30,
        metavar="N",
        help="new short links of one client in a minute (%(default)s)",
    )
    parser.add_argument(
        "--public-url", type=_public_url, help="address that readers use, when it is another one"
    )
    parser.add_argument(
        "--proxy", metavar="ADDRESS", help="believe X-Forwarded-… headers from this address"
    )
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10**6:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 to 1,000,000")
    return int(text)


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(f"{text} is no address like https://play.example.edu/")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: give a number from 0 to 65535")
    return int(text)


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    other = port + 1 if 1024 <= port < 65535 else 8001
    elsewhere = f"choose another port: `make run PORT={other}` (or `--port {other}`)"
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Stop that one, or {elsewhere}."
    if error.errno == errno.EACCES:
        return f"Port {port} may only be used by the administrator of this machine; {elsewhere}."
    return f"Cannot listen on {host}, port {port}: {error}. Check --host, or {elsewhere}."


def _stop(*_: object) -> None:
    raise SystemExit


if __name__ == "__main__":
    sys.exit(main())
