"""One file from its bytes to its findings. What breaks on the way costs only this file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cnnlint.config import Config, nearest
from cnnlint.findings import Confidence, Finding, Fix, Note
from cnnlint.linting.project import Project
from cnnlint.linting.results import FileResult
from cnnlint.records import record
from cnnlint.report import Failure
from cnnlint.rulebook.pages import Page
from cnnlint.rulebook.select import Rule
from cnnlint.source import Malformed, Span, Suppression, Unreadable, has_marker
from cnnlint.source.suppressions import names_rule

if TYPE_CHECKING:
    from cnnlint.engine import Crash
    from cnnlint.facts import Program

__all__ = ["Session", "lint_file", "sort_key"]

SYNTAX_ERROR = "CNN900"
UNREADABLE = "CNN901"
INVALID_SUPPRESSION = "CNN903"
LIMIT = "CNN905"

OUR_CODE = re.compile(r"CNN\d+", re.IGNORECASE)


@record
class Session:
    """What linting a file needs besides the file."""

    config: Config
    pages: Sequence[Page]
    rules: Sequence[Rule]
    project: Project

    @cached_property
    def chosen(self) -> Mapping[str, Page]:
        """The pages of the rules that run, by code."""
        return {rule.code: rule.page for rule in self.rules}

    @cached_property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """What each rule is or was called, by code."""
        return {page.code: (page.name, *page.formerly) for page in self.pages}

    @cached_property
    def words(self) -> Sequence[str]:
        """All codes and names."""
        return [*self.names, *(page.name for page in self.pages)]


def lint_file(path: str, session: Session) -> FileResult:
    """The findings of one file taken as a script, less what comments silence. Never raises."""
    project = session.project
    project.begin()
    try:
        if not has_marker(project.read(path)):
            return FileResult(rests_on=project.asked())
        findings, limits, failures = analysed(path, session)
    except OSError as error:
        findings = list(own(session, UNREADABLE, path, 1, why=error.strerror or str(error)))
        limits, failures = [], []
    except Unreadable as error:
        findings = list(own(session, UNREADABLE, path, error.line, why=error.why))
        limits, failures = [], []
    findings += invalid_suppressions(path, session)
    kept = (finding for finding in findings if not is_silenced(finding, session))
    return FileResult(
        tuple(sorted((placed(finding, project) for finding in kept), key=sort_key)),
        tuple(sorted((placed(finding, project) for finding in limits), key=sort_key)),
        tuple(failures),
        project.asked(),
    )


def analysed(path: str, session: Session) -> tuple[list[Finding], list[Finding], list[Failure]]:
    """Findings, limits and failures of a file that can be read. OSError or Unreadable if it cannot."""
    from cnnlint.syntax.parse import SyntaxProblem, TooLarge

    project = session.project
    project.source(path)
    try:
        project.parsed(path)
        from cnnlint.interpreter import analyse

        program = analyse(path, project)
    except SyntaxProblem as problem:
        found = own(session, SYNTAX_ERROR, path, problem.line, problem.column, problem=problem.message)
        return list(found), [], []
    except TooLarge as problem:
        return [], list(own(session, LIMIT, path, 1, what="the file", why=str(problem))), []
    except Exception as error:
        return [], [], [Failure(path, 0, "", described(error))]
    from cnnlint import engine

    # Heuristics are shown only to those who select rules themselves.
    minimum = Confidence.LOW if session.config.select else Confidence.MEDIUM
    result = engine.run(
        program,
        session.rules,
        project.span,
        minimum_confidence=minimum,
        text_at=project.text_at,
        symbol_at=project.symbol_at,
        resolve=project.resolve,
    )
    failures = [failure_of(crash, path, project) for crash in result.crashes]
    return list(result.findings), list(limits_of(program, session)), failures


def failure_of(crash: Crash, path: str, project: Project) -> Failure:
    """A rule that broke, at the fact it broke on."""
    if crash.site is None:
        return Failure(path, 0, crash.code, crash.text)
    try:
        line = project.span(crash.site).line
    except Exception:  # The fact may name no place at all.
        line = 0
    return Failure(crash.site.path or path, line, crash.code, crash.text)


def limits_of(program: Program, session: Session) -> Iterator[Finding]:
    """What the interpreter did not analyse, as findings."""
    for site, why in program.limits:
        try:
            span = session.project.span(site) if site.at >= 0 else Span(1, 1, 1, 1)
        except Exception:  # The place may be in no text: what was not analysed is told all the same.
            span = Span(1, 1, 1, 1)
        yield from own(session, LIMIT, site.path or program.path, span.line, span.column, why=why)


def own(
    session: Session, code: str, path: str, line: int, column: int = 1, **values: Any
) -> Iterator[Finding]:
    """A finding of the linter itself, if its rule runs."""
    page = session.chosen.get(code)
    if page is not None:
        span = Span(line, column, line, column + 1)
        yield Finding(path, span, code, page.name, page.message.format(**values), page.severity)


def invalid_suppressions(path: str, session: Session) -> Iterator[Finding]:
    """Comments that mean to silence something and cannot."""
    if INVALID_SUPPRESSION not in session.chosen:
        return
    try:
        suppressions = session.project.source(path).suppressions
    except (OSError, Unreadable):
        return
    wrong: list[tuple[Malformed | Suppression, str]] = [
        (malformed, malformed.why) for malformed in suppressions.malformed
    ]
    for entry in suppressions.entries:
        wrong += [(entry, why) for why in unknown_rules(entry, session)]
    for comment, why in wrong:
        yield from own(session, INVALID_SUPPRESSION, path, comment.line, comment.column, why=why)


def unknown_rules(entry: Suppression, session: Session) -> Iterator[str]:
    """What is wrong with the rules a comment names; those of a `noqa` may be another linter's."""
    for written in entry.rules:
        foreign = entry.shared and not OUR_CODE.fullmatch(written)
        known = any(names_rule(written, code, names) for code, names in session.names.items())
        if not foreign and not known:
            yield f"there is no rule `{written}`{nearest(written, session.words)}"


def is_silenced(finding: Finding, session: Session) -> bool:
    """True where a comment silences it."""
    try:
        suppressions = session.project.source(finding.path).suppressions
    except (OSError, Unreadable):
        return False
    names = session.names.get(finding.code, (finding.name,))
    return suppressions.covering(finding.span.line, finding.code, names) is not None


def placed(finding: Finding, project: Project) -> Finding:
    """With places as the user counts them: in a notebook by cell, elsewhere in the original text."""
    cell, span = place(finding.path, finding.span, project)
    return finding._replace(
        span=span,
        cell=cell,
        noqa_row=span.line,
        related=tuple(placed_note(note, project) for note in finding.related),
        fix=finding.fix and placed_fix(finding.fix, finding.path, cell, project),
    )


def placed_fix(fix: Fix, path: str, cell: int | None, project: Project) -> Fix | None:
    """The fix in the same terms; None where it reaches into another cell, which no edit can say."""
    places = [place(path, edit.span, project) for edit in fix.edits]
    if any(other != cell for other, _ in places):
        return None
    edits = (edit._replace(span=span) for edit, (_, span) in zip(fix.edits, places, strict=True))
    return fix._replace(edits=tuple(edits))


def placed_note(note: Note, project: Project) -> Note:
    cell, span = place(note.path, note.span, project)
    return note._replace(cell=cell, span=span)


def place(path: str, span: Span, project: Project) -> tuple[int | None, Span]:
    try:
        return project.source(path).place(span)
    except (OSError, Unreadable):
        return None, span


def described(error: BaseException) -> str:
    """An exception on one line, with where in our code it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = (
        f" ({trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno})" if trace is not None else ""
    )
    return " ".join(f"{type(error).__name__}: {error}".split()) + where


def sort_key(finding: Finding) -> tuple[str, int, Span, str, str]:
    return (finding.path, finding.cell or 0, finding.span, finding.code, finding.message)
