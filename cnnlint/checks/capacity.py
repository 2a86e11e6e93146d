"""Checks on whether a network is as large as what it is to learn asks for."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import DROPPING, Op, Training, graph_of
from cnnlint.findings import Confidence, Severity
from cnnlint.stacks import alone, known_to, starts_trained
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
    training: Training,
    *,
    many_classes: int,
    many_examples: int,
    parameters_per_class: int,
    some_classes: int,
    classes_per_feature: int,
) -> Flags:
    """A convolutional network that tells many classes apart by a handful of features, or has very few
    parameters for each of very many classes."""
    model = training.model
    modules = list(model.modules())
    hidden = any(getattr(each, "unregistered", ()) for each in modules)
    if hidden or starts_trained(modules) or not any(_convolves(each) for each in modules):
        return
    if not alone(training):
        return  # a student that is taught by another network may be small on purpose
    scores = surely(training.loss.expects in ("logits", "log-probabilities"))
    made = [node.operation for node in graph_of(model).nodes if "softmax" not in node.operation.name]
    last = made[-1:] if scores else []
    for scoring in known_to(lambda each: _squeezed(each, some_classes, classes_per_feature), last):
        layer: Any = scoring.layer
        yield flag(
            layer,
            confidence=Confidence.MEDIUM,
            model=model.label,
            trouble=f"tells {layer.out_features} classes apart by {layer.in_features} features, all cut by a "
            f"ReLU; give the layer before the last {layer.out_features} features or more",
        )
    dataset, classes = training.dataset, training.classes
    if classes < many_classes or dataset.size < many_examples:
        return
    parameters = model.parameter_count()
    if 0 < parameters < parameters_per_class * classes:
        yield flag(
            model.definition,
            also=[(dataset, f"{dataset.size:,} examples of {classes} classes")],
            confidence=Confidence.MEDIUM,
            model=model.label,
            trouble=f"has {parameters / 1e3:.3g} k parameters for {classes} classes, fewer than small "
            "networks that do well on such data; if training accuracy stalls, widen it",
        )


def _squeezed(operation: Op, some_classes: int, classes_per_feature: int) -> bool:
    """It scores classes by far fewer features, of which a ReLU has left nothing below zero."""
    layer: Any = operation.layer
    if operation.name != "linear" or not layer:
        return False
    if layer.out_features < max(some_classes, classes_per_feature * layer.in_features):
        return False
    return bool(operation.inputs[0].source(through=DROPPING).name == "relu")


def _convolves(module: object) -> bool:
    return getattr(module, "role", "") == "convolution"
