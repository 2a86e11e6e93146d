"""Schedulers that go down along a cosine, or up and down again."""

from __future__ import annotations

from bisect import bisect_left
from math import cos, floor, pi
from typing import Any

from cnnlint.knowledge.describe import describes
from cnnlint.knowledge.schedulers.base import Described, at_most, number, whole
from cnnlint.records import record
from cnnlint.values import Undecided, is_unknown


@describes("torch.optim.lr_scheduler.CosineAnnealingLR")
@record
class CosineAnnealingLR(Described):
    """Half a cosine from the given rate to `eta_min` in `T_max` steps, and up again if there are more.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
    """

    counts = "epoch"
    pace = "T_max"
    T_max: Any
    eta_min: Any = 0.0
    last_epoch: Any = -1

    @property
    def length(self) -> Any:
        return number(self.T_max)

    @property
    def only_lowers(self) -> Any:
        return at_most(self.eta_min, self.optimizer.lr)

    def after(self, base: float, step: int) -> float:
        return self.eta_min + (base - self.eta_min) * self._height(step)  # type: ignore[no-any-return]

    def onward(self, base: float, rate: float, step: int) -> float:
        if step == 0:
            return rate
        if (step - 1 - self.T_max) % (2 * self.T_max) == 0:  # from the lowest point, where the height is 0
            return rate + (base - self.eta_min) * (1 - cos(pi / self.T_max)) / 2  # type: ignore[no-any-return]
        return self._height(step) / self._height(step - 1) * (rate - self.eta_min) + self.eta_min  # type: ignore[no-any-return]

    def _height(self, step: int) -> float:
        return (1 + cos(pi * step / self.T_max)) / 2


@describes("torch.optim.lr_scheduler.CosineAnnealingWarmRestarts")
@record
class CosineAnnealingWarmRestarts(Described):
    """Half cosines, the first of `T_0` steps, each next `T_mult` times longer; fractions of an epoch too.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
    """

    T_0: Any
    T_mult: Any = 1
    eta_min: Any = 0.0
    last_epoch: Any = -1

    @property
    def only_lowers(self) -> Any:
        return at_most(self.eta_min, self.optimizer.lr)

    def after(self, base: float, step: int) -> float:
        length, growth = whole(self.T_0), whole(self.T_mult)
        if length <= 0 or growth < 1:
            raise Undecided("torch takes no such cycle")
        if growth == 1:
            step %= length
        while step >= length:
            step, length = step - length, length * growth
        return self.eta_min + (base - self.eta_min) * (1 + cos(pi * step / length)) / 2  # type: ignore[no-any-return]


@describes("torch.optim.lr_scheduler.OneCycleLR")
@record
class OneCycleLR(Described):
    """Up to `max_lr` and down again, once, in `total_steps` batches.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
    """

    counts = "batch"
    warms_up = True
    pace = "total_steps"
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

    def __post_init__(self) -> None:
        super().__post_init__()
        given = is_unknown(self.steps_per_epoch) or self.steps_per_epoch not in (None, 1)
        self.by_batch = self.total_steps is None and given

    @property
    def length(self) -> Any:
        """The steps of its cycle; one more raises ValueError."""
        total = number(self.epochs) * number(self.steps_per_epoch)
        return total if self.total_steps is None else number(self.total_steps)

    @property
    def peak(self) -> Any:
        return number(self.max_lr)

    def after(self, base: float, step: int) -> float:
        total, start = whole(self.length), self.max_lr / self.div_factor
        least = start / self.final_div_factor
        rise = self.pct_start * total - 1
        phases = [(rise, start, self.max_lr), (total - 1, self.max_lr, least)]
        if self.three_phase:
            phases[1:] = [(2 * rise, self.max_lr, start), (total - 1, start, least)]
        ends = [end for end, _, _ in phases]
        phase = bisect_left(ends[:-1], step)
        begun = ends[phase - 1] if phase else 0.0
        end, first, last = phases[phase]
        return self._between(first, last, (step - begun) / (end - begun))

    def _between(self, first: float, last: float, part: float) -> float:
        if self.anneal_strategy == "cos":
            return last + (first - last) / 2 * (cos(pi * part) + 1)
        return (last - first) * part + first


@describes("torch.optim.lr_scheduler.CyclicLR")
@record
class CyclicLR(Described):
    """Between `base_lr` and `max_lr`, up in `step_size_up` batches and down again, over and over.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html
    """

    counts = "batch"
    warms_up = True
    pace = "step_size_up"
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

    @property
    def length(self) -> Any:
        return number(self.step_size_up)

    @property
    def peak(self) -> Any:
        return number(self.max_lr)

    def after(self, base: float, step: int) -> float:
        up = self.step_size_up
        total = up + (up if self.step_size_down is None else self.step_size_down)
        cycle, rise = floor(1 + step / total), up / total
        part = 1 + step / total - cycle
        height = part / rise if part <= rise else (part - 1) / (rise - 1)
        return self.base_lr + (self.max_lr - self.base_lr) * height * self._scale(cycle, step)  # type: ignore[no-any-return]

    def _scale(self, cycle: int, step: int) -> float:
        if self.scale_fn is not None:
            raise Undecided("a function of the program scales the cycles")
        if self.mode == "triangular2":
            return 1 / 2 ** (cycle - 1)  # type: ignore[no-any-return]
        return self.gamma**step if self.mode == "exp_range" else 1.0


@describes("torch.optim.swa_utils.SWALR")
@record
class SWALR(Described):
    """From the latest rate to the constant `swa_lr` of stochastic weight averaging.

    https://docs.pytorch.org/docs/stable/optim.html#stochastic-weight-averaging
    """

    counts = "epoch"
    swa_lr: Any
    anneal_epochs: Any = 10
    anneal_strategy: Any = "cos"
    last_epoch: Any = -1
