"""How many parameters torch counts in the model: advice, and no verdict on whether they are too many."""

from __future__ import annotations

import re

from cnnlint.confirm.proofs import Claim, Judgement, inconclusive, refuted
from cnnlint.confirm.seen import at, nothing_seen
from cnnlint.evidence import ModelTrace, ShapesResult

__all__ = ["LEVEL", "REFUTES_ONLY", "judge"]

LEVEL = "shapes"
#: It never says that there are too many.
REFUTES_ONLY = True
SAID = re.compile(r"has ([\d.]+) M parameters")
#: How far the number in the message, which is rounded, may lie from the one counted.
ROUNDING = 0.1


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether the number is right."""
    said = SAID.search(claim.finding.message)
    concerned = [trace for trace in result["models"] if trace["how"] and _is_meant(trace, claim)]
    if not concerned or said is None:
        return nothing_seen(claim, result)
    counted = concerned[0]["parameters"]
    words = f"torch counts {counted:,} parameters in `{concerned[0]['name']}`"
    if counted < float(said[1]) * 1e6 * (1 - ROUNDING):
        return refuted(f"{words}, not {said[1]} million", parameters=counted)
    return inconclusive(
        f"{words}; whether a quarter of its widths would do, only training on your own data shows: "
        "--confirm=train --data",
        parameters=counted,
    )


def _is_meant(trace: ModelTrace, claim: Claim) -> bool:
    """The finding stands at the class, or at the line that builds the model."""
    built = trace["layers"][0]["built"] if trace["layers"] else None
    return at(trace["place"], claim.place) or at(built, claim.place)
