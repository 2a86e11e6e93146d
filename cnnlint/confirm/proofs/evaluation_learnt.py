"""Whether an optimizer steps on batches that are held out."""

from __future__ import annotations

from cnnlint.confirm.linking import at, not_reached, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The steps between a pass that begins on the claim's line and the next one."""
    passes = batches = steps = 0
    here = False
    for event in result["events"]:
        if event["kind"] == "pass":
            here = at(claim, event["place"])
            passes += here
            batches += event.get("batches", 0) if here else 0
        elif event["kind"] == "step" and here and event.get("gradients") == "some":
            steps += 1
    seen, numbers = plural(batches, "batch"), {"passes": passes, "batches": batches, "steps": steps}
    if not batches:
        return not_reached(result)
    if steps:
        return confirmed(f"on {seen} of it optimizers took {plural(steps, 'step')}", **numbers)
    return refuted(f"no optimizer stepped on {seen} of it", **numbers)
