"""Making text edits: the rest of the text stays as it is, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from cnnlint.findings import Fix, TextEdit
from cnnlint.source import Span

__all__ = ["Applied", "apply_edits", "apply_fixes", "line_starts", "offsets"]


class Applied(NamedTuple):
    """A text after fixes, and the fixes that were made."""

    text: str
    made: tuple[Fix, ...]


def apply_fixes(text: str, fixes: Iterable[Fix]) -> Applied:
    """Make the fixes in order; one that touches what an earlier one changed is left for another run.

    A fix is made whole or not at all. Two fixes that ask for the same change make it once.
    """
    starts = line_starts(text)
    edits: list[TextEdit] = []
    made = []
    for fix in fixes:
        fresh = [edit for edit in fix.edits if edit not in edits]
        if all(_apart(one, other, starts) for one in fresh for other in edits):
            edits += fresh
            made.append(fix)
    return Applied(apply_edits(text, edits), tuple(made))


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """Make edits that do not overlap; insertions at one place keep their order."""
    starts = line_starts(text)
    placed = sorted(
        ((*offsets(edit.span, starts), edit.content) for edit in edits), key=lambda each: each[:2]
    )
    pieces, done = [], 0
    for begin, end, content in placed:
        pieces += [text[done:begin], content]
        done = end
    return "".join([*pieces, text[done:]])


def line_starts(text: str) -> list[int]:
    """The offset at which each line begins; the first entry is line 1."""
    return [0, *(newline.end() for newline in re.finditer(r"\r\n?|\n", text))]


def offsets(span: Span, starts: list[int]) -> tuple[int, int]:
    """Where a span begins and ends in the text whose lines begin at `starts`."""
    return starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1


def _apart(one: TextEdit, other: TextEdit, starts: list[int]) -> bool:
    """Two edits share no character, and are not two insertions at one place."""
    begin, end = offsets(one.span, starts)
    other_begin, other_end = offsets(other.span, starts)
    if begin == end == other_begin == other_end:
        return False
    return end <= other_begin or other_end <= begin
