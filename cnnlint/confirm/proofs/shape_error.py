"""A call of the model raises at the line of the finding, or it passes it without an error.

Only with the input that the code itself says is a clean pass a refutation, and for that size alone. Where
sizes or arguments were guessed, an exception counts that speaks of the very numbers of the finding, or, with
arguments known, that no size of the input avoids.
"""

from __future__ import annotations

import re
from functools import partial
from math import inf

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, refuted
from cnnlint.confirm.seen import at, guessed, known, lines_above, nothing_seen, rows, shaped, words
from cnnlint.evidence import GUESSED, ModelTrace, Place, ShapesResult, line_of
from cnnlint.findings import Outcome

__all__ = ["LEVEL", "judge"]

LEVEL = "shapes"
#: Exceptions that are not about shapes, by class and by words.
OTHERS = frozenset(
    "NotInstalled NameError UnboundLocalError ImportError ModuleNotFoundError AttributeError KeyError "
    "OSError FileNotFoundError NotImplementedError MemoryError OutOfMemoryError RecursionError "
    "SystemExit".split()
)
OTHER_WORDS = re.compile(r"cuda|meta tensor|out of memory|(on|same) device|dtype|scalar type", re.IGNORECASE)
#: Sizes that must have failed, where the input is not known.
ENOUGH = 5
#: As torch says of a view that fixes the number of examples.
FIXED_BATCH = re.compile(r"shape '\[(\d+),")
NUMBER = re.compile(r"\d+")
#: Numbers up to this one are in any message.
COMMON = 4


def judge(claim: Claim, result: ShapesResult) -> Judgement:
    """Whether the model breaks here."""
    places = (claim.place, *claim.others)
    broken = [trace for trace in result["models"] if _breaks(trace, *places)]
    told = [error for trace in broken if (error := _error(trace, claim))]
    if told:
        return min(told, key=lambda each: each.outcome is not Outcome.CONFIRMED)
    passing = rows(result, claim.place)
    traces = {
        id(row.trace): row.trace
        for row in passing
        if row.layer["output"] is not None and _is_meant(row.trace, claim, result)
    }
    if broken or not traces:
        return nothing_seen(claim, result)
    for trace in traces.values():
        if trace["broken"] is not None:
            return nothing_seen(claim, {**result, "models": [trace]})
        if not known(trace):
            return guessed(trace, "raises no error")
    first = next(iter(traces.values()))
    if unbuilt := [each for each in result["models"] if each["why"] and each["name"] == first["name"]]:
        return nothing_seen(claim, {**result, "models": unbuilt})
    taken = f"`{first['name']}` takes {shaped(first)}, as the code gives it, without an error"
    return refuted(taken, inputs=first["inputs"])


def _is_meant(trace: ModelTrace, claim: Claim, result: ShapesResult) -> bool:
    """The notes of the finding lie on its way, or at least in no other class: several may share a line."""
    for place in claim.others:
        holder = min(result["models"], key=partial(lines_above, place))
        elsewhere = lines_above(place, holder) < inf and holder["name"] != trace["name"]
        if elsewhere and not rows({**result, "models": [trace]}, place):
            return False
    return True


def _error(trace: ModelTrace, claim: Claim) -> Judgement | None:
    """The exception as evidence, if it is of the kind that the finding speaks of."""
    broken = trace["broken"]
    assert broken is not None
    message, kind = words(broken["message"]), broken["kind"]
    if kind in OTHERS or OTHER_WORDS.search(message):
        return None
    every = _no_size_avoids(trace, claim)
    if not known(trace) and not every and not _same_numbers(message, claim):
        return guessed(trace, "raises an error here")
    given = shaped(trace) if known(trace) or not every else f"each of {trace['tried']} sizes of the input"
    line = line_of(broken["place"] or claim.place)
    said = f"`{trace['name']}` raises {kind} on {line} for {given}: {message}"
    return confirmed(said, inputs=trace["inputs"], raised=kind)


def _no_size_avoids(trace: ModelTrace, claim: Claim) -> bool:
    """The line of the finding itself breaks whatever size is tried, and not for the size of the batch, which
    is a guess in each of them."""
    if trace["tried"] < ENOUGH or trace["how"] == GUESSED or not _breaks(trace, claim.place):
        return False
    batch = trace["inputs"][0][0] if trace["inputs"] and trace["inputs"][0] else 0
    given = next((each["inputs"] for each in reversed(trace["layers"]) if each["output"] is None), [])
    kept = not given or not given[0] or given[0][0] == batch
    assert trace["broken"] is not None
    fixed = FIXED_BATCH.search(trace["broken"]["message"])
    return kept and (fixed is None or int(fixed[1]) == batch)


def _same_numbers(message: str, claim: Claim) -> bool:
    """An exception speaks of two numbers, at least, of which the finding speaks as well."""
    finding = re.sub(r"`[^`]*`", "", claim.finding.message).replace(",", "")
    shared = set(NUMBER.findall(finding)).intersection(NUMBER.findall(message))
    return len([number for number in shared if int(number) > COMMON]) > 1


def _breaks(trace: ModelTrace, *places: Place) -> bool:
    """Its exception came through one of these lines, or out of a layer that one of them builds."""
    broken = trace["broken"]
    if broken is None or trace["why"]:
        return False
    unfinished = [each for each in trace["layers"] if each["output"] is None]
    failing = [each["built"] for each in unfinished if each["name"] == broken["module"] != ""]
    built = failing[-1] if failing else None
    return any(at(broken["place"], place) or at(built, place) for place in places)
