"""Mending files: fixes made in memory, proved by linting again, and written in one step.

A fix is kept only if the text parses, its finding is gone and no other has come; else it is withdrawn.
What a fix does not touch stays as it is, byte for byte: newlines, byte order mark, encoding.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from cnnlint.findings import Finding, Fix
from cnnlint.fixes.apply import apply_fixes
from cnnlint.linting import gathered, lint_all
from cnnlint.linting.project import Project
from cnnlint.linting.results import FileResult
from cnnlint.linting.single import Session, lint_file
from cnnlint.report import Run
from cnnlint.source import SourceFile, Unreadable, read_source
from cnnlint.source.notebook import with_cells

__all__ = ["Choice", "Mended", "Withdrawn", "mend", "mended_bytes", "offered", "write"]

#: How often a file is looked at again; a fix that another one stood in the way of is made then.
ROUNDS = 10

#: The fix that is to be made for a finding in a file, or None.
Choice = Callable[[Finding, SourceFile], Fix | None]


@dataclass(frozen=True, slots=True)
class Mended:
    """The files that change, as they are and as they will be; the findings that are mended in them; and
    those whose fixes were withdrawn, with the reason."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    made: tuple[Finding, ...]
    withdrawn: tuple[tuple[Finding, str], ...]


class Attempt(NamedTuple):
    """Some fixes of a file made: its new bytes, whose fixes they are, and what linting says then."""

    content: bytes
    made: tuple[Finding, ...]
    state: State


class Withdrawn(Exception):
    """Fixes cannot be made; the message says why."""


def offered(unsafe: bool) -> Choice:
    """The fixes that checks propose: the safe ones, or all."""
    return lambda finding, source: finding.fix if finding.fix and (finding.fix.safe or unsafe) else None


def mend(files: Sequence[str], session: Session, choice: Choice) -> Mended:
    """What the files become when the chosen fixes of all their findings are made. Nothing is written."""
    overlaid = bool(session.project.overlay)
    results = {path: lint_file(path, session) for path in files} if overlaid else lint_all(files, session)
    state = State(files, session, results)
    before: dict[str, bytes] = {}
    made: list[Finding] = []
    withdrawn: dict[tuple[str, str], tuple[Finding, str]] = {}
    for _ in range(ROUNDS):
        chosen = [
            (finding, fix)
            for finding in state.run.findings
            if finding.path in files and (finding.path, finding.fingerprint) not in withdrawn
            if (fix := choice(finding, state.source(finding.path))) and fix.edits
        ]
        if not chosen:
            break
        for path, of_file in groupby(chosen, key=lambda each: each[0].path):
            content = state.content(path)
            attempt, refused = best(state, path, list(of_file))
            for finding, why in refused:
                withdrawn[finding.path, finding.fingerprint] = (finding, why)
            if attempt is not None:
                before.setdefault(path, content)
                made += attempt.made
                state = attempt.state
    after = {path: state.content(path) for path in before}
    return Mended(before, after, tuple(made), tuple(withdrawn.values()))


def best(
    state: State, path: str, fixes: Sequence[tuple[Finding, Fix]]
) -> tuple[Attempt | None, list[tuple[Finding, str]]]:
    """As many fixes of one file as can be made at once, and those that cannot be made even alone."""
    try:
        return state.attempt(path, fixes), []
    except Withdrawn as reason:
        if len(fixes) == 1:
            return None, [(fixes[0][0], str(reason))]
    alone: list[tuple[tuple[Finding, Fix], Attempt]] = []
    refused = []
    for each in fixes:
        try:
            alone.append((each, state.attempt(path, [each])))
        except Withdrawn as reason:
            refused.append((each[0], str(reason)))
    if not alone:
        return None, refused
    try:
        return state.attempt(path, [each for each, _ in alone]), refused
    except Withdrawn:
        return alone[0][1], refused


class State:
    """Files as mended so far, and what linting says of them."""

    def __init__(self, files: Sequence[str], session: Session, results: Mapping[str, FileResult]) -> None:
        self.files, self.session, self.results = files, session, results
        self.run: Run = gathered(results.values(), files, session)

    def content(self, path: str) -> bytes:
        """The bytes of a file."""
        overlay = self.session.project.overlay
        normal = os.path.normpath(path)
        return overlay[normal] if normal in overlay else Path(path).read_bytes()

    def source(self, path: str) -> SourceFile:
        """The text of a file that was linted."""
        return self.session.project.source(path)

    def attempt(self, path: str, fixes: Sequence[tuple[Finding, Fix]]) -> Attempt:
        """Make these fixes of a file, but for those in the way of earlier ones. Withdrawn if the text
        would not parse, a finding would stay or another would come."""
        content, made = mended_bytes(path, self.content(path), fixes)
        state = self.with_content(path, content)
        expected = Counter(map(kind_of, self.run.findings))
        expected.subtract(map(kind_of, made))
        for kind, count in Counter(map(kind_of, state.run.findings)).items():
            if kind not in map(kind_of, made) and count > expected[kind]:
                raise Withdrawn(f"it would bring {kind[1]} in {kind[0]}")
            if count > expected[kind] + len(list(self.uncovered(kind, state))):
                raise Withdrawn("its finding would stay")
        return Attempt(content, made, state)

    def uncovered(self, kind: tuple[str, str], later: State) -> Iterator[Finding]:
        """The findings of a kind that were hidden behind what is mended now: they stand where nothing
        changed."""
        known = {finding.fingerprint for finding in self.run.findings}
        for finding in later.run.findings:
            if kind_of(finding) == kind and finding.fingerprint not in known:
                line = later.run.lines(finding.path, finding.cell)[finding.span.line - 1]
                if line in self.run.lines(finding.path, finding.cell):
                    yield finding

    def with_content(self, path: str, content: bytes) -> State:
        """With another text in one file; what rests on it is linted again."""
        overlay = {**self.session.project.overlay, path: content}
        project = Project(self.session.project.trees, overlay=overlay, data=self.session.config.data)
        session = replace(self.session, project=project)
        results = {
            each: lint_file(each, session) if rests_on(path, each, result) else result
            for each, result in self.results.items()
        }
        return State(self.files, session, results)


def kind_of(finding: Finding) -> tuple[str, str]:
    return finding.path, finding.code


def rests_on(path: str, linted: str, result: FileResult) -> bool:
    """Whether a result may be another when the file at `path` is."""
    return os.path.abspath(path) in map(os.path.abspath, (linted, *result.rests_on))  # noqa: PTH100


def mended_bytes(
    path: str, content: bytes, fixes: Sequence[tuple[Finding, Fix]]
) -> tuple[bytes, tuple[Finding, ...]]:
    """A file after fixes, and whose were made. Withdrawn where it cannot be written or parsed."""
    try:
        source = read_source(path, content)
    except Unreadable as error:
        raise Withdrawn(error.why) from None
    text, made = mended_notebook(source, fixes) if source.cells else mended_text(source, fixes)
    try:
        after = text.encode(source.encoding)
    except UnicodeEncodeError:
        raise Withdrawn(f"the mended text cannot be written in {source.encoding}") from None
    if not parses(read_source(path, after)):
        raise Withdrawn("the mended text would not parse")
    return after, made


def mended_text(source: SourceFile, fixes: Sequence[tuple[Finding, Fix]]) -> tuple[str, tuple[Finding, ...]]:
    """The original text with fixes made; lines that are added end as the others do."""
    newline = re.search(r"\r\n?|\n", source.original)
    ending = newline.group() if newline else "\n"
    return applied(source.original, [(finding, in_newlines(fix, ending)) for finding, fix in fixes])


def mended_notebook(
    source: SourceFile, fixes: Sequence[tuple[Finding, Fix]]
) -> tuple[str, tuple[Finding, ...]]:
    """The notebook with fixes made cell by cell."""
    texts = {cell.number: cell.source for cell in source.cells}
    changed: dict[int, str] = {}
    made: tuple[Finding, ...] = ()
    for number, group in groupby(fixes, key=lambda each: each[0].cell):
        if number is None or number not in texts:
            continue
        # An insertion below the last line begins where the next line would.
        text, in_cell = applied(texts[number] + "\n", list(group))
        changed[number] = text.removesuffix("\n")
        made += in_cell
    return with_cells(source.original, changed), made


def applied(text: str, fixes: Sequence[tuple[Finding, Fix]]) -> tuple[str, tuple[Finding, ...]]:
    """The text with fixes made, and whose they are."""
    result = apply_fixes(text, [fix for _, fix in fixes])
    made = set(map(id, result.made))
    return result.text, tuple(finding for finding, fix in fixes if id(fix) in made)


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

    OSError where it cannot be written, is read-only, or has been changed by somebody since.
    """
    target = Path(path).resolve()
    if not target.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise OSError("it is read-only")
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
