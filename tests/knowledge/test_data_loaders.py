"""DataLoader and the samplers: torch's signatures, and what one batch looks like."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlint.dims import Dim
from cnnlint.facts import Dataset, Loader, Tensor
from cnnlint.knowledge.describe import KNOWN
from cnnlint.knowledge.loaders import BatchSampler, DataLoader, RandomSampler, SequentialSampler, batch_parts
from cnnlint.knowledge.torch_data import TensorDataset
from cnnlint.values import Undecided, Unknown, is_unknown

UNKNOWN = Unknown("not known")
TORCH = [
    "DataLoader",
    "RandomSampler",
    "SequentialSampler",
    "SubsetRandomSampler",
    "WeightedRandomSampler",
    "BatchSampler",
    "DistributedSampler",
    "Subset",
    "ConcatDataset",
    "random_split",
    "TensorDataset",
]


def shapes_in_batch(loader: Loader) -> list[Any]:
    return [part.shape for part in batch_parts(loader)]


def images(size: Any = 100) -> Dataset:
    return Dataset(kind_name="Images", size=size, shape=(3, 8, 8), target_shape=())


@pytest.mark.parametrize("name", TORCH)
def test_the_signature_is_that_of_torch(name: str) -> None:
    data = pytest.importorskip("torch.utils.data")
    ours = inspect.signature(KNOWN[f"torch.utils.data.{name}"]).parameters
    theirs = inspect.signature(getattr(data, name)).parameters
    assert [(each.name, each.kind) for each in ours.values()] == [
        (each.name, each.kind) for each in theirs.values()
    ]
    for each in ours.values():
        assert each.default == theirs[each.name].default or each.name == "generator"


def test_a_loader_has_the_defaults_of_torch() -> None:
    loader = DataLoader(images())
    assert (loader.batch_size, loader.shuffle, loader.drop_last, loader.sampler) == (1, False, False, None)
    assert loader.options["pin_memory"] is False


def test_batches_that_come_out_even_have_the_batch_size() -> None:
    assert shapes_in_batch(DataLoader(images(), batch_size=10)) == [(10, 3, 8, 8), (10,)]


def test_batches_of_which_the_last_is_dropped_have_the_batch_size() -> None:
    assert shapes_in_batch(DataLoader(images(), batch_size=32, drop_last=True)) == [(32, 3, 8, 8), (32,)]


def test_one_batch_of_everything_has_the_size_of_the_dataset() -> None:
    assert shapes_in_batch(DataLoader(images(), batch_size=128)) == [(100, 3, 8, 8), (100,)]


@pytest.mark.parametrize(("size", "batch"), [(100, 32), (UNKNOWN, 32), (100, UNKNOWN), (100, 0)])
def test_batches_that_may_differ_have_one_size_that_is_not_known(size: Any, batch: Any) -> None:
    (axis, *rest), (other,) = shapes_in_batch(DataLoader(images(size), batch_size=batch))
    assert isinstance(axis, Dim)
    assert other is axis
    assert rest == [3, 8, 8]


def test_a_loader_without_batches_gives_single_examples() -> None:
    assert shapes_in_batch(DataLoader(images(), batch_size=None)) == [(3, 8, 8), ()]


def test_tensors_come_in_batches_each() -> None:
    dataset = TensorDataset(*[Tensor(shape=(10, index)) for index in range(3)])
    assert shapes_in_batch(DataLoader(dataset, batch_size=5)) == [(5, 0), (5, 1), (5, 2)]


def test_a_target_of_unknown_shape_stays_unknown() -> None:
    dataset = Dataset(kind_name="Masks", size=10, shape=(3, 8, 8))
    image, target = shapes_in_batch(DataLoader(dataset, batch_size=5))
    assert image == (5, 3, 8, 8)
    assert is_unknown(target)


@pytest.mark.parametrize(
    "loader",
    [
        DataLoader(UNKNOWN),
        DataLoader(Dataset(kind_name="Mine")),
        DataLoader(images(), collate_fn=print),
        DataLoader(images(), collate_fn=UNKNOWN),
        Loader(dataset=UNKNOWN),
    ],
)
def test_a_batch_of_what_is_not_known_is_undecided(loader: Loader) -> None:
    with pytest.raises(Undecided):
        shapes_in_batch(loader)


def test_tensors_of_unknown_shape_are_still_as_many() -> None:
    first, second = shapes_in_batch(DataLoader(TensorDataset(Tensor(), UNKNOWN), batch_size=5))
    assert is_unknown(first)
    assert is_unknown(second)


def test_a_batch_sampler_sets_the_batch_size() -> None:
    sampler = SequentialSampler(images())
    loader = DataLoader(images(), batch_sampler=BatchSampler(sampler, 25, False))
    assert (loader.batch_size, loader.sampler, loader.batches) == (25, sampler, 4)
    assert shapes_in_batch(loader) == [(25, 3, 8, 8), (25,)]
    assert is_unknown(DataLoader(images(), batch_sampler=UNKNOWN).batch_size)


def test_what_a_sampler_draws_counts_not_what_the_dataset_has() -> None:
    loader = DataLoader(images(), batch_size=10, sampler=RandomSampler(images(), num_samples=25))
    assert loader.batches == 3
    subset = KNOWN["torch.utils.data.SubsetRandomSampler"]([1, 2, 3])
    assert DataLoader(images(), sampler=subset).batches == 3
    assert is_unknown(DataLoader(images(), sampler=UNKNOWN).batches)


def test_samplers_say_whether_they_shuffle() -> None:
    described = {name: KNOWN[f"torch.utils.data.{name}"] for name in TORCH if name.endswith("Sampler")}
    assert described["RandomSampler"](images()).shuffles is True
    assert described["SequentialSampler"](images()).shuffles is False
    assert described["SubsetRandomSampler"]([1]).shuffles is True
    assert described["WeightedRandomSampler"]([1], 1).shuffles is True
    assert described["DistributedSampler"](images()).shuffles is True
    assert described["DistributedSampler"](images(), shuffle=False).shuffles is False
    assert described["BatchSampler"](SequentialSampler(images()), 4, False).shuffles is False
    assert is_unknown(described["BatchSampler"](UNKNOWN, 4, False).shuffles)


@settings(deadline=None)
@given(st.integers(1, 200), st.integers(1, 50), st.booleans())
def test_a_pass_has_as_many_batches_as_torch_counts(size: int, batch: int, drop_last: bool) -> None:
    data = pytest.importorskip("torch.utils.data")
    theirs = data.DataLoader(range(size), batch_size=batch, drop_last=drop_last)
    assert DataLoader(images(size), batch_size=batch, drop_last=drop_last).batches == len(theirs)


@pytest.mark.parametrize("batch", ["64", 0, [4]])
def test_a_batch_size_that_is_no_number_raises_nothing(batch: Any) -> None:
    assert is_unknown(DataLoader(images(), batch_size=batch).batches)
