"""The pages that the server writes itself: no such address, no such link, no page built yet."""

from html import escape
from pathlib import Path


def not_found(root: str = "") -> str:
    """For an address that means nothing; `root` is the path that the server is mounted under."""
    return _notice(
        "There is nothing here",
        f'<p>This address means no page. <a href="{escape(root)}/">The playground is here.</a></p>',
    )


def no_link(status: int, why: str, root: str = "") -> str:
    """For a short link that leads nowhere; `why` may hold what somebody wrote."""
    titles = {404: "There is no such link", 410: "This program was taken down"}
    return _notice(
        titles.get(status, "This link cannot be opened now"),
        f"<p>{escape(why[:1].upper() + why[1:])}.</p>"
        f'<p><a href="{escape(root)}/">The playground is here.</a></p>',
    )


def not_built(site: Path) -> str:
    """For a server that has no page to show."""
    return _notice(
        "The page is not built yet",
        "<p>This server has no page to show. In a clone of the project, type</p>"
        "<pre><code>make site</code></pre>"
        "<p>and load this page again; <code>make run</code> does that and serves it. "
        f"The page is expected in <code>{escape(str(site))}</code>.</p>",
    )


def _notice(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif }}
main {{ max-width: 34rem; margin: 15vh auto; padding: 0 1.2rem; overflow-wrap: break-word }}
code {{ font: 0.95em ui-monospace, monospace }}
</style>
<main>
<h1>{title}</h1>
{body}
</main>
</html>
"""
