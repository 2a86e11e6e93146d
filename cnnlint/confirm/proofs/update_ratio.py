"""How far the first step moves weights: rules on learning rates."""

from __future__ import annotations

from statistics import median

from cnnlint.confirm.linking import got_nowhere, optimizer_of
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
HUGE, TINY = 0.3, 1e-5  # the median change of a weight tensor over its own size


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The change of weights in the first step over their size: huge where the rate is said to be too high,
    tiny where too low."""
    number = optimizer_of(claim, result)
    ratios = [
        each["update"]
        for model in result["models"]
        for each in model["tensors"]
        if number in each["optimizers"]
        and len(each["shape"]) > 1
        and each["update"] is not None
        and each["slope"]
    ]
    if not ratios:
        return got_nowhere(result)
    ratio = median(ratios)
    text = f"the first step changed weights by {ratio:.2g} of their size (median of {len(ratios)} tensors)"
    high = claim.finding.name == "learning-rate-too-high"
    if (ratio > HUGE) if high else (ratio < TINY):
        return confirmed(text, ratio=ratio)
    bound = f"more than {HUGE:g}" if high else f"less than {TINY:g}"
    return not_reproduced(f"{text}; only {bound} is beyond doubt", ratio=ratio)
