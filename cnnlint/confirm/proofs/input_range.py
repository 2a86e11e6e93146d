"""In what range images reach a model."""

from __future__ import annotations

from cnnlint.confirm.linking import got_nowhere, models_of
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
FOR_PRETRAINED = "trained on normalised"  # as the finding says it
RAW, FLAT = 20.0, 0.05  # a greatest value beyond any normalisation; a range in which all is alike


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The values of the first batch that a model trains on, or that it is evaluated on."""
    near = models_of(claim, result)
    seen = [each for each in result["measured"].get("inputs", ()) if each["model"] in near]
    if not seen:
        return got_nowhere(result)
    beyond = [each for each in seen if each["high"] > RAW or each["high"] - each["low"] < FLAT]
    pretrained = FOR_PRETRAINED in claim.finding.message
    first = seen[0] if pretrained else (beyond or seen)[0]
    when = " in evaluation" if first["mode"] == "eval" else ""
    text = f"the first batch{when} held values from {first['low']:.3g} to {first['high']:.3g}"
    numbers = {name: first[name] for name in ("low", "high", "mean", "deviation")}
    if pretrained:
        return (confirmed if first["low"] >= 0 and first["high"] <= 1 else refuted)(text, **numbers)
    return confirmed(text, **numbers) if beyond else not_reproduced(text, **numbers)
