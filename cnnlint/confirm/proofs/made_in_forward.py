"""A layer with parameters is made within the very call of the model that uses it."""

from __future__ import annotations

from itertools import takewhile

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, refuted
from cnnlint.confirm.seen import nothing_seen, rows
from cnnlint.evidence import ShapesResult

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether the layer of this line is made anew in the call."""
    seen = [row for row in rows(result, claim.place) if row.layer["origin"] != "function"]
    made = [row for row in seen if row.layer["origin"] == "made"]
    if made:
        layers = made[0].trace["layers"][made[0].number :]
        count = sum(each["parameters"] for each in takewhile(lambda each: each["origin"] != "module", layers))
        return confirmed(
            f"a call of `{made[0].trace['name']}` made this {made[0].layer['kind']} with {count:,} fresh "
            "parameters, which the model does not keep",
            parameters=count,
        )
    kept = [row for row in seen if row.layer["origin"] == "module" and row.layer["name"]]
    if kept:
        return refuted(f"`{kept[0].layer['name']}` is there before `{kept[0].trace['name']}` is called")
    return nothing_seen(claim, result)
