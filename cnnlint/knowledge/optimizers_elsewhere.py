"""Optimizers of other libraries, as far as their constructors take `params, lr` and options by name.

Of their other defaults nothing is claimed.
"""

from __future__ import annotations

from typing import Any, ClassVar

from cnnlint.facts import Optimizer
from cnnlint.knowledge.describe import describes
from cnnlint.values import Unknown

#: By dotted name: the family, and the rate that stands if none is given (None where it must be given).
KNOWN_BY_RATE: dict[str, tuple[str, float | None]] = {
    "transformers.AdamW": ("adam", 1e-3),
    "transformers.optimization.AdamW": ("adam", 1e-3),
    "apex.optimizers.FusedAdam": ("adam", 1e-3),
    "apex.optimizers.FusedLAMB": ("adam", 1e-3),
    "apex.optimizers.FusedSGD": ("sgd", None),
    "bitsandbytes.optim.Adam": ("adam", 1e-3),
    "bitsandbytes.optim.Adam8bit": ("adam", 1e-3),
    "bitsandbytes.optim.AdamW": ("adam", 1e-3),
    "bitsandbytes.optim.AdamW8bit": ("adam", 1e-3),
    "lion_pytorch.Lion": ("", 1e-4),
    "adabelief_pytorch.AdaBelief": ("adam", 1e-3),
    "torch_optimizer.AdaBelief": ("adam", 1e-3),
    "torch_optimizer.AdaBound": ("adam", 1e-3),
    "torch_optimizer.AdamP": ("adam", 1e-3),
    "torch_optimizer.DiffGrad": ("adam", 1e-3),
    "torch_optimizer.Lamb": ("adam", 1e-3),
    "torch_optimizer.RAdam": ("adam", 1e-3),
    "torch_optimizer.Ranger": ("adam", 1e-3),
    "torch_optimizer.Yogi": ("adam", 1e-2),
}


class OptimizerElsewhere(Optimizer):
    """An optimizer of another library."""

    usual_rate: ClassVar[float | None] = None

    def __init__(self, params: Any, lr: Any = None, *others: Any, **options: Any) -> None:
        unknown = Unknown("the defaults of another library are not known")
        usual = unknown if self.usual_rate is None else self.usual_rate
        self.params, self.lr = params, usual if lr is None else lr
        self.momentum = options.get("momentum", unknown)
        self.weight_decay = options.get("weight_decay", unknown)
        self.options = options
        super().__init__()


for _name, (_family, _rate) in KNOWN_BY_RATE.items():
    _members = {"family": _family, "usual_rate": _rate, "__module__": __name__, "__doc__": f"{_name}."}
    describes(_name)(type(_name.rpartition(".")[2], (OptimizerElsewhere,), _members))
