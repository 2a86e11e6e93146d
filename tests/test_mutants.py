"""Recall: a fault put into a clean program gives its finding, and nothing that does not follow from it."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from cnnlint.config import Config
from cnnlint.engine import run
from cnnlint.interpreter import analyse
from cnnlint.linting import new_session
from cnnlint.source import Span
from tests.mutants import MISSED, NO_FAULT, OPERATORS, Operator

CLEAN = Path(__file__).parent / "programs" / "clean"
#: Their files.
FILES = [file for file in sorted(CLEAN.rglob("*")) if file.suffix in (".py", ".ipynb")]
#: Stands between the cells of a notebook while its text is mutated.
CUT = "\n#: the next cell\n"
#: The least share of the faults that must be found.
RECALL = 0.95


class Mutant(NamedTuple):
    """A clean program with one fault in one of its files."""

    operator: Operator
    program: str
    line: int
    file: Path
    text: str

    def __str__(self) -> str:
        return f"{self.operator.name} {self.program}:{self.line}"


@pytest.mark.parametrize("program", sorted({file.relative_to(CLEAN).parts[0] for file in FILES}))
def test_a_fault_put_into_a_clean_program_is_found_and_nothing_that_does_not_follow(program: str) -> None:
    made = [mutant for mutant in mutants() if mutant.file.relative_to(CLEAN).parts[0] == program]
    missed = {str(mutant) for mutant in made if not mutant.operator.codes & findings(mutant)}
    unrelated = {
        str(mutant): sorted(further)
        for mutant in made
        if (further := findings(mutant) - mutant.operator.codes - mutant.operator.follows)
    }
    assert (missed - MISSED, unrelated) == (set(), {})


def test_few_faults_are_missed() -> None:
    assert set(map(str, mutants())) >= MISSED
    assert len(MISSED) <= (1 - RECALL) * len(mutants()), table()


def test_every_operator_makes_faults() -> None:
    assert {mutant.operator.name for mutant in every_mutant()} == {operator.name for operator in OPERATORS}


def test_every_exception_is_one() -> None:
    assert set(map(str, every_mutant())) >= NO_FAULT


@cache
def mutants() -> list[Mutant]:
    return [mutant for mutant in every_mutant() if str(mutant) not in NO_FAULT]


@cache
def every_mutant() -> list[Mutant]:
    return [
        Mutant(operator, file.relative_to(CLEAN).as_posix(), row + 1, file, spoiled)
        for file in FILES
        for text in [read(file)]
        for operator in OPERATORS
        for row, spoiled in operator.faults(text)
    ]


@cache
def findings(mutant: Mutant) -> set[str]:
    """The codes found in the program when one of its files is spoiled."""
    content = mutant.text
    if mutant.file.suffix == ".ipynb":
        content = notebook(mutant.file, content)
    folder, _, inside = mutant.program.partition("/")
    starts = {mutant.file, CLEAN / folder / "train.py"} if inside else {mutant.file}
    session = new_session(Config(cache=False), overlay={str(mutant.file): content.encode()})
    programs = [analyse(str(start), session.project) for start in starts]
    assert all(program.files for program in programs), f"{mutant} cannot be parsed"
    # Where a finding stands is not asked for here: finding the places takes half of the time.
    results = [run(program, session.rules, lambda site: Span(1, 1, 1, 2)) for program in programs]
    assert not any(result.crashes for result in results), str(mutant)
    return {finding.code for result in results for finding in result.findings}


def read(file: Path) -> str:
    """The text of a program; of a notebook its code, cell after cell."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".ipynb":
        return text
    return CUT.join("".join(cell["source"]) for cell in json.loads(text)["cells"])


def notebook(file: Path, text: str) -> str:
    """The notebook with this text in its cells."""
    book = json.loads(file.read_text(encoding="utf-8"))
    for cell, source in zip(book["cells"], text.split(CUT), strict=True):
        cell["source"] = source.splitlines(keepends=True)
    return json.dumps(book)


def table() -> str:
    """How many of the faults of each operator are found."""
    made = Counter(mutant.operator.name for mutant in mutants())
    missed = Counter(mutant.partition(" ")[0] for mutant in MISSED)
    return "\n".join(f"{name}: {made[name] - missed[name]}/{made[name]}" for name in made)
