"""What running a script for a few steps shows."""

from __future__ import annotations

from typing import Any, TypedDict

from cnnlint.evidence.tasks import Broken, Place

__all__ = [
    "Activation", "Alone", "AxisCall", "CurvePoint", "Decay", "Dropping", "Evaluated", "Event", "Graphs",
    "InputRange", "KeptState", "LabelOrder", "LossCall", "Measured", "Mixing", "ModeGap", "Normalization",
    "Parameter", "Replaced", "Responses", "RunLoader", "RunModel", "RunOptimizer", "RunResult",
    "RunScheduler", "Signal", "Submodule", "Units", "Unread", "Wavering",
]  # fmt: skip


class _Event(TypedDict):
    """What each event tells."""

    kind: str
    place: Place | None
    subject: int
    step: int


class Event(_Event, total=False):
    """Something that happened in a run, in order, and the user's line that made it happen.

    `kind` is 'pass' (over a loader), 'forward' (of a whole model), 'loss', 'backward', 'zero_grad', 'step',
    'clip', 'scheduler_step', 'train' or 'eval' (a mode was set). `subject` counts in the list that belongs to
    it: loaders, models, losses, optimizers, schedulers; -1 where there is none. `step` is how many optimizer
    steps had been taken before. What else it tells is there only where it applies.
    """

    mode: str  # of a forward: 'train', 'eval', or 'mixed' where its modules differ
    gradients_on: bool  # of a forward: whether autograd recorded it
    examples: int  # of a forward: how many examples it was given
    loss: float  # of a loss and a backward
    batches: int  # of a pass: how many batches it gave
    kept: list[int]  # of a backward: optimizers whose gradients were not clear before it
    reached: list[int]  # of a backward: optimizers whose gradients it changed
    gradients: str  # of a step and a clip: 'none', 'zero' or 'some' is what it had to go by
    rates: list[float]  # of a step: the learning rate of each group


class Parameter(TypedDict):
    """A parameter of a model when the run ended. `gradient` is what the steps saw of it: 'none', 'zero',
    'some', or '' where nothing stepped; `moved` whether its values changed; `update` the norm of its change
    in the first step over its own (`norm`), `slope` that of its gradient then. `optimizers` count in the list
    of optimizers."""

    name: str
    shape: list[int]
    trains: bool
    optimizers: list[int]
    gradient: str
    moved: bool
    norm: float | None
    slope: float | None
    update: float | None


class Submodule(TypedDict):
    """A module inside a model: its path and class, the user's line that built it, whether it was called, the
    optimizers that hold parameters of its own. `vain` says that somebody set a `requires_grad` on it, which
    nothing reads."""

    name: str
    kind: str
    built: Place | None
    called: bool
    parameters: int
    optimizers: list[int]
    vain: bool


class RunModel(TypedDict):
    """A model the run called: its class and where that is written, the line that built it, its size."""

    name: str
    place: Place | None
    built: Place | None
    parameters: int
    trainable: int
    tensors: list[Parameter]
    modules: list[Submodule]


class RunOptimizer(TypedDict):
    """An optimizer: its class, the line that built it, the settings of its groups, how many tensors it
    holds, and how many of them are in no model that was called. `steps` is how often it stepped."""

    name: str
    built: Place | None
    groups: list[dict[str, Any]]
    tensors: int
    strangers: int
    steps: int


class RunScheduler(TypedDict):
    """A scheduler of learning rates: its class, the line that built it, its optimizer, how often it stepped
    (the step it takes when it is built left out)."""

    name: str
    built: Place | None
    optimizer: int
    steps: int


class RunLoader(TypedDict):
    """A loader: the line that built it, its data, the size of its batches as the user wrote it and as it
    ran, whether it shuffles, how many batches a pass gives in this world, how many passes were begun over it,
    and whether a loss on its batches went backward (`trains`)."""

    built: Place | None
    data: str
    batch: int | None
    ran: int | None
    shuffles: bool
    length: int | None
    passes: int
    trains: bool


class LossCall(TypedDict):
    """All calls of a loss function on one line of the user's.

    `after` are the activations the prediction came from, the last first ('log_softmax', 'relu'), if nothing
    but new layouts stood between. The counts say in how many of the `calls` the prediction's rows summed to
    one (`probabilities`), were logarithms of such (`log_probabilities`), lay between 0 and 1 (`unit`), and
    had another shape than the target though the loss goes value by value (`broadcast`); and in how many the
    target alone had gradients (`swapped`).
    """

    name: str
    place: Place | None
    calls: int
    trained: int  # calls with gradients
    prediction: list[int]
    target: list[int]
    whole: bool  # the target holds whole numbers only, whatever their dtype
    after: list[str]
    probabilities: int
    log_probabilities: int
    unit: int
    broadcast: int
    swapped: int
    low: float
    high: float
    target_low: float
    target_high: float
    first: float
    last: float


class Activation(TypedDict):
    """What one call of an activation gave for a batch, at the start and at the end of a run (`when`).

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
    """The calls of models on a line, with gradients: the most graphs of earlier ones that were still there
    when one came."""

    place: Place
    calls: int
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


class CurvePoint(TypedDict):
    """A training loss: its value, how many of the examples the model got right (of a regression, how much of
    the variance; None where that cannot be told), and how many optimizer steps had been taken before."""

    step: int
    loss: float
    accuracy: float | None


class Evaluated(TypedDict):
    """The accuracy of the script's own evaluation after the last step, on how many examples, in what mode;
    the share of the commonest class among them, None where an example has no class."""

    accuracy: float
    examples: int
    mode: str
    commonest: float | None


class Replaced(TypedDict):
    """Something of the world that was replaced for the run: what, by what, on which line of the user's."""

    what: str
    by: str
    place: Place | None


class Unread(TypedDict):
    """A file or folder of data that the script asked for and did not get: as it names it, where that lies
    behind all links, the line that asks, whether it is there, but the sandbox keeps it closed, and whether
    the run broke for it."""

    path: str
    real: str
    place: Place | None
    closed: bool
    fatal: bool


class RunResult(TypedDict):
    """A script that ran in a replaced world.

    `ended` is 'steps' (as many optimizer steps as asked for), 'backwards' (so many backward passes without
    a step), 'time', 'finished', 'exited' (`sys.exit`) or 'broken' (by `broken`); `why` says so in words.
    Events beyond a bound are left out, `more` counts them.
    """

    ended: str
    why: str
    broken: Broken | None
    steps: int
    backwards: int
    seconds: float
    busy: float  # seconds of CPU
    device: str
    versions: dict[str, str]
    models: list[RunModel]
    loose: list[Submodule]  # modules with parameters that were called, and that no model has
    optimizers: list[RunOptimizer]
    schedulers: list[RunScheduler]
    loaders: list[RunLoader]
    losses: list[LossCall]
    events: list[Event]
    more: int
    measured: Measured
    unmeasured: dict[str, str]  # probe to why it could not
    curve: list[CurvePoint]
    evaluated: Evaluated | None
    replaced: list[Replaced]
    wanted: list[str]  # what the script asked for that there is not: files, downloads
    unread: list[Unread]  # the data among it, first what the script broke for
    stubs: list[str]  # imports that stand-ins were given for
