"""How much larger or smaller each layer with weights makes its signals when it first trains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from cnnlint.confirm.child.probes import Probe
from cnnlint.evidence import Signal

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]


class PROBE(Probe):
    """Looks at the first call of each layer in training mode."""

    name = "signals"

    def __init__(self) -> None:
        self.seen: dict[nn.Module, tuple[float, float]] = {}

    def called(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        if module in self.seen or not module.training or not inputs:
            return
        weight = module._parameters.get("weight")
        if weight is not None and weight.dim() > 1 and _floats(inputs[0]) and _floats(output):
            self.seen[module] = _size(inputs[0]), _size(output)

    def result(self, recorder: Recorder) -> list[Signal]:
        return [
            {
                "model": number,
                "module": name,
                "built": recorder.built.get(module),
                "given": self.seen[module][0],
                "gave": self.seen[module][1],
            }
            for number, model in enumerate(recorder.models)
            for name, module in model.named_modules()
            if module in self.seen
        ]


def _floats(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point() and value.numel() > 0


def _size(signal: Tensor) -> float:
    """Its root mean square."""
    return float(signal.detach().float().pow(2).mean().sqrt())
