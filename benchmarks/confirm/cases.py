"""Whole scripts with one fault each, their healthy twins, and edits that only look like faults.

A script is one of `programs/` with a few edits, which stand in the `.diff` files beside this one:

    === NAME SCRIPT CODE        CODE is the rule that should speak, or - where cnnlint has none
    both                        edits of the script as it is written and as it is mended
    -a line of the script
    +what it becomes
    written                     those of the faulty script only (so do edits under no heading)
    mended                      those of its healthy twin only

Lines are those of the script with `-`, `+` or a space before them, as in a diff; a blank line ends a place.
What is held out played no part in choosing thresholds.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import NamedTuple

__all__ = ["Case", "cases", "parsed"]

HERE = Path(__file__).parent


class Hunk(NamedTuple):
    """Lines that follow each other, and what becomes of them."""

    old: tuple[str, ...]
    new: tuple[str, ...]


class Case(NamedTuple):
    """A script as it is written and as it is mended. In a placebo neither is at fault."""

    name: str
    script: str
    code: str
    written: str
    mended: str
    placebo: bool = False
    held_out: bool = False


def cases() -> list[Case]:
    """All of them: those that thresholds were chosen on, then those held out."""
    found = []
    for file in ("faults", "placebos", "held_out_faults", "held_out_placebos"):
        text = (HERE / f"{file}.diff").read_text(encoding="utf-8")
        found += [
            case._replace(placebo="placebos" in file, held_out="held_out" in file) for case in parsed(text)
        ]
    return found


def parsed(text: str) -> list[Case]:
    """The cases of a `.diff` file."""
    _, *entries = f"\n{text}".split("\n=== ")
    return [_case(*entry.partition("\n")[::2]) for entry in entries]


def _case(head: str, body: str) -> Case:
    name, script, code = head.split()
    base = (HERE / "programs" / f"{script}.py").read_text(encoding="utf-8").splitlines()
    edits: dict[str, list[Hunk]] = {"both": [], "written": [], "mended": []}
    heading = "written"
    for edit, lines in groupby(body.splitlines(), lambda line: line[:1] in ("-", "+", " ")):
        told = list(lines)
        if edit:
            edits[heading].append(_hunk(told))
        else:
            heading = next((line for line in told if line), heading)
    written, mended = (_edited(name, base, edits["both"] + edits[side]) for side in ("written", "mended"))
    return Case(name, script, code.strip("-"), written, mended)


def _hunk(lines: list[str]) -> Hunk:
    old = tuple(line[1:] for line in lines if line[0] != "+")
    return Hunk(old, tuple(line[1:] for line in lines if line[0] != "-"))


def _edited(name: str, base: list[str], hunks: list[Hunk]) -> str:
    lines = list(base)
    for old, new in hunks:
        starts = [at for at in range(len(lines)) if tuple(lines[at : at + len(old)]) == old]
        if len(starts) != 1:
            raise ValueError(f"{name}: found {len(starts)} times: {old}")
        lines[starts[0] : starts[0] + len(old)] = new
    return "\n".join(lines) + "\n"
