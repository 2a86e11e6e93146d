"""Code, emphasis and links within a line of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnlint.report.html.markup import Child, el

__all__ = ["inline"]

INLINE = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\*\*(?P<strong>[^*]+)\*\*"
    r"|(?<![\w*])\*(?P<em>[^*\s](?:[^*]*[^*\s])?)\*(?![\w*])"
    r"|\[(?P<link>[^\]]+)\]\((?P<target>[^)\s]+)\)"
)
#: Pages name each other by file: `CNN216-target-range.md`.
PAGE = re.compile(r"(?P<code>[A-Z]{2,10}\d{3})-[\w-]+\.md")


def inline(text: str) -> Iterator[Child]:
    """A text with code, emphasis and links."""
    done = 0
    for match in INLINE.finditer(text):
        yield text[done : match.start()]
        done = match.end()
        kind = match.lastgroup or ""
        if kind == "target":
            yield link(match["link"], match["target"])
        else:
            yield el(kind, match[kind])
    yield text[done:]


def link(words: str, target: str) -> Child:
    """A link to the web; to another page only its words, which are its code."""
    if target.startswith("https://"):
        return el("a", inline(words), href=target, rel="noreferrer")
    page = PAGE.fullmatch(target)
    return el("em", words, title=f"cnnlint --explain {page['code']}" if page else None)
