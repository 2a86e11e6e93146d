"""Checks on whether a network is large enough for what it is to learn."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Training
from cnnlint.findings import Confidence
from cnnlint.stacks import alone, starts_trained


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
