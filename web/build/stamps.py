"""What is up to date: a step is done again only when its inputs or its results have other contents.

Contents, not dates, decide: a fresh clone or a checkout of another branch gives every file a new
date, and a half-deleted result must be noticed.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from .project import BUILD

FOLDER = BUILD / "stamps"


def files_in(*folders: Path, skip: Iterable[str] = ("__pycache__",)) -> list[Path]:
    """Every file below the folders, sorted; a folder that is named in `skip` is left out."""
    left_out = set(skip)
    found: list[Path] = []
    for folder in folders:
        for where, names, files in os.walk(folder):
            names[:] = [name for name in names if name not in left_out]
            found += [Path(where, name) for name in files]
    return sorted(found)


def digest(paths: Iterable[Path], *words: str) -> str:
    """SHA-256 over the names and contents of files, and over some words."""
    total = hashlib.sha256()
    for word in words:
        total.update(f"word {word}\0".encode())
    for path in sorted(paths):
        total.update(f"file {path}\0{file_digest(path)}\0".encode())
    return total.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of one file; an empty text when there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def is_fresh(step: str, inputs: str, results: Iterable[Path], folder: Path = FOLDER) -> bool:
    """Whether `step` was last done with these inputs and its results are still as it left them."""
    try:
        noted = (folder / step).read_text("utf-8")
    except FileNotFoundError:
        return False
    return noted == _note(inputs, results)


def mark(step: str, inputs: str, results: Iterable[Path], folder: Path = FOLDER) -> None:
    """Notes that `step` was done with these inputs and left these results."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{step}.tmp"
    part.write_text(_note(inputs, results), "utf-8")
    os.replace(part, folder / step)


def _note(inputs: str, results: Iterable[Path]) -> str:
    return f"inputs {inputs}\nresults {digest(results)}\n"
