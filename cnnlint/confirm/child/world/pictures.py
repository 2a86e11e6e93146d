"""Pictures for whatever would be loaded: a few glyphs of each size, over and over. It replaces nothing."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Any

from torch import Tensor

from cnnlint.confirm.child.glyphs import draw
from cnnlint.confirm.child.stubs import StubFinder
from cnnlint.confirm.child.world import World

__all__ = ["picture", "picture_library", "pool", "replace"]

LARGE = 96  # pixels of a side from which on few pictures are drawn
FEW = 64


def replace(world: World) -> None:
    """Pictures are drawn when they are asked for."""


@cache
def pool(
    count: int, channels: int, height: int, width: int, classes: int, seed: int
) -> tuple[Tensor, Tensor]:
    """So many pictures and their classes, or fewer where they are large."""
    count = min(count, FEW) if max(height, width) >= LARGE else count
    return draw(count, channels, height, width, classes, seed)


def picture(image: Tensor) -> Any:
    """A picture [C, H, W] as PIL has it where PIL is there, else as it is."""
    library = picture_library()
    if library is None:
        return image
    array = image[0] if len(image) == 1 else image.permute(1, 2, 0)
    return library.fromarray(array.contiguous().numpy())


@cache
def picture_library() -> Any:
    """PIL.Image; None where it is not installed (a stand-in for it cannot hold a picture)."""
    spec = importlib.util.find_spec("PIL")
    if spec is None or isinstance(spec.loader, StubFinder):
        return None
    return importlib.import_module("PIL.Image")
