"""The files of a run as experiments see them: their programs, what each found, which are scripts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from cnnlint.confirm.linking import in_cells
from cnnlint.confirm.narrowing import NOT_FOLLOWED, Twin, twin
from cnnlint.confirm.plan import absolute, claim_of, place_of, recipes, runs_by_itself
from cnnlint.confirm.proofs import Claim
from cnnlint.evidence import ModelRecipe, Place
from cnnlint.facts import Module, Program, Step, Training
from cnnlint.findings import Finding
from cnnlint.fixing import Withdrawn, mended_bytes
from cnnlint.linting import lint_all
from cnnlint.linting.project import Project
from cnnlint.linting.results import FileResult
from cnnlint.linting.single import Session
from cnnlint.source import Site, Unreadable, read_source
from cnnlint.syntax.cache import Cache
from cnnlint.values import Undecided

__all__ = ["Files"]


class Files:
    """The linted files, asked about lazily: linting has kept its results, and facts are made where wanted."""

    def __init__(self, paths: Sequence[str], session: Session) -> None:
        self.paths, self.session = paths, session
        self._programs: dict[str, Program | None] = {}

    @cached_property
    def results(self) -> Mapping[str, FileResult]:
        return lint_all(self.paths, self.session)

    def program(self, path: str) -> Program | None:
        """The facts of a file; None where it cannot be analysed."""
        if path not in self._programs:
            self._programs[path] = self._analysed(path)
        return self._programs[path]

    def _analysed(self, path: str) -> Program | None:
        from cnnlint.interpreter import analyse

        try:
            self.session.project.begin()
            return analyse(path, self.session.project)
        except Exception:  # Linting has told of it.
            return None

    def text(self, path: str) -> str:
        """The text that is compiled; '' where it cannot be read."""
        try:
            return self.session.project.source(path).text
        except (OSError, Unreadable):
            return ""

    def claim(self, finding: Finding) -> Claim:
        return claim_of(finding, self.session.project)

    def as_counted(self, finding: Finding, text: str) -> str:
        """A sentence about a finding, with the lines of its notebook as the user counts them."""
        return text if finding.cell is None else in_cells(text, self.session.project.source(finding.path))

    @cached_property
    def _finders(self) -> Mapping[tuple[Any, ...], list[str]]:
        """The files that give a finding when they are linted, by its place."""
        found: dict[tuple[Any, ...], list[str]] = defaultdict(list)
        for path, result in self.results.items():
            for place in set(map(key_of, result.findings)):
                found[place].append(path)
        return found

    @cached_property
    def _users(self) -> Mapping[str, list[str]]:
        """The linted files that rest on a file, by its absolute path."""
        found: dict[str, list[str]] = defaultdict(list)
        for user in self.results:
            for path in set(map(absolute, self.rests_on(user))):
                found[path].append(user)
        return found

    def finders(self, finding: Finding) -> list[str]:
        """The files that give a finding when they are linted: its own first."""
        place = key_of(finding)
        return sorted(self._finders.get(place, ()), key=lambda path: (absolute(path) != place[0], path))

    def script(self, finding: Finding) -> str | None:
        """The file to run so that what a finding speaks of happens; None if none of those linted does."""
        return next((path for path in self.finders(finding) if runs_by_itself(self.text(path))), None)

    def mended(self, finding: Finding) -> Mapping[str, str]:
        """The texts that files have once a fix is made, by path; none where it cannot be made."""
        if finding.fix is None:
            return {}
        try:
            content = self.session.project.read(finding.path)
            after, made = mended_bytes(finding.path, content, [(finding, finding.fix)])
            return {absolute(finding.path): read_source(finding.path, after).text} if made else {}
        except (OSError, Unreadable, Withdrawn):
            return {}

    def narrower(self, finding: Finding, script: str) -> Twin:
        """The texts of a narrower twin of the model that a finding is about, as a script trains it."""
        program, place = self.program(script), self.claim(finding).place
        trainings = program.each(Training) if program is not None else ()
        training = next((each for each in trainings if self.place(each.model) == place), None)
        if training is None:
            return Twin(why=NOT_FOLLOWED)
        model = training.model
        try:
            sites = {each for module in model.modules() for each in (module.site, module.definition)}
        except Undecided:
            return Twin(why=NOT_FOLLOWED)
        paths = {
            site.path for site in sites if site.path.endswith(".py") and "site-packages" not in site.path
        }
        texts = {path: self.text(path) for path in sorted(paths)}
        found = twin(texts, partial(self._as_if, script, model.site), classes_of(training))
        return found._replace(texts={absolute(path): text for path, text in found.texts.items()})

    def _as_if(self, script: str, site: Site, texts: Mapping[str, str]) -> Module | None:
        """A model that a script trains, if files had other texts."""
        from cnnlint.interpreter import analyse

        overlay = {path: text.encode() for path, text in texts.items()}
        project = Project(Cache(None), overlay=overlay, data=self.session.config.data)
        trainings = analyse(script, project).each(Training)
        return next((each.model for each in trainings if each.model.site == site), None)

    def place(self, fact: Any) -> Place | None:
        """The line of a fact, as the experiment counts it."""
        return place_of(fact.site, self.session.project)

    def trains(self, path: str) -> bool:
        """Whether a file is a script that steps an optimizer."""
        program = self.program(path)
        return program is not None and bool(program.events(Step)) and runs_by_itself(self.text(path))

    def recipes(self, path: str) -> list[ModelRecipe]:
        """How to build the models whose classes are in a file, as it and the files that import it tell."""
        users = dict.fromkeys([path, *self._users.get(absolute(path), ())])
        programs = [program for user in users if (program := self.program(user)) is not None]
        return recipes(programs, path, self.session.project)

    def rests_on(self, path: str) -> Mapping[str, str | None]:
        """What an experiment on a file depends on: the files its analysis looked at, by digest."""
        result = self.results.get(path)
        return {} if result is None else result.rests_on


def classes_of(training: Training) -> int | None:
    """How many classes a model tells apart, where that is known."""
    try:
        return int(training.classes)
    except Undecided:
        return None


def key_of(finding: Finding) -> tuple[Any, ...]:
    return absolute(finding.path), finding.cell, finding.span, finding.code
