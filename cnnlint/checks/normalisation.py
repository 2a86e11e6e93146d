"""Checks on normalisation: where it is missing, and what it makes useless."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import ACTIVATIONS, Model, Op
from cnnlint.findings import Confidence
from cnnlint.fixes import set_argument
from cnnlint.stacks import (
    WEIGHTED,
    convolves,
    everywhere,
    is_plain,
    is_whole,
    layer_of,
    normalised,
    readers,
    returned,
    scale_at_start,
    starts_trained,
    weight_layers,
)
from cnnlint.traces import called_as, followed

#: Activations with rules of their own for a stack without normalisation, and one that needs none.
SPOKEN_FOR = frozenset({"sigmoid", "tanh", "selu"})


def no_normalization(model: Model, *, depth: int, kept: float, activation: float) -> Flags:
    """Deep and trained from scratch, with nothing that normalises or skips, and weights too small for it."""
    if not is_whole(model) or starts_trained(called_as(model)):
        return
    operations = followed(model)
    activations = ACTIVATIONS & {operation.name for operation in operations}
    if activations <= {"relu"} or activations & SPOKEN_FOR:
        return
    weighted = weight_layers(operations)
    if weighted < depth or not is_plain(operations) or not convolves(operations):
        return
    if (activation * scale_at_start(operations)) ** weighted <= kept:
        yield flag(
            model.definition,
            fix=normalised(operations),
            confidence=Confidence.MEDIUM,
            model=model.label,
            weighted=weighted,
        )


def bias_before_batchnorm(model: Model) -> Flags:
    """A bias that the batch normalisation right after it takes away again."""
    if not is_whole(model):
        return
    used, kept = readers(model.ops), returned(model)

    def cancelled(operation: Op) -> bool:
        layer: Any = operation.layer
        readers_of = used[id(operation.output)]
        return (
            layer.bias == True  # noqa: E712 - may be Unknown
            and len(readers_of) == 1
            and readers_of[0].name == "batch_norm"
            and id(layer) not in kept
        )

    weighted = [each for each in model.ops if each.name in WEIGHTED and each.layer]
    for operation in everywhere(weighted, cancelled, layer_of):
        norm = used[id(operation.output)][0]
        yield flag(
            operation.layer or operation,
            also=[(norm.place, f"`{norm.label}`")],
            fix=set_argument(operation.layer, "bias", "False", safe=False),
            layer=operation.label,
            norm=norm.label,
        )
