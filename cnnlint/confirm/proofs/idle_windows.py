"""The maps are as small where a layer looks at them as the finding says."""

from __future__ import annotations

import re

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, refuted
from cnnlint.confirm.seen import guessed, known, nothing_seen, rows, shaped, sized
from cnnlint.evidence import ShapesResult

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"
#: What a finding says is left of a map: `leaves 7 x 7 of 28 x 28 places`.
LEFT = re.compile(r"leaves (\d+(?: x \d+)*) of")


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether a window finds one place only, or so few places are left."""
    left = LEFT.search(claim.finding.message)
    seen = [row for row in rows(result, claim.place) if row.layer["inputs"] and row.layer["output"]]
    if not seen:
        return nothing_seen(claim, result)
    for row in seen:
        output = row.layer["output"] or []
        places = output[2:] if left else row.layer["inputs"][0][2:]
        wanted = [int(each) for each in left[1].split(" x ")] if left else [1] * len(places)

        if not known(row.trace):
            return guessed(row.trace, f"gives {sized(places)} places here")
        if places and places == wanted:
            verb = "leaves" if left else "looks at"
            return confirmed(
                f"`{row.label}` {verb} {sized(places)} places for {shaped(row.trace)}", places=places
            )
    row = seen[0]
    shapes = f"{sized(row.layer['inputs'][0])} and gives {sized(row.layer['output'] or [])}"
    return refuted(f"`{row.label}` gets {shapes} for {shaped(row.trace)}")
