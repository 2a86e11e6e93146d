"""Schedulers of other libraries that begin with a warm-up."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Scheduler
from cnnlint.knowledge.describe import describes
from cnnlint.values import Unknown

#: Functions of transformers that build one; each takes the optimizer first.
WITH_WARMUP = (
    "get_constant_schedule_with_warmup",
    "get_cosine_schedule_with_warmup",
    "get_cosine_with_hard_restarts_schedule_with_warmup",
    "get_inverse_sqrt_schedule",
    "get_linear_schedule_with_warmup",
    "get_polynomial_decay_schedule_with_warmup",
)


class WarmsUp(Scheduler):
    """A scheduler that first raises the rate to the given one."""

    warms_up = True
    peak: Any = Unknown("what this schedule leads up to is not known")

    def __init__(self, optimizer: Any, *others: Any, **options: Any) -> None:
        self.optimizer = optimizer
        self.options = options
        super().__init__()


@describes(*(f"transformers.{place}{name}" for name in WITH_WARMUP for place in ("", "optimization.")))
class ScheduleWithWarmup(WarmsUp):
    """https://huggingface.co/docs/transformers/main_classes/optimizer_schedules"""

    counts = "batch"

    @property
    def peak(self) -> Any:
        return self.optimizer.lr


@describes("warmup_scheduler.GradualWarmupScheduler")
class GradualWarmupScheduler(WarmsUp):
    """Warms up, then hands over to another scheduler, which it steps.

    https://github.com/ildoonet/pytorch-gradual-warmup-lr
    """

    def __init__(
        self, optimizer: Any, multiplier: Any, total_epoch: Any, after_scheduler: Any = None
    ) -> None:
        super().__init__(optimizer)
        self.multiplier, self.total_epoch = multiplier, total_epoch
        if isinstance(after_scheduler, Scheduler):
            self.inner = (after_scheduler,)


@describes("pl_bolts.optimizers.lr_scheduler.LinearWarmupCosineAnnealingLR")
class LinearWarmupCosineAnnealingLR(WarmsUp):
    """https://lightning-bolts.readthedocs.io/en/latest/schedulers/warmup_cosine_annealing.html"""


@describes("cosine_annealing_warmup.CosineAnnealingWarmupRestarts")
class CosineAnnealingWarmupRestarts(WarmsUp):
    """https://github.com/katsura-jp/pytorch-cosine-annealing-with-warmup"""
