"""Which headers a file of the site is sent with: rules on its name alone, no files read."""

import re

#: What browsers must be told, whatever this machine's own table of types says.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".zip": "application/zip",
    ".gz": "application/gzip",
    ".py": "text/x-python; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
}

#: The app page: its own scripts only, none of them inline. KaTeX and CodeMirror style inline.
PAGE_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    ]
)

#: The runner: an opaque origin even when it is opened by itself. The rest of its policy stands in
#: the page's own <meta>, so that it holds on every web server; two policies would both apply.
#: It may stand in an embed on anybody's page; alone it does nothing, as it waits for a port.
RUNNER_POLICY = "sandbox allow-scripts"

#: An embed is the page inside of anybody's page.
EMBED_POLICY = PAGE_POLICY.replace("frame-ancestors 'self'", "frame-ancestors *")

RUNNER = "runner.html"
EMBED = "embed.html"

#: Vite puts eight characters of the contents' hash into a name.
HASHED = re.compile(r"^assets/.*-[\w-]{8}\.\w+$")

FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"


def media_type(name: str) -> str:
    """Content-Type of a file."""
    dot = name.rfind(".")
    return TYPES.get(name[dot:].lower() if dot >= 0 else "", "application/octet-stream")


def security(name: str) -> dict[str, str]:
    """What limits the harm that a file, or another site with it, can do."""
    headers = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    if name == RUNNER:
        headers["Content-Security-Policy"] = RUNNER_POLICY
    elif name == EMBED:
        headers["Content-Security-Policy"] = EMBED_POLICY
    elif name.endswith(".html"):
        headers["Content-Security-Policy"] = PAGE_POLICY
    if name in (EMBED, RUNNER):
        # Pages that are cross-origin isolated only take frames that say so too.
        # In a word that WebKit does not know: under `require-corp`, WebKit starts no worker from a
        # blob in an opaque origin, and so no Python.
        headers["Cross-Origin-Embedder-Policy"] = "credentialless"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if is_shared(name):
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return headers


def is_shared(name: str) -> bool:
    """Whether any origin may read a file: the runner's origin is opaque, so it is nobody's own."""
    return name == "embed.js" or name.startswith(("py/", "assets/"))


def caching(name: str, *, versioned: bool = False) -> str:
    """Cache-Control: for ever when the address changes with the contents, else ask each time.

    `versioned` says that the address carried the file's own hash (`py/numpy….whl?v=<sha256>`).
    """
    return FOREVER if versioned or HASHED.match(name) else ASK_FIRST
