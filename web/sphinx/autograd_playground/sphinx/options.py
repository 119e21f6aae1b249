"""What may stand after the colons of the directive; each raises ValueError in words for authors."""

import re

from docutils.parsers.rst import directives


def one_of(*words: str):
    """An option with these values alone."""
    return lambda given: directives.choice(given, words)


def whole(given: str) -> int:
    """A seed."""
    number = int(given.strip())
    if abs(number) >= 1 << 53:
        raise ValueError("a seed has at most 53 bits")
    return number


def step(given: str) -> int:
    """A step of the timeline, counted from 1."""
    number = int(given.strip())
    if number < 1:
        raise ValueError("steps are counted from 1")
    return number


def lines(given: str) -> str:
    """Lines like `1-3,7`."""
    text = re.sub(r"\s", "", given)
    if not re.fullmatch(r"\d{1,6}(-\d{1,6})?(,\d{1,6}(-\d{1,6})?)*", text):
        raise ValueError("lines are written like 1-3,7")
    return text


def height(given: str) -> str:
    """`auto` or pixels."""
    text = given.strip().removesuffix("px")
    if text != "auto" and not re.fullmatch(r"[1-9]\d{0,4}", text):
        raise ValueError("a height is auto or a number of pixels")
    return text


#: Every option. The first five are attributes of the element under the same name.
ATTRIBUTES = {
    "show": one_of("both", "code", "graph", "steps"),
    "step": step,
    "theme": one_of("auto", "light", "dark"),
    "lock": lines,
    "height": height,
}
FLAGS = {"readonly": directives.flag, "autorun": directives.flag}
OPTIONS = {
    **ATTRIBUTES,
    **FLAGS,
    "title": directives.unchanged_required,
    "seed": whole,
    "src": directives.unchanged_required,
    # The program is meant to fail: that is no warning, and that it does not is one.
    "fails": directives.flag,
}
