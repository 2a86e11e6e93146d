"""Whether the examples of a batch reach each other: rules on views that cut across them."""

from __future__ import annotations

from cnnlint.confirm.linking import about, at, got_nowhere, models_of
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import RunResult, line_of

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
MIXES, NEVER = 1e-4, 1e-9  # the gradient that reaches other examples, over what reaches the own one
OTHER_ROWS = "to match target batch_size"  # as torch says it where rows are no longer examples


def judge(claim: Claim, result: RunResult) -> Judgement:
    """In evaluation mode, the gradient of one example's output reaches the others, on the claim's line."""
    broken = result["broken"]
    if broken and OTHER_ROWS in broken["message"]:
        return confirmed(f"rows were no longer examples: {broken['message'].splitlines()[0]}")
    near = models_of(claim, result)
    seen = [each for each in result["measured"].get("mixing", ()) if each["model"] in near]
    if not seen:
        return got_nowhere(result)
    worst = max(seen, key=lambda each: each["crossing"])
    share = worst["crossing"] / (1 + worst["crossing"])  # of all that there is
    if worst["crossing"] > MIXES and (at(claim, worst["place"]) or about(claim, worst["place"])):
        text = f"this line mixes examples: {share:.0%} of a gradient reached others of the batch"
        return confirmed(text, crossing=worst["crossing"])
    if worst["crossing"] > MIXES:
        line = line_of(worst["place"]) if worst["place"] else "a line of no file of yours"
        return not_reproduced(f"examples are mixed, but on {line}", crossing=worst["crossing"])
    if worst["crossing"] < NEVER and claim.finding.name == "flatten-mixes-batch":
        return refuted("no example of a batch reached the output of another", crossing=worst["crossing"])
    return not_reproduced("no example of a batch reached another one's output", crossing=worst["crossing"])
