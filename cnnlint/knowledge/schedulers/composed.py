"""Schedulers made of others: one after another, or several at once."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from cnnlint.facts import Optimizer, Scheduler
from cnnlint.knowledge.describe import describes
from cnnlint.knowledge.schedulers.base import Described, told, whole
from cnnlint.records import record
from cnnlint.values import Undecided, Unknown, is_unknown, surely

#: Those that give the optimizer another rate to begin with, for others too, and the one that torch
#: lets go on from the rate of the schedule before it.
INTERFERING = frozenset({"OneCycleLR", "CyclicLR", "MultiplicativeLR", "SequentialLR", "ChainedScheduler"})
#: Steps of a chain are reckoned one by one; more than this would take too long.
LONGEST = 100_000


@describes("torch.optim.lr_scheduler.SequentialLR")
@record
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

    @property
    def peak(self) -> Any:
        return max(each.peak for each in self.inner)

    def after(self, base: float, step: int) -> float:
        starts = [0, *map(whole, self.milestones)]
        index = bisect_right(starts, step) - 1
        return combinable(self.inner)[index].after(base, step - starts[index])


@describes("torch.optim.lr_scheduler.ChainedScheduler")
@record
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

    @property
    def peak(self) -> Any:
        return Unknown("what these schedules lead up to together is not known")

    def rate(self, step: int, base: Any = None) -> Any:
        return told(self, step, base)

    def after(self, base: float, step: int) -> float:
        """The rate after so many steps, each of which takes one of every member."""
        if step > LONGEST:
            raise Undecided("too many steps to reckon with")
        rate = base
        for taken in range(step + 1):
            for member in combinable(self.inner):
                rate = member.onward(base, rate, taken)
        return rate


def combinable(inner: Any) -> tuple[Described, ...]:
    """Schedulers that do not disturb one another's idea of the given rate. Undecided if one does."""
    for each in inner:
        if not isinstance(each, Described) or len(inner) > 1 and each.kind in INTERFERING:
            raise Undecided("how these schedulers act together is not known")
        if getattr(each, "last_epoch", -1) != -1:
            raise Undecided("it resumes an earlier run")
    return tuple(inner)


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


def optimizer_of(inner: Any) -> Any:
    """The optimizer that all of these schedulers act on: that of the first."""
    if is_unknown(inner) or not inner:
        return Unknown("the optimizer is not known")
    first: Scheduler = inner[0]
    return first.optimizer if isinstance(first.optimizer, Optimizer) else Unknown("optimizer not known")
