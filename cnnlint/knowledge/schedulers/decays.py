"""Schedulers that multiply the given rate by a factor: decays, warm-ups and functions of the program."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import field
from math import prod
from typing import Any

from cnnlint.knowledge.describe import describes
from cnnlint.knowledge.schedulers.base import Described, Factor, at_most, below, number, whole
from cnnlint.records import record
from cnnlint.values import Undecided, Unknown


@describes("torch.optim.lr_scheduler.StepLR")
@record
class StepLR(Factor):
    """The rate times `gamma` every `step_size` steps.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
    """

    counts = "epoch"
    pace = "step_size"
    step_size: Any
    gamma: Any = 0.1
    last_epoch: Any = -1

    @property
    def first_change(self) -> Any:
        return number(self.step_size)

    @property
    def only_lowers(self) -> Any:
        return at_most(self.gamma, 1)

    def factor_after(self, step: int) -> float:
        return self.gamma ** (step // whole(self.step_size))  # type: ignore[no-any-return]


@describes("torch.optim.lr_scheduler.MultiStepLR")
@record
class MultiStepLR(Factor):
    """The rate times `gamma` at each milestone.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
    """

    counts = "epoch"
    pace = "milestones"
    milestones: Any
    gamma: Any = 0.1
    last_epoch: Any = -1

    @property
    def first_change(self) -> Any:
        return min(self._sorted(), default=0)

    @property
    def length(self) -> Any:
        return max(self._sorted(), default=0)

    @property
    def only_lowers(self) -> Any:
        return at_most(self.gamma, 1)

    def factor_after(self, step: int) -> float:
        return self.gamma ** bisect_right(self._sorted(), step)  # type: ignore[no-any-return]

    def _sorted(self) -> list[int]:
        if not isinstance(self.milestones, tuple | list):
            raise Undecided("the milestones are not known")
        return sorted(map(whole, self.milestones))


@describes("torch.optim.lr_scheduler.ExponentialLR")
@record
class ExponentialLR(Factor):
    """The rate times `gamma` at every step.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
    """

    counts = "epoch"
    gamma: Any
    last_epoch: Any = -1

    @property
    def only_lowers(self) -> Any:
        return at_most(self.gamma, 1)

    def factor_after(self, step: int) -> float:
        return self.gamma**step  # type: ignore[no-any-return]


@describes("torch.optim.lr_scheduler.ConstantLR")
@record
class ConstantLR(Factor):
    """The given rate times `factor` for `total_iters` steps, then the given rate.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html
    """

    factor: Any = 1 / 3
    total_iters: Any = 5
    last_epoch: Any = -1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.warms_up = below(self.factor, 1)

    def factor_after(self, step: int) -> float:
        over = 0 < whole(self.total_iters) <= step
        return 1.0 if over else self.factor


@describes("torch.optim.lr_scheduler.LinearLR")
@record
class LinearLR(Factor):
    """The given rate times a factor that goes from `start_factor` to `end_factor` in `total_iters` steps.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
    """

    pace = "total_iters"
    start_factor: Any = 1 / 3
    end_factor: Any = 1.0
    total_iters: Any = 5
    last_epoch: Any = -1

    @property
    def length(self) -> Any:
        return number(self.total_iters)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.warms_up = below(self.start_factor, self.end_factor)

    def factor_after(self, step: int) -> float:
        return self.start_factor + (self.end_factor - self.start_factor) * share(step, self.total_iters)  # type: ignore[no-any-return]


@describes("torch.optim.lr_scheduler.PolynomialLR")
@record
class PolynomialLR(Factor):
    """From the given rate to 0 along a polynomial in `total_iters` steps.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
    """

    pace = "total_iters"
    only_lowers = True
    total_iters: Any = 5
    power: Any = 1.0
    last_epoch: Any = -1

    @property
    def length(self) -> Any:
        return number(self.total_iters)

    def factor_after(self, step: int) -> float:
        return (1 - share(step, self.total_iters)) ** self.power  # type: ignore[no-any-return]


@record
class Told(Described):
    """One that asks a function of the program. `said` is what that answered at the steps of the run."""

    lr_lambda: Callable[..., Any]
    last_epoch: Any = -1
    said: dict[int, float] = field(default_factory=dict, init=False)


@describes("torch.optim.lr_scheduler.LambdaLR")
@record
class LambdaLR(Factor, Told):
    """The given rate times what a function of the step number says.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
    """

    @property
    def warms_up(self) -> Any:
        if not self.said:
            return Unknown("a function of the program sets the learning rate")
        return max(self.said.values()) > self.said[0] or self.said[0] != 1

    @property
    def peak(self) -> Any:
        highest = max(self.said.values(), default=Unknown("what a function of the program says"))
        return self.optimizer.lr * highest

    def factor_after(self, step: int) -> float:
        return self.said[step]

    def onward(self, base: float, rate: float, step: int) -> float:
        return self.after(base, step)


@describes("torch.optim.lr_scheduler.MultiplicativeLR")
@record
class MultiplicativeLR(Factor, Told):
    """The latest rate times what a function of the step number says.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html
    """

    def factor_after(self, step: int) -> float:
        return prod(self.said[each] for each in range(1, step + 1))


def share(step: int, total: Any) -> float:
    """The part of all steps that is done; torch stays where it began if there are none."""
    steps = whole(total)
    return min(steps, step) / steps if steps > 0 else 0.0
