"""Sphinx extension: programs with their pictures in course pages, and in print.

README.md of web/sphinx says what authors write; `setup` is what Sphinx calls.
"""

from typing import Any

from sphinx.application import Sphinx

from .directive import AutogradPlayground
from .node import playground
from .pages import add_script, check_site, depart, leave_html, visit, visit_html
from .still import StillPictures


def setup(app: Sphinx) -> dict[str, Any]:
    """Adds the directive, its node, and four values of `conf.py`."""
    app.require_sphinx((8, 0))
    # Where the playground is served, with or without its last slash.
    app.add_config_value("autograd_playground_site", "", "html", types=[str])
    # Whether programs run while the course is built, and for how long at most.
    app.add_config_value("autograd_playground_run", True, "env", types=[bool])
    app.add_config_value("autograd_playground_seconds", 20.0, "", types=[int, float])
    # Whether what a program prints stands below it where the page cannot run it.
    app.add_config_value("autograd_playground_output", True, "env", types=[bool])
    app.add_directive("autograd-playground", AutogradPlayground)
    others = ("latex", "text", "man", "texinfo")
    app.add_node(
        playground,
        html=(visit_html, leave_html),
        **{builder: (visit, depart) for builder in others},
    )
    app.add_post_transform(StillPictures)
    app.connect("builder-inited", check_site)
    app.connect("html-page-context", add_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
