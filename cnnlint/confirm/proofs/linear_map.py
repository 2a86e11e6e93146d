"""Whether a network is one linear map."""

from __future__ import annotations

from cnnlint.confirm.linking import got_nowhere, models_of
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
STRAIGHT = 1e-3  # |f(a+b) - f(a) - f(b) + f(0)| relative to its terms
PLACEHOLDER = "Identity"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """What each of the networks that are meant says to a sum of inputs is the sum of what it says to each."""
    near = models_of(claim, result)
    bends = [
        each["affine"]
        for each in result["measured"].get("responses", ())
        if each["model"] in near and each["affine"] is not None
    ]
    if not bends:
        return got_nowhere(result)
    if min(bends) >= STRAIGHT:
        text = f"the whole network bends ({min(bends):.2g}): what it does between these two is not seen"
        return not_reproduced(text, bend=min(bends))
    text = f"the whole network is one linear map: f(a+b) is f(a)+f(b)-f(0) but for {min(bends):.1g}"
    modules = [module for number in near for module in result["models"][number]["modules"]]
    if any(module["kind"] == PLACEHOLDER and module["called"] for module in modules):
        return not_reproduced(
            f"{text}, as an `{PLACEHOLDER}` holds the place of an activation", bend=min(bends)
        )
    if max(bends) >= STRAIGHT:
        text = f"{sum(each < STRAIGHT for each in bends)} of {len(bends)} networks are one linear map"
        return not_reproduced(f"{text}, and others of the same class bend", bend=min(bends))
    return confirmed(text, bend=min(bends))
