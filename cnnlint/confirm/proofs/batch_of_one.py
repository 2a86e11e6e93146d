"""Whether a batch norm is given one number for each channel while it trains."""

from __future__ import annotations

from cnnlint.confirm.linking import about, events_of, got_nowhere, models_of, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, refuted
from cnnlint.evidence import RunResult
from cnnlint.findings import Severity

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
ONE_VALUE = "more than 1 value per channel"  # as torch says it


def judge(claim: Claim, result: RunResult) -> Judgement:
    """torch raises, or a batch of one goes through."""
    broken = result["broken"]
    if broken and ONE_VALUE in broken["message"]:
        return confirmed(f"it raised: {broken['message'].splitlines()[0]}")
    alone = [
        event
        for event in events_of(result, "forward")
        if event.get("examples") == 1 and event.get("mode") == "train" and about(claim, event["place"])
    ]
    if alone:
        text = f"a batch of one went through in training mode ({plural(len(alone), 'time')})"
        if claim.finding.severity is Severity.WARNING:  # it is not said to raise
            return confirmed(text, calls=len(alone))
        return refuted(text, calls=len(alone))
    near = models_of(claim, result)
    tried = [each["raised"] for each in result["measured"].get("alone", ()) if each["model"] in near]
    if raised := next((each for each in tried if ONE_VALUE in each), ""):
        return confirmed(f"given one example in training mode the model raised: {raised.splitlines()[0]}")
    if "" in tried:
        return refuted("given one example in training mode the model raised nothing")
    return inconclusive("the batch of one was not reached") if result["steps"] else got_nowhere(result)
