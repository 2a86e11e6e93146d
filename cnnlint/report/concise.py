"""--output-format concise: one line for each finding, with the outcome of its experiment."""

from __future__ import annotations

from typing import TextIO

from cnnlint.findings import Finding
from cnnlint.report import Run
from cnnlint.report._paint import Line, write
from cnnlint.report._text import header

__all__ = ["render"]


def render(run: Run, stream: TextIO) -> None:
    """One line for each finding."""
    write(map(line, run.findings), stream, color=run.color)


def line(finding: Finding) -> Line:
    if finding.verdict is None:
        return header(finding)
    return [*header(finding), (f" ({finding.verdict.outcome.value})", "hint")]
