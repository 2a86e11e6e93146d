"""Whether every batch of a loop is learnt from."""

from __future__ import annotations

from cnnlint.confirm.linking import got_nowhere, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
LEAST = 2  # passes that have to be seen, and batches in each


def judge(claim: Claim, result: RunResult) -> Judgement:
    """For each pass over a loader to train on, its batches and the steps."""
    found = _passes(result)
    if len(found) < LEAST:
        return got_nowhere(result) if not result["steps"] else inconclusive("only one epoch was seen")
    batches, steps = sum(each[0] for each in found), sum(each[1] for each in found)
    numbers = {"passes": len(found), "batches": batches, "steps": steps}
    whole = f"{plural(steps, 'step')} in {plural(len(found), 'pass')} of {plural(batches, 'batch')} together"
    if steps and all(step <= 1 for _, step in found) and (batches > len(found) or _left_early(result)):
        return confirmed(f"one batch of each pass was learnt from: {whole}", **numbers)
    if batches <= steps:
        return refuted(f"every batch was learnt from: {whole}", **numbers)
    return not_reproduced(whole, **numbers)


def _passes(result: RunResult) -> list[tuple[int, int]]:
    """Batches and steps of the passes to train on, without the last one, which may have been broken off."""
    training = [number for number, loader in enumerate(result["loaders"]) if loader["trains"]]
    found: list[tuple[int, int]] = []
    current = -1
    for event in result["events"]:
        if event["kind"] == "pass":
            current = event["subject"] if event["subject"] in training else current
            if event["subject"] in training:
                found.append((event.get("batches", 0), 0))
        elif event["kind"] == "step" and found and current in training:
            found[-1] = (found[-1][0], found[-1][1] + 1)
    return found[:-1]


def _left_early(result: RunResult) -> bool:
    """A pass was left before the loader had given all it would have."""
    return any(loader["trains"] and (loader["length"] or 0) > 1 for loader in result["loaders"])
