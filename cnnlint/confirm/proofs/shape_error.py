"""A call of the model raises at the line of the finding, or it passes it without an error.

Only with the input that the code itself says is a clean pass a refutation, and for that size alone. With a
size that was searched, an exception counts that no size could avoid: about channels or numbers of axes.
"""

from __future__ import annotations

import re

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, refuted
from cnnlint.confirm.seen import at, known, nothing_seen, rows, shaped, words
from cnnlint.evidence import ModelTrace, Place, ShapesResult

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"
#: Exceptions by which torch says that shapes do not fit.
RAISED = frozenset({"RuntimeError", "ValueError", "IndexError"})
#: Words of those that have nothing to do with the size of the images.
SIZELESS = re.compile(
    r"to have \d+ channels|expected weight to be a vector|same number of dimensions|expected \dD|"
    r"running_mean should contain|number of channels in input|divisible by",
    re.IGNORECASE,
)
#: Words of errors that are not about shapes.
OTHERS = re.compile(r"cuda|meta tensor|not implemented|out of memory|device|dtype|scalar type", re.IGNORECASE)


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether the model breaks here."""
    places = (claim.place, *claim.others)
    broken = [trace for trace in result["models"] if _breaks(trace, *places)]
    for trace in sorted(broken, key=lambda each: not known(each)):
        if error := _error(trace, claim):
            return error
    passing = rows(result, claim.place)
    traces = {id(row.trace): row.trace for row in passing if row.layer["output"] is not None}
    if broken or not traces:
        return nothing_seen(claim, result)
    for trace in traces.values():
        if trace["broken"] is not None:
            return nothing_seen(claim, {**result, "models": [trace]})
        if not known(trace):
            guess = "a size that was guessed" if trace["searched"] else "arguments that were guessed"
            return inconclusive(f"`{trace['name']}` takes {shaped(trace)} without an error, {guess}")
    first = next(iter(traces.values()))
    taken = f"`{first['name']}` takes {shaped(first)}, as the code gives it, without an error"
    return refuted(taken, inputs=first["inputs"])


def _error(trace: ModelTrace, claim: Claim) -> Judgement | None:
    """The exception as evidence, if it is of the kind that the finding speaks of."""
    broken = trace["broken"]
    assert broken is not None
    message = broken["message"]
    if broken["kind"] not in RAISED or OTHERS.search(message):
        return None
    if not known(trace) and not (trace["how"] != "guessed arguments" and SIZELESS.search(message)):
        return None
    line = broken["place"]["line"] if broken["place"] else claim.place["line"]
    return confirmed(
        f"`{trace['name']}` raises {broken['kind']} in line {line} for {shaped(trace)}: {words(message)}",
        inputs=trace["inputs"],
        raised=broken["kind"],
    )


def _breaks(trace: ModelTrace, *places: Place) -> bool:
    """Its exception came through one of these lines, or out of a layer that one of them builds."""
    broken = trace["broken"]
    if broken is None or trace["why"]:
        return False
    unfinished = [each for each in trace["layers"] if each["output"] is None]
    failing = [each["built"] for each in unfinished if each["name"] == broken["module"] != ""]
    built = failing[-1] if failing else None
    return any(at(broken["place"], place) or at(built, place) for place in places)
