"""What transforms share: where they are found, and how an image shape [C, H, W] is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from cnnlint.facts import Picture, Shape, Tensor, Transform
from cnnlint.knowledge.describe import Mismatch, apply, describes
from cnnlint.values import Undecided, Unknown, is_unknown, surely

T = TypeVar("T")


def describes_transform(*names: str) -> Callable[[T], T]:
    """Register a class under its names in torchvision.transforms and torchvision.transforms.v2."""
    return describes(
        *(f"torchvision.transforms.{version}{name}" for name in names for version in ("", "v2."))
    )


def transformed(transform: Any, image: Shape) -> Shape:
    """What a transform (None for none) makes of an image shape; Unknown if it is not known or cannot be."""
    if transform is None:
        return image
    if not isinstance(transform, Transform):
        return Unknown("the transform is not known")
    try:
        return transform.output(image)
    except Undecided as undecided:
        return Unknown(undecided.why, undecided.site)
    except Mismatch as mismatch:
        return Unknown(f"the transform cannot process the image: {mismatch}")


def applied(transform: Transform, image: Any) -> Any:
    """What calling a transform on an image gives: a Tensor, or a Picture; Unknown if that is not known."""
    known = isinstance(image, Tensor | Picture)
    shape = transformed(transform, image.shape if known else Unknown("a picture"))
    dtype = image.dtype if isinstance(image, Tensor) else None
    try:
        steps = steps_of(transform)
    except Undecided as undecided:
        return Unknown(undecided.why, undecided.site)
    for step in steps:
        if not isinstance(step, Transform):
            return Unknown("a step of the transform is not known")
        dtype = getattr(step, "makes", dtype)
    if dtype is not None:
        scales = transform.scales if surely(getattr(image, "eight_bit", False)) else False
        made = apply("transform", [image], shape, dtype=dtype, normalizes=transform.normalizes, scales=scales)
        made.graph = False
        return made
    return Picture(shape=shape) if isinstance(image, Picture) else Unknown("a picture")


def applied_by_name(transform: Transform, images: dict[str, Any]) -> dict[str, Any]:
    """What a transform of albumentations makes of `image=` and of the `mask=` that goes with it."""
    followed = {"image": applied, "mask": applied_to_mask}
    return {
        name: followed[name](transform, image)
        if name in followed
        else Unknown(f"the {name} that goes with an image")
        for name, image in images.items()
    }


def applied_to_mask(transform: Transform, mask: Any) -> Any:
    """A mask is moved as its image is and keeps its numbers; a tensor of it has the axes of the array."""
    if not isinstance(mask, Picture) or not mask.array:
        return Unknown("a mask")
    shape = transformed(transform, mask.shape)
    try:
        makers = [step for step in steps_of(transform) if getattr(step, "makes", None) is not None]
    except Undecided as undecided:
        return Unknown(undecided.why, undecided.site)
    moved = replace(mask, shape=shape)
    if not makers:
        return moved
    first = not mask.flat and getattr(makers[-1], "transpose_mask", False)
    if is_unknown(first) or is_unknown(shape):
        return Unknown("the axes of a mask")
    axes = shape if first else moved.laid_out
    made = apply("transform", [], axes, dtype=Unknown("a mask keeps its number type"), highest=mask.highest)
    made.graph = False
    return made


def steps_of(transform: Transform) -> list[Any]:
    """A transform, or the steps that it has. Undecided if they are not known."""
    return list(transform.flat_steps()) if hasattr(transform, "flat_steps") else [transform]


def image_axes(image: Shape) -> tuple[Any, Any, Any]:
    """Channels, height and width of an image, each Unknown where it is not known."""
    if isinstance(image, tuple | list) and len(image) == 3 and image[0] is not Ellipsis:
        channels, height, width = image
        return channels, height, width
    unknown = image if is_unknown(image) else Unknown("the shape of the image is not known")
    return unknown, unknown, unknown


def pair(size: Any) -> tuple[Any, Any]:
    """Height and width from `size`: one number stands for both."""
    if isinstance(size, tuple | list):
        if len(size) in (1, 2):
            return size[0], size[-1]
    elif isinstance(size, int) or is_unknown(size):
        return size, size
    unknown = Unknown("the size is not known")
    return unknown, unknown


class KeepsShape(Transform):
    """A transform that leaves the shape of an image as it is."""

    def output(self, image: Shape) -> Shape:
        return image_axes(image)


class RandomKeepsShape(KeepsShape):
    """A random transform that leaves the shape of an image as it is."""

    random = True
