"""The networks by name."""

from .mobile import MobileNet
from .vgg import VGG, vgg11

__all__ = ["MobileNet", "VGG", "build", "vgg11"]


def build(name, num_classes):
    if name == "vgg":
        return vgg11(num_classes)
    elif name == "mobile":
        return MobileNet(num_classes)
    raise ValueError(f"unknown network {name!r}")
