"""What an activation does to what another one has made."""

from __future__ import annotations

from cnnlint.confirm.linking import about, got_nowhere
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, not_reproduced, refuted
from cnnlint.evidence import Activation, RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
#: As findings say it.
NOTHING, ZEROS = "changes nothing", "gives zeros alone"
#: Where all values lie that were squeezed twice.
TWICE = {"sigmoid": (0.499, 0.732), "tanh": (-0.762, 0.762)}


def judge(claim: Claim, result: RunResult) -> Judgement:
    """The calls of activations on the claim's line, of which one is meant, or of the layer built there."""
    rows = [each for each in result["measured"].get("activations", ()) if _here(claim, each, result)]
    if not rows:
        return inconclusive("no activation was seen here") if result["steps"] else got_nowhere(result)
    message = claim.finding.message
    if NOTHING in message:
        if any(each["same"] for each in rows):
            return confirmed("it gave exactly what it was given")
        if any(each["same"] is None for each in rows):
            return not_reproduced("it works in place, so what it was given is gone")
        return refuted("it changed what it was given")
    if ZEROS in message:
        dead = max(each["dead"] for each in rows)
        text = "it gave zeros alone" if dead == 1 else f"{1 - dead:.0%} of its units gave more than zero"
        return (confirmed if dead == 1 else refuted)(text, dead=dead)
    for each in rows:
        least, most = TWICE.get(each["kind"], (0.0, 0.0))
        if least <= each["low"] and each["high"] <= most:
            return confirmed(f"all it gave lay between {each['low']:.3g} and {each['high']:.3g}")
    return not_reproduced("what it gave went further than what is squeezed twice")


def _here(claim: Claim, activation: Activation, result: RunResult) -> bool:
    if about(claim, activation["place"]):
        return True
    modules = result["models"][activation["model"]]["modules"]
    return any(
        each["name"] == activation["module"] and each["name"] and about(claim, each["built"])
        for each in modules
    )
