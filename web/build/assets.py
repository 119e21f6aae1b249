"""What the browser's Python needs, into build/assets/py: Pyodide's core, and NumPy's wheel.

The core comes from npm, whose `pyodide` has no NumPy. Its lock file names the wheel and the
SHA-256; the wheel comes from the first of these that has it: this machine's cache, Pyodide's public
CDN, and a PyPI package that carries the same official file. Wherever it came from, only those very
bytes are accepted, and they appear under their name all at once or not at all.
"""

import errno
import http.client
import json
import os
import re
import shutil
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .project import BUILD, PIP, ROOT, BuildError, explain, no_network, pins, say, stream
from .stamps import file_digest

ASSETS = BUILD / "assets" / "py"
PYODIDE = ROOT / "node_modules" / "pyodide"
CORE = (
    "pyodide.mjs",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)

#: Seconds without a single byte after which the CDN counts as out of reach.
PATIENCE = 6


@dataclass(frozen=True)
class Wheel:
    """A file that is known by its contents."""

    name: str
    sha256: str


class Unavailable(Exception):
    """A source does not have the wheel, or cannot be reached; the next source is tried."""


@dataclass(frozen=True)
class Source:
    """A place that may have a wheel: `fetch` writes it to a path or raises `Unavailable`."""

    label: str
    fetch: Callable[[Wheel, Path], None]


def get(target: Path = ASSETS) -> Wheel:
    """Fills `target` with Pyodide's core and NumPy's wheel; gives the wheel."""
    target.mkdir(parents=True, exist_ok=True)
    for name in CORE:
        if file_digest(target / name) != file_digest(PYODIDE / name):
            place(PYODIDE / name, target / name)
    wheel = numpy_wheel(PYODIDE / "pyodide-lock.json")
    obtain(wheel, target / wheel.name, sources())
    return wheel


def numpy_wheel(lock: Path) -> Wheel:
    """The NumPy that a Pyodide lock file names."""
    row = json.loads(lock.read_text("utf-8"))["packages"]["numpy"]
    return Wheel(row["file_name"], row["sha256"])


def pyodide_version(folder: Path = PYODIDE) -> str:
    """Version of the Pyodide that npm installed; package.json pins it."""
    return json.loads((folder / "package.json").read_text("utf-8"))["version"]


def sources() -> list[Source]:
    """Where to look for NumPy's wheel, in this order."""
    return [
        Source("the cache", from_cache),
        Source("Pyodide's CDN", from_cdn),
        Source("PyPI", from_pypi),
    ]


def obtain(wheel: Wheel, target: Path, sources: Sequence[Source]) -> str | None:
    """Puts the wheel at `target`, checked; gives the label of its source, None when it was there.

    Raises `BuildError` when no source has the right bytes or they cannot be written. Whatever
    happens, `target` is either the right file or not there.
    """
    if file_digest(target) == wheel.sha256:
        return None
    complaints = []
    part = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.unlink(missing_ok=True)
        for source in sources:
            try:
                source.fetch(wheel, part)
            except Unavailable as reason:
                complaints.append(f"  {source.label}: {reason}")
                continue
            found = file_digest(part)
            if found != wheel.sha256:
                complaints.append(
                    f"  {source.label}: refused, its file has SHA-256 {found or '(no file)'}"
                )
                continue
            os.replace(part, target)
            if source.fetch is not from_cache:
                keep(wheel, target)
            return source.label
    except OSError as error:
        raise _cannot_write(target, error) from error
    finally:
        part.unlink(missing_ok=True)
    raise BuildError(
        f"NumPy for the browser ({wheel.name}) could not be had. "
        f"Pyodide's lock file asks for SHA-256 {wheel.sha256}.\n"
        + "\n".join(complaints)
        + "\nNothing was kept. Connect to the internet (set HTTPS_PROXY behind a proxy) and try "
        f"again, or copy that file from another machine to\n  {cache_folder() / wheel.name}"
    )


def place(source: Path, target: Path) -> None:
    """Copies a file so that `target` is never half written."""
    part = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        shutil.copyfile(source, part)
        os.replace(part, target)
    except OSError as error:
        raise _cannot_write(target, error) from error
    finally:
        part.unlink(missing_ok=True)


def remove_others(folder: Path, wanted: Iterable[str]) -> None:
    """Deletes what an earlier build left in a folder."""
    kept = set(wanted)
    for path in folder.iterdir():
        if path.name not in kept:
            path.unlink()


# ----- The cache ---------------------------------------------------------------------------------


def cache_folder() -> Path:
    """Where wheels stay between clones: AUTOGRAD_PLAYGROUND_CACHE, else the user's cache folder."""
    own = os.environ.get("AUTOGRAD_PLAYGROUND_CACHE")
    if own:
        return Path(own).expanduser()
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "autograd-playground"


def from_cache(wheel: Wheel, part: Path) -> None:
    """Copies the wheel from the cache; one that went bad there is thrown away."""
    kept = cache_folder() / wheel.name
    found = file_digest(kept) if kept.is_file() else ""
    if not found:
        raise Unavailable("it is not there")
    if found != wheel.sha256:
        kept.unlink(missing_ok=True)
        raise Unavailable(f"its file was damaged (SHA-256 {found}) and has been deleted")
    shutil.copyfile(kept, part)


def keep(wheel: Wheel, path: Path) -> None:
    """Puts a checked wheel into the cache; a cache that cannot be written is no reason to stop."""
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        place(path, cache_folder() / wheel.name)
    except (OSError, BuildError) as error:
        say(f"assets: not kept in the cache: {error}")


# ----- The CDN -----------------------------------------------------------------------------------


def cdn_base(module: Path) -> str:
    """The folder that Pyodide loads its packages from, as its own `pyodide.mjs` says."""
    found = re.search(
        r"https://[\w./-]+/v\$\{[\w.]+\}/full/", module.read_text("utf-8", errors="replace")
    )
    if not found:
        raise Unavailable(f"{module.name} does not say where it is")
    return re.sub(r"\$\{[\w.]+\}", pyodide_version(module.parent), found[0])


def from_cdn(wheel: Wheel, part: Path) -> None:
    """Downloads the wheel from Pyodide's public CDN."""
    download(cdn_base(PYODIDE / "pyodide.mjs") + wheel.name, part)


def download(
    address: str, part: Path, opener: Callable[..., object] = urllib.request.urlopen
) -> None:
    """Writes what an address gives to a path, with progress; `Unavailable` when it is cut short."""
    try:
        response = opener(address, timeout=PATIENCE)
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"no answer ({_reason(error)})") from error
    with response, part.open("wb") as file:
        whole = int(response.headers.get("Content-Length") or 0)
        done = 0
        while block := _read(response):
            file.write(block)
            done += len(block)
            show_progress("assets: NumPy for the browser, from Pyodide's CDN", done, whole)
    if whole and done < whole:
        raise Unavailable(f"it broke off after {done:,} of {whole:,} bytes")


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(1 << 16)
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"it broke off ({_reason(error)})") from error


def show_progress(label: str, done: int, whole: int) -> None:
    """One line that counts up on a terminal; elsewhere only its end is printed."""
    size = f"{done / 1e6:.1f} of {whole / 1e6:.1f} MB" if whole else f"{done / 1e6:.1f} MB"
    if sys.stdout.isatty():
        print(f"\r{label}: {size}", end="\n" if done == whole else "", flush=True)
    elif done == whole:
        say(f"{label}: {size}")


# ----- PyPI --------------------------------------------------------------------------------------


def from_pypi(wheel: Wheel, part: Path) -> None:
    """Takes the wheel out of a PyPI package that carries Pyodide's official files."""
    (pin,) = pins("browser-numpy")
    say(f"assets: NumPy for the browser, inside {pin} from PyPI (77 MB)")
    with tempfile.TemporaryDirectory(dir=part.parent, prefix=".download-") as folder:
        command = [*PIP, "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir"]
        try:
            stream(
                [*command, "--retries", "2", "--dest", folder, pin],
                shown=lambda line: re.match(r"\s*(Downloading|Using cached) ", line) is not None,
                # pip unpacks and renames in TMPDIR: keep that on the disk that is meant to hold it.
                env=os.environ | {"TMPDIR": folder},
            )
        except BuildError as error:
            raise _pip_failed(str(error)) from None
        take_out(Path(folder), wheel, part)


def take_out(folder: Path, wheel: Wheel, part: Path) -> None:
    """Copies one file out of the only wheel in a folder."""
    for archive in folder.glob("*.whl"):
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                if name.rsplit("/", 1)[-1] == wheel.name:
                    with opened.open(name) as inside, part.open("wb") as file:
                        shutil.copyfileobj(inside, file)
                    return
    raise Unavailable(f"the package holds no {wheel.name}")


def _pip_failed(output: str) -> Exception:
    if "No space left on device" in output or "Disk quota" in output:
        return explain("Downloading NumPy for the browser", output)
    reason = "no answer" if no_network(output) else output.strip().splitlines()[-1]
    return Unavailable(reason)


# ----- Words -------------------------------------------------------------------------------------


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", "") or error) or type(error).__name__


def _cannot_write(target: Path, error: OSError) -> BuildError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        what = "the disk is full. Free some space (the build needs about 1 GB)"
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        what = "you may not write there. Give yourself the right to"
    else:
        what = f"{error.strerror or error}. Put that right"
    return BuildError(f"{target} could not be written: {what}, then type the same command again.")
