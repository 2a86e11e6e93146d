"""Loaders: in this process, in small batches, a few of them for each pass."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import signature
from typing import Any

from torch.utils.data import BatchSampler, DataLoader

from cnnlint.confirm.child.world import World, around

__all__ = ["replace"]

#: Arguments that only say how batches are fetched.
FETCHING = ("num_workers", "pin_memory", "persistent_workers", "prefetch_factor", "multiprocessing_context",
            "pin_memory_device", "timeout", "worker_init_fn")  # fmt: skip


def replace(world: World) -> None:
    """Bound the batches of every loader, and their number."""
    parameters = signature(DataLoader.__init__)

    def build(original: Any, loader: Any, *values: Any, **named: Any) -> None:
        given = parameters.bind(loader, *values, **named).arguments
        sampler = given.get("batch_sampler")
        written = given.get("batch_size", 1) if sampler is None else getattr(sampler, "batch_size", None)
        rest = {name: value for name, value in given.items() if name not in (*FETCHING, "self")}
        if world.batch and isinstance(written, int) and written > world.batch:
            if smaller := _smaller(sampler, world.batch):
                rest |= smaller
                world.instead(f"batches of {written}", f"batches of {world.batch}")
        if world.mine():
            world.recorder.loader_built(loader)
        original(loader, **rest)
        vars(loader)["_cnnlint_written"] = written

    def length(original: Any, loader: Any) -> int:
        return min(original(loader), world.batches) if world.batches else int(original(loader))

    def walk(original: Any, loader: Any) -> _Pass:
        return _Pass(world, loader, original(loader))

    around(DataLoader, "__init__", build)
    around(DataLoader, "__len__", length)
    around(DataLoader, "__iter__", walk)


def _smaller(sampler: Any, size: int) -> dict[str, Any]:
    """The arguments that make batches of that size; none if a sampler of the user's makes them."""
    if sampler is None:
        return {"batch_size": size}
    if type(sampler) is BatchSampler:
        return {"batch_sampler": BatchSampler(sampler.sampler, size, sampler.drop_last)}
    return {}


class _Pass:
    """As many batches of a pass over a loader as the world allows and the recorder wants."""

    def __init__(self, world: World, loader: Any, batches: Iterator[Any]) -> None:
        self.recorder, self.batches = world.recorder, batches
        self.number = self.recorder.pass_begins(loader)
        self.left = 1 if self.recorder.between(self.number) else world.batches or -1
        self.length = len(loader) if hasattr(loader.dataset, "__len__") else world.batches

    def __iter__(self) -> _Pass:
        return self

    def __len__(self) -> int:
        return self.length

    def __next__(self) -> Any:
        if not self.left:
            raise StopIteration
        batch = next(self.batches)
        if not self.recorder.batch(self.number, batch):
            raise StopIteration
        self.left -= 1
        return batch

    next = __next__  # as its name was before torch 2
