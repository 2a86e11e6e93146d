"""Checks on the network itself: size, dropout."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Op, Training, graph_of
from cnnlint.findings import Confidence, Severity
from cnnlint.fixes import set_argument
from cnnlint.traces import parts
from cnnlint.values import surely


def oversized_model(
    training: Training, *, parameters_per_example: float, many_parameters: int, few: int
) -> Flags:
    """Far more parameters than examples to fit them: worth measuring against a narrower twin."""
    model, examples = training.model, training.dataset.size
    parameters = model.trained_parameter_count()
    if any(module.pretrained for module in model.modules()) or parameters < many_parameters:
        return
    if parameters > parameters_per_example * examples:
        work = graph_of(model).multiply_adds.number
        scarce = surely(examples <= few * training.classes) and surely(training.unregularised)
        yield flag(
            model,
            also=[(training.dataset, f"{examples:,} examples")],
            severity=Severity.WARNING if scarce else None,
            confidence=Confidence.MEDIUM,
            model=model.label,
            parameters=parameters / 1e6,
            work=f" and {work / 1e6:.3g} M multiply-adds" if surely(work >= 1e6) else "",
            examples=examples,
            ratio=parameters / examples,
        )


def functional_dropout_always_on(operation: Op, *, sampling: list[str]) -> Flags:
    """A functional dropout in a model that is never told whether the model trains."""
    if operation.layer or not operation.model or operation.maybe:
        return
    names = (operation.model.class_name, *operation.functions)
    told = [part for attribute in operation.model.attributes for part in parts(attribute)]
    if any(word in name.lower() for name in names for word in sampling) or set(told) & set(sampling):
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
