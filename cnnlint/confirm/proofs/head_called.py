"""Whether a head that is set on a model is ever called."""

from __future__ import annotations

from cnnlint.confirm.linking import at, not_reached, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The modules built on the claim's line, in the models that were called."""
    for number, model in enumerate(result["models"]):
        set_here = [each for each in model["modules"] if each["name"] and at(claim, each["built"])]
        if any(each["called"] for each in set_here):
            return refuted(f"`{model['name']}` calls `{set_here[0]['name']}`")
        calls = sum(each["kind"] == "forward" and each["subject"] == number for each in result["events"])
        if set_here and calls:
            name = set_here[0]["name"]
            return confirmed(
                f"{plural(calls, 'call')} of `{model['name']}` never called `{name}`", calls=calls
            )
    return not_reached(result)
