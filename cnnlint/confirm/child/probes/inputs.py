"""What a model is given: shape, dtype and range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from cnnlint.confirm.child.probes import Probe, Sample
from cnnlint.evidence import InputRange

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]


class PROBE(Probe):
    """Looks at the first batch that each model trains on."""

    name = "inputs"

    def __init__(self) -> None:
        self.found: dict[int, InputRange] = {}

    def given(self, recorder: Recorder, number: int, sample: Sample) -> None:
        tensor = next((each for each in sample.inputs if isinstance(each, Tensor)), None)
        if number in self.found or tensor is None or not tensor.numel():
            return
        values = tensor.detach().float()
        self.found[number] = {
            "model": number,
            "shape": list(tensor.shape),
            "kind": str(tensor.dtype).removeprefix("torch."),
            "low": float(values.min()),
            "high": float(values.max()),
            "mean": float(values.mean()),
            "deviation": float(values.std(correction=0)),
        }

    def result(self, recorder: Recorder) -> list[InputRange]:
        return list(self.found.values())
