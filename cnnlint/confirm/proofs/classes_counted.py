"""Whether there are as many outputs as labels tell classes apart."""

from __future__ import annotations

import re

from cnnlint.confirm.linking import got_nowhere, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
SAID = re.compile(r"gives (\d+) outputs for the (\d+) classes")
OUT_OF_BOUNDS = re.compile(r"Target (\d+) is out of bounds")  # as torch says it


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The labels that a loss on so many outputs was given."""
    said = SAID.search(claim.finding.message)
    outputs, classes = map(int, said.groups()) if said else (0, 0)
    raised = OUT_OF_BOUNDS.search(result["broken"]["message"]) if result["broken"] else None
    if raised and outputs <= int(raised[1]) < classes:
        return confirmed(f"the loss raised: {raised[0]}")
    calls = [
        call
        for call in result["losses"]
        if call["trained"]
        and len(call["prediction"]) > 1
        and call["prediction"][1] == outputs
        and call["whole"]
    ]
    if not calls:
        return (
            inconclusive(f"no loss on {outputs} outputs was computed")
            if result["steps"]
            else got_nowhere(result)
        )
    highest = int(max(call["target_high"] for call in calls))
    count = plural(sum(call["calls"] for call in calls), "batch")
    text = f"the labels of {count} went up to {highest}, of {outputs} outputs"
    numbers = {"highest": highest, "outputs": outputs}
    if highest >= classes:
        return refuted(text, **numbers)
    return (confirmed if highest + 1 < outputs else not_reproduced)(text, **numbers)
