"""Whether an optimizer steps at all while gradients are made for it."""

from __future__ import annotations

from cnnlint.confirm.linking import events_of, got_nowhere, optimizer_of, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
LEAST = 10  # backward passes without a step that are no accumulation


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Backward passes reach its parameters, and it steps or not."""
    number = optimizer_of(claim, result)
    if number is None:
        return got_nowhere(result)
    steps = result["optimizers"][number]["steps"]
    made = sum(number in event.get("reached", ()) for event in events_of(result, "backward"))
    numbers = {"steps": steps, "backwards": made}
    if steps:
        return refuted(
            f"it stepped: {plural(steps, 'time')} within {plural(made, 'backward pass')}", **numbers
        )
    if made < LEAST:
        return got_nowhere(result)
    return confirmed(
        f"{plural(made, 'backward pass')} made gradients for it, and it never stepped", **numbers
    )
