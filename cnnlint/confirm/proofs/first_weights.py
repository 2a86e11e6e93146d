"""Whether weights begin so that units stay alike, or that signals grow from layer to layer."""

from __future__ import annotations

from cnnlint.confirm.linking import got_nowhere, models_of, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, inconclusive, not_reproduced, refuted
from cnnlint.evidence import RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"
TOO_LARGE = "signals grow"  # as the finding says it
ALIKE = 0.1  # units that differ by less than so much of their size
GROWS = 3.0  # times that a layer makes its signals larger


def judge(claim: Claim, result: RunResult) -> Judgement:
    """What training made of weights that began as a constant, or the signals of the first batch."""
    near = models_of(claim, result)
    if not near or not result["steps"]:
        return got_nowhere(result)
    return (_signals if TOO_LARGE in claim.finding.message else _units)(near, result)


def _units(near: list[int], result: RunResult) -> Judgement:
    if "units" not in result["measured"]:
        return inconclusive("how its weights began was not seen")
    found = [each for each in result["measured"]["units"] if each["model"] in near]
    if not found:
        return refuted("no weight began as a constant")
    first = min(found, key=lambda each: each["apart"])
    if first["apart"] < ALIKE:
        units = f"the {first['count']} units of `{first['weight']}` are alike but for {first['apart']:.1%}"
        return confirmed(f"after {plural(result['steps'], 'step')} {units}", apart=first["apart"])
    return not_reproduced(
        "weights began as a constant, and their units have become different", began=len(found)
    )


def _signals(near: list[int], result: RunResult) -> Judgement:
    growth = {
        each["module"]: each["gave"] / each["given"]
        for each in result["measured"].get("signals", ())
        if each["model"] in near and each["given"]
    }
    largest = sorted(growth.items(), key=lambda layer: -layer[1])[:2]
    text = " and ".join(f"{times:.2g} times in `{name}`" for name, times in largest)
    grew = len(largest) > 1 and largest[1][1] > GROWS
    return (confirmed if grew else not_reproduced)(f"the first batch grew {text}", **dict(largest))
