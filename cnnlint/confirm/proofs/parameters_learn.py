"""Whether anything that an optimizer was given learns: rules on freezing."""

from __future__ import annotations

from cnnlint.confirm.linking import got_nowhere, models_of, optimizer_of, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.confirm.proofs.gradients_arrive import NO_GRAPH, used_in
from cnnlint.evidence import Parameter, RunResult
from cnnlint.findings import Severity

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """What the optimizer holds is frozen and stays, or `requires_grad` was set where nothing reads."""
    if claim.finding.name == "requires-grad-on-module":
        return _vain(result)
    broken, number = result["broken"], optimizer_of(claim, result)
    if claim.finding.severity is Severity.WARNING:  # not all is said to be frozen
        return _features(claim, result)
    held = [] if number is None else _held(result, number)
    frozen = bool(held) and not any(each["trains"] for each in held)
    if frozen and broken and NO_GRAPH in broken["message"]:
        text = f"all {plural(len(held), 'parameter')} it was given are frozen, and `backward()` raised"
        return confirmed(text, parameters=len(held))
    if not held or not result["steps"] or "parameters" in result["unmeasured"]:
        return got_nowhere(result)
    moved = sum(each["moved"] for each in held)
    numbers = {"parameters": len(held), "moved": moved}
    if frozen and not moved:
        return confirmed(
            f"all {plural(len(held), 'parameter')} it was given are frozen, and none moved", **numbers
        )
    if moved:
        return refuted(f"{moved} of {plural(len(held), 'parameter')} it was given moved", **numbers)
    return not_reproduced("none of its parameters moved, though not all are frozen", **numbers)


def _features(claim: Claim, result: RunResult) -> Judgement:
    """Parameters that are frozen in the very model of which others learn."""
    if not result["steps"] or "parameters" in result["unmeasured"]:
        return got_nowhere(result)
    for model in (result["models"][number] for number in models_of(claim, result)):
        used = used_in(model)
        frozen = [each for each in used if not each["trains"] and not each["moved"]]
        moved = sum(each["moved"] for each in used)
        if frozen and moved:
            names = ", ".join(f"`{each['name']}`" for each in frozen[:3])
            more = f" and {len(frozen) - 3} more" if len(frozen) > 3 else ""
            text = f"{names}{more} took part in {plural(result['steps'], 'step')} and are as they were drawn"
            return confirmed(f"{text}, while {moved} others moved", frozen=len(frozen), moved=moved)
        if used and moved == len(used):
            return refuted(f"every parameter that was used moved ({moved} of them)", moved=moved)
    return not_reproduced("no model was seen of which some parameters are frozen and others moved")


def _held(result: RunResult, number: int) -> list[Parameter]:
    """The parameters of models that an optimizer has."""
    return [each for model in result["models"] for each in model["tensors"] if number in each["optimizers"]]


def _vain(result: RunResult) -> Judgement:
    """A module that somebody set `requires_grad` on goes on as before."""
    if not result["steps"]:
        return got_nowhere(result)
    for model in result["models"]:
        for module in model["modules"]:
            prefix = f"{module['name']}." if module["name"] else ""
            own = [each for each in model["tensors"] if each["name"].startswith(prefix)]
            moved = [each["name"] for each in own if each["trains"] and each["moved"]]
            if module["vain"] and moved:
                where = f"`{module['name']}`" if module["name"] else f"`{model['name']}`"
                text = (
                    f"{where} has a `requires_grad` that nothing reads, and `{moved[0]}` moved all the same"
                )
                return confirmed(text, moved=len(moved))
    return not_reproduced("no module that it was set on went on learning")
