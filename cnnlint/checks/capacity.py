"""Checks on whether a network is as large as what it is to learn asks for."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Training, graph_of
from cnnlint.findings import Confidence, Severity
from cnnlint.stacks import alone, starts_trained
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


def undersized_model(
    training: Training, *, many_classes: int, many_examples: int, parameters_per_class: int
) -> Flags:
    """A convolutional network with very few parameters for each of very many classes."""
    model, dataset, classes = training.model, training.dataset, training.classes
    if classes < many_classes or dataset.size < many_examples:
        return
    modules = list(model.modules())
    hidden = any(getattr(each, "unregistered", ()) for each in modules)
    if hidden or starts_trained(modules) or not any(_convolves(each) for each in modules):
        return
    if not alone(training):
        return  # a student that is taught by another network may be small on purpose
    parameters = model.parameter_count()
    if 0 < parameters < parameters_per_class * classes:
        yield flag(
            model.definition,
            also=[(dataset, f"{dataset.size:,} examples of {classes} classes")],
            confidence=Confidence.MEDIUM,
            model=model.label,
            parameters=parameters / 1e3,
            classes=classes,
        )


def _convolves(module: object) -> bool:
    return getattr(module, "role", "") == "convolution"
