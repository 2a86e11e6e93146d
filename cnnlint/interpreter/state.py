"""What one analysis keeps: the project, the frames of functions being followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from cnnlint.facts import Loop, Rhythm
from cnnlint.interpreter.heap import Writes
from cnnlint.interpreter.objects import (
    MISSING,
    Function,
    ProjectModule,
    Scope,
    Value,
)
from cnnlint.records import record
from cnnlint.syntax import tree
from cnnlint.values import Unknown

#: How a block ends: 'next' (falls through), 'return', 'break', 'continue', 'raise'.
Completion = str


PRIMITIVES = (int, float, str, bytes, bool, complex, type(None), range, slice, type(...))


class Project(Protocol):
    """The files the interpreter may look at."""

    def module(self, path: str) -> tree.Module | None:
        """The slim tree of a file; None if it is missing or cannot be parsed."""

    def is_file(self, path: str) -> bool: ...

    def images(self, folder: str, near: str) -> dict[str, int] | None:
        """How many images each class has in a folder that the file `near` names; None if it is not there."""

    def input_shape(self, path: str) -> tuple[int, ...] | None:
        """The shape of one input, [C, H, W], as a comment in the file or the configuration tells it."""

    def put_aside(self, path: str, name: str) -> bool:
        """Whether a line of a file that uses `self.name` was made a comment."""

    @property
    def data(self) -> Any:
        """What the configuration tells of the data: `train_size` and `classes`, None where it does not."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """A name that a package takes from one of its modules, which is run when the name is asked for."""

    path: str
    base: str
    name: str


@record
class Postponed:
    """A name that an imported module gives a large value, which is followed when the name is asked for,
    with the globals that there were (`names`)."""

    statement: tree.Assign | tree.AnnAssign
    name: str
    names: dict[str, Value]
    module: ProjectModule
    value: Value = MISSING


#: What a name may be bound to that is not its value yet.
LATER = (Deferred, Postponed)

#: Whether autograd records what is made of a volatile Variable, until the round of the loop is over.
VOLATILE = Unknown("`volatile` switched gradients off, once")


class LimitReached(Exception):
    """Too much to follow; the entry is given up and what was seen so far stands."""


@record
class Frame:
    """One function being followed. `returns` are the values returned so far."""

    scope: Scope
    function: Function | None = None
    receiver: Value = None
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    returns: list[Value] = field(default_factory=list)
    choosing: tuple[Any, ...] = ()  # the numbers and tensors that decide which of them it is
    yields: list[Value] = field(default_factory=list)
    drawn: list[Value] = field(default_factory=list)  # the Loader that each of them is drawn from, or None
    arms_at_entry: int = 0
    tests: int = 0  # around the statement that is followed: what runs there may not run each time
    loop_at_entry: Loop | None = None
    rhythms: dict[str, Rhythm] = field(default_factory=dict)  # names for tests that count iterations
    ended: tuple[Any, int] = (None, 0)  # the last `break` or `return`, and `tests` there
    left: list[Writes] = field(default_factory=list)  # what arms wrote that ended early
    call: Any = None  # the node that called it

    @property
    def told(self) -> bool:
        """The function is a framework's, followed as its story tells."""
        return self.function is not None and self.scope.module.story
