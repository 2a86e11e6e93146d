"""Mending files: fixes made in memory, looked at again until none is left, then written in one step.

What a fix does not touch stays as it is, byte for byte: newlines, byte order mark, encoding.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from cnnlint.findings import Finding, Fix
from cnnlint.fixes import apply_fixes
from cnnlint.linting import gathered, lint_all
from cnnlint.linting.project import Project
from cnnlint.linting.single import Session, lint_file
from cnnlint.source import SourceFile, Unreadable, read_source
from cnnlint.source.notebook import with_cells

__all__ = ["Mended", "mend", "write"]

#: How often a file is looked at again; a fix that another one stood in the way of is made then.
ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Mended:
    """The files that change, as they are and as they will be; how many fixes were made; and those that
    were withdrawn, since they cannot be written: (path, why)."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    count: int
    withdrawn: tuple[tuple[str, str], ...]


class Withdrawn(Exception):
    """The fixes of a file cannot be made; the message says why."""


def mend(files: Sequence[str], session: Session) -> Mended:
    """What the files become when all their fixes are made; with `unsafe-fixes`, the unsafe ones too.

    Nothing is written.
    """
    overlay = dict(session.project.overlay)
    if overlay:
        results = {path: lint_file(path, session) for path in files}
    else:
        results = lint_all(files, session)
    before: dict[str, bytes] = {}
    withdrawn: dict[str, str] = {}
    count = 0
    for _ in range(ROUNDS):
        changed: set[str] = set()
        found = gathered(results.values(), files, session).findings
        named = (each for each in found if each.path in files and each.path not in withdrawn)
        wanted = (each for each in named if is_wanted(each, session))
        for path, findings in groupby(wanted, key=lambda each: each.path):
            content = overlay[path] if path in overlay else Path(path).read_bytes()
            try:
                after, made = mended_bytes(path, content, list(findings))
            except Withdrawn as reason:
                withdrawn[path] = str(reason)
                continue
            before.setdefault(path, content)
            overlay[path] = after
            changed.add(os.path.abspath(path))  # noqa: PTH100
            count += made
        if not changed:
            break
        project = Project(session.project.trees, overlay=overlay, data=session.config.data)
        session = replace(session, project=project)
        for path, result in results.items():
            if changed & set(map(os.path.abspath, (path, *result.rests_on))):
                results[path] = lint_file(path, session)
    after_all = {path: overlay[path] for path in before}
    return Mended(before, after_all, count, tuple(sorted(withdrawn.items())))


def is_wanted(finding: Finding, session: Session) -> bool:
    """Whether its fix is one that may be made."""
    fix = finding.fix
    return fix is not None and bool(fix.edits) and (fix.safe or session.config.unsafe_fixes)


def mended_bytes(path: str, content: bytes, findings: Sequence[Finding]) -> tuple[bytes, int]:
    """A file after the fixes of these findings, and how many were made. Withdrawn where it cannot be."""
    try:
        source = read_source(path, content)
    except Unreadable as error:
        raise Withdrawn(error.why) from None
    text, made = mended_notebook(source, findings) if source.cells else mended_text(source, findings)
    try:
        after = text.encode(source.encoding)
    except UnicodeEncodeError:
        raise Withdrawn(f"the mended text cannot be written in {source.encoding}") from None
    if not parses(read_source(path, after)):
        raise Withdrawn("the mended text would not parse")
    return after, made


def mended_text(source: SourceFile, findings: Iterable[Finding]) -> tuple[str, int]:
    """The original text with fixes made; lines that are added end as the others do."""
    newline = re.search(r"\r\n?|\n", source.original)
    fixes = [in_newlines(each.fix, newline.group() if newline else "\n") for each in findings if each.fix]
    applied = apply_fixes(source.original, fixes)
    return applied.text, len(applied.made)


def mended_notebook(source: SourceFile, findings: Iterable[Finding]) -> tuple[str, int]:
    """The notebook with fixes made cell by cell."""
    texts = {cell.number: cell.source for cell in source.cells}
    count = 0
    changed: dict[int, str] = {}
    for number, group in groupby(findings, key=lambda each: each.cell):
        if number is None or number not in texts:
            continue
        # An insertion below the last line begins where the next line would.
        applied = apply_fixes(texts[number] + "\n", [each.fix for each in group if each.fix])
        changed[number] = applied.text.removesuffix("\n")
        count += len(applied.made)
    return with_cells(source.original, changed), count


def in_newlines(fix: Fix, newline: str) -> Fix:
    edits = (edit._replace(content=edit.content.replace("\n", newline)) for edit in fix.edits)
    return fix._replace(edits=tuple(edits))


def parses(source: SourceFile) -> bool:
    """Whether the text is Python still."""
    from cnnlint.syntax.parse import SyntaxProblem, TooLarge, parse

    try:
        parse(source.text)
    except (SyntaxProblem, TooLarge):
        return False
    return True


def write(path: str, before: bytes, after: bytes) -> None:
    """Replace a file's content in one step, keeping its permissions and what links to it.

    OSError where it cannot be written, or where somebody has changed it since.
    """
    target = Path(path).resolve()
    if target.read_bytes() != before:
        raise OSError("it was changed meanwhile")
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(after)
        shutil.copymode(target, beside)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
