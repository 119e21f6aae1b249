"""`/api/v1/links`: the same program is the same link, hostile input is a problem document."""

import base64
import json
import zlib

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine.links import MOST_BYTES, decode, encode
from server import create_app
from server.short import Settings
from server.short.names import name_of, tidy

from .conftest import PROGRAM, make, problem, take_down

ADDRESS = "/api/v1/links"


def test_a_program_is_kept_and_given_back(client: FlaskClient) -> None:
    document = {"code": PROGRAM, "seed": 7, "step": 3, "node": 2, "view": {"tab": "graph"}}
    made = client.post(ADDRESS, json={"document": document})
    assert made.status_code == 201
    id = made.json["id"]
    assert made.json == {"id": id, "url": f"http://localhost/s/{id}"}
    assert made.headers["Location"] == made.json["url"]
    shown = client.get(f"{ADDRESS}/{id}").json
    assert shown["document"] == decode(encode(document)) == decode(shown["link"])


def test_the_same_program_is_the_same_link_however_it_comes(client: FlaskClient) -> None:
    """As document, as link, with defaults said, packed by another deflate."""
    first = client.post(ADDRESS, json={"document": {"code": PROGRAM}})
    said = client.post(ADDRESS, json={"document": {"seed": 0, "code": PROGRAM, "unknown": 1}})
    linked = client.post(ADDRESS, json={"link": encode({"code": PROGRAM})})
    packer = zlib.compressobj(0, zlib.DEFLATED, -15)
    packed = packer.compress(json.dumps({"code": PROGRAM}).encode()) + packer.flush()
    sealed = f"1.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"
    other = client.post(ADDRESS, json={"link": f"#{sealed}.{zlib.crc32(sealed.encode()):08x}"})
    assert first.status_code == 201
    assert [each.status_code for each in (said, linked, other)] == [200, 200, 200]
    assert {each.json["id"] for each in (first, said, linked, other)} == {first.json["id"]}


def test_another_program_is_another_link(client: FlaskClient) -> None:
    assert make(client, "1")["id"] != make(client, "2")["id"]


def test_what_is_misread_from_a_blackboard_is_understood(client: FlaskClient) -> None:
    """An id with 0 and 1, written with O, I and capitals."""
    id = next(
        id for n in range(10**4) if "0" in (id := name_of(f'1.{{"code":"{n}"}}')[:10]) and "1" in id
    )
    code = next(str(n) for n in range(10**4) if name_of(f'1.{{"code":"{n}"}}').startswith(id))
    assert make(client, code)["id"] == id
    written = id.replace("0", "O").replace("1", "I").upper()
    assert client.get(f"{ADDRESS}/{written}").json["id"] == id
    moved = client.get(f"/s/{written}")
    assert (moved.status_code, moved.headers["Location"]) == (301, id)


@pytest.mark.parametrize(
    "id",
    ["", "short", "a" * 53, "a" * 5000, "абвгдежзик", "aaaaaaaaa!", "aaaa%00aaaaaa", "..%2f..%2fx"],
)
def test_what_is_no_id_is_not_looked_up(client: FlaskClient, id: str) -> None:
    assert tidy(id) is None
    assert client.get(f"{ADDRESS}/{id}").status_code in (404, 405)


def test_caches_keep_what_cannot_change_for_a_day(client: FlaskClient, kept: str) -> None:
    """A day: a link may be taken down."""
    answer = client.get(f"{ADDRESS}/{kept}")
    assert answer.headers["Cache-Control"] == "public, max-age=86400, immutable"
    again = client.get(f"{ADDRESS}/{kept}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_every_answer_is_unframeable_and_unsniffable(client: FlaskClient, kept: str) -> None:
    for answer in (client.get(f"{ADDRESS}/{kept}"), client.get(f"{ADDRESS}/0000000000")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "Access-Control-Allow-Origin" not in answer.headers


# ----- Hostile input -----------------------------------------------------------------------------

#: 50 MB of spaces in 49 KB of link.
BOMB = zlib.compressobj(9, zlib.DEFLATED, -15)
BOMB_BYTES = BOMB.compress(b'{"code":"' + b" " * 50_000_000) + BOMB.flush()


def sealed(payload: bytes) -> str:
    text = f"1.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}"
    return f"#{text}.{zlib.crc32(text.encode()):08x}"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "bad-content"),
        (b"\xff\xfe", 422, "bad-content"),
        (b"[]", 422, "bad-content"),
        (b"{}", 422, "bad-content"),
        (b"[" * 100_000, 422, "bad-content"),
        (b'{"document":' * 5000 + b"1" + b"}" * 5000, 422, "bad-content"),
        (b'{"link": 1}', 422, "bad-content"),
        (b'{"link": "#1.x", "document": {}}', 422, "bad-content"),
        (b'{"document": {"code": NaN}}', 422, "bad-content"),
        (b'{"document": {"code": "", "seed": 1e999}}', 422, "bad-content"),
        (b'{"document": {"code": ""' + b', "seed": ' + b"9" * 5000 + b"}}", 422, "bad-content"),
        (b'{"document": {"code": 1}}', 422, "bad-content"),
        (b'{"document": {"code": "", "trace": [1e999]}}', 422, "bad-content"),
        (b'{"document": {"code": "", "trace": ' + b"[" * 900 + b"]" * 900 + b"}}", 0, ""),
        (b'{"document": {"code": "", "trace": ' + b"[" * 9000 + b"]" * 9000 + b"}}", 422, ""),
        (b'{"document": {"code": "", "engine": "<script>"}}', 422, "bad-content"),
        (b'{"link": "http://evil.example/"}', 422, "not-a-link"),
        (b'{"link": "#2.abc.00000000"}', 422, "unknown-version"),
        (b'{"link": "#1.abc"}', 422, "truncated"),
        (b'{"link": "#1.abc.00000000"}', 422, "corrupted"),
        (json.dumps({"link": sealed(BOMB_BYTES)}).encode(), 413, "too-large"),
        (json.dumps({"link": "#1." + "a" * 70_000}).encode(), 413, "too-long"),
        (json.dumps({"document": {"code": "\n" * (MOST_BYTES - 5000)}}).encode(), 413, ""),
        (b" " * 400_000, 413, "content-too-large"),
    ],
)
def test_what_is_no_program_is_said_and_not_kept(
    client: FlaskClient, store, body: bytes, status: int, code: str
) -> None:
    answer = client.post(ADDRESS, data=body, content_type="application/json")
    if status == 0:  # as deep as this Python can go, or refused
        assert answer.status_code in (201, 422)
        return
    said = problem(answer, status)
    assert not code or said.replace("request-entity", "content") == code
    assert store.stats().links == 0


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    some.binary(max_size=300)
    | some.recursive(
        some.none() | some.booleans() | some.floats() | some.text() | some.integers(),
        lambda inner: (
            some.lists(inner)
            | some.dictionaries(
                some.sampled_from(["link", "document", "code", "view", "tab", "seed"])
                | some.text(),
                inner,
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_body_breaks_the_server(client: FlaskClient, body: bytes) -> None:
    answer = client.post(ADDRESS, data=body, content_type="application/json")
    assert answer.status_code in (200, 201, 413, 422)
    if answer.status_code >= 400:
        problem(answer, answer.status_code)


def utf16(text: str) -> str:
    """Two halves that meet are one character in JSON."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


CODES = some.text() | some.text(some.characters(categories=["Cs", "Cc", "Cf", "Zl", "Ll"]))


@settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(CODES)
def test_any_text_comes_back_as_it_was(client: FlaskClient, code: str) -> None:
    """Also halves of characters, controls, markup; its page and picture are made."""
    made = client.post(
        ADDRESS, data=json.dumps({"document": {"code": code}}), content_type="application/json"
    )
    id = made.json["id"]
    assert client.get(f"{ADDRESS}/{id}").json["document"]["code"] == utf16(code)
    assert client.get(f"/s/{id}").status_code == 200
    assert client.get(f"/s/{id}.png").data.startswith(b"\x89PNG")


# ----- Who may write -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "https://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_origin_may_not_write(client: FlaskClient, headers: dict) -> None:
    answer = client.post(ADDRESS, json={"document": {"code": "1"}}, headers=headers)
    assert problem(answer, 403) == "foreign-origin"


def test_the_own_page_may_write(client: FlaskClient) -> None:
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post(ADDRESS, json={"document": {"code": "1"}}, headers=own).status_code == 201


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "["]
)
def test_a_name_that_was_pointed_here_may_not_write(client: FlaskClient, host: str) -> None:
    """DNS rebinding: the origin is the attacker's and equals the host."""
    headers = {"Host": host, "Origin": f"http://{host}"}
    answer = client.post(ADDRESS, json={"document": {"code": "1"}}, headers=headers)
    assert answer.status_code in (400, 403)
    if answer.status_code == 403:
        assert problem(answer, 403) == "foreign-host"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "10.0.0.5", "x.localhost"])
def test_addresses_in_digits_are_nobodys_name(client: FlaskClient, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert (
        client.post(ADDRESS, json={"document": {"code": "1"}}, headers=headers).status_code == 201
    )


def test_the_public_address_is_a_name_of_its_own(site, database: str) -> None:
    links = Settings(database, public_url="https://play.example.edu/grad")
    client = create_app(site, links=links).test_client()
    headers = {"Host": "play.example.edu", "Origin": "https://play.example.edu"}
    made = client.post(ADDRESS, json={"document": {"code": "1"}}, headers=headers)
    assert made.json["url"] == f"https://play.example.edu/grad/s/{made.json['id']}"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_a_form_can_send_is_refused(client: FlaskClient, kind: str) -> None:
    answer = client.post(ADDRESS, data=b'{"document":{"code":""}}', content_type=kind)
    assert problem(answer, 415) == "not-json"


def test_too_many_new_links_are_put_off(site, database: str) -> None:
    app = create_app(site, links=Settings(database, per_minute=6))
    client = app.test_client()
    codes = [
        client.post(ADDRESS, json={"document": {"code": str(n)}}).status_code for n in range(13)
    ]
    assert codes == [201] * 12 + [429]
    answer = client.post(ADDRESS, json={"document": {"code": "x"}})
    assert problem(answer, 429) == "too-many"
    assert 1 <= int(answer.headers["Retry-After"]) <= 10
    other = {"REMOTE_ADDR": "10.1.1.1"}
    assert (
        client.post(ADDRESS, json={"document": {"code": "x"}}, environ_base=other).status_code
        == 201
    )
    # A header does not make another client of one.
    claimed = {"X-Forwarded-For": "10.9.9.9"}
    assert (
        client.post(ADDRESS, json={"document": {"code": "y"}}, headers=claimed).status_code == 429
    )


def test_a_full_store_says_so(site, database: str) -> None:
    client = create_app(site, links=Settings(database, most_bytes=200)).test_client()
    codes = [
        client.post(ADDRESS, json={"document": {"code": f"{n} " * 20}}).status_code
        for n in range(20)
    ]
    assert codes[0] == 201 and codes[-1] == 507
    assert client.post(ADDRESS, json={"document": {"code": "0 " * 20}}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_problems_too(client: FlaskClient, method: str) -> None:
    answer = client.open(ADDRESS, method=method)
    assert problem(answer, 405) == "method-not-allowed"
    assert "POST" in answer.headers["Allow"]


def test_a_database_that_fails_is_no_crash(site, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    links = Settings(f"sqlite:///{tmp_path}/file/links.sqlite")
    client = create_app(site, links=links).test_client()
    answer = client.post(ADDRESS, json={"document": {"code": "1"}})
    assert problem(answer, 503) == "no-database"
    assert str(tmp_path) not in answer.text


# ----- Take-down ---------------------------------------------------------------------------------


def test_what_is_taken_down_is_gone_and_says_why(client: FlaskClient, kept: str) -> None:
    before = client.get(f"{ADDRESS}/{kept}").json
    gone = take_down(client, kept, "copied from <b>a book</b>")
    assert gone.status_code == 200
    for address in (
        f"{ADDRESS}/{kept}",
        f"/s/{kept}.png",
        f"/oembed?url=http://localhost/s/{kept}",
    ):
        answer = client.get(address)
        assert problem(answer, 410) == "taken-down"
        assert "copied from <b>a book</b>" in answer.json["detail"]
    page = client.get(f"/s/{kept}")
    assert page.status_code == 410
    assert "copied from &lt;b&gt;a book&lt;/b&gt;" in page.text
    assert "mxnet" not in page.text
    again = client.post(ADDRESS, json={"link": before["link"]})
    assert problem(again, 410) == "taken-down"


@pytest.mark.parametrize("token", ["", "wrong", "a-token-that-nobody-guesses ", "ü"])
def test_only_the_token_takes_down(client: FlaskClient, kept: str, token: str) -> None:
    answer = client.delete(
        f"{ADDRESS}/{kept}",
        json={"reason": "x"},
        headers={"Authorization": f"Basic {token}" if token == "" else f"Bearer {token}!"},
    )
    assert problem(answer, 401) == "bad-token"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.get(f"{ADDRESS}/{kept}").status_code == 200


def test_without_a_token_nothing_is_taken_down_over_the_web(site, database: str, kept: str) -> None:
    client = create_app(site, links=Settings(database)).test_client()
    assert problem(take_down(client, kept, token=""), 403) == "no-token"
    assert problem(take_down(client, kept, token="None"), 403) == "no-token"


def test_a_short_token_is_none() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        Settings("sqlite://", token="short")


@pytest.mark.parametrize("reason", [None, "", "   ", "x" * 201, 5, "\ud800"])
def test_a_take_down_needs_a_reason(client: FlaskClient, kept: str, reason: object) -> None:
    assert problem(take_down(client, kept, reason), 422) == "no-reason"


def test_what_was_never_there_cannot_be_taken_down(client: FlaskClient) -> None:
    assert problem(take_down(client, "0000000000"), 404) == "no-such-link"


def test_the_server_writes_no_program_and_no_token_into_its_log(
    app: Flask, client: FlaskClient, kept: str, caplog: pytest.LogCaptureFixture, capfd
) -> None:
    caplog.set_level("DEBUG")
    take_down(client, kept)
    client.post(ADDRESS, data=b'{"link": "secret"}', content_type="application/json")
    said = caplog.text + "".join(capfd.readouterr())
    assert not any(word in said for word in ("secret", "chain rule", "nobody-guesses"))
