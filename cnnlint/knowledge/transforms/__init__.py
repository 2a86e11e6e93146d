"""The transforms of torchvision, both versions: their arguments, and image shapes [C, H, W] through them."""

from cnnlint.knowledge.transforms import albumentations, color, containers, conversion, functional, geometry
from cnnlint.knowledge.transforms.base import applied, applied_by_name, transformed
from cnnlint.knowledge.transforms.containers import Compose

__all__ = [
    "Compose",
    "albumentations",
    "applied",
    "applied_by_name",
    "color",
    "containers",
    "conversion",
    "functional",
    "geometry",
    "transformed",
]
