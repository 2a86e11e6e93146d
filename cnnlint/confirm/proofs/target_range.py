"""Whether the targets of a binary cross-entropy lie between 0 and 1."""

from __future__ import annotations

from cnnlint.confirm.linking import losses_of, not_reached
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
NEAR = 1e-3


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The least and the greatest target that the loss on the claim's line was given."""
    calls = [each for each in losses_of(claim, result) if each["name"].startswith("binary_cross_entropy")]
    if not calls:
        return not_reached(result)
    low, high = min(each["target_low"] for each in calls), max(each["target_high"] for each in calls)
    text = f"its targets lay between {low:.3g} and {high:.3g}"
    outside = low < -NEAR or high > 1 + NEAR
    return (confirmed if outside else not_reproduced)(text, low=low, high=high)
