"""How the node is written: the element on web pages, what stands inside of it everywhere else."""

from html import escape
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

from .node import playground

logger = logging.getLogger(__name__)


def site_of(config: Any) -> str:
    """Address of the playground, with its slash; empty when conf.py names none."""
    site = config.autograd_playground_site.strip()
    return site if not site or site.endswith("/") else f"{site}/"


def has_elements(app: Sphinx) -> bool:
    """Whether these pages run scripts of another site: web pages do, books do not."""
    return app.builder.format == "html" and app.builder.name != "epub"


def check_site(app: Sphinx) -> None:
    """One warning where programs could be used and nobody said where."""
    if has_elements(app) and not site_of(app.config):
        logger.warning(
            "autograd-playground: programs are only text and pictures until conf.py says where the "
            'playground is: autograd_playground_site = "https://…/"',
            type="autograd",
            subtype="site",
        )


def add_script(app: Sphinx, page: str, template: str, context: dict, doctree: Any) -> None:
    """The element's script, once, on pages that have a program."""
    site = site_of(app.config)
    if site and has_elements(app) and doctree and next(doctree.findall(playground), None):
        app.add_js_file(f"{site}embed.js", loading_method="async")


def visit_html(self: Any, node: playground) -> None:
    """Opens the element; until its script comes, and in print, its children are what is seen."""
    if not site_of(self.config) or self.builder.name == "epub":
        self.body.append(self.starttag(node, "div", CLASS="autograd-playground"))
        return
    said = {"src": node["fragment"], "title": node["title"], **node["options"]}
    ids = "".join(f' id="{escape(each)}"' for each in node["ids"][:1])
    words = "".join(f' {k}="{escape(v)}"' if v else f" {k}" for k, v in said.items())
    self.body.append(f"<autograd-playground{ids}{words}>\n")


def leave_html(self: Any, node: playground) -> None:
    """Closes what was opened."""
    with_element = site_of(self.config) and self.builder.name != "epub"
    self.body.append("</autograd-playground>\n" if with_element else "</div>\n")


def visit(self: Any, node: playground) -> None:
    """The children are written as they are."""


def depart(self: Any, node: playground) -> None:
    """Nothing was opened."""
