"""DataLoader, the samplers, and what one batch looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cnnlint.dims import Dim
from cnnlint.facts import Clash, Dataset, Fact, Loader, Sampler, Shape, Tensor
from cnnlint.knowledge.describe import describes
from cnnlint.knowledge.torch_data import length, taken
from cnnlint.records import record
from cnnlint.values import Undecided, Unknown, is_unknown, surely


def batch_parts(loader: Loader) -> list[Tensor]:
    """What one batch holds, in order: images [N, C, H, W], targets [N, ...].

    Undecided if the examples are not known, or if a collate function of the author's own makes the batches.
    """
    dataset = loader.dataset
    if loader.options.get("collate_fn") is not None:
        raise Undecided("the batch is made by a collate function")
    if not isinstance(dataset, Dataset):
        raise Undecided("the dataset is not known")
    elements = example_of(dataset) if dataset.elements is None else dataset.elements
    if dataset.elements is None and all(is_unknown(element.shape) for element in elements):
        raise Undecided("what an example holds is not known")
    single = loader.batch_size is None and loader.batch_sampler is None
    axis = batch_axis(loader)
    return [
        Tensor(
            shape=part.shape if single or is_unknown(part.shape) else (axis, *part.shape),
            dtype=part.dtype,
            graph=False,
            held=part.bounds,
            example=part.example,
        )
        for part in elements
    ]


def example_of(dataset: Dataset) -> tuple[Tensor, Tensor]:
    """The image and the target of one example."""
    image = Tensor(shape=dataset.shape, dtype=dataset.dtype, graph=False, held=dataset.bounds)
    target = Tensor(shape=dataset.target_shape, dtype=dataset.target_dtype, graph=False, held=dataset.labels)
    return image, target


def batch_axis(loader: Loader) -> Any:
    """Examples in a batch: a number where every batch has as many, else a fresh symbol N."""
    size, batch = loader.examples, loader.batch_size
    if isinstance(batch, int) and batch > 0:
        if loader.drop_last is True or batch == 1 or (isinstance(size, int) and size % batch == 0):
            return batch
        if isinstance(size, int) and 0 < size < batch:
            return size
    return Dim.symbol("N")


def clashes(loader: Loader) -> Iterator[Clash]:
    """The arguments of a loader for which its constructor raises."""
    iterable = surely(loader.dataset.iterable)
    given = {
        "shuffle": loader.shuffle is True,
        "sampler": isinstance(loader.sampler, Fact),
        "batch_sampler": isinstance(loader.batch_sampler, Fact),
        "batch_size": isinstance(loader.batch_size, int) and loader.batch_size != 1,
        "drop_last": loader.drop_last is True,
    }
    excluded: dict[str, tuple[str, ...]] = {}
    if iterable:
        excluded["an iterable dataset"] = ("shuffle", "sampler", "batch_sampler")
    elif given["batch_sampler"]:
        excluded["`batch_sampler`"] = ("batch_size", "shuffle", "sampler", "drop_last")
    elif given["sampler"]:
        excluded["`sampler`"] = ("shuffle",)
    if loader.batch_size is None and not given["batch_sampler"]:
        excluded["`batch_size=None`"] = ("drop_last",)
    for chosen, others in excluded.items():
        yield from (Clash(chosen, other, DEFAULTS[other]) for other in others if given[other])
    if isinstance(loader.num_workers, int) and loader.num_workers == 0:
        for name, default in (("persistent_workers", False), ("prefetch_factor", None)):
            if isinstance(loader.options[name], int) and loader.options[name] is not False:
                yield Clash("`num_workers=0`", name, default)


#: What the arguments are where they are not given.
DEFAULTS = {"shuffle": False, "sampler": None, "batch_sampler": None, "batch_size": 1, "drop_last": False}


@describes("torch.utils.data.DataLoader")
class DataLoader(Loader):
    """Batches of a dataset.

    https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: Any = 1,
        shuffle: Any = None,
        sampler: Any = None,
        batch_sampler: Any = None,
        num_workers: Any = 0,
        collate_fn: Callable[..., Any] | None = None,
        pin_memory: Any = False,
        drop_last: Any = False,
        timeout: Any = 0,
        worker_init_fn: Callable[..., Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: Any = None,
        persistent_workers: Any = False,
        pin_memory_device: Any = "",
        in_order: Any = True,
    ) -> None:
        super().__init__(
            dataset=dataset,
            batch_size=batch_size,
            shuffle=False if shuffle is None else shuffle,
            sampler=sampler,
            batch_sampler=batch_sampler,
            drop_last=drop_last,
            num_workers=num_workers,
            options={
                "collate_fn": collate_fn,
                "pin_memory": pin_memory,
                "timeout": timeout,
                "worker_init_fn": worker_init_fn,
                "multiprocessing_context": multiprocessing_context,
                "generator": generator,
                "prefetch_factor": prefetch_factor,
                "persistent_workers": persistent_workers,
                "pin_memory_device": pin_memory_device,
                "in_order": in_order,
            },
        )
        self.clashes = tuple(clashes(self))
        if isinstance(batch_sampler, BatchSampler):
            self.sampler = batch_sampler.sampler
            self.batch_size, self.drop_last = batch_sampler.batch_size, batch_sampler.drop_last
        elif batch_sampler is not None:
            self.batch_size = self.drop_last = Unknown("the batch sampler decides")

    @property
    def examples(self) -> Any:
        """Examples drawn in one pass."""
        sampler = self.sampler
        if isinstance(sampler, Sampler):
            return sampler.size
        if sampler is not None or self.batch_sampler is not None:
            return Unknown("how many examples are drawn is not known")
        return self.dataset.size

    @property
    def batches(self) -> Any:
        """Batches in one pass."""
        size, batch = self.examples, self.batch_size
        if batch is None:
            return size
        try:
            return size // batch if self.drop_last else -(-size // batch)
        except (TypeError, ZeroDivisionError):
            return Unknown("the batch size is not a number")


@describes("torch.utils.data.RandomSampler")
@record
class RandomSampler(Sampler):
    """All examples in random order, or `num_samples` of them.

    https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.RandomSampler
    """

    data_source: Any
    replacement: Any = False
    num_samples: Any = None
    generator: Any = None

    def __post_init__(self) -> None:
        self.size = length_of_source(self.data_source) if self.num_samples is None else self.num_samples


@describes("torch.utils.data.SequentialSampler")
@record
class SequentialSampler(Sampler):
    """All examples in order.

    https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.SequentialSampler
    """

    shuffles = False
    data_source: Any

    def __post_init__(self) -> None:
        self.size = length_of_source(self.data_source)


@describes("torch.utils.data.SubsetRandomSampler")
@record
class SubsetRandomSampler(Sampler):
    """The examples at these indices, in random order.

    https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.SubsetRandomSampler
    """

    whole = False
    indices: Any
    generator: Any = None

    def __post_init__(self) -> None:
        self.size = length(self.indices)
        self.chosen = taken(self.indices)


@describes("torch.utils.data.WeightedRandomSampler")
@record
class WeightedRandomSampler(Sampler):
    """`num_samples` examples drawn with these weights.

    https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.WeightedRandomSampler
    """

    weights: Any
    num_samples: Any
    replacement: Any = True
    generator: Any = None

    def __post_init__(self) -> None:
        self.size = self.num_samples


@describes("torch.utils.data.BatchSampler")
@record
class BatchSampler(Sampler):
    """What another sampler draws, in batches.

    https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.BatchSampler
    """

    sampler: Any
    batch_size: Any
    drop_last: Any

    def __post_init__(self) -> None:
        known = isinstance(self.sampler, Sampler)
        unknown = Unknown("the sampler is not known")
        self.shuffles = self.sampler.shuffles if known else unknown
        self.whole = self.sampler.whole if known else unknown
        self.chosen = self.sampler.chosen if known else unknown


@describes("torch.utils.data.DistributedSampler")
@record
class DistributedSampler(Sampler):
    """This process's share of the examples.

    https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.distributed.DistributedSampler
    """

    per_epoch = True
    dataset: Any
    num_replicas: Any = None
    rank: Any = None
    shuffle: Any = True
    seed: Any = 0
    drop_last: Any = False

    def __post_init__(self) -> None:
        self.shuffles = self.shuffle


def length_of_source(source: Any) -> Shape:
    """How many examples a dataset, or a sequence in its place, has."""
    return source.size if isinstance(source, Dataset) else length(source)
