"""Weights that began as one constant, and how different their units have become since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from cnnlint.confirm.child.probes import Probe
from cnnlint.evidence import Units

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]

TINY = 1e-12


class PROBE(Probe):
    """Looks at the weights of each model before it is trained and at the end."""

    name = "units"

    def __init__(self) -> None:
        self.constants: dict[int, dict[str, float]] = {}  # model: its constant weights

    def begins(self, recorder: Recorder, number: int) -> None:
        if number not in self.constants:
            self.constants[number] = {
                name: float(weight.flatten()[0])
                for name, weight in recorder.models.all[number].named_parameters()
                if weight.dim() > 1 and len(weight) > 1 and bool((weight == weight.flatten()[0]).all())
            }

    def result(self, recorder: Recorder) -> list[Units]:
        found: list[Units] = []
        for number, constants in self.constants.items():
            weights = dict(recorder.models.all[number].named_parameters())
            for name, began in constants.items():
                if (weight := weights.get(name)) is not None:
                    found.append({
                        "model": number,
                        "weight": name,
                        "count": len(weight),
                        "began": began,
                        "apart": _apart(weight.detach().float().flatten(1)),
                    })  # fmt: skip
        return found


def _apart(units: Tensor) -> float:
    """How far units, one a row, lie from their mean, relative to their size."""
    return float((units - units.mean(0)).norm() / (units.norm() + TINY))
