"""What of a run a claim is about: its lines against those of what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnnlint.confirm.proofs import Claim, Judgement, inconclusive
from cnnlint.evidence import Event, LossCall, Place, RunModel, RunResult

__all__ = [
    "about", "at", "events_of", "got_nowhere", "losses_of", "models_of", "optimizer_of", "plural",
]  # fmt: skip


def at(claim: Claim, place: Place | None) -> bool:
    """Whether a line is that of the finding itself."""
    if place is None or place["path"] != claim.place["path"]:
        return False
    length = claim.finding.span.end_line - claim.finding.span.line
    return 0 <= place["line"] - claim.place["line"] <= length


def about(claim: Claim, place: Place | None) -> bool:
    """Whether a line is one that the finding names: its own, or that of a note."""
    return at(claim, place) or place is not None and place in claim.others


def optimizer_of(claim: Claim, result: RunResult) -> int | None:
    """The number of the optimizer that a claim is about: built on one of its lines, or stepped or cleared
    there; the only one there is, if nothing tells."""
    optimizers = result["optimizers"]
    for number, optimizer in enumerate(optimizers):
        if about(claim, optimizer["built"]):
            return number
    for event in result["events"]:
        if event["kind"] in ("step", "zero_grad") and about(claim, event["place"]) and event["subject"] >= 0:
            return event["subject"]
    return 0 if len(optimizers) == 1 else None


def losses_of(claim: Claim, result: RunResult) -> list[LossCall]:
    """The calls of losses on the claim's lines."""
    return [loss for loss in result["losses"] if about(claim, loss["place"])]


def models_of(claim: Claim, result: RunResult) -> list[int]:
    """The numbers of the models that a claim is about: whose class stands there, that were built or whose
    parts were built there; all of that file if nothing tells."""
    models = list(enumerate(result["models"]))
    near = [
        number
        for number, model in models
        if about(claim, model["built"])
        or about(claim, model["place"])
        or any(about(claim, each["built"]) for each in model["modules"])
    ]
    return near or [number for number, model in models if _in_file(claim, model)]


def _in_file(claim: Claim, model: RunModel) -> bool:
    places: Iterable[Place | None] = (model["place"], *(each["built"] for each in model["modules"]))
    return any(place is not None and place["path"] == claim.place["path"] for place in places)


def events_of(result: RunResult, *kinds: str, subject: int | None = None) -> Iterator[Event]:
    """The events of these kinds, of one thing if it is given."""
    for event in result["events"]:
        if event["kind"] in kinds and subject in (None, event["subject"]):
            yield event


def got_nowhere(result: RunResult) -> Judgement:
    """The run ended before what the claim is about could be seen."""
    if result["ended"] == "broken" and result["broken"]:
        place = result["broken"]["place"]
        line = f" on line {place['line']}" if place else ""
        return inconclusive(f"the script did not get that far: it raised {result['why']}{line}")
    return inconclusive(f"the script did not get that far: {result['why']}")


def plural(number: int, word: str) -> str:
    """`1 step`, `2 steps`, `2 passes`."""
    return (
        f"{number} {word}"
        if number == 1
        else f"{number} {word}{'es' if word.endswith(('s', 'tch')) else 's'}"
    )
