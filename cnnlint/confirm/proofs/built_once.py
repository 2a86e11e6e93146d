"""Whether an optimizer, a schedule or a model is built anew while it should go on."""

from __future__ import annotations

from typing import Any

from cnnlint.confirm.linking import at, got_nowhere, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.confirm.proofs.schedule_steps import passes
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """How often the claim's line builds one."""
    makers = (*result["optimizers"], *result["schedulers"], *result["models"])
    built = [each for each in makers if at(claim, each["built"])]
    if not built or not result["steps"]:
        return got_nowhere(result)
    epochs = passes(result)
    numbers = {"built": len(built), "steps": result["steps"], "epochs": epochs}
    name = built[0]["name"]
    if len(built) > 1 and all(map(_forgets_nothing, built)):
        return not_reproduced(
            f"`{name}` without momentum was built anew, and has nothing to forget", **numbers
        )
    if len(built) > 1:
        text = f"`{name}` was built {plural(len(built), 'time')} within {plural(result['steps'], 'step')}"
        return confirmed(text, **numbers)
    if epochs > 1:
        return refuted(f"`{name}` was built once, before {plural(epochs, 'epoch')}", **numbers)
    return not_reproduced(f"`{name}` was built once, and one epoch was seen", **numbers)


def _forgets_nothing(built: Any) -> bool:
    """Plain steps along the gradient, which keep nothing from one to the next."""
    groups = built.get("groups", [])
    return built["name"] == "SGD" and bool(groups) and not any(each.get("momentum") for each in groups)
