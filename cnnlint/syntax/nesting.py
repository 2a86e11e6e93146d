"""How deeply a text nests, counted from its characters before any parser meets it.

A parser that descends recursively in native code ends the process where code nests too deeply,
and libcst takes time that grows with the square of a chain such as `a.b().c().d()` and with the
fourth power of each bracket in the pattern of a `case`. One scan for the tokens that nest costs a
few hundredths of a parse.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = [
    "MAXIMUM_BRACKETS", "MAXIMUM_BRACKETS_IN_CASE", "MAXIMUM_ELIFS", "MAXIMUM_LINKS", "overwhelming",
    "room_for_nesting",
]  # fmt: skip

MAXIMUM_BRACKETS = 60
"""Brackets within brackets; libcst overflows a stack of 1 MiB at about 140."""

MAXIMUM_LINKS = 400
"""Attributes, calls, subscripts and operators in one expression; libcst overflows 1 MiB at about 700."""

MAXIMUM_BRACKETS_IN_CASE = 8
"""Brackets within brackets in a `case`; libcst takes a second at 10 and four at 11."""

MAXIMUM_ELIFS = 900
"""`elif` branches in a file; libcst overflows 1 MiB at about 1,000 in one chain."""

FORMATTED_WEIGHT = 4
"""Links that one f-string counts for, since the next quote may open another inside it."""

ROOM = 6_000
"""Python frames that walking a tree within these limits may take."""

TOKEN = re.compile(
    r"""
    \#[^\n]*
    | [fFtT][rR]?(?=["'])
    | \"{3}[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*\"{3}
    | '{3}[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'{3}
    | "[^"\\\n]*(?:\\.[^"\\\n]*)*"
    | '[^'\\\n]*(?:\\.[^'\\\n]*)*'
    | \n(?:[ \t]*(?:case|elif)\b)?
    | [][(){},;]
    | \.(?!\d)
    | [*/<>]{1,2} | [-+%@&|^~]
    | \b(?:and|await|for|if|lambda|not|or)\b
    """,
    re.DOTALL | re.VERBOSE,
)


def overwhelming(text: str) -> str:
    """Why this text should not be given to a parser; '' where it may.

    A comma ends what is chained at its level, but neither a `lambda` nor the `for` of a comprehension:
    they may have commas of their own, and end with the statement.
    The count errs on the high side where brackets do not match: ask CPython about those first.
    """
    levels = [0]
    links = unending = elifs = 0
    deepest = MAXIMUM_BRACKETS
    in_formatted = False
    for token in TOKEN.findall(text):
        first = token[0]
        if first == "#" or (first == "\n" and len(levels) > 1):
            continue
        if first in "([{":
            levels.append(0)
            if len(levels) > deepest + 1:
                return f"brackets nest more than {deepest} deep"
            continue
        if first in ",;\n":
            links -= levels[-1]
            levels[-1] = 0
            if first == "\n":
                deepest = MAXIMUM_BRACKETS_IN_CASE if token.endswith("case") else MAXIMUM_BRACKETS
                elifs += token.endswith("elif")
                unending = 0
            continue
        if first in "fFtT" and len(token) <= 2:
            in_formatted = True
            continue
        weight = 1
        if first in ")]}" and len(levels) > 1:
            links -= levels.pop()
        elif first in "\"'" and in_formatted:
            in_formatted = False
            weight = FORMATTED_WEIGHT
            reason = overwhelming(token[1:-1]) if len(token) > MAXIMUM_BRACKETS else ""
            if reason:
                return reason
        elif token in ("for", "lambda"):
            unending += 1
        levels[-1] += weight
        links += weight
        if max(links, unending) > MAXIMUM_LINKS:
            return f"an expression chains more than {MAXIMUM_LINKS} operations"
    return f"there are more than {MAXIMUM_ELIFS} `elif` branches" if elifs > MAXIMUM_ELIFS else ""


@contextmanager
def room_for_nesting() -> Iterator[None]:
    """Let Python recurse as deeply as the limits admit, however deep the caller stands already."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + ROOM)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
