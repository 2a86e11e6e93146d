"""What building and tracing the models of a file shows."""

from __future__ import annotations

from typing import TypedDict

from cnnlint.evidence.tasks import Broken, Place

__all__ = ["Layer", "ModelRecipe", "ModelTrace", "ShapesResult"]


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
