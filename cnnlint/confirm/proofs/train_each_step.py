"""Proof: as `train`, for faults that are at work in every step.

If mending such a fault leaves every loss of every seed as it was, to the last bit, the fault is not there.
"""

from __future__ import annotations

from cnnlint.confirm.proofs import Claim, Judgement, refuted, train
from cnnlint.evidence import Comparison, Training

__all__ = ["LEVEL", "judge"]

LEVEL = train.LEVEL


def judge(claim: Claim, comparison: Comparison) -> Judgement:
    """Refuted if the line did something and mending it changed nothing; else as by `train`."""
    judgement = train.judge(claim, comparison)
    if not train.unfit(comparison) and claim.place in comparison["seen"] and _unchanged(comparison):
        steps, seeds = comparison["steps"], len(comparison["pairs"])
        return refuted(
            f"mended, it trains the same: all losses of {steps} steps are equal bit by bit ({seeds} seeds)",
            **judgement.numbers,
        )
    return judgement


def _unchanged(comparison: Comparison) -> bool:
    return all(_told(pair["written"]) == _told(pair["mended"]) for pair in comparison["pairs"])


def _told(training: Training) -> tuple[object, ...]:
    return training["steps"], training["curve"], training["evaluated"]
