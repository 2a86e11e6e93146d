"""Whether a schedule is stepped, and how often: rules on schedulers."""

from __future__ import annotations

from cnnlint.confirm.linking import about, events_of, got_nowhere, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
LEAST = 2  # epochs that have to be seen, and steps for each of them
MOST_OFTEN = 0.8  # of the optimizer's steps: it is stepped with every batch


def judge(claim: Claim, result: RunResult) -> Judgement:
    """A schedule that is said never to step, or to step too often or too rarely."""
    steps = [event for event in events_of(result, "scheduler_step") if about(claim, event["place"])]
    if claim.finding.name == "scheduler-step-granularity":
        return _pace(claim, result, [event["step"] for event in steps])
    for scheduler in result["schedulers"]:
        if about(claim, scheduler["built"]):
            return _any(result, scheduler["steps"])
    return got_nowhere(result)


def _any(result: RunResult, steps: int) -> Judgement:
    """Whether it steps at all."""
    epochs = passes(result)
    numbers = {"scheduler_steps": steps, "steps": result["steps"], "epochs": epochs}
    if steps:
        return refuted(
            f"it was stepped {plural(steps, 'time')} in {plural(epochs, 'short epoch')}", **numbers
        )
    if epochs <= LEAST:
        return inconclusive("no whole epoch was seen in which it could have been stepped", **numbers)
    return confirmed(f"{plural(epochs, 'short epoch')} went by, and it was never stepped", **numbers)


def _pace(claim: Claim, result: RunResult, steps: list[int]) -> Judgement:
    """Whether it steps with the batches or with the epochs."""
    epochs = passes(result)
    if not steps or result["steps"] < LEAST * epochs:
        return got_nowhere(result)
    often = len(set(steps)) >= MOST_OFTEN * (result["steps"] - 1)
    rarely = len(steps) <= epochs
    numbers = {"scheduler_steps": len(steps), "steps": result["steps"], "epochs": epochs}
    if often == rarely:
        return not_reproduced(
            f"it was stepped {plural(len(steps), 'time')} in {plural(epochs, 'epoch')}", **numbers
        )
    seen = "batch" if often else "epoch"
    text = (
        f"it was stepped with every {seen}: {plural(len(steps), 'time')} in {plural(result['steps'], 'step')}"
    )
    return (confirmed if f"stepped per {seen}" in claim.finding.message else refuted)(text, **numbers)


def passes(result: RunResult) -> int:
    """How often a loader was gone over to train."""
    training = [number for number, loader in enumerate(result["loaders"]) if loader["trains"]]
    return sum(event["subject"] in training for event in events_of(result, "pass"))
