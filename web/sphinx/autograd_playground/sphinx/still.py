"""Pictures of runs as each kind of page can show them: SVG for the web, PNG for LaTeX, none for
text, where their words stand instead."""

from hashlib import sha256
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from ..pictures import NoPicture, Still, png
from .node import playground

logger = logging.getLogger(__name__)

#: Pixels that fit on a page of a book, at 96 an inch.
PAGE = (600, 780)


class StillPictures(SphinxPostTransform):
    """Puts the pictures into the document as images."""

    # Before Sphinx's own converters of images (200), which may still have to do.
    default_priority = 90

    def run(self, **_kwargs) -> None:
        """All programs of one page."""
        for node in self.document.findall(playground):
            for still in node["stills"]:
                node += self._image(still)

    def _image(self, still: Still) -> nodes.Node:
        types = self.app.builder.supported_image_types
        if not types:
            return nodes.paragraph("", f"[{still.label}]")
        width, height = still.width + 32, still.height + 32
        share = min(1.0, PAGE[0] / width, PAGE[1] / height)
        image = nodes.image(alt=still.label, width=f"{round(width * share)}px")
        image["classes"].append("autograd-picture")
        kind, suffix = "image/svg+xml", ".svg"
        data = still.svg.encode()
        if kind not in types:
            try:
                kind, suffix, data = "image/png", ".png", png(still)
            except NoPicture as error:
                # `sphinx.ext.imgconverter`, where it is used, makes what is needed from the SVG.
                logger.warning("autograd-playground: %s", error, type="autograd", subtype="picture")
        path = self._kept(data, suffix)
        image["uri"] = str(path)
        image["candidates"] = {kind: str(path)}
        self.env.images.add_file(self.env.docname, str(path))
        return image

    def _kept(self, data: bytes, suffix: str) -> Path:
        """A file of these bytes, among what Sphinx keeps between builds."""
        folder = Path(self.app.doctreedir) / "autograd-playground"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"autograd-{sha256(data).hexdigest()[:16]}{suffix}"
        if not path.exists():
            path.write_bytes(data)
        return path
