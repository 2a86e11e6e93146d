"""The datasets: their table, which split a call means, and what is cut from them."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnlint.facts import Dataset, Tensor
from cnnlint.knowledge import datasets, torch_data
from cnnlint.knowledge.describe import KNOWN
from cnnlint.values import Unknown, is_unknown

ROWS = datasets.rows()
UNKNOWN = Unknown("not known")


def make(name: str, *arguments: Any, **options: Any) -> Any:
    return KNOWN[f"torchvision.datasets.{name}"](*arguments, **options)


def transform(name: str, *arguments: Any) -> Any:
    return KNOWN[f"torchvision.transforms.{name}"](*arguments)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_row_is_well_formed(name: str) -> None:
    row = ROWS[name]
    arguments = row.signature.parameters
    assert not row.split or row.split in arguments
    assert not row.variant or row.variant in arguments
    assert row.depends.keys() <= arguments.keys()
    assert {what for names in row.depends.values() for what in names} <= {
        "sizes",
        "classes",
        "shape",
        "target",
    }
    for variant in ({}, *row.variants.values()):
        assert variant.keys() <= {"sizes", "classes", "labels", "mask"}
        sizes = variant.get("sizes", row.sizes)
        assert all(isinstance(size, int) and size > 0 for size in sizes.values())
        assert row.split or sizes.keys() <= {"all"}
        classes = variant.get("classes", row.classes)
        assert classes is None or 1 < classes < 10_000
    assert row.shape is None or (len(row.shape) == 3 and all(axis >= 0 for axis in row.shape))


@pytest.mark.parametrize("name", sorted(ROWS))
def test_the_default_split_of_a_row_has_a_size(name: str) -> None:
    row = ROWS[name]
    default = row.signature.parameters[row.split].default if row.split else "all"
    split = {True: "train", False: "test"}.get(default, default) if isinstance(default, bool) else default
    if row.sizes and name != "GTSRB":
        assert split in row.sizes


@pytest.mark.parametrize(
    ("dataset", "train", "size", "classes", "shape"),
    [
        (make("MNIST", "data"), True, 60_000, 10, (1, 28, 28)),
        (make("MNIST", "data", False), False, 10_000, 10, (1, 28, 28)),
        (make("FashionMNIST", "data", train=False), False, 10_000, 10, (1, 28, 28)),
        (make("CIFAR10", root="data", train=True), True, 50_000, 10, (3, 32, 32)),
        (make("CIFAR100", "data", train=False), False, 10_000, 100, (3, 32, 32)),
        (make("SVHN", "data", split="extra"), True, 531_131, 10, (3, 32, 32)),
        (make("SVHN", "data", "test"), False, 26_032, 10, (3, 32, 32)),
        (make("STL10", "data", split="test"), False, 8_000, 10, (3, 96, 96)),
        (make("EMNIST", "data", "balanced"), True, 112_800, 47, (1, 28, 28)),
        (make("EMNIST", "data", split="digits", train=False), False, 40_000, 10, (1, 28, 28)),
        (make("Omniglot", "data", background=False), False, 13_180, 659, (1, 105, 105)),
    ],
)
def test_a_dataset_is_as_large_as_its_split(
    dataset: Dataset, train: bool, size: int, classes: int, shape: tuple[int, ...]
) -> None:
    assert (dataset.train, dataset.size, dataset.classes, dataset.shape) == (train, size, classes, shape)
    assert dataset.target_shape == ()


def test_the_shape_is_what_the_transform_leaves() -> None:
    pipeline = transform("Compose", [transform("RandomCrop", 24), transform("ToTensor")])
    dataset = make("CIFAR10", "data", transform=pipeline)
    assert (dataset.shape, dataset.augmented, dataset.transform) == ((3, 24, 24), True, pipeline)
    assert make("CIFAR10", "data").augmented is False


def test_a_folder_has_colour_images_of_any_size_class_by_class() -> None:
    folder = make("ImageFolder", "data/train", transform("RandomResizedCrop", 224))
    assert (folder.shape, folder.ordered, folder.augmented, folder.kind) == (
        (3, 224, 224),
        True,
        True,
        "ImageFolder",
    )
    assert is_unknown(folder.size)
    assert is_unknown(folder.classes)
    assert is_unknown(folder.train)
    loaded = make("ImageFolder", "data/train", transform("Resize", (8, 8)), loader=UNKNOWN)
    assert is_unknown(loaded.shape[0])
    assert loaded.shape[1:] == (8, 8)


def test_what_an_unknown_argument_decides_is_unknown() -> None:
    dataset = make("CIFAR10", "data", train=UNKNOWN, transform=UNKNOWN)
    assert all(map(is_unknown, (dataset.train, dataset.size, dataset.shape, dataset.augmented)))
    assert dataset.classes == 10
    emnist = make("EMNIST", "data", UNKNOWN)
    assert is_unknown(emnist.size)
    assert is_unknown(emnist.classes)


def test_an_argument_that_changes_a_fact_takes_it_back() -> None:
    assert is_unknown(make("STL10", "data", folds=3).size)
    assert is_unknown(make("CelebA", "data", target_type="identity").target_shape)
    assert make("CelebA", "data").target_shape == (40,)
    assert is_unknown(make("MNIST", "data", target_transform=print).classes)
    assert is_unknown(make("VOCSegmentation", "data", year="2007").size)
    assert is_unknown(make("VOCSegmentation", "data", transforms=print).shape)


def test_a_split_that_does_not_exist_has_no_size() -> None:
    assert is_unknown(make("SVHN", "data", split="valid").size)
    assert is_unknown(make("SVHN", "data", split=3).size)


def test_a_described_dataset_is_a_class_with_the_signature_of_torchvision() -> None:
    described = KNOWN["torchvision.datasets.CIFAR10"]
    assert issubclass(described, Dataset)
    assert list(inspect.signature(described).parameters) == [
        "root",
        "train",
        "transform",
        "target_transform",
        "download",
    ]
    with pytest.raises(TypeError):
        described()


def test_made_up_data_is_as_it_is_asked_for() -> None:
    dataset = make("FakeData", 500, [3, 64, 64], 4, transform("ToTensor"))
    assert (dataset.size, dataset.shape, dataset.classes, dataset.target_shape) == (500, (3, 64, 64), 4, ())
    assert is_unknown(make("FakeData", image_size=UNKNOWN).shape)


def test_tensors_make_a_dataset_of_their_rows() -> None:
    dataset = torch_data.TensorDataset(Tensor(shape=(100, 3, 8, 8)), Tensor(shape=(100,)))
    assert (dataset.size, dataset.shape, dataset.target_shape) == (100, (3, 8, 8), ())
    three = torch_data.TensorDataset(*[Tensor(shape=(7, index)) for index in range(3)])
    assert [part.shape for part in three.elements] == [(0,), (1,), (2,)]


@pytest.mark.parametrize("tensor", [Tensor(), UNKNOWN, None, Tensor(shape=()), Tensor(shape=(..., 3))])
def test_tensors_of_unknown_shape_make_a_dataset_of_unknown_size(tensor: Any) -> None:
    dataset = torch_data.TensorDataset(tensor)
    assert is_unknown(dataset.size)
    assert is_unknown(dataset.shape)


def test_a_part_is_like_the_whole_but_for_its_size() -> None:
    whole = make("ImageFolder", "data", transform("Resize", (8, 8)))
    part = torch_data.Subset(whole, range(30))
    assert (part.size, part.parent, part.shape, part.ordered) == (30, whole, (3, 8, 8), True)
    assert is_unknown(torch_data.Subset(whole, [3, 1, 2]).ordered)
    assert is_unknown(torch_data.Subset(whole, UNKNOWN).size)
    assert torch_data.Subset(make("MNIST", "data"), [3, 1, 2]).ordered is False


def test_a_part_chosen_by_unknown_indices_may_lack_classes():
    whole = make("CIFAR10", "data")
    assert torch_data.Subset(whole, range(100)).classes == 10
    assert is_unknown(torch_data.Subset(whole, UNKNOWN).classes)
    assert [part.classes for part in torch_data.random_split(whole, [45_000, 5_000])] == [10, 10]


def test_a_random_split_has_the_lengths_asked_for_and_no_order() -> None:
    whole = make("ImageFolder", "data")
    parts = torch_data.random_split(whole, [10, UNKNOWN])
    assert parts[0].size == 10
    assert is_unknown(parts[1].size)
    assert [part.ordered for part in parts] == [False, False]
    assert [part.parent for part in parts] == [whole, whole]


def test_a_random_split_of_unknown_number_is_unknown() -> None:
    assert is_unknown(torch_data.random_split(make("MNIST", "data"), UNKNOWN))


@pytest.mark.filterwarnings("ignore:Length of split")
@settings(deadline=None)
@given(st.integers(1, 1000), st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_fractions_are_dealt_out_as_torch_deals_them(size: int, weights: list[int]) -> None:
    data = pytest.importorskip("torch.utils.data")
    fractions = [weight / sum(weights) for weight in weights]
    assume(sum(fractions) <= 1)  # torch refuses fractions whose rounding adds up to more
    theirs = [len(part) for part in data.random_split(range(size), fractions)]
    whole = Dataset(kind_name="Numbers", size=size)
    assert [part.size for part in torch_data.random_split(whole, fractions)] == theirs


def test_datasets_one_after_the_other_share_what_is_the_same() -> None:
    both = torch_data.ConcatDataset([make("MNIST", "data"), make("MNIST", "data", train=False)])
    assert (both.size, both.classes, both.shape, both.augmented) == (70_000, 10, (1, 28, 28), False)
    assert is_unknown(both.train)
    assert is_unknown(torch_data.ConcatDataset([UNKNOWN]).size)
    assert is_unknown(torch_data.ConcatDataset(UNKNOWN).shape)
