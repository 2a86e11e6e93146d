"""Checks on activations: those that die, saturate, are missing, or do nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import ACTIVATIONS, RESHAPING, Model, Op
from cnnlint.findings import Confidence, Fix, Severity
from cnnlint.fixes import call_instead, keep, put_instead, together, wrap
from cnnlint.stacks import (
    AVERAGING,
    DROPOUT,
    MAXIMUM,
    PASSING,
    WEIGHTED,
    call_of,
    convolves,
    everywhere,
    is_plain,
    is_whole,
    normalised,
    origin,
    readers,
    returned,
    scale_at_start,
    starts_trained,
    weight_layers,
)
from cnnlint.traces import called_as, followed
from cnnlint.values import surely

#: Layers whose weights can be multiplied out into one where nothing lies between.
PLAIN = frozenset({"linear", "conv1d", "conv2d", "conv3d"})

#: Operations whose results are never negative ...
POSITIVE = frozenset({"relu", "relu6", "sigmoid", "hardsigmoid", "softmax", "softmin", "softplus"})
#: ... or never positive ...
NEGATIVE = frozenset({"log_softmax", "logsigmoid"})
#: ... and activations that return what is not negative as it is.
RECTIFYING = frozenset({"relu", "leaky_relu", "prelu", "rrelu", "elu", "celu"})
#: Activations that squeeze what they are given, and squeeze it again when they are applied twice.
SQUEEZING = frozenset({"sigmoid", "tanh", "softmax", "softmin"})
#: Operations whose result has no sign that their input has not.
SIGN_KEEPING = RESHAPING | AVERAGING | DROPOUT | MAXIMUM


def relu_only_stack(
    model: Model,
    *,
    depth: int,
    depth_at_risk: int,
    high_rate: float,
    high_rate_sgd: float,
    low_bias: float,
    dead_bias: float,
    scaled: float,
) -> Flags:
    """Deep, every activation a ReLU, nothing that normalises or skips: units may die for good."""
    if not is_whole(model) or starts_trained(called_as(model)):
        return
    operations = followed(model)
    names = {operation.name for operation in operations}
    if ACTIVATIONS & names != {"relu"} or not is_plain(operations) or not convolves(operations):
        return
    optimizers = dict.fromkeys(each for module in called_as(model) for each in module.optimizers)
    limits = {"adam": high_rate, "sgd": high_rate_sgd}
    fast = [
        each
        for each in optimizers
        if each.family in limits
        and each.starts_at_rate
        and surely(each.lr >= limits[each.family] * (1 - each.momentum))
    ]
    low = [layer for layer in _before_relu(operations) if surely(layer.highest_bias <= low_bias)]
    if low and scale_at_start(operations) >= scaled:
        low = []
    dead = [layer for layer in low if surely(layer.highest_bias <= dead_bias)]
    never = len(dead) > 1
    if not never and weight_layers(operations) < (depth_at_risk if fast or low else depth):
        return
    beyond = low or any(each.family == "sgd" or each.lr > high_rate for each in fast)
    likelier = [(each, f"lr={each.lr:g} makes it likelier") for each in fast]
    likelier += [(start, "biases below zero make it likelier") for start in _starts(low)]
    yield flag(
        model.definition,
        also=[(start, "biases far below zero") for start in _starts(dead)] if never else likelier,
        severity=Severity.ERROR if never else Severity.WARNING if beyond else None,
        fix=normalised(operations),
        confidence=Confidence.MEDIUM,
        model=model.label,
        weighted=weight_layers(operations),
        fate="are dead from the start; start biases at 0"
        if never
        else "may die for good; consider batch norm or LeakyReLU",
    )


def saturating_stack(model: Model, *, sigmoids: int, tanhs: int, scaled: float) -> Flags:
    """Deep, and most of its hidden activations sigmoid or tanh, with nothing that normalises or skips."""
    if not is_whole(model) or starts_trained(called_as(model)):
        return
    operations = followed(model)
    if not is_plain(operations):
        return
    hidden = _between_weights(operations)
    for activation, limit in (("sigmoid", sigmoids), ("tanh", tanhs)):
        found = [each for each in hidden if each.name == activation]
        mild = activation == "tanh"
        if len(found) < limit or mild and not convolves(operations):
            continue
        if not mild or scale_at_start(operations) < scaled:
            yield flag(
                model.definition,
                also=dict.fromkeys((each.place, f"`{each.label}`") for each in found),
                fix=_rectified(found, operations),
                severity=Severity.INFO if mild else None,
                confidence=Confidence.MEDIUM,
                model=model.label,
                count=len(found),
                activation=activation,
                fate="may fade" if mild else "fade",
            )


def missing_nonlinearity(model: Model, *, linear_words: list[str]) -> Flags:
    """Two weight layers with nothing non-linear between: they can do what one of them could."""
    if not is_whole(model):
        return
    used, kept = readers(model.ops), returned(model)
    through = PASSING - {"identity"} | {"batch_norm"}  # an Identity stands where an activation may

    def collapses(operation: Op) -> bool:
        before = origin(operation.inputs[0], through, used) if operation.name in PLAIN else None
        if not before or before.name not in PLAIN:
            return False
        if before.model != operation.model or before.functions != operation.functions:
            return False
        named = operation.model.class_name.lower() if operation.model else ""
        layers = before.layer and operation.layer and id(before.layer) not in kept
        meant = any(word in named for word in linear_words)
        return bool(layers) and not meant and _collapse(before.layer, operation.layer)

    for operation in everywhere(model.ops, collapses, call_of):
        before = origin(operation.inputs[0], through, used)
        if before:
            yield flag(
                operation.place,
                also=[(before.place, f"`{before.label}`")],
                fix=_activated(operation),
                confidence=Confidence.MEDIUM,
                first=before.label,
                second=operation.label,
            )


def redundant_activation(model: Model) -> Flags:
    """An activation that changes nothing, squeezes a second time, or leaves nothing."""
    if not is_whole(model):
        return
    for operation in everywhere(model.ops, lambda each: bool(_effect(each)[0]), call_of):
        before = operation.inputs[0].source(through=SIGN_KEEPING)
        effect, severity = _effect(operation)
        yield flag(
            operation.place,
            also=[(before.place, f"`{before.label}`")],
            fix=_without(operation, safe=severity == Severity.INFO and operation.name != "prelu"),
            severity=severity,
            activation=operation.label,
            before=before.label,
            effect=effect,
        )


def _effect(operation: Op) -> tuple[str, Severity]:
    """What an activation does to the result of the one before it, if that is odd, else ''."""
    if operation.name in SQUEEZING:
        before = operation.inputs[0].source(through=RESHAPING)
        again = before.name == operation.name and before.model == operation.model
        if again and _axis(before) == _axis(operation):
            return "squeezes it a second time, so gradients fade", Severity.WARNING
    if operation.name in RECTIFYING:
        before = operation.inputs[0].source(through=SIGN_KEEPING)
        if before.name in POSITIVE and before.model == operation.model:
            return "changes nothing, as that is never negative", Severity.INFO
        if before.name in NEGATIVE and before.model == operation.model and operation.name == "relu":
            return "gives zeros alone, as that is never positive", Severity.ERROR
    return "", Severity.INFO


def _axis(operation: Op) -> Any:
    """The axis that a softmax sums to one along."""
    layer: Any = operation.layer
    if operation.name not in ("softmax", "softmin"):
        return 0
    return layer.dim if layer else operation.options.get("dim")


def _without(operation: Op, *, safe: bool) -> Fix | None:
    """Leave an activation out: `F.relu(x)` becomes `x`."""
    if operation.contained and operation.layer:
        return put_instead(operation.layer, "Identity()", safe=safe)
    return keep(operation, operation.argument, safe=safe) if operation.argument.path else None


def _before_relu(operations: list[Op]) -> Iterator[Any]:
    """The layers with weights whose result alone a ReLU is given, but for pooling and the like."""
    used, through = readers(operations), PASSING | MAXIMUM
    for operation in operations:
        before = origin(operation.inputs[0], through, used) if operation.name == "relu" else None
        if before and before.name in WEIGHTED and before.layer:
            yield before.layer


def _starts(layers: Iterable[Any]) -> Iterable[Any]:
    """Where their biases are set, each place once."""
    return {layer.initial_bias.site: layer.initial_bias for layer in layers}.values()


def _between_weights(operations: list[Op]) -> list[Op]:
    """The operations, in order, that alone stand between two weight layers, but for pooling and the like."""
    used, through = readers(operations), PASSING | MAXIMUM
    found = []
    for operation in reversed(operations):
        between = origin(operation.inputs[0], through, used) if operation.name in WEIGHTED else None
        before = origin(between.inputs[0], through, used) if between and between.inputs else None
        if between and before and before.name in WEIGHTED:
            found.append(between)
    return found


def _rectified(found: list[Op], operations: list[Op]) -> Fix | None:
    """ReLU in the place of each, where nothing else uses the same layer or call."""
    calls = dict.fromkeys(each.layer or each for each in found)
    others = [each for each in operations if each not in found]
    shared = any(each.layer in calls for each in others if each.layer)
    edits = [edit for call in calls for edit in _relu(call)]
    return together(*edits, title="use ReLU") if len(edits) == len(calls) and not shared else None


def _relu(call: Any) -> Iterator[Fix]:
    """`nn.Sigmoid` becomes `nn.ReLU`, `torch.tanh` becomes `torch.relu`."""
    for old, new in (("Sigmoid", "ReLU"), ("Tanh", "ReLU"), ("sigmoid", "relu"), ("tanh", "relu")):
        fix = call_instead(call, old, new, safe=False)
        if fix:
            yield fix


def _collapse(first: Any, second: Any) -> bool:
    """Two layers of one kind that mix all their inputs, with no bottleneck or regrouping between."""
    if first.role == second.role == "linear":
        between = first.out_features
        return bool(second.in_features == between >= min(first.in_features, second.out_features))
    if first.role != second.role or first.groups != 1 or second.groups != 1:
        return False
    wide = all(size > 1 for size in (*first.kernel, *second.kernel))
    return wide and bool(second.in_channels >= min(first.in_channels, second.out_channels))


def _activated(operation: Op) -> Fix | None:
    """Apply a ReLU to what the second layer is given, where it is called by itself."""
    if operation.contained or not operation.argument.path:
        return None
    return wrap(operation.argument, "", ".relu()", safe=False, title="put a ReLU between")
