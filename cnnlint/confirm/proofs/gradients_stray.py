"""Whether a backward pass leaves gradients in what another optimizer is about to step."""

from __future__ import annotations

from cnnlint.confirm.linking import about, at, not_reached, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import Event, RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
SECOND_TIME = "backward through the graph a second time"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """What became of the gradients that came through the call on the claim's line."""
    events, broken = result["events"], result["broken"]
    if broken and SECOND_TIME in broken["message"] and about(claim, broken["place"]):
        return confirmed("the second `backward()` raised, as the first one had gone through the same graph")
    began = [
        number
        for number, event in enumerate(events)
        if event["kind"] == "forward" and at(claim, event["place"])
    ]
    passes = [found for number in began if (found := _backward(events, number)) is not None]
    if not passes:
        return not_reached(result)
    strays = [_strays(events, number) for number in dict.fromkeys(passes)]
    used, crossed = strays.count("used"), sum(map(bool, strays))
    whole, numbers = (
        plural(len(strays), "backward pass"),
        {"passes": len(strays), "used": used, "crossed": crossed},
    )
    if used == len(strays) or used > 1 and used == len(strays) - 1:
        text = f"{used} of {whole} left gradients that the next step of another optimizer used"
        return confirmed(text, **numbers)
    if not crossed:
        return refuted(f"each of {whole} reached what one optimizer steps, and nothing else", **numbers)
    return not_reproduced(f"{crossed} of {whole} reached more than one optimizer, {used} did harm", **numbers)


def _backward(events: list[Event], number: int) -> int | None:
    """The number of the backward pass that follows on an event."""
    return next((each for each in range(number, len(events)) if events[each]["kind"] == "backward"), None)


def _strays(events: list[Event], number: int) -> str:
    """Of what a backward pass reached besides the optimizer that steps next: 'used' if another steps with it,
    'cleared' if it is cleared before, '' where there is nothing."""
    reached = set(events[number].get("reached", ()))
    after = [event for event in events[number + 1 :] if event["kind"] in ("step", "zero_grad")]
    own = next((event["subject"] for event in after if event["kind"] == "step"), None)
    strange = reached - {own}
    if own not in reached or not strange:
        return ""
    ends = [next((event["kind"] for event in after if event["subject"] == each), "") for each in strange]
    return "used" if "step" in ends else "cleared"
