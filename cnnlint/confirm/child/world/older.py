"""Names that newer versions of libraries dropped, so that older scripts run."""

from __future__ import annotations

import collections
import collections.abc
from collections.abc import Callable
from typing import Any

from cnnlint.confirm.child.world import World

__all__ = ["replace"]

NUMPY = {"bool": bool, "float": float, "int": int, "object": object, "str": str}
TRANSFORMS = {"RandomSizedCrop": "RandomResizedCrop", "Scale": "Resize"}
FILTERS = {"ANTIALIAS": "LANCZOS", "LINEAR": "BILINEAR", "CUBIC": "BICUBIC"}


def replace(world: World) -> None:
    """Give the names back."""

    def numbers(module: Any) -> None:
        for name, kind in NUMPY.items():
            if name not in vars(module):
                setattr(module, name, kind)

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
