"""Other inputs for a model that broke at those it was given: what the layer that broke would have taken.

Nothing says what these inputs are, so each is a guess: an input is changed to what takes it as it is, or to
what it is put together with. What the model makes of its inputs before is left alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import torch
from torch import nn

from cnnlint.confirm.child.inputs import BATCH, Given, Shape, taken

__all__ = ["Asked", "Failure", "repairs"]

#: What exceptions say where numbers must be whole, and where they must not.
WHOLE = re.compile(r"Long|int64|tensors used as indices|index tensor")
SAME_KIND = re.compile(r"same dtype|not implemented for '(Long|Int)'|expected .* (Float|scalar type Float)")
#: And where images are too small; they are made larger up to this size.
SMALL = re.compile(r"too small|can't be greater than actual input|should be less than|size should be greater")
LARGEST = 2048
#: Functions of which one puts tensors together, and which give a tensor another form.
JOINING = frozenset({"cat", "concat", "concatenate", "hstack", "vstack", "stack"})
RESHAPING = frozenset({"view", "reshape", "flatten", "squeeze", "unsqueeze", "expand", "repeat"})

Inputs = list[Given]


class Asked(NamedTuple):
    """A tensor that a call was given: the inputs that it was made of, and the one that it is, but for its
    form."""

    shape: Shape
    sources: frozenset[int]
    raw: int | None


class Failure(NamedTuple):
    """A call that broke: the layer (None in a function), the name of the function, what it was given, the
    tensors among that, and what the exception says."""

    layer: nn.Module | None
    function: str
    given: tuple[Any, ...]
    asked: list[Asked]
    message: str


def repairs(failure: Failure, inputs: Inputs) -> Iterator[Inputs]:
    """Inputs that the call that broke might take, the most likely first."""
    ways: Iterable[Callable[[Failure, Inputs], Iterator[tuple[int, Given]]]]
    ways = (_kinds, _layer, _form, _company, _excess, _scale, _larger)
    for way in ways:
        for number, form in way(failure, inputs):
            if form != inputs[number] and all(size > 0 for size in form.shape):
                yield [*inputs[:number], form, *inputs[number + 1 :]]


def _kinds(failure: Failure, inputs: Inputs) -> Iterator[tuple[int, Given]]:
    """Whole numbers where an index is wanted, others where they are computed with."""
    looked_up = isinstance(failure.layer, nn.Embedding | nn.EmbeddingBag)
    for each in failure.asked:
        if each.raw is None:
            continue
        shape, whole = inputs[each.raw]
        if looked_up and not whole:
            if len(shape) < 3:
                yield each.raw, Given(shape, whole=True)
            yield each.raw, Given([BATCH], whole=True)
            yield each.raw, Given([BATCH, 16], whole=True)
        elif not whole and WHOLE.search(failure.message) and not SAME_KIND.search(failure.message):
            yield each.raw, Given(shape, whole=True)
            yield each.raw, Given([BATCH], whole=True)
        elif whole and SAME_KIND.search(failure.message):
            yield each.raw, Given(shape)


def _layer(failure: Failure, inputs: Inputs) -> Iterator[tuple[int, Given]]:
    """What the layer takes that is given an input as it is."""
    if failure.layer is None or isinstance(failure.layer, nn.Embedding | nn.EmbeddingBag):
        return
    for each in failure.asked:
        if each.raw is None:
            continue
        shapes = taken(failure.layer)
        sizes = inputs[each.raw].shape[2:]
        if isinstance(failure.layer, nn.Linear):
            shapes.insert(0, [BATCH, failure.layer.in_features])
        yield from ((each.raw, Given(shape)) for shape in shapes if sizes and shape[2:] == sizes)
        yield from ((each.raw, Given(shape)) for shape in shapes)


def _form(failure: Failure, inputs: Inputs) -> Iterator[tuple[int, Given]]:
    """The form that it is to be given, written in the code, or the size that has so many numbers."""
    if failure.function not in ("view", "reshape", "expand") or not failure.asked:
        return
    first = failure.asked[0]
    wanted = [each for each in _flat(failure.given[1:]) if isinstance(each, int)]
    if not wanted:
        return
    if first.raw is not None:
        whole = [BATCH if size == -1 and not at else size for at, size in enumerate(wanted)]
        while len(whole) > 2 and whole[-1] == 1:
            whole.pop()
        yield first.raw, Given(whole)
    count = math.prod(first.shape)
    for number, given in enumerate(inputs):
        if given.shape == wanted and len(wanted) == 4:
            side = math.isqrt(count // (wanted[0] * wanted[1]))
            yield number, Given([*wanted[:2], side, side])


def _company(failure: Failure, inputs: Inputs) -> Iterator[tuple[int, Given]]:
    """The shape of what an input is put together with."""
    if failure.layer is not None or len(failure.asked) < 2:
        return
    for each in failure.asked:
        for other in failure.asked:
            if other is each:
                continue
            if each.raw is not None:
                own = inputs[each.raw]
                if failure.function in JOINING and len(own.shape) == len(other.shape):
                    yield each.raw, Given([*own.shape[:2], *other.shape[2:]], own.whole)
                yield each.raw, Given(other.shape, own.whole)
            for number in each.sources:
                if inputs[number].whole and len(inputs[number].shape) > 1:
                    yield number, Given(inputs[number].shape[:1], whole=True)


def _excess(failure: Failure, inputs: Inputs) -> Iterator[tuple[int, Given]]:
    """As many channels or features more or fewer as the layer misses, of one of the inputs it is made of."""
    layer = failure.layer
    if layer is None or not failure.asked or len(failure.asked[0].sources) < 2:
        return
    first = failure.asked[0]
    wants = getattr(layer, "in_channels", getattr(layer, "in_features", getattr(layer, "num_features", 0)))
    axis = -1 if isinstance(layer, nn.Linear) else 1
    if not wants or len(first.shape) < 2:
        return
    missing = wants - first.shape[axis]
    for number in sorted(first.sources, reverse=True):
        shape, whole = inputs[number]
        if len(shape) > 1 and not whole:
            changed = list(shape)
            changed[axis] += missing
            yield number, Given(changed)


def _scale(failure: Failure, inputs: Inputs) -> Iterator[tuple[int, Given]]:
    """Images so much larger or smaller as what came of them is at odds with what came of others."""
    maps = [each for each in failure.asked if len(each.shape) == 4 and len(each.sources) == 1]
    for each in maps:
        for other in maps:
            (number,) = each.sources
            shape = inputs[number].shape
            if each.sources == other.sources or each.shape[2:] == other.shape[2:] or len(shape) != 4:
                continue
            sides = [
                round(size * there / here)
                for size, here, there in zip(shape[2:], each.shape[2:], other.shape[2:], strict=True)
            ]
            yield number, Given([*shape[:2], *sides])


def _larger(failure: Failure, inputs: Inputs) -> Iterator[tuple[int, Given]]:
    """Images of twice the size, where they are used up before the end."""
    for number, (shape, whole) in enumerate(inputs):
        if len(shape) > 3 and 2 * max(shape[2:]) <= LARGEST and SMALL.search(failure.message):
            yield number, Given([*shape[:2], *(2 * size for size in shape[2:])], whole)


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for each in values:
        if isinstance(each, tuple | list | torch.Size):
            yield from _flat(each)
        else:
            yield each
