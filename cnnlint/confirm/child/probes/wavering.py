"""Whether a dataset gives another image when it is asked for the same one again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from cnnlint.confirm.child.probes import Probe
from cnnlint.confirm.child.probes.asking import first_tensor
from cnnlint.evidence import Wavering

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]

MOST = 6  # loaders that are looked at
READINGS = 24  # of one image, at most


class PROBE(Probe):
    """Asks the dataset of each loader that was gone over, at the end."""

    name = "wavering"
    asks = True

    def result(self, recorder: Recorder) -> list[Wavering]:
        found: list[Wavering] = []
        for number, loader in list(enumerate(recorder.loaders))[:MOST]:
            if recorder.passes.get(number):
                try:
                    readings, differs = _read(recorder, loader.dataset)
                except Exception:  # of data that come one after the other, or of another kind
                    continue
                found.append({"loader": number, "readings": readings, "differs": differs})
        return found


def _read(recorder: Recorder, dataset: Any) -> tuple[int, bool]:
    """How often the first image was read, and whether one reading differed from the first."""
    first: Tensor | None = None
    for seed in range(READINGS):
        torch.manual_seed(seed)
        random.seed(seed)
        image = first_tensor(dataset[0])
        if image is None:
            raise TypeError("it gives no image")
        if first is not None and (image.shape != first.shape or not torch.equal(image, first)):
            return seed + 1, True
        first = image if first is None else first
        if recorder.clock.left < 0 and seed:
            return seed + 1, False
    return READINGS, False
