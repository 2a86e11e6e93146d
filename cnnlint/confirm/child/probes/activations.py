"""Units that are dead, and values at the flat ends of an activation, at the start and at the end."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from cnnlint.confirm.child.probes import Probe, Sample
from cnnlint.confirm.child.probes.asking import Watching, answer, image
from cnnlint.evidence import Activation

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]

MOST = 400  # activations of a model
RELUS = ("relu", "relu_", "relu6", "threshold", "hardtanh", "clamp_min", "clamp")
#: Activations with flat ends, and the values at which they are flat.
FLAT = {"sigmoid": (0.01, 0.99), "sigmoid_": (0.01, 0.99), "tanh": (-0.98, 0.98), "tanh_": (-0.98, 0.98)}


class PROBE(Probe):
    """Asks each model once before it is trained and once at the end."""

    name = "activations"
    asks = True

    def __init__(self) -> None:
        self.found: list[Activation] = []

    def given(self, recorder: Recorder, number: int, sample: Sample) -> None:
        if image(sample) is not None:
            self._look(recorder, number, sample, "start")

    def result(self, recorder: Recorder) -> list[Activation]:
        for number, sample in recorder.samples.items():
            if image(sample) is not None:
                self._look(recorder, number, sample, "end")
        return self.found

    def _look(self, recorder: Recorder, number: int, sample: Sample, when: str) -> None:
        names = {id(module): name for name, module in recorder.models.all[number].named_modules()}
        found: list[Activation] = []

        def seen(name: str, given: tuple[Any, ...], options: dict[str, Any], output: Any) -> None:
            if name not in RELUS and name not in FLAT or not isinstance(output, Tensor) or output.dim() < 2:
                return
            if len(found) == MOST or not output.numel():
                return
            low, high = FLAT.get(name, (-inf, inf))
            values = output.detach()
            dead = 0.0 if name in FLAT else float((values == 0).all(0).float().mean())
            before = None if output is given[0] or name.endswith("_") else given[0]
            found.append({
                "model": number,
                "when": when,
                "module": names.get(recorder.asked(), ""),
                "kind": name.rstrip("_"),
                "place": recorder.users.place(),
                "examples": len(values),
                "units": values[0].numel(),
                "dead": dead,
                "saturated": float(((values < low) | (values > high)).float().mean()),
                "same": None if before is None else torch.equal(before, output),
                "low": float(values.min()),
                "high": float(values.max()),
            })  # fmt: skip

        with Watching(seen):
            answer(sample, training=sample.model.training)
        self.found += found
