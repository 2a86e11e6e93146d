"""Whether gradients fade on their way back through a stack."""

from __future__ import annotations

from cnnlint.confirm.linking import got_nowhere, models_of
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
FADED = 1e4  # between the greatest gradient over weight of the layers and that of the first


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Gradient over weight of each layer at the first step: the greatest of the later ones over the first."""
    for number in models_of(claim, result):
        weights = [
            (each["slope"] / each["norm"], each["name"])
            for each in result["models"][number]["tensors"]
            if len(each["shape"]) > 1 and each["slope"] and each["norm"]
        ]
        if len(weights) > 1:
            (least, faint), (most, strong) = weights[0], max(weights[1:])
            text = (
                f"the first gradient of `{faint}` is {most / least:.1g} times fainter than that of `{strong}`"
            )
            if most / least > FADED:
                return confirmed(text, ratio=most / least)
            return not_reproduced(text, ratio=most / least)
    return got_nowhere(result)
