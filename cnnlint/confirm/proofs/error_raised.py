"""The error that a finding speaks of is raised on its line."""

from __future__ import annotations

import re

from cnnlint.confirm.linking import about, got_nowhere, losses_of, not_reached
from cnnlint.confirm.proofs import NO_EXPERIMENT, Claim, Judgement, confirmed, inconclusive, not_reproduced
from cnnlint.confirm.seen import words
from cnnlint.evidence import RunResult, line_of

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
LONGEST = 90  # characters of a message
#: The words of torch, by rule: another error on that line is no proof.
WORDS = {
    "plateau-without-metric": "missing 1 required positional argument: 'metrics'",
    "loss-module-called-as-function": "Boolean value of Tensor|has no attribute 'backward'",
    "target-range": "out of bounds|between 0 and 1",
    "swapped-loss-arguments": "floating point type|target|out of bounds|scalar type|implemented|size|shape",
    "optimizer-hyperparameter-range": "Invalid|Nesterov",
    "cyclic-momentum-with-adam": "momentum",
    "missing-super-init": r"before Module.__init__\(\)|super\(\).__init__\(\)",
    "transform-order-or-channels": "Tensor Image|PIL Image|torch.uint8|broadcast shape|(pic|img) should be",
    "wrong-dimensional-layer": r"\dD tensors? expected|expected (a )?\dD|Dimension out of range",
    "label-dtype": "dtype|scalar type|data ?type|floating point type|result type",
    "sampler-with-shuffle": "exclusive|unspecified|option|num_workers",
}
GUESS = "(a guess)"  # as it is told of images of which nothing is known
#: What the code that reads an image raises, far from the line that is at fault.
ANYWHERE = ("transform-order-or-channels", "missing-super-init")
#: As findings say that an error comes of it.
RAISES = re.compile(r"raises|refuses with")
ALWAYS = frozenset(WORDS) - {"plateau-without-metric", "optimizer-hyperparameter-range"}


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Whether the run broke there, and in these words."""
    name, broken = claim.finding.name, result["broken"]
    if name not in ALWAYS and not RAISES.search(claim.finding.message):
        return inconclusive(NO_EXPERIMENT)
    if broken is not None and re.search(WORDS.get(name, "$^"), broken["message"], re.IGNORECASE):
        place = broken["place"]
        if name == "target-range" and any(GUESS in each["by"] for each in result["replaced"]):
            return inconclusive(
                "it raised, but the labels are drawn, and how many classes they have was guessed"
            )
        here = about(claim, place)
        if here or name in ANYWHERE:
            line = f" on {line_of(place)}" if place and not here else ""
            return confirmed(f"it raised {broken['kind']}{line}: {words(broken['message'], LONGEST)}")
    makers = (*result["optimizers"], *result["schedulers"], *result["loaders"])
    if losses_of(claim, result) or any(about(claim, each["built"]) for each in makers):
        return not_reproduced("this line ran and raised nothing")
    return got_nowhere(result) if broken is not None else not_reached(result)
