"""Whether steps find the gradients of their own batch: rules on the order of a training round."""

from __future__ import annotations

from typing import NamedTuple

from cnnlint.confirm.linking import got_nowhere, optimizer_of, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
LEAST = 2  # steps that have to be seen
CLOSURES = ("LBFGS",)  # optimizers that make the gradients themselves, within a step


class Found(NamedTuple):
    """What a step found: gradients, and those of the batch that was seen last."""

    gradients: bool
    fresh: bool
    cleared: bool  # since they were made


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Every step found gradients of its batch, or none did."""
    number = optimizer_of(claim, result)
    if number is None or result["optimizers"][number]["name"] in CLOSURES:
        return got_nowhere(result)
    steps = found_by_steps(result, number)
    if len(steps) < LEAST:
        return got_nowhere(result)
    empty, stale = sum(not each.gradients for each in steps), sum(not each.fresh for each in steps)
    cleared = sum(not each.gradients and each.cleared for each in steps)
    numbers = {"steps": len(steps), "empty": empty, "stale": stale, "cleared": cleared}
    whole = plural(len(steps), "step")
    if empty == len(steps):
        why = ", as they had been cleared since they were made" if cleared == empty else ""
        return confirmed(f"none of {whole} found a gradient to use{why}", **numbers)
    if stale == len(steps) or stale == len(steps) - 1 == empty + stale - 1:
        return confirmed(f"each of {whole} came before the gradients of its own batch were made", **numbers)
    if not empty and not stale:
        return refuted(f"each of {whole} found the gradients of its own batch", **numbers)
    return not_reproduced(f"{empty} of {whole} found no gradients, {stale} only older ones", **numbers)


def found_by_steps(result: RunResult, number: int) -> list[Found]:
    """What each step of an optimizer found."""
    found: list[Found] = []
    fresh = cleared = False
    for event in result["events"]:
        kind, own = event["kind"], event["subject"] == number
        if kind == "forward" and event.get("gradients_on"):
            fresh = False
        elif kind == "backward":
            fresh = True
            if number in event.get("reached", ()):
                cleared = False
        elif kind == "zero_grad" and own:
            cleared = True
        elif kind == "step" and own:
            found.append(Found(event.get("gradients") == "some", fresh, cleared))
    return found
