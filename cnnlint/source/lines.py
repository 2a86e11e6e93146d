"""Logical lines of Python text and the comments in them, read without parsing.

The text may be broken or unfinished: an open string ends with its line (or, triple-quoted, with the
text), an open bracket with the text. Nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["LogicalLine", "line_starts", "logical_line", "logical_lines"]

#: What matters for finding comments and the ends of statements; everything else is skipped over.
TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n]* )
  | (?P<string>
        \"\"\" (?: [^\\] | \\. )*? (?: \"\"\" | \Z )
      | '''    (?: [^\\] | \\. )*? (?: ''' | \Z )
      | "      (?: [^"\\\n] | \\. )* "?
      | '      (?: [^'\\\n] | \\. )* '?
    )
  | (?P<opening> [(\[{] )
  | (?P<closing> [)\]}] )
  | (?P<continued> \\\n )
  | (?P<newline> \n )
    """,
    re.VERBOSE | re.DOTALL,
)


class LogicalLine(NamedTuple):
    """A statement's text from `start` up to `end` (after its newline), with offsets of its comments."""

    start: int
    end: int
    comments: tuple[tuple[int, int], ...]


def logical_lines(text: str) -> Iterator[LogicalLine]:
    """All logical lines of a text in order; an empty line or a comment alone is one of its own."""
    start = 0
    while start < len(text):
        line = logical_line(text, start)
        yield line
        start = line.end


def logical_line(text: str, start: int) -> LogicalLine:
    """The logical line that begins at `start`."""
    comments = []
    depth = 0
    for token in TOKEN.finditer(text, start):
        match token.lastgroup:
            case "comment":
                comments.append(token.span())
            case "opening":
                depth += 1
            case "closing":
                depth = max(0, depth - 1)
            case "newline" if not depth:
                return LogicalLine(start, token.end(), tuple(comments))
    return LogicalLine(start, len(text), tuple(comments))


def line_starts(text: str) -> list[int]:
    """The offset at which each line begins; the first entry is line 1."""
    return [0, *(newline.end() for newline in re.finditer("\n", text))]
