"""The rule by which trainings confirm or refute, on made-up curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from cnnlint.confirm.proofs import Claim, Judgement, proof
from cnnlint.evidence import Comparison, Pair, Training
from cnnlint.findings import Finding, Outcome, Severity
from cnnlint.source import Span

PLACE = {"path": "/p/train.py", "line": 3}
FINDING = Finding("train.py", Span(3, 1, 3, 2), "CNN101", "missing-zero-grad", "", Severity.ERROR)
CLAIM = Claim(FINDING, {"path": "/p/train.py", "line": 3})


def training(
    levels: Sequence[float | None] | float, test: float | None = None, steps: int = 100, **told: Any
) -> Training:
    """One whose accuracy is level, or takes these values one after another."""
    values = [levels] * steps if isinstance(levels, float) else list(levels)
    points: Any = [{"step": step, "loss": 1.0, "accuracy": value} for step, value in enumerate(values)]
    whole: Training = {
        "ended": "steps", "why": "", "steps": len(values), "curve": points, "evaluated": test, "seconds": 1.0,
    }  # fmt: skip
    return {**whole, **told}  # type: ignore[typeddict-item]


def compared(pairs: Sequence[tuple[Training, Training, Training | None]], **told: Any) -> Comparison:
    numbered: list[Pair] = [
        {"seed": seed, "written": written, "mended": mended, "again": again}
        for seed, (written, mended, again) in enumerate(pairs)
    ]
    whole: Comparison = {
        "why": "", "pairs": numbered, "steps": 100, "batch": 16, "device": "cpu", "versions": {},
        "sandbox": [],
        "seen": [{"path": "/p/train.py", "line": 3}], "seconds": 1.0,
    }  # fmt: skip
    return {**whole, **told}  # type: ignore[typeddict-item]


def judged(comparison: Comparison, name: str = "train") -> Judgement:
    return proof(name).judge(CLAIM, comparison)


def levels(*gains: float, noise: float = 0.0) -> Comparison:
    """Seeds that gain so much at every step, and a control that differs so much from the first of them."""
    return compared(
        [
            (training(0.3), training(0.3 + gain), training(0.3 + noise) if not seed else None)
            for seed, gain in enumerate(gains)
        ]
    )


@pytest.mark.parametrize(
    ("gains", "outcome"),
    [
        ((0.2, 0.21, 0.22), Outcome.CONFIRMED),
        ((0.01, 0.21, 0.5), Outcome.CONFIRMED),  # the median counts, and that each gains
        ((-0.01, 0.3, 0.3), Outcome.NOT_REPRODUCED),
        ((0.0, 0.3, 0.3), Outcome.NOT_REPRODUCED),
        ((0.19, 0.19, 0.5), Outcome.NOT_REPRODUCED),
        ((-0.3, -0.3, -0.3), Outcome.NOT_REPRODUCED),
    ],
)
def test_every_seed_must_gain_and_the_median_enough(gains: tuple[float, ...], outcome: Outcome) -> None:
    assert judged(levels(*gains)).outcome is outcome


def test_a_gain_must_be_greater_than_chance_makes() -> None:
    assert judged(levels(0.03, 0.25, 0.25, noise=0.02)).outcome is Outcome.CONFIRMED
    assert judged(levels(0.03, 0.25, 0.25, noise=0.04)).outcome is Outcome.NOT_REPRODUCED


def test_where_chance_makes_much_nothing_can_be_said() -> None:
    judgement = judged(levels(0.5, 0.5, 0.5, noise=0.06))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert "0.06 apart" in judgement.text


def test_the_last_steps_or_the_evaluation_may_be_what_gains() -> None:
    late = [0.3] * 85 + [0.6] * 15
    assert judged(compared([(training(0.3), training(late), None)] * 3)).outcome is Outcome.CONFIRMED
    tested = [(training(0.3, 0.3), training(0.31, 0.6), None)] * 3
    judgement = judged(compared(tested))
    assert judgement.outcome is Outcome.CONFIRMED
    assert "60% of new images right, as written 30%" in judgement.text


def test_of_a_regression_it_is_told_what_is_explained() -> None:
    judgement = judged(compared([(training(-0.1), training(0.5), None)] * 3))
    assert "it explains 50% of the variance in the images it trains on, as written -10%" in judgement.text


def test_evaluations_count_only_where_both_sides_have_one() -> None:
    judgement = judged(compared([(training(0.3), training(0.3, 0.9), None)] * 3))
    assert judgement.outcome is Outcome.NOT_REPRODUCED
    assert "test" not in judgement.numbers


def test_numbers_tell_each_seed_the_gain_and_the_noise() -> None:
    numbers = judged(levels(0.1, 0.2, 0.3)).numbers["auc"]
    assert numbers == {"written": [0.3] * 3, "mended": [0.4, 0.5, 0.6], "gain": 0.2, "noise": 0.0}


def test_steps_over_several_batches_count_once() -> None:
    twice = training(0.5)
    twice["curve"] = [{**point, "step": point["step"] // 2} for point in training(0.5, steps=200)["curve"]]
    assert judged(compared([(training(0.3), twice, None)] * 3)).outcome is Outcome.CONFIRMED


def test_what_never_steps_is_compared_loss_by_loss() -> None:
    still = training(0.1, steps=0)
    still["curve"] = [{"step": 0, "loss": 1.0, "accuracy": 0.1}] * 200
    assert judged(compared([(still, training(0.6), None)] * 3)).outcome is Outcome.CONFIRMED


def test_what_ended_early_says_nothing() -> None:
    short = training(0.9, steps=59, ended="broken", why="ValueError: no")
    judgement = judged(compared([(training(0.1), short, None)] * 3))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.text == "as mended, it ended after 59 steps: ValueError: no"


def test_what_has_no_accuracy_says_nothing() -> None:
    nothing = training([None] * 100)
    assert judged(compared([(nothing, nothing, None)] * 3)).outcome is Outcome.INCONCLUSIVE


def test_a_comparison_that_was_not_made_says_why() -> None:
    judgement = judged(compared([], why="it needs a GPU"))
    assert (judgement.outcome, judgement.text) == (Outcome.INCONCLUSIVE, "it needs a GPU")


# What is at work at each step.
def same(**told: Any) -> Comparison:
    return compared([(training(0.3, 0.2), training(0.3, 0.2), training(0.3, 0.2))] * 3, **told)


def test_a_fault_that_makes_no_difference_to_any_loss_is_not_there() -> None:
    assert judged(same()).outcome is Outcome.NOT_REPRODUCED
    assert judged(same(), "train-each-step").outcome is Outcome.REFUTED


def test_but_only_if_its_line_was_at_work() -> None:
    assert judged(same(seen=[]), "train-each-step").outcome is Outcome.NOT_REPRODUCED


def test_but_only_if_all_seeds_and_their_evaluations_agree() -> None:
    pairs = [(training(0.3, 0.2), training(0.3, 0.2), None)] * 2
    for last in (training(0.3, 0.201), training([0.3] * 99 + [0.31], 0.2)):
        other = compared([*pairs, (training(0.3, 0.2), last, None)])
        assert judged(other, "train-each-step").outcome is Outcome.NOT_REPRODUCED


def test_a_gain_is_judged_as_ever() -> None:
    assert judged(levels(0.2, 0.2, 0.2), "train-each-step").outcome is Outcome.CONFIRMED
