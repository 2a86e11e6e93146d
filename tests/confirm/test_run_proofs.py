"""Proofs of level run on results that are made up: what is neither so nor not so, and whose a claim is."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cnnlint.confirm.proofs import Claim, Judgement, proof
from cnnlint.evidence import Event, LossCall, Place, RunModel, RunOptimizer, RunResult
from cnnlint.findings import Finding, Outcome, Severity
from cnnlint.source import Span

PATH = "/project/train.py"


def at(line: int, path: str = PATH) -> Place:
    return {"path": path, "line": line}


def claim(line: int, *others: int, name: str = "some-rule", message: str = "") -> Claim:
    span = Span(line, 1, line, 9)
    finding = Finding("train.py", span, "CNN000", name, message, Severity.ERROR)
    return Claim(finding, at(line), tuple(at(other) for other in others))


def optimizer(line: int, steps: int = 20, name: str = "SGD") -> RunOptimizer:
    return {"name": name, "built": at(line), "groups": [], "tensors": 2, "strangers": 0, "steps": steps}


def result(events: list[Event] | None = None, **told: Any) -> RunResult:
    found: RunResult = {
        "ended": "steps", "why": "20 optimizer steps were taken", "broken": None, "steps": 20,
        "backwards": 20, "seconds": 1.0, "busy": 1.0, "device": "cpu",
        "versions": {}, "models": [], "loose": [],
        "optimizers": [], "schedulers": [], "loaders": [], "losses": [], "events": events or [], "more": 0,
        "measured": {}, "unmeasured": {}, "curve": [], "evaluated": None, "replaced": [], "wanted": [],
        "unread": [],
        "stubs": [],
    }  # fmt: skip
    found.update(told)  # type: ignore[typeddict-item]
    return found


def event(kind: str, line: int, subject: int = 0, **told: Any) -> Event:
    made: Event = {"kind": kind, "place": at(line), "subject": subject, "step": 1}
    made.update(told)  # type: ignore[typeddict-item]
    return made


def rounds(kept: list[bool], number: int = 0, line: int = 9) -> list[Event]:
    """A backward pass and a step of an optimizer for each."""
    return [
        made
        for each in kept
        for made in (
            event("backward", 8, -1, kept=[number] if each else [], reached=[number]),
            event("step", line, number, gradients="some"),
        )
    ]


def model(line: int) -> RunModel:
    return {
        "name": "Net", "place": at(line), "built": None, "parameters": 8, "trainable": 8, "tensors": [],
        "modules": [],
    }  # fmt: skip


def loss(line: int, **told: Any) -> LossCall:
    call: LossCall = {
        "name": "cross_entropy", "place": at(line), "calls": 20, "trained": 20, "prediction": [16, 10],
        "target": [16], "whole": True, "after": [], "probabilities": 0, "log_probabilities": 0, "unit": 0,
        "broadcast": 0, "swapped": 0,
        "low": -3.0, "high": 3.0, "target_low": 0.0, "target_high": 9.0, "first": 2.3,
        "last": 1.0,
    }  # fmt: skip
    call.update(told)  # type: ignore[typeddict-item]
    return call


def judged(name: str, what: Claim, seen: RunResult) -> Judgement:
    return proof(name).judge(what, seen)


RUN_PROOFS = (
    "gradients-cleared", "steps-find-gradients", "optimizer-steps", "schedule-steps",
    "parameters-in-optimizer", "built-once", "gradients-arrive", "parameters-learn", "loss-input",
    "loss-shapes", "batch-mixing",
    "update-ratio", "dead-units", "gradients-fade", "linear-map", "evaluation-mode", "evaluation-noise",
    "input-range", "batch-of-one", "batches-learnt", "first-weights", "dropout-effect", "classes-counted",
)  # fmt: skip


@pytest.mark.parametrize("name", RUN_PROOFS)
def test_nothing_can_be_said_of_a_script_that_broke_at_once(name):
    broken = {"kind": "ImportError", "message": "no module", "place": at(2), "module": ""}
    seen = result(ended="broken", why="ImportError: no module", broken=broken, steps=0, backwards=0)
    found = judged(name, claim(5), seen)

    assert found.outcome is Outcome.INCONCLUSIVE
    assert (
        found.text
        == "the script did not get that far: it raised ImportError: no module on line 2 of train.py"
    )


def test_of_two_optimizers_the_one_is_judged_whose_step_stands_there():
    events = [*rounds([False] * 5, 0, 9), *rounds([True] * 5, 1, 19)]
    seen = result(events, optimizers=[optimizer(1), optimizer(2)])

    assert judged("gradients-cleared", claim(9), seen).outcome is Outcome.REFUTED
    assert judged("gradients-cleared", claim(19), seen).outcome is Outcome.CONFIRMED
    assert judged("gradients-cleared", claim(2), seen).outcome is Outcome.CONFIRMED


def test_of_two_optimizers_none_is_guessed():
    seen = result(rounds([True] * 5), optimizers=[optimizer(1), optimizer(2)])

    assert judged("gradients-cleared", claim(77), seen).outcome is Outcome.INCONCLUSIVE


def test_gradients_that_are_kept_now_and_then_are_no_proof():
    seen = result(rounds([False, True, False, False, False]), optimizers=[optimizer(1)])

    assert judged("gradients-cleared", claim(9), seen).outcome is Outcome.NOT_REPRODUCED


def test_accumulated_gradients_are_clear_when_a_round_begins():
    kept: list[list[int]] = [[], [0], [0]]
    micro = [event("backward", 8, -1, kept=each, reached=[0]) for each in kept]
    seen = result([*micro, event("step", 9)] * 5, optimizers=[optimizer(1)])

    assert judged("gradients-cleared", claim(9), seen).outcome is Outcome.REFUTED


def test_what_another_loss_left_may_be_cleared_with_the_rest():
    """As in a GAN: the generator's loss reaches the discriminator, which is cleared before its own."""
    round_of_both = [
        event("zero_grad", 5, 0),
        event("backward", 6, -1, kept=[], reached=[0]),
        event("step", 7, 0),
        event("backward", 8, -1, kept=[0], reached=[0, 1]),
        event("step", 9, 1),
    ]
    seen = result(round_of_both * 5, optimizers=[optimizer(1), optimizer(2)])

    assert judged("gradients-cleared", claim(7), seen).outcome is Outcome.REFUTED


def test_an_optimizer_that_makes_its_gradients_itself_is_not_judged():
    seen = result(rounds([False] * 5), optimizers=[optimizer(1, name="LBFGS")])

    assert judged("steps-find-gradients", claim(9), seen).outcome is Outcome.INCONCLUSIVE


def test_an_epoch_that_was_not_seen_says_nothing_of_a_schedule():
    scheduler = {"name": "StepLR", "built": at(3), "optimizer": 0, "steps": 0}
    seen = result([], schedulers=[scheduler], optimizers=[optimizer(1)])

    assert judged("schedule-steps", claim(3), seen).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("call", "outcome"),
    [
        (loss(7, probabilities=3), Outcome.NOT_REPRODUCED),
        (loss(7, after=["softmax"]), Outcome.CONFIRMED),
        (loss(7, name="binary_cross_entropy_with_logits", unit=20), Outcome.NOT_REPRODUCED),
        (loss(7, name="binary_cross_entropy_with_logits", after=["sigmoid"]), Outcome.CONFIRMED),
        (loss(7, name="nll_loss", log_probabilities=20), Outcome.REFUTED),
        (loss(7, name="binary_cross_entropy", unit=20), Outcome.NOT_REPRODUCED),
        (loss(8), Outcome.INCONCLUSIVE),
        (loss(7, trained=0, probabilities=20), Outcome.INCONCLUSIVE),
    ],
)
def test_a_loss_is_judged_by_what_it_was_given_on_that_line(call, outcome):
    assert judged("loss-input", claim(7), result(losses=[call])).outcome is outcome


def test_examples_that_are_mixed_on_another_line_are_no_proof():
    mixing = [{"model": 0, "crossing": 0.5, "place": at(12)}]
    seen = result(models=[model(3)], measured={"mixing": mixing})

    assert judged("batch-mixing", claim(12), seen).outcome is Outcome.CONFIRMED
    assert judged("batch-mixing", claim(13), seen).outcome is Outcome.NOT_REPRODUCED


def test_a_call_that_was_not_reached_has_no_mode():
    seen = result([event("forward", 5, mode="train")])

    assert judged("evaluation-mode", claim(30), seen).outcome is Outcome.INCONCLUSIVE
    assert judged("evaluation-mode", claim(5), seen).outcome is Outcome.CONFIRMED


def test_labels_beyond_the_classes_that_are_said_refute_them():
    said = claim(5, message="`fc` gives 20 outputs for the 10 classes of `data`")
    of_twenty = {"prediction": [16, 20]}

    assert judged("classes-counted", said, result(losses=[loss(8, **of_twenty)])).outcome is Outcome.CONFIRMED
    more = result(losses=[loss(8, **of_twenty, target_high=12.0)])
    assert judged("classes-counted", said, more).outcome is Outcome.REFUTED
    assert judged("classes-counted", said, result(losses=[loss(8)])).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(("label", "outcome"), [(7, Outcome.CONFIRMED), (12, Outcome.INCONCLUSIVE)])
def test_a_label_out_of_bounds_confirms_classes_that_have_it(label, outcome):
    said = claim(5, message="`fc` gives 5 outputs for the 10 classes of `data`")
    error = {
        "kind": "IndexError",
        "message": f"Target {label} is out of bounds.",
        "place": at(5),
        "module": "",
    }

    seen = result(ended="broken", why="IndexError", broken=error, steps=0, backwards=0)
    assert judged("classes-counted", said, seen).outcome is outcome


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [
        ("Expected more than 1 value per channel when training", Outcome.CONFIRMED),
        ("", Outcome.REFUTED),
        ("size mismatch", Outcome.INCONCLUSIVE),
    ],
)
def test_a_batch_of_one_is_tried_where_none_was_reached(raised, outcome):
    seen = result(models=[model(5)], measured={"alone": [{"model": 0, "raised": raised}]})

    assert judged("batch-of-one", claim(5), seen).outcome is outcome


@pytest.mark.parametrize(("low", "outcome"), [(0.0, Outcome.CONFIRMED), (-2.1, Outcome.REFUTED)])
def test_images_for_pretrained_weights_are_normalised_or_not(low, outcome):
    said = claim(5, message="images reach it, but its weights were trained on normalised ones")
    given = {"model": 0, "mode": "train", "shape": [2, 3, 8, 8], "kind": "float32", "low": low, "high": 1.0,
             "mean": 0.0, "deviation": 1.0}  # fmt: skip

    seen = result(models=[model(5)], measured={"inputs": [given]})
    assert judged("input-range", said, seen).outcome is outcome


def test_units_that_have_become_different_and_weights_that_were_none_are_no_proof():
    far = {"model": 0, "weight": "fc.weight", "count": 8, "began": 0.0, "apart": 0.9}
    seen = result(models=[model(5)], measured={"units": [far]})
    nothing = result(models=[model(5)], measured={"units": []})

    assert judged("first-weights", claim(5), seen).outcome is Outcome.NOT_REPRODUCED
    assert judged("first-weights", claim(5), nothing).outcome is Outcome.REFUTED
    assert judged("first-weights", claim(5), result(models=[model(5)])).outcome is Outcome.INCONCLUSIVE


def test_only_calls_that_train_are_asked_for_their_mode():
    """Evaluating without `no_grad` leaves gradients on, and goes back from nothing."""

    def called(line: int, mode: str) -> Event:
        return event("forward", line, mode=mode, gradients_on=True)

    training = [event("pass", 2), called(3, "train"), event("backward", 4), event("step", 5)]
    judging = [event("pass", 8), called(9, "eval"), called(9, "eval")]
    learns = network(1, tensor("fc.weight", optimizers=[0]))
    seen = result([*training, *judging, *training, *judging, *training], models=[learns])
    restored = "train-mode-not-restored"

    assert judged("evaluation-mode", claim(9, name=restored), seen).outcome is Outcome.INCONCLUSIVE
    stuck = [event("pass", 2), called(3, "eval"), event("backward", 4), event("step", 5)]
    seen = result([*training, *judging, *stuck], models=[learns])
    assert judged("evaluation-mode", claim(3, name=restored), seen).outcome is Outcome.CONFIRMED
    looked_at = network(1, tensor("fc.weight"))  # an image is made for it, by an optimizer of the image
    seen = result([*training, *judging, *stuck], models=[looked_at])
    assert judged("evaluation-mode", claim(3, name=restored), seen).outcome is Outcome.INCONCLUSIVE


def tensor(name: str, **told: Any) -> dict[str, Any]:
    return {
        "name": name, "shape": [8, 8], "trains": True, "optimizers": [], "gradient": "some", "moved": False,
        "norm": 1.0, "slope": 1.0, "update": None, **told,
    }  # fmt: skip


def network(line: int, *tensors: dict[str, Any]) -> Any:
    whole = {"name": "", "kind": "Net", "built": at(line), "called": True, "optimizers": [], "vain": False}
    return {**model(line), "built": at(line), "tensors": list(tensors), "modules": [whole]}


def test_a_network_that_is_linear_on_purpose_or_beside_one_that_is_not_is_no_proof():
    def seen(bends: list[float], kind: str = "Linear") -> RunResult:
        nets = [network(3, tensor("fc.weight")) for _ in bends]
        inner = {"name": "act", "kind": kind, "built": at(9), "called": True, "optimizers": [], "vain": False}
        nets[0]["modules"].append(inner)
        responses = [{"model": number, "affine": bend} for number, bend in enumerate(bends)]
        return result(models=nets, measured={"responses": responses})

    assert judged("linear-map", claim(3), seen([1e-7])).outcome is Outcome.CONFIRMED
    assert judged("linear-map", claim(3), seen([1e-7, 0.6])).outcome is Outcome.NOT_REPRODUCED
    assert judged("linear-map", claim(3), seen([1e-7], "Identity")).outcome is Outcome.NOT_REPRODUCED
    assert judged("linear-map", claim(3), seen([0.6])).outcome is Outcome.NOT_REPRODUCED


@pytest.mark.parametrize(
    ("update", "losses", "outcome"),
    [
        (1.6, [2.3, 433.0, 2.3], Outcome.CONFIRMED),
        (0.57, [2.3, math.nan, math.nan], Outcome.CONFIRMED),
        (0.36, [10.2, 9.1, 3.9], Outcome.NOT_REPRODUCED),  # a recurrent toy that learns a word
        (0.31, [773.0, 2450.0, 287.0], Outcome.NOT_REPRODUCED),  # a number is learnt, in small batches
        (0.36, [], Outcome.NOT_REPRODUCED),
        (0.36, [-0.1, 4.0], Outcome.NOT_REPRODUCED),  # a critic's
        (0.03, [2.3, 433.0], Outcome.NOT_REPRODUCED),
    ],
)
def test_a_step_that_moves_weights_far_is_too_long_only_if_the_loss_shoots_up(update, losses, outcome):
    net = network(3, tensor("fc.weight", optimizers=[0], update=update))
    events = [event("backward", 8, -1, loss=each, reached=[0]) for each in losses]
    seen = result(events, models=[net], optimizers=[optimizer(4)])
    found = judged("update-ratio", claim(4, name="learning-rate-too-high"), seen)

    assert found.outcome is outcome
    if outcome is Outcome.CONFIRMED:
        assert found.text.endswith(f"and the loss shot up from 2.3 to {'inf' if losses[1] != 433 else 433}")


def test_a_teacher_and_a_network_that_is_only_looked_at_are_in_no_optimizer():
    student = network(3, tensor("fc.weight", optimizers=[0], moved=True))
    forgotten = network(7, tensor("fc.weight"))
    teacher = network(7, tensor("fc.weight", gradient="none"))
    name = "parameters-in-optimizer"

    seen = result(models=[student, forgotten], optimizers=[optimizer(4)])
    assert judged(name, claim(7), seen).outcome is Outcome.CONFIRMED
    seen = result(models=[student, teacher], optimizers=[optimizer(4)])
    assert judged(name, claim(7), seen).outcome is Outcome.NOT_REPRODUCED
    seen = result(models=[forgotten], optimizers=[optimizer(4)])  # it steps an image
    assert judged(name, claim(7), seen).outcome is Outcome.NOT_REPRODUCED


def test_gradients_fade_towards_the_first_layer_and_not_in_a_branch():
    stem, side, head = (
        tensor("stem.weight"),
        tensor("side.weight", slope=1e-6),
        tensor("fc.weight", slope=2.0),
    )

    seen = result(models=[network(3, stem, side, head)])
    assert judged("gradients-fade", claim(3), seen).outcome is Outcome.NOT_REPRODUCED
    seen = result(models=[network(3, {**stem, "slope": 1e-6}, side, head)])
    assert judged("gradients-fade", claim(3), seen).outcome is Outcome.CONFIRMED


def test_passes_without_a_step_are_no_learning_from_one_batch():
    loader = {"trains": True, "length": 100}
    looked = [event("pass", 2, 0, batches=1)] * 4
    learnt = [made for one in looked for made in (one, event("step", 9))]

    assert (
        judged("batches-learnt", claim(9), result(looked, loaders=[loader])).outcome is not Outcome.CONFIRMED
    )
    assert judged("batches-learnt", claim(9), result(learnt, loaders=[loader])).outcome is Outcome.CONFIRMED


def test_an_optimizer_that_keeps_nothing_may_be_built_anew():
    plain, heavy = ({**optimizer(3), "groups": [{"momentum": momentum}]} for momentum in (0, 0.9))

    seen = result(optimizers=[plain] * 5)
    assert judged("built-once", claim(3), seen).outcome is Outcome.NOT_REPRODUCED
    assert judged("built-once", claim(3), result(optimizers=[heavy] * 5)).outcome is Outcome.CONFIRMED


def test_of_two_losses_on_a_line_the_one_is_judged_that_the_rule_is_about():
    """As in a GAN that tells classes as well: real or not, by BCE after a sigmoid, and the class."""
    real = loss(7, name="binary_cross_entropy", after=["sigmoid"], unit=20)
    softmax = "softmax-before-cross-entropy"

    seen = result(losses=[real, loss(7, probabilities=20)])
    assert judged("loss-input", claim(7, name=softmax), seen).outcome is Outcome.CONFIRMED
    seen = result(losses=[real, loss(7)])
    assert judged("loss-input", claim(7, name=softmax), seen).outcome is Outcome.REFUTED
    assert judged("loss-input", claim(7, name=softmax), result(losses=[real])).outcome is Outcome.INCONCLUSIVE
    seen = result(losses=[real, loss(7, name="nll_loss", log_probabilities=3)])
    assert judged("loss-input", claim(7), seen).outcome is Outcome.NOT_REPRODUCED


def test_a_loss_that_a_package_computes_elsewhere_confirms_and_refutes_nothing():
    softmax = claim(7, name="softmax-before-cross-entropy")

    found = judged("loss-input", softmax, result(losses=[loss(90, probabilities=20)]))
    assert found.outcome is Outcome.CONFIRMED
    assert found.text == "in each of 20 calls it was given probabilities, on line 90 of train.py"
    assert judged("loss-input", softmax, result(losses=[loss(90)])).outcome is Outcome.INCONCLUSIVE
    two = result(losses=[loss(90, probabilities=20), loss(95, probabilities=20)])
    assert judged("loss-input", softmax, two).outcome is Outcome.INCONCLUSIVE
