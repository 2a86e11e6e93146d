"""What running a script for a few steps shows."""

from __future__ import annotations

from typing import Any, TypedDict

from cnnlint.evidence.measured import Measured
from cnnlint.evidence.tasks import Broken, Place

__all__ = [
    "CurvePoint", "Evaluated", "Event", "LossCall", "Parameter", "Replaced", "RunLoader", "RunModel",
    "RunOptimizer", "RunResult", "RunScheduler", "Submodule", "Unread",
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
