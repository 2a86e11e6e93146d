"""Whether the gradient of the loss reaches what it should teach: rules on cut graphs and frozen weights."""

from __future__ import annotations

from cnnlint.confirm.linking import about, got_nowhere, models_of, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, refuted
from cnnlint.evidence import Parameter, RunModel, RunResult

__all__ = ["LEVEL", "judge", "used_in"]

LEVEL = "run"
NO_GRAPH = "does not require grad"  # as torch says where nothing was recorded


def judge(claim: Claim, result: RunResult) -> Judgement:
    """`backward()` raises, or parameters that were used and shall learn get no gradient."""
    broken = result["broken"]
    if broken and NO_GRAPH in broken["message"] and about(claim, broken["place"]):
        return confirmed("`backward()` raised: the loss does not depend on anything that learns")
    if not result["steps"] or "parameters" in result["unmeasured"]:
        return got_nowhere(result)
    starved: list[str] = []
    taught = 0
    for number in models_of(claim, result):
        model = result["models"][number]
        for each in used_in(model):
            if each["trains"] and each["optimizers"]:
                starved += [each["name"]] if each["gradient"] in ("none", "zero") else []
                taught += each["gradient"] == "some"
    if starved:
        names = ", ".join(f"`{name}`" for name in starved[:3])
        more = f" and {len(starved) - 3} more" if len(starved) > 3 else ""
        text = f"{names}{more} got no gradient in {plural(result['steps'], 'step')}, though they were used"
        return confirmed(text, starved=starved, taught=taught)
    if taught:
        return refuted(f"every parameter that was used got gradients ({taught} of them)", taught=taught)
    return inconclusive("no model with parameters that learn was called")


def used_in(model: RunModel) -> list[Parameter]:
    """The parameters of modules that were called."""
    called = {each["name"] for each in model["modules"] if each["called"]}
    return [each for each in model["tensors"] if each["name"].rpartition(".")[0] in called]
