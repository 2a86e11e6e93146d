"""Whether a loss compares each output with its own target, and what that target is."""

from __future__ import annotations

from math import prod

from cnnlint.confirm.linking import about, got_nowhere, losses_of, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, refuted
from cnnlint.evidence import LossCall, RunResult
from cnnlint.findings import Outcome

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
SIZES = "target size"  # as torch says it of losses that refuse other shapes
BY_VALUE = ("huber_loss", "l1_loss", "mse_loss", "smooth_l1_loss")


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Shapes and values that the loss on the claim's lines was given."""
    broken = result["broken"]
    if broken and SIZES in broken["message"].lower() and about(claim, broken["place"]):
        return confirmed(f"the loss raised: {broken['message'].splitlines()[0]}")
    calls = [call for call in losses_of(claim, result) if call["trained"]]
    if not calls:
        why = "no loss of torch's was computed on this line: it may be written out by hand"
        return inconclusive(why) if result["steps"] else got_nowhere(result)
    if claim.finding.name == "regression-loss-on-classes":
        found = [_on_classes(call) for call in calls]
        return next((each for each in found if each.outcome is Outcome.CONFIRMED), found[0])
    call = next((each for each in calls if each["broadcast"]), calls[0])
    shapes = f"outputs {call['prediction']} with targets {call['target']}"
    numbers = {"prediction": call["prediction"], "target": call["target"], "calls": call["calls"]}
    if call["broadcast"]:
        pairs = prod(max(pair) for pair in _aligned(call))
        return confirmed(
            f"it compared {shapes}, {plural(pairs, 'pair')} instead of {prod(call['target'])}", **numbers
        )
    return refuted(f"it compared {shapes}, each with its own", **numbers)


def _aligned(call: LossCall) -> list[tuple[int, int]]:
    """The sizes that meet when one shape is broadcast to the other."""
    first, second = call["prediction"], call["target"]
    rank = max(len(first), len(second))
    padded = [[1] * (rank - len(each)) + each for each in (first, second)]
    return list(zip(*padded, strict=True))


def _on_classes(call: LossCall) -> Judgement:
    """Its targets are numbers of classes."""
    numbers = {"low": call["target_low"], "high": call["target_high"], "calls": call["calls"]}
    span = f"from {call['target_low']:g} to {call['target_high']:g}"
    if call["name"] in BY_VALUE and call["whole"] and call["target_high"] > 1 and len(call["target"]) <= 2:
        return confirmed(
            f"its targets were the whole numbers {span} in {plural(call['calls'], 'call')}", **numbers
        )
    return refuted(f"its targets were no class numbers: {span}", **numbers)
