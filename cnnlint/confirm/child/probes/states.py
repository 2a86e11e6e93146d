"""What `state_dict()` gave and the user kept, while steps went on changing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ReferenceType, ref

from torch import Tensor, nn
from torch.optim import Optimizer

from cnnlint.confirm.child.measures import parameters
from cnnlint.confirm.child.probes import Probe
from cnnlint.evidence import KeptState

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]

MOST = 200  # states that are followed


class _Kept(NamedTuple):
    """A tensor of a state, what it shares its memory with, and what is told of it."""

    tensor: ReferenceType[Tensor]
    parameter: int
    row: KeptState


class PROBE(Probe):
    """Follows one tensor of each state: it lives while it is kept."""

    name = "states"

    def __init__(self) -> None:
        self.kept: list[_Kept] = []
        self.found: list[KeptState] = []

    def stated(self, recorder: Recorder, module: nn.Module, state: Any) -> None:
        place = recorder.users.place()
        if place is None or not isinstance(state, dict) or len(self.found) == MOST:
            return
        for name, parameter in module.named_parameters():
            tensor = state.get(name)
            if not isinstance(tensor, Tensor) or tensor is parameter or not parameter.requires_grad:
                continue
            if tensor.data_ptr() == parameter.data_ptr():
                self.found.append({"place": place, "steps": 0})
                self.kept.append(_Kept(ref(tensor), id(parameter), self.found[-1]))
                return

    def after_step(self, number: int, optimizer: Optimizer) -> None:
        self.kept = [each for each in self.kept if each.tensor() is not None]
        held = {id(each) for each in parameters(optimizer)} if self.kept else set()
        for each in self.kept:
            each.row["steps"] += each.parameter in held

    def result(self, recorder: Recorder) -> list[KeptState]:
        return self.found
