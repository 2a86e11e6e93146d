"""The datasets of torchvision, each a class made from its row of datasets.toml, and FakeData."""

from __future__ import annotations

import ast
from dataclasses import field
from functools import cached_property
from inspect import BoundArguments, Parameter, Signature
from pathlib import Path
from typing import Any, ClassVar

import tomli

from cnnlint.facts import BYTES, Dataset, Picture, Shape, Tensor, Transform, any_image
from cnnlint.knowledge.describe import describes
from cnnlint.knowledge.torch_data import INHERITED
from cnnlint.knowledge.transforms import transformed
from cnnlint.knowledge.transforms.base import steps_of
from cnnlint.records import record
from cnnlint.values import Undecided, Unknown, is_unknown, surely

#: Splits that are learnt from, beside those whose name begins with 'train'.
LEARNT_FROM = ("extra", "unlabeled")
HELD_OUT = ("test", "val", "valid")

#: Transforms after which a mask holds the numbers that it held before.
KEEPING_NUMBERS = (
    "PILToTensor", "ToImage", "ToPureTensor", "CenterCrop", "RandomCrop", "RandomHorizontalFlip",
    "RandomVerticalFlip",
)  # fmt: skip

#: Of these kinds are arguments by which examples are chosen.
CHOOSING = (bool, int, float, str, tuple, type(None))

_IMAGES = ("size", "shape", "dtype", "bounds", "stored", "ordered", "switched")
_TARGETS = ("size", "classes", "labels", "target_shape", "target_dtype", "ordered", "switched")
_LOOKS = ("shape", "dtype", "bounds", "augmented", "transform")
#: What is no longer known of a dataset once one of its attributes is set.
REPLACED = {
    **dict.fromkeys(("data", "train_data", "test_data"), _IMAGES),
    **dict.fromkeys(("targets", "labels", "train_labels", "test_labels", "samples", "imgs"), _TARGETS),
    "transform": _LOOKS,
    "transforms": (*_LOOKS, "classes", "labels", "target_shape", "target_dtype"),
    "target_transform": ("classes", "labels", "target_shape", "target_dtype"),
    "classes": ("classes",),
    "dataset": (*INHERITED, "switched", "parent"),
    "indices": ("size", "classes", "labels", "ordered", "indices", "switched"),
}


@record
class Row:
    """One table of datasets.toml; its head says what each field means."""

    arguments: str
    split: str = ""
    sizes: dict[str, int] = field(default_factory=dict)
    classes: int | None = None
    labels: tuple[int, ...] | None = None
    mask: bool = False
    void: int | None = None
    shape: tuple[int, ...] | None = None
    data: tuple[int, ...] | None = None
    target: tuple[int, ...] | None = None
    ordered: bool | None = None
    extremes: tuple[int, int] | None = None
    depends: dict[str, list[str]] = field(default_factory=dict)
    variant: str = ""
    variants: dict[str, dict[str, Any]] = field(default_factory=dict)

    @cached_property
    def signature(self) -> Signature:
        """Its arguments; their defaults are literals."""
        expression = ast.parse(f"lambda {self.arguments}: 0", mode="eval").body
        assert isinstance(expression, ast.Lambda)
        names = [argument.arg for argument in expression.args.args]
        literals = [ast.literal_eval(default) for default in expression.args.defaults]
        defaults = [Parameter.empty] * (len(names) - len(literals)) + literals
        return Signature(
            [
                Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default)
                for name, default in zip(names, defaults, strict=True)
            ]
        )


class OfItsRow:
    """The signature of a dataset: what its row says."""

    def __get__(self, instance: object, dataset: type[TableDataset]) -> Signature:
        return dataset.row.signature


class TableDataset(Dataset):
    """A dataset of torchvision. Its arguments are those of its row."""

    __signature__ = OfItsRow()
    row: ClassVar[Row]
    root: Any  # where it lies on disk
    stored: Any  # its attribute `data`: all images as bytes, in one Tensor

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        bound = self.row.signature.bind(*arguments, **keywords)
        bound.apply_defaults()
        given = Given(type(self).__name__, self.row, bound)
        super().__init__(
            kind_name=type(self).__name__,
            train=given.train(),
            size=given.size(),
            classes=given.classes(),
            labels=given.labels(),
            void=given.look_up("void") if given.keeps_numbers() else None,
            **look_of(given.image()),
            target_shape=given.target_shape(),
            target_dtype=given.target_dtype(),
            ordered=Unknown("order of the examples not known")
            if self.row.ordered is None
            else self.row.ordered,
            settled=Unknown("order of the examples not known") if self.row.ordered is None else True,
            extremes=self.row.extremes or Unknown("sizes of the classes not known"),
            augmented=is_random(given.transform),
            transform=given.transform,
            source=given.source(),
            positions={name: index for index, name in enumerate(self.row.signature.parameters)},
        )
        self.stored = given.stored(self.size)
        chosen = bound.arguments.get("is_valid_file") is not None
        self.root = None if chosen else bound.arguments.get("root")


class Given:
    """What a row says, given the arguments of one call."""

    def __init__(self, name: str, row: Row, bound: BoundArguments) -> None:
        self.name = name
        self.row = row
        self.options = bound.arguments
        parameters = row.signature.parameters
        self.changed = {
            name
            for argument, names in row.depends.items()
            if is_other(self.options[argument], parameters[argument].default)
            for name in names
        }
        joint = self.options.get("transforms")
        self.transform = self.options.get("transform") if joint is None else Unknown("a joint transform")

    def look_up(self, name: str) -> Any:
        """What the row (or its variant) says of `name`; None if nothing, Unknown if that cannot be told."""
        if name in self.changed:
            return Unknown(f"an argument changes the {name}")
        value = getattr(self.row, name)
        if not self.row.variant or value or value == []:
            return value
        chosen = self.options[self.row.variant]
        if is_unknown(chosen):
            return chosen
        return self.row.variants.get(str(chosen), {}).get(name)

    def split(self) -> Any:
        """The name of the split: 'train', 'test', ..., 'all' where there is one only."""
        if not self.row.split:
            return "all"
        chosen = self.options[self.row.split]
        return {True: "train", False: "test"}[chosen] if isinstance(chosen, bool) else chosen

    def train(self) -> Any:
        split = self.split()
        if not isinstance(split, str):
            return split if is_unknown(split) else Unknown("which split is not known")
        if split.startswith("train") or split in LEARNT_FROM:
            return True
        return False if split in HELD_OUT else Unknown("it is not split by the library")

    def source(self) -> Any:
        """Its name with all that chooses examples; of a published dataset where it lies does not."""
        left_out = {"transform", "target_transform", "transforms", "download", "loader"}
        if self.row.sizes or self.row.variants:
            left_out.add("root")
        given = tuple((name, value) for name, value in self.options.items() if name not in left_out)
        lost = next((value for _, value in given if not isinstance(value, CHOOSING)), None)
        return (self.name, *given) if lost is None else Unknown("what chooses the examples is not known")

    def size(self) -> Any:
        sizes, split = self.look_up("sizes"), self.split()
        if is_unknown(sizes) or is_unknown(split):
            return sizes if is_unknown(sizes) else split
        size = sizes.get(split) if sizes and isinstance(split, str) else None
        return Unknown("size of the dataset not known") if size is None else size

    def classes(self) -> Any:
        if self.options.get("target_transform") is not None:
            return Unknown("a transform of the target may change the classes")
        classes = self.look_up("classes")
        return Unknown("classes not known") if classes is None else classes

    def labels(self) -> Any:
        """The lowest and the highest class number: from 0 on, unless the row says otherwise."""
        classes, labels, target = self.classes(), self.look_up("labels"), self.target_shape()
        if surely(self.look_up("mask")):
            return tuple(labels) if self.keeps_numbers() else Unknown("a transform changes the labels")
        if is_unknown(target) or target != () or is_unknown(labels):
            return Unknown("labels not known")
        if labels is not None:
            return tuple(labels)
        return (0, classes - 1) if isinstance(classes, int) else classes

    def image(self) -> Any:
        """The image of one example after its transforms."""
        raw = self.look_up("shape")
        if raw is None or is_unknown(raw):
            return transformed(self.transform, any_image())
        varies = Unknown("the size varies from image to image")
        shape = tuple(axis or varies for axis in raw)
        return transformed(self.transform, Picture(shape, "uint8", BYTES))

    def stored(self, size: Any) -> Any:
        """All images before any transform."""
        if self.row.data is None:
            return Unknown("how it keeps its images is not known")
        return Tensor(shape=(size, *self.row.data), dtype="uint8", graph=False, held=BYTES)

    def keeps_numbers(self) -> bool:
        """No transform changes the class numbers in a mask."""
        if self.options.get("transforms") is not None:
            return False
        transform = self.options.get("target_transform")
        if not isinstance(transform, Transform):
            return transform is None
        try:
            steps = steps_of(transform)
        except Undecided:
            return False
        return all(getattr(step, "kind", "") in KEEPING_NUMBERS or _takes_nearest(step) for step in steps)

    def target_shape(self) -> Shape:
        if self.options.get("target_transform") is not None or self.options.get("transforms") is not None:
            return Unknown("a transform changes the target")
        classes, target = self.look_up("classes"), self.look_up("target")
        if is_unknown(classes) or is_unknown(target):
            return Unknown("an argument changes the target")
        if target is not None:
            return tuple(target)
        return Unknown("shape of a target not known") if classes is None else ()

    def target_dtype(self) -> Any:
        """Class numbers are batched as int64; there are no other numbers without axes."""
        if surely(self.target_shape() == ()):
            return "int64"
        return Unknown("dtype of a target not known")


def look_of(image: Any) -> dict[str, Any]:
    """What a dataset says of the image of an example; its numbers only where it is a tensor."""
    picture = Unknown("a picture is no tensor") if isinstance(image, Picture) else image
    return {"shape": image.shape, "dtype": picture.dtype, "bounds": picture.bounds}


@describes("torchvision.datasets.FakeData")
class FakeData(Dataset):
    """Random images of any size.

    https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.FakeData.html
    """

    def __init__(
        self,
        size: Any = 1000,
        image_size: Any = (3, 224, 224),
        num_classes: Any = 10,
        transform: Any = None,
        target_transform: Any = None,
        random_offset: Any = 0,
    ) -> None:
        raw = tuple(image_size) if isinstance(image_size, tuple | list) else Unknown("image size not known")
        same = target_transform is None
        super().__init__(
            kind_name="FakeData",
            size=size,
            classes=num_classes if same else Unknown("a transform of the target may change the classes"),
            labels=(0, num_classes - 1)
            if same and isinstance(num_classes, int)
            else Unknown("labels not known"),
            **look_of(transformed(transform, Picture(raw, "uint8", BYTES))),
            target_shape=() if same else Unknown("a transform changes the target"),
            target_dtype="int64" if same else Unknown("a transform changes the target"),
            ordered=False,
            augmented=is_random(transform),
            transform=transform,
        )


def _takes_nearest(step: Any) -> bool:
    """A Resize that makes no numbers between those of a mask."""
    how = getattr(step, "interpolation", "")
    return getattr(step, "kind", "") == "Resize" and (how == 0 or "NEAREST" in str(how))


def is_random(transform: Any) -> Any:
    """Whether a transform (None for none) draws at random."""
    if transform is None:
        return False
    return transform.random if isinstance(transform, Transform) else Unknown("the transform is not known")


def is_other(value: Any, default: Any) -> bool:
    """Whether an argument is, or may be, another value than its default."""
    return is_unknown(value) or type(value) is not type(default) or bool(value != default)


def rows() -> dict[str, Row]:
    """The rows of datasets.toml by the name of the dataset."""
    text = Path(__file__).with_name("datasets.toml").read_text(encoding="utf-8")
    return {name: Row(table.pop("signature"), **table) for name, table in tomli.loads(text).items()}


def class_of(name: str, row: Row) -> type[TableDataset]:
    """The class that torchvision.datasets.<name> is for us."""
    page = f"https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.{name}.html"
    members = {"row": row, "__doc__": page, "__module__": __name__}
    return type(name, (TableDataset,), members)


for _name, _row in rows().items():
    describes(f"torchvision.datasets.{_name}")(class_of(_name, _row))
