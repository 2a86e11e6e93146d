"""HTML built so that no text can become a tag: what is not Markup is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from html import escape
from typing import Any, TypeAlias

from cnnlint.report._paint import CONTROL

__all__ = ["EMPTY", "Child", "Markup", "el", "identifier", "joined", "text"]

#: Code units that are no characters, which neither a page nor UTF-8 can hold.
NO_CHARACTER = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
#: Elements without content, which are never closed.
VOID = frozenset({"br", "input", "meta"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


#: What an element may hold: text, numbers, elements, any nesting of these; None is nothing.
Child: TypeAlias = "str | int | float | Iterable[Child] | None"

EMPTY = Markup("")


def el(tag: str, *children: Child, **attributes: Any) -> Markup:
    """An element. Attributes are named as in HTML, `_` for `-` and after a word of Python's; one that is
    None or False is left out, one that is True stands alone."""
    pieces = ["<", tag]
    for name, value in attributes.items():
        if value is True:
            pieces += " ", attribute(name)
        elif value is not None and value is not False:
            pieces += " ", attribute(name), '="', text(value), '"'
    pieces.append(">")
    if tag not in VOID:
        collect(children, pieces)
        pieces += "</", tag, ">"
    return Markup("".join(pieces))


def joined(children: Child) -> Markup:
    """Elements and texts after one another, the texts escaped."""
    pieces: list[str] = []
    collect(children, pieces)
    return Markup("".join(pieces))


def collect(children: Child, pieces: list[str]) -> None:
    """Add what is in `children` to `pieces`, depth first."""
    if isinstance(children, str):
        pieces.append(children if isinstance(children, Markup) else text(children))
    elif isinstance(children, (int, float)):
        pieces.append(text(children))
    elif children is not None:
        for child in children:
            collect(child, pieces)


def text(value: Any) -> Markup:
    """Anything as text, which reads the same in an element and in an attribute.

    Characters that a page cannot hold, or that would change how the text around them reads, are replaced.
    """
    shown = f"{value:.6g}" if isinstance(value, float) else str(value)
    if not (shown.isascii() and shown.isprintable()):
        shown = CONTROL.sub("\N{REPLACEMENT CHARACTER}", NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", shown))
    return Markup(escape(shown))


@cache
def attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def identifier(*parts: Any) -> str:
    """A value for `id` that holds only letters, digits and `-`."""
    return "-".join(re.sub(r"[^0-9A-Za-z]+", "-", str(part)).strip("-") or "x" for part in parts)
