"""The engine as a small wheel of bytecode for Pyodide's Python, so that the page compiles nothing.

Compiled by pyodide-build where this machine's Python is of Pyodide's version, else by Pyodide
itself under Node. The same sources give the same bytes. Only bytecode travels (`engine/tape.pyc`
and so on): there is no source beside it.

The bytecode of what `import numpy` reads travels along, for `numpy/__pycache__`: NumPy's own wheel
holds sources only, and compiling them took the better part of its import in the page. Python reads
it only where it is of its own version, and otherwise compiles as ever.
"""

import base64
import hashlib
import io
import json
import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from . import environment, node
from .assets import ASSETS, PYODIDE, place
from .project import ROOT, VENV, BuildError, say, stream
from .stamps import digest, files_in, is_fresh, mark

ENGINE = ROOT / "engine"
#: Zip archives carry dates; this is the oldest that they can say.
DATE = (1980, 1, 1, 0, 0, 0)

#: Compiles a wheel (first path) into another (second path).
Compiler = Callable[[Path, Path], None]


def make(library: Path | None = None, target: Path = ASSETS) -> Path:
    """Builds the engine's wheel into `target` unless it is there already; gives its path.

    `library` is NumPy's wheel for the page, whose modules are compiled along.
    """
    version = engine_version(ENGINE)
    path = target / wheel_name("engine", version)
    steps = [Path(__file__), Path(__file__).with_name("compile.mjs"), PYODIDE / "package.json"]
    method = "pyodide-build" if python_matches() else "pyodide under node"
    inputs = digest([*files_in(ENGINE), *steps, *([library] if library else [])], method)
    if is_fresh("engine", inputs, [path]):
        return path
    say(f"engine: compiling for Pyodide ({method})")
    build(ENGINE, version, path, compiler(), library)
    mark("engine", inputs, [path])
    return path


def engine_version(package: Path) -> str:
    """The `__version__` that the package's first file states."""
    found = re.search(
        r"^__version__ = \"([^\"]+)\"", (package / "__init__.py").read_text("utf-8"), re.M
    )
    if not found:
        raise BuildError(f'{package / "__init__.py"} must say: __version__ = "1.2.3"')
    return found[1]


def wheel_name(name: str, version: str) -> str:
    """File name of a pure wheel."""
    return f"{name}-{version}-py3-none-any.whl"


def build(
    package: Path, version: str, target: Path, compiled: Compiler, library: Path | None = None
) -> None:
    """Writes the wheel of one package folder to `target`, its sources replaced by bytecode.

    With `library`, a wheel, the bytecode of what its import reads goes where Python caches it.
    """
    sources = {
        f"{package.name}/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in files_in(package)
        if path.suffix != ".md"
    }
    beside = {} if library is None else imported(library)
    sources |= beside
    with tempfile.TemporaryDirectory(prefix="engine-wheel-") as folder:
        plain = Path(folder, wheel_name(package.name, version))
        made = Path(folder, "made.whl")
        plain.write_bytes(archive(sources))
        compiled(plain, made)
        with zipfile.ZipFile(made) as opened:
            files = {
                cached(name) if name.removesuffix("c") in beside else name: opened.read(name)
                for name in opened.namelist()
            }
        made.write_bytes(archive(with_metadata(files, package.name, version)))
        target.parent.mkdir(parents=True, exist_ok=True)
        place(made, target)


def imported(library: Path) -> dict[str, bytes]:
    """The modules of NumPy's wheel that `import numpy` and the engine read."""
    with zipfile.ZipFile(library) as opened:
        return {n: opened.read(n) for n in opened.namelist() if IMPORTED.fullmatch(n)}


#: More than these would only make the page wait: tests, f2py, masked arrays, polynomials.
IMPORTED = re.compile(
    r"numpy/(\w+|_core/\w+|lib/\w+|linalg/\w+|matrixlib/\w+|_utils/\w+|random/(__init__|_pickle)"
    r"|_typing/__init__)\.py"
)


def cached(name: str) -> str:
    """Where Pyodide's Python looks for the bytecode of the module whose compiled file is `name`."""
    folder, _, file = name.rpartition("/")
    info = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))["info"]
    tag = "".join(info["python"].split(".")[:2])
    return f"{folder}/__pycache__/{file.removesuffix('.pyc')}.cpython-{tag}.pyc"


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip archive that depends on the names and contents alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as opened:
        for name in sorted(files):
            opened.writestr(zipfile.ZipInfo(name, DATE), files[name], zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


def with_metadata(files: Mapping[str, bytes], name: str, version: str) -> dict[str, bytes]:
    """Adds the three files that make an archive a wheel."""
    info = f"{name}-{version}.dist-info"
    described = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{path},{_record_hash(data)},{len(data)}" for path, data in sorted(described.items())]
    record = "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"
    return {**described, f"{info}/RECORD": record.encode()}


# ----- The two compilers -------------------------------------------------------------------------


def compiler() -> Compiler:
    """The compiler for this machine; when pyodide-build cannot be used, Pyodide does it itself."""
    return _by_either if python_matches() else by_node


def python_matches(lock: Path = PYODIDE / "pyodide-lock.json") -> bool:
    """Whether the running Python writes the bytecode that Pyodide reads."""
    wanted = json.loads(lock.read_text("utf-8"))["info"]["python"].split(".")[:2]
    ours = [str(part) for part in sys.version_info[:2]]
    return wanted == ours and sys.implementation.name == "cpython"


def by_pyodide_build(plain: Path, made: Path) -> None:
    """Compiles with `pyodide py-compile`; the running Python must be of Pyodide's version."""
    environment.prepare("compile")
    # Without a date in the environment the time of day would get into the bytecode.
    env = os.environ | {"SOURCE_DATE_EPOCH": "315532800", "PYTHONHASHSEED": "0"}
    stream([VENV / "bin" / "pyodide", "py-compile", "--keep", "--silent", plain], env=env)
    (result,) = (path for path in plain.parent.glob("*.whl") if path != plain)
    os.replace(result, made)


def by_node(plain: Path, made: Path) -> None:
    """Compiles with Pyodide itself under Node, whatever this machine's Python is."""
    node.run("node", Path(__file__).with_name("compile.mjs"), plain, made)


def _by_either(plain: Path, made: Path) -> None:
    try:
        by_pyodide_build(plain, made)
    except BuildError as error:
        say(f"engine: pyodide-build did not work, Pyodide compiles it instead\n{error}")
        by_node(plain, made)


def _record_hash(data: bytes) -> str:
    sha = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
    return f"sha256={sha.decode()}"
