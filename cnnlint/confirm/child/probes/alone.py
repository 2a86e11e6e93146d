"""Whether a model takes one example alone while it trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnlint.confirm.child.probes import Probe
from cnnlint.confirm.child.probes.asking import answer, cut, samples
from cnnlint.evidence import Alone

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]


class PROBE(Probe):
    """Asks each model at the end."""

    name = "alone"
    asks = True

    def result(self, recorder: Recorder) -> list[Alone]:
        found: list[Alone] = []
        for number, sample in samples(recorder):
            raised = ""
            try:
                answer(cut(sample, 1), training=True)
            except Exception as error:
                raised = str(error)[:200]
            found.append({"model": number, "raised": raised})
        return found
