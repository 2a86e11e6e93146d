"""Stands in for torchvision where it is not installed: datasets and the commonest transforms, on tensors."""

from torchvision import datasets, models, transforms, utils

__all__ = ["datasets", "models", "transforms", "utils"]
__version__ = "0.0+stand.in"
