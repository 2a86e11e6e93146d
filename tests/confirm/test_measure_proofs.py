"""Proofs of level run on measures that are made up: decay, graphs, states, the order of labels, images."""

from __future__ import annotations

from typing import Any

import pytest

from cnnlint.evidence import Event
from cnnlint.findings import Outcome
from tests.confirm.test_run_proofs import at, claim, event, judged, loss, model, optimizer, result

#: A proof, and what its finding says.
NEW = {
    "decay-ratio": "is given `weight_decay=1`", "clipping-acts": "", "graphs-kept": "", "state-copied": "",
    "labels-mixed": "", "images-waver": "", "loss-order": "", "target-range": "", "head-called": "",
}  # fmt: skip


@pytest.mark.parametrize("name", NEW)
def test_nothing_can_be_said_of_what_was_not_seen(name):
    broken = {"kind": "ImportError", "message": "no module", "place": at(2), "module": ""}
    seen = result(ended="broken", why="ImportError: no module", broken=broken, steps=0, backwards=0)

    assert judged(name, claim(5, message=NEW[name]), result()).outcome is Outcome.INCONCLUSIVE
    found = judged(name, claim(5, message=NEW[name]), seen)
    assert found.text.startswith("the script did not get that far: it raised ImportError")


@pytest.mark.parametrize(
    ("ratio", "steps", "outcome"),
    [
        (9.0, 20, Outcome.CONFIRMED),
        (1.5, 20, Outcome.NOT_REPRODUCED),
        (9.0, 1, Outcome.INCONCLUSIVE),
        (float("nan"), 20, Outcome.INCONCLUSIVE),
    ],
)
def test_decay_is_too_much_where_it_outweighs_the_loss(ratio, steps, outcome):
    row = {"optimizer": 0, "steps": steps, "ratio": ratio, "left": 0.4}
    seen = result(optimizers=[optimizer(5)], measured={"decays": [row]})

    assert judged("decay-ratio", claim(5, message="is given `weight_decay=1`"), seen).outcome is outcome
    assert judged("decay-ratio", claim(5, message="is given `eps=0`"), seen).text.startswith("it is read")


def clipped(*after: Event, found: str = "some") -> Any:
    return result([event("clip", 5, 0, gradients=found), *after] * 4)


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (clipped(event("step", 6)), Outcome.REFUTED),
        (clipped(event("zero_grad", 6), event("step", 7)), Outcome.CONFIRMED),
        (clipped(event("step", 6), found="none"), Outcome.CONFIRMED),
        (clipped(event("step", 6, 1), event("zero_grad", 6), event("step", 7)), Outcome.CONFIRMED),
        (result([event("clip", 5, 0, gradients="some")]), Outcome.INCONCLUSIVE),
        (
            result([*clipped(event("step", 6))["events"], *clipped(found="none")["events"]]),
            Outcome.NOT_REPRODUCED,
        ),
    ],
)
def test_clipping_counts_for_the_next_step_of_its_optimizer(seen, outcome):
    assert judged("clipping-acts", claim(5), seen).outcome is outcome


def kept(line: int, most: int, calls: int = 20) -> Any:
    return {"place": at(line), "calls": calls, "used": 0, "most": most}


def test_graphs_are_those_of_the_nearest_call_above():
    name = "graphs-kept"

    assert judged(name, claim(9), result(measured={"graphs": [kept(8, 4)]})).outcome is Outcome.CONFIRMED
    assert judged(name, claim(9), result(measured={"graphs": [kept(8, 1)]})).outcome is Outcome.REFUTED
    seen = result(measured={"graphs": [kept(8, 1, 3)]})
    assert judged(name, claim(9), seen).outcome is Outcome.NOT_REPRODUCED
    seen = result(measured={"graphs": [kept(3, 4), kept(8, 1), kept(12, 4)]})
    assert judged(name, claim(9), seen).outcome is Outcome.REFUTED


def test_a_state_is_the_last_one_if_steps_came_while_it_was_kept():
    states = [{"place": at(5), "steps": 0}, {"place": at(5), "steps": 7}, {"place": at(9), "steps": 0}]
    seen = result(measured={"states": states})

    assert judged("state-copied", claim(5), seen).outcome is Outcome.CONFIRMED
    assert judged("state-copied", claim(9), seen).outcome is Outcome.NOT_REPRODUCED


def ordered(alike: int, repeats: int = 1, batches: int = 20, **told: Any) -> Any:
    row = {"loader": 0, "batches": batches, "alike": alike, "passes": 4, "repeats": repeats}
    return result(loaders=[{"built": at(5), "trains": True}], measured={"orders": [row]}, **told)


def test_drawn_labels_are_mixed_unless_the_code_sorts_them():
    said = claim(5, message="each batch holds one class")
    drawn = [{"what": "ImageFolder('cats')", "by": "glyphs 3x64x64", "place": None}]

    assert judged("labels-mixed", said, ordered(20)).outcome is Outcome.CONFIRMED
    assert judged("labels-mixed", said, ordered(0, replaced=drawn)).outcome is Outcome.INCONCLUSIVE
    assert judged("labels-mixed", said, ordered(0)).outcome is Outcome.REFUTED
    assert judged("labels-mixed", said, ordered(7)).outcome is Outcome.NOT_REPRODUCED
    assert judged("labels-mixed", said, ordered(2, batches=2)).outcome is Outcome.NOT_REPRODUCED


def test_epochs_repeat_each_other_or_not():
    said = claim(5, message="every epoch repeats the same batches")

    assert judged("labels-mixed", said, ordered(0, repeats=4)).outcome is Outcome.CONFIRMED
    assert judged("labels-mixed", said, ordered(0, repeats=1)).outcome is Outcome.REFUTED


@pytest.mark.parametrize(("differs", "outcome"), [(True, Outcome.CONFIRMED), (False, Outcome.NOT_REPRODUCED)])
def test_images_waver_where_nothing_trains_on_them(differs, outcome):
    loaders = [{"built": at(4), "trains": True}, {"built": at(5), "trains": False}]
    rows = [{"loader": 0, "readings": 2, "differs": True}, {"loader": 1, "readings": 24, "differs": differs}]
    seen = result(loaders=loaders, measured={"wavering": rows})

    assert judged("images-waver", claim(2, 4, 5), seen).outcome is outcome
    assert judged("images-waver", claim(2, 4), seen).outcome is Outcome.INCONCLUSIVE


def test_gradients_tell_which_argument_is_the_prediction():
    assert judged("loss-order", claim(7), result(losses=[loss(7, swapped=20)])).outcome is Outcome.CONFIRMED
    assert judged("loss-order", claim(7), result(losses=[loss(7)])).outcome is Outcome.REFUTED
    seen = result(losses=[loss(7), loss(7, swapped=20)])
    assert judged("loss-order", claim(7), seen).outcome is Outcome.NOT_REPRODUCED


@pytest.mark.parametrize(
    ("call", "outcome"),
    [
        (loss(7, name="binary_cross_entropy", target_low=-2.1, target_high=2.6), Outcome.CONFIRMED),
        (loss(7, name="binary_cross_entropy_with_logits", target_high=1.0), Outcome.NOT_REPRODUCED),
        (loss(7, name="mse_loss", target_high=9.0), Outcome.INCONCLUSIVE),
    ],
)
def test_only_a_binary_cross_entropy_has_a_range_for_its_targets(call, outcome):
    assert judged("target-range", claim(7), result(losses=[call])).outcome is outcome


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"probabilities": 20, "low": 0.0, "high": 1.0}, Outcome.CONFIRMED),
        ({"low": -3.0, "high": 3.0}, Outcome.CONFIRMED),
        ({"low": -9.0, "high": -0.1, "log_probabilities": 20}, Outcome.REFUTED),
        ({"low": -9.0, "high": -0.1}, Outcome.NOT_REPRODUCED),
    ],
)
def test_a_divergence_takes_what_is_never_above_zero(told, outcome):
    said = claim(7, name="kl-div-without-log", message="takes log-probabilities")

    assert judged("loss-input", said, result(losses=[loss(7, name="kl_div", **told)])).outcome is outcome


def test_a_head_that_is_called_is_no_stray():
    head = {"name": "fc", "kind": "Linear", "built": at(5), "called": False, "parameters": 9}
    stray = {**model(3), "modules": [head]}
    events = [event("forward", 8)] * 3

    found = judged("head-called", claim(5), result(events, models=[stray]))
    assert (found.outcome, found.text) == (Outcome.CONFIRMED, "3 calls of `Net` never called `fc`")
    used = {**stray, "modules": [{**head, "called": True}]}
    assert judged("head-called", claim(5), result(events, models=[used])).outcome is Outcome.REFUTED


def active(**told: Any) -> Any:
    return {
        "model": 0, "when": "start", "module": "", "kind": "relu", "place": at(5), "examples": 16, "units": 8,
        "dead": 0.0, "saturated": 0.0, "same": False, "low": 0.0, "high": 1.0, **told,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "row", "outcome"),
    [
        ("changes nothing", active(same=True), Outcome.CONFIRMED),
        ("changes nothing", active(), Outcome.REFUTED),
        ("changes nothing", active(same=None), Outcome.NOT_REPRODUCED),
        ("gives zeros alone", active(dead=1.0), Outcome.CONFIRMED),
        ("gives zeros alone", active(dead=0.9), Outcome.REFUTED),
        ("squeezes it a second time", active(kind="sigmoid", low=0.51, high=0.7), Outcome.CONFIRMED),
        ("squeezes it a second time", active(kind="sigmoid", low=0.1, high=0.9), Outcome.NOT_REPRODUCED),
        ("changes nothing", active(same=True, place=at(9)), Outcome.INCONCLUSIVE),
    ],
)
def test_an_activation_is_judged_by_what_it_gave(said, row, outcome):
    seen = result(models=[model(3)], measured={"activations": [row]})

    assert judged("activation-effect", claim(5, message=said), seen).outcome is outcome


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("is given images of 32x32 pixels, but", Outcome.CONFIRMED),
        ("is given images of 64x64 pixels, but", Outcome.REFUTED),
        ("is given values of -1 to 1, but", Outcome.CONFIRMED),
        ("is given values of 0 to 1, but", Outcome.REFUTED),
    ],
)
def test_images_for_pretrained_weights_have_the_size_and_range_that_is_said(said, outcome):
    given = {"model": 0, "mode": "train", "shape": [16, 3, 32, 32], "kind": "float32", "low": -1.0,
             "high": 0.98, "mean": 0.0, "deviation": 1.0}  # fmt: skip
    seen = result(models=[model(5)], measured={"inputs": [given]})
    own = claim(5, name="pretrained-without-its-transform", message=said)

    assert judged("input-range", own, seen).outcome is outcome
