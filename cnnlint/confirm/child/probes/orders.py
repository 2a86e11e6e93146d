"""In what order labels come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from cnnlint.confirm.child.probes import Probe
from cnnlint.evidence import LabelOrder

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]

LEAST = 4  # examples of a batch that say something of its classes


class PROBE(Probe):
    """Looks at the labels of each batch that a loader gives."""

    name = "orders"

    def __init__(self) -> None:
        self.found: dict[int, LabelOrder] = {}
        self.first: dict[int, list[int]] = {}  # of each loader: the labels of its first batch
        self.passes: dict[int, int] = {}

    def drew(self, recorder: Recorder, number: int, labels: Tensor | None) -> None:
        if labels is None or labels.dim() != 1 or labels.is_floating_point() or len(labels) < LEAST:
            return
        told = labels.tolist()
        row = self.found.setdefault(
            number, {"loader": number, "batches": 0, "alike": 0, "passes": 0, "repeats": 0}
        )
        row["batches"] += 1
        row["alike"] += len(set(told)) == 1
        if self.passes.get(number) != recorder.passes[number]:
            self.passes[number] = recorder.passes[number]
            row["passes"] += 1
            row["repeats"] += self.first.setdefault(number, told) == told

    def result(self, recorder: Recorder) -> list[LabelOrder]:
        return list(self.found.values())
