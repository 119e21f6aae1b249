"""The build's commands, `python -m web.build NAME`; the Makefile calls them."""

import os
import subprocess
import sys

from . import browser, checks, environment, site
from .project import ROOT, VENV, VENV_PYTHON, BuildError, say


def main() -> int:
    """Runs the command that is named; a `BuildError` becomes a message and status 1."""
    commands = {
        "site": make_site,
        "test": checks.main,
        "test-browsers": test_browsers,
        "bench": bench,
        "dist": dist,
        "format": tidy,
        "browser": find_browser,
    }
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in commands:
        print(f"usage: python -m web.build {{{','.join(commands)}}}", file=sys.stderr)
        return 2
    try:
        return commands[name]()
    except BuildError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


def make_site() -> int:
    """build/site."""
    site.make()
    return 0


def test_browsers() -> int:
    """The page and a course of embeds in Firefox and WebKit; those that are missing are skipped."""
    environment.prepare("test", "browsers")
    site.make()
    browser.others()
    line = [VENV_PYTHON, "-m", "pytest", "-q", "-s", "tests/browsers"]
    return subprocess.run(line, cwd=ROOT).returncode


def bench() -> int:
    """Speed against hand-written NumPy, HIPS autograd and a bare Pyodide, as ratios."""
    environment.prepare("test", "bench")
    site.make()
    env = os.environ | {"AUTOGRAD_CHROMIUM": browser.ensure()}
    # Where these are set, they make OpenBLAS slower than it is for users.
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        env.pop(name, None)
    return subprocess.run([VENV_PYTHON, "tests/bench"], cwd=ROOT, env=env).returncode


def dist() -> int:
    """A Python wheel in dist/ that carries the built page."""
    environment.prepare("dist")
    site.make()
    return subprocess.run(
        [VENV_PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"], cwd=ROOT
    ).returncode


def tidy() -> int:
    """Ruff's formatting and its safe repairs."""
    environment.prepare("test")
    ruff = VENV / "bin" / "ruff"
    subprocess.run([ruff, "format", "."], cwd=ROOT)
    return subprocess.run([ruff, "check", "--fix", "."], cwd=ROOT).returncode


def find_browser() -> int:
    """The path of the Chromium that the tests use."""
    environment.prepare("test")
    say(browser.ensure())
    return 0


if __name__ == "__main__":
    sys.exit(main())
