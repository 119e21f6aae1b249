"""The build's own rules: what is fresh, which Node will do, what the site holds, what counts."""

import gzip
import json
from pathlib import Path

import pytest

from web.build import browser, checks, engine_wheel, environment, node, project, site, stamps
from web.build.project import BuildError


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """One source and one result."""
    (tmp_path / "source").write_text("a")
    (tmp_path / "result").write_text("A")
    return tmp_path


def fresh(clone: Path, key: str = "k") -> bool:
    return stamps.is_fresh("step", key, [clone / "result"], clone / "stamps")


def test_a_step_is_fresh_until_its_inputs_or_results_change(clone: Path) -> None:
    assert not fresh(clone)
    stamps.mark("step", "k", [clone / "result"], clone / "stamps")
    assert fresh(clone)
    assert not fresh(clone, "other inputs")
    (clone / "result").write_text("B")
    assert not fresh(clone)
    (clone / "result").unlink()
    assert not fresh(clone)


def test_a_new_date_alone_changes_nothing(clone: Path) -> None:
    before = stamps.digest([clone / "source"])
    (clone / "source").write_text("a")
    assert stamps.digest([clone / "source"]) == before
    (clone / "source").write_text("b")
    assert stamps.digest([clone / "source"]) != before


def test_a_moved_file_is_a_change(clone: Path) -> None:
    before = stamps.digest(stamps.files_in(clone))
    (clone / "source").rename(clone / "moved")
    assert stamps.digest(stamps.files_in(clone)) != before


# ----- Environment -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "good"),
    [
        ("v18.20.4", False),
        ("v20.18.0", False),
        ("v20.19.2", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.0.0", True),
        ("", False),
    ],
)
def test_a_node_is_used_when_the_pages_tools_run_on_it(version: str, good: bool) -> None:
    assert node.is_usable(version) is good


def install(folder: Path, present: dict[str, str]) -> bool:
    """Whether the lock below counts as installed when npm noted `present`."""
    rows = {"a": {"integrity": "1"}, "b": {"integrity": "2", "optional": True}}
    lock = folder / "package-lock.json"
    lock.write_text(json.dumps({"packages": {f"node_modules/{k}": v for k, v in rows.items()}}))
    hidden = folder / "node_modules" / ".package-lock.json"
    for name in present:
        (hidden.parent / name).mkdir(parents=True, exist_ok=True)
        (hidden.parent / name / "package.json").touch()
    noted = {f"node_modules/{name}": {"integrity": text} for name, text in present.items()}
    hidden.parent.mkdir(exist_ok=True)
    hidden.write_text(json.dumps({"packages": noted}))
    return node.is_installed(lock, hidden)


def test_npm_packages_are_installed_when_they_are_those_of_the_lock_file(tmp_path: Path) -> None:
    assert install(tmp_path, {"a": "1"})
    assert install(tmp_path, {"a": "1", "b": "2"})
    assert not install(tmp_path, {"a": "other"})
    assert not install(tmp_path, {"a": "1", "c": "3"})
    (tmp_path / "node_modules" / "a" / "package.json").unlink()
    assert not node.is_installed(
        tmp_path / "package-lock.json", tmp_path / "node_modules" / ".package-lock.json"
    )


def test_npm_packages_are_not_installed_when_there_are_none(tmp_path: Path) -> None:
    assert not node.is_installed(tmp_path / "package-lock.json", tmp_path / "none")


def test_every_pin_names_one_exact_version() -> None:
    for group in ("serve", "test", "browsers", "bench", "dist", "node", "compile", "browser-numpy"):
        for pin in project.pins(group):
            assert pin.count("==") == 1 and "*" not in pin, pin


def test_a_python_without_venv_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    monkeypatch.setattr(environment, "apt_can_install", lambda: False)
    with pytest.raises(BuildError, match=r"lacks its modules venv or ensurepip.*apt-get install"):
        environment._create()


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("npm error code ENOTFOUND", "there is no network"),
        ("Temporary failure in name resolution", "there is no network"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("something else", "see what it printed"),
    ],
)
def test_a_failed_download_says_the_cause_and_what_to_do(output: str, words: str) -> None:
    said = str(project.explain("Installing", output))
    assert output in said and words in said and "type the same command again" in said


def test_a_program_that_fails_is_an_error_with_its_last_lines() -> None:
    with pytest.raises(BuildError, match="the reason"):
        project.stream(["sh", "-c", "echo the reason; exit 3"])
    with pytest.raises(BuildError, match="cannot be started"):
        project.stream(["/no/such/program"])


def test_a_program_that_hangs_is_ended() -> None:
    with pytest.raises(BuildError):
        project.stream(["sleep", "60"], timeout=0.2)


# ----- The site ----------------------------------------------------------------------------------


def test_the_site_holds_exactly_what_was_built_and_compressed_twins(tmp_path: Path) -> None:
    big, small = tmp_path / "big.js", tmp_path / "small.png"
    big.write_text("let a = 1\n" * 1000)
    small.write_bytes(b"png")
    out = tmp_path / "site"
    site.assemble({"assets/big.js": big, "small.png": small}, out)
    names = [path.relative_to(out).as_posix() for path in stamps.files_in(out)]
    assert names == ["assets/big.js", "assets/big.js.gz", "small.png"]
    assert gzip.decompress((out / "assets/big.js.gz").read_bytes()) == big.read_bytes()

    big.write_text("let b = 2\n" * 1000)
    site.assemble({"assets/big.js": big}, out)
    names = [path.relative_to(out).as_posix() for path in stamps.files_in(out)]
    assert names == ["assets/big.js", "assets/big.js.gz"]
    assert gzip.decompress((out / "assets/big.js.gz").read_bytes()) == big.read_bytes()


def test_a_file_that_is_right_already_is_not_written_again(tmp_path: Path) -> None:
    source, target = tmp_path / "a.html", tmp_path / "site" / "a.html"
    source.write_text("<p>" * 500)
    site.assemble({"a.html": source}, tmp_path / "site")
    before = target.stat().st_mtime_ns
    site.assemble({"a.html": source}, tmp_path / "site")
    assert target.stat().st_mtime_ns == before


def test_the_manifest_names_every_file_and_old_ones_go(tmp_path: Path) -> None:
    for name in (*site.assets.CORE, "numpy.whl", "engine-1.2.3-py3-none-any.whl"):
        (tmp_path / name).write_text(name)
    (tmp_path / "engine-1.2.2-py3-none-any.whl").write_text("old")
    site.write_manifest(tmp_path, "numpy.whl", "engine-1.2.3-py3-none-any.whl")
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["engineVersion"] == "1.2.3"
    assert manifest["pyodide"] == "0.27.7"
    listed = {row["name"]: (row["size"], row["sha256"]) for row in manifest["files"]}
    present = {path.name: path for path in tmp_path.iterdir() if path.name != "manifest.json"}
    assert listed == {
        name: (path.stat().st_size, stamps.file_digest(path)) for name, path in present.items()
    }


def test_the_built_site_is_whole() -> None:
    built = json.loads((site.SITE / "py" / "manifest.json").read_text())
    for row in built["files"]:
        assert stamps.file_digest(site.SITE / "py" / row["name"]) == row["sha256"]
    assert {"index.html", "runner.html"} <= {path.name for path in site.SITE.iterdir()}


def test_the_built_site_works_under_any_path() -> None:
    """No address in the page's files starts at the server's root."""
    for path in site.SITE.glob("*.html"):
        text = path.read_text("utf-8")
        assert 'src="/' not in text and 'href="/' not in text, path


def test_one_version_is_stated_everywhere() -> None:
    package = json.loads((project.ROOT / "package.json").read_text())
    assert package["version"] == engine_wheel.engine_version(engine_wheel.ENGINE)


# ----- Browser and counts ------------------------------------------------------------------------


def test_a_named_chromium_goes_before_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRAD_CHROMIUM", "/no/such/chromium")
    assert browser.path() == "/no/such/chromium"
    with pytest.raises(BuildError, match="/no/such/chromium, which does not start"):
        browser.ensure()


def test_no_chromium_at_all_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUTOGRAD_CHROMIUM", raising=False)
    monkeypatch.delenv("CHROME", raising=False)
    monkeypatch.setattr(browser, "NOTE", tmp_path / "chromium.path")
    monkeypatch.setattr(browser, "_on_system", lambda: iter(()))
    monkeypatch.setattr(browser, "_playwrights_own", lambda reasons: iter(()))
    monkeypatch.setattr(browser, "apt_can_install", lambda: False)
    with pytest.raises(BuildError, match=r"apt-get was not tried[\s\S]*apt-get install chromium"):
        browser.ensure()


def test_what_is_installed_is_found_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []
    monkeypatch.delenv("AUTOGRAD_CHROMIUM", raising=False)
    monkeypatch.delenv("CHROME", raising=False)
    monkeypatch.setattr(browser, "NOTE", tmp_path / "build" / "chromium.path")
    monkeypatch.setattr(browser, "_on_system", lambda: iter(installed))
    monkeypatch.setattr(browser, "_playwrights_own", lambda reasons: iter(["/broken"]))
    monkeypatch.setattr(browser, "apt_can_install", lambda: True)
    monkeypatch.setattr(browser, "apt_install", lambda name: installed.append("/bin/sh"))
    monkeypatch.setattr(browser, "starts", lambda program: program == "/bin/sh")
    assert browser.ensure() == "/bin/sh" == browser.path()


def test_tests_are_counted_from_the_reports(tmp_path: Path) -> None:
    xml = tmp_path / "pytest.xml"
    xml.write_text(
        '<testsuites><testsuite tests="9" failures="1" errors="1" skipped="2"/></testsuites>'
    )
    assert str(checks.pytest_tally(xml)) == "5 passed, 2 failed, 2 skipped"
    found = tmp_path / "vitest.json"
    found.write_text('{"numPassedTests": 3, "numFailedTests": 0, "numPendingTests": 0}')
    assert str(checks.vitest_tally(found)) == "3 passed, 0 failed"


def test_a_check_that_crashes_counts_as_failed(tmp_path: Path) -> None:
    tally = checks._at_least_one_failure(2, checks.pytest_tally(tmp_path / "none.xml"))
    assert str(tally) == "0 passed, 1 failed"
