"""A server with a device in one of its places, and engines that talk to it."""

import os
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from engine.devices.remote import Link, RemoteDevice
from server import compute, create_app
from server.compute.place import place
from server.compute.ray_home import join

from .places import KINDS, Kind, Talk

TOKEN = "a-token-of-the-tests"


class Server:
    """An application with a device, spoken to without a network."""

    def __init__(self, site, **given) -> None:
        self.app = create_app(
            site, device=compute.Settings(**{"device": "fake", "token": TOKEN, **given})
        )
        self.client: FlaskClient = self.app.test_client()
        self.slept: list[float] = []

    @property
    def service(self):
        return self.app.extensions["compute"]

    def send(self, method, path, body, headers):
        """`send` of a `Link`."""
        found = self.client.open(path, method=method, data=body, headers=headers)
        return found.status_code, dict(found.headers), found.data

    def link(self) -> Link:
        return Link(self.send, TOKEN, sleep=self.slept.append)

    def device(self) -> RemoteDevice:
        return RemoteDevice(self.link())

    def sid(self, **headers) -> str:
        """A session's name."""
        return self.open(**headers).json["sid"]

    def open(self, **headers):
        given = {"Authorization": f"Bearer {TOKEN}", **headers}
        return self.client.post("/api/v1/sessions", headers=given)

    def frame(self, sid: str, data: bytes, **headers):
        given = {"Content-Type": "application/octet-stream", **headers}
        return self.client.post(f"/api/v1/sessions/{sid}/programs", data=data, headers=given)


@pytest.fixture
def serve(site) -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def start(**given) -> Server:
        made.append(Server(site, **{"place": "inside", **given}))
        return made[-1]

    yield start
    for each in made:
        each.service.stop()


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[str]:
    """A Ray of two logical GPUs in this process; its address, for others."""
    if not os.environ.get("REQUIRE_RAY"):
        pytest.skip("Ray is asked for by `make test-ray`")
    join(None, num_cpus=4, num_gpus=2)
    import ray

    yield ray.get_runtime_context().gcs_address
    ray.shutdown()


@pytest.fixture(params=KINDS)
def kind(request) -> Kind:
    """Each implementation of `Place`."""
    if request.param.name == "ray":
        request.getfixturevalue("ray_cluster")
    return request.param


@pytest.fixture
def begin(kind) -> Iterator[Callable[..., Talk]]:
    """Starts a place of that kind, with settings; the device is NumPy where none is named."""
    made = []

    def start(device: str = "cpu", **given) -> Talk:
        made.append(place(compute.Settings(device, place=kind.name, **kind.given, **given)))
        return Talk(made[-1])

    yield start
    for each in made:
        each.stop()


@pytest.fixture
def server(serve, kind) -> Server:
    """An application whose device is in a place of that kind."""
    return serve(place=kind.name, **kind.given)
