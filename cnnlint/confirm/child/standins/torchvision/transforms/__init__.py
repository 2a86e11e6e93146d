"""The commonest transforms, for images that are tensors [C, H, W] of bytes, or of floats after ToTensor."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.transforms import functional

__all__ = [
    "AutoAugment", "CenterCrop", "ColorJitter", "Compose", "ConvertImageDtype", "GaussianBlur",
    "Grayscale", "InterpolationMode", "Lambda", "Normalize", "PILToTensor", "Pad",
    "RandAugment", "RandomAffine", "RandomApply", "RandomChoice", "RandomCrop", "RandomErasing",
    "RandomGrayscale", "RandomHorizontalFlip", "RandomPerspective", "RandomResizedCrop",
    "RandomRotation", "RandomVerticalFlip", "Resize", "ToPILImage", "ToTensor",
    "TrivialAugmentWide", "functional",
]  # fmt: skip


class InterpolationMode(Enum):
    """How values between pixels are got."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"


class Compose:
    """One after the other."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, image: Any) -> Any:
        for each in self.transforms:
            image = each(image)
        return image


class Lambda:
    """Any function."""

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        self.lambd = lambd

    def __call__(self, image: Any) -> Any:
        return self.lambd(image)


class ToTensor:
    """Bytes become floats between 0 and 1."""

    def __call__(self, image: Any) -> Tensor:
        return functional.to_tensor(image)


class _Same(nn.Module):
    """Leaves the image as it is: what it would change is no matter for a few steps."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()

    def forward(self, image: Any) -> Any:
        return image


class PILToTensor(_Same):
    """Images are tensors here."""


class ToPILImage(_Same):
    """Images are tensors here."""


class ColorJitter(_Same):
    """Colours stay."""


class RandomRotation(_Same):
    """Nothing is turned."""


class RandomAffine(_Same):
    """Nothing is bent."""


class RandomPerspective(_Same):
    """Nothing is bent."""


class GaussianBlur(_Same):
    """Nothing is blurred."""


class AutoAugment(_Same):
    """Nothing is augmented."""


class RandAugment(_Same):
    """Nothing is augmented."""


class TrivialAugmentWide(_Same):
    """Nothing is augmented."""


class RandomErasing(_Same):
    """Nothing is erased."""


class ConvertImageDtype(nn.Module):
    """To another dtype."""

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, image: Tensor) -> Tensor:
        return functional.to_tensor(image).to(self.dtype)


class Normalize(nn.Module):
    """Less a mean, over a deviation."""

    def __init__(self, mean: Any, std: Any, inplace: bool = False) -> None:
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, image: Tensor) -> Tensor:
        return functional.normalize(image, self.mean, self.std)


class Resize(nn.Module):
    """To a size; to a shorter side where one number is given."""

    def __init__(self, size: Any, *_: Any, **__: Any) -> None:
        super().__init__()
        self.size = size

    def forward(self, image: Tensor) -> Tensor:
        return functional.resize(image, self.size)


class CenterCrop(nn.Module):
    """The middle."""

    def __init__(self, size: Any) -> None:
        super().__init__()
        self.size = size

    def forward(self, image: Tensor) -> Tensor:
        return functional.center_crop(image, self.size)


class Pad(nn.Module):
    """With a border."""

    def __init__(self, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> None:
        super().__init__()
        self.padding, self.fill = padding, fill

    def forward(self, image: Tensor) -> Tensor:
        return functional.pad(image, self.padding, self.fill)


class RandomCrop(nn.Module):
    """Some part, after a border."""

    def __init__(self, size: Any, padding: Any = None, *_: Any, **__: Any) -> None:
        super().__init__()
        self.size, self.padding = functional.pair(size), padding

    def forward(self, image: Tensor) -> Tensor:
        image = functional.pad(image, self.padding) if self.padding else image
        top, left = (
            int(torch.randint(max(0, have - want) + 1, ()))
            for have, want in zip(image.shape[-2:], self.size, strict=True)
        )
        return functional.crop(image, top, left, *self.size)


class RandomResizedCrop(nn.Module):
    """All of it, in another size."""

    def __init__(self, size: Any, *_: Any, **__: Any) -> None:
        super().__init__()
        self.size = functional.pair(size)

    def forward(self, image: Tensor) -> Tensor:
        return functional.resize(image, self.size)


class RandomHorizontalFlip(nn.Module):
    """Left and right, now and then."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, image: Tensor) -> Tensor:
        return image.flip(-1) if torch.rand(()) < self.p else image


class RandomVerticalFlip(RandomHorizontalFlip):
    """Up and down, now and then."""

    def forward(self, image: Tensor) -> Tensor:
        return image.flip(-2) if torch.rand(()) < self.p else image


class Grayscale(nn.Module):
    """Without colours."""

    def __init__(self, num_output_channels: int = 1) -> None:
        super().__init__()
        self.channels = num_output_channels

    def forward(self, image: Tensor) -> Tensor:
        return functional.to_grayscale(image, self.channels)


class RandomGrayscale(_Same):
    """Colours stay."""


class RandomApply:
    """Some transforms, now and then."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], p: float = 0.5) -> None:
        self.transforms, self.p = transforms, p

    def __call__(self, image: Any) -> Any:
        return Compose(self.transforms)(image) if torch.rand(()) < self.p else image


class RandomChoice:
    """One of some transforms."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], p: Any = None) -> None:
        self.transforms = transforms

    def __call__(self, image: Any) -> Any:
        return random.choice(self.transforms)(image)
