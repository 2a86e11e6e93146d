"""Whether weight decay pulls harder than the loss."""

from __future__ import annotations

import math

from cnnlint.confirm.linking import got_nowhere, optimizer_of, plural
from cnnlint.confirm.proofs import NO_EXPERIMENT, Claim, Judgement, confirmed, inconclusive, not_reproduced
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
DECAY = "weight_decay="  # as the finding says it
OUTWEIGHS = 2.0  # times what the gradients of the loss do, in the median of the steps
LEAST = 3  # steps


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The pull of the decay over that of the gradients."""
    if DECAY not in claim.finding.message:
        return inconclusive(NO_EXPERIMENT)
    number = optimizer_of(claim, result)
    rows = [each for each in result["measured"].get("decays", ()) if each["optimizer"] == number]
    if not rows and number is not None and result["optimizers"][number]["steps"]:
        return not_reproduced("the optimizer of the run has hardly any weight decay")
    if not rows or rows[0]["steps"] < LEAST or not math.isfinite(rows[0]["ratio"]):
        return got_nowhere(result)
    row = rows[0]
    text = (
        f"it pulled {row['ratio']:.2g} times as hard as the loss (median of {plural(row['steps'], 'step')})"
    )
    numbers = {"ratio": row["ratio"], "left": row["left"]}
    if row["ratio"] > OUTWEIGHS:
        return confirmed(f"{text}, and left {row['left']:.0%} of the size of the weights", **numbers)
    return not_reproduced(f"{text}; only more than {OUTWEIGHS:g} is beyond doubt", **numbers)
