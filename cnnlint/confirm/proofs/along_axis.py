"""Along which axis a softmax shares, or a choice of a class is made."""

from __future__ import annotations

from cnnlint.confirm.linking import about, got_nowhere, not_reached, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.confirm.seen import sized
from cnnlint.evidence import AxisCall, RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
OF_ONE, LEFT_OPEN = "axis of size 1", "is given no dim"  # as findings say it


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Whether the examples of a batch share, or are chosen among, on the claim's lines."""
    found = [
        each
        for each in result["measured"].get("axes", ())
        if about(claim, each["place"]) or about(claim, each["built"])
    ]
    if not found:
        return not_reached(result) if "axes" in result["measured"] else got_nowhere(result)
    first, calls = found[0], sum(each["calls"] for each in found)
    whole, axis = plural(calls, "call"), _axis(first)
    numbers = {"calls": calls, "axis": first["axis"], "shape": first["shape"]}
    message = claim.finding.message
    if OF_ONE in message:
        if sum(each["over_one"] for each in found) == calls:
            return confirmed(f"in each of {whole} it ran along {axis}, which is of size 1", **numbers)
        return refuted(f"it ran along {axis}", **numbers)
    over = sum(each["over_examples"] for each in found)
    if over == calls:
        return confirmed(f"in each of {whole} it ran along {axis}, and so over the examples", **numbers)
    if (
        not over
        and LEFT_OPEN not in message
        and all(each["axis"] or len(each["shape"]) < 2 for each in found)
    ):
        return refuted(f"it ran along {axis}", **numbers)
    return not_reproduced(f"in {over} of {whole} it ran over the examples of a batch", **numbers)


def _axis(call: AxisCall) -> str:
    """`axis 1 of 16x10`."""
    if call["axis"] is None:
        return f"all axes of {sized(call['shape'])}"
    return f"axis {call['axis']} of {sized(call['shape'])}"
