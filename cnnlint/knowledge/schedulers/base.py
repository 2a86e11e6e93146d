"""What torch's schedulers have in common: how a learning rate is computed from the steps taken."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from cnnlint.dims import Dim
from cnnlint.facts import Scheduler
from cnnlint.records import record
from cnnlint.values import Undecided, Unknown, is_unknown


@record
class Described(Scheduler):
    """A scheduler of one optimizer. `verbose` was taken by torch before 2.7."""

    optimizer: Any = field()
    verbose: Any = field(default=False, kw_only=True)

    def rate(self, step: int, base: Any = None) -> Any:
        if getattr(self, "last_epoch", -1) != -1:
            return Unknown("it resumes an earlier run")
        return told(self, step, base)

    def after(self, base: float, step: int) -> float:
        """The rate after so many steps, where nothing else changes it and it would be `base` without."""
        raise Undecided(f"what {self.kind} makes of the rate is not known")

    def onward(self, base: float, rate: float, step: int) -> float:
        """What step number `step` makes of a rate that others change as well: 0 is the step that torch
        takes when the scheduler is built."""
        return self.after(base, step)


class Factor(Described):
    """One that multiplies the rate, so that several of them act together."""

    def after(self, base: float, step: int) -> float:
        return base * self.factor_after(step)

    def factor_after(self, step: int) -> float:
        """What the rate is multiplied by in all after so many steps."""
        raise Undecided(f"what {self.kind} makes of the rate is not known")

    def onward(self, base: float, rate: float, step: int) -> float:
        before = self.factor_after(step - 1) if step else 1.0
        return rate * self.factor_after(step) / before if before else rate


def number(value: Any) -> Any:
    """A number given as an argument, or Unknown."""
    known = isinstance(value, int | float | Dim) or is_unknown(value)
    return value if known else Unknown("this argument is no number")


def whole(value: Any) -> int:
    """A number of steps. Undecided if it is none."""
    if not isinstance(value, int | float) or value != int(value):
        raise Undecided("this is no number of steps")
    return int(value)


def told(scheduler: Any, step: int, base: Any) -> Any:
    """What a scheduler says the rate is after so many steps; Unknown if it cannot."""
    try:
        return scheduler.after(scheduler.optimizer.lr if base is None else base, step)
    except (Undecided, TypeError, ValueError, LookupError, ArithmeticError):
        return Unknown("what this schedule makes of the rate is not known")


def at_most(factor: Any, limit: Any) -> Any:
    """Whether a factor is no more than a limit; Unknown where they cannot be compared."""
    above = below(limit, factor)
    return above if isinstance(above, Unknown) else not above


def below(factor: Any, limit: Any) -> Any:
    """Whether a factor is below a limit; Unknown where they cannot be compared."""
    try:
        return factor < limit
    except TypeError:
        return Unknown("the factors are not numbers")
