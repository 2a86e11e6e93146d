"""Nothing calls a layer of the model, in evaluation or in training, or nothing uses what it gives."""

from __future__ import annotations

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, refuted
from cnnlint.confirm.seen import Row, at, nothing_seen, rows
from cnnlint.evidence import ShapesResult

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether the layer of this line is left out."""
    seen = rows(result, claim.place)
    called = [row for row in seen if row.layer["origin"] == "module" and row.layer["name"]]
    if used := next((row for row in called if _is_used(row)), None):
        return refuted(f"`{used.trace['name']}` calls `{used.layer['name']}` and uses what it gives")
    for trace in result["models"]:
        registered = [each for each in trace["unused"] if each["origin"] == "module"]
        idle = [each for each in registered if at(each["built"], claim.place)]
        if idle and trace["broken"] is None:
            parameters = sum(each["parameters"] for each in idle)
            return confirmed(
                f"a whole call of `{trace['name']}` never calls `{idle[0]['name']}`, which holds "
                f"{parameters:,} of its {trace['parameters']:,} parameters",
                parameters=parameters,
            )
    for row in called:
        if row.trace["broken"] is None and row.layer["output"] is not None:
            name = f"`{row.trace['name']}`"
            return confirmed(f"{name} calls `{row.layer['name']}` and uses nothing of what it gives")
    if called:
        return inconclusive(f"`{called[0].trace['name']}` breaks before what it gives could be used")
    return nothing_seen(claim, result)


def _is_used(row: Row) -> bool:
    """Something in the model takes what the call gives, or the model returns it. What a module of the user's
    gives is given by the calls within it."""
    within = {row.number}
    layers = row.trace["layers"]
    for number in range(row.number + 1, len(layers)):
        if not layers[number]["name"].startswith(row.layer["name"] + "."):
            break
        within.add(number)
    leaving = {target for source, target in row.trace["edges"] if source in within} - within
    return bool(leaving or within.intersection(row.trace["outputs"]))
