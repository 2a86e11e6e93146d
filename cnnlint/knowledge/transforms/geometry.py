"""Transforms that move, cut or scale an image."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Shape, Transform, any_image
from cnnlint.knowledge.transforms.base import (
    OfTensors,
    RandomKeepsShape,
    describes_transform,
    image_axes,
    pair,
)
from cnnlint.records import record
from cnnlint.values import Unknown, surely


class Cut(Transform):
    """A transform whose result is of `size`, whatever the image."""

    size: Any

    def output(self, image: Shape) -> Shape:
        return (image_axes(image)[0], *pair(self.size))


class AnySize(Transform):
    """A transform whose result is of another size each time."""

    random = displaces = True

    def output(self, image: Shape) -> Shape:
        unknown = Unknown(f"the size that {self.kind} returns is drawn at random")
        return image_axes(image)[0], unknown, unknown


@describes_transform("Resize", "Scale")
@record
class Resize(Transform):
    """To `size`: height and width, or one number for the shorter side, the other in proportion.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Resize.html
    """

    size: Any
    interpolation: Any = "bilinear"
    max_size: Any = None
    antialias: Any = True

    def output(self, image: Shape) -> Shape:
        channels, height, width = image_axes(image)
        size = self.size
        if isinstance(size, tuple | list) and len(size) == 1:
            size = size[0]
        if not isinstance(size, int):
            return (channels, *self.exact(size))
        if self.max_size is None and surely(height == width):
            return channels, size, size
        if self.max_size is None and isinstance(height, int) and isinstance(width, int):
            return (channels, *in_proportion(height, width, shorter=size))
        unknown = Unknown("the longer side depends on the image")
        return channels, unknown, unknown

    def exact(self, size: Any) -> tuple[Any, Any]:
        """Height and width where both are given."""
        if isinstance(size, tuple | list):
            return pair(size)
        unknown = Unknown("the size is not known")
        return unknown, unknown


def in_proportion(height: int, width: int, *, shorter: int) -> tuple[int, int]:
    """Height and width scaled so that the shorter side is `shorter`."""
    if height <= width:
        return shorter, int(shorter * width / height)
    return int(shorter * height / width), shorter


@describes_transform("CenterCrop")
@record
class CenterCrop(Cut):
    """The middle of the image, padded if it is smaller.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.CenterCrop.html
    """

    size: Any


@describes_transform("RandomCrop")
@record
class RandomCrop(Cut):
    """A part of the image, padded before if asked.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomCrop.html
    """

    random = displaces = True
    size: Any
    padding: Any = None
    pad_if_needed: Any = False
    fill: Any = 0
    padding_mode: Any = "constant"


@describes_transform("RandomResizedCrop", "RandomSizedCrop")
@record
class RandomResizedCrop(Cut):
    """A part of the image of any area and proportion, scaled to `size`.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomResizedCrop.html
    """

    random = displaces = True
    size: Any
    scale: Any = (0.08, 1.0)
    ratio: Any = (3 / 4, 4 / 3)
    interpolation: Any = "bilinear"
    antialias: Any = True


@describes_transform("FiveCrop")
@record
class FiveCrop(Transform):
    """The corners and the middle of the image: five images.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.FiveCrop.html
    """

    size: Any

    def after(self, image: Any) -> Any:
        return any_image()


@describes_transform("TenCrop")
@record
class TenCrop(Transform):
    """The corners and the middle of the image and of its mirror image: ten images.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.TenCrop.html
    """

    size: Any
    vertical_flip: Any = False

    def after(self, image: Any) -> Any:
        return any_image()


@describes_transform("Pad")
@record
class Pad(Transform):
    """A border: one number for all sides, (left and right, top and bottom), or left, top, right, bottom.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Pad.html
    """

    padding: Any
    fill: Any = 0
    padding_mode: Any = "constant"

    def output(self, image: Shape) -> Shape:
        channels, height, width = image_axes(image)
        left, top, right, bottom = borders(self.padding)
        return channels, height + top + bottom, width + left + right


def borders(padding: Any) -> tuple[Any, Any, Any, Any]:
    """Left, top, right and bottom from `padding` as Pad takes it."""
    if isinstance(padding, tuple | list) and len(padding) == 4:
        left, top, right, bottom = padding
        return left, top, right, bottom
    across, down = pair(padding)
    return across, down, across, down


class Flip(RandomKeepsShape):
    """An image turned over: with probability 1 it always is, and chance has no part in it."""

    displaces: Any = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if surely(getattr(self, "p", 0.5) == 1):
            self.random = False
        self.displaces = self.random


@describes_transform("RandomHorizontalFlip")
@record
class RandomHorizontalFlip(Flip):
    """Left and right changed with probability `p`.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomHorizontalFlip.html
    """

    p: Any = 0.5


@describes_transform("RandomVerticalFlip")
@record
class RandomVerticalFlip(Flip):
    """Top and bottom changed with probability `p`.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomVerticalFlip.html
    """

    p: Any = 0.5


@describes_transform("RandomRotation")
@record
class RandomRotation(RandomKeepsShape):
    """Turned by up to `degrees`; `expand` makes the image large enough to hold all of it.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomRotation.html
    """

    displaces = True
    degrees: Any
    interpolation: Any = "nearest"
    expand: Any = False
    center: Any = None
    fill: Any = 0

    def output(self, image: Shape) -> Shape:
        channels, height, width = image_axes(image)
        if surely(self.expand == False):  # noqa: E712 - `not` would ask an Unknown for its truth
            return channels, height, width
        unknown = Unknown("the size of a turned image depends on the angle")
        return channels, unknown, unknown


@describes_transform("RandomAffine")
@record
class RandomAffine(RandomKeepsShape):
    """Turned, moved, scaled and sheared.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomAffine.html
    """

    displaces = True
    degrees: Any
    translate: Any = None
    scale: Any = None
    shear: Any = None
    interpolation: Any = "nearest"
    fill: Any = 0
    center: Any = None


@describes_transform("RandomPerspective")
@record
class RandomPerspective(RandomKeepsShape):
    """Seen from another side.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomPerspective.html
    """

    displaces = True
    distortion_scale: Any = 0.5
    p: Any = 0.5
    interpolation: Any = "bilinear"
    fill: Any = 0


@describes_transform("ElasticTransform")
@record
class ElasticTransform(RandomKeepsShape):
    """Pixels moved by smooth random fields.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ElasticTransform.html
    """

    displaces = True
    alpha: Any = 50.0
    sigma: Any = 5.0
    interpolation: Any = "bilinear"
    fill: Any = 0


@describes_transform("RandomErasing")
@record
class RandomErasing(OfTensors):
    """A rectangle of the image overwritten.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomErasing.html
    """

    random = True
    p: Any = 0.5
    scale: Any = (0.02, 0.33)
    ratio: Any = (0.3, 3.3)
    value: Any = 0
    inplace: Any = False


@describes_transform("RandomZoomOut")
@record
class RandomZoomOut(AnySize):
    """The image on a larger canvas.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomZoomOut.html
    """

    fill: Any = 0
    side_range: Any = (1.0, 4.0)
    p: Any = 0.5


@describes_transform("RandomResize")
@record
class RandomResize(AnySize):
    """The shorter side to a size between the two.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomResize.html
    """

    min_size: Any
    max_size: Any
    interpolation: Any = "bilinear"
    antialias: Any = True


@describes_transform("RandomShortestSize")
@record
class RandomShortestSize(AnySize):
    """The shorter side to one of several sizes.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomShortestSize.html
    """

    min_size: Any
    max_size: Any = None
    interpolation: Any = "bilinear"
    antialias: Any = True


@describes_transform("ScaleJitter")
@record
class ScaleJitter(AnySize):
    """Scaled to a random part of `target_size`.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ScaleJitter.html
    """

    target_size: Any
    scale_range: Any = (0.1, 2.0)
    interpolation: Any = "bilinear"
    antialias: Any = True
