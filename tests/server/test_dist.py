"""The wheel of `make dist`: installed alone, its one command serves the whole page."""

import json
import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_carries_engine_server_and_page(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"engine/__init__.py", "server/__main__.py", "server/site/index.html"} <= names
    assert "server/short/glyphs.json" in names
    assert {"server/site/runner.html", "server/site/py/manifest.json"} <= names
    assert {"autograd_playground/sphinx/__init__.py", "server/site/picture.js"} <= names
    assert "autograd_playground/lessons/01-attach-and-backward.py" in names
    assert not [name for name in names if "__pycache__" in name]
    assert not [name for name in names if name.startswith(("tests/", "web/", "build/"))]


def test_an_installed_wheel_serves_the_page_with_one_command(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*pip, str(target), str(wheel)], check=True, cwd=tmp_path)
    process = subprocess.Popen(
        [target / "bin" / "autograd-playground", "--port", "0"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(target)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        where = next(word for word in line.split() if word.startswith("http://"))
        with urllib.request.urlopen(f"{where}/healthz") as answer:
            assert json.load(answer)["site"] is True
        with urllib.request.urlopen(f"{where}/py/manifest.json") as answer:
            files = json.load(answer)["files"]
        for row in files:
            with urllib.request.urlopen(f"{where}/py/{row['name']}") as answer:
                assert len(answer.read()) == row["size"], row["name"]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
