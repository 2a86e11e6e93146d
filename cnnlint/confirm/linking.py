"""What of a run a claim is about: its lines against those of what happened."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from cnnlint.confirm.proofs import Claim, Judgement, inconclusive
from cnnlint.evidence import Event, LossCall, Place, RunModel, RunResult, Unread, line_of
from cnnlint.source import SourceFile, Span

__all__ = [
    "about", "at", "each_of", "ending", "events_of", "got_nowhere", "in_cells", "losses_of", "made_up",
    "models_of", "not_reached", "optimizer_of", "plural", "stand_ins", "trained_calls",
]  # fmt: skip

NOTEBOOK_LINE = re.compile(r"line (\d+) of [^`\n]*?\.ipynb")


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
    """The run ended before what the claim is about could be seen, or without it."""
    if result["ended"] in ("finished", "steps"):
        return inconclusive(f"nothing of it was seen in this run: {ending(result)}")
    return inconclusive(f"the script did not get that far: {ending(result)}")


def not_reached(result: RunResult) -> Judgement:
    """Nothing happened on the claim's line."""
    if not result["steps"]:
        return got_nowhere(result)
    return inconclusive("this line was not reached in the steps that were taken")


def trained_calls(result: RunResult) -> set[int]:
    """The ids of the calls that a backward pass follows before the model's next call, on the same data."""
    found: set[int] = set()
    waiting: dict[int, Event] = {}
    for event in result["events"]:
        if event["kind"] == "forward":
            waiting[event["subject"]] = event
        elif event["kind"] == "pass":
            waiting.clear()
        elif event["kind"] == "backward":
            found |= {id(each) for each in waiting.values() if each.get("gradients_on")}
    return found


def ending(result: RunResult) -> str:
    """Why a run ended early, in words: what it raised, and the data it did not get."""
    why = result["why"]
    if result["ended"] == "broken" and result["broken"]:
        place = result["broken"]["place"]
        line = f" on {line_of(place)}" if place else ""
        why = f"it raised {result['why'].removesuffix(': ')}{line}{stand_ins(result['stubs'])}"
    if not result["unread"] or result["ended"] not in ("broken", "exited", "finished"):
        return why
    first = result["unread"][0]
    if first["fatal"] and not first["place"] and result["broken"]:
        first = {**first, "place": result["broken"]["place"]}
    return unread(first) if first["fatal"] else f"{why}; {unread(first)}"


def made_up(result: RunResult) -> str:
    """What is added where values that nobody gave were put for them."""
    names = [
        each["what"] for each in result["replaced"] if each["by"] == "a default" or "(a guess)" in each["by"]
    ]
    told = "`argv`, `input` and `classes` in [tool.cnnlint.confirm] tell them"
    return f"; nobody knows {', '.join(names)}, which was made up: {told}" if names else ""


def stand_ins(stubs: Iterable[str]) -> str:
    """What is added where packages that are not installed were stood in for."""
    names = ", ".join(f"`{each}`" for each in stubs)
    return f", with stand-ins for {names}" if names else ""


def unread(data: Unread) -> str:
    """Which data a run did not get, and what to do."""
    name, line = data["path"], f" on {line_of(data['place'])}" if data["place"] else ""
    if data["closed"]:
        leads = "" if os.path.normpath(name) == data["real"] else f", which is {data['real']},"
        return (
            f"it reads `{name}`{leads}{line}, and the sandbox keeps that closed: name its folder in "
            "`readable` of [tool.cnnlint.confirm]"
        )
    return (
        f"it reads `{name}`{line}, which is not there: put it in place and run with --data, or say where "
        "it is by `argv` in [tool.cnnlint.confirm]"
    )


def in_cells(text: str, source: SourceFile) -> str:
    """A sentence with the lines of a notebook as its user counts them: `line 3 of cell 2`."""

    def told(line: re.Match[str]) -> str:
        cell, span = source.place(Span(int(line[1]), 1, int(line[1]), 1))
        return f"line {span.line} of cell {cell}"

    return NOTEBOOK_LINE.sub(told, text)


def plural(number: int, word: str) -> str:
    """`1 step`, `2 steps`, `2 passes`."""
    return (
        f"{number} {word}"
        if number == 1
        else f"{number} {word}{'es' if word.endswith(('s', 'tch')) else 's'}"
    )


def each_of(number: int, word: str) -> str:
    """`the one step`, `each of 2 steps`."""
    return f"the one {word}" if number == 1 else f"each of {plural(number, word)}"
