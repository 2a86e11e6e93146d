"""Whether a model that is evaluated builds graphs that nothing goes back through."""

from __future__ import annotations

from cnnlint.confirm.linking import at, events_of, not_reached, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
LEAST = 2  # graphs: through one alone a gradient may be about to come


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Whether gradients were on in the calls on the claim's line, and whether any came back."""
    calls = [event for event in events_of(result, "forward") if at(claim, event["place"])]
    if not calls:
        return not_reached(result)
    on = sum(bool(call.get("gradients_on")) for call in calls)
    whole, numbers = plural(len(calls), "call"), {"calls": len(calls), "gradients_on": on}
    if not on:
        return refuted(f"gradients were off in each of {whole}", **numbers)
    rows = [each for each in result["measured"].get("graphs", ()) if at(claim, each["place"])]
    made, used = sum(each["calls"] for each in rows), sum(each["used"] for each in rows)
    numbers |= {"graphs": made, "used": used}
    if made >= LEAST and not used and on == len(calls):
        return confirmed(f"each of {whole} built a graph, and no gradient came back through any", **numbers)
    return not_reproduced(f"of {made} graphs, gradients came back through {used}", **numbers)
