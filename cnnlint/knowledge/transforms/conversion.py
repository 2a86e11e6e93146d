"""Transforms that change what an image is: tensor, number type, value range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnnlint.facts import Shape, Transform
from cnnlint.knowledge.describe import expect
from cnnlint.knowledge.transforms.base import KeepsShape, describes_transform, image_axes
from cnnlint.values import Unknown, is_unknown


@describes_transform("ToTensor")
@dataclass(eq=False, repr=False)
class ToTensor(KeepsShape):
    """A picture or array [H, W, C] of 0..255 to a float tensor [C, H, W] of 0..1.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ToTensor.html
    """

    makes = "float32"
    scales = True


@describes_transform("PILToTensor")
@dataclass(eq=False, repr=False)
class PILToTensor(KeepsShape):
    """A picture to a tensor [C, H, W] of the same numbers, 0..255.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.PILToTensor.html
    """

    makes = "uint8"


@describes_transform("ToImage", "ToImageTensor")
@dataclass(eq=False, repr=False)
class ToImage(KeepsShape):
    """A picture, array or tensor to an image tensor [C, H, W] of the same numbers.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToImage.html
    """

    makes = Unknown("an image keeps its number type")


@describes_transform("ToPureTensor")
@dataclass(eq=False, repr=False)
class ToPureTensor(KeepsShape):
    """An image tensor to a plain one.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToPureTensor.html
    """


@describes_transform("ToPILImage")
@dataclass(eq=False, repr=False)
class ToPILImage(KeepsShape):
    """A tensor [C, H, W] or array [H, W, C] to a picture.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ToPILImage.html
    """

    mode: Any = None
    makes = None


@describes_transform("ToDtype")
@dataclass(eq=False, repr=False)
class ToDtype(KeepsShape):
    """To another number type; `scale` also maps the range (0..255 to 0..1).

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToDtype.html
    """

    dtype: Any
    scale: Any = False

    def __post_init__(self) -> None:
        self.makes = number_type(self.dtype)
        self.scales = self.scale


@describes_transform("ConvertImageDtype", "ConvertDtype")
@dataclass(eq=False, repr=False)
class ConvertImageDtype(KeepsShape):
    """To another number type, the range mapped with it.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ConvertImageDtype.html
    """

    dtype: Any = "float32"

    def __post_init__(self) -> None:
        self.makes = number_type(self.dtype)
        self.scales = self.makes if is_unknown(self.makes) else "float" in self.makes


def number_type(dtype: Any) -> Any:
    """`torch.float32` without its 'torch.'; Unknown if it is not known."""
    return dtype.removeprefix("torch.") if isinstance(dtype, str) else Unknown("number type not known")


@describes_transform("Normalize")
@dataclass(eq=False, repr=False)
class Normalize(Transform):
    """Each channel minus its `mean`, divided by its `std`.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Normalize.html
    """

    normalizes = True
    mean: Any
    std: Any
    inplace: Any = False

    def output(self, image: Shape) -> Shape:
        channels, height, width = image_axes(image)
        for numbers in (self.mean, self.std):
            if isinstance(numbers, tuple | list) and len(numbers) != 1:
                expect(channels == len(numbers), "channels", wants=len(numbers), got=channels)
        return channels, height, width


@describes_transform("LinearTransformation")
@dataclass(eq=False, repr=False)
class LinearTransformation(KeepsShape):
    """The flattened image minus a mean, times a matrix (whitening).

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.LinearTransformation.html
    """

    transformation_matrix: Any
    mean_vector: Any


@describes_transform("Identity")
@dataclass(eq=False, repr=False)
class Identity(KeepsShape):
    """The image as it is.

    https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Identity.html
    """
