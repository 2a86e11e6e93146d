"""The model has layers that `parameters()` does not list, as nothing registers them."""

from __future__ import annotations

from collections.abc import Iterable

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, refuted
from cnnlint.confirm.seen import at, nothing_seen, rows
from cnnlint.evidence import ShapesResult

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether a layer built at this line is kept without being registered."""
    places = (claim.place, *claim.others)
    for trace in result["models"]:
        layers = [each for each in (*trace["layers"], *trace["unused"]) if each["origin"] == "hidden"]
        names = [each["name"] for each in layers if any(at(each["built"], place) for place in places)]
        if names:
            inside = {each["name"]: each["parameters"] for each in layers if _in(each["name"], names)}
            count, more = sum(inside.values()), len(set(names)) - 1
            return confirmed(
                f"`{trace['name']}` has `{names[0]}`{f' and {more} more' if more else ''} with {count:,} "
                f"parameters, and `parameters()` lists only {trace['parameters']:,} others",
                modules=sorted(set(names)),
                parameters=count,
            )
    seen = [row for row in rows(result, *places) if row.layer["origin"] != "function"]
    built = [row for row in seen if row.layer["origin"] == "module"]
    if built:
        return refuted(f"`{built[0].layer['name']}` is registered in `{built[0].trace['name']}`")
    return nothing_seen(claim, result)


def _in(name: str, names: Iterable[str]) -> bool:
    """It is one of these modules, or a part of one."""
    return any(name == each or name.startswith(each + ".") for each in names)
