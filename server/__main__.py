"""`python -m server` and `autograd-playground`: serves the page with waitress until Ctrl+C."""

import argparse
import errno
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import waitress

from . import create_app


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until it is stopped; the status is 1 when it cannot start."""
    options = _parser().parse_args(arguments)
    # A page that cannot keep up with its downloads is not worth a warning in a classroom.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = create_app(options.site)
    try:
        server = waitress.create_server(
            app, host=options.host, port=options.port, threads=8, ident=None
        )
    except OSError as error:
        print(_cannot_listen(options.host, options.port, error), file=sys.stderr)
        return 1
    port = getattr(server, "effective_port", options.port)
    print(f"The playground is at {address(options.host, port)}  (Ctrl+C stops it)", flush=True)
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.close()
    return 0


def address(host: str, port: int) -> str:
    """What to type into a browser; a wildcard host is named as this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


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
    return parser


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
