"""What operators are made of: how one is registered, and how a line of a program is changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

#: (line counted from 0, whole text) of each fault that can be put in.
Faults = Iterator[tuple[int, str]]


class Operator(NamedTuple):
    """A way to spoil a program, the rules of which one must see it, and what else may follow from it."""

    name: str
    codes: frozenset[str]
    follows: frozenset[str]
    faults: Callable[[str], Faults]


OPERATORS: list[Operator] = []

OPTIMIZER = r"(?P<owner>(?:self\.)?opt\w*)"
SCHEDULER = r"(?P<owner>(?:self\.)?\w*sched\w*)"
STEP = re.compile(rf"(?:\w+\.step\()?{OPTIMIZER}(?:\.step\(|\)$)")
LAST_LAYER = re.compile(
    r"(?P<before>\s*(?:[\w.]+\.(?:fc2?|linear|out|head|classifier) = )?)"
    r"(?P<layer>nn\.Linear\(.*(?:10|5|37|classes\)?)(?:, bias=False)?\))(?P<comma>,?)$"
)
NUMBER = r"\d[\d.e-]*"


def puts_in(*codes: str, follows: tuple[str, ...] = ()) -> Callable[[Callable[[str], Faults]], object]:
    """Register an operator whose faults one of these rules must see."""

    def register(faults: Callable[[str], Faults]) -> Callable[[str], Faults]:
        OPERATORS.append(Operator(faults.__name__, frozenset(codes), frozenset(follows), faults))
        return faults

    return register


def crosses_entropy(text: str) -> bool:
    return "CrossEntropyLoss" in text or "cross_entropy" in text


def matches(
    text: str, pattern: str | re.Pattern[str], *, search: bool = False
) -> list[tuple[int, re.Match[str]]]:
    """The lines that match from their beginning, or with `search` somewhere."""
    finder = re.compile(pattern).search if search else re.compile(pattern).match
    found = ((row, finder(line)) for row, line in enumerate(text.split("\n")))
    return [(row, match) for row, match in found if match]


def with_line(text: str, row: int, line: str) -> str:
    lines = text.split("\n")
    lines[row] = line
    return "\n".join(lines)


def replaced(text: str, row: int, statement: str) -> str:
    """Another statement in place of this line, as deep."""
    return with_line(text, row, indent(text.split("\n")[row]) + statement)


def moved(lines: list[str], row: int, to: int, depth: str) -> str:
    """The line stands before the line `to`, `depth` deep; a `pass` where it was."""
    lines = [*lines]
    written, lines[row] = lines[row].lstrip(), indent(lines[row]) + "pass"
    lines.insert(to, depth + written)
    return "\n".join(lines)


def enclosing(lines: list[str], row: int, keyword: str) -> int | None:
    """The nearest statement around a line that begins so."""
    around = parent(lines, row)
    while around is not None and not lines[around].lstrip().startswith(keyword):
        around = parent(lines, around)
    return around


def parent(lines: list[str], row: int) -> int | None:
    """The line of the statement in whose body this line stands."""
    depth = len(indent(lines[row]))
    above = range(row - 1, -1, -1)
    return next((at for at in above if lines[at].strip() and len(indent(lines[at])) < depth), None)


def indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
