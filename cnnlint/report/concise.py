"""--output-format concise: one line for each finding."""

from __future__ import annotations

from typing import TextIO

from cnnlint.report import Run
from cnnlint.report._paint import write
from cnnlint.report._text import header

__all__ = ["render"]


def render(run: Run, stream: TextIO) -> None:
    """One line for each finding."""
    write(map(header, run.findings), stream, color=run.color)
