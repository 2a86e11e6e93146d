"""Whether batches hold several classes, and each epoch others."""

from __future__ import annotations

from cnnlint.confirm.linking import about, not_reached, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
LEAST = 3  # batches, or epochs of which one is enough to compare with
ONE_CLASS = "one class"  # as the finding says it
DRAWN = "the order of drawn labels says nothing of yours: put your data in place and run with --data"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The labels of the batches of the claim's loader."""
    rows = [
        each
        for each in result["measured"].get("orders", ())
        if about(claim, result["loaders"][each["loader"]]["built"])
    ]
    if not rows:
        return not_reached(result)
    row = rows[0]
    batches, passes = row["batches"], row["passes"]
    if ONE_CLASS not in claim.finding.message:
        return _repeats(passes, row["repeats"])
    numbers = {"batches": batches, "of_one_class": row["alike"]}
    text = f"{row['alike']} of {plural(batches, 'batch')} held one class only"
    if batches >= LEAST and row["alike"] >= batches - 1:
        return confirmed(text, **numbers)
    if any("glyphs" in each["by"] for each in result["replaced"]):  # which are mixed, unless the code sorts
        return inconclusive(DRAWN)
    return (not_reproduced if row["alike"] or batches < LEAST else refuted)(text, **numbers)


def _repeats(passes: int, repeats: int) -> Judgement:
    numbers = {"epochs": passes, "repeats": repeats}
    if passes < 2:
        return not_reproduced("only one epoch was seen", **numbers)
    if repeats == passes:
        return confirmed(f"each of {plural(passes, 'short epoch')} began with the same batch", **numbers)
    return refuted(f"{plural(passes, 'short epoch')} began with other batches", **numbers)
