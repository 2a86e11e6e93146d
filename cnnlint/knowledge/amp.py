"""Mixed precision: the gradient scalers of torch.amp, torch's constructor arguments by its names."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Scaler
from cnnlint.knowledge.describe import describes
from cnnlint.records import record


@describes("torch.amp.GradScaler", "torch.amp.grad_scaler.GradScaler")
@record
class GradScaler(Scaler):
    """Multiplies the loss, so that small gradients in half precision do not vanish.

    https://docs.pytorch.org/docs/stable/amp.html#torch.amp.GradScaler
    """

    device: Any = "cuda"
    init_scale: Any = 65536.0
    growth_factor: Any = 2.0
    backoff_factor: Any = 0.5
    growth_interval: Any = 2000
    enabled: Any = True


@describes(
    "torch.cuda.amp.GradScaler", "torch.cuda.amp.grad_scaler.GradScaler", "torch.cpu.amp.GradScaler"
)  # fmt: skip
@record
class GradScalerOfOneDevice(Scaler):
    """The same, for the device whose module it is in.

    https://docs.pytorch.org/docs/stable/amp.html#torch.cuda.amp.GradScaler
    """

    init_scale: Any = 65536.0
    growth_factor: Any = 2.0
    backoff_factor: Any = 0.5
    growth_interval: Any = 2000
    enabled: Any = True
