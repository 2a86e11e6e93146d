"""Datasets of Hugging Face: rows with a glyph and its label under the names that are usual."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch

from cnnlint.confirm.child.world import World, around
from cnnlint.confirm.child.world.datasets import KNOWN
from cnnlint.confirm.child.world.pictures import picture, pool

__all__ = ["replace"]

#: Columns of datasets whose names are not `image` and `label`.
COLUMNS = {"cifar10": ("img", "label"), "cifar100": ("img", "fine_label")}


def replace(world: World) -> None:
    """Load glyphs."""

    def load(original: Any, path: str, *values: Any, split: Any = None, **named: Any) -> Any:
        world.instead(f"load_dataset({path!r})", "glyphs")
        parts = {name: _Rows(world, path, name) for name in ("train", "test", "validation")}
        return parts if split is None else parts[str(split).partition("[")[0]]

    world.when_imported("datasets", lambda module: around(module, "load_dataset", load))


class _Rows:
    """A split: rows are dictionaries."""

    def __init__(self, world: World, path: str, split: str) -> None:
        name = path.rpartition("/")[2].lower().replace("-", "").replace("_", "")
        known = next((each for key, each in KNOWN.items() if key.lower() == name), KNOWN["CIFAR10"])
        self.columns = COLUMNS.get(name, ("image", "label"))
        side = known.side or world.size[0]
        seed = world.seed * 2 + (split != "train")
        self.images, self.labels = pool(world.images, known.channels, side, side, known.classes or 10, seed)
        self.change: Callable[[Any], Any] | None = None
        self.features = dict.fromkeys(self.columns)

    def __len__(self) -> int:
        return len(self.labels)

    def __iter__(self) -> Iterator[Any]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return [row[key] for row in self]
        image, label = self.columns
        if isinstance(key, int):
            row = {image: picture(self.images[key]), label: int(self.labels[key])}
            return _first(self.change(_batch(row))) if self.change else row
        rows = [self[number] for number in torch.arange(len(self))[key].tolist()]
        return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}

    def with_transform(self, change: Callable[[Any], Any]) -> _Rows:
        """Each row goes through a function that takes several."""
        self.change = change
        return self

    set_transform = with_transform

    def with_format(self, *_: Any, **__: Any) -> _Rows:
        """Rows stay as they are."""
        return self

    set_format = shuffle = with_format


def _batch(row: dict[str, Any]) -> dict[str, Any]:
    return {name: [value] for name, value in row.items()}


def _first(rows: dict[str, Any]) -> dict[str, Any]:
    return {name: value[0] for name, value in rows.items()}
