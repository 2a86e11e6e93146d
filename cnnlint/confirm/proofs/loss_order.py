"""Whether a loss gets the output of a model where the target belongs."""

from __future__ import annotations

from cnnlint.confirm.linking import losses_of, not_reached, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Which of the two arguments has gradients."""
    calls = losses_of(claim, result)
    if not calls:
        return not_reached(result)
    swapped, whole = sum(each["swapped"] for each in calls), sum(each["calls"] for each in calls)
    numbers = {"calls": whole, "swapped": swapped}
    if swapped == whole:
        text = f"in each of {plural(whole, 'call')} gradients went to the target, and none to the prediction"
        return confirmed(text, **numbers)
    if not swapped:
        return refuted("gradients went to the first argument, the prediction", **numbers)
    return not_reproduced(f"in {swapped} of {plural(whole, 'call')} gradients went to the target", **numbers)
