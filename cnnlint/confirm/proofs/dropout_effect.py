"""Whether a dropout drops nearly all, misleads a batch norm, or drops what its neighbours tell again."""

from __future__ import annotations

from cnnlint.confirm.linking import about, got_nowhere
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, not_reproduced, refuted
from cnnlint.evidence import Dropping, RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
ON_NORM, ON_PIXELS = "thins out", "single pixels"  # as the finding says it
NEARLY_ALL, GROWS, RELATED = 0.85, 1.15, 0.5


def judge(claim: Claim, result: RunResult) -> Judgement:
    """What the dropout of the claim did to a batch."""
    found = [
        each
        for each in result["measured"].get("dropping", ())
        if about(claim, each["place"]) or about(claim, each["built"])
    ]
    if not found:
        return got_nowhere(result)
    message = claim.finding.message
    return (_norm if ON_NORM in message else _pixels if ON_PIXELS in message else _all)(found)


def _all(found: list[Dropping]) -> Judgement:
    shares = [each["dropped"] for each in found if each["dropped"] is not None]
    if not shares:
        return inconclusive("it was given hardly a value other than zero")
    most = max(shares)
    text = f"it dropped {most:.0%} of what it was given"
    return (confirmed if most > NEARLY_ALL else refuted)(text, dropped=most)


def _norm(found: list[Dropping]) -> Judgement:
    growth = max((each["growth"] or 1.0 for each in found), default=1.0)
    text = f"with it the variance that the batch norm sees is {growth:.3g} times what it is without"
    return (confirmed if growth > GROWS else not_reproduced)(text, growth=growth)


def _pixels(found: list[Dropping]) -> Judgement:
    related = max(each["neighbours"] or 0.0 for each in found)
    text = f"what it was given correlates by {related:.2f} with the pixel beside it"
    return (confirmed if related > RELATED else not_reproduced)(text, neighbours=related)
