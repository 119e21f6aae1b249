"""Who imports whom, read from the sources: Python with `ast`, TypeScript by its import lines."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path


def python_arrows(package: Path) -> dict[str, set[str]]:
    """For each module below a package: the dotted names that it imports, wherever in the file."""
    modules = {
        dotted(path, package.parent): path
        for path in sorted(package.rglob("*.py"))
        if "__pycache__" not in path.parts
    }
    return {
        name: set(_imported(name, path, set(modules))) - {name} for name, path in modules.items()
    }


def dotted(path: Path, root: Path) -> str:
    """Dotted name of a module; a package is named without its `__init__`."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(name: str, path: Path, modules: set[str]) -> Iterator[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, *([node.module] if node.module else [])])
            base = base if node.level else node.module or ""
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in modules else base


IMPORT = re.compile(
    r"""(?:^|[;\s])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]"""
    r"""|(?:^|[;\s])import\s*\(?\s*['"]([^'"]+)['"]""",
    re.M,
)


def typescript_arrows(source: Path) -> dict[str, set[str]]:
    """For each TypeScript file below `source`: the files or packages that its import lines name.

    A relative import is given as a path below `source`, without its ending; others as written.
    """
    found = {}
    for path in sorted(source.rglob("*.ts")):
        names = [first or second for first, second in IMPORT.findall(path.read_text("utf-8"))]
        found[path.relative_to(source).as_posix()] = {
            _resolved(name, path, source) for name in names
        }
    return found


def _resolved(name: str, path: Path, source: Path) -> str:
    if not name.startswith("."):
        return name
    target = (path.parent / name.split("?")[0]).resolve()
    root = source.resolve()
    return target.relative_to(root).as_posix() if target.is_relative_to(root) else f"outside:{name}"


def cycles(arrows: Mapping[str, set[str]]) -> list[str]:
    """Modules that import each other in a ring, as a readable line each."""
    done: set[str] = set()
    found: list[str] = []

    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            found.append(" -> ".join([*trail[trail.index(name) :], name]))
            return
        if name in done or name not in arrows:
            return
        for target in sorted(arrows[name]):
            visit(target, [*trail, name])
        done.add(name)

    for name in arrows:
        visit(name, [])
    return found
