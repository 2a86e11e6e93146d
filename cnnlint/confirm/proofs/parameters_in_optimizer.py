"""Whether what learns is in an optimizer: rules on who owns which parameters."""

from __future__ import annotations

from collections.abc import Iterator

from cnnlint.confirm.linking import about, got_nowhere, optimizer_of, plural
from cnnlint.confirm.proofs import Claim, Judgement, confirmed, not_reproduced, refuted
from cnnlint.evidence import Parameter, RunModel, RunResult

__all__ = ["LEVEL", "judge"]

LEVEL = "run"


def judge(claim: Claim, result: RunResult) -> Judgement:
    """Parameters of the modules built on the claim's lines: which optimizer has them, and did they move."""
    if not result["steps"] or "parameters" in result["unmeasured"]:
        return got_nowhere(result)
    hidden = [each for each in result["loose"] if about(claim, each["built"]) and not each["optimizers"]]
    if hidden:
        kinds = ", ".join(dict.fromkeys(f"`{each['kind']}`" for each in hidden))
        layers = f"{plural(len(hidden), 'layer')} ({kinds})"
        text = f"called, but part of no model and in no optimizer: {layers}"
        return confirmed(text, layers=len(hidden))
    number = optimizer_of(claim, result)
    if claim.finding.name == "optimizer-before-model-change" and number is not None:
        return _strangers(result, number)
    held = [each for model in result["models"] for each in _of_modules(claim, model)]
    left = [each for each in held if _waits(each)]
    known = any(each["optimizers"] for model in result["models"] for each in model["tensors"])
    if left and known and not any(each["moved"] for each in left):
        names = ", ".join(f"`{each['name']}`" for each in left[:3])
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        text = (
            f"after {plural(result['steps'], 'step')} {names}{more} are as they were: no optimizer has them"
        )
        return confirmed(text, parameters=[each["name"] for each in left])
    if held and not any(each["trains"] and not each["optimizers"] for each in held):
        return refuted("an optimizer has every parameter of it", parameters=len(held))
    return not_reproduced("no parameter of it that learns was seen outside every optimizer")


def _of_modules(claim: Claim, model: RunModel) -> Iterator[Parameter]:
    """The parameters of the modules built on the claim's lines; of the whole model if it was."""
    names = [each["name"] for each in model["modules"] if about(claim, each["built"])]
    for parameter in model["tensors"]:
        if any(not name or parameter["name"].startswith(f"{name}.") for name in names):
            yield parameter


def _waits(parameter: Parameter) -> bool:
    """It got gradients, and no optimizer has it: a teacher that is only asked gets none."""
    return parameter["trains"] and not parameter["optimizers"] and parameter["gradient"] == "some"


def _strangers(result: RunResult, number: int) -> Judgement:
    """Tensors that an optimizer holds and no model has, and the other way round."""
    optimizer = result["optimizers"][number]
    missed = [
        parameter["name"]
        for model in result["models"]
        for parameter in model["tensors"]
        if _waits(parameter) and not parameter["moved"]
    ]
    numbers = {"strangers": optimizer["strangers"], "missed": len(missed)}
    if missed:
        some = plural(len(missed), "parameter")
        text = f"{some} of the model that runs, as `{missed[0]}`, are in no optimizer"
        if optimizer["strangers"]:
            text += f", which holds {optimizer['strangers']} that no model has"
        return confirmed(text, **numbers)
    return refuted("the optimizer has every parameter of the model that runs", **numbers)
