"""Questions on how the operations of a model follow one another, that several checks ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from math import prod
from typing import Any, TypeVar

from cnnlint.facts import RESHAPING, Forward, Model, Op, Tensor, Training
from cnnlint.findings import Fix
from cnnlint.fixes import put_after, together
from cnnlint.source import Site
from cnnlint.values import Undecided

__all__ = [
    "AVERAGING",
    "DROPOUT",
    "JOINING",
    "MAXIMUM",
    "PASSING",
    "WEIGHTED",
    "alone",
    "convolves",
    "everywhere",
    "is_plain",
    "is_whole",
    "known_to",
    "origin",
    "readers",
    "returned",
    "scale_at_start",
    "skips",
    "starts_trained",
    "weight_layers",
]

Item = TypeVar("Item")

#: Operations that multiply by learned weights.
WEIGHTED = frozenset({
    "linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
})  # fmt: skip
#: Operations that lead a signal around the activations when they join two tensors.
JOINING = frozenset({"add", "cat", "concat", "stack", "lerp"})
AVERAGING = frozenset({
    "avg_pool1d", "avg_pool2d", "avg_pool3d", "adaptive_avg_pool1d", "adaptive_avg_pool2d",
    "adaptive_avg_pool3d", "mean",
})  # fmt: skip
MAXIMUM = frozenset({
    "max_pool1d", "max_pool2d", "max_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d",
    "adaptive_max_pool3d", "amax",
})  # fmt: skip
DROPOUT = frozenset({"dropout", "dropout1d", "dropout2d", "dropout3d"})
#: Operations that keep the sign of each value and what is linear in it.
PASSING = RESHAPING | AVERAGING | DROPOUT


def is_whole(model: Model) -> bool:
    """The program calls it itself, or offers it to others: it is no part of a larger model."""
    return bool(model.forwards) or model.exposed


def starts_trained(modules: Iterable[Any]) -> bool:
    """Some of these modules has weights from elsewhere."""
    return any(module.pretrained for module in modules)


def alone(training: Training) -> bool:
    """No other network is called in its loop: neither a teacher nor an adversary."""
    modules = list(training.model.modules())
    return all(each.subject in modules for each in training.loop.events(Forward))


def weight_layers(operations: Iterable[Op]) -> int:
    """How many of them multiply by learned weights."""
    return sum(each.name in WEIGHTED for each in operations)


def scale_at_start(operations: Iterable[Op]) -> float:
    """By how much its weights multiply the size of what a layer gets, before any training: the geometric
    mean over the layers of a plain stack but its first and last. What activations do comes on top.
    Undecided where weights are set in a way that is not known."""
    weighted = [each for each in operations if each.name in WEIGHTED]
    if not all(each.layer for each in weighted):
        raise Undecided("the weights of a function are not known")
    gains = [each.layer.gain for each in weighted[1:-1] or weighted if each.layer]
    return float(prod(gains) ** (1 / len(gains)))


def skips(operations: Iterable[Op]) -> bool:
    """Some of them joins two tensors, so that a signal may go around what lies between."""
    return any(each.name in JOINING and len(each.inputs) > 1 for each in operations)


def is_plain(operations: Iterable[Op]) -> bool:
    """Nothing in it normalises, and nothing leads around a layer."""
    operations = list(operations)
    return not skips(operations) and not any(each.name.endswith("norm") for each in operations)


def convolves(operations: Iterable[Op]) -> bool:
    """Some of them is a convolution."""
    return any(each.name.startswith("conv") for each in operations)


def normalised(operations: list[Op]) -> Fix | None:
    """A batch norm after each convolution, if each is written by itself as an item of a Sequential."""
    found = [operation for operation in operations if operation.name == "conv2d"]
    layers: list[Any] = [operation.layer for operation in found if operation.contained and operation.layer]
    if not layers or len(layers) < len(found) or any(layer.twins for layer in layers):
        return None
    norms = (put_after(layer, f"BatchNorm2d({layer.out_channels})", safe=False) for layer in layers)
    return together(*norms, title="put a batch norm after each convolution")


def readers(operations: Iterable[Op]) -> dict[int, list[Op]]:
    """By the identity of a tensor: the operations that take it in."""
    found: dict[int, list[Op]] = defaultdict(list)
    for operation in operations:
        for tensor in operation.inputs:
            found[id(tensor)].append(operation)
    return found


def returned(model: Model) -> set[int]:
    """The identities of the layers whose result a model returns, in any call, or keeps on itself.

    Undecided if what it returns is not known.
    """
    found: list[Tensor] = [value for value in model.attributes.values() if isinstance(value, Tensor)]
    pending = [model.output, *(forward.output for forward in model.forwards)]
    while pending:
        value = pending.pop()
        if isinstance(value, tuple):
            pending.extend(value)
        elif isinstance(value, Tensor):
            found.append(value)
        elif value is not None:
            raise Undecided("what the model returns is not known")
    return {id(tensor.producer.layer) for tensor in found if tensor.producer and tensor.producer.layer}


def origin(tensor: Tensor, through: frozenset[str], used: dict[int, list[Op]]) -> Op | None:
    """The operation a tensor comes from through the operations named, if nothing else reads what
    lies between."""
    while len(used[id(tensor)]) == 1:
        operation = tensor.producer
        if operation is None or operation.name not in through or not operation.inputs:
            return operation
        tensor = operation.inputs[0]
    return None


def everywhere(
    operations: Iterable[Op], holds: Callable[[Op], bool], place: Callable[[Op], Site]
) -> Iterator[Op]:
    """Of the operations of one place in the code, the first, if something is known to hold for all."""
    places: dict[Site, list[Op]] = defaultdict(list)
    for operation in operations:
        places[place(operation)].append(operation)
    for same in places.values():
        try:
            if all(map(holds, same)):
                yield same[0]
        except Undecided:
            continue


def known_to(holds: Callable[[Item], bool], items: Iterable[Item]) -> Iterator[Item]:
    """Those of which something is known to hold."""
    for each in items:
        try:
            if holds(each):
                yield each
        except Undecided:
            continue


def call_of(operation: Op) -> Site:
    """Where an operation is called, or the layer inside the container that is called."""
    return operation.place.site


def layer_of(operation: Op) -> Site:
    """Where its layer is made; where it is called if it applies none."""
    return (operation.layer or operation).site
