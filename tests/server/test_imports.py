"""Arrows of imports point one way (the design's 'Layout and direction of imports')."""

import sys
from pathlib import Path

import pytest

from tests.server.arrows import cycles, python_arrows, typescript_arrows

ROOT = Path(__file__).resolve().parents[2]

#: Rooms of the engine from the bottom up. A module imports from its own layer and from those above
#: it in this list, never from below it; `engine` itself is the file that has `install()`.
LAYERS = [
    {"errors", "links", "signs", "templates", "playground"},
    {"dtypes", "shapes", "summary", "compact", "whole", "single"},
    {"registry"},
    {"elsewhere", "views"},
    {"ops"},
    {"opcodes", "program", "reply"},
    {"devices"},
    {"tape"},
    {"array", "lanes", "operators", "recorded", "display"},
    {"autograd", "function"},
    {"facade", "engine", "gpu"},
    {
        "cells",
        "sites",
        "turns",
        "problems",
        "formulas",
        "journal",
        "trace",
        "gradcheck",
        "reference",
        "exercises",
        "effort",
    },
    {"replay", "check"},
    {"kernel", "joined"},
    {"cli", "__main__"},
]

#: Rooms of the page, and the rooms that each may import. Build plugins are no room.
ROOMS = {
    "protocol": set(),
    "trace": {"protocol"},
    "explain": {"protocol", "trace"},
    "graph": {"protocol", "trace", "explain"},
    "render": {"protocol", "trace", "explain", "graph"},
    "runner": {"protocol", "trace"},
    "editor": {"protocol", "trace"},
    "share": {"protocol"},
    "files": {"protocol", "trace", "explain", "graph", "editor"},
    "app": {
        "protocol",
        "trace",
        "explain",
        "graph",
        "render",
        "runner",
        "editor",
        "share",
        "files",
    },
    "embed": {"protocol", "trace", "runner", "share", "app"},
}

#: Rooms that decide without touching a page, and the only packages that they may use.
PURE = {
    "protocol": set(),
    "trace": set(),
    "explain": set(),
    "share": set(),
    "graph": set(),
}

ENGINE = python_arrows(ROOT / "engine")
SERVER = python_arrows(ROOT / "server")
BUILD = python_arrows(ROOT / "web" / "build")
PAGE = typescript_arrows(ROOT / "web" / "src")


def layer(module: str) -> int:
    """Place of an engine module in the list, from the bottom."""
    room = module.split(".")[1] if "." in module else "engine"
    for place, rooms in enumerate(LAYERS):
        if room in rooms:
            return place
    pytest.fail(f"engine/{room} has no layer: put it into LAYERS of {__file__}")


def upward(arrows: dict[str, set[str]]) -> list[str]:
    """Arrows of the engine that run back up."""
    return [
        f"{name} imports {target}"
        for name, targets in arrows.items()
        for target in sorted(targets)
        if target.split(".")[0] == "engine" and layer(target) > layer(name)
    ]


def room_of(name: str) -> str:
    return name.split("/")[0]


def astray(arrows: dict[str, set[str]]) -> list[str]:
    """Arrows of the page that lead to a room which is not below."""
    return [
        f"{name} imports {target}"
        for name, targets in arrows.items()
        for target in sorted(targets)
        if (room_of(target) in ROOMS or target.startswith("outside:"))
        and room_of(target) != room_of(name)
        and room_of(target) not in ROOMS[room_of(name)]
    ]


def test_no_engine_module_imports_one_above_it() -> None:
    assert upward(ENGINE) == []


def test_no_engine_modules_import_each_other_in_a_ring() -> None:
    assert cycles(ENGINE) == []


def test_the_engine_knows_the_standard_library_and_numpy_alone() -> None:
    allowed = set(sys.stdlib_module_names) | {"engine", "numpy"}
    # The host device is NumPy; a CUDA device brings its own array module.
    # In the page's worker, requests are JavaScript's.
    extra = {
        "engine.devices.cuda": {"cupy"},
        "engine.devices.remote.xhr": {"js", "pyodide"},
    }
    strangers = [
        f"{name} imports {target}"
        for name, targets in ENGINE.items()
        for target in sorted(targets)
        if target.split(".")[0] not in allowed | extra.get(name, set())
    ]
    assert strangers == []


def test_the_server_knows_program_devices_and_links_of_the_engine_alone() -> None:
    """`links` reads and writes links, which short links are made of; it runs nothing."""
    found = {target for targets in SERVER.values() for target in targets}
    of_engine = {target for target in found if target.split(".")[0] == "engine"}
    assert {
        target
        for target in of_engine
        if target.split(".")[1:2] not in (["program"], ["reply"], ["devices"], ["links"])
    } == set()
    assert not {target for target in found if target.split(".")[0] in ("web", "tests")}


def test_one_module_alone_may_bring_in_cupy() -> None:
    assert {name for name, targets in ENGINE.items() if "cupy" in targets} == {
        "engine.devices.cuda"
    }
    assert not [name for name, targets in SERVER.items() if "cupy" in targets]


def test_the_build_imports_nothing_that_it_builds() -> None:
    found = {target.split(".")[0] for targets in BUILD.values() for target in targets}
    assert found & {"engine", "server", "tests", "flask", "numpy"} == set()


def test_every_folder_of_the_page_is_a_room_of_the_design() -> None:
    assert {room_of(name) for name in PAGE if "/" in name} <= set(ROOMS)


def test_no_room_of_the_page_imports_one_above_it() -> None:
    assert astray({name: targets for name, targets in PAGE.items() if "/" in name}) == []


def test_no_files_of_the_page_import_each_other_in_a_ring() -> None:
    def file(target: str) -> str:
        return next((n for n in (f"{target}.ts", f"{target}/index.ts") if n in PAGE), target)

    assert cycles({name: {file(target) for target in ts} for name, ts in PAGE.items()}) == []


def test_pure_rooms_use_no_package_that_draws() -> None:
    strangers = [
        f"{name} imports {target}"
        for name, targets in PAGE.items()
        for target in sorted(targets)
        if room_of(name) in PURE
        and room_of(target) not in ROOMS
        and target not in PURE[room_of(name)]
    ]
    assert strangers == []


# ----- The reader itself -------------------------------------------------------------------------


def test_an_arrow_that_runs_back_up_is_found(tmp_path: Path) -> None:
    """Also when it hides inside a function, or behind `from . import`."""
    package = tmp_path / "engine"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "errors.py").write_text("def f():\n    from . import kernel\n")
    (package / "tape.py").write_text("import engine.facade\nfrom .errors import E\n")
    (package / "kernel.py").write_text("from .errors import E\n")
    arrows = python_arrows(package)
    assert upward(arrows) == [
        "engine.errors imports engine.kernel",
        "engine.tape imports engine.facade",
    ]
    assert cycles(arrows) == ["engine.errors -> engine.kernel -> engine.errors"]


def test_a_stray_typescript_import_is_found(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "a.ts").write_text(
        "import type { T } from '../trace'\n"
        "import {\n  one,\n  two,\n} from '../render/scene'\n"
        "export * from '../app/main'\n"
        "const late = () => import('../editor/index')\n"
        "import '../../styles.css'\n"
    )
    assert astray(typescript_arrows(tmp_path)) == [
        "graph/a.ts imports app/main",
        "graph/a.ts imports editor/index",
        "graph/a.ts imports outside:../../styles.css",
        "graph/a.ts imports render/scene",
    ]
