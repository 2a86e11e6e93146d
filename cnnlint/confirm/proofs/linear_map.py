"""Whether a network is one linear map."""

from __future__ import annotations

from cnnlint.confirm.linking import got_nowhere, models_of
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
STRAIGHT = 1e-3  # |f(a+b) - f(a) - f(b) + f(0)| relative to its terms


def judge(claim: Claim, result: RunResult) -> Judgement:
    """What the network says to a sum of inputs is the sum of what it says to each."""
    near = models_of(claim, result)
    bends = [
        each["affine"]
        for each in result["measured"].get("responses", ())
        if each["model"] in near and each["affine"] is not None
    ]
    if not bends:
        return got_nowhere(result)
    bend = min(bends)
    if bend < STRAIGHT:
        text = f"the whole network is one linear map: f(a+b) is f(a)+f(b)-f(0) but for {bend:.1g}"
        return confirmed(text, bend=bend)
    return not_reproduced(
        f"the whole network bends ({bend:.2g}): what it does between these two is not seen", bend=bend
    )
