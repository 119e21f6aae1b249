"""The engine's wheel: bytecode that Pyodide imports as it is; same sources, same bytes."""

import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from web.build import assets, engine_wheel, node
from web.build.engine_wheel import Compiler
from web.build.project import BuildError

LOADER = """
import { readFileSync } from 'node:fs'
import { loadPyodide } from 'pyodide'
const [program, ...wheels] = JSON.parse(process.argv.at(-1))
try {
  const pyodide = await loadPyodide()
  for (const wheel of wheels) pyodide.unpackArchive(new Uint8Array(readFileSync(wheel)), 'wheel')
  console.log('result ' + pyodide.runPython(program))
} catch (error) {
  console.error(String(error))
  process.exit(1)
}
"""

needs_same_python = pytest.mark.skipif(
    not engine_wheel.python_matches(), reason="this Python is not of Pyodide's version"
)
COMPILERS = [
    pytest.param(engine_wheel.by_node, id="pyodide"),
    pytest.param(engine_wheel.by_pyodide_build, id="pyodide-build", marks=needs_same_python),
]


def in_pyodide(program: str, *wheels: Path) -> str:
    """Value of a Python program in Pyodide under Node, with some wheels unpacked."""
    given = json.dumps([program, *map(str, wheels)])
    line, env = node.command("node", "--input-type=module", "-e", LOADER, "--", given)
    done = subprocess.run(line, env=env, cwd=node.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.rpartition("result ")[2].strip()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with a module, a data file, an unused cache and a page for readers."""
    folder = tmp_path / "small"
    (folder / "ops").mkdir(parents=True)
    (folder / "__init__.py").write_text('__version__ = "1.2.3"\nfrom .ops.twice import twice\n')
    (folder / "ops" / "__init__.py").write_text("")
    (folder / "ops" / "twice.py").write_text(
        'def twice(x):\n    """Doc."""\n    return x * 2 if x in {"a", "b", "c"} else None\n'
    )
    (folder / "ops" / "data.json").write_text("{}")
    (folder / "README.md").write_text("# Small")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "old.pyc").write_text("old")
    return folder


@pytest.mark.parametrize("compiled", COMPILERS)
def test_pyodide_imports_the_bytecode_as_it_is(
    package: Path, tmp_path: Path, compiled: Compiler
) -> None:
    wheel = tmp_path / "small-1.2.3-py3-none-any.whl"
    engine_wheel.build(package, "1.2.3", wheel, compiled)
    program = (
        "import small.ops.twice as module, importlib.metadata as m\n"
        "module.twice('a') + module.__file__[-4:] + module.twice.__doc__ + m.version('small')"
    )
    assert in_pyodide(program, wheel) == "aa.pycDoc.1.2.3"
    names = zipfile.ZipFile(wheel).namelist()
    assert names == [
        "small-1.2.3.dist-info/METADATA",
        "small-1.2.3.dist-info/RECORD",
        "small-1.2.3.dist-info/WHEEL",
        "small/__init__.pyc",
        "small/ops/__init__.pyc",
        "small/ops/data.json",
        "small/ops/twice.pyc",
    ]


@pytest.mark.parametrize("compiled", COMPILERS)
def test_the_librarys_bytecode_stands_in_its_cache(
    package: Path, tmp_path: Path, compiled: Compiler
) -> None:
    library, wheel = tmp_path / "numpy-1-py3-none-any.whl", tmp_path / "small-1.whl"
    sources = {"numpy/__init__.py": b"from .lib import a", "numpy/lib/a.py": b"x = 'right'"}
    sources |= {"numpy/lib/__init__.py": b"", "numpy/lib/tests/test_a.py": b"x = 1"}
    library.write_bytes(engine_wheel.archive(sources))
    engine_wheel.build(package, "1.2.3", wheel, compiled, library)
    program = (
        "import builtins, importlib\n"
        "importlib.invalidate_caches()\n"
        "real, builtins.compile = builtins.compile, None  # importing a source would fail\n"
        "import numpy\n"
        "builtins.compile = real\n"
        "numpy.lib.a.x + numpy.lib.a.__file__[-3:]"
    )
    assert in_pyodide(program, library, wheel) == "right.py"
    names = [n for n in zipfile.ZipFile(wheel).namelist() if n.startswith("numpy")]
    assert names == [
        "numpy/__pycache__/__init__.cpython-312.pyc",
        "numpy/lib/__pycache__/__init__.cpython-312.pyc",
        "numpy/lib/__pycache__/a.cpython-312.pyc",
    ]


@pytest.mark.parametrize("compiled", COMPILERS)
def test_the_same_sources_give_the_same_bytes(
    package: Path, tmp_path: Path, compiled: Compiler
) -> None:
    first, second = tmp_path / "first.whl", tmp_path / "second.whl"
    engine_wheel.build(package, "1.2.3", first, compiled)
    moved = package.parent / "elsewhere" / "small"
    moved.parent.mkdir()
    package.rename(moved)
    engine_wheel.build(moved, "1.2.3", second, compiled)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("compiled", COMPILERS)
def test_a_syntax_error_names_its_file_and_leaves_no_wheel(
    package: Path, tmp_path: Path, compiled: Compiler
) -> None:
    (package / "ops" / "twice.py").write_text("def twice(:")
    with pytest.raises(BuildError, match=r"small/ops/twice\.py"):
        engine_wheel.build(package, "1.2.3", tmp_path / "small.whl", compiled)
    assert not (tmp_path / "small.whl").exists()


def test_the_record_lists_every_file_with_its_hash() -> None:
    files = engine_wheel.with_metadata({"a/b.pyc": b"x"}, "a", "1")
    record = files["a-1.dist-info/RECORD"].decode().splitlines()
    assert record[-2] == "a/b.pyc,sha256=LXEWQrcmsEQBYnyp-6wy9chTD7GQPMTbAiWHF5IaSIE,1"
    assert record[-1] == "a-1.dist-info/RECORD,,"
    assert len(record) == len(files)


def test_a_package_without_a_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("")
    with pytest.raises(BuildError, match="must say: __version__"):
        engine_wheel.engine_version(tmp_path)


def test_the_built_engine_differentiates_in_pyodide() -> None:
    manifest = json.loads((assets.ASSETS / "manifest.json").read_text())
    program = (
        "import engine\n"
        "engine.install()\n"
        "from mxnet import autograd, nd\n"
        "x = nd.array([1.0, 2.0, 3.0])\n"
        "x.attach_grad()\n"
        "with autograd.record():\n"
        "    y = 2 * x * x\n"
        "y.backward()\n"
        "str(x.grad.asnumpy().tolist())\n"
    )
    wheels = [assets.ASSETS / manifest[name] for name in ("numpy", "engine")]
    assert in_pyodide(program, *wheels) == "[4.0, 8.0, 12.0]"
