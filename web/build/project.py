"""Where things lie, what pyproject.toml pins, and how a build step speaks and fails."""

import fcntl
import os
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
PIP = (VENV_PYTHON, "-m", "pip", "--disable-pip-version-check")


class BuildError(Exception):
    """A step cannot be done. The text says what, why and what to do next; there is no traceback."""


def say(text: str) -> None:
    """One line of progress, at once even when the output is a pipe."""
    print(text, flush=True)


def pins(group: str) -> list[str]:
    """Requirements of one dependency group of pyproject.toml, included groups first."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    found: list[str] = []
    for entry in groups[group]:
        found += pins(entry["include-group"]) if isinstance(entry, dict) else [entry]
    return found


def stream(
    command: Sequence[str | Path],
    *,
    shown: Callable[[str], bool] = lambda line: False,
    env: dict[str, str] | None = None,
    cwd: Path = ROOT,
    timeout: float | None = None,
) -> str:
    """Runs a program, prints the lines of its output for which `shown` is true, returns all of it.

    Raises `BuildError` with the last lines of the output when the program fails: callers put what
    to do next in front of that.
    """
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            cwd=cwd,
            env=env,
        )
    except OSError as error:
        raise BuildError(f"{command[0]} cannot be started: {error.strerror}") from error
    timer = threading.Timer(timeout, process.kill) if timeout else None
    if timer:
        timer.start()
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line)
            if shown(line):
                say("  " + line.strip())
        code = process.wait()
    except BaseException:
        process.kill()
        raise
    finally:
        if timer:
            timer.cancel()
    if code != 0:
        raise BuildError("".join(lines[-15:]).rstrip() or f"it ended with status {code}")
    return "".join(lines)


@contextmanager
def alone() -> Iterator[None]:
    """One build at a time in a clone, as two would write the same files; may be nested."""
    global _nested
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock.tmp").open("w") as lock:
        try:
            if not _nested:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another build in this clone to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        _nested += 1
        try:
            yield
        finally:
            _nested -= 1


_nested = 0


def no_network(text: str) -> bool:
    """Whether the output of pip or npm says that the network was the problem."""
    words = (
        "NewConnectionError",
        "ConnectTimeout",
        "ReadTimeout",
        "name resolution",
        "Name or service not known",
        "Network is unreachable",
        "Connection refused",
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ENETUNREACH",
        "ETIMEDOUT",
        "ProxyError",
    )
    return any(word in text for word in words)


def disk_full(text: str) -> bool:
    """Whether the output of a program says that the disk was the problem."""
    return "No space left on device" in text or "ENOSPC" in text or "Disk quota" in text


def explain(what: str, output: str) -> BuildError:
    """The message for a download tool that failed: what it printed, the cause, what to do."""
    if disk_full(output):
        cause = f"the disk is full. Free some space (the build needs about 1 GB in {ROOT})"
    elif no_network(output):
        cause = "there is no network. Connect (or set HTTPS_PROXY when you are behind a proxy)"
    else:
        cause = "see what it printed, above. Put that right"
    # pip repeats itself in warnings; what counts follows.
    said = "\n".join(line for line in output.splitlines() if not line.startswith("WARNING:"))
    return BuildError(f"{said}\n\n{what} failed: {cause}, then type the same command again.")


def apt_can_install() -> bool:
    """Whether system packages can be installed without asking anybody."""
    return os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> None:
    """Installs Debian packages; raises `BuildError` when that does not work out."""
    say(f"system: apt-get install {' '.join(packages)}")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    stream(["apt-get", "update"], env=env, timeout=300)
    stream(
        ["apt-get", "install", "-y", "--no-install-recommends", *packages], env=env, timeout=1200
    )


def python_text() -> str:
    """Version of the running Python, for people."""
    return ".".join(str(part) for part in sys.version_info[:3])
