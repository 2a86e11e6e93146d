"""Proofs of level run on results that are made up: what one line does, and in which order lines are run."""

from __future__ import annotations

from typing import Any

import pytest

from cnnlint.evidence import Event
from cnnlint.findings import Outcome
from tests.confirm.test_run_proofs import at, claim, event, judged, loss, model, optimizer, result

NEW = ("along-axis", "error-raised", "schedule-order", "evaluation-graphs", "evaluation-learnt",
       "gradients-stray")  # fmt: skip


@pytest.mark.parametrize("name", NEW)
def test_nothing_can_be_said_of_a_script_that_broke_at_once(name):
    broken = {"kind": "ImportError", "message": "no module", "place": at(2), "module": ""}
    seen = result(ended="broken", why="ImportError: no module", broken=broken, steps=0, backwards=0)
    found = judged(name, claim(5, name="label-dtype"), seen)

    assert found.outcome is Outcome.INCONCLUSIVE
    assert found.text.startswith("the script did not get that far: it raised ImportError")


@pytest.mark.parametrize("name", NEW)
def test_nothing_can_be_said_of_a_line_that_was_not_reached(name):
    assert judged(name, claim(5, name="label-dtype"), result()).outcome is Outcome.INCONCLUSIVE


def along(line: int, axis: int | None, shape: list[int], **told: Any) -> dict[str, Any]:
    return {
        "name": "softmax", "place": at(line), "built": None, "axis": axis, "shape": shape, "calls": 20,
        "over_examples": 0, "over_one": 0, **told,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("call", "message", "outcome"),
    [
        (along(5, 0, [16, 10], over_examples=20), "over the batch", Outcome.CONFIRMED),
        (along(5, None, [16, 10], over_examples=20), "of all", Outcome.CONFIRMED),
        (along(5, 0, [16, 10], over_examples=7), "over the batch", Outcome.NOT_REPRODUCED),
        (along(5, 1, [16, 10]), "over the batch", Outcome.REFUTED),
        (along(5, 0, [1, 10]), "over the batch", Outcome.NOT_REPRODUCED),
        (along(5, 0, [10]), "over the batch", Outcome.REFUTED),
        (along(5, 1, [16, 10]), "is given no dim", Outcome.NOT_REPRODUCED),
        (along(5, 1, [16, 1], over_one=20), "an axis of size 1", Outcome.CONFIRMED),
        (along(5, 1, [16, 10]), "an axis of size 1", Outcome.REFUTED),
        (along(6, 0, [16, 10], over_examples=20), "over the batch", Outcome.INCONCLUSIVE),
        (along(6, 0, [16, 10], over_examples=20, built=at(5)), "over the batch", Outcome.CONFIRMED),
    ],
)
def test_a_softmax_is_judged_by_the_axis_it_ran_along(call, message, outcome):
    seen = result(measured={"axes": [call]})

    assert judged("along-axis", claim(5, message=message), seen).outcome is outcome


def broke(line: int, message: str) -> Any:
    broken = {"kind": "RuntimeError", "message": message, "place": at(line), "module": ""}
    return result(ended="broken", why=message, broken=broken)


def test_only_the_error_that_the_rule_speaks_of_counts_and_only_there():
    said = claim(5, name="label-dtype")

    seen = broke(5, "expected scalar type Long but found Float")
    assert judged("error-raised", said, seen).outcome is Outcome.CONFIRMED
    seen = broke(9, "expected scalar type Long but found Float")
    assert judged("error-raised", said, seen).outcome is Outcome.INCONCLUSIVE
    assert judged("error-raised", said, broke(5, "out of memory")).outcome is Outcome.INCONCLUSIVE
    passed = result(losses=[loss(5)])
    assert judged("error-raised", said, passed).outcome is Outcome.NOT_REPRODUCED
    rank = claim(5, name="wrong-dimensional-layer")
    seen = broke(5, "1D tensors expected, but got 2D and 2D tensors")
    assert judged("error-raised", rank, seen).outcome is Outcome.CONFIRMED
    assert judged("error-raised", rank, broke(5, "sizes do not fit")).outcome is Outcome.INCONCLUSIVE
    transform = claim(5, name="transform-order-or-channels")
    seen = broke(30, "img should be Tensor Image. Got <class 'PIL.Image.Image'>")
    assert judged("error-raised", transform, seen).text.startswith("it raised RuntimeError on line 30 of")


def test_a_rule_that_speaks_of_more_than_errors_is_not_judged_by_the_lack_of_one():
    said = claim(5, name="plateau-without-metric", message="is given the number of the epoch")

    assert judged("error-raised", said, result(schedulers=[])).text.startswith("it is read from the code")


def test_a_schedule_is_early_only_if_its_first_step_is():
    def order(*kinds: str) -> Any:
        schedules = [{"name": "StepLR", "built": at(3), "optimizer": 0, "steps": 1}]
        events = [
            event(kind.removesuffix(" of another"), 5 if kind == "scheduler_step" else 8,
                  subject=int(kind.endswith("another")))
            for kind in kinds
        ]  # fmt: skip
        return result(events, schedulers=schedules)

    name = "schedule-order"
    assert judged(name, claim(5), order("scheduler_step", "step", "step")).outcome is Outcome.CONFIRMED
    assert judged(name, claim(5), order("step", "scheduler_step", "step")).outcome is Outcome.REFUTED
    assert judged(name, claim(5), order("scheduler_step")).outcome is Outcome.INCONCLUSIVE
    early = order("step of another", "scheduler_step", "step of another", "step")
    assert judged(name, claim(5), early).outcome is Outcome.CONFIRMED


def called(line: int, gradients_on: bool = True) -> Event:
    return event("forward", line, mode="eval", gradients_on=gradients_on)


@pytest.mark.parametrize(
    ("gradients_on", "graphs", "outcome"),
    [
        (True, {"calls": 3, "used": 0}, Outcome.CONFIRMED),
        (True, {"calls": 3, "used": 3}, Outcome.NOT_REPRODUCED),
        (True, {"calls": 1, "used": 0}, Outcome.NOT_REPRODUCED),
        (False, {"calls": 0, "used": 0}, Outcome.REFUTED),
    ],
)
def test_a_graph_that_gradients_come_back_through_is_wanted(gradients_on, graphs, outcome):
    row = {"place": at(5), "most": 1, **graphs}
    seen = result([called(5, gradients_on)] * 3, models=[model(3)], measured={"graphs": [row]})

    assert judged("evaluation-graphs", claim(5), seen).outcome is outcome


def test_steps_count_for_the_pass_that_they_follow():
    train, held_out = event("pass", 2, 0, batches=5), event("pass", 7, 1, batches=3)
    step = event("step", 4, gradients="some")
    name = "evaluation-learnt"

    assert judged(name, claim(7), result([train, step, held_out])).outcome is Outcome.REFUTED
    assert judged(name, claim(7), result([train, step, held_out, step])).outcome is Outcome.CONFIRMED
    assert judged(name, claim(7), result([held_out, train, step])).outcome is Outcome.REFUTED


def contest(*between: Event) -> Any:
    """A discriminator (0) and a generator (1): the first backward pass reaches both."""
    round_of_both = [
        called(5), event("backward", 6, -1, reached=[0, 1]), event("step", 7, 0), *between,
        event("backward", 9, -1, reached=[0, 1]), event("step", 10, 1),
    ]  # fmt: skip
    return result(round_of_both * 4, optimizers=[optimizer(1), optimizer(2)])


def test_gradients_that_are_cleared_before_they_are_used_do_no_harm():
    assert judged("gradients-stray", claim(5), contest()).outcome is Outcome.CONFIRMED
    seen = contest(event("zero_grad", 8, 1))
    assert judged("gradients-stray", claim(5), seen).outcome is Outcome.NOT_REPRODUCED
    seen = result([called(5), event("backward", 6, -1, reached=[0]), event("step", 7, 0)] * 4)
    assert judged("gradients-stray", claim(5), seen).outcome is Outcome.REFUTED
    seen = broke(9, "Trying to backward through the graph a second time")
    assert judged("gradients-stray", claim(5, 9), seen).outcome is Outcome.CONFIRMED


def test_a_loss_that_broadcasts_is_seen_beside_one_that_does_not():
    fine = loss(7, name="l1_loss", prediction=[16, 1], target=[16, 1])
    odd = loss(7, name="mse_loss", prediction=[16, 1], target=[16], broadcast=20)

    assert judged("loss-shapes", claim(7), result(losses=[fine, odd])).outcome is Outcome.CONFIRMED
    assert judged("loss-shapes", claim(7), result(losses=[fine])).outcome is Outcome.REFUTED
