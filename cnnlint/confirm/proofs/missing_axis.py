"""A model that is given too few axes raises. A clean pass refutes nothing: the image or the lone example of a
batch that lacks an axis may be another one."""

from __future__ import annotations

from cnnlint.confirm.proofs import Claim, Judgement, inconclusive, shape_error
from cnnlint.evidence import ShapesResult
from cnnlint.findings import Outcome

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether the model breaks here, or where it is told to."""
    judgement = shape_error.judge(claim, result)
    if judgement.outcome is Outcome.REFUTED:
        return inconclusive(f"{judgement.text}; with an axis less it was not tried")
    return judgement
