"""How far the first step moves weights, and what the loss says to it: rules on learning rates.

A toy of a few dense or recurrent units trains well where a step changes a third of its weights, so what
counts is that the loss shoots up as well.
"""

from __future__ import annotations

from math import inf, isfinite
from statistics import median

from cnnlint.confirm.linking import events_of, got_nowhere, optimizer_of
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
HUGE, TINY = 0.3, 1e-5  # the median change of a weight tensor over its own size
SHOT_UP = 10.0  # the greatest loss over the first: batch norm and small batches make 3 of good rates


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The change of weights in the first step over their size: huge, and the loss with it, where the rate is
    said to be too high, tiny where too low."""
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
    if not ratios or number is None:
        return got_nowhere(result)
    ratio = median(ratios)
    text = f"the first step changed weights by {ratio:.2g} of their size (median of {len(ratios)} tensors)"
    if claim.finding.name == "learning-rate-too-high":
        return _too_high(text, ratio, _losses(result, number))
    if ratio < TINY:
        return confirmed(text, ratio=ratio)
    return not_reproduced(f"{text}; only less than {TINY:g} is beyond doubt", ratio=ratio)


def _too_high(text: str, ratio: float, losses: list[float]) -> Judgement:
    if ratio <= HUGE:
        return not_reproduced(f"{text}; only more than {HUGE:g} is beyond doubt", ratio=ratio)
    if len(losses) < 2 or min(losses) < 0 or not losses[0]:
        return not_reproduced(f"{text}, and no loss was seen that tells whether it overshot", ratio=ratio)
    first, most, last = losses[0], max(losses), losses[-1]
    numbers = {"ratio": ratio, "first": first, "most": most, "last": last}
    if most > SHOT_UP * first:
        return confirmed(f"{text}, and the loss shot up from {first:.3g} to {most:.3g}", **numbers)
    return not_reproduced(f"{text}, but the loss went from {first:.3g} to {last:.3g}", **numbers)


def _losses(result: RunResult, number: int) -> list[float]:
    """What went back to the parameters of an optimizer, in order; one that is no number is infinite."""
    told = [event["loss"] for event in events_of(result, "backward") if number in event.get("reached", ())]
    return [loss if isfinite(loss) else inf for loss in told]
