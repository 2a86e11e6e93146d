"""Whether a schedule steps before its optimizer does."""

from __future__ import annotations

from collections import Counter

from cnnlint.confirm.linking import about, got_nowhere, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The steps of the optimizer before the first step of the schedule on the claim's lines."""
    taken: Counter[int] = Counter()  # by optimizer
    early = -1
    for event in result["events"]:
        if event["kind"] == "step":
            taken[event["subject"]] += 1
            if event["subject"] == early:
                return confirmed("it stepped before the optimizer had taken any step", steps=result["steps"])
        elif event["kind"] == "scheduler_step" and about(claim, event["place"]) and early < 0:
            early = result["schedulers"][event["subject"]]["optimizer"]
            if count := taken[early]:
                return refuted(f"it stepped after {plural(count, 'step')} of the optimizer", taken=count)
    return got_nowhere(result)
