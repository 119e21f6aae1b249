"""What comes in over a connection: bodies no larger than their address may have, none that never
end, nothing that two readers would read differently. Bytes on real sockets."""

import socket
import threading

import pytest
from waitress.adjustments import Adjustments

from server import compute, create_app
from server.listening import CONNECTIONS, listen, parser
from server.wsgi import application

TOKEN = "a-token-of-the-tests"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server with a device, its address, and the name of a session."""
    app = create_app(
        tmp_path_factory.mktemp("site"), device=compute.Settings("fake", TOKEN, place="inside")
    )
    service = app.extensions["compute"]
    server = listen(app, service.large_body, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    opened = app.test_client().post(
        "/api/v1/sessions", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    yield ("127.0.0.1", server.effective_port), opened.json["sid"]
    service.stop()
    server.close()


def ask(address, sent: bytes) -> bytes:
    """All that the server says to some bytes until it closes, or has answered one request."""
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall(sent)
        came = b""
        while b"\r\n\r\n" not in came:
            part = connection.recv(65536)
            if not part:
                break
            came += part
        return came


def head(path: str, length: int, method: str = "POST") -> bytes:
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n".encode()
    )


@pytest.mark.parametrize(
    ("path", "length"),
    [
        ("/api/v1/links", 2 << 20),
        ("/api/v1/sessions", 2 << 20),
        ("/api/v1/sessions/{sid}/cancel", 2 << 20),
        ("/api/v1/sessions/{sid}/programs/", 2 << 20),
        ("/api/v1/sessions/{sid}/programs", 34 << 20),
        ("/api/v1/sessions/{sid}/tensors/1", 6 << 20),
        ("/api/v1/sessions/fake.0/programs", 6 << 20),
        ("/api/v1/sessions/..%2f/programs", 6 << 20),
    ],
)
def test_a_body_is_refused_before_it_comes_where_it_may_not_be_so_large(served, path, length):
    """None of it was sent. Large frames are for sessions that there are."""
    address, sid = served
    assert ask(address, head(path.format(sid=sid), length)).split()[1] == b"413"


@pytest.mark.parametrize(
    ("path", "length"), [("programs", (33 << 20) - 1), ("tensors/1", (5 << 20) - 1)]
)
def test_large_bodies_have_their_addresses(served, path, length):
    _, sid = served
    made = parser(create_bound(served))(Adjustments())
    made.received(head(f"/api/v1/sessions/{sid}/{path}", length))
    assert made.error is None and not made.completed


def create_bound(served):
    """What the server of `served` says of addresses."""
    from server.compute.service import Service

    class Known:
        sessions = type("Known", (), {"knows": staticmethod(lambda sid: sid == served[1])})

    return lambda path: Service.large_body(Known(), path)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("Content-Length: 3\r\nContent-Length: 5", 400),
        ("Content-Length: +3", 400),
        ("Content-Length : 3", 400),
        ("Transfer-Encoding: xchunked", 501),
        ("Transfer-Encoding: chunked, identity", 501),
        ("Host: evil.example", 403),
        ("X: a\nY: b", 400),
    ],
)
def test_what_two_readers_would_read_differently_is_refused(served, lines, status):
    """A proxy in front must not be made to see other requests than the server does."""
    sent = f"GET /api/v1/hello HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n\r\n"
    assert ask(served[0], sent.encode()).split()[1] == str(status).encode()


def test_a_request_that_comes_too_slowly_is_ended():
    now = [0.0]
    made = parser(lambda path: 0, lambda: now[0])
    slow, quick = made(Adjustments()), made(Adjustments())
    for each in (slow, quick):
        each.received(head("/api/v1/links", 900_000))
    for _ in range(59):
        now[0] += 1.0
        slow.received(b"x")
        quick.received(b"x" * 10_000)
        assert not slow.completed
    now[0] += 2.0
    slow.received(b"x")
    quick.received(b"x" * 10_000)
    assert slow.completed and slow.error.code == 408
    assert not quick.completed and quick.error is None


def test_a_head_that_comes_too_slowly_is_ended():
    now = [0.0]
    request = parser(lambda path: 0, lambda: now[0])(Adjustments())
    request.received(b"GET / HTTP/1.1\r\n")
    now[0] = 61.0
    request.received(b"X")
    assert request.completed and request.error.code == 408


def test_many_readers_may_stay_connected(served):
    """More than waitress's own 100: a course has so many tabs. None takes a thread."""
    assert CONNECTIONS == 500
    kept = [socket.create_connection(served[0], timeout=60) for _ in range(150)]
    try:
        sent = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        assert ask(served[0], sent).split()[1] == b"200"
    finally:
        for each in kept:
            each.close()


def test_other_servers_get_the_application_with_literals_alone(monkeypatch, tmp_path):
    monkeypatch.delenv("AUTOGRAD_COMPUTE_TOKEN", raising=False)
    with pytest.raises(ValueError, match="AUTOGRAD_COMPUTE_TOKEN"):
        application(device="fake")
    monkeypatch.setenv("AUTOGRAD_COMPUTE_TOKEN", TOKEN)
    made = application(
        device="fake", links=f"sqlite:///{tmp_path}/links.sqlite", site=str(tmp_path)
    )
    try:
        http = made.test_client()
        assert http.get("/api/v1/hello").json["auth"] == "token"
        assert http.post("/api/v1/links", json={}).status_code == 422
    finally:
        made.extensions["compute"].stop()
