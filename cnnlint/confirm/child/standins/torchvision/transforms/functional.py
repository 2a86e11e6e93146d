"""What transforms do, on tensors [..., H, W]."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

__all__ = [
    "center_crop",
    "crop",
    "hflip",
    "normalize",
    "pad",
    "pair",
    "resize",
    "to_grayscale",
    "to_tensor",
    "vflip",
]


def pair(size: Any) -> tuple[int, int]:
    """Height and width."""
    if isinstance(size, int):
        return size, size
    return (int(size[0]), int(size[-1]))


def to_tensor(image: Any) -> Tensor:
    """Floats between 0 and 1; an array [H, W, C] becomes [C, H, W]."""
    if not isinstance(image, Tensor):
        image = torch.as_tensor(image)
        image = image.permute(2, 0, 1) if image.dim() == 3 else image.unsqueeze(0)
    return image.float() / 255 if image.dtype == torch.uint8 else image


def normalize(image: Tensor, mean: Any, std: Any, inplace: bool = False) -> Tensor:
    """Less a mean, over a deviation, channel by channel."""
    if not image.is_floating_point():
        raise TypeError(f"Input tensor should be a float tensor. Got {image.dtype}.")
    means, deviations = (torch.as_tensor(each, dtype=image.dtype).view(-1, 1, 1) for each in (mean, std))
    return (image - means) / deviations


def resize(image: Tensor, size: Any, *_: Any, **__: Any) -> Tensor:
    """To a size; to a shorter side where one number is given."""
    height, width = image.shape[-2:]
    if isinstance(size, int) or len(size) == 1:
        short = size if isinstance(size, int) else size[0]
        wanted = (short, short * width // height) if height < width else (short * height // width, short)
    else:
        wanted = pair(size)
    resized = functional.interpolate(image[None].float(), wanted, mode="bilinear", align_corners=False)[0]
    return resized.round().to(image.dtype) if not image.is_floating_point() else resized


def crop(image: Tensor, top: int, left: int, height: int, width: int) -> Tensor:
    """A part."""
    return image[..., top : top + height, left : left + width]


def center_crop(image: Tensor, size: Any) -> Tensor:
    """The middle, with a border where it is too small."""
    height, width = pair(size)
    missing = [max(0, want - have) for want, have in zip((height, width), image.shape[-2:], strict=True)]
    if any(missing):
        image = pad(image, [(missing[1] + 1) // 2, (missing[0] + 1) // 2])
    top, left = (image.shape[-2] - height) // 2, (image.shape[-1] - width) // 2
    return crop(image, top, left, height, width)


def pad(image: Tensor, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> Tensor:
    """With a border: of one width, or left and top, or left, top, right and bottom."""
    sides = [padding] * 4 if isinstance(padding, int) else list(padding)
    left, top, right, bottom = sides * (4 // len(sides))
    return functional.pad(
        image, (left, right, top, bottom), value=float(fill if isinstance(fill, (int, float)) else 0)
    )


def hflip(image: Tensor) -> Tensor:
    """Left and right."""
    return image.flip(-1)


def vflip(image: Tensor) -> Tensor:
    """Up and down."""
    return image.flip(-2)


def to_grayscale(image: Tensor, num_output_channels: int = 1) -> Tensor:
    """Without colours."""
    grey = image.float().mean(-3, keepdim=True).to(image.dtype)
    return grey.expand(*grey.shape[:-3], num_output_channels, *grey.shape[-2:])
