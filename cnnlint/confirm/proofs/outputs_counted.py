"""The layer gives as many outputs as the finding says. How many classes there are, only the data tells."""

from __future__ import annotations

import re

from cnnlint.confirm.proofs import Claim, Judgement, inconclusive, refuted
from cnnlint.confirm.seen import nothing_seen, rows
from cnnlint.evidence import ShapesResult

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"
SAID = re.compile(r"gives (\d+) outputs")


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether the number of outputs is right."""
    said = SAID.search(claim.finding.message)
    shapes = [row.layer["output"] for row in rows(result, claim.place) if row.layer["output"]]
    counts = {shape[1] for shape in shapes if shape and len(shape) > 1}
    if not counts or said is None:
        return nothing_seen(claim, result)
    if int(said[1]) not in counts:
        return refuted(f"the layer gives {min(counts)} outputs, not {said[1]}", outputs=min(counts))
    return inconclusive(
        f"the layer gives {said[1]} outputs, as said; only a run shows the classes", outputs=int(said[1])
    )
