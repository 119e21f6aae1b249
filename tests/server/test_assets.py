"""NumPy for the browser: whatever goes wrong, the right bytes or none, and a message that helps."""

import errno
import hashlib
import io
import urllib.error
import zipfile
from collections.abc import Callable
from email.message import Message
from pathlib import Path

import pytest

from web.build import assets
from web.build.assets import Source, Unavailable, Wheel, obtain
from web.build.project import BuildError

DATA = b"numpy" * 1000
WHEEL = Wheel("numpy-test.whl", hashlib.sha256(DATA).hexdigest())


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("AUTOGRAD_PLAYGROUND_CACHE", str(folder))
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "assets"
    folder.mkdir()
    return folder / WHEEL.name


def gives(data: bytes) -> Source:
    return Source("a source", lambda wheel, part: part.write_bytes(data))


def fails(error: Exception, half: bytes = b"") -> Source:
    """A source that raises, after it wrote half a file."""

    def fetch(wheel: Wheel, part: Path) -> None:
        part.write_bytes(half)
        raise error

    return Source("a bad source", fetch)


def never() -> Source:
    return fails(AssertionError("asked although an earlier source had it"))


def left(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_the_first_source_that_has_the_bytes_is_the_last_asked(target: Path) -> None:
    assert obtain(WHEEL, target, [gives(DATA), never()]) == "a source"
    assert target.read_bytes() == DATA
    assert left(target) == [WHEEL.name]


def test_a_right_file_is_left_alone(target: Path) -> None:
    target.write_bytes(DATA)
    assert obtain(WHEEL, target, [never()]) is None


def test_a_damaged_file_is_replaced(target: Path) -> None:
    target.write_bytes(DATA[:-1])
    obtain(WHEEL, target, [gives(DATA)])
    assert target.read_bytes() == DATA


def test_what_was_downloaded_comes_from_the_cache_next_time(target: Path, cache: Path) -> None:
    obtain(WHEEL, target, [gives(DATA)])
    target.unlink()
    assert obtain(WHEEL, target, [assets.sources()[0], never()]) == "the cache"
    assert target.read_bytes() == DATA


def test_a_damaged_file_in_the_cache_is_thrown_away(target: Path, cache: Path) -> None:
    cache.mkdir()
    (cache / WHEEL.name).write_bytes(b"damaged")
    assert obtain(WHEEL, target, [assets.sources()[0], gives(DATA)]) == "a source"
    assert (cache / WHEEL.name).read_bytes() == DATA


def test_a_cache_that_cannot_be_written_stops_nothing(target: Path, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    obtain(WHEEL, target, [gives(DATA)])
    assert target.read_bytes() == DATA


def test_a_wrong_hash_is_refused_and_the_next_source_asked(target: Path) -> None:
    assert obtain(WHEEL, target, [gives(b"evil"), gives(DATA)]) == "a source"
    assert target.read_bytes() == DATA


def test_a_wrong_hash_everywhere_is_an_error_and_leaves_nothing(target: Path, cache: Path) -> None:
    with pytest.raises(BuildError) as caught:
        obtain(WHEEL, target, [gives(b"evil")])
    said = str(caught.value)
    assert WHEEL.sha256 in said
    assert hashlib.sha256(b"evil").hexdigest() in said
    assert "Nothing was kept" in said
    assert left(target) == []
    assert not cache.exists()


def test_no_network_is_an_error_that_says_what_to_do_and_leaves_nothing(target: Path) -> None:
    sources = [fails(Unavailable("no answer"), half=DATA[:10]), fails(Unavailable("no answer"))]
    with pytest.raises(BuildError) as caught:
        obtain(WHEEL, target, sources)
    said = str(caught.value)
    assert "a bad source: no answer" in said
    assert "Connect to the internet" in said
    assert str(assets.cache_folder() / WHEEL.name) in said
    assert left(target) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full. Free some space"),
        (errno.EDQUOT, "the disk is full. Free some space"),
        (errno.EACCES, "you may not write there"),
        (errno.EIO, "Put that right"),
    ],
)
def test_a_disk_that_refuses_is_an_error_that_says_so_and_leaves_nothing(
    target: Path, code: int, words: str
) -> None:
    with pytest.raises(BuildError, match=words):
        obtain(WHEEL, target, [fails(OSError(code, "no"), half=DATA[:10]), never()])
    assert left(target) == []


def test_a_full_disk_at_the_last_moment_leaves_nothing(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(part: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(assets.os, "replace", replace)
    with pytest.raises(BuildError, match="the disk is full"):
        obtain(WHEEL, target, [gives(DATA)])
    assert left(target) == []


def test_an_interrupted_build_leaves_nothing(target: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        obtain(WHEEL, target, [fails(KeyboardInterrupt(), half=DATA[:10])])
    assert left(target) == []


def test_a_copy_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").write_text("old")

    def copyfile(source: Path, part: Path) -> None:
        part.write_text("ne")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(assets.shutil, "copyfile", copyfile)
    with pytest.raises(BuildError, match="the disk is full"):
        assets.place(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_text() == "old"
    assert left(tmp_path / "old") == ["new", "old"]


# ----- The CDN -----------------------------------------------------------------------------------


class Response(io.BytesIO):
    """What `urlopen` gives: some bytes, a promised length, and perhaps a failure at the end."""

    def __init__(self, data: bytes, promised: int, then: Exception | None = None) -> None:
        super().__init__(data)
        self.headers = Message()
        self.headers["Content-Length"] = str(promised)
        self.then = then

    def read(self, size: int = -1) -> bytes:
        block = super().read(size)
        if not block and self.then:
            raise self.then
        return block


def answer(*arguments: object) -> Callable[..., Response]:
    return lambda address, timeout: Response(*arguments)


def refuse(address: str, timeout: float) -> Response:
    raise urllib.error.URLError("unreachable")


def test_a_download_writes_all_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assets.download("address", tmp_path / "part", answer(DATA, len(DATA)))
    assert (tmp_path / "part").read_bytes() == DATA
    assert "0.0 of 0.0 MB" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("opener", "words"),
    [
        (refuse, "no answer .unreachable."),
        (answer(DATA, len(DATA) + 1), "broke off after 5,000 of 5,001 bytes"),
        (answer(DATA, len(DATA) + 1, TimeoutError("timed out")), "broke off .timed out."),
    ],
)
def test_a_download_that_fails_is_no_fault_of_the_disk(
    tmp_path: Path, opener: Callable[..., Response], words: str
) -> None:
    with pytest.raises(Unavailable, match=words):
        assets.download("address", tmp_path / "part", opener)


def test_pyodide_itself_says_where_its_cdn_is(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"version": "1.2.3"}')
    module = tmp_path / "pyodide.mjs"
    module.write_text("x=`https://cdn.test/pyodide/v${d.version}/full/`;")
    assert assets.cdn_base(module) == "https://cdn.test/pyodide/v1.2.3/full/"
    module.write_text("nothing")
    with pytest.raises(Unavailable, match="does not say where"):
        assets.cdn_base(module)


def test_the_pinned_pyodide_names_a_cdn_and_a_numpy() -> None:
    assert "/v0.27.7/full/" in assets.cdn_base(assets.PYODIDE / "pyodide.mjs")
    wheel = assets.numpy_wheel(assets.PYODIDE / "pyodide-lock.json")
    assert wheel.name == "numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl"
    assert len(wheel.sha256) == 64


# ----- PyPI --------------------------------------------------------------------------------------


def package(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / "carrier-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"carrier/assets/{name}", DATA)


def test_the_wheel_is_taken_out_of_the_package_that_carries_it(tmp_path: Path) -> None:
    package(tmp_path, WHEEL.name)
    assets.take_out(tmp_path, WHEEL, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == DATA


def test_a_package_without_the_wheel_is_said(tmp_path: Path) -> None:
    package(tmp_path, "other.whl")
    with pytest.raises(Unavailable, match=f"holds no {WHEEL.name}"):
        assets.take_out(tmp_path, WHEEL, tmp_path / "part")


def test_a_failed_pip_download_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def says(text: str) -> None:
        def stream(*_: object, **__: object) -> str:
            raise BuildError(text)

        monkeypatch.setattr(assets, "stream", stream)

    says("ERROR: [Errno 28] No space left on device")
    with pytest.raises(BuildError, match="the disk is full"):
        assets.from_pypi(WHEEL, tmp_path / "part")
    says("Failed to establish: NewConnectionError(...)\nERROR: No matching distribution")
    with pytest.raises(Unavailable, match="no answer"):
        assets.from_pypi(WHEEL, tmp_path / "part")
    says("ERROR: No matching distribution found")
    with pytest.raises(Unavailable, match="No matching distribution"):
        assets.from_pypi(WHEEL, tmp_path / "part")
    assert list(tmp_path.iterdir()) == []
