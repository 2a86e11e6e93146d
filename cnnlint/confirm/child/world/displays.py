"""What shows or reports: progress bars, plots, experiment trackers. They take everything and do nothing."""

from __future__ import annotations

import sys
from typing import Any

from cnnlint.confirm.child.world import World, around

__all__ = ["replace"]

SHOWING = ("show", "savefig", "pause", "draw")


def replace(world: World) -> None:
    """Show nothing."""

    def plots(module: Any) -> None:
        for name in SHOWING:
            around(module, name, lambda original, *values, **named: None)

    def backend(module: Any) -> None:
        module.use("Agg", force=True)

    def pictures(module: Any) -> None:
        around(module, "save_image", lambda original, *values, **named: None)

    def bars(module: Any) -> None:
        module.tqdm, module.trange = sys.modules["tqdm"].tqdm, sys.modules["tqdm"].trange

    world.when_imported("matplotlib", backend)
    world.when_imported("tqdm.notebook", bars)
    world.when_imported("matplotlib.pyplot", plots)
    world.when_imported("torchvision.utils", pictures)
