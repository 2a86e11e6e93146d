"""Proof: mended, the script learns better than as it is written.

The bars were chosen on 39 faults and 16 placebos and measured on others: `benchmarks/confirm`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import NamedTuple

from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, not_reproduced
from cnnlint.evidence import Comparison, Pair, Training

__all__ = ["BARS", "FEWEST_STEPS", "LEVEL", "Gain", "curve", "gains", "judge", "unfit"]

LEVEL = "train"

#: What the median of the seeds must gain in one of these: the mean accuracy over all steps, that of the last
#: of them, and that of the script's own evaluation.
BARS = {"auc": 0.20, "train": 0.22, "test": 0.22}
FEWEST_STEPS = 60
LAST = 0.1  # of the steps
TOO_NOISY = 0.05  # a difference in the mean accuracy between two trainings of the same text


class Gain(NamedTuple):
    """What mending gains by one measure: for each seed the value as written and as mended, and how far two
    trainings of the same text lie apart."""

    written: tuple[float, ...]
    mended: tuple[float, ...]
    noise: float

    @property
    def each(self) -> list[float]:
        return [mended - written for written, mended in zip(self.written, self.mended, strict=True)]

    def reaches(self, bar: float) -> bool:
        """Whether the median does, and each seed gains more than chance makes."""
        return median(self.each) >= bar and min(self.each) > self.noise


def judge(claim: Claim, comparison: Comparison) -> Judgement:
    """Confirmed if every seed learns better, and enough."""
    why = unfit(comparison)
    if why:
        return inconclusive(why)
    found = gains(comparison)
    reached = [name for name, gain in found.items() if gain.reaches(BARS[name])]
    numbers = {name: _numbers(gain) for name, gain in found.items()}
    shown = found["test"] if "test" in reached and "train" not in reached else found["train"]
    images = "new images" if shown is found.get("test") else "the images it trains on"
    does = (
        f"it explains {{:.0%}} of the variance in {images}"
        if _of_numbers(comparison)
        else (f"it gets {{:.0%}} of {images} right")
    )
    compared = f"{does.format(median(shown.mended))}, as written {median(shown.written):.0%}"
    data = "drawn images" if comparison.get("drawn", True) else "its own data"
    trained = f"after {comparison['steps']} steps on {data}"
    seeds = f"{len(comparison['pairs'])} seeds"
    if reached:
        return confirmed(f"mended, {compared}, {trained} ({seeds}, better in each)", **numbers)
    return not_reproduced(f"mended, it is not better by enough: {compared}, {trained} ({seeds})", **numbers)


def unfit(comparison: Comparison) -> str:
    """Why a comparison says nothing; '' if it says something."""
    if comparison["why"]:
        return comparison["why"]
    for pair in comparison["pairs"]:
        for name, text in (("written", "as written"), ("mended", "as mended")):
            training: Training = pair[name]  # type: ignore[literal-required]
            if len(training["curve"]) < FEWEST_STEPS:
                return f"{text}, it ended after {training['steps']} steps: {training['why']}"
            if not curve(training):
                return "what it learns is no class, so there is no accuracy to compare"
    noise = gains(comparison)["auc"].noise
    if noise > TOO_NOISY:
        return f"two trainings of the same text lie {noise:.2f} apart in their accuracy"
    return ""


def gains(comparison: Comparison) -> dict[str, Gain]:
    """By each measure that both sides of all seeds have."""
    found: dict[str, Gain] = {}
    measured = [_measured(pair) for pair in comparison["pairs"]]
    for name in BARS:
        written, mended, again = zip(
            *(tuple(side.get(name) for side in sides) for sides in measured), strict=True
        )
        if None not in written and None not in mended:
            apart = [abs(one - other) for one, other in zip(written, again, strict=True) if other is not None]
            found[name] = Gain(written, mended, max(apart, default=0.0))
    return found


def curve(training: Training) -> list[float]:
    """The accuracy at each optimizer step, or at each loss where no step was taken."""
    by_step: dict[int, list[float]] = {}
    for number, point in enumerate(training["curve"]):
        if point["accuracy"] is not None:
            by_step.setdefault(point["step"] if training["steps"] else number, []).append(point["accuracy"])
    return [fmean(by_step[step]) for step in sorted(by_step)]


def _measured(pair: Pair) -> list[dict[str, float]]:
    """The measures of the trainings of a seed, over as many steps as all of them have."""
    trainings = [pair["written"], pair["mended"], pair["again"]]
    curves = [curve(training) if training else [] for training in trainings]
    common = min(len(each) for each in curves if each)
    return [
        {} if training is None else _measures(each[:common], training["evaluated"])
        for training, each in zip(trainings, curves, strict=True)
    ]


def _measures(accuracies: Sequence[float], evaluated: float | None) -> dict[str, float]:
    last = accuracies[-max(1, round(len(accuracies) * LAST)) :]
    told = {"auc": fmean(accuracies), "train": fmean(last)}
    return told if evaluated is None else {**told, "test": evaluated}


def _of_numbers(comparison: Comparison) -> bool:
    """Whether a number is learnt: what is explained of one may be less than nothing, and is so at first."""
    written = [point["accuracy"] for pair in comparison["pairs"] for point in pair["written"]["curve"]]
    return any(accuracy is not None and accuracy < 0 for accuracy in written)


def _numbers(gain: Gain) -> Mapping[str, float | list[float]]:
    return {
        "written": [round(value, 3) for value in gain.written],
        "mended": [round(value, 3) for value in gain.mended],
        "gain": round(median(gain.each), 3),
        "noise": round(gain.noise, 4),
    }
