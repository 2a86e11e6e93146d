"""Which inputs a model might take, where the user's code does not say: what its first layer asks for."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

__all__ = [
    "BATCH",
    "Given",
    "Shape",
    "completed",
    "enough",
    "fitting",
    "guessed",
    "places_wanted",
    "taken",
    "tensor",
]

Shape = list[int]


class Given(NamedTuple):
    """What a model is given: numbers in this shape, whole ones or any."""

    shape: Shape
    whole: bool = False


#: Examples in a batch whose number is not known.
BATCH = 2
#: Sizes of images that are tried, those first that the most models are written for.
SIZES = (32, 224, 28, 64, 96, 128, 48, 256, 299, 227, 572, 16, 8, 4, 1)
LENGTHS = (128, 16, 1024, 4000, 16000, 8, 1)
DEPTHS = (32, 16, 64, 112, 8, 1)
CHANNELS = {1: LENGTHS, 2: SIZES, 3: DEPTHS}
#: What torch says of a Linear that a vector does not fit: the features it got and those it wants.
FEATURES = re.compile(
    r"mat1 and mat2 shapes cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)"
    r"|a and b must have same reduction dim, but got \[\d+, (\d+)\] X \[(\d+), \d+\]"
)
LARGEST = 1024
#: What inputs of these names often are, after the first.
NAMED = {name: [BATCH] for name in ("label", "labels", "t", "time", "timestep", "timesteps")}


def tensor(given: Given, device: str) -> torch.Tensor:
    """What a model is given. Whole numbers are 0, which any table holds."""
    shape = tuple(given.shape)
    if given.whole:
        return torch.zeros(shape, dtype=torch.long, device=device)
    return torch.empty(shape, device=device) if device == "meta" else torch.rand(shape, device=device)


def guessed(model: nn.Module) -> Iterator[list[Given]]:
    """All inputs that the model must be given, the most usual first."""
    names = [each.name for each in _asked(model)] or ["x"]
    whole = len(names) == 1 and _looks_up(model)
    for shape in _shapes(model):
        yield [Given(NAMED.get(name, shape) if at else shape, whole) for at, name in enumerate(names)]
    for shape in _shapes(model) if len(names) > 1 else ():
        if len(shape) > 1 and shape[1] % len(names) == 0:  # they are put together first
            yield [Given([shape[0], shape[1] // len(names), *shape[2:]])] * len(names)


def enough(model: nn.Module, inputs: Sequence[Sequence[int | None]]) -> Sequence[Sequence[int | None]]:
    """The inputs, with unknown sizes for each of which nothing is known; [] if nothing is known of any."""
    known = next((each for each in inputs if each), None)
    if known is None:
        return []
    names = [each.name for each in _asked(model)]
    count = max(len(names), len(inputs))
    given = [*inputs, *[[]] * (count - len(inputs))]
    unknown = [NAMED.get(name, [None] * len(known)) for name in [*names, *[""] * (count - len(names))]]
    return [one or other for one, other in zip(given, unknown, strict=True)]


def completed(model: nn.Module, inputs: Sequence[Sequence[int | None]]) -> Iterator[list[Given]]:
    """The inputs with numbers for the sizes that are not known; the first size is that of the batch."""
    whole = len(inputs) == 1 and _looks_up(model)
    known = [[BATCH if size is None and not at else size for at, size in enumerate(each)] for each in inputs]
    if all(size is not None for each in known for size in each):
        yield [Given([size for size in each if size is not None], whole) for each in known]
        return
    channels = next((shape[1] for shape in _shapes(model) if len(shape) > 1), 3)
    for size in CHANNELS.get(len(known[0]) - 2, SIZES):
        sizes = [
            [each if each is not None else channels if at == 1 else size for at, each in enumerate(shape)]
            for shape in known
        ]
        yield [Given(shape, whole) for shape in sizes]


def fitting(inputs: list[Given], wants: int, got: Any) -> list[Given] | None:
    """The square images of which `got(inputs)` are the features that a Linear wants, by bisection."""
    if any(len(each.shape) != 4 for each in inputs):
        return None
    low, high = 1, LARGEST
    while low <= high:
        middle = (low + high) // 2
        tried = [Given([*each.shape[:2], middle, middle]) for each in inputs]
        features = got(tried)
        if features == wants:
            return tried
        if features is None or features < wants:
            low = middle + 1
        else:
            high = middle - 1
    return None


def places_wanted(message: str) -> tuple[int, int] | None:
    """Of the words of a Linear's error: the features it got and those it wants."""
    match = FEATURES.search(message)
    if match is None:
        return None
    got, wants = (int(each) for each in match.groups() if each)
    return got, wants


def _asked(model: nn.Module) -> list[inspect.Parameter]:
    """The inputs that a forward must be given."""
    try:
        parameters = inspect.signature(model.forward).parameters.values()
    except (TypeError, ValueError):
        return []
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    asked = [each for each in parameters if each.default is each.empty and each.kind in kinds]
    return [each for each in asked if each.name != "self"]  # a TorchScript method tells it as well


def _shapes(model: nn.Module) -> Iterator[Shape]:
    """Shapes that its first layer with parameters may take, then those of images."""
    config = getattr(model, "default_cfg", None)
    if isinstance(config, dict) and isinstance(size := config.get("input_size"), tuple):
        yield [BATCH, *size]
    first = next((each for each in model.modules() if taken(each)), None)
    if first is not None:
        yield from taken(first)
    if not isinstance(first, nn.modules.conv._ConvNd):
        yield from ([BATCH, channels, size, size] for channels in (3, 1) for size in SIZES[:6])


def taken(layer: nn.Module) -> list[Shape]:
    """The shapes of what a layer takes; [] if it does not say."""
    if isinstance(layer, nn.modules.conv._ConvNd):
        if layer.in_channels <= 0:  # a lazy one
            return [[BATCH, 3, size, size] for size in SIZES]
        axes = len(layer.kernel_size)
        sizes: Sequence[int] = CHANNELS[axes]
        if layer.transposed or layer.in_channels > 4:
            sizes = (
                sorted(sizes, key=lambda size: (size > 32, -size)) if not layer.transposed else sizes[::-1]
            )
        elif layer.in_channels == 1 and axes == 2:
            sizes = (28, *sizes)
        return [[BATCH, layer.in_channels, *[size] * axes] for size in sizes]
    if isinstance(layer, nn.Linear):
        features = layer.in_features
        images = [[BATCH, channels, side, side] for channels in (1, 3) if (side := _side(features, channels))]
        return [*images, [BATCH, features], [BATCH, 16, features]]
    if isinstance(layer, nn.Embedding | nn.EmbeddingBag):
        return [[BATCH, 16]]
    if isinstance(layer, nn.RNNBase):
        return [[BATCH, 16, layer.input_size]]
    if isinstance(layer, nn.modules.batchnorm._BatchNorm | nn.GroupNorm | nn.PReLU):
        channels = getattr(layer, "num_features", 0) or getattr(layer, "num_channels", 0) or 16
        axes = {"BatchNorm1d": 1, "BatchNorm3d": 3}.get(type(layer).__name__, 2)
        return [[BATCH, channels, *[size] * axes] for size in CHANNELS[axes]] + [[BATCH, channels]]
    return []


def _side(features: int, channels: int) -> int:
    """The side of the square images with so many pixels; 0 if there are none."""
    side = round((features / channels) ** 0.5)
    return side if side >= 8 and side * side * channels == features else 0


def _looks_up(model: nn.Module) -> bool:
    """Whether what the model is given is looked up in a table, so that it must be whole numbers."""
    first = next((each for each in model.modules() if taken(each)), None)
    return isinstance(first, nn.Embedding | nn.EmbeddingBag)
