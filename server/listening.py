"""How waitress listens here: what a body may be depends on its address, and no request takes for
ever to come. Both are looked at while it comes, before the application hears of it."""

import select
import time
from collections.abc import Callable

import waitress
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.utilities import Error

__all__ = ["listen", "parser"]

#: Bytes of a body, where nothing else is said: links are small.
USUAL = 1 << 20
#: Seconds that any request may take to come, and the bytes a second that it must have beyond.
PATIENCE = 60.0
SLOWEST = 4096
#: Connections that are open at once, most of them waiting for their reader's next click.
CONNECTIONS = 500


def listen(app: Flask, large: Callable[[str], int], **given):
    """A server of waitress, not yet running. `large` says how many bytes the body of a request to
    an address (without its query) may have, if more than is usual; `given` is for waitress. Raises
    `OSError`."""

    class Channel(HTTPChannel):
        parser_class = parser(large)

    there: dict[int, object] = {}
    server = waitress.create_server(
        app,
        map=there,
        ident=None,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=hasattr(select, "poll"),  # else no more than 1,024 files
        **given,
    )
    for one in there.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = Channel
    return server


class TooSlow(Error):
    """What a request that does not come to its end is answered with."""

    code = 408
    reason = "Request Timeout"


class Capped:
    """Waitress's settings, but for one."""

    def __init__(self, settings, most: int) -> None:
        self._settings = settings
        self.max_request_body_size = most + 1  # waitress refuses what reaches it

    def __getattr__(self, name: str):
        return getattr(self._settings, name)


def parser(large: Callable[[str], int], clock=time.monotonic) -> type[HTTPRequestParser]:
    """A class that reads requests from the bytes of a connection, within these bounds."""

    class Parser(HTTPRequestParser):
        def __init__(self, settings) -> None:
            super().__init__(settings)
            self._began, self._came = clock(), 0

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            self.adj = Capped(self.adj, max(USUAL, large(self.path)))

        def received(self, data: bytes) -> int:
            used = super().received(data)
            self._came += used
            taken = clock() - self._began
            if not self.completed and taken > PATIENCE and self._came < SLOWEST * taken:
                self.error = TooSlow("the request came too slowly")
                self.completed = True
            return used

    return Parser
