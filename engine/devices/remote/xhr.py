"""The network of a `Link` in the page's worker: a synchronous XMLHttpRequest with an ArrayBuffer.

It is the one way that works in every browser and in a worker of an opaque origin. Bodies go as a
`Blob`: a raw ArrayBuffer was measured ten times slower in Chromium.
"""

__all__ = ["sender"]


def sender(base: str, js=None, to_js=None):
    """`send` for the server at `base`; `js` and `to_js` are Pyodide's own unless given."""
    if js is None:
        import js
    if to_js is None:
        from pyodide.ffi import to_js

    def send(method, path, body, headers):
        request = js.XMLHttpRequest.new()
        request.open(method, base.rstrip("/") + path, False)
        request.responseType = "arraybuffer"
        for name, value in headers.items():
            request.setRequestHeader(name, value)
        try:
            request.send(js.Blob.new(to_js([to_js(body)])) if body else None)
        except Exception:  # whatever JavaScript threw: nothing came back, and it does not say why
            raise OSError("no connection") from None
        if not request.status:
            raise OSError("no answer")
        waits = request.getResponseHeader("Retry-After")
        given = {} if waits is None else {"Retry-After": str(waits)}
        return int(request.status), given, request.response.to_bytes()

    return send
