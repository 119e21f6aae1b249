"""What a directive leaves in the document: the program, what it printed, and its run.

`fragment`   the link's, from its `#` on
`options`    attributes of the element (`show`, `step`, ...)
`title`      what the embed is called
`stills`     pictures (`pictures.Still`)
Children: the title, the program, its output; pictures are added for each kind of page (`still.py`).
"""

from docutils import nodes


class playground(nodes.General, nodes.Element):
    """A program with its pictures."""
