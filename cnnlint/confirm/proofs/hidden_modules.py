"""Layers work in the model that `parameters()` does not list, as nothing registers them."""

from __future__ import annotations

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, refuted
from cnnlint.confirm.seen import nothing_seen, rows
from cnnlint.evidence import ShapesResult

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether a layer built at this line is called without being registered."""
    seen = [row for row in rows(result, claim.place, *claim.others) if row.layer["origin"] != "function"]
    hidden = [row for row in seen if row.layer["origin"] == "hidden"]
    if hidden:
        trace = hidden[0].trace
        names = {row.layer["name"]: row.layer["parameters"] for row in hidden if row.trace is trace}
        count = sum(names.values())
        return confirmed(
            f"`{trace['name']}` calls `{next(iter(names))}`"
            + (f" and {len(names) - 1} more" if len(names) > 1 else "")
            + f" with {count:,} parameters that are not among the {trace['parameters']:,} it registers",
            modules=list(names),
            parameters=count,
        )
    built = [row for row in seen if row.layer["origin"] == "module"]
    if built:
        return refuted(f"`{built[0].layer['name']}` is registered in `{built[0].trace['name']}`")
    return nothing_seen(claim, result)
