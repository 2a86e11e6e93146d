"""Whether an optimizer, a schedule or a model is built anew while it should go on."""

from __future__ import annotations

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
    if len(built) > 1:
        text = f"`{name}` was built {plural(len(built), 'time')} within {plural(result['steps'], 'step')}"
        return confirmed(text, **numbers)
    if epochs > 1:
        return refuted(f"`{name}` was built once, before {plural(epochs, 'epoch')}", **numbers)
    return not_reproduced(f"`{name}` was built once, and one epoch was seen", **numbers)
