"""What a child is asked, and what becomes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, TypedDict

__all__ = ["Answer", "Broken", "Place", "Task", "Trial", "line_of"]


class Place(TypedDict):
    """A line of the user's code."""

    path: str
    line: int


def line_of(place: Place) -> str:
    """`line 12 of train.py`, as sentences have it."""
    return f"line {place['line']} of {Path(place['path']).name}"


class Broken(TypedDict):
    """An exception that user code met: its class, its words, the innermost line of the user's own that it
    passed through, and the path of the module (`features.3`) whose forward was running."""

    kind: str
    message: str
    place: Place | None
    module: str


class Task(TypedDict, total=False):
    """What a child is to do: `kind` names a module of `confirm.child`, whose `perform(task)` does it.

    `source` is the text of the file at `path`, `root` the folder its imports start from; `overlay` are
    texts of other files, by path, that stand for what those hold.
    """

    kind: str
    path: str
    root: str
    source: str
    overlay: dict[str, str]
    options: dict[str, Any]  # what that kind of task wants besides


class Answer(TypedDict):
    """What became of a task. `ended` is 'answered', 'timeout', 'memory', 'disk', 'signal', 'silent' or
    'refused' (by `--sandbox=required`); without an answer `result` is None and `why` says what happened in
    words. `wanted` are things that the user's code tried and was denied, as `connect to example.com`."""

    ended: str
    why: str
    result: Any
    sandbox: list[str]  # the layers that held, as `landlock:7`
    missing: list[str]  # those that this platform or kernel has not, with the reason
    wanted: list[str]
    seconds: float
    memory: int  # the most resident memory in bytes
    output: str  # the end of what the user's code printed


class Trial(NamedTuple):
    """An experiment that was made: its level, the file as the user names it, what became of it, and the
    fingerprint of the finding that it was made for, '' where it was for all of the file."""

    level: str
    path: str
    answer: Answer
    finding: str = ""
