"""Whether a model that is evaluated builds graphs that nothing goes back through."""

from __future__ import annotations

from cnnlint.confirm.linking import at, events_of, not_reached, plural, trained_calls
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Whether gradients were on in the calls on the claim's line, and whether a backward pass followed."""
    calls = [event for event in events_of(result, "forward") if at(claim, event["place"])]
    if not calls:
        return not_reached(result)
    learns = {number for number, model in enumerate(result["models"]) if model["trainable"]}
    on = [call for call in calls if call.get("gradients_on") and call["subject"] in learns]
    used = trained_calls(result)
    vain = sum(id(call) not in used for call in on)
    whole = plural(len(calls), "call")
    numbers = {"calls": len(calls), "gradients_on": len(on), "vain": vain}
    if not on:
        return refuted(f"gradients were off in each of {whole}", **numbers)
    if vain == len(calls):
        return confirmed(f"each of {whole} built a graph, and no backward pass went through it", **numbers)
    return not_reproduced(f"{vain} of {whole} built a graph that no backward pass went through", **numbers)
