"""In what range images reach a model."""

from __future__ import annotations

import re

from cnnlint.confirm.linking import got_nowhere, models_of
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import InputRange, RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
FOR_OTHERS = "pretrained-without-its-transform"  # of another size or normalisation, but of one
FOR_PRETRAINED = "trained on normalised"  # as the finding says it
#: Of what size images are said to be, and in what range.
SIZE, VALUES = re.compile(r"images of (\d+)x(\d+) pixels"), re.compile(r"values of (\S+) to (\S+),")
NEAR = 0.01
RAW, FLAT = 20.0, 0.05  # a greatest value beyond any normalisation; a range in which all is alike


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The values of the first batch that a model trains on, or that it is evaluated on."""
    near = models_of(claim, result)
    seen = [each for each in result["measured"].get("inputs", ()) if each["model"] in near]
    if not seen:
        return got_nowhere(result)
    if claim.finding.name == FOR_OTHERS:
        return _of_others(claim.finding.message, seen[0])
    beyond = [each for each in seen if each["high"] > RAW or each["high"] - each["low"] < FLAT]
    pretrained = FOR_PRETRAINED in claim.finding.message
    first = seen[0] if pretrained else (beyond or seen)[0]
    when = " in evaluation" if first["mode"] == "eval" else ""
    text = f"the first batch{when} held values from {first['low']:.3g} to {first['high']:.3g}"
    numbers = {name: first[name] for name in ("low", "high", "mean", "deviation")}
    if pretrained:
        return (confirmed if first["low"] >= 0 and first["high"] <= 1 else refuted)(text, **numbers)
    return confirmed(text, **numbers) if beyond else not_reproduced(text, **numbers)


def _of_others(message: str, given: InputRange) -> Judgement:
    """Whether the first batch has the size, or lies in the range, that the finding says."""
    if size := SIZE.search(message):
        shape = [int(each) for each in size.groups()]
        text = f"the first batch held images of {given['shape'][-2]}x{given['shape'][-1]} pixels"
        return (confirmed if given["shape"][-2:] == shape else refuted)(text, shape=given["shape"])
    low, high = given["low"], given["high"]
    text, numbers = f"the first batch held values from {low:.3g} to {high:.3g}", {"low": low, "high": high}
    values = VALUES.search(message)
    least, most = map(float, values.groups()) if values else (low, high)
    return (confirmed if least - NEAR <= low and high <= most + NEAR else refuted)(text, **numbers)
