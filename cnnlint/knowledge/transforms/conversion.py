"""Transforms that change what an image is: tensor, number type, value range."""

from __future__ import annotations

from typing import Any, ClassVar

from cnnlint.facts import BYTES, Bounds, Picture, Refusal, Shape, Tensor, between, combined
from cnnlint.knowledge.describe import describes, expect
from cnnlint.knowledge.ops.made import dtype_named
from cnnlint.knowledge.transforms.base import (
    KeepsShape,
    OfTensors,
    describes_transform,
    image_axes,
    kind_of,
    said,
)
from cnnlint.records import record
from cnnlint.values import Unknown, surely


class MakesTensor(KeepsShape):
    """A transform whose result is a tensor, of the dtype `makes`."""

    takes_tensors: ClassVar[bool] = True
    makes: Any

    def after(self, image: Any) -> Any:
        shape, bounds = self.output(image.shape), self.kept(image)
        return Tensor(shape=shape, dtype=self.made(image), graph=False, held=bounds)

    def made(self, image: Any) -> Any:
        """The dtype of the result."""
        return self.makes

    def refuses(self, image: Any) -> Refusal | None:
        if kind_of(image) == "tensor" and not self.takes_tensors and not self.newer:
            return Refusal("a PIL image or array", said(image))
        return None


@describes_transform("ToTensor")
@record
class ToTensor(MakesTensor):
    """A picture or array [H, W, C] of 0..255 to a float tensor [C, H, W] of 0..1; an array that does not hold
    bytes keeps its numbers.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ToTensor.html
    """

    takes_tensors = False
    makes = "float32"
    scales = True

    def made(self, image: Any) -> Any:
        if kind_of(image) != "array" or surely(image.dtype == "uint8"):
            return self.makes
        return image.dtype

    def kept(self, image: Any) -> Bounds:
        kind = kind_of(image)
        if kind in ("array", "picture") and surely(image.dtype == "uint8"):
            return combined("div", image.bounds, BYTES[1])
        return (
            image.bounds if kind == "array" and isinstance(image.dtype, str) else Unknown("how it is stored")
        )


@describes_transform("PILToTensor")
@record
class PILToTensor(MakesTensor):
    """A picture to a tensor [C, H, W] of the same numbers, 0..255.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.PILToTensor.html
    """

    takes_tensors = False
    makes = "uint8"


@describes_transform("ToImage", "ToImageTensor")
@record
class ToImage(MakesTensor):
    """A picture, array or tensor to an image tensor [C, H, W] of the same numbers.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToImage.html
    """

    def made(self, image: Any) -> Any:
        return image.dtype


@describes_transform("ToPureTensor")
@record
class ToPureTensor(KeepsShape):
    """An image tensor to a plain one.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToPureTensor.html
    """


@describes_transform("ToPILImage")
@record
class ToPILImage(KeepsShape):
    """A tensor [C, H, W] or array [H, W, C] to a picture.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ToPILImage.html
    """

    mode: Any = None

    def after(self, image: Any) -> Any:
        unknown = Unknown("how the picture is stored is not known")
        bytes_given = (
            surely(image.dtype == "uint8") or surely(image.bounds == (0, 1)) and kind_of(image) == "tensor"
        )
        stored = ("uint8", BYTES) if bytes_given else (unknown, unknown)
        return Picture(self.output(image.shape), *stored)


@describes_transform("ToDtype")
@record
class ToDtype(KeepsShape):
    """To another number type; `scale` also maps the range (0..255 to 0..1). A picture stays as it is.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToDtype.html
    """

    dtype: Any
    scale: Any = False

    def __post_init__(self) -> None:
        self.scales = self.scale

    def after(self, image: Any) -> Any:
        if kind_of(image) != "tensor":
            return super().after(image)
        return Tensor(shape=image.shape, dtype=dtype_named(self.dtype), graph=False, held=self.kept(image))

    def kept(self, image: Any) -> Bounds:
        if self.scale == False:  # noqa: E712 - may be Unknown
            return image.bounds
        return scaled(image, dtype_named(self.dtype))


@describes_transform("ConvertImageDtype", "ConvertDtype")
@record
class ConvertImageDtype(OfTensors):
    """To another number type, the range mapped with it.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ConvertImageDtype.html
    """

    dtype: Any = "float32"

    def __post_init__(self) -> None:
        dtype = dtype_named(self.dtype)
        self.scales = "float" in dtype if isinstance(dtype, str) else dtype

    def after(self, image: Any) -> Any:
        made = super().after(image)
        made.dtype = dtype_named(self.dtype)
        return made

    def kept(self, image: Any) -> Bounds:
        return scaled(image, dtype_named(self.dtype))


def scaled(image: Any, dtype: Any) -> Bounds:
    """The bounds after a conversion that maps bytes to 0..1 and back."""
    known = isinstance(image.dtype, str) and isinstance(dtype, str)
    pair = (image.dtype == "uint8", dtype == "uint8") if known else ()
    if pair and pair[0] == pair[1] and ("float" in dtype) == ("float" in image.dtype):
        return image.bounds
    if pair == (True, False) and "float" in dtype:
        return combined("div", image.bounds, BYTES[1])
    if pair == (False, True) and "float" in image.dtype:
        return combined("mul", image.bounds, BYTES[1])
    return Unknown("how the range is mapped is not known")


@describes_transform("Normalize")
@record
class Normalize(OfTensors):
    """Each channel minus its `mean`, divided by its `std`.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Normalize.html
    """

    normalizes = True
    takes = "a float tensor"
    mean: Any
    std: Any
    inplace: Any = False

    def output(self, image: Shape) -> Shape:
        channels, height, width = image_axes(image)
        for count in self.counts:
            expect(self.fits(count, channels), "channels", wants=count, got=channels)
        spread = max([*self.counts, 1]) if self.newer and surely(channels == 1) else channels
        return spread, height, width

    @property
    def counts(self) -> list[int]:
        """For how many channels there are means and deviations."""
        return [len(each) for each in (self.mean, self.std) if isinstance(each, tuple | list)]

    def fits(self, count: int, channels: Any) -> Any:
        """Whether so many means or deviations can be taken for so many channels: torch broadcasts one."""
        return count == 1 or (True if self.newer and surely(channels == 1) else channels == count)

    def kept(self, image: Any) -> Bounds:
        moved = combined("sub", image.bounds, self.mean)
        return combined("div", moved, self.std)

    def refuses(self, image: Any) -> Refusal | None:
        channels = image_axes(image.shape)[0]
        kind = kind_of(image)
        if kind == "picture" or kind == "tensor" and surely(image.dtype == "uint8"):
            return Refusal(self.takes, said(image))
        for count in self.counts:
            if surely(self.fits(count, channels) == False):  # noqa: E712 - may be Unknown
                return Refusal(f"{count} channels", f"{channels}")
        return super().refuses(image) or other_range(image.bounds, self.mean, self.std)


def other_range(bounds: Bounds, mean: Any, std: Any) -> Refusal | None:
    """The range that mean and deviation are meant for, where an image surely has another."""
    means, deviations = between(mean), between(std)
    if any(isinstance(each, Unknown) for each in (bounds, means, deviations)):
        return None
    if means[1] <= 1 and deviations[1] <= 1 and bounds[1] > 100:
        return Refusal("values of 0 to 1", f"{bounds[0]:.3g} to {bounds[1]:.3g}", raises=False)
    if means[1] > 2 and bounds[1] <= 1:
        return Refusal("values of 0 to 255", f"{bounds[0]:.3g} to {bounds[1]:.3g}", raises=False)
    return None


@describes_transform("LinearTransformation")
@record
class LinearTransformation(OfTensors):
    """The flattened image minus a mean, times a matrix (whitening).

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.LinearTransformation.html
    """

    transformation_matrix: Any
    mean_vector: Any

    def kept(self, image: Any) -> Bounds:
        return Unknown("what the matrix makes of it is not known")


@describes_transform("Identity")
@record
class Identity(KeepsShape):
    """The image as it is.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Identity.html
    """


@describes("torchvision.transforms._presets.ImageClassification")
@record
class ImageClassification(MakesTensor):
    """What pretrained weights bring along, as `weights.transforms()`: resized, cropped, scaled, normalised.

    https://docs.pytorch.org/vision/stable/models.html#using-the-pre-trained-models
    """

    normalizes = True
    makes = "float32"
    crop_size: Any = None
    resize_size: Any = 256
    mean: Any = (0.485, 0.456, 0.406)
    std: Any = (0.229, 0.224, 0.225)
    interpolation: Any = "bilinear"
    antialias: Any = True

    def output(self, image: Shape) -> Shape:
        side = Unknown("the weights decide") if self.crop_size is None else self.crop_size
        return image_axes(image)[0], side, side

    def kept(self, image: Any) -> Bounds:
        return combined("div", combined("sub", (0, 1), self.mean), self.std)
