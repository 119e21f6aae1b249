"""What the server sends for each address: contents, headers, and nothing that it should not."""

import gzip
import hashlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server import create_app, headers

WASM = "/py/pyodide.asm.wasm"


def policy(client: FlaskClient, address: str) -> dict[str, str]:
    """Content-Security-Policy of a page, by directive."""
    text = client.get(address).headers["Content-Security-Policy"]
    return dict((part.strip() + " ").split(" ", 1) for part in text.split(";"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/assets/index-BxY3_k-9.js", "text/javascript; charset=utf-8"),
        ("/assets/plain.css", "text/css; charset=utf-8"),
        ("/py/pyodide.mjs", "text/javascript; charset=utf-8"),
        (WASM, "application/wasm"),
        ("/py/engine-1.2.3-py3-none-any.whl", "application/zip"),
        ("/py/manifest.json", "application/json"),
    ],
)
def test_every_kind_of_file_has_its_type(client: FlaskClient, address: str, expected: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, expected)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_folder_means_its_index(client: FlaskClient) -> None:
    assert client.get("/lessons/").data == b"<!doctype html><title>lessons</title>"
    moved = client.get("/lessons")
    assert (moved.status_code, moved.headers["Location"]) == (302, "lessons/")


def test_the_page_runs_only_its_own_scripts(client: FlaskClient) -> None:
    rules = policy(client, "/")
    assert rules["default-src"].strip() == "'none'"
    assert rules["script-src"].strip() == "'self'"
    assert rules["worker-src"].strip() == rules["frame-src"].strip() == "'self' blob:"
    assert rules["frame-ancestors"].strip() == "'self'"


def test_the_runner_is_sandboxed_and_leaves_the_rest_to_its_own_policy(client: FlaskClient) -> None:
    rules = policy(client, "/runner.html")
    assert rules["sandbox"].strip() == "allow-scripts"
    assert set(rules) == {"sandbox"}


@pytest.mark.parametrize("address", [WASM, "/py/manifest.json", "/assets/plain.css"])
def test_an_opaque_origin_may_read_what_the_runner_needs(client: FlaskClient, address: str) -> None:
    sent = client.get(address, headers={"Origin": "null"}).headers
    assert sent["Access-Control-Allow-Origin"] == "*"
    assert sent["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_another_origin_may_not_read_the_page(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


def test_only_an_address_that_changes_with_the_contents_is_kept_for_ever(
    client: FlaskClient,
) -> None:
    def kept(address: str) -> str:
        return client.get(address).headers["Cache-Control"]

    digest = hashlib.sha256(client.get(WASM).data).hexdigest()
    assert kept("/assets/index-BxY3_k-9.js") == headers.FOREVER
    assert kept(f"{WASM}?v={digest}") == kept(f"{WASM}?v={digest[:16]}") == headers.FOREVER
    for address in ("/", "/assets/plain.css", WASM, f"{WASM}?v=", f"{WASM}?v=0123456789abcdef"):
        assert kept(address) == "no-cache", address


def test_an_unchanged_file_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/py/pyodide.mjs").headers["ETag"]
    again = client.get("/py/pyodide.mjs", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "no-cache"
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_a_changed_file_has_another_tag(client: FlaskClient, site: Path) -> None:
    before = client.get("/").headers["ETag"]
    (site / "index.html").write_bytes(b"<!doctype html><title>new page</title>")
    assert client.get("/", headers={"If-None-Match": before}).status_code == 200
    assert client.get("/").headers["ETag"] != before


def test_a_browser_that_takes_gzip_gets_the_twin(client: FlaskClient, site: Path) -> None:
    packed = client.get(WASM, headers={"Accept-Encoding": "gzip, br"})
    plain = client.get(WASM)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Type"] == "application/wasm"
    assert gzip.decompress(packed.data) == plain.data == (site / WASM[1:]).read_bytes()
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_a_brotli_twin_goes_before_gzip_to_those_who_take_it(
    client: FlaskClient, site: Path
) -> None:
    (site / (WASM[1:] + ".br")).write_bytes(b"as Vite wrote it")
    tags = set()
    for accepted, coding in [("gzip, br", "br"), ("gzip, br;q=0", "gzip"), ("identity", None)]:
        answer = client.get(WASM, headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == coding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert (answer.data == b"as Vite wrote it") == (coding == "br")
        tags.add(answer.headers["ETag"])
    assert len(tags) == 3


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_a_browser_that_refuses_gzip_gets_the_plain_file(
    client: FlaskClient, accepted: str
) -> None:
    answer = client.get(WASM, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert len(answer.data) == 4004


def test_a_packed_file_is_not_sent_again_either(client: FlaskClient) -> None:
    takes = {"Accept-Encoding": "gzip"}
    tag = client.get(WASM, headers=takes).headers["ETag"]
    again = client.get(WASM, headers={**takes, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_range_is_of_the_plain_file(client: FlaskClient) -> None:
    answer = client.get(WASM, headers={"Range": "bytes=0-3", "Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.data) == (206, b"\0asm")
    assert answer.headers["Content-Range"] == "bytes 0-3/4004"
    assert "Content-Encoding" not in answer.headers


def test_a_range_beyond_the_end_is_refused(client: FlaskClient) -> None:
    assert client.get(WASM, headers={"Range": "bytes=9999-"}).status_code == 416


def test_head_tells_the_size_and_sends_nothing(client: FlaskClient) -> None:
    answer = client.head(WASM)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == "4004"


@pytest.mark.parametrize(
    "address",
    [
        "/nothing.html",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/py/../../secret.txt",
        "/py/..%2f..%2fsecret.txt",
        "/py//../../secret.txt",
        "/.hidden",
        "/py",
        "/py/",
        "/a%00b",
        pytest.param("/" + "a" * 5000, id="too long"),
    ],
)
def test_nothing_outside_the_site_is_shown(client: FlaskClient, address: str) -> None:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 404
    assert b"secret" not in answer.data
    assert b"There is nothing here" in answer.data
    assert answer.headers["Content-Security-Policy"] == headers.PAGE_POLICY


def test_a_link_out_of_the_site_is_not_followed(client: FlaskClient, site: Path) -> None:
    (site / "out.txt").symlink_to(site.parent / "secret.txt")
    assert client.get("/out.txt").status_code == 404


def test_the_sites_own_404_page_is_shown(client: FlaskClient, site: Path) -> None:
    (site / "404.html").write_text("<!doctype html>Lost?")
    answer = client.get("/nothing.html")
    assert (answer.status_code, answer.text) == (404, "<!doctype html>Lost?")


def test_nothing_can_be_posted(client: FlaskClient) -> None:
    assert client.post("/").status_code == 405


def test_a_missing_site_says_how_to_build_it(tmp_path: Path) -> None:
    empty = create_app(tmp_path / "<none>").test_client()
    answer = empty.get("/")
    assert answer.status_code == 503
    assert "make site" in answer.text
    assert "&lt;none&gt;" in answer.text
    assert empty.get("/healthz").json == {"ok": True, "site": False, "engine": None}


def test_health_names_the_engine(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.json == {"ok": True, "site": True, "engine": "1.2.3"}
    assert answer.headers["Cache-Control"] == "no-store"
