"""A layer gets a tensor of another number of axes than it is made for; where it raises, that is the proof."""

from __future__ import annotations

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, shape_error
from cnnlint.confirm.seen import Row, known, rows, shaped, sized
from cnnlint.evidence import ShapesResult

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether a layer at this line sees what it is not made for, raising or not."""
    for row in rows(result, claim.place):
        meant = _meant(row)
        if meant and known(row.trace) and row.layer["inputs"] and row.layer["output"] is not None:
            given = row.layer["inputs"][0]
            if len(given) != meant:
                return confirmed(
                    f"`{row.label}` gets {sized(given)}, {len(given)} axes instead of {meant}, "
                    f"for {shaped(row.trace)}",
                    shape=given,
                    axes=meant,
                )
    return shape_error.judge(claim, result)


def _meant(row: Row) -> int:
    """The number of axes that a batch for this layer has; 0 if it takes any."""
    kind = row.layer["kind"]
    if kind == "Linear":
        return 2
    return int(kind[-2]) + 2 if kind[-2:] in ("1d", "2d", "3d") else 0
