"""einops: axes by name, in patterns like `b (c r) h w -> b c h (w r)`."""

from __future__ import annotations

import re
from typing import Any

from cnnlint.dims import Dim, may_equal
from cnnlint.facts import Layer, Shape, Tensor
from cnnlint.knowledge.describe import apply, describes, expect, ranked
from cnnlint.knowledge.ops.products import contracted
from cnnlint.knowledge.shapes import elements, expect_size
from cnnlint.values import Undecided, Unknown, is_unknown

#: One axis of a side: the elementary axes it is made of.
Axis = tuple[str, ...]
Sizes = dict[str, Any]


@describes("einops.rearrange")
def rearrange(tensor: Tensor, pattern: Any, **axes_lengths: Any) -> Tensor:
    """Axes in another order, split and merged. A list of tensors is one more axis, the first."""
    return apply(
        "rearrange",
        parts_of(tensor),
        lambda: shaped(pattern, shape_of(tensor), axes_lengths),
        pattern=pattern,
    )


@describes("einops.reduce")
def reduce(tensor: Tensor, pattern: Any, reduction: Any, **axes_lengths: Any) -> Tensor:
    """As `rearrange`; axes that are not on the right are reduced by `reduction`."""
    named = reduction if isinstance(reduction, str) else "reduce"
    return apply(
        named, parts_of(tensor), lambda: shaped(pattern, shape_of(tensor), axes_lengths), pattern=pattern
    )


@describes("einops.repeat")
def repeat(tensor: Tensor, pattern: Any, **axes_lengths: Any) -> Tensor:
    """As `rearrange`; axes that are not on the left are new, of the sizes given."""
    return apply(
        "repeat", parts_of(tensor), lambda: shaped(pattern, shape_of(tensor), axes_lengths), pattern=pattern
    )


@describes("einops.einsum")
def einsum(*tensors_and_pattern: Any) -> Tensor:
    """`torch.einsum` with words for letters, the pattern last."""
    *tensors, pattern = tensors_and_pattern

    def shape() -> Shape:
        if not isinstance(pattern, str):
            raise Undecided("which axes are summed is not known")
        names = dict.fromkeys(re.findall(r"\w+", pattern))
        letters = {name: chr(ord("a") + at) for at, name in enumerate(names)}
        return contracted(re.sub(r"\w+", lambda name: letters[name[0]], pattern), tensors)[0]

    return apply("einsum", tensors, shape, equation=pattern)


class Pattern(Layer):
    """What the layers of einops share."""

    role = "shape"
    pattern: Any
    axes_lengths: Sizes

    def admits(self) -> Shape:
        if not isinstance(self.pattern, str) or "..." in self.pattern:
            return super().admits()
        left = axes_of(self.pattern.partition("->")[0])
        sizes = {name: Dim.symbol(name) for axis in left for name in axis} | self.axes_lengths
        return tuple(elements(size_of(name, sizes) for name in axis) for axis in left)

    def output(self, x: Shape) -> Shape:
        return shaped(self.pattern, x, self.axes_lengths)


@describes("einops.layers.torch.Rearrange")
class Rearrange(Pattern):
    """https://einops.rocks/api/rearrange/"""

    operation = "rearrange"

    def __init__(self, pattern: Any, **axes_lengths: Any) -> None:
        self.pattern, self.axes_lengths = pattern, axes_lengths


@describes("einops.layers.torch.Reduce")
class Reduce(Pattern):
    """https://einops.rocks/api/reduce/"""

    role = "pooling"
    operation = "reduce"

    def __init__(self, pattern: Any, reduction: Any, **axes_lengths: Any) -> None:
        self.pattern, self.reduction, self.axes_lengths = pattern, reduction, axes_lengths


def parts_of(given: Any) -> Any:
    return given if isinstance(given, tuple | list) else (given,)


def shape_of(given: Any) -> Shape:
    """The shape of a tensor, or of several of one shape side by side in a list."""
    if not isinstance(given, tuple | list):
        return given.shape if isinstance(given, Tensor) else Unknown("which tensor is meant is not known")
    if not given or not all(isinstance(tensor, Tensor) for tensor in given):
        raise Undecided("not all tensors are known")
    return (len(given), *ranked(given[0].shape))


def shaped(pattern: Any, x: Shape, lengths: Sizes) -> Shape:
    """The shape that a pattern makes of another."""
    if not isinstance(pattern, str) or pattern.count("->") != 1:
        raise Undecided("the pattern is not known")
    left, right = (axes_of(side) for side in pattern.split("->"))
    axes = ranked(x)
    between = len(axes) - sum(axis != ("...",) for axis in left)
    if ("...",) in left:
        expect(between >= 0, "axes", wants=len(left) - 1, got=len(axes))
        others = [f"...{number}" for number in range(between)]
        left, right = spread(left, others), spread(right, others)
    expect(len(left) == len(axes), "axes", wants=len(left), got=len(axes))
    sizes = {name: size for name, size in lengths.items() if not is_unknown(size)}
    for at, (axis, size) in enumerate(zip(left, axes, strict=True)):
        learn(axis, size, sizes, f"axis {at}")
    return tuple(elements(size_of(name, sizes) for name in axis) for axis in right)


def axes_of(side: str) -> list[Axis]:
    """`b (h w) 1` as (b,), (h, w), (1,). Of `...` in brackets the name says that it is."""
    found = re.findall(r"\(([^()]*)\)|(\S+)", side)
    return [(alone,) if alone else tuple(group.replace("...", "(...)").split()) for group, alone in found]


def spread(side: list[Axis], others: list[str]) -> list[Axis]:
    """A side with names for the axes that `...` stands for: one axis each, or merged inside brackets."""
    made: list[Axis] = []
    for axis in side:
        if axis == ("...",):
            made += [(name,) for name in others]
        else:
            made.append(tuple(each for name in axis for each in (others if name == "(...)" else [name])))
    return made


def learn(axis: Axis, size: Any, sizes: Sizes, called: str) -> None:
    """The size of an axis tells that of the one part of it that is not known."""
    unknown = [name for name in axis if not name.isdigit() and name not in sizes]
    known = elements(size_of(name, sizes) for name in axis if name not in unknown)
    if not unknown:
        expect_size(called, wants=known, got=size)
    elif len(unknown) == 1:
        if known == 1:
            sizes[unknown[0]] = size
        else:
            expect(may_equal(size % known, 0), f"parts of {called}", wants=known, got=size)
            sizes[unknown[0]] = size // known


def size_of(name: str, sizes: Sizes) -> Any:
    return int(name) if name.isdigit() else sizes.get(name, Unknown(f"the size of `{name}` is not known"))
