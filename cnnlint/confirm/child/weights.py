"""The weights that models start from: kept in a file by one run, taken over from it by another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["Weights", "drawn_alike"]

#: Standard deviations that differ by more than this factor, besides what chance makes, are of different laws.
FACTOR = 1.4
CHANCE = 4.0  # in standard errors

# The world replaces what the user's code finds there.
_save, _load = torch.save, torch.load


class Weights:
    """What models start from: tensors of the same name and shape that were drawn alike are taken over, so
    that two runs differ in nothing else. A changed initialisation is left as it is."""

    def __init__(self, options: dict[str, Any]) -> None:
        start = Path(options.get("start") or "")
        self.start: dict[str, Tensor] = _load(start) if start.is_file() else {}
        self.keep = str(options.get("keep") or "")
        self.kept: dict[str, Tensor] = {}

    def first_call(self, number: int, model: nn.Module) -> None:
        """Before a model is called for the first time."""
        with torch.no_grad():
            for name, tensor in model.state_dict().items():
                known = self.start.get(f"{number}.{name}")
                if known is not None and drawn_alike(known, tensor.cpu()):
                    tensor.copy_(known)
                self.kept[f"{number}.{name}"] = tensor.detach().cpu().clone()
        if self.keep:
            _save(self.kept, self.keep)


def drawn_alike(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors may have been drawn by the same law, as far as mean and deviation tell."""
    if one.shape != other.shape:
        return False
    if not one.is_floating_point() or one.numel() < 2:
        return bool(torch.equal(one, other))
    one, other = one.double(), other.double()
    deviations = float(one.std()), float(other.std())
    least, most = min(deviations), max(deviations)
    if least == 0:
        return bool(torch.equal(one, other))
    error = CHANCE / one.numel() ** 0.5
    apart = abs(float(one.mean()) - float(other.mean()))
    return bool(most / least < FACTOR + error and apart < most * error * 2**0.5)
