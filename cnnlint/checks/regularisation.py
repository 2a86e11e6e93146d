"""Checks on what keeps a network from learning its examples by heart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.checks.loss_arguments import CLASSIFYING
from cnnlint.facts import ACTIVATIONS, RESHAPING, Model, Op, Training
from cnnlint.findings import Confidence, Fix, Flag, Severity
from cnnlint.fixes import call_instead, set_argument
from cnnlint.stacks import (
    AVERAGING,
    DROPOUT,
    MAXIMUM,
    alone,
    call_of,
    everywhere,
    is_whole,
    layer_of,
    origin,
    readers,
    skips,
    starts_trained,
)
from cnnlint.traces import parts

#: What may lie between a dropout and the layer that suffers from it.
BETWEEN = RESHAPING | ACTIVATIONS | AVERAGING | MAXIMUM
#: ... and what it does not come through to the one that drops.
NORMS = frozenset({"batch_norm", "instance_norm", "group_norm", "layer_norm", "local_response_norm"})


def dropout_misuse(model: Model, *, high: float, before_norm: float, adversarial_words: list[str]) -> Flags:
    """It drops nearly all, misleads a batch norm, or drops pixels that their neighbours give back."""
    if not is_whole(model):
        return
    dropouts = [each for each in model.ops if each.name in DROPOUT]
    for operation in everywhere(dropouts, lambda each: bool(_rate(each) >= high), layer_of):
        yield _nearly_all(operation)
    if skips(model.ops):
        return
    used = readers(model.ops)
    if not any(word in model.class_name.lower() for word in adversarial_words):
        yield from _before_norm(model.ops, before_norm, used)
    yield from _on_pixels(model.ops, used)


def no_regularization(training: Training, *, small: int, dense: int, per_example: float) -> Flags:
    """A large dense head and few examples, and nothing that keeps it from learning them by heart."""
    model, examples = training.model, training.dataset.size
    modules = list(model.modules())
    if starts_trained(modules) or training.loss.kind not in CLASSIFYING:
        return  # rivals hold each other back, a prior holds back what encodes
    parameters = sum(each.parameter_count() for each in modules if getattr(each, "role", "") == "linear")
    large = parameters >= dense and parameters >= per_example * examples
    if large and examples <= small and training.unregularised and alone(training):
        yield flag(
            model.definition,
            also=[(training.dataset, f"{examples:,} examples")],
            confidence=Confidence.MEDIUM,
            model=model.label,
            parameters=parameters / 1e6,
            examples=examples,
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


def _nearly_all(dropout: Op) -> Flag:
    """Of what it is given, hardly anything is left."""
    rate = _rate(dropout)
    everything = rate == 1
    how_much, left = ("all", "nothing") if everything else (f"{rate:.0%}", "little")
    kept = set_argument(
        dropout.layer or dropout, "p", f"{1 - rate:.2g}", safe=False, position=0 if dropout.layer else 1
    )
    return flag(
        dropout.layer or dropout,
        severity=Severity.ERROR if everything else None,
        fix=None if everything else kept,
        dropout=dropout.label,
        effect=f"drops {how_much} of its inputs, which leaves {left} to learn from; "
        "`p` is the share that is dropped, not the one that is kept",
    )


def _before_norm(operations: list[Op], least: float, used: dict[int, list[Op]]) -> Flags:
    """A batch norm learns the variance of what a dropout has thinned out, which in evaluation is less."""

    def dropped(norm: Op) -> bool:
        before = origin(norm.inputs[0], BETWEEN, used)
        return bool(before and before.name in DROPOUT and _rate(before) >= least)

    for norm in everywhere([each for each in operations if each.name == "batch_norm"], dropped, layer_of):
        before = origin(norm.inputs[0], BETWEEN, used)
        if before:
            yield flag(
                before.place,
                also=[(norm.place, f"`{norm.label}`")],
                confidence=Confidence.MEDIUM,
                dropout=before.label,
                effect=f"thins out what `{norm.label}` measures, so that its statistics are wrong in "
                "evaluation; put it after the last batch norm",
            )


def _on_pixels(operations: list[Op], used: dict[int, list[Op]]) -> Flags:
    """An element-wise dropout between two convolutions."""
    following = {
        id(before): operation
        for operation in operations
        if operation.name in ("conv2d", "conv3d") and operation.layer
        for before in _origins(operation, used)
    }

    def blurred(dropout: Op) -> bool:
        after: Any = following.get(id(dropout))
        before = origin(dropout.inputs[0], BETWEEN | NORMS, used)
        return bool(after and max(after.layer.kernel) > 1 and before and before.name.startswith("conv"))

    for dropout in everywhere([each for each in operations if each.name == "dropout"], blurred, call_of):
        dimensions = following[id(dropout)].name[-2:]
        yield flag(
            dropout.place,
            severity=Severity.INFO,
            confidence=Confidence.MEDIUM,
            fix=_by_channel(dropout, dimensions),
            dropout=dropout.label,
            effect="drops single pixels, which their neighbours make up for; "
            f"drop whole channels with `nn.Dropout{dimensions}`",
        )


def _origins(operation: Op, used: dict[int, list[Op]]) -> Iterator[Op]:
    before = origin(operation.inputs[0], BETWEEN, used)
    if before:
        yield before


def _by_channel(dropout: Op, dimensions: str) -> Fix | None:
    """`nn.Dropout` in a container becomes `nn.Dropout2d`, `F.dropout` becomes `F.dropout2d`."""
    if dropout.layer and not dropout.contained:
        return None
    call, name = (dropout.layer, "Dropout") if dropout.layer else (dropout, "dropout")
    return call_instead(call, name, name + dimensions, safe=False)


def _rate(operation: Op) -> Any:
    layer: Any = operation.layer
    return layer.p if layer else operation.number("p", 0.5)
