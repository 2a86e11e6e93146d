"""How a model's answers differ between its modes, and between two passes in evaluation mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from cnnlint.confirm.child.probes import Probe
from cnnlint.confirm.child.probes.asking import Watching, answer, samples
from cnnlint.evidence import ModeGap, Place

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]

DRAWING = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
TINY = 1e-12


class PROBE(Probe):
    """Asks each model at the end."""

    name = "modes"
    asks = True

    def result(self, recorder: Recorder) -> list[ModeGap]:
        found: list[ModeGap] = []
        for number, sample in samples(recorder):
            noisy: list[Place | None] = []

            def seen(name: str, given: Any, options: Any, output: Any, noisy: Any = noisy) -> None:
                if name in DRAWING and not (output is given[0] or bool((output == given[0]).all())):
                    noisy.append(recorder.users.place())

            with Watching(seen):
                quiet = answer(sample, training=False)
            again, loud = answer(sample, training=False, seed=1), answer(sample, training=True)
            if quiet is not None and again is not None and loud is not None and quiet.shape == loud.shape:
                found.append({
                    "model": number,
                    "gap": _apart(loud, quiet),
                    "noise": _apart(again, quiet),
                    "noisy": next(iter(noisy), None),
                })  # fmt: skip
        return found


def _apart(one: Tensor, other: Tensor) -> float:
    """The distance of two answers, relative to their size."""
    return float((one - other).float().norm() / (other.float().norm() + TINY))
