"""Whether gradients are clear when a round begins to add to them: rules on `zero_grad()`."""

from __future__ import annotations

from cnnlint.confirm.linking import got_nowhere, optimizer_of, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
LEAST = 2  # rounds that have to be seen


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Between two steps, the gradients that the first one used were cleared, or not."""
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
    """For each round of an optimizer but the first, whether it used gradients again that it had used.

    They were cleared if something cleared them, or if a backward pass that reached them found none. Those of
    another optimizer's loss may come between and be cleared with the rest.
    """
    found: list[bool] = []
    stepped = reached = cleared = False
    for event in result["events"]:
        if event["kind"] == "step" and event["subject"] == number:
            if stepped and reached:
                found.append(not cleared)
            stepped, reached, cleared = True, False, False
        elif event["kind"] == "zero_grad" and event["subject"] == number:
            cleared = True
        elif event["kind"] == "backward" and number in event.get("reached", ()):
            reached = True
            cleared = cleared or number not in event.get("kept", ())
    return found
