"""Names that newer versions of libraries dropped, so that older scripts run."""

from __future__ import annotations

import collections
import collections.abc
from collections.abc import Callable
from math import inf, nan
from typing import Any

from torch import Tensor

from cnnlint.confirm.child.world import World, around

__all__ = ["numbers_have_parts", "replace"]

NUMPY = {
    "bool": bool, "complex": complex, "float": float, "int": int, "object": object, "str": str,
    "Inf": inf, "Infinity": inf, "NaN": nan, "PINF": inf, "NINF": -inf,
}  # fmt: skip
TRANSFORMS = {"RandomSizedCrop": "RandomResizedCrop", "Scale": "Resize"}
FILTERS = {"ANTIALIAS": "LANCZOS", "LINEAR": "BILINEAR", "CUBIC": "BICUBIC"}


def replace(world: World) -> None:
    """Give the names back."""

    def numbers(module: Any) -> None:
        for name, value in NUMPY.items():
            if name not in vars(module):
                setattr(module, name, value)

    def renamed(names: dict[str, str]) -> Callable[[Any], None]:
        def change(module: Any) -> None:
            for old, new in names.items():
                if not hasattr(module, old) and hasattr(module, new):
                    setattr(module, old, getattr(module, new))

        return change

    for name in ("Iterable", "Mapping", "MutableMapping", "Sequence", "Callable"):
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    world.when_imported("numpy", numbers)
    world.when_imported("PIL.Image", renamed(FILTERS))
    world.when_imported("torchvision.transforms", renamed(TRANSFORMS))


def numbers_have_parts(world: World) -> None:
    """Let `loss.data[0]` be the number that `loss` is, and `sum(loss)` too, as it was before torch 0.4."""

    def item(original: Any, tensor: Tensor, index: Any) -> Any:
        if isinstance(index, int) and not index and not tensor.dim():
            world.instead("`[0]` of one number", "the number")
            return tensor.item()
        return original(tensor, index)

    def parts(original: Any, tensor: Tensor) -> Any:
        return original(tensor) if tensor.dim() else iter([tensor])

    around(Tensor, "__getitem__", item)
    around(Tensor, "__iter__", parts)
