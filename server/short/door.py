"""The page at a short link: what it is for crawlers, and the way on for readers.

A page without scripts: <meta http-equiv=refresh> of 0 seconds leads to the playground with the
whole link in its fragment. Nothing a user gave stands in it unescaped.
"""

import base64
import hashlib
from collections.abc import Mapping
from html import escape

from .about import description_of, lines_of, title_of

_STYLE = """
:root { color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif }
main { max-width: 44rem; margin: 8vh auto; padding: 0 1.2rem; overflow-wrap: break-word }
pre { font: 14px/1.5 ui-monospace, monospace; overflow-x: auto }
"""

#: No scripts, one style (named by its hash), the picture of this server.
POLICY = "; ".join(
    [
        "default-src 'none'",
        f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    ]
)


def page(link: str, document: Mapping[str, object], urls: Mapping[str, str]) -> str:
    """`link` without its `#`; `urls`: `self`, `picture`, `oembed`, all absolute."""
    code = str(document["code"])
    title, description = title_of(code), description_of(code)
    target = f"../#{link}"
    tags = {
        "og:type": "website",
        "og:site_name": "autograd playground",
        "og:title": title,
        "og:description": description,
        "og:url": urls["self"],
        "og:image": urls["picture"],
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": f"{title}: the first lines of the program",
    }
    meta = "\n".join(f'<meta property="{key}" content="{_(value)}">' for key, value in tags.items())
    start = "\n".join(lines_of(code, 24))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{_(title)} · autograd playground</title>
<meta name="description" content="{_(description)}">
<meta name="robots" content="noindex">
{meta}
<meta name="twitter:card" content="summary_large_image">
<link rel="canonical" href="{_(urls["self"])}">
<link rel="alternate" type="application/json+oembed" href="{_(urls["oembed"])}" title="{_(title)}">
<meta http-equiv="refresh" content="0; url={_(target)}">
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{_(title)}</h1>
<p><a href="{_(target)}">Open it in the playground</a></p>
<pre><code>{_(start)}</code></pre>
</main>
</body>
</html>
"""


def _(text: str) -> str:
    return escape(text, quote=True)
