"""Creates .venv and installs groups of pinned packages: `python -m web.build.environment serve`.

Runs on the system's own Python before anything is installed, so: standard library only. What is
installed is remembered inside .venv by name and pin; when nothing changed this does nothing.
"""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec

from .project import (
    PIP,
    VENV,
    VENV_PYTHON,
    BuildError,
    apt_can_install,
    apt_install,
    explain,
    pins,
    python_text,
    say,
    stream,
)

RECORD = VENV / "installed.json"


def prepare(*groups: str) -> None:
    """Makes sure that .venv exists and holds every pin of `groups`."""
    if not _works():
        _create()
    wanted = {_name(pin): pin for group in groups for pin in pins(group)}
    installed = _installed()
    if all(installed.get(name) == pin for name, pin in wanted.items()):
        return
    missing = [pin for name, pin in wanted.items() if installed.get(name) != pin]
    say(f"python: installing {len(missing)} packages from PyPI ({', '.join(groups)})")
    try:
        stream(
            [*PIP, "install", "--no-input", "--retries", "2", *wanted.values()],
            shown=lambda line: re.match(r"\s*Downloading .*\d MB", line) is not None,
        )
    except BuildError as error:
        raise explain("Installing Python packages from PyPI", str(error)) from None
    _remember(installed | wanted)


def main() -> int:
    """Entry point of `python -m web.build.environment`."""
    try:
        prepare(*(sys.argv[1:] or ["serve"]))
    except BuildError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def _works() -> bool:
    """Whether .venv has a Python that starts, is new enough and can install."""
    if not VENV_PYTHON.exists():
        return False
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([VENV_PYTHON, "-c", check], capture_output=True).returncode == 0


def _create() -> None:
    if not (find_spec("venv") and find_spec("ensurepip")):
        _install_venv_module()
    say(f"python: creating .venv with Python {python_text()}")
    try:
        stream([sys.executable, "-m", "venv", "--clear", VENV])
    except BuildError as error:
        raise BuildError(f"{error}\n\nPython could not create {VENV}. {_advice()}") from None


def _install_venv_module() -> None:
    """Debian and Ubuntu split `ensurepip` off Python; root can put it back."""
    if not apt_can_install():
        raise BuildError(
            f"Python {python_text()} ({sys.executable}) lacks its modules venv or ensurepip, which "
            f"are needed to create {VENV}. {_advice()}"
        )
    try:
        apt_install(f"python3.{sys.version_info.minor}-venv")
    except BuildError as error:
        raise BuildError(f"{error}\n\nPython lacks venv and ensurepip. {_advice()}") from None


def _advice() -> str:
    package = f"python3.{sys.version_info.minor}-venv"
    return (
        f"On Debian or Ubuntu: `sudo apt-get install {package}`; elsewhere install a complete "
        "Python 3.11 or newer and name it: `make run PYTHON=/path/to/python3`. Then try again."
    )


def _name(pin: str) -> str:
    return re.split(r"[=<>!~;\[ ]", pin, maxsplit=1)[0].lower()


def _installed() -> dict[str, str]:
    try:
        return json.loads(RECORD.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _remember(installed: dict[str, str]) -> None:
    part = RECORD.with_suffix(".tmp")
    part.write_text(json.dumps(installed, indent=1, sort_keys=True), "utf-8")
    os.replace(part, RECORD)


if __name__ == "__main__":
    sys.exit(main())
