"""Optional environments for the engine's peers, made in .benchenv when this machine can.

What is not there is skipped with a line that says why: the benchmarks never depend on a peer.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".benchenv"

#: Each peer (but HIPS autograd, a package of .venv): which Python it needs (None: the running
#: one), and the packages with their pins.
PEERS = {
    "PyTorch": (None, ("torch==2.13.0", "numpy==2.4.6")),
    "MXNet 1.9.1": ("3.8", ("mxnet==1.9.1", "numpy==1.23.5")),
}
SECONDS_TO_INSTALL = 900


def environ() -> dict[str, str]:
    """The environment of every measured process: BLAS chooses its own kernels and block sizes.

    One thread for each library: threads that wait for a busy core made single samples of PyTorch
    a hundred times slower, and no ratio could be repeated.
    """
    env = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return env | threads | {"PYTHONHASHSEED": "0"}


def python_of(peer: str, say: Callable[[str], None] = print) -> Path | None:
    """The Python in which `peer` can be imported, installed now if need be; None says why."""
    version, packages = PEERS[peer]
    home = FOLDER / peer.split()[0].lower()
    python = home / "bin" / "python"
    wanted, stamp = "\n".join(packages), home / "installed.txt"
    if stamp.exists() and stamp.read_text() == wanted and _runs([python, "-c", ""]):
        return python
    base = sys.executable if version is None else _python(version)
    if base is None:
        say(f"{peer}: skipped, it needs Python {version} and there is none here")
        return None
    say(f"{peer}: installing {', '.join(packages)} into {home.relative_to(FOLDER.parent)}")
    shutil.rmtree(home, ignore_errors=True)
    for command in (
        [base, "-m", "venv", home],
        [python, "-m", "pip", "install", "-q", "--no-input", "--retries", "2", *packages],
        [python, "-c", f"import {packages[0].partition('==')[0]}"],
    ):
        problem = _failure(command)
        if problem:
            shutil.rmtree(home, ignore_errors=True)
            say(f"{peer}: skipped, it could not be installed ({problem})")
            return None
    stamp.write_text(wanted)
    return python


def _python(version: str) -> str | None:
    """A Python of just this version that starts: on the path (a launcher may have none behind it),
    or among those that pyenv keeps."""
    kept = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    on_path = shutil.which(f"python{version}")
    found = [on_path] if on_path else []
    found += [str(home / "bin" / "python") for home in sorted(kept.glob(f"{version}.*"))]
    return next((p for p in found if _runs([p, "-c", "import venv, ensurepip"])), None)


def _runs(command) -> bool:
    return not _failure(command)


def _failure(command) -> str:
    """The last line of what a failing command says; nothing when it succeeds."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            env=environ(),
            timeout=SECONDS_TO_INSTALL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if not done.returncode:
        return ""
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return lines[-1][:200] if lines else f"exit {done.returncode}"
