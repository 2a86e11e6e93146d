"""A comment that silences a finding, as a fix: `# noqa: CNN101` where its line ends, or its statement."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from cnnlint.findings import Finding, Fix, TextEdit
from cnnlint.fixes.apply import apply_edits
from cnnlint.source import SourceFile, Span
from cnnlint.source.lines import line_starts, logical_lines
from cnnlint.source.suppressions import NOQA, find_suppressions

__all__ = ["silence"]


def silence(finding: Finding, source: SourceFile) -> Fix | None:
    """The fix by which a comment silences the finding; None where none would be heard."""
    lines = source.lines(finding.cell)
    row = finding.span.line
    for line in dict.fromkeys((row, last_line(lines, row))):
        if lines[line - 1].endswith("\\"):
            continue
        edit = comment(lines[line - 1], line, finding.code)
        if find_suppressions(apply_edits("\n".join(lines), [edit])).covering(row, finding.code, ()):
            return Fix(f"silence {finding.code}", (edit,), True)
    return None


def last_line(lines: Sequence[str], row: int) -> int:
    """The line on which the statement that `row` is part of ends."""
    text = "\n".join(lines) + "\n"
    starts = line_starts(text)
    ends = (bisect_left(starts, line.end) for line in logical_lines(text))
    return next(end for end in ends if end >= row)


def comment(line: str, row: int, code: str) -> TextEdit:
    """Adds the code to the `noqa` of a line, or a `noqa` to the line."""
    found = NOQA.search(line)
    if found and found["rules"]:
        column = found.end("rules") + 1
        return TextEdit(Span(row, column, row, column), f", {code}")
    return TextEdit(Span(row, len(line.rstrip()) + 1, row, len(line) + 1), f"  # noqa: {code}")
