"""Functions made from source text, each text compiled once whatever the function is called.

A few dozen texts make all functions of the facade: compiling each function anew took half a second
in the browser, the better part of the engine's start.
"""

from types import CodeType

_CODES: dict[str, CodeType] = {}


def function(text: str, name: str, space: dict, title: str):
    """The function `made` that `text` defines, called `name`, with `space` as its globals.

    `title` says in tracebacks where such functions come from; the first one of a text gives it.
    """
    code = _CODES.get(text)
    if code is None:
        code = _CODES[text] = compile(text, f"<{title}>", "exec")
    exec(code, space)
    found = space.pop("made")
    found.__name__ = found.__qualname__ = name
    # Code of its own: CPython notes in it where its globals are, and shared code would note those
    # of another function whenever two take turns (up to 4 % of a chain's instructions).
    found.__code__ = found.__code__.replace(co_name=name)
    return found
