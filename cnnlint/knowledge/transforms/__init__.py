"""The transforms of torchvision, both versions: their arguments, and image shapes [C, H, W] through them."""

from cnnlint.knowledge.transforms import color, containers, conversion, functional, geometry
from cnnlint.knowledge.transforms.base import applied, transformed
from cnnlint.knowledge.transforms.containers import Compose

__all__ = ["Compose", "applied", "color", "containers", "conversion", "functional", "geometry", "transformed"]
