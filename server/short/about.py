"""What can be said about a program in words: a title and its first lines. Plain text, untrusted."""

import unicodedata

#: Of a title, of a description, and of a line of code, in characters.
TITLE, DESCRIPTION, LINE = 90, 200, 160

#: For a program that says nothing of itself.
UNTITLED = "A program in the autograd playground"


def title_of(code: str) -> str:
    """The first heading of its prose, else its first comment.

    >>> title_of("# %% [markdown]\\n# # Chain *rule*\\n# %%\\nx = 1")
    'Chain *rule*'
    """
    lines = [line.strip() for line in code[:20_000].splitlines()]
    prose = [line[1:].strip() for line in lines if line.startswith("#") and line[:4] != "# %%"]
    heading = next((line for line in prose if line.startswith("# ")), "")
    first = next((line for line in prose if line), "")
    return _cut(plain(heading.lstrip("# ") or first), TITLE) or UNTITLED


def lines_of(code: str, most: int) -> list[str]:
    """The first lines that do something, with their indentation; markers and prose left out."""
    found: list[str] = []
    prose = False
    for line in code[:20_000].splitlines():
        if line.startswith("# %%"):
            prose = "[markdown]" in line
        elif not prose and (line.strip() or found):
            found.append(_cut(plain(line.expandtabs(4)).rstrip(), LINE))
        if len(found) == most:
            break
    return found


def description_of(code: str) -> str:
    return _cut(" ⏎ ".join(line.strip() for line in lines_of(code, 12) if line), DESCRIPTION)


def plain(text: str) -> str:
    """Without what steers a screen or is no character: controls, direction marks, half pairs."""
    return "".join(
        each if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn") else " "
        for each in text
    )


def _cut(text: str, most: int) -> str:
    text = text.rstrip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
