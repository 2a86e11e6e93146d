"""Whether a model answers at random in evaluation mode."""

from __future__ import annotations

from cnnlint.confirm.linking import about, got_nowhere, models_of
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Two passes over the same images in evaluation mode differ, drawn on the claim's line."""
    near = models_of(claim, result)
    seen = [each for each in result["measured"].get("modes", ()) if each["model"] in near]
    if not seen:
        return got_nowhere(result)
    worst = max(seen, key=lambda each: each["noise"])
    if worst["noise"] > 0 and about(claim, worst["noisy"]):
        text = f"in evaluation mode two answers to the same images differ by {worst['noise']:.0%}"
        return confirmed(text, noise=worst["noise"])
    if not worst["noise"]:
        return refuted("in evaluation mode two answers to the same images are equal", noise=0.0)
    return not_reproduced("two answers in evaluation mode differ, but not by this line", noise=worst["noise"])
