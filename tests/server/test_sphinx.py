"""Courses built with Sphinx: what each kind of page holds, and what authors are told."""

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from autograd_playground import pictures
from autograd_playground.pictures import NoPicture, png, stills
from autograd_playground.run import stored
from autograd_playground.stored import NotRun, stored_run
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from engine.links import decode, encode
from tests.server.arrows import python_arrows

ROOT = Path(__file__).resolve().parents[2]
SITE = "https://playground.example/at/"

SLOPE = """\
from mxnet import np, npx, autograd
npx.set_np()
x = np.array([1.0, 2.0])
x.attach_grad()
with autograd.record():
    y = (x ** 2).sum()
y.backward()
x.grad"""
LOOP = """\
from mxnet import np, npx, autograd
npx.set_np()
w = np.array([2.0])
w.attach_grad()
with autograd.record():
    h = np.array([1.0])
    for t in range(6):
        h = np.tanh(w * h)
h.backward()"""


def indented(code: str) -> str:
    return "".join(f"   {line}" if line.strip() else line for line in code.splitlines(True))


def directive(code: str = "", **options: object) -> str:
    said = "".join(f"   :{name}: {value}\n".replace(" \n", "\n") for name, value in options.items())
    return f".. autograd-playground::\n{said}\n{indented(code)}\n"


class Built:
    """A course of one page, built in one way."""

    def __init__(self, folder: Path, text: str, builder: str, **config: object):
        folder.mkdir(parents=True, exist_ok=True)
        name = "index.md" if "```" in text else "index.rst"
        (folder / name).write_text(text, "utf-8")
        said = io.StringIO()
        config = {
            "extensions": ["autograd_playground.sphinx", "myst_parser"],
            "autograd_playground_site": SITE,
            "project": "Course",
            "epub_copyright": "nobody",
            "version": "1",
        } | config
        self.out = folder / builder
        places = (folder, None, self.out, folder / "trees")
        with docutils_namespace():
            Sphinx(*places, builder, config, None, warning=said).build()
        self.warnings = re.sub(r"\x1b\[\d*m", "", said.getvalue())

    def page(self, name: str) -> str:
        return (self.out / name).read_text("utf-8")


@pytest.fixture
def built(tmp_path: Path):
    def make(text: str, builder: str = "html", **config: object) -> Built:
        return Built(tmp_path / "course", f"Course\n======\n\n{text}", builder, **config)

    return make


class Elements(HTMLParser):
    """Attributes of the elements of a page, and how often its script is named."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[dict] = []
        self.scripts: list[dict] = []
        self.images: list[dict] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "autograd-playground":
            self.elements.append(dict(attrs))
        if tag == "script" and "embed.js" in (dict(attrs).get("src") or ""):
            self.scripts.append(dict(attrs))
        if tag == "img":
            self.images.append(dict(attrs))


# ----- Web pages ---------------------------------------------------------------------------------


def test_a_program_becomes_an_element_whose_link_carries_its_run(built) -> None:
    text = directive(
        SLOPE, title='A "slope"', seed=7, show="graph", step=4, lock="1-2", readonly=""
    )
    made = built(text + directive(LOOP, height="auto"))
    assert made.warnings == ""
    page = Elements(made.page("index.html"))
    assert [each["src"] for each in page.scripts] == [f"{SITE}embed.js"]
    first, second = page.elements
    held = decode(first["src"])
    assert (held["code"], held["seed"]) == (SLOPE, 7)
    assert held["trace"] == stored(SLOPE, 7)["trace"]
    assert first["title"] == 'A "slope"'
    given = {key: first[key] for key in ("show", "step", "lock", "readonly")}
    assert given == {"show": "graph", "step": "4", "lock": "1-2", "readonly": None}
    assert second["height"] == "auto"


def test_without_its_script_the_page_has_program_output_and_picture(built) -> None:
    made = built(directive(SLOPE))
    page = made.page("index.html")
    inside = page[page.index("<autograd-playground") : page.index("</autograd-playground>")]
    assert "attach_grad" in inside and "array([2., 4.])" in inside
    (image,) = Elements(inside).images
    assert image["alt"] == "Computation graph, record · line 5: 3 nodes"
    svg = (made.out / image["src"]).read_text("utf-8")
    assert ">∂ [2 4]</text>" in svg


def test_pages_without_a_program_do_not_load_the_script(built) -> None:
    assert Elements(built("Only words.\n").page("index.html")).scripts == []


def test_myst_writes_the_same(built) -> None:
    made = built(f"```{{autograd-playground}}\n:title: Slope\n\n{SLOPE}\n```\n")
    (element,) = Elements(made.page("index.html")).elements
    assert decode(element["src"])["code"] == SLOPE
    assert made.warnings == ""


def test_a_lesson_and_a_link_are_named_by_src(built) -> None:
    link = f"https://old.example/{encode({'code': LOOP, 'seed': 5, 'step': 2})}"
    made = built(directive(src="attach-and-backward") + directive(src=link))
    lesson, linked = Elements(made.page("index.html")).elements
    assert lesson["title"] == "Attach and backward"
    assert decode(lesson["src"])["trace"]
    held = decode(linked["src"])
    assert (held["code"], held["seed"], linked["step"]) == (LOOP, 5, "3")


def test_without_a_site_pages_have_text_and_pictures_and_one_warning(built) -> None:
    made = built(directive(SLOPE), autograd_playground_site="")
    page = Elements(made.page("index.html"))
    assert (page.elements, page.scripts, len(page.images)) == ([], [], 1)
    assert made.warnings.count("autograd_playground_site") == 1


def test_nothing_runs_where_the_author_says_so(built) -> None:
    made = built(directive("open('made', 'w')\n"), autograd_playground_run=False)
    (element,) = Elements(made.page("index.html")).elements
    assert decode(element["src"])["trace"] is None
    assert made.warnings == ""


# ----- What authors are told ---------------------------------------------------------------------


def test_a_program_that_fails_is_a_warning_with_file_and_line_and_still_an_embed(built) -> None:
    made = built(directive("a = 1\n\nb = a / 0\n", title="Wrong"))
    assert "index.rst:9: WARNING: autograd-playground: the program failed: Zero" in made.warnings
    assert len(Elements(made.page("index.html")).elements) == 1


def test_in_myst_the_line_is_that_of_the_program_too(built) -> None:
    made = built("```{autograd-playground}\n:title: Wrong\n\na = 1\n1 / 0\n```\n")
    assert "index.md:8: WARNING" in made.warnings


def test_a_program_that_is_meant_to_fail_is_no_warning(built) -> None:
    assert built(directive("1 / 0\n", fails="")).warnings == ""


def test_a_program_that_should_fail_and_does_not_is_one(built) -> None:
    assert "was to fail" in built(directive("1 + 1\n", fails="")).warnings


def test_a_run_too_long_for_a_link_leaves_the_program_in_it(built) -> None:
    code = "from mxnet import np\nfor i in range(30):\n    print(np.random.uniform(size=(900,)))"
    made = built(directive(code))
    assert "[autograd.size]" in made.warnings and "index.rst:4" in made.warnings
    (element,) = Elements(made.page("index.html")).elements
    held = decode(element["src"])
    assert (held["code"], held["trace"]) == (code, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (directive(), "a program is needed"),
        (directive("1\n", src="attach-and-backward"), "leave one out"),
        (directive(src="no-such"), "there is no lesson 'no-such'; there are attach-and-backward"),
        (directive(src="x#1.broken"), "no link that can be opened"),
        (directive("1\n", lock="a-b"), "lines are written like 1-3,7"),
        (directive("1\n", step=0), "steps are counted from 1"),
        (directive("1\n", show="all"), '"all" unknown; choose from "both"'),
        (directive("1\n", height="tall"), "a height is auto or a number"),
    ],
)
def test_what_makes_no_sense_is_an_error_in_words(built, text: str, words: str) -> None:
    assert words in built(text).warnings


# ----- Books -------------------------------------------------------------------------------------


def test_latex_has_the_program_and_pictures_of_pixels(built) -> None:
    made = built(directive(SLOPE, title="A slope") + directive(LOOP), "latex")
    tex = made.page("course.tex")
    assert "attach\\PYGZus{}grad" in tex and "autograd-playground" not in tex
    names = re.findall(r"sphinxincludegraphics\[width=(\d+)\\sphinxpxdimen\]\{\{(.+?)\}\.png", tex)
    assert len(names) == 2 and all(int(width) <= 600 for width, _ in names)
    for _, name in names:
        assert (made.out / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert made.warnings == ""


def test_an_epub_has_the_picture_and_no_script(built) -> None:
    made = built(directive(SLOPE), "epub")
    (book,) = made.out.glob("*.epub")
    archive = zipfile.ZipFile(book)
    page = archive.read("index.xhtml").decode()
    assert "<autograd-playground" not in page and "embed.js" not in page
    (image,) = Elements(page).images
    assert image["src"] in archive.namelist()


@pytest.mark.parametrize(("builder", "name"), [("text", "index.txt"), ("man", "course.1")])
def test_text_has_the_program_its_output_and_the_pictures_words(built, builder, name) -> None:
    made = built(directive(SLOPE), builder, man_pages=[("index", "course", "", "", 1)])
    page = made.page(name)
    assert "attach_grad" in page and "array([2., 4.])" in page
    assert "Computation graph, record" in page


def test_without_resvg_the_svg_is_left_for_sphinxs_converters(built, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    made = built(directive(SLOPE), "latex")
    assert "autograd-playground[sphinx]" in made.warnings


# ----- Pictures ----------------------------------------------------------------------------------


@pytest.fixture(params=["quickjs", "node"])
def drawer(request, monkeypatch) -> str:
    """Each engine of JavaScript alone."""
    if request.param == "node":
        if not shutil.which("node"):
            pytest.skip("there is no Node here")
        monkeypatch.setattr(pictures, "_quickjs", lambda script: None)
    else:
        monkeypatch.setattr(pictures, "_node", lambda script: None)
    pictures._drawer.cache_clear()
    yield request.param
    pictures._drawer.cache_clear()


def test_both_engines_draw_every_lesson_alike(drawer: str, tmp_path_factory) -> None:
    kept = tmp_path_factory.getbasetemp() / "drawn"
    kept.mkdir(exist_ok=True)
    for path in sorted((ROOT / "web" / "lessons").glob("*.py"))[:4]:
        code = path.read_text("utf-8")
        found, _ = stills(code, stored(code, 0)["trace"])
        assert found, path.name
        for k, still in enumerate(found):
            assert still.svg.startswith("<svg ") and still.width > 50
            other = kept / f"{path.stem}-{k}.svg"
            assert not other.exists() or other.read_text("utf-8") == still.svg
            other.write_text(still.svg, "utf-8")


def test_a_step_is_drawn_as_it_stands_then(drawer: str) -> None:
    trace = stored(SLOPE, 0)["trace"]
    (end,), _ = stills(SLOPE, trace)
    (early,), _ = stills(SLOPE, trace, 1)
    assert ">∂ [2 4]</text>" in end.svg and ">∂ [2 4]</text>" not in early.svg


def test_a_rolled_loop_has_its_frame_and_curve() -> None:
    (still,), _ = stills(LOOP, stored(LOOP, 0)["trace"])
    assert "for t in range(6)" in still.svg and "vanishes" in still.svg


def test_what_is_no_trace_gives_no_picture(drawer: str) -> None:
    with pytest.raises(NoPicture, match="could not be drawn"):
        stills(SLOPE, [1, 2, 3])


def test_png_is_three_pixels_a_unit() -> None:
    (still,), _ = stills(SLOPE, stored(SLOPE, 0)["trace"])
    data = png(still)
    width = int.from_bytes(data[16:20], "big")
    assert abs(width - 3 * (still.width + 32)) <= 3


# ----- Running -----------------------------------------------------------------------------------


def test_a_program_that_never_ends_is_stopped(monkeypatch) -> None:
    monkeypatch.setattr("autograd_playground.stored.STARTING", 4.0)
    with pytest.raises(NotRun, match=r"longer than 0\.5 seconds"):
        stored_run("while True: pass", seconds=0.5)


def test_a_program_that_ends_python_is_told_of(monkeypatch) -> None:
    with pytest.raises(NotRun, match="Python ended"):
        stored_run("import os; os._exit(3)")


def test_a_program_cannot_reach_the_build() -> None:
    stored_run("import os; os.environ['REACHED'] = '1'; os.chdir('/')")
    assert "REACHED" not in os.environ


def test_the_packages_modules_know_engine_and_each_other_alone() -> None:
    """`run` needs no Sphinx: it starts in half the time."""
    arrows = python_arrows(ROOT / "web" / "sphinx" / "autograd_playground")
    allowed = set(sys.stdlib_module_names) | {"autograd_playground", "engine"}
    outside = {
        name: {target.split(".")[0] for target in targets} - allowed
        for name, targets in arrows.items()
    }
    assert outside["autograd_playground.run"] == set()
    assert outside["autograd_playground.pictures"] == {"quickjs", "resvg_py"}
    books = {k: v for k, v in outside.items() if ".sphinx" in k}
    assert set().union(*books.values()) == {"sphinx", "docutils"}


def test_the_command_of_sphinx_builds_a_course(tmp_path: Path) -> None:
    """As an author does it, with warnings as errors."""
    (tmp_path / "conf.py").write_text(
        f'extensions = ["autograd_playground.sphinx"]\nautograd_playground_site = "{SITE}"\n'
    )
    (tmp_path / "index.rst").write_text(f"Course\n======\n\n{directive(SLOPE)}")
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "web" / "sphinx")])}
    line = [sys.executable, "-m", "sphinx", "-q", "-W", "-j", "2", str(tmp_path)]
    done = subprocess.run([*line, str(tmp_path / "out")], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "index.html").is_file()
