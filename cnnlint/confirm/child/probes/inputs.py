"""What a model is given: shape, dtype and range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from cnnlint.confirm.child.probes import Probe, Sample
from cnnlint.evidence import InputRange

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]


class PROBE(Probe):
    """Looks at the first batch that each model trains on, and at the first that it is then evaluated on."""

    name = "inputs"

    def __init__(self) -> None:
        self.found: dict[tuple[int, str], InputRange] = {}
        self.trained: dict[int, int] = {}  # the number of a model that trains, by its identity

    def given(self, recorder: Recorder, number: int, sample: Sample) -> None:
        self.trained[id(sample.model)] = number
        self._look(number, "train", sample.inputs)

    def called(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        if not module.training and id(module) in self.trained:
            self._look(self.trained[id(module)], "eval", inputs)

    def _look(self, number: int, mode: str, inputs: tuple[Any, ...]) -> None:
        tensor = next((each for each in inputs if isinstance(each, Tensor)), None)
        if (number, mode) in self.found or tensor is None or not tensor.numel():
            return
        values = tensor.detach().float()
        self.found[number, mode] = {
            "model": number,
            "mode": mode,
            "shape": list(tensor.shape),
            "kind": str(tensor.dtype).removeprefix("torch."),
            "low": float(values.min()),
            "high": float(values.max()),
            "mean": float(values.mean()),
            "deviation": float(values.std(correction=0)),
        }

    def result(self, recorder: Recorder) -> list[InputRange]:
        return list(self.found.values())
