"""Whether clipping finds the gradients that a step will use."""

from __future__ import annotations

from cnnlint.confirm.linking import about, events_of, not_reached, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import Event, RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
LEAST = 2  # calls whose end was seen


def judge(claim: Claim, result: RunResult) -> Judgement:
    """What each call on the claim's line found, and what came of it."""
    clips = [event for event in events_of(result, "clip") if about(claim, event["place"])]
    acts = [act for clip in clips if (act := _acts(result["events"], clip)) is not None]
    if len(acts) < LEAST:
        return not_reached(result)
    whole, vain = plural(len(acts), "call"), acts.count(False)
    numbers = {"calls": len(acts), "vain": vain}
    if vain == len(acts):
        empty = all(clip.get("gradients") != "some" for clip in clips)
        why = "found no gradients" if empty else "found gradients that no step used after it"
        return confirmed(f"each of {whole} {why}", **numbers)
    if not vain:
        return refuted(f"each of {whole} came between `backward()` and the step", **numbers)
    return not_reproduced(f"{vain} of {whole} clipped nothing that a step used", **numbers)


def _acts(events: list[Event], clip: Event) -> bool | None:
    """Whether a step uses what was clipped before it is cleared; None if the run ended before."""
    if clip.get("gradients") != "some":
        return False
    number = next(index for index, event in enumerate(events) if event is clip)
    after = (event for event in events[number:] if event["kind"] in ("step", "zero_grad"))
    own = next((event for event in after if clip["subject"] in (event["subject"], -1)), None)
    return None if own is None else own["kind"] == "step"
