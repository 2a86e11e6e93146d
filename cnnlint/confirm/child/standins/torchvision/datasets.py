"""The datasets of torchvision by their names and arguments. What they hold comes from the run's world."""

from __future__ import annotations

from typing import Any

from torch.utils.data import Dataset

__all__ = [
    "CIFAR10", "CIFAR100", "EMNIST", "KMNIST", "MNIST", "QMNIST", "STL10", "SVHN", "USPS", "DatasetFolder",
    "FakeData", "FashionMNIST", "ImageFolder", "ImageNet", "VisionDataset",
]  # fmt: skip


class VisionDataset(Dataset[Any]):
    """What all of them are."""

    def __init__(
        self, root: Any = None, transforms: Any = None, transform: Any = None, target_transform: Any = None
    ) -> None:
        self.root, self.transforms = root, transforms
        self.transform, self.target_transform = transform, target_transform

    def __len__(self) -> int:
        return 0

    def __getitem__(self, index: Any) -> Any:
        raise IndexError(index)


class MNIST(VisionDataset):
    """Digits."""

    def __init__(self, root: Any, train: bool = True, transform: Any = None, target_transform: Any = None,
                 download: bool = False) -> None:  # fmt: skip
        """As torchvision's."""


class FashionMNIST(MNIST):
    """Clothes."""


class KMNIST(MNIST):
    """Characters."""


class EMNIST(MNIST):
    """Letters."""

    def __init__(self, root: Any, split: str, **named: Any) -> None:
        """As torchvision's."""


class QMNIST(MNIST):
    """Digits again."""

    def __init__(
        self, root: Any, what: str | None = None, compat: bool = True, train: bool = True, **named: Any
    ) -> None:
        """As torchvision's."""


class USPS(MNIST):
    """Digits of the post."""


class CIFAR10(VisionDataset):
    """Small photographs."""

    def __init__(self, root: Any, train: bool = True, transform: Any = None, target_transform: Any = None,
                 download: bool = False) -> None:  # fmt: skip
        """As torchvision's."""


class CIFAR100(CIFAR10):
    """Small photographs in more classes."""


class SVHN(VisionDataset):
    """House numbers."""

    def __init__(self, root: Any, split: str = "train", transform: Any = None, target_transform: Any = None,
                 download: bool = False) -> None:  # fmt: skip
        """As torchvision's."""


class STL10(VisionDataset):
    """Photographs."""

    def __init__(self, root: Any, split: str = "train", folds: int | None = None, transform: Any = None,
                 target_transform: Any = None, download: bool = False) -> None:  # fmt: skip
        """As torchvision's."""


class DatasetFolder(VisionDataset):
    """Files in a folder for each class."""

    def __init__(self, root: Any, loader: Any = None, extensions: Any = None, transform: Any = None,
                 target_transform: Any = None, is_valid_file: Any = None) -> None:  # fmt: skip
        """As torchvision's."""


class ImageFolder(DatasetFolder):
    """Images in a folder for each class."""

    def __init__(self, root: Any, transform: Any = None, target_transform: Any = None, loader: Any = None,
                 is_valid_file: Any = None, allow_empty: bool = False) -> None:  # fmt: skip
        """As torchvision's."""


class ImageNet(ImageFolder):
    """Photographs in a thousand classes."""

    def __init__(self, root: Any, split: str = "train", **named: Any) -> None:
        """As torchvision's."""


class FakeData(VisionDataset):
    """Noise."""

    def __init__(self, size: int = 1000, image_size: Any = (3, 224, 224), num_classes: int = 10,
                 transform: Any = None, target_transform: Any = None,
                 random_offset: int = 0) -> None:  # fmt: skip
        """As torchvision's."""
