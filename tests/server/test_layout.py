"""Every room is where the design says; no tracked file names what is only someone's own."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: Rooms, and the files that tools insist on finding at the top.
TOP = {
    "engine",
    "web",
    "server",
    "tests",
    ".ci",
    "README.md",
    "LICENSE",
    "Makefile",
    "pyproject.toml",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
    "vitest.config.ts",
    ".gitignore",
    ".npmrc",
}

#: Registries and mirrors: which one is used is a matter of the machine. (In pieces, so that this
#: file does not name them either.)
HOSTS = [
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("yarnpkg", "com"),
    ("npmmirror", "com"),
    ("jsdelivr", "net"),
    ("unpkg", "com"),
]
HOST = re.compile("|".join(rf"\b{name}\.{end}\b" for name, end in HOSTS).encode())
HOME = re.compile(rb"(?<![\w.])/(?:root|home/\w+|Users/\w+)/")


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Every file that git tracks and that is there."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    except FileNotFoundError:
        pytest.skip("git is not installed")
    if listed.returncode != 0:
        pytest.skip("this is not a clone")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_nothing_lies_at_the_top_that_has_no_place_there(tracked: list[Path]) -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked} - TOP == set()


@pytest.mark.parametrize(
    "room", ["engine", "web", "server", "tests", "web/build", "web/lessons", "web/sphinx"]
)
def test_every_room_is_there(tracked: list[Path], room: str) -> None:
    assert any(path.is_relative_to(ROOT / room) for path in tracked)


def test_no_tracked_file_names_a_registry(tracked: list[Path]) -> None:
    assert [path.name for path in tracked if HOST.search(path.read_bytes())] == []


def test_no_tracked_file_names_somebodys_own_folder(tracked: list[Path]) -> None:
    assert [path.name for path in tracked if HOME.search(path.read_bytes())] == []


def test_nothing_that_is_built_is_tracked(tracked: list[Path]) -> None:
    built = re.compile(r"\.(whl|wasm|zip|pyc|gz|tgz)$|(^|/)(node_modules|\.venv|dist)/")
    names = [path.relative_to(ROOT).as_posix() for path in tracked]
    assert [name for name in names if built.search(name)] == []
    assert [name for name in names if name.startswith("build/")] == []
