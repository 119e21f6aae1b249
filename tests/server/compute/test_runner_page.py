"""`runner-device.html`: the runner whose policy names the sessions of this server, and no more."""

import pytest

from server import create_app
from server.compute.runner import NO_NETWORK

POLICY = b"default-src 'none'; connect-src blob:\">"


@pytest.fixture
def built(site):
    """A site whose runner has a policy, as the built one does."""
    (site / "runner.html").write_bytes(b'<meta content="' + POLICY + b"<script>1</script>")
    return site


def test_it_is_the_sites_runner_with_the_sessions_address_added(built, serve):
    found = serve().client.get("/runner-device.html")
    added = NO_NETWORK + b" http://localhost/api/v1/sessions/"
    assert found.data == (built / "runner.html").read_bytes().replace(NO_NETWORK, added)
    plain = serve().client.get("/runner.html")
    assert plain.data == (built / "runner.html").read_bytes()
    for name in ("Content-Security-Policy", "Cross-Origin-Embedder-Policy", "Content-Type"):
        assert found.headers[name] == plain.headers[name]
    assert found.headers["Content-Security-Policy"] == "sandbox allow-scripts"
    assert b"Set-Cookie" not in str(found.headers).encode()


def test_the_address_is_the_one_that_readers_use(built, serve):
    told = serve(public_url="https://play.example.edu/ag").client.get("/runner-device.html").data
    assert b'connect-src blob: https://play.example.edu/ag/api/v1/sessions/"' in told


@pytest.mark.parametrize("host", ["a;script-src *", "a b", "localhost' *", "x" * 400])
def test_no_name_of_a_host_gets_more_into_the_policy(built, serve, host):
    found = serve().client.get("/runner-device.html", headers={"Host": host})
    assert found.status_code == 400 or b"script-src" not in found.data


def test_a_runner_with_a_policy_that_is_not_known_is_refused(site, serve):
    found = serve().client.get("/runner-device.html")
    assert found.status_code == 500 and found.json["code"] == "runner"


def test_the_page_is_told_its_name_and_without_a_device_there_is_none(built, serve):
    (built / "index.html").write_bytes(b"<!doctype html><head></head>")
    told = serve().client.get("/").data.decode()
    assert 'name="playground-compute-runner" content="runner-device.html"' in told
    assert create_app(built).test_client().get("/runner-device.html").status_code == 404


def test_hello_says_in_words_what_the_device_is(serve):
    (device,) = serve(device="cpu").client.get("/api/v1/hello").json["devices"]
    assert device["name"] == "cpu" and device["about"].startswith("NumPy ")
    assert "for trying out" in serve().client.get("/api/v1/hello").json["devices"][0]["about"]
    child = serve(device="fake", place="child").client.get("/api/v1/hello").json["devices"][0]
    assert "for trying out" in child["about"] and child["memory"] is None
