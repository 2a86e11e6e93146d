"""What `--confirm` asks of its child process and what comes back: plain data, as JSON carries it.

Paths are absolute; lines count from 1 in the text that was compiled, in a notebook that of all its code
cells joined.
"""

from __future__ import annotations

from typing import Any, TypedDict

__all__ = ["Answer", "Broken", "Layer", "ModelRecipe", "ModelTrace", "Place", "ShapesResult", "Task"]


class Place(TypedDict):
    """A line of the user's code."""

    path: str
    line: int


class Broken(TypedDict):
    """An exception that user code met: its class, its words, the innermost line of the user's own that it
    passed through, and the path of the module (`features.3`) whose forward was running."""

    kind: str
    message: str
    place: Place | None
    module: str


class Task(TypedDict, total=False):
    """What a child is to do: `kind` names a module of `confirm.child`, whose `perform(task)` does it.

    `source` is the text of the file at `path`, `root` the folder its imports start from.
    """

    kind: str
    path: str
    root: str
    source: str
    options: dict[str, Any]  # what that kind of task wants besides


class Answer(TypedDict):
    """What became of a task. `ended` is 'answered', 'timeout', 'memory', 'signal', 'silent' or 'refused'
    (by `--sandbox=required`); without an answer `result` is None and `why` says what happened in words."""

    ended: str
    why: str
    result: Any
    sandbox: list[str]  # the layers that held, as `landlock:7`
    missing: list[str]  # those that this platform or kernel has not, with the reason
    seconds: float
    memory: int  # the most resident memory in bytes
    output: str  # the end of what the user's code printed


class ModelRecipe(TypedDict):
    """A class to build: where it is defined, the line of a call that builds it (0 for none), and the
    shapes of its inputs, each without or with unknown sizes (None); [] where nothing is known."""

    name: str
    place: Place
    built: Place | None
    inputs: list[list[int | None]]


class Layer(TypedDict):
    """One call of a module inside a model, in order: its path, class, the user's line that called it, the
    shapes that went in and came out, and the parameters it holds itself."""

    name: str
    kind: str
    place: Place | None
    inputs: list[list[int]]
    output: list[int] | None
    parameters: int


class ModelTrace(TypedDict):
    """A model built and called once. `how` says how its arguments were found ('call site', 'defaults' ...),
    `device` on what it ran ('meta' or 'cpu'), `searched` whether the input size is a guess that fits.

    `edges` are pairs of names in the graph, `graph` who found it ('torch.fx' or 'recorder'), `unused` the
    modules that nothing called. Of a model that could not be built `why` says why.
    """

    name: str
    place: Place
    how: str
    why: str
    device: str
    inputs: list[list[int]]
    searched: bool
    layers: list[Layer]
    unused: list[str]
    parameters: int
    edges: list[tuple[str, str]]
    graph: str
    broken: Broken | None
    seconds: float


class ShapesResult(TypedDict):
    """The models of one file; what of it was not run, and which imports were replaced by stand-ins."""

    models: list[ModelTrace]
    dropped: list[tuple[int, str]]
    stubs: list[str]
