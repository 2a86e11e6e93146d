"""Excerpts of source: lines with numbers, coloured lightly, what is wrong marked and explained beneath."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from keyword import kwlist
from typing import NamedTuple

from cnnlint.findings import Finding, Fix
from cnnlint.fixes.apply import apply_edits
from cnnlint.report.html.inline import inline
from cnnlint.report.html.markup import Child, Markup, el
from cnnlint.report.html.sources import Sources
from cnnlint.source import Span

__all__ = ["colored", "difference", "excerpts"]

#: Lines shown above and below what is marked, and the characters of a line.
AROUND = 2
WIDEST = 400

TOKEN = re.compile(
    r"(?P<comment>#.*)"
    r"|(?P<string>(?i:[rbuf]{0,2})(?:\"\"\".*?(?:\"\"\"|$)|'''.*?(?:'''|$)"
    r"|\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?))"
    r"|(?P<number>(?<![\w.])\d[\w.]*(?:(?<=[eE])[-+]\d+)?)"
    r"|(?P<decorator>^\s*@[\w.]+)"
    rf"|(?P<keyword>\b(?:{'|'.join(kwlist)}|self)\b)"
    r"|(?P<call>\b[A-Za-z_]\w*(?=\())"
)


class Mark(NamedTuple):
    """A stretch of a file to mark: what is wrong itself, or a second place that explains it."""

    path: str
    cell: int | None
    span: Span
    main: bool
    label: str


def excerpts(finding: Finding, sources: Sources) -> Iterator[Markup]:
    """The finding's own place first, then other files, each with the lines around what is marked."""
    here = (finding.path, finding.cell)
    marks = sorted(
        marks_of(finding),
        key=lambda mark: (
            (mark.path, mark.cell) != here,
            mark.path,
            mark.cell or 0,
            mark.span,
            not mark.main,
        ),
    )
    for (path, cell), group in groupby(marks, key=lambda mark: (mark.path, mark.cell)):
        lines = sources.lines(path, cell)
        shown = [mark for mark in group if 0 < mark.span.line <= len(lines)]
        if not shown:
            continue
        named = f"{path}, cell {cell}" if cell is not None else path
        yield el(
            "figure",
            el("figcaption", named) if (path, cell) != here else None,
            el("pre", el("code", listing(shown, lines)), tabindex="0", aria_label=f"Source: {named}"),
            class_="source",
        )


def marks_of(finding: Finding) -> Iterator[Mark]:
    """A note on the very place of the finding is the label of its mark."""
    place = (finding.path, finding.cell, finding.span)
    own = [note for note in finding.related if (note.path, note.cell, note.span) == place]
    yield Mark(*place, True, own[0].message if own else "")
    for note in finding.related:
        if note not in own:
            yield Mark(note.path, note.cell, note.span, False, note.message)


def listing(marks: Sequence[Mark], lines: Sequence[str]) -> Iterator[Markup]:
    """The marked lines and those around them; a gap where lines are left out."""
    by_line = {line: list(group) for line, group in groupby(marks, key=lambda mark: mark.span.line)}
    wanted = sorted(
        {
            near
            for line in by_line
            for near in range(max(1, line - AROUND), min(len(lines), line + AROUND) + 1)
        }
    )
    before = 0
    for line in trimmed(wanted, by_line, lines):
        if before and line > before + 1:
            yield el("span", "⋯", class_="gap")
        before = line
        on_line = by_line.get(line, [])
        classes = "row marked" if any(mark.main for mark in on_line) else "row noted" if on_line else "row"
        yield el("span", numbered(line), *colored(lines[line - 1], line, on_line), "\n", class_=classes)
        for mark in on_line:
            if mark.label:
                indent = lines[line - 1][: mark.span.column - 1].expandtabs(4)
                lead = " " * min(len(indent), 60)
                classes = "row label" if mark.main else "row label second"
                yield el("span", numbered(""), lead, "↑ ", inline(mark.label), "\n", class_=classes)


def trimmed(wanted: Sequence[int], marked: Iterable[int], lines: Sequence[str]) -> Iterator[int]:
    """Without empty lines at the ends of each stretch."""
    kept = set(marked)
    for _, group in groupby(enumerate(wanted), key=lambda each: each[1] - each[0]):
        stretch = [line for _, line in group]
        told = [line for line in stretch if line in kept or lines[line - 1].strip()]
        yield from range(told[0], told[-1] + 1)


def numbered(line: int | str) -> Markup:
    return el("span", line, class_="at", aria_hidden="true")


def colored(line: str, number: int = 0, marks: Iterable[Mark] = ()) -> Iterator[Child]:
    """A line in pieces: coloured by what they are, marked where a mark covers them."""
    if len(line) > WIDEST:
        line = line[:WIDEST] + " …"
    kinds = [""] * len(line)
    for token in TOKEN.finditer(line):
        kinds[token.start() : token.end()] = [token.lastgroup or ""] * (token.end() - token.start())
    covers = [""] * len(line)
    for mark in sorted(marks, key=lambda mark: mark.main):
        begin = mark.span.column - 1
        end = mark.span.end_column - 1 if mark.span.end_line == number else len(line.rstrip())
        end = min(max(end, begin + 1), len(line))
        covers[begin:end] = ["main" if mark.main else "note"] * max(0, end - begin)
    for cover, covered in groupby(range(len(line)), key=covers.__getitem__):
        pieces = [
            el("span", "".join(map(line.__getitem__, group)), class_=kind)
            if kind
            else "".join(map(line.__getitem__, group))
            for kind, group in groupby(covered, key=kinds.__getitem__)
        ]
        yield el("mark", pieces, class_=cover) if cover else pieces


def difference(fix: Fix, lines: Sequence[str]) -> Markup | None:
    """What a fix changes in a text, line by line. None where it does not fit the text."""
    if not fix.edits or max(edit.span.end_line for edit in fix.edits) > len(lines):
        return None
    first = max(0, min(edit.span.line for edit in fix.edits) - 1 - AROUND)
    rest = max(0, len(lines) - max(edit.span.end_line for edit in fix.edits) - AROUND)
    after = apply_edits("\n".join(lines), fix.edits).split("\n")
    changed = changes(lines[first : len(lines) - rest], after[first : len(after) - rest], first)
    return el("pre", el("code", changed), class_="diff", tabindex="0", aria_label="What the fix changes")


def changes(before: Sequence[str], after: Sequence[str], above: int) -> Iterator[Markup]:
    """Rows where two texts differ, with the lines around; - is taken away, + is put in."""
    groups = SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND)
    for position, group in enumerate(groups):
        if position:
            yield el("span", "⋯", class_="gap")
        for number, (kind, begin, end, begin_after, end_after) in enumerate(group):
            if kind == "equal":
                while number == 0 and begin < end and not before[begin].strip():
                    begin += 1
                while number == len(group) - 1 and begin < end and not before[end - 1].strip():
                    end -= 1
                yield from rows(" ", above + begin, before[begin:end], "row")
                continue
            yield from rows("−", above + begin, before[begin:end], "row removed")
            yield from rows("+", above + begin_after, after[begin_after:end_after], "row added")


def rows(sign: str, first: int, lines: Iterable[str], classes: str) -> Iterator[Markup]:
    for number, line in enumerate(lines, start=first + 1):
        yield el(
            "span",
            numbered(number),
            el("span", sign, " ", class_="sign"),
            *colored(line),
            "\n",
            class_=classes,
        )
