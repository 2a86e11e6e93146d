"""Whether ReLU units are dead: zero for every image."""

from __future__ import annotations

from cnnlint.confirm.linking import got_nowhere, models_of
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, not_reproduced
from cnnlint.evidence import Activation, RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
LEAST = 8  # examples
DEAD = 0.9  # of all units
WHOLE = 0.99  # of a layer: nothing gets past it


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The share of dead units at the start and after the steps."""
    near = models_of(claim, result)
    found = [each for each in result["measured"].get("activations", ()) if each["model"] in near]
    shares = {when: _share([each for each in found if each["when"] == when]) for when in ("start", "end")}
    if not found or not result["steps"]:
        return got_nowhere(result)
    if min(each["examples"] for each in found) < LEAST:
        return inconclusive("the network is too slow for batches that tell which units are dead")
    share = f"{shares['start']:.0%} of the ReLU units at the start, {shares['end']:.0%} at the end"
    text = f"zero for every image: {share}"
    whole = [each for each in found if each["when"] == "end" and each["dead"] > WHOLE]
    if shares["end"] > DEAD or whole:
        return confirmed(text, **shares)
    return not_reproduced(text, **shares)


def _share(activations: list[Activation]) -> float:
    """Of all units the dead ones."""
    relus = [each for each in activations if each["kind"] not in ("sigmoid", "tanh")]
    return sum(each["dead"] * each["units"] for each in relus) / max(1, sum(each["units"] for each in relus))
