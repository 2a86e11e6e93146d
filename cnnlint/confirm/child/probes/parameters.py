"""Which parameters got gradients, and how far they moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from cnnlint.confirm.child.probes import Probe

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]

TINY = 1e-12


class PROBE(Probe):
    """Looks at every parameter of every model before and after steps."""

    name = "parameters"

    def __init__(self) -> None:
        self.first: dict[int, dict[str, Tensor]] = {}  # model: the values its parameters had
        self.seen: dict[int, dict[str, dict[str, Any]]] = {}
        self.before: list[tuple[dict[str, Any], Tensor, Tensor]] = []

    def begins(self, recorder: Recorder, number: int) -> None:
        if number not in self.first:
            named = dict(recorder.models.all[number].named_parameters())
            self.first[number] = {name: each.detach().clone() for name, each in named.items()}
            self.seen[number] = {name: {"gradient": "none"} for name in named}

    def before_step(self, recorder: Recorder, number: int, optimizer: Optimizer) -> None:
        held = {id(each) for group in optimizer.param_groups for each in group["params"]}
        for model, seen in self.seen.items():
            for name, parameter in recorder.models.all[model].named_parameters():
                known = seen.setdefault(name, {"gradient": "none"})
                gradient = parameter.grad
                if gradient is None:
                    continue
                if known["gradient"] != "some":
                    known["gradient"] = "some" if bool(gradient.detach().to_dense().any()) else "zero"
                if "update" not in known and id(parameter) in held:
                    known["norm"] = float(parameter.detach().norm())
                    known["slope"] = float(gradient.detach().norm())
                    self.before.append((known, parameter, parameter.detach().clone()))

    def after_step(self, number: int, optimizer: Optimizer) -> None:
        for known, parameter, before in self.before:
            known["update"] = float((parameter.detach() - before).norm()) / (known["norm"] + TINY)
        self.before.clear()

    def result(self, recorder: Recorder) -> Any:
        for model, seen in self.seen.items():
            for name, parameter in recorder.models.all[model].named_parameters():
                first = self.first[model].get(name)
                known = seen.setdefault(name, {"gradient": "none"})
                known["moved"] = first is None or not torch.equal(first, parameter.detach())
                if not recorder.steps:
                    known["gradient"] = ""
        return self.seen
