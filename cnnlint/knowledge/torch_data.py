"""The datasets that torch.utils.data makes of tensors and of other datasets."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from cnnlint.facts import MOVING, Dataset, Indices, Tensor
from cnnlint.knowledge.describe import describes
from cnnlint.values import Unknown, is_unknown, surely

#: What a part of a dataset has of the whole.
INHERITED = (
    "kind_name", "train", "classes", "labels", "shape", "dtype", "bounds", "target_shape", "target_dtype",
    "ordered", "augmented", "iterable", "transform", "elements", "extremes", "settled",
    "names",
)  # fmt: skip


@describes("torch.utils.data.TensorDataset")
class TensorDataset(Dataset):
    """Tensors whose first axes run over the examples.

    https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.TensorDataset
    """

    def __init__(self, *tensors: Any) -> None:
        elements = [example_in(tensor) for tensor in tensors]
        image, target = [*elements, Tensor(), Tensor()][:2]
        super().__init__(
            kind_name="TensorDataset",
            size=length(tensors[0]) if tensors else 0,
            shape=image.shape,
            dtype=image.dtype,
            bounds=image.bounds,
            target_shape=target.shape,
            target_dtype=target.dtype,
            augmented=False,
            transform=None,
            elements=tuple(elements),
        )


@describes("torch.utils.data.Subset")
class Subset(Dataset):
    """The examples of a dataset at these indices.

    https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Subset
    """

    def __init__(self, dataset: Any, indices: Any) -> None:
        super().__init__(size=length(indices), parent=dataset, **inherited(dataset))
        self.indices = taken(indices)
        if not isinstance(indices, range | tuple | list):
            self.classes = Unknown("the indices may leave classes out")
        if not surely(self.indices.ordered) and not ascending(indices) and not surely(self.ordered == False):  # noqa: E712 - may be Unknown
            self.ordered = self.settled = Unknown("the order of the indices is not known")


@describes("torch.utils.data.ConcatDataset")
class ConcatDataset(Dataset):
    """Datasets one after the other.

    https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.ConcatDataset
    """

    def __init__(self, datasets: Any) -> None:
        super().__init__(kind_name="ConcatDataset")
        parts = datasets if isinstance(datasets, tuple | list) else ()
        if not parts or not all(isinstance(part, Dataset) for part in parts):
            return
        self.size = sum(part.size for part in parts)
        for name in ("train", "classes", "shape", "dtype", "bounds", "target_shape", "target_dtype"):
            setattr(self, name, shared([getattr(part, name) for part in parts]))
        if all(surely(part.augmented == False) for part in parts):  # noqa: E712 - may be Unknown
            self.augmented = False
        elif any(surely(part.augmented) for part in parts):
            self.augmented = True


@describes("torch.utils.data.random_split")
def random_split(dataset: Any, lengths: Any, generator: Any = None) -> Any:
    """The dataset cut at random into parts of these lengths, or of these fractions.

    https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.random_split
    """
    if not isinstance(lengths, tuple | list):
        return Unknown("into how many parts is not known")
    fractions = any(isinstance(part, float) for part in lengths)
    sizes = part_sizes(getattr(dataset, "size", None), lengths) if fractions else list(lengths)
    cut = Indices(ordered=False)
    return [random_part(dataset, size, cut) for size in sizes]


def random_part(dataset: Any, size: Any, cut: Indices) -> Subset:
    part = Subset(dataset, Unknown("the indices are drawn at random"))
    part.cut = cut
    part.size = size
    part.ordered = False
    part.settled = True
    part.classes = getattr(dataset, "classes", part.classes)
    return part


def part_sizes(size: Any, fractions: Any) -> list[Any]:
    """Each fraction of the size rounded down, the rest dealt out one by one from the first."""
    unknown = Unknown("the size of the parts is not known")
    if not isinstance(size, int) or not all(isinstance(part, int | float) for part in fractions):
        return [unknown for _ in fractions]
    sizes = [math.floor(size * fraction) for fraction in fractions]
    rest = size - sum(sizes)
    return [part + rest // len(sizes) + (index < rest % len(sizes)) for index, part in enumerate(sizes)]


def inherited(dataset: Any) -> dict[str, Any]:
    """What a part of a dataset has of it."""
    if not isinstance(dataset, Dataset):
        return {"kind_name": "Subset"}
    return {name: getattr(dataset, name) for name in INHERITED}


def example_in(tensor: Any) -> Tensor:
    """One example in a tensor of them."""
    if not isinstance(tensor, Tensor):
        return Tensor()
    shape = tensor.shape
    known = isinstance(shape, tuple) and shape and shape[0] is not Ellipsis
    unknown = Unknown("the shape of the tensor is not known")
    shape = shape[1:] if known else unknown
    return Tensor(shape=shape, dtype=tensor.dtype, graph=False, held=tensor.bounds, example=tensor)


def length(value: Any) -> Any:
    """`len` of a sequence or tensor."""
    if isinstance(value, tuple | list | range):
        return len(value)
    if isinstance(value, Indices):
        return value.stop - value.start
    shape = value.shape if isinstance(value, Tensor) else ()
    if isinstance(shape, tuple) and shape and shape[0] is not Ellipsis:
        return shape[0]
    return value if is_unknown(value) else Unknown("its length is not known")


def taken(indices: Any) -> Any:
    """What is known of the numbers of examples in a sequence, as Indices."""
    if isinstance(indices, Indices):
        return indices
    if isinstance(indices, Tensor):
        return permuted(indices)
    if isinstance(indices, range | tuple | list) and ascending(indices) and len(indices):
        first, last = indices[0], indices[-1]
        if last - first == len(indices) - 1:
            return Indices(first, last + 1)
    return Unknown("which examples are taken is not known")


def permuted(tensor: Tensor) -> Any:
    """The Indices in a permutation of all, or in a slice of one."""
    made = tensor.origin(MOVING).producer
    if made is not None and made.name == "randperm":
        return Indices(0, length(made.output), ordered=False, drawn=made)
    if made is not None and made.name == "getitem" and not tensor.overwritten:
        whole, key = permuted(made.inputs[0]), made.options["key"]
        if isinstance(whole, Indices) and len(key) == 1 and isinstance(key[0], slice):
            return whole.part(key[0]) or Unknown("some are left out")
    return Unknown("which examples are taken is not known")


def ascending(indices: Any) -> bool:
    """Whether indices are known and keep the order of the dataset."""
    if isinstance(indices, range):
        return indices.step > 0
    if not isinstance(indices, tuple | list) or not all(isinstance(each, int) for each in indices):
        return False
    return all(first < second for first, second in pairwise(indices))


def shared(values: list[Any]) -> Any:
    """What all of these are; Unknown where they differ."""
    first = values[0]
    if all(surely(value == first) for value in values):
        return first
    return Unknown("it differs from one part to another")
