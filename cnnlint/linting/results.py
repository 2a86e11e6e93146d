"""What linting one file gave, and the store that keeps it until anything it rests on changes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cnnlint.findings import Confidence, Finding, Fix, Note, Severity, TextEdit
from cnnlint.linting.folders import state_of
from cnnlint.linting.project import digest_of
from cnnlint.report import Failure
from cnnlint.source import Span

if TYPE_CHECKING:
    from cnnlint.syntax.cache import Cache

__all__ = ["FileResult", "Results", "Unchanged"]


class FileResult(NamedTuple):
    """Of one file as a script: findings (also in files it imports), limits, what broke, and the files
    looked at, as `Project.asked` has them."""

    findings: tuple[Finding, ...] = ()
    limits: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    rests_on: Mapping[str, str | None] = {}


class Unchanged:
    """Answers whether files are as they were, looking at each at most once a run."""

    def __init__(self) -> None:
        self._digests: dict[str, str | None] = {}
        self._there: dict[str, bool] = {}

    def read(self, path: str) -> bytes:
        """A file's bytes, remembered by their digest. OSError where it cannot be read."""
        data = Path(path).read_bytes()
        self._digests[path] = digest_of(data)
        return data

    def holds(self, path: str, digest: str | None) -> bool:
        """Whether the file has this content; '' stands for any, None for no such file. What begins with
        `folder` is the state of a folder of images."""
        if digest and digest.startswith("folder"):
            return state_of(path) == digest
        if not digest:
            if path not in self._there:
                # Asked many thousand times in a large project, where a Path costs more than the answer.
                self._there[path] = os.path.isfile(path)  # noqa: PTH113
            return self._there[path] == (digest is not None)
        if path not in self._digests:
            try:
                self.read(path)
            except OSError:
                self._digests[path] = None
        return self._digests[path] == digest


class Results:
    """FileResults in the cache, one entry for each path, valid until a file it rests on changes.

    `fingerprint` covers everything else they depend on.
    """

    def __init__(self, cache: Cache, fingerprint: str) -> None:
        self.cache = cache
        self.fingerprint = fingerprint

    def get(self, path: str, unchanged: Unchanged) -> FileResult | None:
        """What is known of a file, if nothing it rests on has changed; a broken entry is a miss."""
        try:
            entry = self.cache.get(self._key(path)) or {}
            rests_on = entry["rests_on"]
            if not all(unchanged.holds(other, digest) for other, digest in rests_on.items()):
                return None
            findings = tuple(map(finding_from, entry["findings"]))
            limits = tuple(map(finding_from, entry["limits"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return FileResult(findings, limits, (), rests_on)

    def put(self, path: str, result: FileResult) -> None:
        """Keep a result, unless something broke on the way to it."""
        if not result.failures:
            entry = {
                "rests_on": dict(result.rests_on),
                "findings": list(map(as_plain, result.findings)),
                "limits": list(map(as_plain, result.limits)),
            }
            self.cache.put(self._key(path), entry)

    def _key(self, path: str) -> str:
        return "\0".join(("results", self.fingerprint, str(Path.cwd()), path))


def as_plain(finding: Finding) -> dict[str, Any]:
    """A finding in plain values; `finding_from` is its inverse."""
    fix = finding.fix
    return {
        "path": finding.path,
        "span": tuple(finding.span),
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "related": [(note.path, tuple(note.span), note.message, note.cell) for note in finding.related],
        "fix": fix and (fix.title, [(tuple(edit.span), edit.content) for edit in fix.edits], fix.safe),
        "cell": finding.cell,
        "noqa_row": finding.noqa_row,
        "symbol": finding.symbol,
        "fingerprint": finding.fingerprint,
    }


def finding_from(entry: dict[str, Any]) -> Finding:
    """The inverse of `as_plain`. KeyError, TypeError or ValueError for anything else."""
    related = tuple(Note(path, Span(*span), message, cell) for path, span, message, cell in entry["related"])
    fix = None
    if entry["fix"]:
        title, edits, safe = entry["fix"]
        fix = Fix(title, tuple(TextEdit(Span(*span), content) for span, content in edits), safe)
    return Finding(
        path=entry["path"],
        span=Span(*entry["span"]),
        code=entry["code"],
        name=entry["name"],
        message=entry["message"],
        severity=Severity(entry["severity"]),
        confidence=Confidence(entry["confidence"]),
        related=related,
        fix=fix,
        cell=entry["cell"],
        noqa_row=entry["noqa_row"],
        symbol=entry["symbol"],
        fingerprint=entry["fingerprint"],
    )
