"""Seeds: the script's own are shifted by the task's, so that other seeds are other runs."""

from __future__ import annotations

import random
from typing import Any

import torch

from cnnlint.confirm.child.world import World, around

__all__ = ["replace"]


def replace(world: World) -> None:
    """Shift every seed that is set."""

    def seeded(original: Any, seed: Any = None, *values: Any, **named: Any) -> Any:
        return original(seed + world.seed if isinstance(seed, int) else seed, *values, **named)

    around(torch, "manual_seed", seeded)
    around(random, "seed", seeded)

    def numpy(module: Any) -> None:
        around(module.random, "seed", seeded)

    world.when_imported("numpy", numpy)
