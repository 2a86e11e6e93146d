"""The datasets of torchvision: glyphs in their native size, through the transforms that the user gave."""

from __future__ import annotations

import inspect
import os
from contextlib import suppress
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import torch
from torch import Tensor

from cnnlint.confirm.child import standins
from cnnlint.confirm.child.world import World, around
from cnnlint.confirm.child.world.pictures import picture, pool

__all__ = ["KNOWN", "Known", "replace"]


class Known(NamedTuple):
    """What a dataset holds: channels, height and width (0: as the world says), classes (0: as the world
    says), how many images there are to train on and to test on; the form of its `data`."""

    channels: int
    side: int
    classes: int
    train: int
    test: int
    form: str = ""  # 'tensor' [N, H, W], 'array' [N, H, W, C] or 'channels first'
    target: str = "targets"


KNOWN = {
    "MNIST": Known(1, 28, 10, 60000, 10000, "tensor"),
    "FashionMNIST": Known(1, 28, 10, 60000, 10000, "tensor"),
    "KMNIST": Known(1, 28, 10, 60000, 10000, "tensor"),
    "QMNIST": Known(1, 28, 10, 60000, 60000, "tensor"),
    "EMNIST": Known(1, 28, 47, 112800, 18800, "tensor"),
    "USPS": Known(1, 16, 10, 7291, 2007, "array"),
    "CIFAR10": Known(3, 32, 10, 50000, 10000, "array"),
    "CIFAR100": Known(3, 32, 100, 50000, 10000, "array"),
    "SVHN": Known(3, 32, 10, 73257, 26032, "channels first", "labels"),
    "STL10": Known(3, 96, 10, 5000, 8000, "channels first", "labels"),
    "ImageNet": Known(3, 256, 1000, 1281167, 50000),
    "Imagenette": Known(3, 256, 10, 9469, 3925),
    "ImageFolder": Known(3, 0, 0, 2000, 500),
    "DatasetFolder": Known(3, 0, 0, 2000, 500),
    "FakeData": Known(3, 224, 10, 1000, 1000),
    "Caltech101": Known(3, 256, 101, 8677, 8677),
    "Caltech256": Known(3, 256, 257, 30607, 30607),
    "Flowers102": Known(3, 256, 102, 1020, 6149),
    "Food101": Known(3, 256, 101, 75750, 25250),
    "OxfordIIITPet": Known(3, 256, 37, 3680, 3669),
    "StanfordCars": Known(3, 256, 196, 8144, 8041),
    "FGVCAircraft": Known(3, 256, 100, 6667, 3333),
    "DTD": Known(3, 256, 47, 1880, 1880),
    "GTSRB": Known(3, 48, 43, 26640, 12630),
    "EuroSAT": Known(3, 64, 10, 27000, 27000),
    "Places365": Known(3, 256, 365, 1803460, 36500),
    "Omniglot": Known(1, 105, 964, 19280, 13180),
    "LSUN": Known(3, 256, 10, 3000, 3000),
    "CelebA": Known(3, 178, 40, 162770, 19962),
    "PCAM": Known(3, 96, 2, 262144, 32768),
}
LETTERS = {
    "byclass": 62,
    "bymerge": 47,
    "balanced": 47,
    "letters": 27,
    "digits": 10,
    "mnist": 10,
}  # of EMNIST
TEST = ("test", "val", "valid", "validation", "extra", "testing")


def replace(world: World) -> None:
    """Replace what the known datasets of torchvision load, the real ones or our stand-ins."""

    def change(module: ModuleType) -> None:
        for name, known in KNOWN.items():
            kind = getattr(module, name, None)
            if kind is not None:
                _fill(kind, known, world)

    world.when_imported("torchvision.datasets", change)


def _fill(kind: Any, known: Known, world: World) -> None:
    """Let a class of datasets hold glyphs."""
    takes = signature(kind.__init__)

    def build(original: Any, dataset: Any, *values: Any, **named: Any) -> None:
        given = takes.bind(dataset, *values, **named)
        given.apply_defaults()
        told = {**given.arguments, **given.arguments.get("named", {}), **given.arguments.get("kwargs", {})}
        if _own(told.get("root"), kind, world):
            vars(dataset)["_glyphs"] = None
            original(dataset, *values, **named)
            return
        _Glyphs(dataset, known, told, world)
        world.instead(f"{kind.__name__}({str(told.get('root', ''))!r})", f"glyphs {dataset._glyphs.words}")

    def item(original: Any, dataset: Any, index: int) -> Any:
        return original(dataset, index) if dataset._glyphs is None else dataset._glyphs.item(index)

    def length(original: Any, dataset: Any) -> int:
        return original(dataset) if dataset._glyphs is None else len(dataset._glyphs)

    for name, hook in (("__init__", build), ("__getitem__", item), ("__len__", length)):
        around(kind, name, hook)
    if known.form:
        kind.data = property(_data, _hold)


def _own(root: Any, kind: Any, world: World) -> bool:
    """Whether a dataset holds the user's own data: that is wanted, and it can read what is there."""
    if world.options.get("data") != "own" or root is None:
        return False
    if not Path(root).is_dir():
        world.lacking(os.fspath(root))
        return False
    if Path(inspect.getfile(kind)).is_relative_to(standins.__path__[0]):
        world.instead(f"{kind.__name__}, as torchvision is not installed", "a stand-in that reads no files")
        return False
    return True


def _data(dataset: Any) -> Any:
    """What a dataset's `data` is."""
    return vars(dataset)["data"] if dataset._glyphs is None else dataset._glyphs.data


def _hold(dataset: Any, data: Any) -> None:
    if dataset._glyphs is None:
        vars(dataset)["data"] = data
    else:
        dataset._glyphs.hold(data)


class _Glyphs:
    """What a dataset holds."""

    def __init__(self, dataset: Any, known: Known, told: dict[str, Any], world: World) -> None:
        self.dataset, self.known = dataset, known
        split = str(told.get("split", told.get("image_set", told.get("what", ""))) or "").lower()
        root = str(told.get("root", "")).lower().rstrip("/").rpartition("/")[2]
        training = bool(told.get("train", True)) and not {split, root} & set(TEST)
        height: int
        width: int
        self.channels, height, width = told.get("image_size", (known.channels, known.side, known.side))
        self.guessed = not height
        self.height, self.width = (height, width) if height else world.size
        classes = told.get("num_classes", LETTERS.get(split, known.classes)) or world.classes
        self.length = int(told.get("size", known.train if training else known.test))
        seed = world.seed * 2 + (not training)
        count = world.images if training else world.images // 2
        self.images, self.labels = pool(count, self.channels, self.height, self.width, classes, seed)
        self._held: Any = None
        names = [str(number) for number in range(classes)]
        targets: Any = self.labels.repeat(-(-self.length // len(self.labels)))[: self.length]
        targets = targets if known.form == "tensor" else targets.tolist()
        attributes: dict[str, Any] = {
            "_glyphs": self,
            "root": told.get("root", ""),
            "train": training,
            "split": split or "train",
            "transforms": told.get("transforms"),
            "transform": told.get("transform"),
            "target_transform": told.get("target_transform"),
            "classes": names,
            "class_to_idx": {name: number for number, name in enumerate(names)},
            known.target: torch.as_tensor(targets).numpy() if known.target == "labels" else targets,
        }
        if not known.side:
            samples = [(f"{label}/{number}.png", label) for number, label in enumerate(targets)]
            attributes |= {"loader": told.get("loader"), "samples": samples, "imgs": samples}
        for name, value in attributes.items():
            with suppress(AttributeError):  # a property that reads another attribute
                setattr(dataset, name, value)

    @property
    def words(self) -> str:
        """Their size, and whether it is a guess."""
        return f"{self.channels}x{self.height}x{self.width}" + (" (a guess)" if self.guessed else "")

    @property
    def data(self) -> Any:
        """All images as the dataset's `data` holds them."""
        if self._held is None:
            images = self.images[torch.arange(self.length) % len(self.images)]
            form = self.known.form
            self._held = (
                images[:, 0] if form == "tensor"
                else images.permute(0, 2, 3, 1).numpy() if form == "array" else images.numpy()
            )  # fmt: skip
            if form == "array" and self.channels == 1:
                self._held = self._held[..., 0]
        return self._held

    def hold(self, data: Any) -> None:
        """Take what the user made of the data."""
        self._held = data
        self.length = len(data)

    def __len__(self) -> int:
        return self.length

    def item(self, index: int) -> Any:
        """An image and its target, through the user's transforms."""
        dataset = self.dataset
        index = int(index)
        if not -self.length <= index < self.length:
            raise IndexError(index)
        target: Any = getattr(dataset, self.known.target)[index]
        target = int(target)
        image: Any = picture(self._image(index))
        if getattr(dataset, "transforms", None) is not None and dataset.transform is None:
            return dataset.transforms(image, target)
        image = dataset.transform(image) if dataset.transform else image
        return image, dataset.target_transform(target) if dataset.target_transform else target

    def _image(self, index: int) -> Tensor:
        """[C, H, W]."""
        if self._held is None:
            return self.images[index % len(self.images)]
        image = torch.as_tensor(self._held[index])
        if self.known.form == "array" and image.dim() == 3:
            return image.permute(2, 0, 1)
        return image[None] if image.dim() == 2 else image
