"""`.. autograd-playground::` with a program as its content, or `:src:` and a lesson or a link."""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from engine.links import LinkError, decode, encode

from ..pictures import NoPicture, Still, stills
from ..stored import NotRun, Stored, stored_run
from .node import playground
from .options import ATTRIBUTES, FLAGS, OPTIONS

logger = logging.getLogger(__name__)

#: Most characters of output on paper.
MOST_PRINTED = 4_000


class AutogradPlayground(SphinxDirective):
    """Runs the program, and puts it into the document with its run."""

    has_content = True
    option_spec = OPTIONS

    def run(self) -> list[nodes.Node]:
        """One node; a warning for each thing that is not as the author meant it."""
        try:
            code, seed, trace = self._program()
        except ValueError as error:
            raise self.error(str(error)) from None
        node = playground(
            title=self.options.get("title") or _title(code) or "Program",
            options=self._attributes(),
            fragment=encode({"code": code, "seed": seed}),
            stills=[],
        )
        self.set_source_info(node)
        node += _caption(self.options.get("title"))
        node += nodes.literal_block(code, code, language="python", classes=["autograd-program"])
        printed = ""
        if self.config.autograd_playground_run:
            found = self._run(code, seed)
            if found:
                node["fragment"], printed = found.fragment, found.printed
                trace = trace or found.trace
        if trace:
            node["fragment"] = self._with_run(node["fragment"], code, seed, trace)
            node["stills"] = self._stills(code, trace)
        if printed.strip() and self.config.autograd_playground_output:
            node += _printed(printed)
        return [node]

    def _program(self) -> tuple[str, int, list | None]:
        """Code, seed, and the run that a link brought along."""
        src = self.options.get("src")
        code = "\n".join(self.content).rstrip()
        if src is None:
            if not code:
                raise ValueError("a program is needed: as the content, or by :src:")
            return code, self.options.get("seed", 0), None
        if code:
            raise ValueError("there is a program, and :src: names another: leave one out")
        if "#" not in src:
            return lesson(src.strip()), self.options.get("seed", 0), None
        try:
            held = decode(src.strip())
        except LinkError as error:
            raise ValueError(f":src: is no link that can be opened: {error}") from None
        if held["step"] >= 0:
            self.options.setdefault("step", held["step"] + 1)
        return held["code"], self.options.get("seed", held["seed"]), held["trace"]

    def _attributes(self) -> dict[str, str]:
        given = {name: str(self.options[name]) for name in ATTRIBUTES if name in self.options}
        return given | {name: "" for name in FLAGS if name in self.options}

    def _run(self, code: str, seed: int) -> Stored | None:
        seconds = self.config.autograd_playground_seconds
        try:
            found = stored_run(code, seed, seconds)
        except NotRun as error:
            self._warn(f"the program was not run: {error}", "run")
            return None
        if found.stop and "fails" not in self.options:
            self._warn(f"the program failed: {found.stop['message']}", "run", found.stop["line"])
        if not found.stop and "fails" in self.options:
            self._warn("the program was to fail (:fails:) and did not", "run")
        if found.too_long:
            said = f"its run does not fit into the link, so readers press Run: {found.too_long}"
            self._warn(said, "size")
        return found

    def _with_run(self, fragment: str, code: str, seed: int, trace: list) -> str:
        """The link with the run in it; the one that was there when it would be too long."""
        try:
            held = decode(fragment)
            return encode({"code": code, "seed": seed, "engine": held["engine"], "trace": trace})
        except LinkError:
            return fragment

    def _stills(self, code: str, trace: list) -> list[Still]:
        if self.options.get("show") == "code":
            return []
        try:
            found, left = stills(code, trace, self.options.get("step", 0))
        except NoPicture as error:
            self._warn(f"there is no picture for print: {error}", "picture")
            return []
        if left:
            self._warn(f"{left} of its pictures are too large or too many for print", "picture")
        return found

    def _warn(self, text: str, kind: str, line: int = 0) -> None:
        """A warning with file and line; `line` is one of the program, from 1."""
        place = f"{self.get_source_info()[0]}:{self._line(line)}"
        logger.warning(
            "autograd-playground: %s", text, location=place, type="autograd", subtype=kind
        )

    def _line(self, line: int) -> int:
        """Line of the file; of the directive itself where the program has no such line."""
        if line < 1 or not self.content:
            return self.lineno
        at = min(line, len(self.content)) - 1
        first = self.content.offset(0)
        # reStructuredText knows where each line stands; MyST counts from its directive.
        if first > 0 and first == self.content_offset:
            return self.content.offset(at) + 1
        return self.lineno + self.content_offset + at + 1


def lesson(slug: str) -> str:
    """The program of a lesson; ValueError names those that there are."""
    here = Path(__file__).resolve().parents[1]
    folders = [here / "lessons", here.parents[1] / "lessons"]
    found: dict[str, Any] = {}
    for folder in folders:
        for path in sorted(folder.glob("[0-9]*-*.py")):
            found.setdefault(re.sub(r"^\d+-", "", path.stem), path)
    if slug not in found:
        raise ValueError(f"there is no lesson {slug!r}; there are {', '.join(found)}")
    return found[slug].read_text("utf-8")


def _title(code: str) -> str:
    """The first heading of a program that has one."""
    head = re.match(r"# %% \[markdown\]\n# #+ (.+)", code)
    return head[1].strip() if head else ""


def _caption(title: str | None) -> list[nodes.Node]:
    if not title:
        return []
    return [nodes.paragraph("", "", nodes.strong(title, title), classes=["autograd-title"])]


def _printed(text: str) -> nodes.Node:
    text = text.rstrip()
    if len(text) > MOST_PRINTED:
        text = text[:MOST_PRINTED].rsplit("\n", 1)[0] + "\n…"
    return nodes.literal_block(text, text, language="none", classes=["autograd-output"])
