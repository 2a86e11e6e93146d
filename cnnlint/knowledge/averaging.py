"""AveragedModel of torch.optim.swa_utils: a copy of a model that follows it with averaged weights."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Layer
from cnnlint.knowledge.describe import describes
from cnnlint.records import record


@describes("torch.optim.swa_utils.AveragedModel")
@record
class AveragedModel(Layer):
    """A copy of `model`, behind the attribute `module`. Nothing trains it; `update_parameters` does.

    https://docs.pytorch.org/docs/stable/optim.html#stochastic-weight-averaging
    """

    role = "network"
    any_rank = True
    model: Any
    device: Any = None
    avg_fn: Any = None
    multi_avg_fn: Any = None
    use_buffers: Any = False

    def children(self) -> dict[str, Any]:
        return {"module": self.model}
