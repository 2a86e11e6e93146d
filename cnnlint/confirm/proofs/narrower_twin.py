"""Proof: a twin with a quarter of the widths, trained alike on the user's own data, does as well.

Parameters beyond examples prove nothing: only what a smaller model gets right on held-out data does.
"""

from __future__ import annotations

from math import hypot, sqrt
from statistics import fmean, stdev

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, not_reproduced
from cnnlint.evidence import Comparison, Training

__all__ = ["AGAINST", "FEWEST_STEPS", "LEVEL", "judge"]

LEVEL = "train"
#: What the script is compared with, where it is not its mended text.
AGAINST = "narrower"

FEWEST_STEPS = 60
LEARNT = 0.1  # by which the model must beat always saying the commonest class
TOO_NOISY = 0.05  # a standard error of a difference that is not much greater
NARROWER = 0.7  # the most parameters of the twin, as a share
BETTER = 2.0  # standard errors


def judge(claim: Claim, comparison: Comparison) -> Judgement:
    """Confirmed if the twin is at most a standard error over the seeds behind."""
    if why := comparison["why"] or _unfit(comparison):
        return inconclusive(why)
    pairs = comparison["pairs"]
    full = [pair["written"]["evaluated"] or 0.0 for pair in pairs]
    twin = [pair["mended"]["evaluated"] or 0.0 for pair in pairs]
    gains = [after - before for before, after in zip(full, twin, strict=True)]
    gain, error = fmean(gains), stdev(gains) / sqrt(len(gains))
    first = pairs[0]
    examples, passes = first["written"]["examples"], first["written"]["passes"]
    parameters, fewer = first["written"]["parameters"], first["mended"]["parameters"]
    numbers = {
        "written": [round(value, 4) for value in full], "twin": [round(value, 4) for value in twin],
        "gain": round(gain, 4), "error": round(error, 4), "examples": examples, "passes": passes,
        "steps": comparison["steps"], "parameters": {"written": parameters, "twin": fewer},
    }  # fmt: skip
    chance = first["written"]["commonest"]
    if chance is None:
        return inconclusive("what it learns is no class, so there is no accuracy to compare", **numbers)
    said = f"of {examples:,} held-out examples right after {comparison['steps']:,} steps ({_passes(passes)})"
    if fmean(full) < chance + LEARNT:
        little = f"as written, it gets {fmean(full):.1%} {said}, the commonest class alone is {chance:.1%}"
        return inconclusive(f"{little}: it has learnt too little to be compared", **numbers)
    if error > TOO_NOISY and abs(gain) <= BETTER * error:
        return inconclusive(
            f"seeds lie too far apart: the difference is {gain:+.1%} ± {error:.1%}", **numbers
        )
    words = (
        f"{fewer:,} of {parameters:,} parameters get {fmean(twin):.1%} {said}, "
        f"all of them {fmean(full):.1%} ({len(pairs)} seeds)"
    )
    sampling = sqrt(sum(each * (1 - each) for each in (fmean(full), fmean(twin))) / examples)
    if gain > BETTER * hypot(error, sampling):
        return confirmed(f"a quarter of its widths is better: {words}", **numbers)
    if gain >= -error:
        return confirmed(f"oversized for what it costs: with a quarter of its widths {words}", **numbers)
    return not_reproduced(f"its widths pay: with a quarter of them {words}", **numbers)


def _unfit(comparison: Comparison) -> str:
    """Why a comparison says nothing; '' if it says something."""
    for pair in comparison["pairs"]:
        sides: dict[str, Training] = {
            "as written": pair["written"],
            "with a quarter of its widths": pair["mended"],
        }
        for side, training in sides.items():
            if training["ended"] not in ("steps", "finished"):
                return f"{side}, it ended after {training['steps']} steps: {training['why']}"
            if training["steps"] < FEWEST_STEPS:
                return f"its recipe ends after {training['steps']} steps, which are too few to compare"
            if training["evaluated"] is None:
                return f"{side}, it evaluates no accuracy on held-out data after its steps"
        if len({training["steps"] for training in sides.values()}) > 1:
            return "the two did not take as many steps"
        if pair["mended"]["parameters"] > NARROWER * pair["written"]["parameters"]:
            return "what it builds when it runs is not narrower with other numbers in its code"
    return ""


def _passes(passes: int) -> str:
    return f"{passes} pass" if passes == 1 else f"{passes} passes"
