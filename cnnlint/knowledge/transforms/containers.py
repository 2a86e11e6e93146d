"""Transforms made of transforms: Compose, RandomApply, RandomChoice, RandomOrder, Lambda."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cnnlint.facts import Shape, Transform
from cnnlint.knowledge.transforms.base import describes_transform, image_axes, transformed
from cnnlint.values import Unknown, is_unknown, surely


class OfTransforms(Transform):
    """A transform with steps. `steps` are the transforms, Unknown where they are not known."""

    transforms: Any = ()

    @property
    def steps(self) -> Any:
        if isinstance(self.transforms, tuple | list):
            return tuple(self.transforms)
        return Unknown("the steps of the transform are not known")

    def flat_steps(self) -> Iterator[Any]:
        """The steps in order, those inside steps included. Undecided if they are not known."""
        for step in self.steps:
            if isinstance(step, OfTransforms):
                yield from step.flat_steps()
            else:
                yield step


@describes_transform("Compose")
@dataclass(eq=False, repr=False)
class Compose(OfTransforms):
    """One transform after another.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Compose.html
    """

    transforms: Any

    def __post_init__(self) -> None:
        self.random = any_step(self.steps, "random")
        self.normalizes = any_step(self.steps, "normalizes")
        self.scales = any_step(self.steps, "scales")

    def output(self, image: Shape) -> Shape:
        for step in self.steps:
            image = step.output(image) if isinstance(step, Transform) else Unknown("a step is not known")
        return image


@describes_transform("RandomApply")
@dataclass(eq=False, repr=False)
class RandomApply(OfTransforms):
    """All of the transforms, or none of them.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomApply.html
    """

    random = True
    transforms: Any
    p: Any = 0.5

    def output(self, image: Shape) -> Shape:
        return agreement([image_axes(image), Compose(self.transforms).output(image)])


@describes_transform("RandomChoice")
@dataclass(eq=False, repr=False)
class RandomChoice(OfTransforms):
    """One of the transforms.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomChoice.html
    """

    random = True
    transforms: Any
    p: Any = None

    def output(self, image: Shape) -> Shape:
        return agreement([transformed(step, image) for step in self.steps])


@describes_transform("RandomOrder")
@dataclass(eq=False, repr=False)
class RandomOrder(OfTransforms):
    """All of the transforms, in any order.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomOrder.html
    """

    random = True
    transforms: Any

    def output(self, image: Shape) -> Shape:
        steps = list(self.steps)
        return agreement([Compose(steps).output(image), Compose(steps[::-1]).output(image)])


@describes_transform("Lambda")
@dataclass(eq=False, repr=False)
class Lambda(Transform):
    """A function of the author's own.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Lambda.html
    """

    random = Unknown("what the function of a Lambda transform does is not known")
    makes = None
    lambd: Any

    def output(self, image: Shape) -> Shape:
        return Unknown("what the function of a Lambda transform returns is not known")


def any_step(steps: Any, does: str) -> Any:
    """Whether any of the steps `does` something: is 'random', 'normalizes' or 'scales'."""
    if is_unknown(steps):
        return steps
    answers = [
        getattr(step, does)
        if isinstance(step, Transform)
        else Unknown("a step of the transform is not known")
        for step in steps
    ]
    if any(surely(answer) for answer in answers):
        return True
    return next((answer for answer in answers if is_unknown(answer)), False)


def agreement(shapes: list[Shape]) -> Shape:
    """The shape that all of these have, each axis Unknown where they differ."""
    axes = zip(*(image_axes(shape) for shape in shapes), strict=True)
    unknown = Unknown("the shape differs from draw to draw")
    return (
        tuple(sizes[0] if all(surely(size == sizes[0]) for size in sizes) else unknown for sizes in axes)
        or (unknown,) * 3
    )
