"""Whether a state that is kept goes on changing."""

from __future__ import annotations

from cnnlint.confirm.linking import at, not_reached, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The steps that a state taken on the claim's line lived to see, sharing its memory with the model."""
    states = [each for each in result["measured"].get("states", ()) if at(claim, each["place"])]
    if not states:
        return not_reached(result)
    steps = max(each["steps"] for each in states)
    if steps:
        text = f"what it gave was kept through {plural(steps, 'step')}, each of which changed it"
        return confirmed(text, steps=steps)
    return not_reproduced("what it gave was gone before the next step", steps=0)
