"""How hard weight decay pulls, against what the weights are moved by otherwise."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from cnnlint.confirm.child.probes import Probe
from cnnlint.evidence import Decay

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]

LEAST = 0.05  # a weight decay below it is never said to be too much
MOST = 20  # steps of an optimizer that are looked at
TINY = 1e-12


class PROBE(Probe):
    """Compares them at each step of an optimizer that decays its weights by much."""

    name = "decays"

    def __init__(self) -> None:
        self.ratios: dict[int, list[float]] = {}
        self.sizes: dict[int, list[float]] = {}
        self.before: list[tuple[Tensor, Tensor, float]] = []

    def before_step(self, recorder: Recorder, number: int, optimizer: Optimizer) -> None:
        groups = [group for group in optimizer.param_groups if _decay(group) >= LEAST]
        if not groups or len(self.ratios.get(number, ())) == MOST:
            return
        weights = [(each, group) for group in groups for each in group["params"] if each.grad is not None]
        self.sizes.setdefault(number, []).append(_norm([each.detach() for each, _ in weights]))
        if _apart(optimizer, groups[0]):
            self.before = [
                (each, each.detach().clone(), float(group["lr"]) * _decay(group)) for each, group in weights
            ]
            return
        pull = _norm([each.detach() * _decay(group) for each, group in weights])
        self._note(number, pull, _norm([each.grad.detach() for each, _ in weights]))

    def after_step(self, number: int, optimizer: Optimizer) -> None:
        if self.before:
            pulls = [before * share for _, before, share in self.before]
            moves = [each.detach() - before for each, before, _ in self.before]
            learnt = [move + pull for move, pull in zip(moves, pulls, strict=True)]
            self._note(number, _norm(pulls), _norm(learnt))
            self.before = []

    def _note(self, number: int, pull: float, other: float) -> None:
        self.ratios.setdefault(number, []).append(pull / (other + TINY))

    def result(self, recorder: Recorder) -> list[Decay]:
        return [
            {
                "optimizer": number,
                "steps": len(ratios),
                "ratio": median(ratios),
                "left": self.sizes[number][-1] / (self.sizes[number][0] + TINY),
            }
            for number, ratios in self.ratios.items()
        ]


def _decay(group: dict[str, Any]) -> float:
    return float(group.get("weight_decay", 0) or 0)


def _apart(optimizer: Optimizer, group: dict[str, Any]) -> bool:
    """Whether it decays weights beside the gradient, and not in it."""
    return type(optimizer).__name__ == "AdamW" or bool(group.get("decoupled_weight_decay"))


def _norm(tensors: list[Tensor]) -> float:
    return float(torch.stack([each.float().norm() for each in tensors]).norm()) if tensors else 0.0
