"""Whether a schedule steps before its optimizer does."""

from __future__ import annotations

from cnnlint.confirm.linking import about, got_nowhere, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The steps of the optimizer before the first step of the schedule on the claim's lines."""
    taken = 0
    early = False
    for event in result["events"]:
        if event["kind"] == "step":
            taken += 1
            if early:
                return confirmed("it stepped before the optimizer had taken any step", steps=result["steps"])
        elif event["kind"] == "scheduler_step" and about(claim, event["place"]) and not early:
            if taken:
                return refuted(f"it stepped after {plural(taken, 'step')} of the optimizer", taken=taken)
            early = True
    return got_nowhere(result)
