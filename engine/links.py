"""Links (contract 5): a whole program in the fragment of an address,
`#1.<base64url(deflate-raw(JSON))>.<crc32>`. The same in web/src/share/link.ts."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

__all__ = [
    "DEFAULTS",
    "MOST_BYTES",
    "MOST_CHARACTERS",
    "LinkError",
    "canonical",
    "decode",
    "encode",
]

#: Most characters of a link that are looked at, and most bytes of JSON that one may hold.
MOST_CHARACTERS = 65_536
MOST_BYTES = 262_144

TABS = ("code", "graph", "output")
#: What a document says where it says nothing; `code` has no default. Positions of -1 are "none".
#: `trace` is the compact form of `engine/compact.py`; `view.run`: it runs as soon as it is opened.
#: `view.rolled`: loops are rolled up, but those of `view.except`; `view.pins`: pinned nodes.
DEFAULTS = {
    "engine": "",
    "seed": 0,
    "step": -1,
    "node": -1,
    "trace": None,
    "view": {"tab": "code", "run": False, "rolled": True, "except": [], "pins": []},
}

WORDS = {
    "not-a-link": "this is not a link to a program",
    "unknown-version": "the link was made by another, probably newer version of the playground",
    "truncated": "the link was cut short: its end is missing",
    "corrupted": "the link was changed on its way: copy it once more",
    "too-long": f"too long for a link, which has at most {MOST_CHARACTERS:,} characters",
    "too-large": f"too large for a link, which holds at most {MOST_BYTES >> 10} KiB",
    "bad-content": "the link does not hold a program",
}

_HEAD = re.compile(r"([0-9]{1,6})(?:\.|\Z)")
_WHOLE = re.compile(r"([0-9]+\.([A-Za-z0-9_-]*))\.([0-9a-f]{8})")
#: A beginning of a link, perhaps with the dots of whoever shortened it.
_CUT = re.compile(r"[0-9]+(?:\.[A-Za-z0-9_-]*(?:\.[0-9a-f]{0,7})?)?(?:…|%E2%80%A6|\.{3})?")
_ENGINE = re.compile(r"[0-9A-Za-z.+-]{0,64}")
_SURROGATE = re.compile("[\ud800-\udfff]")

_MOST_WHOLE = 2**53 - 1  # of a number that JavaScript knows exactly
_MOST_INDEX = 2**31 - 1
_MOST_NAMES, _MOST_NAME = 64, 1000  # loops or pins of a link, and characters of one


class LinkError(ValueError):
    """A link cannot be read or made; `code` is one of `WORDS`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{WORDS[code]} ({detail})" if detail else WORDS[code])
        self.code = code


def encode(document: Mapping[str, Any]) -> str:
    """The fragment, from its `#` on; what the document leaves out has its default.

    >>> encode({"code": "1 + 1"})
    '#1.q1ZKzk9JVbJSMlTQVjBUqgUA.e625e2d4'
    """
    version = _VERSIONS[_NEWEST]
    text = _canonical(version.read(document)).encode()
    if len(text) > MOST_BYTES:
        raise LinkError("too-large", f"{len(text)} bytes")
    payload = base64.urlsafe_b64encode(version.pack(text)).decode().rstrip("=")
    sealed = f"{_NEWEST}.{payload}"
    link = f"{sealed}.{zlib.crc32(sealed.encode()):08x}"
    if len(link) > MOST_CHARACTERS:
        raise LinkError("too-long", f"{len(link)} characters")
    return f"#{link}"


def canonical(document: Mapping[str, Any]) -> str:
    """The newest version and what a link of it holds: one text for one document, always, whatever
    deflate makes of it. Names by content rest on this.

    >>> canonical({"seed": 0, "code": "1 + 1"})
    '1.{"code":"1 + 1"}'
    """
    return f"{_NEWEST}.{_canonical(_VERSIONS[_NEWEST].read(document))}"


def decode(text: str) -> dict[str, Any]:
    """What a fragment (with or without its `#`) or a whole address holds, defaults filled in."""
    link = text[text.find("#") + 1 :]
    if len(link) > MOST_CHARACTERS:
        raise LinkError("too-long", f"{len(link)} characters")
    head = _HEAD.match(link)
    if not head:
        raise LinkError("not-a-link")
    version = _VERSIONS.get(head[1])
    if not version:
        raise LinkError(
            "unknown-version", f"version {head[1]}; this program reads {', '.join(_VERSIONS)}"
        )
    whole = _WHOLE.fullmatch(link)
    if not whole:
        raise LinkError("truncated" if _CUT.fullmatch(link) else "corrupted")
    if f"{zlib.crc32(whole[1].encode()):08x}" != whole[3]:
        raise LinkError("corrupted", "the checksum differs")
    try:
        packed = base64.urlsafe_b64decode(whole[2] + "=" * (-len(whole[2]) % 4))
        found = version.unpack(packed, MOST_BYTES)
    except (binascii.Error, zlib.error):
        raise LinkError("corrupted", "it cannot be unpacked") from None
    return version.read(_parse(found))


# ----- The document ------------------------------------------------------------------------------


def _read(value: object) -> dict[str, Any]:
    """Checks what a link holds, which is hostile; unknown keys are passed over."""
    given = {**DEFAULTS, **_fields(value, "document")}
    code, engine = given.get("code"), given["engine"]
    if not isinstance(code, str):
        raise LinkError("bad-content", "code must be a text")
    if not isinstance(engine, str) or not _ENGINE.fullmatch(engine):
        raise LinkError("bad-content", "engine must be a version like 0.1.0")
    view = {**DEFAULTS["view"], **_fields(given["view"], "view")}
    if view["tab"] not in TABS:
        raise LinkError("bad-content", f"view.tab must be one of {', '.join(TABS)}")
    for field in ("run", "rolled"):
        if not isinstance(view[field], bool):
            raise LinkError("bad-content", f"view.{field} must be true or false")
    trace = given["trace"]
    if trace is not None and not isinstance(trace, list):
        raise LinkError("bad-content", "trace must be a list")
    return {
        "code": code,
        "engine": engine,
        "seed": _whole(given["seed"], "seed", -_MOST_WHOLE, _MOST_WHOLE),
        "step": _whole(given["step"], "step", -1, _MOST_INDEX),
        "node": _whole(given["node"], "node", -1, _MOST_INDEX),
        "trace": _plain(trace),
        "view": {
            "tab": view["tab"],
            "run": view["run"],
            "rolled": view["rolled"],
            "except": _names(view["except"], "except"),
            "pins": _names(view["pins"], "pins"),
        },
    }


def _plain(value: object) -> Any:
    """JSON whose whole numbers are integers, as JavaScript writes them."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    whole = isinstance(value, float) and abs(value) < 1e21 and value.is_integer()
    return int(value) if whole else value


def _names(value: object, field: str) -> list[str]:
    fits = isinstance(value, list) and len(value) <= _MOST_NAMES
    if not fits or not all(isinstance(one, str) and len(one) <= _MOST_NAME for one in value):
        raise LinkError(
            "bad-content", f"view.{field} must be a list of up to {_MOST_NAMES} short texts"
        )
    return value


def _fields(value: object, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise LinkError("bad-content", f"{field} must be an object")
    return value


def _whole(value: object, field: str, least: int, most: int) -> int:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not least <= value <= most or value != int(value):
        raise LinkError("bad-content", f"{field} must be a whole number from {least} to {most}")
    return int(value)


def _canonical(document: Mapping[str, Any]) -> str:
    """The same document is always the same text: sorted keys, defaults left out."""
    options = _differing(document["view"], DEFAULTS["view"])
    said = _differing(document, DEFAULTS) | ({"view": options} if options else {})
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # Half a character of UTF-16, which UTF-8 cannot say, is written as JavaScript writes it.
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _differing(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value != defaults.get(key)}


def _parse(data: bytes) -> object:
    """JSON as JavaScript reads it: all numbers are floats, and NaN is none."""
    try:
        return json.loads(data.decode(), parse_int=float, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise LinkError("bad-content", "it is not JSON in UTF-8") from None


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is not JSON")


# ----- Versions ----------------------------------------------------------------------------------


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _inflate(data: bytes, most: int) -> bytes:
    stream = zlib.decompressobj(-15)
    found = stream.decompress(data, most + 1)
    if len(found) > most:
        raise LinkError("too-large", f"more than {most} bytes")
    if not stream.eof or stream.unused_data:
        raise zlib.error("not one whole stream")
    return found


class _Version(NamedTuple):
    """One way of writing links. All share the frame: version, payload and checksum of both."""

    pack: Callable[[bytes], bytes]
    unpack: Callable[[bytes, int], bytes]
    read: Callable[[object], dict[str, Any]]


_VERSIONS = {"1": _Version(_deflate, _inflate, _read)}
_NEWEST = "1"
