"""Whether one batch norm stands behind several layers."""

from __future__ import annotations

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, refuted
from cnnlint.confirm.seen import at, nothing_seen
from cnnlint.evidence import ModelTrace, ShapesResult

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """What feeds the calls of the batch norm that the claim's lines build."""
    places = (claim.place, *claim.others)
    seen: list[str] = []
    for trace in result["models"]:
        named = [
            each["name"]
            for each in trace["layers"]
            if "Norm" in each["kind"] and any(at(each["built"], place) for place in places)
        ]
        for name in dict.fromkeys(named):
            before = _before(trace, name)
            if len(set(before)) > 1:
                behind = " and ".join(f"`{each}`" for each in dict.fromkeys(before))
                text = f"one call of `{trace['name']}` calls `{name}` {len(before)} times, behind {behind}"
                return confirmed(text, calls=len(before))
            seen.append(f"one call of `{trace['name']}` calls `{name}` behind the same layer only")
    return refuted(seen[0]) if seen else nothing_seen(claim, result)


def _before(trace: ModelTrace, name: str) -> list[str]:
    """The nearest layers with weights before each call of a layer, back through what has none."""
    into: dict[int, list[int]] = {}
    for source, target in trace["edges"]:
        into.setdefault(target, []).append(source)
    found = []
    for number, layer in enumerate(trace["layers"]):
        if layer["name"] == name:
            row, steps = number, 0
            while row >= 0 and steps < len(trace["layers"]):
                row, steps = min(into.get(row, [-1])), steps + 1
                if row >= 0 and trace["layers"][row]["parameters"]:
                    break
            found.append(trace["layers"][row]["name"] if row >= 0 else "the input")
    return found
