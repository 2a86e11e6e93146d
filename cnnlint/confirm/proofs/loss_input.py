"""Whether a loss on classes gets what it takes: logits, probabilities or their logarithms."""

from __future__ import annotations

from collections.abc import Callable

from cnnlint.confirm.linking import about, each_of, got_nowhere, losses_of, plural
from cnnlint.confirm.proofs import (
    NO_EXPERIMENT,
    Claim,
    Judgement,
    confirmed,
    inconclusive,
    not_reproduced,
    refuted,
)
from cnnlint.evidence import LossCall, RunResult, line_of
from cnnlint.findings import Outcome

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
OUTSIDE = "should be between 0 and 1"  # as torch says it of BCELoss's input
AVERAGES = "averages over the classes"  # as a finding says it that is not about the input
LEAST = 5  # calls after which a range is no chance
ABOVE_ZERO = 1e-3
#: What spoils logits that a loss takes as they are.
SPOILING = {
    "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "mish", "hardswish", "hardsigmoid", "hardtanh",
    "softsign", "tanh", "sigmoid",
}  # fmt: skip
#: What belongs before a loss, if anything does.
LAST = {"nll_loss": "log_softmax", "binary_cross_entropy": "sigmoid"}
#: The loss that a rule is about; a line may compute several.
MEANT = {
    "softmax-before-cross-entropy": "cross_entropy",
    "sigmoid-before-bce-with-logits": "binary_cross_entropy_with_logits",
    "nll-without-log-softmax": "nll_loss",
    "bce-without-sigmoid": "binary_cross_entropy",
    "cross-entropy-single-output": "cross_entropy",
    "kl-div-without-log": "kl_div",
}
#: Of what is said of several, what counts.
WEIGHT = (Outcome.CONFIRMED, Outcome.INCONCLUSIVE, Outcome.NOT_REPRODUCED, Outcome.REFUTED)


def judge(claim: Claim, result: RunResult) -> Judgement:
    """What the loss on the claim's lines was given."""
    broken = result["broken"]
    if broken and OUTSIDE in broken["message"] and about(claim, broken["place"]):
        return confirmed("`BCELoss` raised: it was given values outside 0 to 1")
    if AVERAGES in claim.finding.message:
        return inconclusive(NO_EXPERIMENT)
    meant = MEANT.get(claim.finding.name)
    names = [meant] if meant else list(CONTRACTS)
    calls = [call for call in losses_of(claim, result) if call["name"] in names and call["trained"]]
    if not calls:
        return _only_one(meant, result) or (
            inconclusive("no loss was computed on this line") if result["steps"] else got_nowhere(result)
        )
    spoils = claim.finding.name == "activation-on-logits"
    found = [_spoilt(call) if spoils else CONTRACTS[call["name"]](call) for call in calls]
    return min(found, key=lambda each: WEIGHT.index(each.outcome))


def _only_one(meant: str | None, result: RunResult) -> Judgement | None:
    """What the one loss of this kind was given that the script trains with, if that is the fault: a package
    may compute it. Another would be no refutation."""
    calls = [call for call in result["losses"] if call["name"] == meant and call["trained"]]
    if len(calls) != 1:
        return None
    found = CONTRACTS[calls[0]["name"]](calls[0])
    place = calls[0]["place"]
    where = f", on {line_of(place)}" if place else ""
    return found._replace(text=found.text + where) if found.outcome is Outcome.CONFIRMED else None


def _cross_entropy(call: LossCall) -> Judgement:
    """It takes logits, and several of them."""
    if len(call["prediction"]) > 1 and call["prediction"][1] == 1:
        return confirmed(f"the one output of each example made a loss of {call['last']:g}", loss=call["last"])
    for count, what in (("probabilities", "probabilities"), ("log_probabilities", "log-probabilities")):
        if call[count] == call["calls"]:  # type: ignore[literal-required]
            return confirmed(f"in {each_of(call['calls'], 'call')} it was given {what}", **_range(call))
    if call["after"][:1] and call["after"][0] in ("softmax", "log_softmax"):
        made = f"what `{call['after'][0]}` had made, along another axis than the classes"
        return confirmed(f"in {each_of(call['calls'], 'call')} it was given {made}", **_range(call))
    if not call["probabilities"] + call["log_probabilities"]:
        return refuted(f"it was given logits, from {call['low']:.3g} to {call['high']:.3g}", **_range(call))
    return not_reproduced("it was given probabilities in some calls only", **_range(call))


def _bce_with_logits(call: LossCall) -> Judgement:
    """It takes logits."""
    if call["after"][:1] == ["sigmoid"]:
        text = f"in {each_of(call['calls'], 'call')} it was given what a sigmoid had made"
        return confirmed(f"{text}, from {call['low']:.3g} to {call['high']:.3g}", **_range(call))
    if call["unit"] < call["calls"]:
        return refuted(f"it was given logits, from {call['low']:.3g} to {call['high']:.3g}", **_range(call))
    return not_reproduced("its input lay between 0 and 1, but comes from no sigmoid", **_range(call))


def _nll(call: LossCall) -> Judgement:
    """It takes log-probabilities."""
    if call["log_probabilities"] == call["calls"]:
        return refuted(f"in {each_of(call['calls'], 'call')} it was given log-probabilities", **_range(call))
    if not call["log_probabilities"]:
        what = "probabilities" if call["probabilities"] else "values whose exponentials do not sum to 1"
        text = f"it was given {what}, and the loss went from {call['first']:.3g} to {call['last']:.3g}"
        return confirmed(text, **_range(call))
    return not_reproduced("it was given log-probabilities in some calls", **_range(call))


def _bce(call: LossCall) -> Judgement:
    """It takes probabilities."""
    if call["after"][:1] == ["sigmoid"]:
        return refuted("it was given what a sigmoid had made", **_range(call))
    text = (
        f"its input lay between {call['low']:.3g} and {call['high']:.3g} in {plural(call['calls'], 'call')}"
    )
    return not_reproduced(text, **_range(call))


def _kl_div(call: LossCall) -> Judgement:
    """It takes log-probabilities, which are never above zero."""
    if call["log_probabilities"] == call["calls"] or call["after"][:1] == ["log_softmax"]:
        return refuted("it was given log-probabilities", **_range(call))
    probabilities = call["probabilities"] == call["calls"] or call["after"][:1] == ["softmax"]
    if probabilities or call["high"] > ABOVE_ZERO:
        what = "probabilities" if probabilities else f"values up to {call['high']:.3g}"
        text = f"it was given {what}, and the loss went from {call['first']:.3g} to {call['last']:.3g}"
        return confirmed(text, **_range(call))
    return not_reproduced("it was given values below zero", **_range(call))


def _spoilt(call: LossCall) -> Judgement:
    """Nothing stands between the last layer and the loss but what belongs there."""
    last = LAST.get(call["name"], "")
    chain = call["after"][1:] if last and call["after"][:1] == [last] else call["after"]
    spoiling = [name for name in chain if name in SPOILING]
    if spoiling:
        text = f"what it was given came out of `{spoiling[0]}` in {plural(call['calls'], 'call')}"
        return confirmed(f"{text}, from {call['low']:.3g} to {call['high']:.3g}", **_range(call))
    return not_reproduced("no activation was seen between the last layer and the loss", **_range(call))


def _range(call: LossCall) -> dict[str, float]:
    return {"calls": call["calls"], "low": call["low"], "high": call["high"]}


CONTRACTS: dict[str, Callable[[LossCall], Judgement]] = {
    "cross_entropy": _cross_entropy,
    "binary_cross_entropy_with_logits": _bce_with_logits,
    "nll_loss": _nll,
    "binary_cross_entropy": _bce,
    "kl_div": _kl_div,
}
