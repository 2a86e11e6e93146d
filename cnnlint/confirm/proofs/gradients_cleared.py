"""Whether gradients are clear when a round begins to add to them: rules on `zero_grad()`."""

from __future__ import annotations

from cnnlint.confirm.linking import got_nowhere, optimizer_of, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
LEAST = 2  # rounds that have to be seen


def judge(claim: Claim, result: RunResult) -> Judgement:
    """At the first backward pass after each step, the gradients that step used are there still, or not."""
    number = optimizer_of(claim, result)
    kept = [] if number is None else rounds(result, number)
    if len(kept) < LEAST:
        return got_nowhere(result)
    piled = sum(kept)
    numbers = {"rounds": len(kept), "kept": piled}
    if piled * 2 > len(kept):
        text = f"in {piled} of {plural(len(kept), 'round')} `backward()` added to gradients of batches before"
        return confirmed(text, **numbers)
    if piled:
        text = f"in {piled} of {plural(len(kept), 'round')} only `backward()` added to gradients used before"
        return not_reproduced(text, **numbers)
    text = f"the gradients were clear whenever a round began ({plural(len(kept), 'round')})"
    return refuted(text, **numbers)


def rounds(result: RunResult, number: int) -> list[bool]:
    """For each round of an optimizer but the first, whether its gradients were kept from before."""
    found: list[bool] = []
    fresh = False
    for event in result["events"]:
        if event["kind"] == "step" and event["subject"] == number:
            fresh = True
        elif event["kind"] == "backward" and fresh and number in event.get("reached", ()):
            found.append(number in event.get("kept", ()))
            fresh = False
    return found
