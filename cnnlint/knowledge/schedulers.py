"""The learning-rate schedulers of torch: torch's constructor arguments, by torch's names and order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cnnlint.facts import Optimizer, Scheduler
from cnnlint.knowledge.describe import describes
from cnnlint.values import Unknown, is_unknown, surely


@dataclass(eq=False, repr=False)
class Described(Scheduler):
    """A scheduler of one optimizer. `verbose` was taken by torch before 2.7."""

    optimizer: Any = field()
    verbose: Any = field(default=False, kw_only=True)


@describes("torch.optim.lr_scheduler.StepLR")
@dataclass(eq=False, repr=False)
class StepLR(Described):
    """The rate times `gamma` every `step_size` steps.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
    """

    counts = "epoch"
    step_size: Any
    gamma: Any = 0.1
    last_epoch: Any = -1


@describes("torch.optim.lr_scheduler.MultiStepLR")
@dataclass(eq=False, repr=False)
class MultiStepLR(Described):
    """The rate times `gamma` at each milestone.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
    """

    counts = "epoch"
    milestones: Any
    gamma: Any = 0.1
    last_epoch: Any = -1


@describes("torch.optim.lr_scheduler.ExponentialLR")
@dataclass(eq=False, repr=False)
class ExponentialLR(Described):
    """The rate times `gamma` at every step.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
    """

    counts = "epoch"
    gamma: Any
    last_epoch: Any = -1


@describes("torch.optim.lr_scheduler.CosineAnnealingLR")
@dataclass(eq=False, repr=False)
class CosineAnnealingLR(Described):
    """Half a cosine from the given rate to `eta_min` in `T_max` steps.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
    """

    counts = "epoch"
    T_max: Any
    eta_min: Any = 0.0
    last_epoch: Any = -1


@describes("torch.optim.lr_scheduler.CosineAnnealingWarmRestarts")
@dataclass(eq=False, repr=False)
class CosineAnnealingWarmRestarts(Described):
    """Half cosines, the first of `T_0` steps, each next `T_mult` times longer; fractions of an epoch too.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
    """

    T_0: Any
    T_mult: Any = 1
    eta_min: Any = 0.0
    last_epoch: Any = -1


@describes("torch.optim.lr_scheduler.ReduceLROnPlateau")
@dataclass(eq=False, repr=False)
class ReduceLROnPlateau(Described):
    """The rate times `factor` when the metric given to `step` has not improved for `patience` steps.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
    """

    counts = "epoch"
    mode: Any = "min"
    factor: Any = 0.1
    patience: Any = 10
    threshold: Any = 0.0001
    threshold_mode: Any = "rel"
    cooldown: Any = 0
    min_lr: Any = 0
    eps: Any = 1e-08


@describes("torch.optim.lr_scheduler.OneCycleLR")
@dataclass(eq=False, repr=False)
class OneCycleLR(Described):
    """Up to `max_lr` and down again, once, in `total_steps` batches.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
    """

    counts = "batch"
    warms_up = True
    max_lr: Any
    total_steps: Any = None
    epochs: Any = None
    steps_per_epoch: Any = None
    pct_start: Any = 0.3
    anneal_strategy: Any = "cos"
    cycle_momentum: Any = True
    base_momentum: Any = 0.85
    max_momentum: Any = 0.95
    div_factor: Any = 25.0
    final_div_factor: Any = 10000.0
    three_phase: Any = False
    last_epoch: Any = -1


@describes("torch.optim.lr_scheduler.CyclicLR")
@dataclass(eq=False, repr=False)
class CyclicLR(Described):
    """Between `base_lr` and `max_lr`, up in `step_size_up` batches and down again, over and over.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html
    """

    counts = "batch"
    warms_up = True
    base_lr: Any
    max_lr: Any
    step_size_up: Any = 2000
    step_size_down: Any = None
    mode: Any = "triangular"
    gamma: Any = 1.0
    scale_fn: Any = None
    scale_mode: Any = "cycle"
    cycle_momentum: Any = True
    base_momentum: Any = 0.8
    max_momentum: Any = 0.9
    last_epoch: Any = -1


@describes("torch.optim.lr_scheduler.LambdaLR")
@dataclass(eq=False, repr=False)
class LambdaLR(Described):
    """The given rate times what a function of the step number says.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
    """

    warms_up = Unknown("a function of the program sets the learning rate")
    lr_lambda: Any
    last_epoch: Any = -1


@describes("torch.optim.lr_scheduler.MultiplicativeLR")
@dataclass(eq=False, repr=False)
class MultiplicativeLR(Described):
    """The latest rate times what a function of the step number says.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html
    """

    lr_lambda: Any
    last_epoch: Any = -1


@describes("torch.optim.lr_scheduler.ConstantLR")
@dataclass(eq=False, repr=False)
class ConstantLR(Described):
    """The given rate times `factor` for `total_iters` steps, then the given rate.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html
    """

    factor: Any = 1 / 3
    total_iters: Any = 5
    last_epoch: Any = -1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.warms_up = below(self.factor, 1)


@describes("torch.optim.lr_scheduler.LinearLR")
@dataclass(eq=False, repr=False)
class LinearLR(Described):
    """The given rate times a factor that goes from `start_factor` to `end_factor` in `total_iters` steps.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
    """

    start_factor: Any = 1 / 3
    end_factor: Any = 1.0
    total_iters: Any = 5
    last_epoch: Any = -1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.warms_up = below(self.start_factor, self.end_factor)


@describes("torch.optim.lr_scheduler.PolynomialLR")
@dataclass(eq=False, repr=False)
class PolynomialLR(Described):
    """From the given rate to 0 along a polynomial in `total_iters` steps.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
    """

    total_iters: Any = 5
    power: Any = 1.0
    last_epoch: Any = -1


@describes("torch.optim.swa_utils.SWALR")
@dataclass(eq=False, repr=False)
class SWALR(Described):
    """From the latest rate to the constant `swa_lr` of stochastic weight averaging.

    https://docs.pytorch.org/docs/stable/optim.html#stochastic-weight-averaging
    """

    counts = "epoch"
    swa_lr: Any
    anneal_epochs: Any = 10
    anneal_strategy: Any = "cos"
    last_epoch: Any = -1


@describes("torch.optim.lr_scheduler.SequentialLR")
@dataclass(eq=False, repr=False)
class SequentialLR(Described):
    """One scheduler after another, changing at the milestones; it alone is stepped.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html
    """

    schedulers: Any
    milestones: Any
    last_epoch: Any = -1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.inner = members(self.schedulers)
        self.warms_up = any_warms_up(self.inner)


@describes("torch.optim.lr_scheduler.ChainedScheduler")
@dataclass(eq=False, repr=False)
class ChainedScheduler(Scheduler):
    """Several schedulers of one optimizer at once; it alone is stepped.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html
    """

    schedulers: Any
    optimizer: Any = None

    def __post_init__(self) -> None:
        self.inner = members(self.schedulers)
        self.warms_up = any_warms_up(self.inner)
        if self.optimizer is None:
            self.optimizer = optimizer_of(self.inner)
        super().__post_init__()


def members(schedulers: Any) -> Any:
    """The schedulers in a list as a tuple; Unknown if any is not known."""
    if not isinstance(schedulers, tuple | list):
        return Unknown("the schedulers it takes over are not known")
    unknown = [each for each in schedulers if not isinstance(each, Scheduler)]
    return Unknown("a scheduler it takes over is not known") if unknown else tuple(schedulers)


def any_warms_up(inner: Any) -> Any:
    """Whether any of these schedulers begins below the given rate."""
    if is_unknown(inner):
        return inner
    answers = [each.warms_up for each in inner]
    if any(surely(answer) for answer in answers):
        return True
    return next((answer for answer in answers if is_unknown(answer)), False)


def below(factor: Any, limit: Any) -> Any:
    """Whether a factor is below a limit; Unknown where they cannot be compared."""
    try:
        return factor < limit
    except TypeError:
        return Unknown("the factors are not numbers")


def optimizer_of(inner: Any) -> Any:
    """The optimizer that all of these schedulers act on: that of the first."""
    if is_unknown(inner) or not inner:
        return Unknown("the optimizer is not known")
    first: Scheduler = inner[0]
    return first.optimizer if isinstance(first.optimizer, Optimizer) else Unknown("optimizer not known")
