"""A view gives the axes of a tensor in another order, and leaves its elements as they lie."""

from __future__ import annotations

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive
from cnnlint.confirm.seen import known, nothing_seen, rows, shaped, sized
from cnnlint.evidence import ShapesResult

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"
VIEWS = ("view", "reshape")


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether the sizes after the view on this line are those before it in another order."""
    seen = [row for row in rows(result, claim.place) if row.layer["kind"] in VIEWS and row.layer["inputs"]]
    if not seen:
        return nothing_seen(claim, result)
    for row in seen:
        before, after = row.layer["inputs"][0], row.layer["output"] or []
        if before != after and sorted(before) == sorted(after) and known(row.trace):
            return confirmed(
                f"`{row.layer['kind']}` makes {sized(after)} of {sized(before)} without moving an element, "
                f"for {shaped(row.trace)}",
                before=before,
                after=after,
            )
    return inconclusive("the sizes before and after the view were not seen to be the same ones")
