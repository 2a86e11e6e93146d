"""Along which axis softmaxes and choices of a class run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from cnnlint.confirm.child.probes import Probe
from cnnlint.evidence import AxisCall

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]


class PROBE(Probe):
    """Gathers the calls of each line."""

    name = "axes"

    def __init__(self) -> None:
        self.found: dict[tuple[Any, ...], AxisCall] = {}

    def along(self, recorder: Recorder, name: str, given: Tensor, axis: int | None) -> None:
        place = recorder.users.place()
        module = recorder.stack[-1] if recorder.stack else None
        layer = module is not None and "oftm" in type(module).__name__
        built = recorder.built.get(module) if module is not None and layer else None
        if place is None:
            return
        first = axis % given.dim() if axis is not None and given.dim() else None
        key = (name, first, *place.values(), *(built or {}).values())
        call = self.found.setdefault(key, {
            "name": name, "place": place, "built": built, "axis": first, "shape": list(given.shape),
            "calls": 0, "over_examples": 0, "over_one": 0,
        })  # fmt: skip
        call["calls"] += 1
        call["over_examples"] += not first and given.dim() > 1 and len(given) > 1
        call["over_one"] += first is not None and given.shape[first] == 1

    def result(self, recorder: Recorder) -> list[AxisCall]:
        return list(self.found.values())
