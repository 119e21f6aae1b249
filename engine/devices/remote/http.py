"""The network of a `Link` in CPython: one kept connection of the standard library."""

import http.client
from urllib.parse import urlsplit

__all__ = ["sender"]


def sender(base: str, timeout: float = 10.0):
    """`send` for the server at `base` (`http://127.0.0.1:8000`)."""
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{base!r} is no server's address; it needs the form http://host:port")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=timeout)

    def send(method, path, body, headers):
        try:
            connection.request(method, parts.path.rstrip("/") + path, body, headers)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        except http.client.HTTPException as problem:
            connection.close()
            raise OSError(str(problem) or type(problem).__name__) from problem
        except OSError:
            connection.close()
            raise

    return send
