"""What may be kept: the newest form of a link that can be read. Everything given is hostile."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.links import MOST_BYTES, WORDS, LinkError, canonical, decode, encode

from .names import name_of

#: Most bytes of a request: the largest document as JSON that escapes nothing needlessly.
MOST_BODY = MOST_BYTES + 4096


class Kept(NamedTuple):
    """A program in the form that is kept: its whole name, and its link without the `#`."""

    name: str
    link: str


class Refused(ValueError):
    """What was given is no program; `code` is one of `engine.links.WORDS`."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def keep(document: Mapping[str, Any]) -> Kept:
    """Checks a document and gives the form that is kept; `Refused` says why it cannot be."""
    try:
        text, link = canonical(document), encode(document)[1:]
        # What is kept can be read: JSON has no infinite numbers, and who knows what else it lacks.
        if canonical(decode(link)) != text:
            raise LinkError("bad-content")
        return Kept(name_of(text), link)
    except LinkError as error:
        raise Refused(error.code, str(error)) from None
    except RecursionError:
        raise Refused("bad-content", f"{WORDS['bad-content']} (nested too deeply)") from None


def read(link: str) -> dict[str, Any]:
    """The document of a link, defaults filled in."""
    try:
        return decode(link)
    except LinkError as error:
        raise Refused(error.code, str(error)) from None
    except RecursionError:
        raise Refused("bad-content", f"{WORDS['bad-content']} (nested too deeply)") from None


def from_request(body: bytes) -> Kept:
    """`{"link": "#1.…"}` or `{"document": {"code": …}}`, exactly one of them."""
    try:
        given = json.loads(body.decode(), parse_int=float, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Refused("bad-content", "the request is not JSON in UTF-8") from None
    if not isinstance(given, dict) or len(given.keys() & {"link", "document"}) != 1:
        raise Refused("bad-content", 'the request must have either "link" or "document"')
    if "document" in given:
        if not isinstance(given["document"], dict):
            raise Refused("bad-content", '"document" must be an object')
        return keep(given["document"])
    if not isinstance(given["link"], str):
        raise Refused("bad-content", '"link" must be a text')
    return keep(read(given["link"]))


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is not JSON")
