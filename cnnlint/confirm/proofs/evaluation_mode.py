"""In what mode a model is called: rules on `train()` and `eval()`."""

from __future__ import annotations

from cnnlint.confirm.linking import at, each_of, events_of, not_reached, plural, trained_calls
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.confirm.proofs.schedule_steps import passes
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The modes of the calls on the claim's line."""
    restoring = claim.finding.name == "train-mode-not-restored"
    calls = [event for event in events_of(result, "forward") if at(claim, event["place"])]
    if restoring:
        trained = trained_calls(result)
        learns = {
            number
            for number, model in enumerate(result["models"])
            if any(tensor["optimizers"] for tensor in model["tensors"])
        }
        calls = [call for call in calls if id(call) in trained and call["subject"] in learns]
    if not calls:
        return not_reached(result)
    training = sum(call.get("mode") == "train" for call in calls)
    judging = sum(call.get("mode") == "eval" for call in calls)
    numbers = {"calls": len(calls), "train": training, "eval": judging}
    whole, every = plural(len(calls), "call"), each_of(len(calls), "call")
    if restoring:
        later = all(call["step"] for call in calls if call.get("mode") == "eval")
        if judging and later or judging == len(calls) and result["steps"]:
            return confirmed(f"{judging} of {whole} that train found the model in evaluation mode", **numbers)
        if training == len(calls) and passes(result) > 1:
            return refuted(f"the model was in training mode in {every}", **numbers)
        return not_reproduced("no second epoch of training was seen", **numbers)
    if training == len(calls):
        gaps = [each for each in result["measured"].get("modes", ()) if each["model"] == calls[0]["subject"]]
        apart = f"; its answers differ by {gaps[0]['gap']:.0%} from those in evaluation mode" if gaps else ""
        return confirmed(f"the model was in training mode in {every}{apart}", **numbers)
    if judging == len(calls):
        return refuted(f"the model was in evaluation mode in {every}", **numbers)
    return not_reproduced(f"the model was in training mode in {training} of {whole}", **numbers)
