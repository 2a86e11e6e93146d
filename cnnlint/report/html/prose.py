"""The text of a rule's page as HTML: the little of Markdown that pages use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from cnnlint.report.html.code import colored
from cnnlint.report.html.inline import inline
from cnnlint.report.html.markup import Markup, el
from cnnlint.rulebook.pages import Page

__all__ = ["introduction", "page_text"]

#: What a bad block has to find, as a trailing comment.
EXPECTED = re.compile(r"[ \t]*#[ \t]*[A-Z]{2,10}\d{3}(?:[ \t]+[A-Z]{2,10}\d{3})*[ \t]*$", re.MULTILINE)


def introduction(page: Page) -> list[Markup]:
    """What a page says before its first section."""
    return list(blocks(body(page).split("\n## ", 1)[0]))


def page_text(page: Page) -> list[Markup]:
    """All that a page says, its head left out."""
    return list(blocks(body(page)))


def body(page: Page) -> str:
    return page.text.partition("\n```toml\n")[2].partition("\n```\n")[2]


def blocks(text: str) -> Iterator[Markup]:
    """Fences, headings, lists, tables and paragraphs in order."""
    for position, part in enumerate(
        re.split(r"^```([^\n]*)\n(.*?)^```[ \t]*$", text, flags=re.MULTILINE | re.DOTALL)
    ):
        match position % 3:
            case 0:
                for lines in paragraphs(part):
                    yield block(lines)
            case 1:
                label = part
            case _:
                yield fence(label, part)


def paragraphs(text: str) -> Iterator[list[str]]:
    lines = text.split("\n")
    return (list(group) for filled, group in groupby(lines, key=lambda line: bool(line.strip())) if filled)


def block(lines: Sequence[str]) -> Markup:
    """A heading, a list, a table or a paragraph."""
    if lines[0].startswith("#"):
        return el("h4", inline(lines[0].lstrip("# ")))
    if lines[0].startswith("- "):
        items = re.split(r"^- ", "\n".join(lines), flags=re.MULTILINE)[1:]
        return el("ul", (el("li", inline(item)) for item in items))
    if len(lines) > 1 and re.fullmatch(r"[\s|:-]+", lines[1]):
        head, *rows = (line.strip().strip("|").split("|") for line in (lines[0], *lines[2:]))
        return el(
            "div",
            el(
                "table",
                el("thead", el("tr", (el("th", inline(cell.strip()), scope="col") for cell in head))),
                el("tbody", (el("tr", (el("td", inline(cell.strip())) for cell in row)) for row in rows)),
            ),
            class_="wide",
            tabindex="0",
            role="group",
            aria_label="Table",
        )
    return el("p", inline(" ".join(lines)))


def fence(label: str, text: str) -> Markup:
    fixed = label == "python fixed"
    lines = EXPECTED.sub("", text).rstrip("\n").split("\n")
    code = el("pre", el("code", ((*colored(line), "\n") for line in lines)), tabindex="0")
    return el("div", el("p", "Mended:", class_="quiet") if fixed else None, code, class_="example")
