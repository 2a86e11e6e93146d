"""The transforms of torchvision, both versions: their arguments, and image shapes [C, H, W] through them."""

from cnnlint.knowledge.transforms import color, containers, conversion, functional, geometry
from cnnlint.knowledge.transforms.base import transformed
from cnnlint.knowledge.transforms.containers import Compose

__all__ = ["Compose", "color", "containers", "conversion", "functional", "geometry", "transformed"]
