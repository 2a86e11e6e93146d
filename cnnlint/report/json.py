"""--output-format json: an array in the shape of ruff's, with the further keys that cnnlint knows.

Rows and columns count from 1, columns in characters; in a notebook rows count within `cell`.
"""

from __future__ import annotations

import json
from typing import Any, TextIO

from cnnlint.findings import Finding, Fix, Note, Verdict
from cnnlint.report import Run

__all__ = ["as_json", "render"]


def render(run: Run, stream: TextIO) -> None:
    """One array; keys in alphabetical order, so that the same findings are the same bytes."""
    json.dump([as_json(finding) for finding in run.findings], stream, indent=2, sort_keys=True)
    stream.write("\n")


def as_json(finding: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "cell": finding.cell,
        "code": finding.code,
        "confidence": finding.confidence.value,
        "end_location": location(finding.span.end_line, finding.span.end_column),
        "filename": finding.path,
        "fingerprint": finding.fingerprint,
        "fix": fix(finding.fix) if finding.fix is not None else None,
        "location": location(finding.span.line, finding.span.column),
        "message": finding.message,
        "name": finding.name,
        "noqa_row": finding.noqa_row,
        "related": list(map(related, finding.related)),
        "severity": finding.severity.value,
        "symbol": finding.symbol,
        "url": None,
        "verdict": verdict(finding.verdict) if finding.verdict is not None else None,
    }


def location(row: int, column: int) -> dict[str, int]:
    return {"column": column, "row": row}


def fix(proposed: Fix) -> dict[str, Any]:
    return {
        "applicability": "safe" if proposed.safe else "unsafe",
        "edits": [
            {
                "content": edit.content,
                "end_location": location(edit.span.end_line, edit.span.end_column),
                "location": location(edit.span.line, edit.span.column),
            }
            for edit in proposed.edits
        ],
        "message": proposed.title,
    }


def verdict(found: Verdict) -> dict[str, Any]:
    return {**found._asdict(), "outcome": found.outcome.value}


def related(note: Note) -> dict[str, Any]:
    return {
        "cell": note.cell,
        "end_location": location(note.span.end_line, note.span.end_column),
        "filename": note.path,
        "location": location(note.span.line, note.span.column),
        "message": note.message,
    }
