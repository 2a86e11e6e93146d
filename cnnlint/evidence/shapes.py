"""What building and tracing the models of a file shows."""

from __future__ import annotations

from typing import TypedDict

from cnnlint.evidence.tasks import Broken, Place

__all__ = ["GUESSED", "Layer", "ModelRecipe", "ModelTrace", "ShapesResult"]

#: How a model was built whose arguments nobody said.
GUESSED = "guessed arguments"


class ModelRecipe(TypedDict):
    """A class to build: where it is defined, the line of a call that builds it (0 for none), and the
    shapes of its inputs, each without or with unknown sizes (None) or quite unknown ([]); [] where nothing is
    known of any."""

    name: str
    place: Place
    built: Place | None
    inputs: list[list[int | None]]


class Layer(TypedDict):
    """One call inside a model, in order: of a module, or of a function on tensors outside torch's own layers.

    `name` is the module's path ('' for the model itself) or the function with a number (`cat_2`); `kind`
    its class or the function; `place` the user's line that called it, `built` the one that made the module.
    The shapes are those of the tensors that went in and of the first that came out, None if none did.
    `origin` is 'module' (registered), 'hidden' (the model has it, but where nothing registers it), 'made'
    (within this very call of the model) or 'function'. `parameters` counts those it holds itself.
    """

    name: str
    kind: str
    place: Place | None
    built: Place | None
    origin: str
    inputs: list[list[int]]
    output: list[int] | None
    parameters: int


class ModelTrace(TypedDict):
    """A model built and called once. `how` says how its arguments were found ('call site', 'defaults' ...),
    `device` on what it ran ('meta' or 'cpu'), `searched` whether the input size is a guess that fits.

    `edges` and `outputs` count the rows of `layers` from 0: what flows from one to another (-1 is the input),
    and what the model returns. `graph` is 'torch.fx' if torch.fx followed the model too and saw the same
    shapes, else 'recorder'; `remarks` say what was odd. `unused` are the outermost registered modules that
    nothing called, in training mode either. `tried` says how many sizes of the input broke at this line, when
    none passed. Of a model that could not be built `why` says why; where it
    broke, `layers` ends with the calls that were never finished.
    """

    name: str
    place: Place
    how: str
    why: str
    device: str
    inputs: list[list[int]]
    searched: bool
    tried: int
    layers: list[Layer]
    unused: list[Layer]
    parameters: int
    edges: list[tuple[int, int]]
    outputs: list[int]
    graph: str
    remarks: list[str]
    broken: Broken | None
    seconds: float


class ShapesResult(TypedDict):
    """The models of one file; what of it was not run, by line and reason, and which imports were replaced
    by stand-ins. `versions` are those of the packages that built them."""

    models: list[ModelTrace]
    dropped: list[tuple[int, str]]
    stubs: list[str]
    device: str  # that of most of them
    versions: dict[str, str]
    seconds: float  # of the processor
