"""Whether images that a model is evaluated on change by chance."""

from __future__ import annotations

from cnnlint.confirm.linking import about, not_reached, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """One image of a loader that the claim names and that trains nothing, read several times."""
    loaders = result["loaders"]
    near = {
        number
        for number, loader in enumerate(loaders)
        if about(claim, loader["built"]) and not loader["trains"]
    }
    rows = [each for each in result["measured"].get("wavering", ()) if each["loader"] in near]
    if not rows:
        return not_reached(result)
    if any(each["differs"] for each in rows):
        return confirmed("its first image, read again, was another one: the transform drew anew")
    return not_reproduced(f"{plural(rows[0]['readings'], 'reading')} of its first image gave the same")
