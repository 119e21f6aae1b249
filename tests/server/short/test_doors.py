"""`/s/<id>` for people and crawlers, the picture, oEmbed: nothing that was given acts there."""

import json
import struct
import zlib
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine.links import decode, encode
from server import create_app
from server.short import Settings
from server.short.about import UNTITLED, lines_of, title_of
from server.short.card import picture

from .conftest import PROGRAM, make, problem

#: What a text would need to become markup, an attribute, a script or another address.
HOSTILE = [
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "' onload='alert(1)",
    "</title><meta http-equiv=refresh content='0; url=//evil.example'>",
    "</pre></code><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "<!--",
    "]]>",
    "\u202egnirts\u202c",
    "0; url=//evil.example",
]


class Elements(HTMLParser):
    """Every element of a page with its attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    def of(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.found if name == tag]


def shown(client: FlaskClient, id: str) -> Elements:
    answer = client.get(f"/s/{id}")
    assert answer.status_code == 200
    return Elements(answer.text)


def test_a_short_link_leads_to_the_playground_with_the_whole_link(
    client: FlaskClient, kept: str
) -> None:
    (refresh,) = [each for each in shown(client, kept).of("meta") if "http-equiv" in each]
    assert refresh["http-equiv"] == "refresh"
    wait, _, target = refresh["content"].partition("; url=")
    assert wait == "0" and target.startswith("../#1.")
    assert decode(target) == decode(encode({"code": PROGRAM}))


def test_crawlers_are_told_title_text_picture_and_oembed(client: FlaskClient, kept: str) -> None:
    page = shown(client, kept)
    said = {each["property"]: each["content"] for each in page.of("meta") if "property" in each}
    assert said["og:title"] == "The chain rule"
    assert said["og:description"].startswith("from mxnet import np, autograd")
    assert said["og:url"] == f"http://localhost/s/{kept}"
    assert said["og:image"] == f"http://localhost/s/{kept}.png"
    (other,) = [each for each in page.of("link") if each["rel"] == "alternate"]
    assert other["type"] == "application/json+oembed"
    asked = urlsplit(other["href"])
    assert asked.path == "/oembed" and parse_qs(asked.query)["url"] == [said["og:url"]]
    assert client.get(f"{asked.path}?{asked.query}").json["title"] == "The chain rule"


def test_the_page_of_a_link_runs_nothing_and_is_not_listed(client: FlaskClient, kept: str) -> None:
    answer = client.get(f"/s/{kept}")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "unsafe-inline" not in policy and "frame-ancestors 'self'" in policy
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers


#: Elements of the page for a harmless program; a hostile one has the same.
TAGS = [
    "html",
    "head",
    "meta",
    "title",
    "link",
    "style",
    "body",
    "main",
    "h1",
    "p",
    "a",
    "pre",
    "code",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_was_given_becomes_markup(client: FlaskClient, text: str) -> None:
    usual = [tag for tag, _ in shown(client, make(client, PROGRAM)["id"]).found]
    for code in (f"# {text}\n{text}", f"# %% [markdown]\n# # {text}\n# %%\nx = '{text}'"):
        page = shown(client, make(client, code)["id"])
        assert [tag for tag, _ in page.found] == usual
        assert not any(key.startswith("on") for _, each in page.found for key in each)
        assert {each["href"].split("#")[0] for each in page.of("a")} == {"../"}
        assert all(urlsplit(each["href"]).netloc == "localhost" for each in page.of("link"))


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(some.text(some.characters() | some.sampled_from("<>\"'&;#/%!-= \n"), max_size=80))
def test_no_text_becomes_markup(client: FlaskClient, text: str) -> None:
    page = client.get(f"/s/{make(client, '# ' + text)['id']}").text
    assert {tag for tag, _ in Elements(page).found} <= set(TAGS)


def test_what_is_not_there_is_a_page_for_people(client: FlaskClient) -> None:
    for address in ("/s/0000000000", "/s/x", "/s/" + "a" * 5000):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "There is no such link" in answer.text
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_page_is_told_that_short_links_are_to_be_had(client: FlaskClient, site) -> None:
    told = Elements(client.get("/").text).of("meta")
    assert told == [{"name": "playground-short-links", "content": "api/v1/links"}]
    plain = create_app(site).test_client()
    assert plain.get("/").text == (site / "index.html").read_text()
    assert plain.get("/s/0000000000").status_code == 404
    assert plain.post("/api/v1/links").status_code == 404


def test_a_told_page_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in first.headers["Content-Security-Policy"]


# ----- Words about a program ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "title"),
    [
        (PROGRAM, "The chain rule"),
        ("# Newton's method\nx = 1", "Newton's method"),
        ("x = 1\n# why", "why"),
        ("x = 1", UNTITLED),
        ("", UNTITLED),
        ("#\n#\n", UNTITLED),
        ("# \u202e\u200b\0", UNTITLED),
        ("# " + "a" * 500, "a" * 89 + "…"),
    ],
)
def test_a_program_has_the_title_that_it_gives_itself(code: str, title: str) -> None:
    assert title_of(code) == title


def test_prose_and_markers_are_no_code() -> None:
    assert lines_of(PROGRAM, 9) == ["from mxnet import np, autograd", "x = np.array([1.0, 2.0])"]


# ----- The picture -------------------------------------------------------------------------------


def pixels(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and rows of a PNG with one byte a pixel; its checksums are checked."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    place, data, size = 8, b"", (0, 0)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        kind, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        (crc,) = struct.unpack_from(">I", png, place + 8 + length)
        assert crc == zlib.crc32(kind + body)
        size = struct.unpack_from(">II", body) if kind == b"IHDR" else size
        data += body if kind == b"IDAT" else b""
        place += length + 12
    assert kind == b"IEND"
    raw, step = zlib.decompress(data), size[0] + 1
    return *size, [raw[start + 1 : start + step] for start in range(0, len(raw), step)]


def test_the_picture_shows_title_and_first_lines(client: FlaskClient, kept: str) -> None:
    answer = client.get(f"/s/{kept}.png")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=86400, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    width, height, rows = pixels(answer.data)
    assert (width, height, len(rows)) == (1200, 630, 630)
    untitled = pixels(picture(PROGRAM.replace("The chain rule", "")))[2]
    other = pixels(picture(PROGRAM.replace("2.0", "3.0")))[2]
    # The title is in the upper part; a changed digit changes one letter of one line.
    assert rows[60:112] != untitled[60:112]
    changed = [y for y in range(630) if rows[y] != other[y]]
    assert changed and 160 < changed[0] <= changed[-1] < 160 + 60
    columns = [x for y in changed for x in range(1200) if rows[y][x] != other[y][x]]
    assert max(columns) - min(columns) < 15


@pytest.mark.parametrize(
    "code", ["", "x" * 262_000, "漢字 \ud800 \0" * 50, "# " + "漢 " * 300, "\n" * 900, "\t" * 5000]
)
def test_any_program_has_a_picture_of_one_size(code: str) -> None:
    width, height, rows = pixels(picture(code))
    assert (width, height) == (1200, 630) and {len(row) for row in rows} == {1200}


# ----- oEmbed ------------------------------------------------------------------------------------


def asked(client: FlaskClient, **query: str):
    return client.get("/oembed", query_string=query)


def test_oembed_tells_what_a_short_link_is(client: FlaskClient, kept: str) -> None:
    answer = asked(client, url=f"http://localhost/s/{kept}", format="json")
    assert answer.json == {
        "version": "1.0",
        "type": "link",
        "title": "The chain rule",
        "provider_name": "autograd playground",
        "provider_url": "http://localhost/",
        "cache_age": 86400,
        "thumbnail_url": f"http://localhost/s/{kept}.png",
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }


def test_oembed_gives_a_frame_where_the_site_has_a_page_for_frames(
    client: FlaskClient, site, kept: str
) -> None:
    (site / "embed.html").write_text("embed")
    said = asked(client, url=f"http://localhost/s/{kept}", maxwidth="500", maxheight="9999").json
    assert (said["type"], said["width"], said["height"]) == ("rich", 500, 560)
    assert "thumbnail_url" not in said
    (frame,) = Elements(said["html"]).of("iframe")
    assert decode(frame["src"])["code"] == PROGRAM
    assert frame["src"].startswith("http://localhost/embed.html#1.")
    assert (frame["width"], frame["height"], frame["title"]) == ("500", "560", "The chain rule")


@pytest.mark.parametrize("text", HOSTILE)
def test_the_frame_of_oembed_is_one_element(client: FlaskClient, site, text: str) -> None:
    (site / "embed.html").write_text("embed")
    id = make(client, f"# {text}")["id"]
    said = asked(client, url=f"http://localhost/s/{id}").json
    ((tag, frame),) = Elements(said["html"]).found
    assert tag == "iframe" and not any(key.startswith("on") for key in frame)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({}, 400, "no-url"),
        ({"format": "xml", "url": "KEPT"}, 501, "json-only"),
        ({"url": "http://evil.example/s/ID"}, 404, "foreign-url"),
        ({"url": "https://localhost/s/ID"}, 404, "foreign-url"),
        ({"url": "http://localhost/t/ID"}, 404, "foreign-url"),
        ({"url": "http://[/s/ID"}, 404, "foreign-url"),
        ({"url": "http://localhost/s/../s/ID"}, 404, "no-such-link"),
        ({"url": "http://localhost/s/0000000000"}, 404, "no-such-link"),
        ({"url": "KEPT", "maxwidth": "0"}, 400, "bad-size"),
        ({"url": "KEPT", "maxwidth": "-5"}, 400, "bad-size"),
        ({"url": "KEPT", "maxheight": "1e9"}, 400, "bad-size"),
        ({"url": "KEPT", "maxheight": "²"}, 400, "bad-size"),
        ({"url": "KEPT", "maxheight": "9" * 400}, 400, "bad-size"),
    ],
)
def test_oembed_refuses_what_it_does_not_know(
    client: FlaskClient, kept: str, query: dict, status: int, code: str
) -> None:
    own = f"http://localhost/s/{kept}"
    filled = {key: value.replace("KEPT", own).replace("ID", kept) for key, value in query.items()}
    assert problem(asked(client, **filled), status) == code


def test_reading_has_a_limit_too(client: FlaskClient, kept: str) -> None:
    """So that ids cannot be tried out."""
    codes = [client.get(f"/s/{n:010}").status_code for n in range(620)]
    assert codes[0] == 404 and codes[-1] == 429
    answer = client.get(f"/api/v1/links/{kept}")
    assert problem(answer, 429) == "too-many" and int(answer.headers["Retry-After"]) >= 1


def test_a_public_address_is_what_everybody_is_told(site, database: str) -> None:
    links = Settings(database, public_url="https://play.example.edu/grad/")
    client = create_app(site, links=links).test_client()
    id = client.post("/api/v1/links", json={"document": {"code": "1"}}).json["id"]
    said = json.dumps([client.get(f"/s/{id}").text, f"https://play.example.edu/grad/s/{id}.png"])
    assert f"https://play.example.edu/grad/s/{id}.png" in said
    assert "http://localhost" not in client.get(f"/s/{id}").text
    assert asked(client, url=f"https://play.example.edu/grad/s/{id}").status_code == 200
