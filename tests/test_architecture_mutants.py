"""Each architecture with one number changed: what torch refuses is found there, and mended right.

`architectures/mutants.tsv` says for each number that can be changed where torch raises; an empty place
says that the changed program runs. `pytest --every-mutant` tries them all, without it a few of each file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cnnlint import engine
from cnnlint.config import Config
from cnnlint.facts import ShapeError
from cnnlint.findings import Finding, Severity
from cnnlint.fixes.apply import apply_fixes
from cnnlint.interpreter import analyse
from cnnlint.linting import new_session
from cnnlint.linting.project import Project
from cnnlint.linting.single import Session
from cnnlint.syntax.cache import Cache
from tests.test_architectures import ENTRIES, FOLDER

#: So many mutants of each file are tried by default, spread over it.
TRIED = 6


@dataclass(frozen=True)
class Mutant:
    """One number of `file` changed; `place` is where torch raises, '' if nowhere."""

    architecture: str
    file: str
    text: str
    line: int
    change: str
    place: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.change}"


@cache
def mutants() -> dict[str, list[Mutant]]:
    """All mutants of each architecture."""
    found: dict[str, list[Mutant]] = {}
    with (FOLDER / "mutants.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            lines = (FOLDER / row["file"]).read_text(encoding="utf-8").split("\n")
            line, column = int(row["line"]), int(row["column"])
            before, after = lines[line - 1][:column], lines[line - 1][column:]
            assert after.startswith(row["old"]), f"{row['file']}:{line} has changed: make the table anew"
            lines[line - 1] = before + row["new"] + after.removeprefix(row["old"])
            change = f"{row['old']} -> {row['new']}"
            made = Mutant(row["architecture"], row["file"], "\n".join(lines), line, change, row["raises at"])
            found.setdefault(row["architecture"], []).append(made)
    return found


def tried(path: Path, request: pytest.FixtureRequest, *, raising: bool) -> Iterator[Mutant]:
    of_file = [each for each in mutants()[path.relative_to(FOLDER).as_posix()] if bool(each.place) == raising]
    step = 1 if request.config.getoption("--every-mutant") else max(1, len(of_file) // TRIED)
    yield from of_file[::step]


@cache
def session() -> Session:
    return new_session(Config(root=FOLDER, cache=False, jobs=1))


@cache
def trees() -> Cache:
    return Cache(None)


class Outcome:
    """What is understood and said of a program of which one file has this text."""

    def __init__(self, architecture: str, file: str, text: str) -> None:
        self.project = Project(trees(), overlay={str(FOLDER / file): text.encode()})
        program = analyse(str(FOLDER / architecture), self.project)
        self.errors = list(program.each(ShapeError))
        self.places = {self.place(fact) for error in self.errors for fact in (error.op, error.layer) if fact}
        result = engine.run(program, session().rules, self.project.span, resolve=self.project.resolve)
        assert not result.crashes
        self.findings = [each for each in result.findings if each.severity is not Severity.INFO]

    def place(self, fact: Any) -> str:
        if fact.site.at < 0:
            return ""
        path = Path(fact.site.path).relative_to(FOLDER).as_posix()
        return f"{path}:{self.project.span(fact.site).line}"


def outcome(mutant: Mutant) -> Outcome:
    return Outcome(mutant.architecture, mutant.file, mutant.text)


architectures = pytest.mark.parametrize(
    "path", ENTRIES, ids=lambda path: path.relative_to(FOLDER).with_suffix("").as_posix()
)


@architectures
def test_what_torch_refuses_is_found_where_torch_refuses_it(
    path: Path, request: pytest.FixtureRequest
) -> None:
    found = {mutant: outcome(mutant) for mutant in tried(path, request, raising=True)}
    assert [f"{mutant}" for mutant, seen in found.items() if not seen.errors] == []
    elsewhere = [
        f"{mutant}: not at {mutant.place} but at {seen.places}"
        for mutant, seen in found.items()
        if mutant.place not in seen.places
    ]
    assert elsewhere == []
    assert [f"{mutant}" for mutant, seen in found.items() if not seen.findings] == []
    assert [
        f"{mutant}: {wrong}" for mutant, seen in found.items() for wrong in wrong_fixes(mutant, seen)
    ] == []


def wrong_fixes(mutant: Mutant, seen: Outcome) -> Iterator[str]:
    """Fixes after which the thing that was mended still does not fit."""
    for finding in seen.findings:
        if finding.fix is None:
            continue
        file = Path(finding.path).relative_to(FOLDER).as_posix()
        text = mutant.text if file == mutant.file else Path(finding.path).read_text(encoding="utf-8")
        mended = apply_fixes(text, [finding.fix]).text
        if file != mutant.file:
            continue
        after = Outcome(mutant.architecture, file, mended)
        if said(finding) in map(said, after.findings) or len(after.errors) > len(seen.errors):
            yield f"{finding.message} (then: {[each.message for each in after.findings]})"


def said(finding: Finding) -> tuple[str, int, str]:
    return finding.path, finding.span.line, finding.code


@architectures
def test_what_runs_all_the_same_is_not_called_an_error(path: Path, request: pytest.FixtureRequest) -> None:
    seen = {mutant: outcome(mutant) for mutant in tried(path, request, raising=False)}
    called = {
        mutant: [*each.errors, *(found for found in each.findings if found.severity is Severity.ERROR)]
        for mutant, each in seen.items()
    }
    assert [f"{mutant}: {found}" for mutant, found in called.items() if found] == []
