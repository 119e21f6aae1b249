"""Still pictures of a run, for paper: drawn by the page's own code (`picture.js`) in QuickJS or
Node, and turned into PNG by resvg."""

import functools
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

#: Of drawing one program's pictures.
SECONDS, BYTES = 20, 512 << 20

INSTALL = "pip install 'autograd-playground[sphinx]'"


class NoPicture(Exception):
    """There is no picture; the text says what is missing or wrong, and what to do."""


@dataclass(frozen=True)
class Still:
    """One picture: the text of an SVG file, its size in pixels, and its words."""

    svg: str
    width: float
    height: float
    title: str
    label: str


def stills(code: str, trace: list, step: int = 0) -> tuple[list[Still], int]:
    """Pictures of a compact trace at a step (from 1; 0: the end), and how many were left out.

    Raises `NoPicture` without an engine of JavaScript, and for a trace that cannot be drawn.
    """
    request = json.dumps({"code": code, "trace": trace, "step": step})
    try:
        found = json.loads(_drawer()(request))
    except (ValueError, RuntimeError, subprocess.SubprocessError) as error:
        raise NoPicture(f"the run could not be drawn: {str(error).splitlines()[0]}") from error
    return [Still(**each) for each in found["pictures"]], found["left"]


def png(still: Still, zoom: float = 3.0) -> bytes:
    """The picture in pixels, `zoom` for each unit; raises `NoPicture` without resvg or fonts."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise NoPicture(f"resvg_py, which turns pictures into PNG, is missing: {INSTALL}") from None
    if not _has_letters():
        raise NoPicture("this machine has no font for the picture: install DejaVu Sans Mono")
    # More than 8,000 pixels on a side help no printer.
    zoom = min(zoom, 8_000 / max(still.width, still.height, 1))
    return bytes(svg_to_bytes(svg_string=still.svg, zoom=zoom, monospace_family=MONO))


MONO = "DejaVu Sans Mono"


@functools.cache
def _has_letters() -> bool:
    """Whether text leaves a trace: without any font, resvg draws none and says nothing."""
    from resvg_py import svg_to_bytes

    def drawn(text: str) -> bytes:
        head = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
        text = f'<text y="15" font-family="monospace">{text}</text>'
        return bytes(svg_to_bytes(svg_string=f"{head}{text}</svg>", monospace_family=MONO))

    return drawn("M") != drawn(" ")


# ----- An engine of JavaScript -------------------------------------------------------------------


@functools.cache
def _drawer() -> Callable[[str], str]:
    """What takes a request of `web/src/files/still.ts` as JSON and gives the answer."""
    script = script_path()
    if not script.is_file():
        raise NoPicture(f"{script} is missing: in a clone, type `make site` first")
    for engine in (_quickjs, _node):
        found = engine(script)
        if found:
            return found
    raise NoPicture(f"pictures need QuickJS ({INSTALL}) or Node, and neither is here")


def script_path() -> Path:
    """`picture.js`: in the installed site, or in that of a clone."""
    server = find_spec("server")
    folder = Path(server.origin).parent if server and server.origin else Path()
    installed = folder / "site" / "picture.js"
    return installed if installed.is_file() else folder.parent / "build" / "site" / "picture.js"


def _quickjs(script: Path) -> Callable[[str], str] | None:
    try:
        import quickjs
    except ImportError:
        return None

    def draw(request: str) -> str:
        # Always a new one: a context belongs to the thread that made it.
        context = quickjs.Context()
        context.set_memory_limit(BYTES)
        context.set_max_stack_size(8 << 20)
        context.set_time_limit(SECONDS)
        context.eval(source)
        try:
            return context.eval("(request) => autogradPicture.draw(request)")(request)
        except quickjs.JSException as error:
            raise RuntimeError(str(error)) from None

    source = script.read_text("utf-8")
    return draw


def _node(script: Path) -> Callable[[str], str] | None:
    node = shutil.which("node")
    if not node:
        return None
    text = (
        "const { readFileSync } = require('fs');"
        "(0, eval)(readFileSync(process.argv[1], 'utf8') + ';globalThis.drawn = autogradPicture');"
        "process.stdout.write(drawn.draw(readFileSync(0, 'utf8')))"
    )

    def draw(request: str) -> str:
        done = subprocess.run(
            [node, "-e", text, str(script)],
            input=request,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if "Error" in line]
            raise RuntimeError((lines or ["node failed"])[0])
        return done.stdout

    return draw
