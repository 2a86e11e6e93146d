"""Whether the graphs of batches before are still there."""

from __future__ import annotations

from cnnlint.confirm.linking import not_reached
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import RunResult, line_of

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
MANY, FEW = 4, 2  # of earlier calls; as many as names that are bound anew in the next round may hold


def judge(claim: Claim, result: RunResult) -> Judgement:
    """How many graphs were left of the calls of a model above the claim's line, the nearest."""
    line, path = claim.place["line"], claim.place["path"]
    above = [
        each
        for each in result["measured"].get("graphs", ())
        if each["place"]["path"] == path and each["place"]["line"] <= line
    ]
    if not above:
        return not_reached(result)
    nearest = max(above, key=lambda each: each["place"]["line"])
    most, called = nearest["most"], line_of(nearest["place"])
    numbers = {"most": most, "calls": nearest["calls"]}
    if most >= MANY:
        return confirmed(f"the graphs of {most} earlier calls on {called} were still in memory", **numbers)
    if nearest["calls"] > MANY and most <= FEW:
        return refuted(f"of {nearest['calls']} calls on {called} at most {most} graphs were left", **numbers)
    return not_reproduced(f"at most {most} graphs of earlier calls on {called} were left", **numbers)
