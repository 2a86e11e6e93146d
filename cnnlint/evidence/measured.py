"""What the probes measured while a script ran, or by asking its models once more."""

from __future__ import annotations

from typing import TypedDict

from cnnlint.evidence.tasks import Place

__all__ = [
    "Activation", "Alone", "AxisCall", "Decay", "Dropping", "Graphs", "InputRange", "KeptState",
    "LabelOrder", "Measured", "Mixing", "ModeGap", "Normalization", "Responses", "Signal", "Units",
    "Wavering",
]  # fmt: skip


class Activation(TypedDict):
    """What one call of an activation gave for a batch, at the start and at the end of a run (`when`).

    `same` says whether it gave exactly what it was given (None where that is gone, as it works in place).
    `dead` is the share of its `units` that are zero for every one of the `examples`, `saturated` the share of
    values at the flat ends. `module` is the path of the module called, or that it was called in.
    """

    model: int
    when: str
    module: str
    kind: str
    place: Place | None
    examples: int
    units: int
    dead: float
    saturated: float
    same: bool | None
    low: float
    high: float


class Normalization(TypedDict):
    """A batch-norm layer: how many examples and values per channel it had at least while it trained, and
    whether its running statistics moved. `training` counts its calls in training mode."""

    model: int
    module: str
    built: Place | None
    examples: int
    values: int
    training: int
    moved: bool


class Mixing(TypedDict):
    """Whether an example's output depends on the other examples of its batch, in evaluation mode: the
    gradient that reaches the others over the one that reaches itself, and the line that mixes them."""

    model: int
    crossing: float
    place: Place | None


class ModeGap(TypedDict):
    """How much the outputs of a model differ for one batch, relative to their size: between training and
    evaluation mode (`gap`), and between two passes in evaluation mode (`noise`)."""

    model: int
    gap: float
    noise: float
    noisy: Place | None  # the line that draws at random in evaluation mode


class Responses(TypedDict):
    """How the output of a model follows its input: `affine` is |f(a+b) - f(a) - f(b) + f(0)| relative to its
    terms, zero for a model that is one linear map; `spread` the deviation of its outputs over the inputs
    relative to their size, at the start and at the end."""

    model: int
    affine: float | None
    spread_first: float | None
    spread_last: float | None


class InputRange(TypedDict):
    """What a model was given first while it trained ('train'), or in evaluation mode ('eval')."""

    model: int
    mode: str
    shape: list[int]
    kind: str  # the dtype, as 'float32'
    low: float
    high: float
    mean: float
    deviation: float


class Units(TypedDict):
    """A weight that `began` as one constant: of how many units it is, and how far these lie apart now,
    relative to their size (drawn at random it would be about 1)."""

    model: int
    weight: str
    count: int
    began: float
    apart: float


class Signal(TypedDict):
    """The root mean square of what a layer with weights was given and gave, when it first trained."""

    model: int
    module: str
    built: Place | None
    given: float
    gave: float


class Dropping(TypedDict):
    """What a dropout did to the first batch: the share of what is not zero that it dropped (None of few
    values), the correlation of neighbouring pixels of what it was given (None where there are none), and how
    many times larger it made the variance that batch norms behind it see (None where there are none)."""

    model: int
    place: Place | None
    built: Place | None
    dropped: float | None
    neighbours: float | None
    growth: float | None


class AxisCall(TypedDict):
    """The calls on a line of a softmax, or of what chooses the greatest, along one axis (None: of all axes):
    the first shape, and how often it ran over several examples, or over an axis of size 1. `built` is the
    line that made the module, where one is called."""

    name: str
    place: Place | None
    built: Place | None
    axis: int | None
    shape: list[int]
    calls: int
    over_examples: int
    over_one: int


class Decay(TypedDict):
    """How hard the weight decay of an optimizer pulled, over what the gradients of the loss did (`ratio`, the
    median of the `steps`), and the size of its weights at last over that at first (`left`)."""

    optimizer: int
    steps: int
    ratio: float
    left: float


class Graphs(TypedDict):
    """The calls of models on a line, with gradients: through how many graphs gradients came back, and
    the most graphs of earlier calls that were still there when one came."""

    place: Place
    calls: int
    used: int
    most: int


class KeptState(TypedDict):
    """A state that was taken of a model: how many steps changed it while it was kept."""

    place: Place
    steps: int


class LabelOrder(TypedDict):
    """The labels that a loader gave: how many batches, those of one class only, and how many of its passes
    began with the labels that the first one began with."""

    loader: int
    batches: int
    alike: int
    passes: int
    repeats: int


class Wavering(TypedDict):
    """How often the first image of a loader's data was read, and whether a reading differed."""

    loader: int
    readings: int
    differs: bool


class Alone(TypedDict):
    """What a model raised when it was given one example in training mode; '' if it took it."""

    model: int
    raised: str


class Measured(TypedDict, total=False):
    """What the probes measured, each under its name; one that could not measure is left out."""

    activations: list[Activation]
    normalization: list[Normalization]
    mixing: list[Mixing]
    modes: list[ModeGap]
    responses: list[Responses]
    inputs: list[InputRange]
    units: list[Units]
    signals: list[Signal]
    dropping: list[Dropping]
    alone: list[Alone]
    axes: list[AxisCall]
    decays: list[Decay]
    graphs: list[Graphs]
    states: list[KeptState]
    orders: list[LabelOrder]
    wavering: list[Wavering]
