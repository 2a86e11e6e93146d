"""Batch norms: how many values they had to go by, and whether their statistics moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from cnnlint.confirm.child.probes import Probe, Sample
from cnnlint.evidence import Normalization

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]


class PROBE(Probe):
    """Looks at each call of a batch norm."""

    name = "normalization"

    def __init__(self) -> None:
        self.before: dict[nn.Module, Tensor | None] = {}
        self.seen: dict[nn.Module, tuple[int, int, int]] = {}  # examples, values, calls in training

    def given(self, recorder: Recorder, number: int, sample: Sample) -> None:
        for module in sample.model.modules():
            if isinstance(module, _BatchNorm) and module not in self.before:
                mean = module.running_mean
                self.before[module] = None if mean is None else mean.detach().clone()

    def called(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        if not isinstance(module, _BatchNorm) or not inputs or not isinstance(inputs[0], Tensor):
            return
        if module.training:
            examples, values = inputs[0].shape[0], inputs[0].numel() // max(1, inputs[0].shape[1])
            known = self.seen.get(module, (examples, values, 0))
            self.seen[module] = (min(known[0], examples), min(known[1], values), known[2] + 1)

    def result(self, recorder: Recorder) -> list[Normalization]:
        found: list[Normalization] = []
        for number, model in enumerate(recorder.models):
            for name, module in model.named_modules():
                if module in self.before and isinstance(module, _BatchNorm):
                    examples, values, calls = self.seen.get(module, (0, 0, 0))
                    before, mean = self.before[module], module.running_mean
                    found.append({
                        "model": number,
                        "module": name,
                        "built": recorder.built.get(module),
                        "examples": examples,
                        "values": values,
                        "training": calls,
                        "moved": before is not None and mean is not None and not torch.equal(before, mean),
                    })  # fmt: skip
        return found
