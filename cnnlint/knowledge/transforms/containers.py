"""Transforms made of transforms: Compose, RandomApply, RandomChoice, RandomOrder, Lambda."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

from cnnlint.facts import Picture, Shape, Tensor, Transform, any_image
from cnnlint.knowledge.describe import Mismatch
from cnnlint.knowledge.transforms.base import describes_transform, image_axes, kind_of
from cnnlint.records import record
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

    def reordered(self, steps: Any) -> OfTransforms:
        """The same of other steps."""
        other = copy(self)
        other.transforms = steps
        return other

    def ways(self, image: Any) -> list[Any]:
        """What it may make of an image."""
        return [any_image()]

    def output(self, image: Shape) -> Shape:
        return self.after(any_image(image)).shape

    def after(self, image: Any) -> Any:
        return agreement(self.ways(image))

    def stages(self, image: Any) -> Iterator[tuple[Transform, Any]]:
        for step in self.steps:
            if isinstance(step, Transform):
                yield from step.stages(image)


@describes_transform("Compose")
@record
class Compose(OfTransforms):
    """One transform after another.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Compose.html
    """

    transforms: Any

    def __post_init__(self) -> None:
        self.random = any_step(self.steps, "random")
        self.displaces = any_step(self.steps, "displaces")
        self.normalizes = any_step(self.steps, "normalizes")
        self.scales = any_step(self.steps, "scales")

    def after(self, image: Any) -> Any:
        for step in self.steps:
            image = result_of(step, image)
        return image

    def stages(self, image: Any) -> Iterator[tuple[Transform, Any]]:
        for step in self.steps:
            if isinstance(step, Transform):
                yield from step.stages(image)
            try:
                image = result_of(step, image)
            except Mismatch:
                return


def result_of(step: Any, image: Any) -> Any:
    """What a step makes of an image; any image if it is not known."""
    return step.after(image) if isinstance(step, Transform) else any_image()


@describes_transform("RandomApply")
@record
class RandomApply(OfTransforms):
    """All of the transforms, or none of them.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomApply.html
    """

    random = True
    transforms: Any
    p: Any = 0.5

    def __post_init__(self) -> None:
        self.displaces = any_step(self.steps, "displaces")

    def ways(self, image: Any) -> list[Any]:
        return [image, Compose(self.transforms).after(image)]


@describes_transform("RandomChoice")
@record
class RandomChoice(OfTransforms):
    """One of the transforms.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomChoice.html
    """

    random = True
    transforms: Any
    p: Any = None

    def __post_init__(self) -> None:
        self.displaces = any_step(self.steps, "displaces")

    def ways(self, image: Any) -> list[Any]:
        return [result_of(step, image) for step in self.steps]


@describes_transform("RandomOrder")
@record
class RandomOrder(OfTransforms):
    """All of the transforms, in any order.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomOrder.html
    """

    random = True
    transforms: Any

    def __post_init__(self) -> None:
        self.displaces = any_step(self.steps, "displaces")

    def ways(self, image: Any) -> list[Any]:
        steps = list(self.steps)
        return [Compose(steps).after(image), Compose(steps[::-1]).after(image)]


@describes_transform("Lambda")
@record
class Lambda(Transform):
    """A function of the author's own.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Lambda.html
    """

    random = displaces = normalizes = scales = Unknown("what the function of a Lambda transform does")
    lambd: Callable[..., Any]

    def output(self, image: Shape) -> Shape:
        return self.after(any_image(image)).shape

    def after(self, image: Any) -> Any:
        made = self.follow(image) if self.follow else None
        return made if isinstance(made, Picture | Tensor) else any_image()


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


def agreement(images: list[Any]) -> Any:
    """An image of which is known what all of these have in common, each axis apart."""
    unknown = Unknown("it differs from draw to draw")

    def common(values: list[Any]) -> Any:
        return values[0] if values and all(surely(value == values[0]) for value in values) else unknown

    axes = zip(*(image_axes(image.shape) for image in images), strict=True)
    shape = tuple(common(list(sizes)) for sizes in axes) or (unknown,) * 3
    kinds = {kind_of(image) for image in images}
    dtype, bounds = (common([getattr(image, name) for image in images]) for name in ("dtype", "bounds"))
    if kinds == {"tensor"}:
        return Tensor(shape=shape, dtype=dtype, graph=False, held=bounds)
    if len(kinds) == 1:
        return Picture(shape, dtype, bounds, images[0].array, images[0].flat)
    return any_image(shape)
