"""The static site, build/site: the page that Vite built (.br beside), py/* for Python, .gz beside.

Any web server can host that folder under any path; `server/` does it with the best headers.
"""

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from . import assets, engine_wheel, node
from .project import BUILD, ROOT, VENV_PYTHON, BuildError, alone, explain, say, stream
from .stamps import digest, file_digest, files_in, is_fresh, mark

PAGE = BUILD / "page"
SITE = BUILD / "site"
NAMES = BUILD / "assets" / "names.json"
#: What a browser is sent compressed when that saves at least a tenth.
COMPRESSED = {
    ".html",
    ".css",
    ".js",
    ".mjs",
    ".json",
    ".svg",
    ".wasm",
    ".map",
    ".py",
    ".txt",
    ".zip",
}
COMPRESSED |= {".whl"}


@alone()
def make() -> Path:
    """Does every step from npm to build/site that is not done yet; gives the site's folder."""
    node.install()
    wheel = assets.get()
    engine = engine_wheel.make(assets.ASSETS / wheel.name)
    write_manifest(assets.ASSETS, wheel.name, engine.name)
    names()
    page()
    inputs = [*files_in(PAGE), *files_in(assets.ASSETS), Path(__file__)]
    key = digest(inputs)
    if not is_fresh("site", key, files_in(SITE)):
        say("site: assembling build/site")
        wanted = {path.relative_to(PAGE).as_posix(): path for path in files_in(PAGE)}
        wanted |= {f"py/{path.name}": path for path in files_in(assets.ASSETS)}
        assemble(wanted, SITE)
        mark("site", key, files_in(SITE))
    return SITE


def names() -> None:
    """Writes the facade's names, which the editor completes, to build/assets/names.json."""
    inputs = digest(files_in(engine_wheel.ENGINE))
    if is_fresh("names", inputs, [NAMES]):
        return
    say("page: asking the engine for its names")
    try:
        text = stream([VENV_PYTHON, "-m", "engine", "names", "--json"])
        json.loads(text)
    except (BuildError, ValueError) as error:
        raise BuildError(
            f"{error}\n\n`python -m engine names --json` failed; the editor's completion needs it. "
            "Put that right in engine/, then type the same command again."
        ) from None
    part = NAMES.with_suffix(".tmp")
    part.write_text(text, "utf-8")
    os.replace(part, NAMES)
    mark("names", inputs, [NAMES])


def page() -> None:
    """Builds the TypeScript page with Vite into build/page."""
    sources = [
        *files_in(ROOT / "web", skip=("__pycache__", "build", "docs", "sphinx")),
        *(path for path in ROOT.glob("*.config.ts")),
        *(ROOT / name for name in ("package.json", "package-lock.json", "tsconfig.json")),
    ]
    inputs = digest([*sources, NAMES])
    if is_fresh("page", inputs, files_in(PAGE)):
        return
    say("page: building with Vite")
    try:
        node.run("vite", "build", "--outDir", PAGE, "--emptyOutDir", "--logLevel", "warn")
    except BuildError as error:
        raise explain("Building the page with Vite", str(error)) from None
    mark("page", inputs, files_in(PAGE))


def write_manifest(folder: Path, numpy: str, engine: str) -> None:
    """Says in py/manifest.json what lies there, and removes what an earlier build left."""
    names = sorted([*assets.CORE, numpy, engine])
    assets.remove_others(folder, [*names, "manifest.json"])
    document = {
        "pyodide": assets.pyodide_version(),
        "numpy": numpy,
        "engine": engine,
        "engineVersion": engine.split("-")[1],
        "files": [
            {
                "name": name,
                "size": (folder / name).stat().st_size,
                "sha256": file_digest(folder / name),
            }
            for name in names
        ],
    }
    text = json.dumps(document, indent=1) + "\n"
    target = folder / "manifest.json"
    if not target.exists() or target.read_text("utf-8") != text:
        part = folder / ".manifest.tmp"
        part.write_text(text, "utf-8")
        os.replace(part, target)


def assemble(wanted: Mapping[str, Path], site: Path) -> None:
    """Makes `site` hold exactly the wanted files and their compressed twins.

    Files that are right already stay untouched, so that a server may go on serving meanwhile.
    """
    expected = set()
    for name, source in sorted(wanted.items()):
        target = site / name
        target.parent.mkdir(parents=True, exist_ok=True)
        twin = target.with_name(target.name + ".gz")
        if file_digest(target) != file_digest(source):
            twin.unlink(missing_ok=True)
            assets.place(source, target)
        if target.suffix in COMPRESSED and not _is_twin(twin, target):
            _compress(target, twin)
        expected |= {target, twin}
    _remove(path for path in files_in(site) if path not in expected)


def _compress(source: Path, twin: Path) -> None:
    """Writes the compressed twin when it is worth it. No date inside: same source, same bytes."""
    data = source.read_bytes()
    packed = gzip.compress(data, 9, mtime=0)
    if len(packed) > 0.9 * len(data):
        twin.unlink(missing_ok=True)
        return
    part = twin.with_name(f".{twin.name}.tmp")
    part.write_bytes(packed)
    os.replace(part, twin)


def _is_twin(twin: Path, source: Path) -> bool:
    try:
        return gzip.decompress(twin.read_bytes()) == source.read_bytes()
    except (OSError, EOFError, zlib.error):
        return False


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink()
