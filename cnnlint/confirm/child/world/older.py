"""Names that newer versions of libraries dropped, so that older scripts run."""

from __future__ import annotations

import collections
import collections.abc
from typing import Any

from cnnlint.confirm.child.world import World

__all__ = ["replace"]

NUMPY = {"bool": bool, "float": float, "int": int, "object": object, "str": str}
FILTERS = {"ANTIALIAS": "LANCZOS", "LINEAR": "BILINEAR", "CUBIC": "BICUBIC"}


def replace(world: World) -> None:
    """Give the names back."""

    def numbers(module: Any) -> None:
        for name, kind in NUMPY.items():
            if name not in vars(module):
                setattr(module, name, kind)

    def filters(module: Any) -> None:
        for old, new in FILTERS.items():
            if not hasattr(module, old) and hasattr(module, new):
                setattr(module, old, getattr(module, new))

    for name in ("Iterable", "Mapping", "MutableMapping", "Sequence", "Callable"):
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    world.when_imported("numpy", numbers)
    world.when_imported("PIL.Image", filters)
