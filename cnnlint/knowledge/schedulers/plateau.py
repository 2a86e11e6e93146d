"""The scheduler that reads a metric."""

from __future__ import annotations

from typing import Any

from cnnlint.knowledge.describe import describes
from cnnlint.knowledge.schedulers.base import Described, number
from cnnlint.records import record


@describes("torch.optim.lr_scheduler.ReduceLROnPlateau")
@record
class ReduceLROnPlateau(Described):
    """The rate times `factor` when the metric given to `step` has not improved for `patience` steps.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
    """

    counts = "epoch"
    pace = "patience"
    only_lowers = True
    mode: Any = "min"
    factor: Any = 0.1
    patience: Any = 10
    threshold: Any = 0.0001
    threshold_mode: Any = "rel"
    cooldown: Any = 0
    min_lr: Any = 0
    eps: Any = 1e-08

    @property
    def first_change(self) -> Any:
        """The first number given sets what is to be beaten, if it is one."""
        return number(self.patience) + 1
