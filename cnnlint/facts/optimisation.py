"""What updates a model: parameters, optimizers, schedulers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from cnnlint.facts.base import NOWHERE, Fact
from cnnlint.records import record
from cnnlint.source import Site
from cnnlint.values import Unknown

if TYPE_CHECKING:
    from cnnlint.facts.events import Backward, ScalerUpdate, SchedulerStep, Step, Unscale, ZeroGrad
    from cnnlint.facts.modules import Module


@record
class Parameters(Fact):
    """Some learnable parameters: those of `modules` (Unknown if not known whose), without the biases of the
    layers `unbiased`, whose weights are among them."""

    modules: Any = ()
    all: Any = True  # all parameters of those modules, or Unknown after a filter
    unbiased: tuple[Module, ...] = ()


class Optimizer(Fact):
    """Subclasses in `knowledge.optimizers` are dataclasses whose fields are torch's arguments
    (`params, lr, ...`); here is what every optimizer has. `params` is a Parameters or Unknown."""

    params: Any = Unknown("parameters not known")
    lr: Any = Unknown("learning rate not known")
    momentum: Any = 0
    weight_decay: Any = 0
    adjusted: Any = False  # code reaches into its param_groups: its rate may be set by hand
    family: ClassVar[str] = ""  # 'sgd', 'adam', 'adaptive', 'lbfgs', 'rprop' or ''
    argument: Site = NOWHERE  # where it was given `net.parameters()`: the expression `net` ...
    given: str = ""  # ... as written, if it is a name or attribute
    momentum_in: Any = Unknown("not known whether it has momentum")  # 'momentum', 'betas' or '' for none

    def __init__(self) -> None:
        self._prepare()

    def _prepare(self) -> None:
        for option in ("lr", "momentum", "weight_decay"):
            if not isinstance(getattr(self, option), int | float | Unknown):
                setattr(self, option, Unknown(f"`{option}` is no plain number"))
        self.steps: list[Step] = []
        self.held: Any = ()  # the modules whose parameters it was given when it was built
        self.schedulers: list[Scheduler] = []
        # What relations.link fills in:
        self.clears: list[ZeroGrad] = []  # that surely clear its gradients
        self.backwards: list[Backward] = []  # that surely reach its parameters
        self.rivals: list[Optimizer] = []  # that may update the same parameters
        self.misses: list[Backward] = []  # what its steps follow on, if that is none of its own (relations)

    def __post_init__(self) -> None:
        self._prepare()

    @property
    def starts_at_rate(self) -> bool:
        """Its first steps are of the rate it is given: nothing warms it up or sets it by hand."""
        return not self.adjusted and not any(scheduler.warms_up for scheduler in self.schedulers)

    @property
    def modules(self) -> Any:
        """The modules whose parameters it updates."""
        return self.params.modules


class Scheduler(Fact):
    """Subclasses in `knowledge.schedulers` are dataclasses whose fields are torch's arguments."""

    optimizer: Any = Unknown("optimizer not known")
    counts: ClassVar[str] = ""  # what a step means: 'epoch', 'batch', or '' for either
    warms_up: Any = False  # the given rate is a peak that is reached later
    only_lowers: Any = False  # the given rate is the highest
    inner: Any = ()  # the schedulers it takes over: they are stepped through it
    pace: ClassVar[str] = ""  # the argument that says how many steps it takes to do anything
    first_change: Any = 0  # the first step that changes the rate; 0 if any may
    by_batch: bool = False  # its arguments say that it is stepped with every batch
    length: Any = 0  # the steps in which it does once what it is for; 0 if it goes on and on
    epoch_of: Any = None  # the Loader whose batches are one epoch of it, where their number is not known

    def __init__(self) -> None:
        self._prepare()

    def _prepare(self) -> None:
        self.steps: list[SchedulerStep] = []
        if isinstance(self.optimizer, Optimizer):
            self.optimizer.schedulers.append(self)
        else:
            self.optimizer = Unknown("optimizer not known")

    def __post_init__(self) -> None:
        self._prepare()

    @property
    def peak(self) -> Any:
        """The rate that it leads up to, if it warms up."""
        return self.optimizer.lr

    def rate(self, step: int, base: Any = None) -> Any:
        """The learning rate after so many steps, where it is `base` without a schedule: else the
        optimizer's own."""
        return Unknown("what this schedule makes of the rate is not known")


class Scaler(Fact):
    """A GradScaler: it multiplies the loss before backward and divides the gradients before the step.
    Subclasses in `knowledge.amp` are dataclasses whose fields are torch's arguments."""

    enabled: Any = True
    switched_off: bool = False  # by `enabled=False`
    # What relations.link fills in:
    backwards: tuple[Backward, ...] = ()  # of losses that it multiplied
    steps: tuple[Step, ...] = ()
    unscales: tuple[Unscale, ...] = ()
    updates: tuple[ScalerUpdate, ...] = ()

    def __post_init__(self) -> None:
        self.switched_off = self.enabled is False

    @property
    def disabled(self) -> bool:
        """It does nothing, and not only by default."""
        return self.switched_off and not self.assumed
