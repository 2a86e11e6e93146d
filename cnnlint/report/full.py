"""--output-format full: each finding with the lines it speaks of, what would mend it and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple, TextIO
from unicodedata import east_asian_width

from cnnlint.findings import Finding, Verdict
from cnnlint.report import Run
from cnnlint.report._paint import Line, clean, write
from cnnlint.report._text import header
from cnnlint.source import Span

__all__ = ["render"]

#: Characters of a line that are shown; a longer one is cut around what is marked.
WIDEST = 160


class Mark(NamedTuple):
    """A stretch of text to underline: by `^` what is wrong, by `-` what explains it."""

    path: str
    cell: int | None
    span: Span
    sign: str
    label: str


def render(run: Run, stream: TextIO) -> None:
    """Each finding as a block, with an empty line after it."""
    for finding in run.findings:
        write(block(finding, run), stream, color=run.color)


def block(finding: Finding, run: Run) -> Iterator[Line]:
    """The header, the excerpts, the hints."""
    yield header(finding)
    marks = marks_of(finding)
    shown = [mark for mark in marks if 0 < mark.span.line <= len(run.lines(mark.path, mark.cell))]
    gutter = len(str(max((mark.span.line for mark in shown), default=0)))
    if shown:
        yield margin(gutter)
    place: tuple[str, int | None] = (finding.path, finding.cell)
    for (path, cell), group in groupby(shown, key=lambda mark: (mark.path, mark.cell)):
        if (path, cell) != place:
            in_cell = f":cell {cell}" if cell is not None else ""
            yield [(" " * gutter + "::: ", "margin"), (clean(path) + in_cell, "place")]
        yield from excerpt(list(group), run.lines(path, cell), gutter, finding.severity.value)
    for hint in hints(finding):
        yield [(" " * gutter + " = ", "margin"), *hint]
    yield []


def marks_of(finding: Finding) -> list[Mark]:
    """What to underline: the finding's own file first, then others, each from top to bottom.

    A note on the very place of the finding is the label of its mark.
    """
    own = [note for note in finding.related if (note.path, note.cell, note.span) == place_of(finding)]
    label = own[0].message if own else ""
    marks = [Mark(finding.path, finding.cell, finding.span, "^", label)]
    marks += [
        Mark(note.path, note.cell, note.span, "-", note.message)
        for note in finding.related
        if note not in own
    ]
    here = (finding.path, finding.cell)
    return sorted(
        marks,
        key=lambda mark: ((mark.path, mark.cell) != here, mark.path, mark.cell or 0, mark.span, mark.sign),
    )


def place_of(finding: Finding) -> tuple[str, int | None, Span]:
    return finding.path, finding.cell, finding.span


def excerpt(marks: Iterable[Mark], lines: Iterable[str], gutter: int, severity: str) -> Iterator[Line]:
    """The marked lines of one file, each with the underlines below it."""
    texts = list(lines)
    for number, group in groupby(marks, key=lambda mark: mark.span.line):
        on_line = list(group)
        text = clean_keeping_tabs(texts[number - 1])
        skipped = (
            max(0, min(mark.span.column for mark in on_line) - 1 - WIDEST // 2) if len(text) > WIDEST else 0
        )
        visible = text[skipped : skipped + WIDEST]
        yield [(f"{number:>{gutter}} |", "margin"), (f" {visible}", "")]
        for mark in on_line:
            start = mark.span.column - 1
            end = mark.span.end_column - 1 if mark.span.end_line == number else len(text.rstrip())
            lead = "".join(map(blank, visible[: max(0, start - skipped)]))
            width = sum(
                len(blank(character))
                for character in visible[max(0, start - skipped) : max(0, end - skipped)]
            )
            sign = mark.sign * max(1, width) + (f" {clean(mark.label)}" if mark.label else "")
            yield [*margin(gutter), (f" {lead}", ""), (sign, severity if mark.sign == "^" else "margin")]


def margin(gutter: int) -> Line:
    return [(" " * gutter + " |", "margin")]


def blank(character: str) -> str:
    """As much white space as the character takes on a terminal."""
    if character == "\t":
        return "\t"
    return "  " if east_asian_width(character) in "WF" else " "


def clean_keeping_tabs(text: str) -> str:
    return "\t".join(map(clean, text.split("\t")))


def told_by(verdict: Verdict) -> str:
    """In brackets the level, and the seconds it took if it was tried; '' where nothing could be."""
    told = f"{verdict.level}, {verdict.seconds:.1f} s" if verdict.seconds else verdict.level
    return f" ({told})" if told else ""


def hints(finding: Finding) -> Iterator[Line]:
    """What an experiment showed, what would mend it, and where to read more."""
    if finding.verdict is not None:
        verdict = finding.verdict
        yield [(f"{verdict.outcome.value}: ", "hint"), (f"{clean(verdict.text)}{told_by(verdict)}", "")]
    if finding.fix is not None:
        flags = "--fix" if finding.fix.safe else "--fix --unsafe-fixes"
        yield [("fix: ", "hint"), (f"{clean(finding.fix.title)} (`cnnlint {flags}`)", "")]
    yield [("why: ", "hint"), (f"`cnnlint --explain {finding.code}`", "")]
