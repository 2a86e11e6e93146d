"""Blindness: make any one thing a rule reads unknown, and no rule that was silent may speak.

For each block of each page the facts are made, and every field that a rule reads of any fact is
noted. Then each of those fields alone is made Unknown and the rules that read it are asked again.
What no rule reads cannot change its answer, so this tries every single blinding that could.
Left out are only the fields that `facts` types more narrowly than `Any`: where in the program
something happens is always known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import get_annotations
from typing import Any, NamedTuple

import pytest

from cnnlint import facts
from cnnlint.config import Config
from cnnlint.dims import Dim
from cnnlint.engine import checked
from cnnlint.facts import Fact, Program
from cnnlint.findings import Flag
from cnnlint.interpreter import analyse
from cnnlint.linting import new_session
from cnnlint.rulebook.select import Rule
from cnnlint.values import Undecided, Unknown
from tests.blocks import SCRIPT, Case, cases

BLINDED = Unknown("blinded by the test")


class Place(NamedTuple):
    """A field of a fact, or with `index` one axis or option in it."""

    fact: Fact
    field: str
    index: Any = None


@pytest.mark.parametrize("case", cases("good", "bad")[::2], ids=str)  # each takes long
def test_no_rule_that_was_silent_speaks_when_something_becomes_unknown(case: Case) -> None:
    assert list(alarms(case)) == []


def test_an_unknown_that_passes_for_false_would_raise_alarms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Unknown, "__bool__", lambda self: False)
    assert any(any(alarms(case)) for case in cases("good", "bad"))


def alarms(case: Case) -> Iterator[str]:
    """Each silent rule that speaks when one thing is unknown, with what that is."""
    rules, program = understood(case)
    reads = fields_read(rules, program)
    spoke = {rule.code for rule in rules if speaks(rule, program)}
    for place, readers in reads.items():
        with blinded(place):
            for rule in readers:
                if rule.code not in spoke and speaks(rule, program):
                    yield f"{rule.code} without {type(place.fact).__name__}.{place.field} {place.index}"


def understood(case: Case) -> tuple[list[Rule], Program]:
    """The rules of the default set with the page's own, and the facts of the block's last file."""
    parts = case.block.parts
    overlay = {part.path or SCRIPT: part.text.encode() for part in parts}
    config = Config(extend_select=(case.page.code,), cache=False)
    session = new_session(config, overlay=overlay)
    path = parts[-1].path or SCRIPT
    if session.project.module(path) is None:
        return [], Program(path)
    return list(session.rules), analyse(path, session.project)


def speaks(rule: Rule, program: Program) -> bool:
    """Whether the rule flags anything."""
    return any(True for _ in flags(rule, program))


def flags(rule: Rule, program: Program) -> Iterator[Flag]:
    subject, question = checked(rule)
    for fact in program.each(subject):
        try:
            yield from question(fact)
        except Undecided:
            continue


def fields_read(rules: list[Rule], program: Program) -> dict[Place, list[Rule]]:
    """For each field that some rule reads, the rules that read it."""
    readers: dict[tuple[int, str], list[Rule]] = defaultdict(list)
    owners: dict[int, Fact] = {}
    for rule in rules:
        seen: dict[tuple[int, str], Fact] = {}
        with noting(seen):
            speaks(rule, program)
        for key, fact in seen.items():
            owners[key[0]] = fact
            readers[key].append(rule)
    return {
        place: those
        for (identity, field), those in readers.items()
        for place in places(owners[identity], field)
    }


def places(fact: Fact, field: str) -> Iterator[Place]:
    """What can be made unknown in one field: all of it, one axis of a shape, one option."""
    if always_known(type(fact), field):
        return
    yield Place(fact, field)
    value = getattr(fact, field)
    if type(value) is tuple and value and all(isinstance(axis, int | Dim) for axis in value):
        yield from (Place(fact, field, index) for index in range(len(value)))
    if type(value) is dict and all(not isinstance(item, Fact) for item in value.values()):
        yield from (Place(fact, field, key) for key in value)


def always_known(kind: type[Fact], field: str) -> bool:
    """Whether the class of facts that declares a field gives it a type that leaves no room for Unknown."""
    for base in kind.__mro__:
        if field in get_annotations(base):
            declared = get_annotations(base)[field]
            return base.__module__.startswith(facts.__name__) and declared not in ("Any", "Shape")
    return False


@contextmanager
def noting(seen: dict[tuple[int, str], Fact]) -> Iterator[None]:
    """Notes which fields of which facts are read meanwhile."""
    plain = object.__getattribute__

    def read(fact: Fact, name: str) -> Any:
        if name in plain(fact, "__dict__") or name in Fact.__annotations__:
            seen[id(fact), name] = fact
        return plain(fact, name)

    Fact.__getattribute__ = read  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        del Fact.__getattribute__


@contextmanager
def blinded(place: Place) -> Iterator[None]:
    """One thing is unknown meanwhile."""
    fact, field, index = place
    missing = object()
    before = vars(fact).get(field, missing)
    value: Any = BLINDED
    if index is not None and isinstance(before, tuple):
        value = (*before[:index], BLINDED, *before[index + 1 :])
    elif index is not None and isinstance(before, dict):
        value = {**before, index: BLINDED}
    vars(fact)[field] = value
    try:
        yield
    finally:
        if before is missing:
            del vars(fact)[field]
        else:
            vars(fact)[field] = before
