"""Checks on the network itself: activations, size, dropout."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import ACTIVATIONS, Model, Op, Training
from cnnlint.findings import Confidence, Severity
from cnnlint.fixes import set_argument
from cnnlint.traces import called_as, followed
from cnnlint.values import surely

#: Operations that lead a signal around the activations when they join two tensors.
JOINING = frozenset({"add", "cat", "concat", "stack", "lerp"})


def relu_only_stack(model: Model, *, depth: int, depth_at_high_rate: int, high_rate: float) -> Flags:
    """Deep, every activation a ReLU, nothing that normalises or skips: units may die for good."""
    if not (model.forwards or model.exposed) or any(module.pretrained for module in called_as(model)):
        return
    operations = followed(model)
    names = [operation.name for operation in operations]
    weighted = sum(name == "linear" or name.startswith("conv") for name in names)
    skips = any(each.name in JOINING and len(each.inputs) > 1 for each in operations)
    if skips or any(name.endswith("norm") for name in names) or ACTIVATIONS & set(names) != {"relu"}:
        return
    optimizers = dict.fromkeys(each for module in called_as(model) for each in module.optimizers)
    fast = [each for each in optimizers if surely(each.lr >= high_rate) and each.family == "adam"]
    if weighted >= (depth_at_high_rate if fast else depth):
        yield flag(
            model,
            also=[(each, f"lr={each.lr:g} makes it likelier") for each in fast],
            severity=Severity.WARNING if any(each.lr > high_rate for each in fast) else None,
            confidence=Confidence.MEDIUM,
            model=model.label,
            weighted=weighted,
        )


def oversized_model(
    training: Training, *, parameters_per_example: float, many_parameters: int, few: int
) -> Flags:
    """Far more parameters than examples to fit them: worth measuring against a narrower twin."""
    model, examples = training.model, training.dataset.size
    parameters = model.parameter_count()
    if any(module.pretrained for module in model.modules()) or parameters < many_parameters:
        return
    if parameters > parameters_per_example * examples:
        scarce = surely(examples <= few * training.classes) and surely(training.unregularised)
        yield flag(
            model,
            also=[(training.dataset, f"{examples:,} examples")],
            severity=Severity.WARNING if scarce else None,
            confidence=Confidence.MEDIUM,
            model=model.label,
            parameters=parameters / 1e6,
            examples=examples,
            ratio=parameters / examples,
        )


def functional_dropout_always_on(operation: Op, *, sampling: list[str]) -> Flags:
    """A functional dropout in a model that is never told whether the model trains."""
    if operation.layer or not operation.model or operation.maybe:
        return
    names = (operation.model.class_name, *operation.functions)
    if any(word in name.lower() for name in names for word in sampling):
        return
    attention = operation.name == "scaled_dot_product_attention"
    if attention or operation.name in ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout"):
        rate = operation.number("dropout_p", 0.0) if attention else operation.number("p", 0.5)
        if rate > 0 and (attention or operation.options.get("training", True)):
            in_forward = operation.functions[-1:] == ("forward",) and not attention
            yield flag(
                operation,
                fix=set_argument(operation, "training", "self.training", position=2, safe=True)
                if in_forward
                else None,
                dropout=operation.text,
                mend="dropout_p=self.p if self.training else 0.0" if attention else "training=self.training",
            )
