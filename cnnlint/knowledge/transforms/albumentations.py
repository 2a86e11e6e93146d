"""The transforms of albumentations: called with `image=`, they give a dict.

https://albumentations.ai/docs/api-reference/augmentations/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from cnnlint.facts import BYTES, Bounds, Refusal, Shape, Tensor, Transform, combined
from cnnlint.knowledge.describe import describes
from cnnlint.knowledge.transforms import containers
from cnnlint.knowledge.transforms.base import KeepsShape, RandomKeepsShape, image_axes, kind_of, said
from cnnlint.values import Unknown, is_unknown, surely

T = TypeVar("T")

#: Random transforms that keep the size of the image.
KEEPING = (
    "HorizontalFlip VerticalFlip Flip Rotate ShiftScaleRotate SafeRotate Affine Perspective "
    "ElasticTransform GridDistortion OpticalDistortion Blur MotionBlur MedianBlur GaussianBlur Defocus "
    "GaussNoise ISONoise MultiplicativeNoise ColorJitter RandomBrightnessContrast RandomBrightness "
    "RandomContrast HueSaturationValue RGBShift ChannelShuffle ChannelDropout RandomGamma CLAHE Equalize "
    "Posterize Solarize InvertImg Sharpen Emboss ImageCompression CoarseDropout Cutout GridDropout "
    "RandomFog RandomRain RandomSnow RandomShadow RandomSunFlare Downscale Superpixels ToSepia FancyPCA "
    "PixelDropout RandomToneCurve RandomGridShuffle"
).split()


def describes_albumentation(*names: str) -> Callable[[T], T]:
    """Register a class under its names in albumentations."""
    return describes(*(f"albumentations.{name}" for name in names))


class Albumentation(Transform):
    """What all transforms of albumentations share."""

    by_name = True

    def __init__(self, *options: Any, **named: Any) -> None:
        super().__init__()


@describes_albumentation("Compose", "Sequential", "ReplayCompose")
class Compose(containers.Compose):
    """One transform after another. A random size is not known."""

    by_name = True

    def __init__(self, transforms: Any, *options: Any, **named: Any) -> None:
        super().__init__(transforms)


@describes_albumentation("OneOf", "SomeOf")
class OneOf(containers.RandomChoice):
    """One of the transforms, or some of them."""

    by_name = True

    def __init__(self, transforms: Any, *options: Any, **named: Any) -> None:
        super().__init__(transforms)


@describes_albumentation("Resize", "CenterCrop", "RandomCrop")
class Sized(Albumentation):
    """To `height` and `width`; with a probability below 1 the size is that of the image or this one."""

    def __init__(self, height: Any, width: Any, *options: Any, **named: Any) -> None:
        self.height, self.width = height, width
        self.p = named.get("p", 1)

    def output(self, image: Shape) -> Shape:
        channels = image_axes(image)[0]
        if not surely(self.p == 1):
            unknown = Unknown("the transform is applied to some images only")
            return channels, unknown, unknown
        return channels, self.height, self.width


@describes_albumentation("RandomResizedCrop", "RandomSizedCrop")
class RandomSized(Sized):
    """A part of the image scaled to `size`, or in older versions to `height` and `width`."""

    random = True

    def __init__(self, *sizes: Any, **named: Any) -> None:
        size = named.get("size", sizes[0] if sizes and isinstance(sizes[0], tuple | list) else None)
        height, width = size if isinstance(size, tuple | list) and len(size) == 2 else (None, None)
        numbers = [each for each in sizes if isinstance(each, int)]
        if height is None and len(numbers) >= 2:
            height, width = numbers[:2]
        unknown = Unknown("the size of the crop is not known")
        height = named.get("height", unknown if height is None else height)
        width = named.get("width", unknown if width is None else width)
        super().__init__(height, width, p=named.get("p", 1))


@describes_albumentation(
    "SmallestMaxSize",
    "LongestMaxSize",
    "PadIfNeeded",
    "RandomScale",
    "Crop",
    "CropAndPad",
    "RandomSizedBBoxSafeCrop",
)
class AnySize(Albumentation):
    """The size of the result depends on the image."""

    random = Unknown("whether this draws at random is not known")

    def output(self, image: Shape) -> Shape:
        unknown = Unknown(f"the size that {self.kind} returns depends on the image")
        return image_axes(image)[0], unknown, unknown


@describes_albumentation("Transpose", "RandomRotate90", "D4")
class Turned(Albumentation):
    """The image on its side or not: the same size where it is square."""

    random = True

    def output(self, image: Shape) -> Shape:
        channels, height, width = image_axes(image)
        if surely(height == width):
            return channels, height, width
        unknown = Unknown("height and width may change places")
        return channels, unknown, unknown


@describes_albumentation("FromFloat", "NoOp")
class Values(Albumentation, KeepsShape):
    """Perhaps other values in the same places."""

    def kept(self, image: Any) -> Bounds:
        return Unknown("its values are not followed")


@describes_albumentation("ToFloat")
class ToFloat(Values):
    """Bytes to 0..1."""

    def after(self, image: Any) -> Any:
        return as_floats(super().after(image))

    def kept(self, image: Any) -> Bounds:
        return (
            combined("div", image.bounds, BYTES[1]) if surely(image.dtype == "uint8") else super().kept(image)
        )


@describes_albumentation("Normalize")
class Normalize(Values):
    """Each channel divided by `max_pixel_value`, minus its `mean`, divided by its `std`."""

    normalizes = True

    def __init__(
        self,
        mean: Any = (0.485, 0.456, 0.406),
        std: Any = (0.229, 0.224, 0.225),
        max_pixel_value: Any = 255.0,
        *options: Any,
        normalization: Any = "standard",
        **named: Any,
    ) -> None:
        self.mean, self.std, self.max_pixel_value = mean, std, max_pixel_value
        self.standard = normalization == "standard"

    def after(self, image: Any) -> Any:
        return as_floats(super().after(image))

    def kept(self, image: Any) -> Bounds:
        if not surely(self.standard):
            return super().kept(image)
        moved = combined("sub", combined("div", image.bounds, self.max_pixel_value), self.mean)
        return combined("div", moved, self.std)

    def refuses(self, image: Any) -> Refusal | None:
        if kind_of(image) == "tensor":
            return Refusal("a NumPy array", said(image))
        full, bounds = self.max_pixel_value, image.bounds
        if surely(self.standard) and isinstance(full, int | float) and isinstance(bounds, tuple):
            if (full > 100) != (bounds[1] > 1):
                got = f"{bounds[0]:.3g} to {bounds[1]:.3g}"
                return Refusal(f"values of 0 to {full:.3g}", got, raises=False)
        return None


def as_floats(image: Any) -> Any:
    image.dtype = "float32"
    return image


@describes_albumentation("ToGray")
class ToGray(Values):
    """Grey in as many channels as before."""

    random = True


@describes_albumentation("pytorch.ToTensorV2", "pytorch.transforms.ToTensorV2", "ToTensorV2")
class ToTensorV2(Albumentation, KeepsShape):
    """An array [H, W, C] to a tensor [C, H, W] of the same numbers."""

    def after(self, image: Any) -> Any:
        return Tensor(shape=self.output(image.shape), dtype=image.dtype, graph=False, held=image.bounds)

    def __init__(self, transpose_mask: Any = False, *options: Any, **named: Any) -> None:
        super().__init__()
        self.transpose_mask = transpose_mask


def _keeping(name: str) -> None:
    def build(self: Transform, *options: Any, **named: Any) -> None:
        p = named.get("p", 0.5)
        self.random = p if is_unknown(p) else p != 0

    members = {
        "by_name": True,
        "__init__": build,
        "__module__": __name__,
        "__doc__": "The size stays as it is.",
    }
    describes_albumentation(name)(type(name, (RandomKeepsShape,), members))


for _name in KEEPING:
    _keeping(_name)
