"""The API's description: it names the routes that there are, and answers are as it says."""

import json
import re

import numpy
import pytest

from engine.program import Program, Read, Upload, encode
from server import compute, create_app, short
from server.described import DOCUMENT

TOKEN = "a-token-of-the-tests"
SAID = json.loads(DOCUMENT.read_text("utf-8"))
KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}
#: Pages, pictures and files: not for programs.
PAGES = ("/", "/<site:address>", "/s/<id>", "/s/<id>.png", "/oembed", "/runner-device.html")


@pytest.fixture
def app(site, tmp_path):
    made = create_app(
        site,
        links=short.Settings(f"sqlite:///{tmp_path}/links.sqlite", token="x" * 16),
        device=compute.Settings("fake", TOKEN, place="inside", client_sessions=3),
    )
    yield made
    made.extensions["compute"].stop()


def resolved(node: dict) -> dict:
    """What a `$ref` points at."""
    while "$ref" in node:
        found = SAID
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def references(node):
    """All `$ref`s of the document."""
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from references(part)


def conforms(value, schema: dict, where: str = "") -> None:
    """That a value is as a schema says; only what the document uses of JSON Schema."""
    schema = resolved(schema)
    known = {"type", "enum", "minimum", "maximum", "pattern", "format", "required", "properties"}
    assert set(schema) <= known | {"items", "additionalProperties", "minLength", "maxLength"}
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert any(isinstance(value, KINDS[kind]) for kind in kinds), (where, value)
    assert not (isinstance(value, bool) and "boolean" not in kinds), (where, value)
    assert value in schema.get("enum", [value]), (where, value)
    if isinstance(value, int | float):
        assert schema.get("minimum", value) <= value <= schema.get("maximum", value), where
    if isinstance(value, str):
        assert re.search(schema.get("pattern", ""), value), (where, value)
    if isinstance(value, list):
        for part in value:
            conforms(part, schema["items"], f"{where}[]")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        assert set(schema.get("required", ())) <= set(value), (where, value)
        if schema.get("additionalProperties") is False:
            assert set(value) <= set(properties), (where, value)
        for name in set(value) & set(properties):
            conforms(value[name], properties[name], f"{where}.{name}")


def check(path: str, method: str, answer) -> None:
    """That an answer is one of those that the document gives this operation."""
    operation = SAID["paths"][path][method]
    assert str(answer.status_code) in operation["responses"], (path, method, answer.data)
    response = resolved(operation["responses"][str(answer.status_code)])
    for name, header in response.get("headers", {}).items():
        assert name in answer.headers
        kind = answer.headers[name]
        conforms(int(kind) if header["schema"]["type"] == "integer" else kind, header["schema"])
    content = response.get("content", {})
    assert answer.mimetype in content if content else not answer.data
    if content and answer.mimetype.endswith("json"):
        conforms(answer.json, content[answer.mimetype]["schema"])


def test_every_route_is_described_and_every_description_has_a_route(app):
    routes = {}
    for rule in app.url_map.iter_rules():
        if rule.rule not in PAGES:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            routes.setdefault(path, set()).update(rule.methods - {"HEAD", "OPTIONS"})
    told = {
        path: {method.upper() for method in operations if method != "parameters"}
        for path, operations in SAID["paths"].items()
    }
    assert told == routes


def test_addresses_of_the_api_are_no_pages(app):
    """A wrong method is told as one, and what is not there in words for programs."""
    http = app.test_client()
    for path in ("/api/v1/sessions", "/api/v1/sessions/x.1/cancel", "/api/v1/links"):
        found = http.get(path)
        assert (found.status_code, found.json["code"]) == (405, "method-not-allowed")
        assert set(found.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    found = http.get("/api/v1/nothing")
    assert (found.status_code, found.mimetype) == (404, "application/problem+json")


def test_the_document_is_served_and_every_reference_leads_somewhere(app):
    found = app.test_client().get("/api/v1/openapi.json")
    assert found.json == SAID and found.mimetype == "application/json"
    assert SAID["openapi"] == "3.1.0"
    for reference in set(references(SAID)):
        assert resolved({"$ref": reference})
    names = [
        operation["operationId"]
        for operations in SAID["paths"].values()
        for method, operation in operations.items()
        if method != "parameters"
    ]
    assert len(set(names)) == len(names)


def test_answers_are_as_described(app):
    http = app.test_client()
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    octets = {"Content-Type": "application/octet-stream"}
    upload = Upload(1, "float64", (2,), numpy.ones(2).tobytes())
    good = encode(Program(1, (), (upload,), (), (Read(1),)))
    one = "/api/v1/sessions/{sid}"
    sessions, run, put = "/api/v1/sessions", f"{one}/programs", f"{one}/tensors/{{handle}}"
    links, link = "/api/v1/links", "/api/v1/links/{id}"
    sid = http.post(sessions, headers=bearer).json["sid"]
    array = "dtype=float64&shape=2"
    whole = {"Content-Range": "bytes 0-15/16"}
    takedown = {"Authorization": f"Bearer {'x' * 16}"}
    seen = set()

    def ask(path, method, status, at="", **given):
        place = path.format(sid=sid, handle=2, id="0123456789") + at
        found = http.open(given.pop("to", place), method=method.upper(), **given)
        check(path, method, found)
        assert found.status_code == status, found.data
        seen.add((path, method, status))
        return found

    for path in ("/healthz", "/readyz", "/metrics", "/api/v1/hello", "/api/v1/openapi.json"):
        ask(path, "get", 200)
    for path in ("/readyz", "/metrics", "/api/v1/hello"):
        ask(path, "get", 403, headers={"Host": "evil.example"})
    ask("/metrics", "get", 401, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    ask(sessions, "post", 201, headers=bearer)
    ask(sessions, "post", 201, headers=bearer)
    ask(sessions, "post", 429, headers=bearer)
    ask(sessions, "post", 401)
    ask(sessions, "post", 403, headers={**bearer, "Origin": "https://evil.example"})
    ask(run, "post", 200, headers=octets, data=good)
    ask(run, "post", 400, headers=octets, data=b"")
    ask(run, "post", 409, headers=octets, data=encode(Program(5)))
    ask(run, "post", 413, headers=octets, data=bytes((32 << 20) + 1))
    ask(run, "post", 415, data=good)
    ask(run, "post", 422, headers=octets, data=encode(Program(1)))
    ask(put, "put", 200, f"?{array}", headers=whole, data=bytes(16))
    ask(put, "put", 400, f"?{array}", data=bytes(16))
    ask(put, "put", 413, f"?{array}0{'0' * 12}", headers=whole, data=bytes(16))
    ask(put, "get", 206, headers={"Range": "bytes=0-7"})
    ask(put, "get", 400)
    ask(put, "get", 416, headers={"Range": "bytes=7-0"})
    ask(put, "get", 404, to=f"/api/v1/sessions/{sid}/tensors/first")
    ask(put, "get", 416, headers={"Range": "bytes=99-100"})
    ask(put, "get", 400, to=f"/api/v1/sessions/{sid}/tensors/77", headers={"Range": "bytes=0-7"})
    ask(f"{one}/cancel", "post", 204)
    ask(one, "delete", 204)
    for path, method in ((run, "post"), (put, "get"), (f"{one}/cancel", "post")):
        ask(path, method, 410, headers={**octets, "Range": "bytes=0-7"}, data=good)
    made = ask(links, "post", 201, json={"document": {"code": "x = 1"}}).json["id"]
    ask(links, "post", 200, json={"document": {"code": "x = 1"}})
    ask(links, "post", 403, json={}, headers={"Origin": "null"})
    ask(links, "post", 413, data=b"x" * (1 << 20), content_type="application/json")
    ask(links, "post", 415, data=b"x")
    ask(links, "post", 422, json={})
    ask(link, "get", 200, to=f"{links}/{made}")
    ask(link, "get", 404)
    ask(link, "delete", 401, json={"reason": "spam"})
    ask(link, "delete", 404, json={"reason": "spam"}, headers=takedown)
    ask(link, "delete", 422, json={}, headers=takedown)
    ask(link, "delete", 200, to=f"{links}/{made}", json={"reason": "spam"}, headers=takedown)
    ask(link, "get", 410, to=f"{links}/{made}")
    ask(links, "post", 410, json={"document": {"code": "x = 1"}})
    # Every operation was asked, and answered well.
    well = {(path, method) for path, method, status in seen if status < 300}
    assert well == {(p, m) for p, ms in SAID["paths"].items() for m in ms if m != "parameters"}
